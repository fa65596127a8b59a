// Package acdtest drives the core in tests: a language for scenarios that a
// supervisor can read, a generator of adversarial work, an obvious dispatcher
// to compare the real one with, and the invariants that hold after every step.
package acdtest
