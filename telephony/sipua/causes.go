package sipua

import "strconv"

// FailCause is the meaning of a final status to call control.
type FailCause int

// What a final status means.
const (
	CauseUnreachable FailCause = iota // nobody there: 404, 410, 480, 5xx, timeout, transport
	CauseBusy                         // 486, 600
	CauseRejected                     // 603, 403 and other refusals
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

// CauseOf maps a final status to its cause. It is the one table of this kind.
func CauseOf(status int) FailCause {
	switch status {
	case 401, 407:
		return CauseAuth
	case 486, 600:
		return CauseBusy
	case 404, 410, 480, 484, 604, 430:
		return CauseUnreachable
	case 408, 487:
		return CauseNoAnswer
	}
	switch {
	case status >= 300 && status < 400:
		return CauseRedirected
	case status >= 500 && status < 600:
		return CauseUnreachable
	default: // 4xx refusals, 6xx: the peer was there and said no.
		return CauseRejected
	}
}

// FailOver reports whether the same call may be tried at the next trunk: nothing was heard, or the trunk itself failed.
func (f Failed) FailOver() bool {
	if f.Progress || f.Cause == CauseCancelled {
		return false
	}
	return f.Local || f.Status == 408 || f.Status == 430 || f.Status >= 500 && f.Status < 600
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

// phrase returns the reason phrase of a status.
func phrase(status int) string {
	phrases := map[int]string{
		100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress",
		200: "OK", 202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
		405: "Method Not Allowed", 408: "Request Timeout", 413: "Request Entity Too Large", 415: "Unsupported Media Type",
		416: "Unsupported URI Scheme", 420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small",
		423: "Interval Too Brief", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist",
		482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete", 486: "Busy Here",
		487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
		500: "Server Internal Error", 501: "Not Implemented", 503: "Service Unavailable", 505: "Version Not Supported",
		513: "Message Too Large", 603: "Decline",
	}
	if p, ok := phrases[status]; ok {
		return p
	}
	return "Status " + strconv.Itoa(status)
}
