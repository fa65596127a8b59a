package webrtcua

import "time"

// Every bound of the package, in one place.
const (
	// maxSessions is how many sessions there are in all: each costs about 170 KB.
	// An owner has one.
	maxSessions = 2000

	// maxOffer is the length of an offer in octets; a browser's has about 2000, and
	// 100 more for each candidate.
	maxOffer = 16 << 10

	// maxCandidates is how many candidates an offer may name. They are counted and
	// otherwise left alone: a lite agent only answers.
	maxCandidates = 64

	// maxSessionID and maxMID bound names that the page makes up.
	maxSessionID = 64
	maxMID       = 32

	// The lengths of ICE credentials (RFC 8839 §5.4).
	minUfrag, minPassword, maxCredential = 4, 22, 256

	// maxDatagram is the longest RTP packet taken from a browser.
	maxDatagram = 1500

	// readBuffer is the kernel buffer asked for on the one socket, in octets: half
	// a second of a thousand browsers that speak.
	readBuffer = 4 << 20

	// pingEvery is how often a page is asked whether it is alive, and maxSilence
	// how old its last answer may be.
	pingEvery  = time.Second
	maxSilence = 4500 * time.Millisecond

	// connectWithin is how long a session may take to connect before it is given
	// up.
	connectWithin = 20 * time.Second

	// iceSilence is how long nothing may come from a browser, which asks for our
	// consent every 2.5 s at the latest, before it counts as disconnected, and
	// iceFailed how much longer before its session ends.
	iceSilence = 5 * time.Second
	iceFailed  = 30 * time.Second

	// renewCertificate is the age at which sessions to come get another
	// certificate; pion's lives for a month.
	renewCertificate = 7 * 24 * time.Hour
)
