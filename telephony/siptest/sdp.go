package siptest

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// The codecs a phone may be configured with. TelephoneEvent may be followed by
// a payload type, as in "telephone-event/126"; without one it is 101.
const (
	PCMA           = "PCMA"
	PCMU           = "PCMU"
	TelephoneEvent = "telephone-event"
)

// The directions of a media stream, RFC 4566 §6.
const (
	SendRecv = "sendrecv"
	SendOnly = "sendonly"
	RecvOnly = "recvonly"
	Inactive = "inactive"
)

var errNoCommonCodec = errors.New("siptest: no codec in common")

// Codec is one payload type of a session description.
type Codec struct {
	// Name is PCMA, PCMU, telephone-event or another name of an rtpmap.
	Name string
	// PayloadType is 0 to 127.
	PayloadType uint8
}

// Session is what matters of a session description with one audio stream.
type Session struct {
	// Remote is the address and port to send audio to.
	Remote netip.AddrPort
	// Direction is sendrecv, sendonly, recvonly or inactive as the sender of
	// the description means it.
	Direction string
	// Codecs holds the payload types in order of preference.
	Codecs []Codec
}

// ParseSDP reads a session description; it knows the first audio stream only.
func ParseSDP(body []byte) (Session, error) {
	s := Session{Direction: SendRecv}
	var addr netip.Addr
	var port int
	var types []string
	names := map[string]string{"0": PCMU, "8": PCMA}
	stream := "" // the kind of stream the lines belong to
	for line := range strings.SplitSeq(string(body), "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch {
		case key == "m":
			fields := strings.Fields(value)
			if len(fields) < 4 || types != nil {
				stream = "other"
				continue
			}
			if stream = fields[0]; stream == "audio" {
				p, err := strconv.Atoi(fields[1])
				if err != nil || p < 0 || p > 65535 {
					return s, fmt.Errorf("siptest: sdp port %q", fields[1])
				}
				port, types = p, fields[3:]
			}
		case stream != "" && stream != "audio":
		case key == "c":
			// "IN IP4 192.0.2.1"; a multicast address may carry "/ttl".
			text, _, _ := strings.Cut(value[strings.LastIndexByte(value, ' ')+1:], "/")
			a, err := netip.ParseAddr(text)
			if err != nil {
				return s, fmt.Errorf("siptest: sdp connection: %w", err)
			}
			addr = a
		case key == "a":
			parseAttribute(value, &s, names)
		}
	}
	if types == nil || !addr.IsValid() {
		return s, errors.New("siptest: sdp without audio or without an address")
	}
	for _, t := range types {
		pt, err := strconv.ParseUint(t, 10, 7)
		if err != nil {
			return s, fmt.Errorf("siptest: sdp payload type %q", t)
		}
		s.Codecs = append(s.Codecs, Codec{names[t], uint8(pt)})
	}
	s.Remote = netip.AddrPortFrom(addr, uint16(port))
	return s, nil
}

func parseAttribute(value string, s *Session, names map[string]string) {
	switch value {
	case SendRecv, SendOnly, RecvOnly, Inactive:
		s.Direction = value
		return
	}
	if mapping, ok := strings.CutPrefix(value, "rtpmap:"); ok {
		pt, encoding, _ := strings.Cut(mapping, " ")
		name, _, _ := strings.Cut(encoding, "/")
		if strings.EqualFold(name, TelephoneEvent) {
			name = TelephoneEvent
		} else {
			name = strings.ToUpper(name)
		}
		names[pt] = name
	}
}

// codec finds a codec by its name.
func (s Session) codec(name string) (Codec, bool) {
	for _, c := range s.Codecs {
		if c.Name == name {
			return c, true
		}
	}
	return Codec{}, false
}

// audio returns the first codec that is not telephone-event.
func (s Session) audio() (Codec, bool) {
	for _, c := range s.Codecs {
		if c.Name == PCMA || c.Name == PCMU {
			return c, true
		}
	}
	return Codec{}, false
}

// held reports whether the sender of the description does not want audio, by
// direction or by the address 0.0.0.0 of RFC 2543.
func (s Session) held() bool {
	return s.Direction == SendOnly || s.Direction == Inactive || s.Remote.Addr().IsUnspecified()
}

// configuredCodecs turns names of a configuration into codecs.
func configuredCodecs(names []string) ([]Codec, error) {
	if len(names) == 0 {
		names = []string{PCMA, PCMU, TelephoneEvent}
	}
	codecs := make([]Codec, 0, len(names))
	for _, full := range names {
		name, pt, given := strings.Cut(full, "/")
		c := Codec{Name: name}
		switch name {
		case PCMA:
			c.PayloadType = 8
		case PCMU:
			c.PayloadType = 0
		case TelephoneEvent:
			c.PayloadType = 101
		default:
			return nil, fmt.Errorf("siptest: unknown codec %q", full)
		}
		if given {
			n, err := strconv.ParseUint(pt, 10, 7)
			if err != nil {
				return nil, fmt.Errorf("siptest: payload type of %q: %w", full, err)
			}
			c.PayloadType = uint8(n)
		}
		codecs = append(codecs, c)
	}
	return codecs, nil
}

// answerCodecs keeps what the offer has of ours, in our order and with the
// offer's payload types (RFC 3264 §6.1).
func answerCodecs(ours []Codec, offer Session) ([]Codec, error) {
	var common []Codec
	audio := false
	for _, c := range ours {
		if theirs, ok := offer.codec(c.Name); ok {
			common = append(common, theirs)
			audio = audio || c.Name != TelephoneEvent
		}
	}
	if !audio {
		return nil, errNoCommonCodec
	}
	return common, nil
}

// answerDirection is the direction to answer with, when we want local and the
// offer says remote (RFC 3264 §6.1).
func answerDirection(local, remote string) string {
	send := (local == SendRecv || local == SendOnly) && (remote == SendRecv || remote == RecvOnly)
	recv := (local == SendRecv || local == RecvOnly) && (remote == SendRecv || remote == SendOnly)
	switch {
	case send && recv:
		return SendRecv
	case send:
		return SendOnly
	case recv:
		return RecvOnly
	}
	return Inactive
}

// buildSDP writes a session description of one audio stream.
func buildSDP(addr netip.AddrPort, id, version uint64, codecs []Codec, direction string) []byte {
	var b strings.Builder
	family := "IP4"
	if addr.Addr().Is6() {
		family = "IP6"
	}
	fmt.Fprintf(&b, "v=0\r\no=- %d %d IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n",
		id, version, family, addr.Addr(), family, addr.Addr())
	fmt.Fprintf(&b, "m=audio %d RTP/AVP", addr.Port())
	for _, c := range codecs {
		fmt.Fprintf(&b, " %d", c.PayloadType)
	}
	b.WriteString("\r\n")
	for _, c := range codecs {
		fmt.Fprintf(&b, "a=rtpmap:%d %s/8000\r\n", c.PayloadType, c.Name)
		if c.Name == TelephoneEvent {
			fmt.Fprintf(&b, "a=fmtp:%d 0-16\r\n", c.PayloadType)
		}
	}
	fmt.Fprintf(&b, "a=ptime:20\r\na=%s\r\n", direction)
	return []byte(b.String())
}
