// Package media carries the audio of calls: RTP legs, bridges between them,
// prompts, DTMF and recording taps. It knows no signalling and no call: control
// code tells a leg what the far side's session description said, and what to
// play or whom to talk to; everything else happens per packet in here.
//
// # Two paths
//
// The bridge path runs in the goroutine that reads a leg's socket: a packet is
// checked, rewritten and sent from the peer's socket at once. It allocates
// nothing, looks nothing up, and takes only the lock of the leg it sends on.
// The clock path is one goroutine for the whole plane, woken every 20 ms on an
// absolute schedule: it sends prompts, music, digits and mixes, moves recordings
// on and notices legs that have gone silent.
//
// # More than two
//
// In a mix each leg hears the sum of those it is to hear. It runs on the clock
// path, 40 ms behind: packets are placed by their RTP timestamps as in a
// recording, added with saturation and encoded again, so that one who speaks
// alone comes out as he was. Two who talk with each other alone are bridged, never
// mixed: that is cheaper, sooner and leaves their packets whole.
//
// # RTCP
//
// The odd port above each RTP port is bound, so that nobody else gets it and
// the far side sees no unreachable port, but reports are left to overflow in
// the kernel's smallest buffer and none are sent: nothing here acts on them, and
// a bridge of two G.711 legs has no rate to adapt (RFC 3550 §6.2 allows a
// receiver to go without).
package media

import (
	"errors"
	"log/slog"
	"net/netip"
	"time"
)

// FrameSamples is the number of samples in 20 ms at 8 kHz, the length of one
// frame of the shared clock.
const FrameSamples = 160

// FrameTime is the period of the shared clock.
const FrameTime = 20 * time.Millisecond

// RecordDelay is how far recordings run behind the shared clock, to let late
// packets arrive. Both channels are behind alike, and the end is caught up when
// the recording stops.
const RecordDelay = 8 * FrameTime

// SampleRate is the sampling rate of G.711, in samples a second.
const SampleRate = 8000

// Codec is an audio encoding, numbered by its static RTP payload type
// (RFC 3551 §6).
type Codec uint8

// The two encodings of G.711.
const (
	PCMU Codec = 0 // µ-law, North America and Japan
	PCMA Codec = 8 // A-law, elsewhere
)

// String returns the encoding's name in a session description.
func (c Codec) String() string {
	switch c {
	case PCMU:
		return "PCMU"
	case PCMA:
		return "PCMA"
	}
	return "unknown"
}

// Remote is what the far side's session description says about one leg.
type Remote struct {
	Addr     netip.AddrPort // where to send; when it is zero or 0.0.0.0 nothing is sent
	Codec    Codec          // what we send; received packets are decoded by their own payload type
	DTMF     uint8          // telephone-event payload type to send and expect, 0 = none
	Send     bool           // we may send to it: the far side is recvonly or sendrecv
	Receive  bool           // it may send to us; on hold, which is either of the two false, there is no RTP timeout
	LatchAny bool           // for NAT: take the first source with a matching payload type instead of Addr, once
}

// Stats counts one leg's packets since it was bound.
type Stats struct {
	PacketsSent     uint64
	PacketsReceived uint64        // accepted from the right source and well formed
	Lost            uint64        // sequence numbers that never came (RFC 3550 §A.3)
	Refused         uint64        // from a source other than the far side's
	Malformed       uint64        // not RTP version 2, or with lengths that do not add up
	LastReceived    time.Time     // zero before the first packet
	Jitter          time.Duration // interarrival jitter (RFC 3550 §6.4.1)
}

// EventKind says what an Event is about.
type EventKind uint8

// The kinds of events of a leg.
const (
	// Timeout: nothing came for Options.Timeout from a far side that had sent
	// something and is not on hold. Reported once for each silence.
	Timeout EventKind = iota + 1
	// Digit: the far side has ended a DTMF digit (RFC 4733), reported once.
	Digit
)

// Event is something a leg tells its owner.
type Event struct {
	Kind     EventKind
	Digit    byte          // '0'-'9', '*', '#', 'A'-'D'
	Duration time.Duration // how long the digit was pressed, or the silence
}

// Options are a leg's properties that hold for its whole life.
type Options struct {
	IP      netip.Addr    // local address to bind, as written into our session description
	Timeout time.Duration // RTP timeout, 0 = none
	OnEvent func(Event)   // called from a goroutine of the leg or the clock; must not block; may be nil
}

// Leg is one side of a call: a pair of RTP sockets or a wire, and one outgoing
// stream, whose SSRC stays the same and whose sequence numbers and timestamps go on
// without a break through every change of what is sent. Its methods may be called
// from any goroutine, and do nothing after Close.
type Leg interface {
	// LocalAddr is the RTP address for our session description; RTCP is one above.
	// A leg on a wire has none.
	LocalAddr() netip.AddrPort
	// Configure replaces what is known of the far side; it is called again at
	// each offer and answer.
	Configure(Remote)
	// Play replaces what is played; nil stops. While something plays, the
	// peer's audio is not heard.
	Play(Source)
	// PlayThen plays a finite source and calls done once it has ended by
	// itself, but not when it is replaced. done runs on the shared clock and
	// must not block.
	PlayThen(src Source, done func())
	// Mute drops the audio received from this leg: its peer hears silence and
	// recordings hold silence. Digits still pass.
	Mute(bool)
	// SendDigits queues DTMF digits towards the far side, 100 ms each with at
	// least 50 ms between them (RFC 4733). Other characters are left out, as is
	// everything when the far side has no telephone-event payload type.
	SendDigits(string)
	// Stats returns the leg's counters.
	Stats() Stats
	// Close stops the leg and frees its ports. It leaves its bridge or mix; a
	// recording of it goes on with silence.
	Close()
}

// Wire carries the packets of a leg that has no socket of its own.
type Wire interface {
	// Send carries one RTP packet, which is valid only during the call. It is
	// called from the packet path and must not block long.
	Send(packet []byte) error
}

// WireLeg is a leg whose packets come and go through somebody else's transport.
// The address in its Remote says nothing: whatever is delivered is from the far
// side.
type WireLeg interface {
	Leg
	// Deliver hands over an RTP packet that was received; the leg keeps nothing of
	// it. It is called from one goroutine at a time.
	Deliver(packet []byte)
	// Connect replaces the wire; with nil packets go nowhere. A call to the former
	// wire may still be on its way when Connect returns.
	Connect(Wire)
}

// Party is a leg of a mix and whom it hears.
type Party struct {
	Leg   Leg
	Hears []Leg // other parties of the same mix
}

// Plane makes legs and connects them.
type Plane interface {
	// Bind opens a leg on an even RTP port and the odd RTCP port above it. It
	// returns ErrNoPorts when the range is used up.
	Bind(Options) (Leg, error)
	// Attach makes a leg without sockets. Options.IP is not used.
	Attach(Options) (WireLeg, error)
	// Legs returns how many legs there are, bound and attached, that have not been
	// closed: each bound one holds a pair of ports.
	Legs() int
	// Bridge lets two legs hear each other, leaving the bridges and mixes they
	// were in. Audio is transcoded when the codecs differ; digits pass.
	Bridge(a, b Leg) error
	// Unbridge ends the bridge of a and b, if there is one, or takes both out of
	// the mix they are in together.
	Unbridge(a, b Leg)
	// Mix lets each party hear exactly the sum of those it names, leaving the
	// bridges they were in. When some of the parties are in a mix already, that
	// mix becomes this one without a break for those who stay, and its legs that
	// are not named hear nothing any more. Digits pass to whoever hears the one
	// who presses them.
	Mix(parties []Party) error
	// Record writes what is received from left to the left channel and from
	// right to the right one, until stop is called. Where nothing came there is
	// silence; either leg may be nil. Record again with the same sink puts other
	// legs in place within the same recording, without a gap. stop hands the
	// last frames to the sink and does not close it.
	Record(left, right Leg, sink FrameSink) (stop func(), err error)
	// Close closes every leg and ends every goroutine of the plane.
	Close() error
}

// FrameSink takes the frames of a recording, in order, from the shared clock: it
// must not block. Sinks are compared with ==, so they are pointers.
type FrameSink interface {
	// WriteFrame takes 160 interleaved pairs of samples, left first: 20 ms. The
	// slice is valid only during the call.
	WriteFrame(stereo []int16) error
	// Close ends the recording.
	Close() error
}

// Source is audio that was encoded beforehand.
type Source interface {
	// Frame returns the 160 bytes of the index-th 20 ms in the given codec, or
	// false after the end. It must not allocate; the bytes are not modified.
	Frame(codec Codec, index uint64) ([]byte, bool)
}

// Clock is the time a plane lives by.
type Clock interface {
	// Now returns the current time; differences of two are never affected by a
	// change of the wall clock.
	Now() time.Time
	// Until blocks until t has come, or until stop is closed, and reports
	// whether t has come.
	Until(t time.Time, stop <-chan struct{}) bool
}

// PlaneConfig configures a plane.
type PlaneConfig struct {
	// PortMin and PortMax bound the ports used for RTP and RTCP, both included.
	// When both are 0 the system chooses.
	PortMin, PortMax uint16
	Clock            Clock        // nil: the system's clock
	Log              *slog.Logger // nil: nothing is logged
}

// Errors of a plane.
var (
	ErrNoPorts = errors.New("media: no free pair of RTP ports")
	ErrClosed  = errors.New("media: closed")
	ErrForeign = errors.New("media: leg of another plane")
)
