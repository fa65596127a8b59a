package media

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// events collects what a leg reports.
type events struct {
	mu   sync.Mutex
	list []Event
}

func (e *events) add(x Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, x)
}

func (e *events) all() []Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.list)
}

func (e *events) on(o *Options, _ *Remote) { o.OnEvent = e.add }

// press returns the packets of one digit of n frames, its end three times.
func (ph *phone) press(code byte, n int) [][]byte {
	var out [][]byte
	for i := 1; i <= n+2; i++ {
		payload := make([]byte, eventLen)
		putEvent(payload, code, i >= n, uint16(min(i, n)*FrameSamples))
		ph.Marker = i == 1
		out = append(out, ph.datagram(101, payload, 0))
	}
	ph.Marker = false
	ph.Timestamp += uint32((n + 2) * FrameSamples)
	return out
}

func TestDigitsPassAndAreReportedOnce(t *testing.T) {
	r := newRig(t)
	var got events
	a, b := r.phone(PCMA, 101, got.on), r.phone(PCMU, 96)
	_ = r.p.Bridge(a.leg, b.leg)
	sink := &sinkMemory{}
	stop, err := r.p.Record(a.leg, b.leg, sink)
	if err != nil {
		t.Fatal(err)
	}
	a.inject(a.speech(500, FrameSamples))
	previous := b.next()
	for i, raw := range a.press(11, 5) {
		r.step(1)
		a.inject(raw)
		p := b.next()
		if p.PayloadType != 96 || p.Marker != (i == 0) || p.SequenceNumber != previous.SequenceNumber+1 {
			t.Errorf("packet %d: %v", i, p.Header)
		}
		if p.Payload[0] != 11 || p.Payload[1]&0x80 != 0 != (i >= 4) {
			t.Errorf("packet %d: payload %v", i, p.Payload)
		}
		if i > 0 && p.Timestamp != previous.Timestamp {
			t.Errorf("packet %d: timestamp moved within the event", i)
		}
		previous = p
	}
	r.step(1)
	a.inject(a.speech(500, FrameSamples))
	if p := b.next(); p.Timestamp != previous.Timestamp+7*FrameSamples || p.Marker {
		t.Errorf("audio after the event: %v", p.Header)
	}
	want := []Event{{Kind: Digit, Digit: '#', Duration: 100 * time.Millisecond}}
	if all := got.all(); !slices.Equal(all, want) {
		t.Errorf("events %v, want %v", all, want)
	}
	stop()
	for i, v := range sink.channel(0)[FrameSamples : 7*FrameSamples] {
		if v != 0 {
			t.Fatalf("an event was recorded as audio at %d", i)
		}
	}
}

func TestDigitReports(t *testing.T) {
	for _, c := range []struct {
		name string
		send func(a *phone)
		want string
	}{
		{"only one end arrives", func(a *phone) { a.inject(a.press(1, 5)[6]) }, "1"},
		{"no end, then another digit", func(a *phone) {
			a.inject(a.press(1, 5)[0])
			for _, b := range a.press(2, 5) {
				a.inject(b)
			}
		}, "12"},
		{"no end, then audio", func(a *phone) {
			a.inject(a.press(3, 5)[2])
			a.inject(a.speech(500, FrameSamples))
			a.Timestamp += 2000
			a.inject(a.speech(500, FrameSamples))
			a.inject(a.speech(500, FrameSamples))
		}, "3"},
		{"no end of one, only the end of the next", func(a *phone) {
			a.inject(a.press(4, 5)[0])
			a.inject(a.press(5, 5)[5])
			a.inject(a.press(6, 5)[5])
		}, "456"},
		{"a late packet of the one before", func(a *phone) {
			one, two := a.press(7, 5), a.press(8, 5)
			a.inject(one[4])
			a.inject(two[4])
			a.inject(one[5])
			a.inject(two[5])
		}, "78"},
		{"the same digit twice", func(a *phone) {
			for range 2 {
				for _, b := range a.press(9, 3) {
					a.inject(b)
				}
			}
		}, "99"},
		{"flash is no digit", func(a *phone) { a.inject(a.press(16, 5)[4]) }, ""},
		{"cut short", func(a *phone) { a.inject(a.datagram(101, []byte{1, 0x8A}, 0)) }, ""},
		{"another payload type", func(a *phone) { a.inject(a.datagram(100, []byte{1, 0x8A, 0, 160}, 0)) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got events
			a := newRig(t).phone(PCMA, 101, got.on)
			c.send(a)
			var digits []byte
			for _, e := range got.all() {
				digits = append(digits, e.Digit)
			}
			if string(digits) != c.want {
				t.Errorf("digits %q, want %q", digits, c.want)
			}
		})
	}
}

// RFC 4733 §2.5.1: the timestamp is the start, the duration grows, the marker is
// on the first packet and the end comes three times.
func TestSendDigits(t *testing.T) {
	r := newRig(t)
	a, b := r.phone(PCMA, 101), r.phone(PCMA, 101)
	_ = r.p.Bridge(a.leg, b.leg)
	b.inject(b.speech(500, FrameSamples))
	before := a.next()
	a.leg.SendDigits("1x#")
	b.inject(b.speech(500, FrameSamples)) // not heard in between
	start := before.Timestamp
	sequence := before.SequenceNumber
	for digit, code := range []byte{1, 11} {
		start += FrameSamples
		if digit > 0 {
			start += (digitFrames - 1) * FrameSamples
		}
		for i := range digitFrames {
			r.step(1)
			if i == digitFrames-1 {
				a.silent() // the pause
				continue
			}
			p := a.next()
			sequence++
			duration := uint16(p.Payload[2])<<8 | uint16(p.Payload[3])
			if p.PayloadType != 101 || p.SequenceNumber != sequence || p.Timestamp != start || p.Marker != (i == 0) {
				t.Errorf("digit %d packet %d: %v", digit, i, p.Header)
			}
			if p.Payload[0] != code || p.Payload[1]&0x80 != 0 != (i >= 4) || duration != uint16(min(i+1, 5)*FrameSamples) {
				t.Errorf("digit %d packet %d: payload %v", digit, i, p.Payload)
			}
		}
	}
	r.step(1)
	b.inject(b.speech(500, FrameSamples))
	p := a.next()
	if !p.Marker || p.SequenceNumber != sequence+1 || p.Timestamp != start+digitFrames*FrameSamples {
		t.Errorf("audio after the digits: %v", p.Header)
	}
}

func TestSendDigitsOverMusic(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 101)
	a.leg.Play(toneSource(500))
	r.step(1)
	last := a.next()
	a.leg.SendDigits("5")
	r.step(digitFrames + 1)
	for range digitFrames - 1 {
		if p := a.next(); p.PayloadType != 101 {
			t.Fatalf("%v within the digit", p.Header)
		}
	}
	p := a.next()
	if p.PayloadType != 8 || p.Timestamp != last.Timestamp+(digitFrames+1)*FrameSamples || !p.Marker {
		t.Errorf("music goes on as %v after %v", p.Header, last.Header)
	}
}

func TestSendDigitsWithoutEvents(t *testing.T) {
	r := newRig(t)
	a := r.phone(PCMA, 0)
	a.leg.SendDigits("123")
	r.step(10)
	a.silent()
}
