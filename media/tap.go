package media

import "sync"

// tap is one channel of a recording, or a voice of a mix: a ring of samples in
// which packets are placed by their RTP timestamps, on the time line of the
// plane's clock. The reader of the leg writes, the clock reads a fixed delay
// later; what did not come by then is silence.
//
// The first packet anchors the sender's timestamps to our clock. Packets are
// only ever late, never early, so the earliest one of each window tells how the
// two clocks really lie; when that is off by more than a frame, because the
// sender's crystal is not ours or the first packet was late itself, the tap is
// anchored anew.
type tap struct {
	tables *tables
	span   int64 // at most so many samples of a packet have been spoken before it came
	edge   int   // the first so many samples of an assignment fade in

	mu    sync.Mutex
	owner *leg  // the leg that may write; nil = none
	risen int   // samples of the edge written so far
	base  int64 // the ring holds the samples [base, base+tapSamples) of our clock

	anchored  bool
	ssrc      uint32
	timestamp uint32 // the anchor: the sender's time…
	position  int64  // …and ours, in samples
	outliers  int    // packets out of place in a row
	earliest  int64  // largest earliness in this window
	window    int64  // when this window ends

	ring [tapSamples]int16
}

// assign gives the channel to a leg; it begins with a new anchor.
func (t *tap) assign(l *leg) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.owner, t.anchored, t.risen = l, false, 0
}

// write places an audio packet that has just arrived; now is in samples.
func (t *tap) write(l *leg, p *packet, now int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.owner != l {
		return
	}
	at, ok := t.place(p, now)
	if !ok {
		return
	}
	linear := t.tables.linear(Codec(p.payloadType))
	for i, octet := range p.payload {
		sample := linear[octet]
		if t.risen < t.edge {
			sample = int16(int(sample) * t.risen / t.edge)
			t.risen++
		}
		if pos := at + int64(i); pos >= t.base && pos < t.base+tapSamples {
			t.ring[pos&(tapSamples-1)] = sample
		}
	}
}

// place returns where a packet's first sample lies on our clock, or false when
// it fits nowhere.
func (t *tap) place(p *packet, now int64) (at int64, ok bool) {
	nominal := now - min(int64(len(p.payload)), t.span) // its last sample has just been spoken
	if !t.anchored || p.ssrc != t.ssrc {
		t.anchor(p, nominal, now)
		return nominal, true
	}
	at = t.position + int64(int32(p.timestamp-t.timestamp))
	early := at - nominal
	if early > tapJump || early < -tapJump {
		if t.outliers++; t.outliers < tapOutliers {
			return 0, false
		}
		t.anchor(p, nominal, now)
		return nominal, true
	}
	t.outliers = 0
	t.earliest = max(t.earliest, early)
	if now >= t.window {
		shift := t.earliest
		if shift < tapDrift && shift > -tapDrift {
			shift = 0
		}
		// The anchor moves along with the stream, so that timestamps may wrap.
		at -= shift
		t.timestamp, t.position = p.timestamp, at
		t.window, t.earliest = now+tapWindow, -tapJump
	}
	return at, true
}

func (t *tap) anchor(p *packet, at, now int64) {
	t.anchored, t.ssrc, t.timestamp, t.position = true, p.ssrc, p.timestamp, at
	t.outliers, t.earliest, t.window = 0, -tapJump, now+tapWindow
}

// read takes a frame beginning at a position into every stride-th sample of dst
// and leaves silence behind.
func (t *tap) read(at int64, dst []int16, stride int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range FrameSamples {
		sample := &t.ring[(at+int64(i))&(tapSamples-1)]
		dst[stride*i] = *sample
		*sample = 0
	}
	t.base = at + FrameSamples
}

// recorder is one recording: two taps read in step into a sink.
type recorder struct {
	plane *plane
	sink  FrameSink
	taps  [2]tap // left, right

	mu      sync.Mutex
	read    int64 // next position, in samples of the plane's clock
	stopped bool
	failed  bool // the sink's failure has been logged
	stereo  [2 * FrameSamples]int16
}

func newRecorder(p *plane, sink FrameSink) *recorder {
	r := &recorder{plane: p, sink: sink, read: samples(p.elapsed())}
	for i := range r.taps {
		r.taps[i].tables, r.taps[i].span, r.taps[i].base = p.tables, maxDatagram, r.read
	}
	return r
}

// advance hands every frame that ends by a position to the sink.
func (r *recorder) advance(until int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.stopped {
		r.drain(until)
	}
}

// finish hands the rest to the sink and lets nothing follow. It reports whether
// it was the first to do so.
func (r *recorder) finish(until int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return false
	}
	r.drain(until)
	r.stopped = true
	return true
}

func (r *recorder) drain(until int64) {
	for ; r.read+FrameSamples <= until; r.read += FrameSamples {
		for channel := range r.taps {
			r.taps[channel].read(r.read, r.stereo[channel:], 2)
		}
		if err := r.sink.WriteFrame(r.stereo[:]); err != nil && !r.failed {
			r.failed = true
			r.plane.log.Error("recording failed", "err", err)
		}
	}
}
