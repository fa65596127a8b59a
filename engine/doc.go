// Package engine runs one centre: a single goroutine owns the core's state,
// takes commands from a bounded mailbox, and keeps the order that everything
// else relies on:
//
//  1. the core decides ([acd.State.Step]);
//  2. the events are durable ([Journal.Append], many commands in one transaction);
//  3. then, and only then, the effects go out, the floor's rows are published
//     and those who asked get their answer.
//
// While one transaction is under way the next commands gather in the mailbox:
// that is the group commit. When the journal fails the engine stops deciding
// and tries again; nothing it could not write down ever becomes visible.
package engine
