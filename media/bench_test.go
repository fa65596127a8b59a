package media

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

// BenchmarkBridge sends packets through one leg's reader and out of its peer over
// loopback, each waiting for the one before. cpu-µs/packet is this process's
// whole processor time: our own share and the generator's.
func BenchmarkBridge(b *testing.B) {
	for _, c := range []struct {
		name   string
		codecs [2]Codec
		record bool
	}{
		{"alike", [2]Codec{PCMA, PCMA}, false},
		{"transcoded", [2]Codec{PCMA, PCMU}, false},
		{"recorded", [2]Codec{PCMA, PCMA}, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := newRig(b)
			x, y := r.phone(c.codecs[0], 0), r.phone(c.codecs[1], 0)
			if err := r.p.Bridge(x.leg, y.leg); err != nil {
				b.Fatal(err)
			}
			if c.record {
				if _, err := r.p.Record(x.leg, y.leg, &discard{}); err != nil {
					b.Fatal(err)
				}
			}
			raw := x.speech(500, FrameSamples)
			buf := make([]byte, maxDatagram)
			_ = y.conn.SetReadDeadline(time.Now().Add(time.Hour))
			to := x.leg.local
			b.ReportAllocs()
			before := processorTime(b)
			b.ResetTimer()
			for b.Loop() {
				raw[3]++
				if _, err := x.conn.WriteToUDPAddrPort(raw, to); err != nil {
					b.Fatal(err)
				}
				if _, _, err := y.conn.ReadFromUDPAddrPort(buf); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/1e3, "cpu-µs/packet")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "packets/s")
		})
	}
}

// BenchmarkReceive is our own part of the path, the write to the socket included.
func BenchmarkReceive(b *testing.B) {
	r := newRig(b)
	x, y := r.phone(PCMA, 0), r.phone(PCMU, 0)
	if err := r.p.Bridge(x.leg, y.leg); err != nil {
		b.Fatal(err)
	}
	raw, from := x.speech(500, FrameSamples), canonical(addrPort(x.conn))
	b.ReportAllocs()
	for b.Loop() {
		raw[3]++
		x.leg.receive(raw, from, r.p.elapsed())
	}
}

// BenchmarkMusic is one tick of the clock with a hundred waiting callers.
func BenchmarkMusic(b *testing.B) {
	r := newRig(b)
	drain, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback(), 0)))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = drain.Close() }()
	for range 100 {
		l, err := r.p.Bind(Options{IP: loopback()})
		if err != nil {
			b.Fatal(err)
		}
		l.Configure(Remote{Addr: addrPort(drain), Codec: PCMA, Send: true})
		l.Play(Music())
	}
	b.ReportAllocs()
	for b.Loop() {
		r.step(1)
	}
}

// BenchmarkMix is one tick of the clock with a hundred conferences of three, all
// of them speaking: 300 packets taken, 300 sums sent.
func BenchmarkMix(b *testing.B) {
	r := newRig(b)
	var all []*talker
	for range 100 {
		three := r.talkers(500, 700, 1300)
		r.mix(conference(three...))
		all = append(all, three...)
	}
	raw := make([][]byte, len(all))
	from := make([]netip.AddrPort, len(all))
	for i, x := range all {
		raw[i], from[i] = x.speech(x.says, FrameSamples), canonical(addrPort(x.conn))
	}
	b.ReportAllocs()
	before := processorTime(b)
	b.ResetTimer()
	for b.Loop() {
		r.round(all, raw, from)
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/float64(FrameTime), "cores")
}

// BenchmarkComposeMusic is what the first use of the hold music costs.
func BenchmarkComposeMusic(b *testing.B) {
	for b.Loop() {
		newShelf()
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
