// Package api is the HTTP face of the contact centre: the JSON resources under
// /api/v1, log-ins and their sessions, the live streams of the banner and of
// the supervision, and the OpenAPI document generated from the Go types that
// the handlers use.
//
// A request passes, in this order: the limits of the listener, the log, the
// refusal of cross-site writes, the credential (cookie or bearer token), the
// table of rights (rights.go: route × role, everything else refused), the
// reading of the body, and the handler. Every error is a problem document
// (RFC 9457) made in one place (problem.go).
//
// The package keeps nothing of its own but the counts of failed log-ins and
// the list of open streams: records, floor, history and recordings are behind
// the interfaces of deps.go.
package api
