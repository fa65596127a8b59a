// Package app puts the system together. It alone knows every part: it opens the
// store, recovers each centre's state from its journal, starts the engines, call
// control, the mail sender and the API, and connects them through the interfaces
// each of them declares.
//
// Records flow one way: a change is stored, then published (see [publisher]) to
// the core as configuration, to SIP as accounts and trunks, and to call control
// as a roster of numbers.
package app
