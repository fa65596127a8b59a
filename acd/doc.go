// Package acd is the core of the contact centre: operators, groups, calls and
// offers, and every rule about them.
//
// It is a function of its inputs. [State.Step] takes an instant and a command
// and returns the events that happened and the effects the edges must carry
// out; [State.Deadline] says when the next [Tick] is due. Nothing in here reads
// a clock, starts a goroutine, or does I/O, and chance comes from a generator
// kept in the state, so the same input always gives the same bytes.
//
// Events are facts in the past tense. They are what is kept: folding them with
// [State.Apply] gives the state back without deciding anything again.
// Effects are requests to the edges and are never kept.
//
// The caller makes the events durable first and only then lets the effects out.
package acd
