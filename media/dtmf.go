package media

import (
	"encoding/binary"
	"strings"
	"time"
)

// digits are the DTMF digits in the order of their event codes (RFC 4733 §3.2).
const digits = "0123456789*#ABCD"

// eventLen is the length of a telephone-event payload (RFC 4733 §2.3).
const eventLen = 4

// eventVolume is the level of the digits we send: -10 dBm0.
const eventVolume = 10

// How one digit is sent, in frames of 20 ms: the event's packets, then its last
// one twice more against loss (RFC 4733 §2.5.1.4), then a pause. The pause
// between two digits is 60 ms.
const (
	eventFrames  = 5
	eventRepeats = 2
	digitFrames  = eventFrames + 3
)

// eventCode returns the event code of a digit, or false.
func eventCode(digit rune) (byte, bool) {
	i := strings.IndexRune(digits, digit)
	return byte(max(i, 0)), i >= 0
}

// putEvent writes a telephone-event payload; duration is in samples.
func putEvent(b []byte, code byte, end bool, duration uint16) {
	b[0] = code
	b[1] = eventVolume
	if end {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], duration)
}

// eventWatch makes one report of each digit out of the packets of its event,
// however many of them are lost or repeated.
type eventWatch struct {
	known     bool // an event has been seen on this stream
	open      bool // it has not been reported yet
	code      byte
	timestamp uint32 // all packets of an event carry its start
	duration  uint16 // longest seen, in samples
}

// event takes an event's packet, whole, and returns the digits it completes: one
// before it whose end was lost, and its own. Kind 0 is no event.
func (w *eventWatch) event(p *packet) (before, own Event) {
	code, ended := p.payload[0], p.payload[1]&0x80 != 0
	if !w.known || p.timestamp != w.timestamp {
		behind := int32(w.timestamp - p.timestamp)
		if w.known && behind > 0 && behind < maxTimestampJump {
			return before, own // a late packet of an earlier event
		}
		before = w.close()
		*w = eventWatch{known: true, open: true, code: code, timestamp: p.timestamp}
	}
	w.duration = max(w.duration, binary.BigEndian.Uint16(p.payload[2:]))
	if ended {
		own = w.close()
	}
	return before, own
}

// audio takes an audio packet and returns the digit it completes: one whose end
// was lost, when the packet lies well after it.
func (w *eventWatch) audio(p *packet) Event {
	const margin = 200 * SampleRate / 1000
	if !w.open || int32(p.timestamp-w.timestamp) < int32(w.duration)+margin {
		return Event{}
	}
	return w.close()
}

// close ends the open event, if there is one.
func (w *eventWatch) close() Event {
	open := w.open
	w.open = false
	if !open || int(w.code) >= len(digits) {
		return Event{}
	}
	return Event{Kind: Digit, Digit: digits[w.code], Duration: time.Duration(w.duration) * sampleTime}
}
