package sdp_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"bandeau/media"
	"bandeau/telephony/sdp"
)

func lines(s ...string) []byte { return []byte(strings.Join(s, "\r\n") + "\r\n") }

// offer returns a description with a few lines replaced.
func offer(replace ...string) []byte {
	text := string(lines("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0",
		"m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000"))
	return []byte(strings.NewReplacer(replace...).Replace(text))
}

func TestParse(t *testing.T) {
	source := netip.MustParseAddr("192.0.2.9")
	r, err := sdp.Parse(offer(), source)
	if err != nil {
		t.Fatal(err)
	}
	if r.Addr != netip.MustParseAddrPort("192.0.2.1:4000") || r.DTMF != 101 ||
		!slices.Equal(r.Codecs, []media.Codec{media.PCMA, media.PCMU}) || r.OnHold() {
		t.Errorf("read %+v", r)
	}
	if c, ok := r.Choose([]media.Codec{media.PCMU, media.PCMA}); !ok || c != media.PCMA {
		t.Errorf("chose %v, %v; want the offerer's first", c, ok)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		from string
		want error
	}{
		"name in c=":         {offer("192.0.2.1\r\nt", "evil.example\r\nt"), "192.0.2.9", sdp.ErrAddress},
		"multicast":          {offer("c=IN IP4 192.0.2.1", "c=IN IP4 224.0.0.1"), "192.0.2.9", sdp.ErrAddress},
		"broadcast":          {offer("c=IN IP4 192.0.2.1", "c=IN IP4 255.255.255.255"), "192.0.2.9", sdp.ErrAddress},
		"loopback from afar": {offer("c=IN IP4 192.0.2.1", "c=IN IP4 127.0.0.1"), "192.0.2.9", sdp.ErrAddress},
		"privileged port":    {offer("audio 4000", "audio 1023"), "192.0.2.9", sdp.ErrAddress},
		"no c=":              {offer("c=IN IP4 192.0.2.1\r\n", ""), "192.0.2.9", sdp.ErrMalformed},
		"refused stream":     {offer("audio 4000", "audio 0"), "192.0.2.9", sdp.ErrNoAudio},
		"encrypted":          {offer("RTP/AVP", "RTP/SAVP"), "192.0.2.9", sdp.ErrNoAudio},
		"other codecs":       {offer("RTP/AVP 8 0 101", "RTP/AVP 9 18 101"), "192.0.2.9", sdp.ErrNoCodec},
		"not SDP":            {[]byte("hello"), "192.0.2.9", sdp.ErrMalformed},
		"too long":           {slices.Concat(offer(), []byte(strings.Repeat("a=x\r\n", 5000))), "192.0.2.9", sdp.ErrTooLong},
		"200 streams": {
			slices.Concat(offer(), []byte(strings.Repeat("m=audio 4000 RTP/AVP 8\r\n", 200))),
			"192.0.2.9", sdp.ErrMalformed,
		},
	} {
		if _, err := sdp.Parse(c.body, netip.MustParseAddr(c.from)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if _, err := sdp.Parse(offer("c=IN IP4 192.0.2.1", "c=IN IP4 127.0.0.1"), netip.MustParseAddr("127.0.0.1")); err != nil {
		t.Errorf("loopback from loopback: %v", err)
	}
}

// TestHold covers RFC 3264 §8.4 and its older form.
func TestHold(t *testing.T) {
	source := netip.MustParseAddr("192.0.2.9")
	for name, c := range map[string]struct {
		body       []byte
		hold, send bool // send: the far side may send to us
	}{
		"sendonly":      {slices.Concat(offer(), []byte("a=sendonly\r\n")), true, true},
		"inactive":      {slices.Concat(offer(), []byte("a=inactive\r\n")), true, false},
		"recvonly":      {slices.Concat(offer(), []byte("a=recvonly\r\n")), false, false},
		"session level": {offer("t=0 0", "t=0 0\r\na=sendonly"), true, true},
		"c=0.0.0.0":     {offer("c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0"), true, false},
	} {
		r, err := sdp.Parse(c.body, source)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m := r.Media(media.PCMA)
		if r.OnHold() != c.hold || m.Send == c.hold || m.Receive != c.send {
			t.Errorf("%s: hold %v, %+v", name, r.OnHold(), m)
		}
	}
}

// TestAnswer: an answer has the offer's streams in the offer's order.
func TestAnswer(t *testing.T) {
	source := netip.MustParseAddr("192.0.2.9")
	body := offer("m=audio 4000", "m=video 5000 RTP/AVP 99\r\nm=audio 4000")
	r, err := sdp.Parse(body, source)
	if err != nil {
		t.Fatal(err)
	}
	local := sdp.Local{
		Addr: netip.MustParseAddrPort("198.51.100.1:20000"), Session: 7, Version: 1,
		Codecs: []media.Codec{media.PCMA}, DTMF: r.DTMF,
	}
	answer := string(local.Answer(r))
	video, audio := strings.Index(answer, "m=video 0 RTP/AVP 99"), strings.Index(answer, "m=audio 20000 RTP/AVP 8 101\r\n")
	if video < 0 || audio < video {
		t.Errorf("answer:\n%s", answer)
	}
	back, err := sdp.Parse(local.Offer(), source)
	if err != nil || back.Addr != local.Addr || back.DTMF != 101 {
		t.Errorf("own offer reads as %+v, %v", back, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(offer())
	f.Add(offer("m=audio 4000", "m=video 5000 RTP/AVP 99\r\nm=audio 4000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := sdp.Parse(b, netip.MustParseAddr("127.0.0.1"))
		if err != nil {
			return
		}
		if len(r.Codecs) == 0 || r.Addr.Port() < 1024 || r.Addr.Addr().IsMulticast() {
			t.Errorf("accepted %+v", r)
		}
	})
}
