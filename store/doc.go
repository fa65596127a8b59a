// Package store declares what the product keeps, and how: the repositories of
// the administered records, of credentials and sessions, of the outbox and the
// phones' registrations, the journal's store and the questions reports ask.
//
// A database implements [Store]; its conformance is what package storetest
// checks. Uniqueness and references hold in the database itself, so that no
// race between two requests can break them. A change of a record names the
// revision it is based on and is refused when another came first.
//
// The package also guards the data directory: [Lock] keeps a second node out,
// and a [Box] seals the secrets that must be readable again.
package store
