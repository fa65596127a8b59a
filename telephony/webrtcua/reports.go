package webrtcua

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"bandeau/media"
)

// Stats is how the browser hears us, by its last report (RFC 3550 §6.4.1). How we
// hear the browser a leg counts itself.
type Stats struct {
	At        time.Time     // when the report came; zero when there was none yet
	Loss      float64       // part of our packets lost since the report before, 0 to 1
	Jitter    time.Duration // interarrival jitter of our packets
	RoundTrip time.Duration // zero when it is not known yet
}

// reports keeps what the browser reports.
type reports struct {
	mu   sync.Mutex
	last Stats
}

// readReports reads the browser's reports on our stream until the session ends.
func (s *session) readReports(sender *webrtc.RTPSender) {
	buf := make([]byte, maxDatagram)
	for {
		n, _, err := sender.Read(buf)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			switch p := p.(type) {
			case *rtcp.ReceiverReport:
				s.reports.take(p.Reports, sender, s.ua.now())
			case *rtcp.SenderReport:
				s.reports.take(p.Reports, sender, s.ua.now())
			}
		}
	}
}

// discardReports reads the browser's reports on its own stream until the session
// ends: unread they would hold it up, and the reports we send echo their times.
func discardReports(receiver *webrtc.RTPReceiver) {
	buf := make([]byte, maxDatagram)
	for {
		if _, _, err := receiver.Read(buf); err != nil {
			return
		}
	}
}

func (r *reports) take(blocks []rtcp.ReceptionReport, sender *webrtc.RTPSender, now time.Time) {
	ours := sender.GetParameters().Encodings[0].SSRC
	for _, b := range blocks {
		if b.SSRC == uint32(ours) {
			r.mu.Lock()
			r.last = read(b, now)
			r.mu.Unlock()
		}
	}
}

// read makes our figures of a report that came now, by the wall clock that our
// own reports are stamped with.
func read(b rtcp.ReceptionReport, now time.Time) Stats {
	st := Stats{
		At:     now,
		Loss:   float64(b.FractionLost) / 256,
		Jitter: time.Duration(b.Jitter) * (time.Second / media.SampleRate),
	}
	if b.LastSenderReport != 0 {
		// In units of 1/65536 s, modulo 2^32 (RFC 3550 §6.4.1).
		passed := compactNTP(now) - b.LastSenderReport - b.Delay
		if trip := time.Duration(passed) * time.Second >> 16; trip < time.Minute { // else the clock was set
			st.RoundTrip = trip
		}
	}
	return st
}

// compactNTP is the middle of the NTP timestamp of a time.
func compactNTP(t time.Time) uint32 {
	const epoch = 2208988800 // 1970 in seconds since 1900
	fraction := uint64(t.Nanosecond()) << 16 / uint64(time.Second)
	return uint32(uint64(t.Unix()+epoch)<<16 | fraction)
}
