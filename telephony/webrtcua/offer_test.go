package webrtcua

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"bandeau/media"
)

func itoa(n int) string { return strconv.Itoa(n) }

// chrome is an offer of Chromium as a page sends it.
const chrome = `v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 52011 UDP/TLS/RTP/SAVPF 8 0 110 126
c=IN IP4 192.168.1.20
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:2165435021 1 udp 2122260223 192.168.1.20 52011 typ host generation 0 network-id 1
a=candidate:1510613869 1 udp 2113937151 3c0f1a5e-52c0-4a51-9d1b-9f3c8a6d2b11.local 52011 typ host generation 0
a=ice-ufrag:sZ5a
a=ice-pwd:mY3fFpXxW5gCMbiO9t1W+7Qz
a=ice-options:trickle
a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08
a=setup:active
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=sendrecv
a=msid:- 1c1e4a1a-8d6c-4a8e-8f0a-0e9b3e8e3c11
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
a=ssrc:3570614608 cname:4TOk42mSjXCkVIa6
a=ssrc:3570614608 msid:- 1c1e4a1a-8d6c-4a8e-8f0a-0e9b3e8e3c11
`

func with(old, new string) string {
	if !strings.Contains(chrome, old) {
		panic("the offer holds no " + old)
	}
	return strings.ReplaceAll(chrome, old, new)
}

func without(line string) string { return with(line+"\n", "") }

const print256 = "a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08"

func TestRefusedOffers(t *testing.T) {
	many := strings.Repeat("a=candidate:1 1 udp 1 10.0.0.1 9 typ host\n", 200)
	for _, c := range []struct {
		name, offer string
		want        Code
	}{
		{"nothing", "", Malformed},
		{"noise", "\x00\xff\x80 GET / HTTP/1.1", Malformed},
		{"json", `{"type":"offer"}`, Malformed},
		{"64 kB", chrome + strings.Repeat("a=x\n", 16<<10), TooLarge},
		{"no m=", chrome[:strings.Index(chrome, "m=audio")], NoAudio},
		{"switched off", with("m=audio 52011", "m=audio 0"), NoAudio},
		{"video", with("m=audio", "m=video"), Video},
		{"audio and video", chrome + "m=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:1\n", Video},
		{"200 m=", chrome + strings.Repeat("m=audio 9 UDP/TLS/RTP/SAVPF 8\n", 200), Video},
		{"data", chrome + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:1\n", Video},
		{"of a SIP phone", with("UDP/TLS/RTP/SAVPF", "RTP/AVP"), BadTransport},
		{"no rtcp-mux", without("a=rtcp-mux"), BadTransport},
		{"opus", with("SAVPF 8 0 110 126", "SAVPF 111 110 126"), BadCodec},
		{"recvonly", with("a=sendrecv", "a=recvonly"), BadDirection},
		{"inactive", with("a=sendrecv", "a=inactive"), BadDirection},
		{"no fingerprint", without(print256), BadFingerprint},
		{"sha-1", with("sha-256 7B:", "sha-1 7B:"), BadFingerprint},
		{"short fingerprint", with(":19:08", ":19"), BadFingerprint},
		{"wrong fingerprint", with("7B:8B", "7B-8B"), BadFingerprint},
		{"no ufrag", without("a=ice-ufrag:sZ5a"), BadCredentials},
		{"ufrag of 3", with("sZ5a", "sZ5"), BadCredentials},
		{"long ufrag", with("sZ5a", strings.Repeat("s", 257)), BadCredentials},
		{"ufrag in two", with("sZ5a", "sZ5a a=ice-lite"), BadCredentials},
		{"short password", with("+7Qz", ""), BadCredentials},
		{"passive", with("setup:active", "setup:passive"), BadSetup},
		{"no setup", without("a=setup:active"), BadSetup},
		{"no mid", without("a=mid:0"), Malformed},
		{"long mid", with("mid:0", "mid:"+strings.Repeat("0", 33)), Malformed},
		{"mid with a space", with("mid:0", "mid:0 1"), Malformed},
		{"thousands of candidates", with("a=mid:0\n", "a=mid:0\n"+many), TooManyCandidates},
		{"a control character", with("s=-", "s=\x01"), Malformed},
		{"not UTF-8", with("s=-", "s=\xff"), Malformed},
		{"a bare CR", with("s=-", "s=-\rm=video"), Malformed},
		{"two descriptions", chrome + chrome, Malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readOffer(c.offer)
			var refused *Refused
			if !errors.As(err, &refused) || refused.Code != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// Whatever is refused is refused before anything is made of it.
func TestRefusedOfferChangesNothing(t *testing.T) {
	r := newRig(t, nil)
	owner := Owner{"acme", "anna"}
	b := r.newBrowser(owner, "s1")
	b.connect()
	r.wantChange(owner, true)
	for id, offer := range map[string]string{
		"s2": with("m=audio", "m=video"), "": chrome, "no name": chrome,
		strings.Repeat("s", 65): chrome, "s/../2": chrome,
	} {
		var refused *Refused
		if _, err := r.Offer(t.Context(), owner, id, b, offer); !errors.As(err, &refused) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, sessions := r.left(); sessions != 1 || !r.Reachable(owner) {
		t.Error("the session suffered")
	}
	r.wantNoChange()
}

// The answer is that of a lite agent at one address, which speaks A-law if it may.
func TestAnswer(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		name, offer string
		formats     string
		event       bool
	}{
		{"chromium", chrome, "8 126", true},
		{"CRLF", strings.ReplaceAll(chrome, "\n", "\r\n"), "8 126", true},
		{"actpass", with("setup:active", "setup:actpass"), "8 126", true},
		{"µ-law alone", with("SAVPF 8 0 110 126", "SAVPF 0 126"), "0 126", true},
		{"no digits", without("a=rtpmap:126 telephone-event/8000"), "8", false},
		{"digits as 101", with("126", "101"), "8 101", true},
		{"no ssrc", without("a=ssrc:3570614608 cname:4TOk42mSjXCkVIa6"), "8 126", true},
		{"fingerprint of the session", print256 + "\n" + chrome, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.formats == "" { // v= comes first, always
				c.offer = strings.Replace(without(print256), "t=0 0\n", "t=0 0\n"+print256+"\n", 1)
				c.formats, c.event = "8 126", true
			}
			answer, err := r.Offer(t.Context(), Owner{"acme", "anna"}, "s1", &browser{}, c.offer)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{
				"a=ice-lite\r\n", "a=setup:passive\r\n", "a=sendrecv\r\n", "a=mid:0\r\n", "a=rtcp-mux\r\n",
				fmt.Sprintf("UDP/TLS/RTP/SAVPF %s\r\n", c.formats),
				fmt.Sprintf(" udp 2130706431 127.0.0.1 %d typ host ", r.Addr().Port()),
			} {
				if !strings.Contains(answer, want) {
					t.Errorf("no %q in\n%s", want, answer)
				}
			}
			if n := strings.Count(answer, "a=candidate:"); n < 1 || strings.Count(answer, " 127.0.0.1 ") != n {
				t.Errorf("other addresses in\n%s", answer)
			}
			if strings.Contains(answer, "telephone-event/8000") != c.event || strings.Contains(answer, "opus") {
				t.Errorf("formats in\n%s", answer)
			}
		})
	}
}

// FuzzReadOffer: no text breaks the reader, and what it lets through is one
// description of one audio stream, however it was written.
func FuzzReadOffer(f *testing.F) {
	f.Add(chrome)
	f.Add(strings.ReplaceAll(chrome, "\n", "\r\n"))
	f.Fuzz(func(t *testing.T, text string) {
		o, err := readOffer(text)
		if err != nil {
			if _, ok := errors.AsType[*Refused](err); !ok {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		again, err := readOffer(o.String())
		if err != nil {
			t.Fatalf("%v in\n%s", err, o)
		}
		if *again != *o {
			t.Fatalf("%+v, read again %+v", o, again)
		}
	})
}

// writer keeps what a session sends.
type writer struct{ sent []rtp.Header }

func (w *writer) WriteRTP(h *rtp.Header, _ []byte) (int, error) {
	w.sent = append(w.sent, *h)
	return 0, nil
}
func (w *writer) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

// Legs that number their packets in their own ways come out as one stream, also
// when one comes late.
func TestOneStreamOfManyLegs(t *testing.T) {
	clock := newManualClock()
	w := &writer{}
	o := &outgoing{clock: clock, codec: media.PCMA, dtmf: 126, to: w, ssrc: 42}
	send := func(from *attachment, pt uint8, sequence uint16, timestamp uint32) {
		t.Helper()
		b, err := (&rtp.Packet{Header: rtp.Header{
			Version: 2, PayloadType: pt, SequenceNumber: sequence, Timestamp: timestamp, SSRC: 7,
		}, Payload: make([]byte, 160)}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if err = o.send(from, b); err != nil {
			t.Fatal(err)
		}
	}
	a, b := &attachment{}, &attachment{leg: nil, line: &line{}}
	send(a, 8, 65535, 1000)
	send(a, 8, 1, 1320)
	send(a, 8, 0, 1160) // late
	send(a, 96, 2, 1480)
	clock.advance(time.Second)
	send(b, 8, 30000, 9_000_000)
	send(b, 126, 30001, 9_000_160)
	send(a, 8, 2, 1480) // and back, within the same frame
	want := []rtp.Header{
		{SequenceNumber: 65535, Timestamp: 1000, Marker: true},
		{SequenceNumber: 1, Timestamp: 1320},
		{SequenceNumber: 0, Timestamp: 1160},
		{SequenceNumber: 2, Timestamp: 9320, Marker: true},
		{SequenceNumber: 3, Timestamp: 9480, PayloadType: 126},
		{SequenceNumber: 4, Timestamp: 9640, Marker: true},
	}
	if len(w.sent) != len(want) {
		t.Fatalf("%d packets", len(w.sent))
	}
	for i, h := range w.sent {
		x := want[i]
		if h.SequenceNumber != x.SequenceNumber || h.Timestamp != x.Timestamp || h.Marker != x.Marker || h.SSRC != 42 {
			t.Errorf("%d: %+v, want %+v", i, h, x)
		}
	}
	_ = o.Unbind(nil)
	if err := o.send(a, nil); !errors.Is(err, errNotBound) {
		t.Errorf("sent by a session that is over: %v", err)
	}
	var _ webrtc.TrackLocal = o
}
