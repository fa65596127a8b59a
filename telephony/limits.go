package telephony

import "time"

const (
	// defaultMaxCall is the longest call, from its arrival.
	defaultMaxCall = 4 * time.Hour
	// goneAfter bounds the wait for a dialog's last event once it was hung up:
	// 64*T1 for the request, and as much for what may have preceded it.
	goneAfter = 70 * time.Second
	// trunkPatience is how long a trunk may stay silent, without even a 100,
	// before the next one is tried.
	trunkPatience = 4 * time.Second
	// maxContacts bounds the contacts of one phone that ring together.
	maxContacts = 10
	// mailboxMark is the length of a call's mailbox above which keypad digits are
	// dropped: everything else in it is bounded by what the call does.
	mailboxMark = 256
	// maxName bounds a caller's name, in characters.
	maxName = 100
	// maxDigits bounds the digits sent by one request.
	maxDigits = 64
	// dtmfType is the telephone-event payload type we offer.
	dtmfType = 101
)
