package media

import (
	"errors"
	"math"
	"net"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// manualClock goes on only when told to.
type manualClock struct {
	mu      sync.Mutex
	now     time.Time
	changed chan struct{}
	asked   []time.Time // what Until was asked for
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
	c.mu.Lock()
	c.asked = append(c.asked, t)
	c.mu.Unlock()
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

// rig is a plane whose clock the test turns by hand.
type rig struct {
	t     testing.TB
	clock *manualClock
	p     *plane
	ticks int64
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	clock := newManualClock()
	p, err := newPlane(PlaneConfig{Clock: clock})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = p.Close() })
	return &rig{t: tb, clock: clock, p: p}
}

// step passes n frames of time.
func (r *rig) step(n int) {
	for range n {
		r.clock.advance(FrameTime)
		r.ticks++
		r.p.tick(r.ticks)
	}
}

func loopback() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }

// phone is the far side of a leg: a socket that speaks RTP.
type phone struct {
	t     testing.TB
	rig   *rig
	conn  *net.UDPConn
	leg   *leg
	codec Codec
	rtp.Header
	phase int // samples of tone sent
}

// phone binds a leg and configures it for a far side of its own.
func (r *rig) phone(codec Codec, dtmf uint8, change ...func(*Options, *Remote)) *phone {
	r.t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback(), 0)))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	opts := Options{IP: loopback()}
	remote := Remote{Addr: addrPort(conn), Codec: codec, DTMF: dtmf, Send: true, Receive: true}
	for _, f := range change {
		f(&opts, &remote)
	}
	l, err := r.p.Bind(opts)
	if err != nil {
		r.t.Fatal(err)
	}
	l.Configure(remote)
	n := r.p.ports.next + int(l.LocalAddr().Port())
	ph := &phone{t: r.t, rig: r, conn: conn, leg: l.(*leg), codec: codec}
	ph.Version, ph.SSRC = 2, uint32(n)*2654435761
	ph.SequenceNumber, ph.Timestamp = uint16(ph.SSRC>>7), ph.SSRC*3
	return ph
}

// raw sends any datagram.
func (ph *phone) raw(b []byte) {
	ph.t.Helper()
	if _, err := ph.conn.WriteToUDPAddrPort(b, ph.leg.local); err != nil {
		ph.t.Fatal(err)
	}
}

// datagram is the next packet; its samples are how far the timestamp goes on.
func (ph *phone) datagram(payloadType uint8, payload []byte, samples int) []byte {
	ph.t.Helper()
	ph.PayloadType = payloadType
	b, err := (&rtp.Packet{Header: ph.Header, Payload: payload}).Marshal()
	if err != nil {
		ph.t.Fatal(err)
	}
	ph.SequenceNumber++
	ph.Timestamp += uint32(samples)
	return b
}

// speech is the next packet of a tone of 4000 peak.
func (ph *phone) speech(frequency float64, samples int) []byte {
	ph.t.Helper()
	pcm, octets := make([]int16, samples), make([]byte, samples)
	for i := range pcm {
		pcm[i] = int16(4000 * math.Sin(2*math.Pi*frequency*float64(ph.phase+i)/SampleRate))
	}
	ph.phase += samples
	encode(ph.codec, octets, pcm)
	return ph.datagram(uint8(ph.codec), octets, samples)
}

// inject hands a datagram to the leg without the socket, from the right source.
func (ph *phone) inject(b []byte) {
	ph.leg.receive(b, canonical(addrPort(ph.conn)), ph.rig.p.elapsed())
}

// next is the next packet that comes to the phone.
func (ph *phone) next() *rtp.Packet {
	ph.t.Helper()
	return ph.read(5 * time.Second)
}

func (ph *phone) read(patience time.Duration) *rtp.Packet {
	ph.t.Helper()
	buf := make([]byte, maxDatagram)
	if err := ph.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		ph.t.Fatal(err)
	}
	n, from, err := ph.conn.ReadFromUDPAddrPort(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) && patience < time.Second {
		return nil
	}
	if err != nil {
		ph.t.Fatal(err)
	}
	if from != ph.leg.local {
		ph.t.Fatalf("packet from %s, want the leg's own %s", from, ph.leg.local)
	}
	var p rtp.Packet
	if err := p.Unmarshal(buf[:n]); err != nil {
		ph.t.Fatal(err)
	}
	return &p
}

// silent fails the test when a packet is waiting. Loopback delivers at once, so
// nothing has to be waited for.
func (ph *phone) silent() {
	ph.t.Helper()
	if p := ph.read(time.Millisecond); p != nil {
		ph.t.Fatalf("unexpected packet: %v", p)
	}
}

// hear decodes a packet by its payload type.
func hear(p *rtp.Packet) []int16 {
	pcm := make([]int16, len(p.Payload))
	if p.PayloadType == uint8(PCMU) {
		DecodeMu(pcm, p.Payload)
	} else {
		DecodeA(pcm, p.Payload)
	}
	return pcm
}

func encode(c Codec, dst []byte, src []int16) {
	if c == PCMU {
		EncodeMu(dst, src)
	} else {
		EncodeA(dst, src)
	}
}

// tone is the amplitude of a frequency in pcm (Goertzel).
func tone(pcm []int16, frequency float64) float64 {
	w := 2 * math.Cos(2*math.Pi*frequency/SampleRate)
	var s1, s2 float64
	for _, v := range pcm {
		s1, s2 = float64(v)+w*s1-s2, s1
	}
	power := s1*s1 + s2*s2 - w*s1*s2
	return 2 * math.Sqrt(max(power, 0)) / float64(len(pcm))
}

// wantTone fails unless exactly the wanted one of the frequencies is heard.
func wantTone(tb testing.TB, pcm []int16, want float64, others ...float64) {
	tb.Helper()
	if a := tone(pcm, want); a < 3000 || a > 5000 {
		tb.Errorf("%.0f Hz has amplitude %.0f, want about 4000", want, a)
	}
	for _, f := range others {
		if a := tone(pcm, f); a > 200 {
			tb.Errorf("%.0f Hz has amplitude %.0f, want none", f, a)
		}
	}
}

// toneSource is a looped source of one whole frequency.
func toneSource(frequency float64) Source {
	pcm := make([]int16, SampleRate)
	for i := range pcm {
		pcm[i] = int16(4000 * math.Sin(2*math.Pi*frequency*float64(i)/SampleRate))
	}
	return FromPCM(pcm, true)
}

// sinkMemory keeps a recording.
type sinkMemory struct {
	mu     sync.Mutex
	stereo []int16
	fail   error
}

func (s *sinkMemory) WriteFrame(stereo []int16) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stereo = append(s.stereo, stereo...)
	return s.fail
}

func (s *sinkMemory) Close() error { return nil }

// channel returns the samples of one channel so far.
func (s *sinkMemory) channel(n int) []int16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	pcm := make([]int16, 0, len(s.stereo)/2)
	for i := n; i < len(s.stereo); i += 2 {
		pcm = append(pcm, s.stereo[i])
	}
	return pcm
}

func addrPortZero(r *Remote) netip.AddrPort { return netip.AddrPortFrom(r.Addr.Addr(), 0) }
