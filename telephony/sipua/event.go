package sipua

import "time"

// Event is what a dialog tells its sink.
//
//sumtype:decl
type Event interface{ event() }

// Progressed is a provisional response other than 100 to our INVITE. A reliable one has been PRACKed.
type Progressed struct {
	Status   int    // 101–199
	SDP      []byte // an answer or early media description, nil for none
	Reliable bool   // sent reliably (RFC 3262)
}

// Answered is the 2xx to our INVITE. Its ACK is sent at once, but after an offerless INVITE waits for AckWith.
type Answered struct {
	SDP []byte // the answer, or the offer when our INVITE had none; nil when it came in a reliable provisional
}

// Confirmed is the ACK to our 2xx.
type Confirmed struct {
	SDP []byte // the answer carried by the ACK to an offer in our 2xx, else nil
}

// Failed is the end of an INVITE of ours that was not answered. Nothing follows it.
type Failed struct {
	Status     int           // final status; 408 or 503 when generated here
	Reason     string        // reason phrase
	Cause      FailCause     // what it means
	Local      bool          // generated here: timeout, transport error, unresolvable name
	Progress   bool          // some provisional response other than 100 had arrived
	RetryAfter time.Duration // of the Retry-After header, 0 for none
}

// RemoteOffer asks for AnswerOffer or RefuseOffer.
type RemoteOffer struct {
	SDP    []byte // the offer; nil for an offerless re-INVITE: AnswerOffer then carries our offer
	Update bool   // carried by UPDATE or PRACK rather than by re-INVITE
}

// RemoteAnswer is the answer to our Offer, or to our offer in the 2xx of an offerless re-INVITE.
type RemoteAnswer struct {
	SDP []byte
}

// OfferRefused says that our Offer was refused; the session stays as it was.
type OfferRefused struct {
	Status int // final status; 408 when nothing came
}

// InfoDigit is a DTMF digit received by SIP INFO.
type InfoDigit struct {
	Digit    byte          // 0-9, *, #, A-D
	Duration time.Duration // 0 when not stated
}

// Referred is a REFER (RFC 3515) to be answered with RespondRefer before the sink returns; otherwise it is declined.
type Referred struct {
	To         Party   // who the peer shall be connected with
	URI        string  // the same as a URI, without its headers
	Replaces   string  // Replaces header (RFC 3891) embedded in the URI, unescaped; empty for a blind transfer
	ReferredBy string  // Referred-By header
	Dialog     *Dialog // it came in, to be answered
}

// Ended is the last event of an established dialog, or of one that the peer or this side gave up before an answer.
type Ended struct {
	By     EndedBy
	Cause  EndCause
	Reason string // text for people: Reason header of the BYE or CANCEL, or what went wrong
}

func (Progressed) event()   {}
func (Answered) event()     {}
func (Confirmed) event()    {}
func (Failed) event()       {}
func (RemoteOffer) event()  {}
func (RemoteAnswer) event() {}
func (OfferRefused) event() {}
func (InfoDigit) event()    {}
func (Referred) event()     {}
func (Ended) event()        {}

// EndedBy says who ended a dialog.
type EndedBy int

// Who ended a dialog.
const (
	ByRemote EndedBy = iota // the peer
	ByLocal                 // call control, by HangUp or Reject
	BySystem                // this package: timeouts, lost transport
)

// String returns the name of who ended the dialog.
func (b EndedBy) String() string {
	switch b {
	case ByRemote:
		return "remote"
	case ByLocal:
		return "local"
	case BySystem:
		return "system"
	}
	return "unknown"
}

// EndCause says how a dialog ended.
type EndCause int

// How a dialog ended.
const (
	EndBye            EndCause = iota // BYE
	EndCancel                         // CANCEL before an answer
	EndRejected                       // our final refusal of an INVITE
	EndNoAck                          // no ACK to our 2xx within 64*T1
	EndSessionExpired                 // the session timer ran out (RFC 4028)
	EndTimeout                        // a request in the dialog was never answered
	EndTransportLost                  // the connection broke or the peer cannot be reached
	EndRefused                        // a request in the dialog was answered 408 or 481 (RFC 5057)
)

// String returns the cause's name.
func (c EndCause) String() string {
	switch c {
	case EndBye:
		return "bye"
	case EndCancel:
		return "cancel"
	case EndRejected:
		return "rejected"
	case EndNoAck:
		return "no_ack"
	case EndSessionExpired:
		return "session_expired"
	case EndTimeout:
		return "timeout"
	case EndTransportLost:
		return "transport_lost"
	case EndRefused:
		return "refused"
	}
	return "unknown"
}

// HangUpCause says why call control hangs up; it chooses the status when a call is still to be answered.
type HangUpCause int

// Why call control hangs up.
const (
	HangUpNormal    HangUpCause = iota // normal clearing: 480 before an answer
	HangUpBusy                         // 486
	HangUpDecline                      // 603
	HangUpNoAnswer                     // 480
	HangUpElsewhere                    // another phone answered: CANCEL carries Reason 200 (RFC 3326), else 487
	HangUpFailed                       // 500
)
