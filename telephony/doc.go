// Package telephony is call control: it carries out the core's effects on real
// legs and reports to the core what became of them.
//
// A call is a back-to-back user agent: each of its legs is a SIP dialog of its
// own (package sipua) with an RTP leg of its own (package media). Audio stays
// anchored here, so a caller is answered once and never asked to change
// anything when he moves from music to an operator.
//
// One goroutine owns a call and all its legs. Dialog events, media events and
// effects are messages to it, so that a CANCEL crossing a 200, or both sides
// hanging up at once, are plain sequences of two messages.
//
// Nothing is decided here that the core could decide. What this package knows by
// itself is how to reach somebody: which contacts of a phone ring together,
// which trunk is tried after which, what identity goes into which header.
package telephony
