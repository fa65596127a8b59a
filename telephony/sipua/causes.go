package sipua

import (
	"strconv"
	"strings"
)

// FailCause is the meaning of a final status to call control.
type FailCause int

// What a final status means.
const (
	CauseUnreachable FailCause = iota // nobody there, or not understood: 404, 480, 488, 5xx, timeout, transport
	CauseBusy                         // 486, 600
	CauseRejected                     // 603, 403 and other refusals by a person or a rule
	CauseNoAnswer                     // 408 or 487 by the peer after it had rung
	CauseRedirected                   // 3xx, which is not followed
	CauseCancelled                    // our CANCEL
	CauseTimeout                      // no response of any kind within 64*T1; another trunk may be tried
	CauseAuth                         // our credentials were refused
)

// String returns the cause's name.
func (c FailCause) String() string {
	switch c {
	case CauseUnreachable:
		return "unreachable"
	case CauseBusy:
		return "busy"
	case CauseRejected:
		return "rejected"
	case CauseNoAnswer:
		return "no_answer"
	case CauseRedirected:
		return "redirected"
	case CauseCancelled:
		return "cancelled"
	case CauseTimeout:
		return "timeout"
	case CauseAuth:
		return "auth"
	}
	return "unknown"
}

// CauseOf maps a final status to its cause. It is the one table of this kind. Refusals are those that somebody, or a
// rule made by somebody, pronounces; the other 4xx say that two machines did not understand one another.
func CauseOf(status int) FailCause {
	switch status {
	case 401, 407:
		return CauseAuth
	case 486, 600:
		return CauseBusy
	case 408, 487:
		return CauseNoAnswer
	case 403, 406, 428, 433, 436, 437, 438, 603, 606, 607, 608:
		return CauseRejected
	}
	switch {
	case status >= 300 && status < 400:
		return CauseRedirected
	case status == 604 || status < 600:
		return CauseUnreachable
	default: // 6xx: the person was there and said no.
		return CauseRejected
	}
}

// FailOver reports whether the same call may be tried at the next trunk: nothing was heard, or the trunk itself failed.
func (f Failed) FailOver() bool {
	if f.Progress || f.Cause == CauseCancelled {
		return false
	}
	return f.Local || f.Cause == CauseAuth || f.Status == 408 || f.Status == 430 || f.Status >= 500 && f.Status < 600
}

// statusOf returns the status and phrase that refuse an unanswered call for a cause.
func (c HangUpCause) status() int {
	switch c {
	case HangUpNormal, HangUpNoAnswer:
		return 480
	case HangUpBusy:
		return 486
	case HangUpDecline:
		return 603
	case HangUpElsewhere:
		return 487
	case HangUpFailed:
		return 500
	}
	return 480
}

// reason returns the Reason header (RFC 3326) of a CANCEL or BYE, "" for none: a phone that rang in vain because
// another one was answered does not count the call as missed.
func (c HangUpCause) reason() string {
	if c == HangUpElsewhere {
		return `SIP;cause=200;text="Call completed elsewhere"`
	}
	return ""
}

// phrases lists the reason phrases by status, one a line.
const phrases = "\n" +
	"100 Trying\n" +
	"180 Ringing\n" +
	"181 Call Is Being Forwarded\n" +
	"182 Queued\n" +
	"183 Session Progress\n" +
	"200 OK\n" +
	"202 Accepted\n" +
	"400 Bad Request\n" +
	"401 Unauthorized\n" +
	"403 Forbidden\n" +
	"404 Not Found\n" +
	"405 Method Not Allowed\n" +
	"408 Request Timeout\n" +
	"413 Request Entity Too Large\n" +
	"415 Unsupported Media Type\n" +
	"416 Unsupported URI Scheme\n" +
	"420 Bad Extension\n" +
	"421 Extension Required\n" +
	"422 Session Interval Too Small\n" +
	"423 Interval Too Brief\n" +
	"480 Temporarily Unavailable\n" +
	"481 Call/Transaction Does Not Exist\n" +
	"482 Loop Detected\n" +
	"483 Too Many Hops\n" +
	"484 Address Incomplete\n" +
	"486 Busy Here\n" +
	"487 Request Terminated\n" +
	"488 Not Acceptable Here\n" +
	"489 Bad Event\n" +
	"491 Request Pending\n" +
	"500 Server Internal Error\n" +
	"501 Not Implemented\n" +
	"503 Service Unavailable\n" +
	"505 Version Not Supported\n" +
	"513 Message Too Large\n" +
	"603 Decline\n"

// phrase returns the reason phrase of a status.
func phrase(status int) string {
	code := strconv.Itoa(status)
	_, rest, found := strings.Cut(phrases, "\n"+code+" ")
	if !found {
		return "Status " + code
	}
	text, _, _ := strings.Cut(rest, "\n")
	return text
}
