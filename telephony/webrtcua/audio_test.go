package webrtcua

import (
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"bandeau/media"
)

// call is a leg attached to an owner's browser.
type call struct {
	leg    media.WireLeg
	plane  media.Plane
	says   *memory // what the browser says
	detach func()

	mu     sync.Mutex
	digits string
}

func (c *call) event(e media.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Kind == media.Digit {
		c.digits += string(rune(e.Digit))
	}
}

func (r *rig) newCall(owner Owner) *call {
	r.t.Helper()
	plane, err := media.NewPlane(media.PlaneConfig{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = plane.Close() })
	c := &call{plane: plane, says: &memory{}}
	if c.leg, err = plane.Attach(media.Options{OnEvent: c.event}); err != nil {
		r.t.Fatal(err)
	}
	if _, err = plane.Record(c.leg, nil, c.says); err != nil {
		r.t.Fatal(err)
	}
	c.detach = r.Attach(owner, c.leg)
	return c
}

const half = media.SampleRate / 2

// wantAudio waits until both have heard half a second of what the other says.
func wantAudio(t *testing.T, b *browser, hears float64, c *call, says float64) {
	t.Helper()
	begun := len(b.packets())
	eventually(t, "the browser hears half a second", func() bool { return len(decode(b.packets()[begun:])) >= half })
	wantOnly(t, "the browser", decode(b.packets()[begun:])[:half], hears)
	eventually(t, "the browser is heard", func() bool {
		pcm := c.says.last(half)
		return pcm != nil && tone(pcm, says) > 3800
	})
	spoken := c.says.length()
	eventually(t, "half a second more", func() bool { return c.says.length() >= spoken+half })
	wantOnly(t, "the call", c.says.last(half), says)
}

// wantOneStream fails when what a browser got has a hole or a second beginning.
func wantOneStream(t *testing.T, packets []*rtp.Packet) {
	t.Helper()
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		if b.SSRC != a.SSRC || b.SequenceNumber != a.SequenceNumber+1 || int32(b.Timestamp-a.Timestamp) < 0 {
			t.Fatalf("packet %d: %d %d %d after %d %d %d", i, b.SSRC, b.SequenceNumber, b.Timestamp,
				a.SSRC, a.SequenceNumber, a.Timestamp)
		}
	}
}

func TestAudioBothWays(t *testing.T) {
	r := newRig(t, nil)
	owner := Owner{"acme", "anna"}
	b := r.newBrowser(owner, "s1")
	b.connect()
	r.wantChange(owner, true)
	c := r.newCall(owner)
	c.leg.Play(toneSource(700))
	defer b.speak(500)()
	wantAudio(t, b, 700, c, 500)

	// Digits pass both ways, by the number of the browser's own offer.
	c.leg.Play(nil)
	c.leg.SendDigits("5")
	eventually(t, "a digit at the browser", func() bool {
		all := b.packets()
		p := all[len(all)-1]
		return p.PayloadType == 110 && len(p.Payload) == 4 && p.Payload[0] == 5
	})
	c.leg.Play(toneSource(700))

	// A second leg takes over, in the same stream of the browser's.
	second := r.newCall(owner)
	second.leg.Play(toneSource(900))
	wantAudio(t, b, 900, second, 500)
	c.detach() // not the one attached any more
	wantAudio(t, b, 900, second, 500)
	wantOneStream(t, b.packets())

	eventually(t, "the browser's report", func() bool {
		st, ok := r.Stats(owner)
		return ok && st.RoundTrip > 0
	})
	if st, _ := r.Stats(owner); st.Loss != 0 || st.RoundTrip > time.Second || st.Jitter > 100*time.Millisecond {
		t.Errorf("stats %+v", st)
	}
	second.detach()
	if lines, sessions := r.left(); lines != 1 || sessions != 1 {
		t.Errorf("%d lines and %d sessions after the call", lines, sessions)
	}
}

// A page that is loaded anew, or another page, gets the audio of the call.
func TestSessionReplacedInACall(t *testing.T) {
	r := newRig(t, nil)
	owner := Owner{"acme", "anna"}
	c := r.newCall(owner) // attached before there is a browser
	c.leg.Play(toneSource(700))
	first := r.newBrowser(owner, "s1")
	first.connect()
	r.wantChange(owner, true)
	stop := first.speak(500)
	wantAudio(t, first, 700, c, 500)

	second := r.newBrowser(owner, "s2")
	second.connect()
	r.wantChange(owner, false)
	r.wantChange(owner, true)
	defer second.speak(1100)()
	wantAudio(t, second, 700, c, 1100) // though the first still speaks
	stop()
	r.Drop(owner, "s1") // the stream of the first page ends late
	if !r.Reachable(owner) {
		t.Error("the first page's end took the second's phone")
	}
	wantAudio(t, second, 700, c, 1100)
}

// Two browsers in a call of their own hear each other and no other.
func TestTwoBrowsers(t *testing.T) {
	r := newRig(t, nil)
	plane, err := media.NewPlane(media.PlaneConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = plane.Close() }()
	tones := []float64{500, 700, 1100, 1300}
	browsers := make([]*browser, len(tones))
	legs := make([]media.WireLeg, len(tones))
	for i, f := range tones {
		owner := Owner{"acme", string(rune('a' + i))}
		browsers[i] = r.newBrowser(owner, "s")
		browsers[i].connect()
		if legs[i], err = plane.Attach(media.Options{}); err != nil {
			t.Fatal(err)
		}
		defer r.Attach(owner, legs[i])()
		defer browsers[i].speak(f)()
	}
	for i := range legs {
		if err = plane.Bridge(legs[i], legs[i^1]); err != nil {
			t.Fatal(err)
		}
	}
	for i, b := range browsers {
		eventually(t, "half a second of audio", func() bool { return len(decode(b.packets())) >= 2*half })
		wantOnly(t, "a browser", decode(b.packets())[half:2*half], tones[i^1])
	}
}
