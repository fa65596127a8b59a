// Package sdp reads and writes the session descriptions of G.711 calls
// (RFC 8866, offer and answer as in RFC 3264): one audio stream of PCMA or
// PCMU, with telephone-event (RFC 4733). It is strict about where audio may be
// sent to, because a description comes from the network.
package sdp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"bandeau/media"
)

// Limits of what is read.
const (
	maxLength  = 16 << 10 // bytes of a description
	maxStreams = 16       // m= lines of a description
	minPort    = 1024     // nobody receives RTP on a privileged port
)

// Errors of Parse. Each is answered 488 (Not Acceptable Here).
var (
	ErrMalformed = errors.New("sdp: malformed description")
	ErrTooLong   = errors.New("sdp: description too long")
	ErrNoAudio   = errors.New("sdp: no acceptable audio stream")
	ErrNoCodec   = errors.New("sdp: neither PCMA nor PCMU offered")
	ErrAddress   = errors.New("sdp: address that audio is not sent to")
)

// Direction is which way audio flows, as the describing side sees it.
type Direction uint8

// The directions of RFC 3264 §5.1. The zero value is both ways.
const (
	SendRecv Direction = iota
	SendOnly
	RecvOnly
	Inactive
)

// String returns the attribute's name.
func (d Direction) String() string {
	switch d {
	case SendRecv:
		return "sendrecv"
	case SendOnly:
		return "sendonly"
	case RecvOnly:
		return "recvonly"
	case Inactive:
		return "inactive"
	}
	return "unknown"
}

// Reverse is the direction that answers d.
func (d Direction) Reverse() Direction {
	switch d {
	case SendOnly:
		return RecvOnly
	case RecvOnly:
		return SendOnly
	case SendRecv, Inactive:
		return d
	}
	return d
}

// Sends reports whether the describing side may send.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives reports whether the describing side wants to receive.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// Remote is what the far side's description says.
type Remote struct {
	Addr      netip.AddrPort // where it receives; zero address or port when it does not
	Codecs    []media.Codec  // what it takes, in its order of preference
	DTMF      uint8          // its telephone-event payload type, 0 = none
	Direction Direction
	streams   []string // the m= lines, for an answer of the same shape
	audio     int      // index of the stream used
}

// OnHold reports whether the far side does not listen: it is sendonly or
// inactive, or its address is 0.0.0.0 (the older form, RFC 3264 §8.4).
func (r Remote) OnHold() bool { return !r.Direction.Receives() || r.Addr.Addr().IsUnspecified() }

// Media returns what a leg has to know.
func (r Remote) Media(codec media.Codec) media.Remote {
	return media.Remote{
		Addr: r.Addr, Codec: codec, DTMF: r.DTMF,
		Send: !r.OnHold(), Receive: r.Direction.Sends() && !r.Addr.Addr().IsUnspecified(),
	}
}

// Choose returns the first codec of the far side's that is in allowed.
func (r Remote) Choose(allowed []media.Codec) (media.Codec, bool) {
	for _, c := range r.Codecs {
		if slices.Contains(allowed, c) {
			return c, true
		}
	}
	return 0, false
}

// Parse reads a description. source is where the message came from: a loopback
// address is accepted only from a loopback peer.
func Parse(b []byte, source netip.Addr) (Remote, error) {
	if len(b) > maxLength {
		return Remote{}, ErrTooLong
	}
	var d sdp.SessionDescription
	if err := d.Unmarshal(b); err != nil {
		return Remote{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(d.MediaDescriptions) > maxStreams {
		return Remote{}, fmt.Errorf("%w: more than %d streams", ErrMalformed, maxStreams)
	}
	r := Remote{audio: -1}
	for i, m := range d.MediaDescriptions {
		r.streams = append(r.streams, mLine(m))
		if r.audio < 0 && acceptable(m) {
			r.audio = i
		}
	}
	if r.audio < 0 {
		return Remote{}, ErrNoAudio
	}
	m := d.MediaDescriptions[r.audio]
	r.Direction = direction(&d, m)
	if r.Codecs, r.DTMF = formats(m); len(r.Codecs) == 0 {
		return Remote{}, ErrNoCodec
	}
	var err error
	r.Addr, err = address(&d, m, source)
	return r, err
}

// mLine returns a stream's kind, transport and formats, to refuse it with.
func mLine(m *sdp.MediaDescription) string {
	return m.MediaName.Media + " 0 " + strings.Join(m.MediaName.Protos, "/") + " " +
		strings.Join(m.MediaName.Formats, " ")
}

func acceptable(m *sdp.MediaDescription) bool {
	return m.MediaName.Media == "audio" && m.MediaName.Port.Value != 0 &&
		slices.Equal(m.MediaName.Protos, []string{"RTP", "AVP"})
}

func direction(d *sdp.SessionDescription, m *sdp.MediaDescription) Direction {
	for _, attributes := range [][]sdp.Attribute{m.Attributes, d.Attributes} {
		for _, a := range attributes {
			for _, dir := range []Direction{SendRecv, SendOnly, RecvOnly, Inactive} {
				if a.Key == dir.String() {
					return dir
				}
			}
		}
	}
	return SendRecv
}

// formats returns the codecs by their static payload types and the payload type
// of telephone-event at 8 kHz.
func formats(m *sdp.MediaDescription) (codecs []media.Codec, dtmf uint8) {
	for _, f := range m.MediaName.Formats {
		switch f {
		case "0":
			codecs = append(codecs, media.PCMU)
		case "8":
			codecs = append(codecs, media.PCMA)
		}
	}
	for _, a := range m.Attributes {
		pt, encoding, ok := strings.Cut(a.Value, " ")
		if a.Key != "rtpmap" || !ok || !strings.EqualFold(strings.TrimSpace(encoding), "telephone-event/8000") {
			continue
		}
		n, err := strconv.ParseUint(pt, 10, 8)
		if err == nil && n >= 96 && n <= 127 && slices.Contains(m.MediaName.Formats, pt) {
			return codecs, uint8(n)
		}
	}
	return codecs, 0
}

func address(d *sdp.SessionDescription, m *sdp.MediaDescription, source netip.Addr) (netip.AddrPort, error) {
	c := m.ConnectionInformation
	if c == nil {
		c = d.ConnectionInformation
	}
	if c == nil || c.Address == nil {
		return netip.AddrPort{}, fmt.Errorf("%w: no c= line", ErrMalformed)
	}
	// A name is refused rather than looked up: the network must not make us
	// ask the DNS.
	addr, err := netip.ParseAddr(c.Address.Address)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%w: %q", ErrAddress, c.Address.Address)
	}
	addr = addr.Unmap()
	port := m.MediaName.Port.Value
	switch {
	case port < minPort || port > 65535:
		return netip.AddrPort{}, fmt.Errorf("%w: port %d", ErrAddress, port)
	case addr.IsMulticast(), addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return netip.AddrPort{}, fmt.Errorf("%w: %s", ErrAddress, addr)
	case addr.IsLoopback() && !source.Unmap().IsLoopback():
		return netip.AddrPort{}, fmt.Errorf("%w: %s", ErrAddress, addr)
	}
	return netip.AddrPortFrom(addr, uint16(port)), nil
}

// Local is what we say of ourselves.
type Local struct {
	Addr      netip.AddrPort
	Session   uint64        // the o= line's session id
	Version   uint64        // raised with each change (RFC 3264 §8)
	Codecs    []media.Codec // what we take
	DTMF      uint8         // telephone-event payload type, 0 = none
	Direction Direction
}

// Offer writes the description of an offer.
func (l Local) Offer() []byte {
	var b strings.Builder
	l.head(&b)
	l.audio(&b)
	return []byte(b.String())
}

// Answer writes the description that answers an offer: the same streams in the
// same order, all but one refused (RFC 3264 §6).
func (l Local) Answer(offer Remote) []byte {
	var b strings.Builder
	l.head(&b)
	for i, m := range offer.streams {
		if i == offer.audio {
			l.audio(&b)
			continue
		}
		b.WriteString("m=" + m + "\r\n")
	}
	return []byte(b.String())
}

func (l Local) head(b *strings.Builder) {
	family := "IP4"
	if l.Addr.Addr().Is6() {
		family = "IP6"
	}
	fmt.Fprintf(b, "v=0\r\no=- %d %d IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n",
		l.Session, l.Version, family, l.Addr.Addr(), family, l.Addr.Addr())
}

func (l Local) audio(b *strings.Builder) {
	fmt.Fprintf(b, "m=audio %d RTP/AVP", l.Addr.Port())
	for _, c := range l.Codecs {
		fmt.Fprintf(b, " %d", c)
	}
	if l.DTMF != 0 {
		fmt.Fprintf(b, " %d", l.DTMF)
	}
	b.WriteString("\r\n")
	for _, c := range l.Codecs {
		fmt.Fprintf(b, "a=rtpmap:%d %s/8000\r\n", c, c)
	}
	if l.DTMF != 0 {
		fmt.Fprintf(b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", l.DTMF, l.DTMF)
	}
	fmt.Fprintf(b, "a=ptime:20\r\na=%s\r\n", l.Direction)
}
