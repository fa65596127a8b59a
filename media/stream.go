package media

import (
	"net/netip"
	"sync"
	"sync/atomic"
)

// feed says what a stream's packets are made from.
type feed uint8

const (
	feedNone   feed = iota // nothing was sent since the last change
	feedSource             // a source, by the clock
	feedPeer               // the bridged leg's packets
	feedDigits             // our own digits, by the clock
	feedMix                // the sum of several legs, by the clock
)

// stream is what one leg sends: one SSRC for its life, whose sequence numbers
// and timestamps go on over every change of feed. The clock and the peer's reader
// share it under its lock.
//
// What is sent is, in this order: our digits, the source, the peer's packets or
// what a mix lets us hear.
type stream struct {
	mu   sync.Mutex
	feed feed

	ssrc     uint32
	started  bool
	sequence uint16 // newest sent, random before the first
	newest   uint32 // highest timestamp sent
	newestAt int64  // when, in samples of the plane's clock
	end      uint32 // timestamp after the last sample sent; random before the first

	peer    *leg
	voice   *voice
	forward forwarding

	source     Source
	index      uint64 // next frame of the source
	sourceDone func()
	frameTS    uint32 // timestamp of the first frame of this stretch by the clock…
	frameTick  int64  // …and the tick it belongs to

	digits  []byte // event codes waiting; [0] is being sent
	step    int    // frame within the digit
	eventTS uint32

	clocked atomic.Bool // the clock has something to send: source or digits

	buf   [headerLen + maxPayload]byte
	mixed [FrameSamples]byte
}

// forwarding maps a sender's sequence numbers and timestamps onto ours. Both keep
// the sender's increments, so that loss and reordering before us stay visible
// behind us.
type forwarding struct {
	ssrc      uint32
	sequence  uint16 // ours minus the sender's
	timestamp uint32 // ours minus the sender's
	floor     uint16 // sender's numbers before this belong to an earlier mapping
	next      uint16 // sender's number expected next
	audioTS   uint32 // sender's newest audio timestamp…
	audioAt   int64  // …and its arrival, in samples
}

// advance is the next timestamp after a change of feed: the time that has passed
// since the last one, and never less than what was sent.
func (s *stream) advance(now int64) uint32 {
	if !s.started {
		return s.end
	}
	ts := s.newest + uint32(now-s.newestAt)
	if int32(ts-s.end) < 0 {
		return s.end
	}
	return ts
}

// note keeps what was sent.
func (s *stream) note(sequence uint16, timestamp uint32, samples int, now int64) {
	if !s.started || int16(sequence-s.sequence) > 0 {
		s.sequence = sequence
	}
	if !s.started || int32(timestamp-s.newest) > 0 {
		s.newest, s.newestAt = timestamp, now
	}
	if end := timestamp + uint32(samples); !s.started || int32(end-s.end) > 0 {
		s.end = end
	}
	s.started = true
}

// skip closes the hole that a packet not forwarded would leave in our sequence
// numbers; the receiver would take it for loss.
func (s *stream) skip(p *packet) {
	f := &s.forward
	if s.feed == feedPeer && p.ssrc == f.ssrc && p.sequence == f.next {
		f.next++
		f.floor = f.next
		f.sequence--
	}
}

// mapPacket translates a sender's packet and reports whether it may be sent.
func (s *stream) mapPacket(p *packet, audio bool, now int64) (sequence uint16, timestamp uint32, marker, ok bool) {
	f := &s.forward
	marker = p.marker
	ahead := int16(p.sequence - f.next)
	restart := s.feed != feedPeer || p.ssrc != f.ssrc || ahead > maxDropout || ahead < -maxMisorder
	if !restart && audio && ahead >= 0 {
		drift := int64(int32(p.timestamp-f.audioTS)) - (now - f.audioAt)
		restart = drift > maxTimestampJump || drift < -maxTimestampJump
	}
	switch {
	case restart:
		*f = forwarding{
			ssrc: p.ssrc, floor: p.sequence, next: p.sequence,
			sequence: s.sequence + 1 - p.sequence, timestamp: s.advance(now) - p.timestamp,
			audioTS: p.timestamp, audioAt: now,
		}
		s.feed, marker = feedPeer, true
	case int16(p.sequence-f.floor) < 0:
		return 0, 0, false, false
	}
	if int16(p.sequence-f.next) >= 0 {
		f.next = p.sequence + 1
		if f.next-f.floor > 2*maxMisorder { // far behind: keep it from wrapping
			f.floor = f.next - 2*maxMisorder
		}
		if audio {
			f.audioTS, f.audioAt = p.timestamp, now
		}
	}
	return p.sequence + f.sequence, p.timestamp + f.timestamp, marker, true
}

// relay sends a packet that the bridged leg received. kind is what the packet
// is; now is in samples.
func (l *leg) relay(from *leg, p *packet, kind kind, now int64) {
	s := &l.out
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.peer != from || s.source != nil || len(s.digits) > 0 {
		return
	}
	set := l.settings.Load()
	if !set.sendable() {
		s.feed = feedNone
		return
	}
	if kind == kindOther || kind == kindEvent && set.DTMF == 0 || len(p.payload) > maxPayload {
		s.skip(p)
		return
	}
	sequence, timestamp, marker, ok := s.mapPacket(p, kind == kindAudio, now)
	if !ok {
		return
	}
	out := s.buf[headerLen : headerLen+len(p.payload)]
	payloadType, samples := uint8(set.Codec), len(p.payload)
	switch {
	case kind == kindEvent:
		copy(out, p.payload)
		payloadType = set.DTMF
		samples = int(out[2])<<8 | int(out[3])
	case from.muted.Load():
		quiet := silence(set.Codec)
		for i := range out {
			out[i] = quiet
		}
	default:
		l.plane.tables.transcode(out, p.payload, Codec(p.payloadType), set.Codec)
	}
	l.transmit(set.to, len(out), marker, payloadType, sequence, timestamp, samples, now)
}

// transmit sends the first n octets of payload in the stream's buffer, which
// stand for so many samples. The stream is locked. A failure is like loss on the
// way, and what is wrong with the far side shows in what it sends.
func (l *leg) transmit(to netip.AddrPort, n int, marker bool, payloadType uint8, sequence uint16, timestamp uint32, samples int, now int64) {
	s := &l.out
	putHeader(s.buf[:], marker, payloadType, sequence, timestamp, s.ssrc)
	s.note(sequence, timestamp, samples, now)
	if err := l.way.send(s.buf[:headerLen+n], to); err == nil {
		l.sent.Add(1)
	}
}

// tick sends what is due by the clock at a tick: a frame of the source or of a
// digit. It returns the function to call when the source has ended. now is in
// samples.
func (l *leg) tick(tick, now int64) (done func()) {
	s := &l.out
	if !s.clocked.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	set := l.settings.Load()
	dialing := len(s.digits) > 0
	if dialing {
		l.tickDigit(set, now)
	}
	if s.source != nil {
		frame, ok := s.source.Frame(set.Codec, s.index)
		if !ok {
			done = s.sourceDone
			s.source, s.sourceDone = nil, nil
		} else {
			s.index++
			if !dialing && set.sendable() {
				l.sendFrame(feedSource, set, frame, tick, now)
			}
		}
	}
	s.clocked.Store(s.source != nil || len(s.digits) > 0)
	return done
}

// sendFrame sends one frame made by the clock, of the source or of a mix.
func (l *leg) sendFrame(feed feed, set *settings, frame []byte, tick, now int64) {
	s := &l.out
	first := s.feed != feed
	if first {
		s.feed, s.frameTS, s.frameTick = feed, s.advance(now), tick
	}
	timestamp := s.frameTS + uint32(tick-s.frameTick)*FrameSamples
	n := copy(s.buf[headerLen:], frame)
	l.transmit(set.to, n, first, uint8(set.Codec), s.sequence+1, timestamp, n, now)
}

// sendMix sends what a voice hears at a tick, unless something else is to be
// heard or the leg is no longer that voice's.
func (l *leg) sendMix(v *voice, pcm *[FrameSamples]int16, tick, now int64) {
	s := &l.out
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.voice != v || s.source != nil || len(s.digits) > 0 {
		return
	}
	set := l.settings.Load()
	if !set.sendable() {
		s.feed = feedNone
		return
	}
	frame := s.mixed[:]
	if set.Codec == PCMU {
		EncodeMu(frame, pcm[:])
	} else {
		EncodeA(frame, pcm[:])
	}
	l.sendFrame(feedMix, set, frame, tick, now)
}

// tickDigit sends one frame of the digit in hand (RFC 4733 §2.5.1).
func (l *leg) tickDigit(set *settings, now int64) {
	s := &l.out
	if set.DTMF == 0 || !set.sendable() {
		s.digits, s.step, s.feed = s.digits[:0], 0, feedNone
		return
	}
	s.feed = feedDigits
	if s.step == 0 {
		s.eventTS = s.advance(now)
	}
	if s.step < eventFrames+eventRepeats {
		duration := min(s.step+1, eventFrames) * FrameSamples
		putEvent(s.buf[headerLen:], s.digits[0], s.step >= eventFrames-1, uint16(duration))
		l.transmit(set.to, eventLen, s.step == 0, set.DTMF, s.sequence+1, s.eventTS, duration, now)
	}
	if s.step++; s.step == digitFrames {
		s.step = 0
		s.digits = append(s.digits[:0], s.digits[1:]...)
		s.feed = feedNone
	}
}
