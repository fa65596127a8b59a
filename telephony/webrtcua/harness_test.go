package webrtcua

import (
	"context"
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"bandeau/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// manualClock goes on only when told to.
type manualClock struct {
	mu      sync.Mutex
	now     time.Time
	changed chan struct{}
}

func newManualClock() *manualClock {
	return &manualClock{now: time.Unix(1_000_000, 0), changed: make(chan struct{})}
}

func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manualClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *manualClock) Until(t time.Time, stop <-chan struct{}) bool {
	for {
		c.mu.Lock()
		reached, changed := !c.now.Before(t), c.changed
		c.mu.Unlock()
		if reached {
			return true
		}
		select {
		case <-changed:
		case <-stop:
			return false
		}
	}
}

// change is what a handler was told.
type change struct {
	owner     Owner
	reachable bool
}

// rig is an agent and what it tells its handler.
type rig struct {
	*UA
	t       testing.TB
	changes chan change
}

// BrowserChanged implements Handler.
func (r *rig) BrowserChanged(owner Owner, reachable bool) { r.changes <- change{owner, reachable} }

func newRig(tb testing.TB, clock media.Clock) *rig {
	tb.Helper()
	r := &rig{t: tb, changes: make(chan change, 100)}
	ua, err := New(Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Handler: r, Clock: clock})
	if err != nil {
		tb.Fatal(err)
	}
	r.UA = ua
	tb.Cleanup(func() {
		if err := ua.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return r
}

// left is how many lines and sessions there are.
func (r *rig) left() (lines, sessions int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.lines), r.sessions
}

// wantChange waits for the next thing the handler is told.
func (r *rig) wantChange(owner Owner, reachable bool) {
	r.t.Helper()
	select {
	case got := <-r.changes:
		if got != (change{owner, reachable}) {
			r.t.Fatalf("told %v, want %v %v", got, owner, reachable)
		}
	case <-time.After(10 * time.Second):
		r.t.Fatalf("not told that %v is reachable: %v", owner, reachable)
	}
}

// wantNoChange fails when the handler was told something already.
func (r *rig) wantNoChange() {
	r.t.Helper()
	select {
	case got := <-r.changes:
		r.t.Fatalf("told %v", got)
	default:
	}
}

// browser is the page's side: a full agent of the library, on loopback.
type browser struct {
	t     testing.TB
	rig   *rig
	owner Owner
	id    string
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	pings chan uint64
	mute  bool // it does not answer pings
	net   *network

	mu    sync.Mutex
	heard []*rtp.Packet
}

// network is a browser's, which can be cut.
type network struct {
	net.PacketConn
	cut atomic.Bool
}

func (n *network) WriteTo(b []byte, to net.Addr) (int, error) {
	if n.cut.Load() {
		return len(b), nil
	}
	return n.PacketConn.WriteTo(b, to)
}

// Ping implements Link: the page answers.
func (b *browser) Ping(session string, n uint64) {
	if session != b.id {
		b.t.Errorf("ping for %q", session)
	}
	if b.mute {
		b.pings <- n
		return
	}
	go b.rig.Pong(b.owner, session, n)
}

// newBrowser makes a page with a phone that has not offered yet.
func (r *rig) newBrowser(owner Owner, id string) *browser {
	r.t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		r.t.Fatal(err)
	}
	cable := &network{PacketConn: conn}
	mux := webrtc.NewICEUDPMux(nil, cable)
	r.t.Cleanup(func() { _ = mux.Close() })
	var se webrtc.SettingEngine
	se.SetIncludeLoopbackCandidate(true)
	se.SetICEUDPMux(mux)
	se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	var me webrtc.MediaEngine
	for pt, mime := range map[webrtc.PayloadType]string{8: webrtc.MimeTypePCMA, 110: "audio/telephone-event"} {
		if err = me.RegisterCodec(webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 8000}, PayloadType: pt,
		}, webrtc.RTPCodecTypeAudio); err != nil {
			r.t.Fatal(err)
		}
	}
	var reporting interceptor.Registry
	if err = webrtc.ConfigureRTCPReports(&reporting); err != nil {
		r.t.Fatal(err)
	}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(se), webrtc.WithMediaEngine(&me),
		webrtc.WithInterceptorRegistry(&reporting)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		r.t.Fatal(err)
	}
	b := &browser{t: r.t, rig: r, owner: owner, id: id, pc: pc, pings: make(chan uint64, 100), net: cable}
	r.t.Cleanup(b.close)
	b.track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMA}, "a", "b")
	if err != nil {
		r.t.Fatal(err)
	}
	sender, err := pc.AddTrack(b.track)
	if err != nil {
		r.t.Fatal(err)
	}
	go func() {
		buf := make([]byte, 1500)
		for {
			if _, _, err := sender.Read(buf); err != nil {
				return
			}
		}
	}()
	pc.OnTrack(b.listen)
	return b
}

func (b *browser) close() { _ = b.pc.GracefulClose() }

func (b *browser) listen(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	go func() {
		buf := make([]byte, 1500)
		for {
			if _, _, err := receiver.Read(buf); err != nil {
				return
			}
		}
	}()
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		b.mu.Lock()
		b.heard = append(b.heard, p)
		b.mu.Unlock()
	}
}

// packets returns what has been heard.
func (b *browser) packets() []*rtp.Packet {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.heard)
}

// offer gathers and returns the page's offer.
func (b *browser) offer() string {
	b.t.Helper()
	o, err := b.pc.CreateOffer(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(b.pc)
	if err = b.pc.SetLocalDescription(o); err != nil {
		b.t.Fatal(err)
	}
	<-gathered
	return strings.Replace(b.pc.LocalDescription().SDP, "a=setup:actpass", "a=setup:active", 1)
}

// take gives the page the agent's answer.
func (b *browser) take(answer string) {
	b.t.Helper()
	if err := b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		b.t.Fatal(err)
	}
}

// connect opens the page's phone and waits until it is connected.
func (b *browser) connect() {
	b.t.Helper()
	connected := make(chan struct{})
	var once sync.Once
	b.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(connected) })
		}
	})
	answer, err := b.rig.Offer(b.t.Context(), b.owner, b.id, b, b.offer())
	if err != nil {
		b.t.Fatal(err)
	}
	b.take(answer)
	select {
	case <-connected:
	case <-time.After(10 * time.Second):
		b.t.Fatal("never connected")
	}
}

// speak says a tone, by the real clock, until stop is called.
func (b *browser) speak(frequency float64) (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(media.FrameTime)
		defer ticker.Stop()
		pcm, octets := make([]int16, media.FrameSamples), make([]byte, media.FrameSamples)
		for n := uint32(0); ; n++ {
			for i := range pcm {
				pcm[i] = sample(frequency, int(n)*media.FrameSamples+i)
			}
			media.EncodeA(octets, pcm)
			_ = b.track.WriteRTP(&rtp.Packet{
				Header:  rtp.Header{Version: 2, SequenceNumber: uint16(n) + 65500, Timestamp: n * media.FrameSamples},
				Payload: octets,
			})
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}

func sample(frequency float64, at int) int16 {
	return int16(4000 * math.Sin(2*math.Pi*frequency*float64(at)/media.SampleRate))
}

// toneSource is a looped source of one whole frequency.
func toneSource(frequency float64) media.Source {
	pcm := make([]int16, media.SampleRate)
	for i := range pcm {
		pcm[i] = sample(frequency, i)
	}
	return media.FromPCM(pcm, true)
}

// tone is the amplitude of a frequency in pcm (Goertzel).
func tone(pcm []int16, frequency float64) float64 {
	w := 2 * math.Cos(2*math.Pi*frequency/media.SampleRate)
	var s1, s2 float64
	for _, v := range pcm {
		s1, s2 = float64(v)+w*s1-s2, s1
	}
	return 2 * math.Sqrt(max(s1*s1+s2*s2-w*s1*s2, 0)) / float64(len(pcm))
}

// wantOnly fails unless a tone of 4000 peak, and nothing else, is in pcm.
func wantOnly(tb testing.TB, who string, pcm []int16, frequency float64) {
	tb.Helper()
	var power float64
	for _, v := range pcm {
		power += float64(v) * float64(v)
	}
	a := tone(pcm, frequency)
	rest := math.Sqrt(max(power/float64(len(pcm))-a*a/2, 0))
	if a < 3800 || a > 4200 || rest > 200 {
		tb.Errorf("%s hears %.0f Hz with %.0f, and %.0f of something else", who, frequency, a, rest)
	}
}

func decode(packets []*rtp.Packet) []int16 {
	var pcm []int16
	for _, p := range packets {
		if p.PayloadType == uint8(media.PCMA) {
			part := make([]int16, len(p.Payload))
			media.DecodeA(part, p.Payload)
			pcm = append(pcm, part...)
		}
	}
	return pcm
}

// memory keeps the left channel of a recording.
type memory struct {
	mu  sync.Mutex
	pcm []int16
}

func (m *memory) WriteFrame(stereo []int16) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := 0; i < len(stereo); i += 2 {
		m.pcm = append(m.pcm, stereo[i])
	}
	return nil
}

func (m *memory) Close() error { return nil }

func (m *memory) length() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.pcm)
}

// last returns the newest n samples, nil when there are fewer.
func (m *memory) last(n int) []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.pcm) < n {
		return nil
	}
	return slices.Clone(m.pcm[len(m.pcm)-n:])
}

func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(15 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			tb.Fatal("never happened: " + what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
