// Package whatif answers "what if": it lets a recorded or a generated day happen
// again, with other staffing or other settings, and says how the callers would
// have fared.
//
// The day goes through the core that routes the real calls. Its effects are
// answered in here, on a virtual clock: a simulated operator picks up after a
// while, talks and wraps up, and a caller loses patience. Everything that is left
// to chance is drawn from a seed, so the same question has the same answer.
//
// What is measured, how sure it is, and what a recorded day cannot tell stands in
// docs/adr/0007-what-if.md.
package whatif
