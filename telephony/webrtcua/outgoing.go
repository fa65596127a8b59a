package webrtcua

import (
	"errors"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"bandeau/media"
)

// errNotBound is what becomes of a packet before the session is negotiated.
var errNotBound = errors.New("webrtc: the session sends nothing yet")

// outgoing is a session's audio towards the browser: one RTP stream through all
// the legs that speak in it one after the other. A leg numbers its packets as it
// likes; here they go on from where the one before ended, because a jump of the
// numbers would make the browser's SRTP refuse what follows.
type outgoing struct {
	clock media.Clock
	codec media.Codec
	dtmf  uint8

	mu     sync.Mutex
	to     webrtc.TrackLocalWriter // nil while not negotiated
	ssrc   uint32
	header rtp.Header // kept: the library wants a pointer to it

	from      *attachment // whose numbers these are mapped from
	sequence  uint16      // ours minus its
	timestamp uint32      // ours minus its
	started   bool
	newest    uint16 // highest number sent
	reached   uint32 // highest timestamp sent…
	at        time.Time
}

// send sends a leg's packet. Nothing but its audio and its digits pass.
func (o *outgoing) send(from *attachment, packet []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.to == nil {
		return errNotBound
	}
	n, err := o.header.Unmarshal(packet)
	if err != nil {
		return err
	}
	h := &o.header
	if h.PayloadType != uint8(o.codec) && (o.dtmf == 0 || h.PayloadType != o.dtmf) {
		return nil // made before the leg knew this session
	}
	if o.from != from {
		o.from = from
		o.join(h)
	}
	h.SSRC, h.SequenceNumber, h.Timestamp = o.ssrc, h.SequenceNumber+o.sequence, h.Timestamp+o.timestamp
	if !o.started || int16(h.SequenceNumber-o.newest) > 0 {
		o.newest = h.SequenceNumber
	}
	if !o.started || int32(h.Timestamp-o.reached) > 0 {
		o.reached, o.at = h.Timestamp, o.clock.Now()
	}
	o.started = true
	_, err = o.to.WriteRTP(h, packet[n:])
	return err
}

// join maps the numbers that begin with h onto ours.
func (o *outgoing) join(h *rtp.Header) {
	h.Marker = true
	if !o.started {
		o.sequence, o.timestamp = 0, 0
		return
	}
	passed := max(uint32(o.clock.Now().Sub(o.at)*media.SampleRate/time.Second), media.FrameSamples)
	o.sequence = o.newest + 1 - h.SequenceNumber
	o.timestamp = o.reached + passed - h.Timestamp
}

// Bind implements webrtc.TrackLocal.
func (o *outgoing) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range ctx.CodecParameters() {
		if codec.PayloadType == webrtc.PayloadType(o.codec) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.to, o.ssrc = ctx.WriteStream(), uint32(ctx.SSRC())
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind implements webrtc.TrackLocal.
func (o *outgoing) Unbind(webrtc.TrackLocalContext) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to = nil
	return nil
}

// ID implements webrtc.TrackLocal.
func (o *outgoing) ID() string { return "audio" }

// RID implements webrtc.TrackLocal.
func (o *outgoing) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (o *outgoing) StreamID() string { return "call" }

// Kind implements webrtc.TrackLocal.
func (o *outgoing) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
