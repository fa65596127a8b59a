package webrtcua

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestReportRead(t *testing.T) {
	now := time.Unix(1_700_000_000, 250_000_000)
	sent := now.Add(-180 * time.Millisecond)
	st := read(rtcp.ReceptionReport{
		FractionLost: 64, Jitter: 80,
		LastSenderReport: compactNTP(sent), Delay: 65536 / 10, // it waited 100 ms there
	}, now)
	if st.At != now || st.Loss != 0.25 || st.Jitter != 10*time.Millisecond {
		t.Errorf("%+v", st)
	}
	if d := st.RoundTrip - 80*time.Millisecond; d < -time.Millisecond || d > time.Millisecond {
		t.Errorf("round trip %v, want 80 ms", st.RoundTrip)
	}
	if st = read(rtcp.ReceptionReport{}, now); st.RoundTrip != 0 {
		t.Errorf("round trip %v of no report of ours", st.RoundTrip)
	}
	ahead := rtcp.ReceptionReport{LastSenderReport: compactNTP(now.Add(time.Second))}
	if st = read(ahead, now); st.RoundTrip != 0 {
		t.Errorf("round trip %v of a report to come", st.RoundTrip)
	}
}
