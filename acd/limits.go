package acd

import "time"

// Every bound of the core, and every duration that is no setting.
const (
	// maxOperators, maxGroups and maxPauseTypes bound a centre's records.
	maxOperators  = 50_000
	maxGroups     = 5_000
	maxPauseTypes = 200
	// maxCalls bounds the live calls of a centre: an arriving call beyond it is
	// refused instead of slowing the others.
	maxCalls = 250_000
	// maxOverflows is how often a call may leave a group for another place; after
	// that it is hung up, so that groups overflowing into each other end.
	maxOverflows = 5
	// maxSkipped is the size of a group up to which an offer's event lists the
	// members who were not eligible; beyond it the list would dwarf the journal.
	maxSkipped = 50
	// maxTags, maxTagLength and maxNoteLength bound what is kept with a call, in
	// tags and in bytes.
	maxTags       = 20
	maxTagLength  = 100
	maxNoteLength = 8_000
	// maxExtendSeconds is the most one extension adds to wrap-up.
	maxExtendSeconds = 3600
	// maxWrapUpAhead is how far ahead the end of wrap-up may be moved in all.
	maxWrapUpAhead = 4 * time.Hour

	// calledRing is how long a called party, or a number a call is forwarded to,
	// is rung.
	calledRing = 60 * time.Second
	// noticeLimit guards against a notice whose end nobody reports: it then counts
	// as heard. No notice is nearly as long.
	noticeLimit = 30 * time.Second
	// announceLimit guards likewise against an announcement: a sound of five minutes
	// and the phrases.
	announceLimit = 330 * time.Second
	// leastEvery is how often announcements are made at most, and mostMinutes the
	// longest wait that is said in minutes.
	leastEvery  = 15 * time.Second
	mostMinutes = 60
	// confirmTime is how long an operator may take to press 1 on a phone that
	// asks for it (OP-12).
	confirmTime = 8 * time.Second
	// windowGrace is the time from closing the banner's window to the logout
	// (OP-25): a reload opens a new stream well within it.
	windowGrace = 30 * time.Second
	// silenceLimit is how long a banner may give no sign of life (OP-19).
	silenceLimit = 20 * time.Minute
	// aliveEvery and activeEvery are how often signs of life and actions are
	// noted at most. The limits that count from them are longer by as much, so
	// that nobody is logged out early for a sign that was not noted.
	aliveEvery  = 60 * time.Second
	activeEvery = 15 * time.Second
	// failedAtOnce and leastRetry keep an operator whose retry time (OP-16) is 0
	// and whose phone fails within failedAtOnce from being offered the same call
	// again at the speed of the network: he is ignored for leastRetry.
	failedAtOnce = time.Second
	leastRetry   = time.Second
)
