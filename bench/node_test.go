// Package bench measures the real binary in a process of its own, from
// outside: the time a call takes to reach a phone, and what the process costs
// busy and idle. The processor times come from /proc; the carrier and the
// phones live in the measuring process, on the same machine.
//
// What is aimed at: 5 ms from the arrival of a call to the INVITE at a free
// operator's phone at 20 calls/s; 0.2 cores for 100 bridged calls; 1 % of a
// core and 60 MB for a node that idles.
package bench

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"bandeau/e2e/node"
	"bandeau/telephony/siptest"
)

// patience bounds what a benchmark waits for.
const patience = time.Minute

// programDir is where the binary is built, once, when a benchmark needs it.
var programDir string

var program = sync.OnceValues(func() (string, error) {
	return node.Build(context.Background(), programDir)
})

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if programDir, err = os.MkdirTemp("", "bandeau-bench-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(programDir) }() // the system clears what is left there
	return m.Run()
}

// start starts a node.
func start(b *testing.B) *node.Node {
	b.Helper()
	binary, err := program()
	if err != nil {
		b.Fatal(err)
	}
	return node.Start(b, node.Config{Binary: binary, Data: filepath.Join(b.TempDir(), "data")})
}

// stage is a node with a carrier and operators at their phones.
type stage struct {
	*node.Node
	floor  *node.Floor
	trunk  *siptest.Trunk
	phones []*siptest.Phone
}

// setStage configures a node and logs all operators in.
func setStage(b *testing.B, operators int) *stage {
	b.Helper()
	s := &stage{Node: start(b)}
	var err error
	if s.trunk, err = siptest.NewTrunk(b.Context(), siptest.TrunkConfig{Server: s.SIP}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.trunk.Close)
	s.floor = s.Floor(b, node.FloorConfig{Operators: operators, Trunks: []netip.AddrPort{s.trunk.Addr()}})
	for i, seat := range s.floor.Seats {
		phone, err := siptest.NewPhone(b.Context(), siptest.PhoneConfig{
			Server: s.SIP, Username: seat.Username, Password: seat.Password,
			// Each has an address of its own, as desk phones do.
			Local: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, byte(1 + i/200), byte(1 + i%200)}), 0),
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(phone.Close)
		if err := phone.Register(within(b)); err != nil {
			b.Fatal(err)
		}
		s.phones = append(s.phones, phone)
		seat.LogIn(b, s.Node)
	}
	return s
}

func within(b *testing.B) context.Context {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	b.Cleanup(cancel)
	return ctx
}

// wait waits until a condition holds.
func wait(b *testing.B, what string, holds func() bool) {
	b.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("not in %s: %s", patience, what)
		}
	}
}

// quiet waits until nothing is left of the last measurement.
func (s *stage) quiet(b *testing.B) {
	b.Helper()
	wait(b, "no call is left", func() bool {
		floor := s.floor.Admin.Do(b, "GET", "/floor", nil)
		busy := slices.ContainsFunc(floor.List("operators"), func(o node.Object) bool { return o["activity"] != "idle" })
		return !busy && len(floor.List("calls")) == 0
	})
}

// measure reports the share of a core that the process uses in a time.
func measure(b *testing.B, n *node.Node, span time.Duration) (cores float64) {
	b.Helper()
	began, used := time.Now(), n.CPUTime(b)
	time.Sleep(span)
	return (n.CPUTime(b) - used).Seconds() / time.Since(began).Seconds()
}

// BenchmarkOffer places 100 calls at 20 calls/s, each of which finds a free
// operator, and measures the time from sending the INVITE to receiving the
// one at the operator's phone: the system's and that of both sockets.
func BenchmarkOffer(b *testing.B) {
	const calls, interval, talk = 100, 50 * time.Millisecond, 400 * time.Millisecond
	s := setStage(b, 30)
	rung := make(chan rang, calls)
	for _, phone := range s.phones {
		phone.OnCall(siptest.Script(func(ctx context.Context, c *siptest.Call) {
			rung <- rang{c.Invite().From().User, c.Invite().At}
			c.Answer()
			select {
			case <-time.After(talk):
				c.HangUp()
			case <-ctx.Done():
			}
		}))
	}
	var spans []time.Duration
	for b.Loop() {
		s.quiet(b)
		sent := map[string]time.Time{}
		tick := time.NewTicker(interval)
		for i := range calls {
			<-tick.C
			number := fmt.Sprintf("+336123%05d", i)
			sent[number] = time.Now()
			if _, err := s.trunk.Call(b.Context(), node.ServiceNumber, siptest.DialOptions{FromUser: number}); err != nil {
				b.Fatal(err)
			}
		}
		tick.Stop()
		for range calls {
			select {
			case r := <-rung:
				spans = append(spans, r.at.Sub(sent[r.number]))
			case <-time.After(patience):
				b.Fatal("a call has not reached a phone")
			}
		}
	}
	slices.Sort(spans)
	milliseconds := func(share float64) float64 {
		return float64(spans[int(share*float64(len(spans)-1))]) / float64(time.Millisecond)
	}
	b.ReportMetric(milliseconds(0.5), "p50-ms")
	b.ReportMetric(milliseconds(0.99), "p99-ms")
	b.ReportMetric(milliseconds(1), "max-ms")
	b.ReportMetric(0, "ns/op") // says nothing here
}

// rang is an INVITE at a phone.
type rang struct {
	number string
	at     time.Time
}

// BenchmarkBridged measures the process while 100 calls talk, G.711 both ways
// at 50 packets a second, not recorded and recorded.
func BenchmarkBridged(b *testing.B) {
	const calls, span = 100, 5 * time.Second
	s := setStage(b, calls)
	for _, phone := range s.phones {
		phone.OnCall(siptest.AnswerAfter(0))
	}
	for _, recorded := range []bool{false, true} {
		name := map[bool]string{false: "plain", true: "recorded"}[recorded]
		s.floor.Admin.Do(b, "PATCH", "/groups/"+s.floor.Group, node.Object{"record": node.Object{"inbound": recorded, "outbound": false}})
		b.Run(name, func(b *testing.B) {
			var cores []float64
			for b.Loop() {
				s.quiet(b)
				callers := s.dial(b, calls)
				cores = append(cores, measure(b, s.Node, span))
				for _, c := range callers {
					c.HangUp()
				}
			}
			var sum float64
			for _, c := range cores {
				sum += c
			}
			b.ReportMetric(sum/float64(len(cores)), "cores")
			b.ReportMetric(float64(s.ResidentBytes(b))/1e6, "rss-MB")
			b.ReportMetric(0, "ns/op") // says nothing here
		})
	}
}

// dial places calls and waits until all of them talk.
func (s *stage) dial(b *testing.B, calls int) []*siptest.Call {
	b.Helper()
	callers := make([]*siptest.Call, calls)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := range callers {
		<-tick.C
		var err error
		if callers[i], err = s.trunk.Call(b.Context(), node.ServiceNumber, siptest.DialOptions{FromUser: "+33612345678"}); err != nil {
			b.Fatal(err)
		}
	}
	wait(b, "every operator talks", func() bool {
		floor := s.floor.Admin.Do(b, "GET", "/floor", nil)
		return !slices.ContainsFunc(floor.List("operators"), func(o node.Object) bool { return o["activity"] != "talking" })
	})
	return callers
}

// BenchmarkIdle measures a node with nothing to do, configured and with 20
// operators who wait.
func BenchmarkIdle(b *testing.B) {
	const settle, span = 5 * time.Second, 10 * time.Second
	s := setStage(b, 20)
	var cores []float64
	for b.Loop() {
		time.Sleep(settle)
		cores = append(cores, measure(b, s.Node, span))
	}
	b.ReportMetric(slices.Max(cores), "cores")
	b.ReportMetric(float64(s.ResidentBytes(b))/1e6, "rss-MB")
	b.ReportMetric(0, "ns/op") // says nothing here
}
