package whatif

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"bandeau/acd"
)

// TestErlangByTables compares with values that stand in tables and textbooks.
func TestErlangByTables(t *testing.T) {
	near := func(what string, got, want, off float64) {
		t.Helper()
		if math.Abs(got-want) > off {
			t.Errorf("%s is %.6f, want %.6f", what, got, want)
		}
	}
	// 100 calls in half an hour of 3 minutes each: 10 erlangs, 11 operators.
	c, ok := ErlangC(100.0/1800, 1.0/180, 11, 20*time.Second)
	if !ok {
		t.Fatal("no answer")
	}
	near("P(wait)", c.Wait, 0.6821, 5e-5)
	near("service level", c.ServiceLevel, 0.3896, 5e-5)
	near("speed of answer", c.AnswerSeconds, 122.78, 0.01)
	near("occupancy", c.Occupancy, 10.0/11, 1e-12)
	// One operator: the queue M/M/1, in closed form.
	c, _ = ErlangC(0.5, 1, 1, time.Second)
	near("P(wait) of one", c.Wait, 0.5, 1e-12)
	near("service level of one", c.ServiceLevel, 1-0.5*math.Exp(-0.5), 1e-12)
	near("speed of answer of one", c.AnswerSeconds, 1, 1e-12)
	if _, ok = ErlangC(2, 1, 2, 0); ok {
		t.Error("there is an answer where the queue grows for ever")
	}

	// Patience as long as conversations: the number in the centre is Poisson, for
	// everybody leaves at one rate (M/M/∞), whatever the operators.
	a, ok := ErlangA(5, 1, 1, 5, 0)
	if !ok {
		t.Fatal("no answer")
	}
	var answered, waits, weight float64 = 0, 0, math.Exp(-5)
	for k := 0.0; k < 100; k++ {
		if k >= 5 {
			waits += weight
		}
		answered += weight * min(k, 5)
		weight *= 5 / (k + 1)
	}
	near("P(wait) of Palm", a.Wait, waits, 1e-9)
	near("abandoned of Palm", a.AbandonRate, 1-answered/5, 1e-9)
	near("occupancy of Palm", a.Occupancy, answered/5, 1e-9)
	near("service level at once", a.ServiceLevel, 1-waits, 1e-9)
	// Endless patience is Erlang C's.
	a, _ = ErlangA(100.0/1800, 1.0/180, 1e-9, 11, 20*time.Second)
	near("service level without end", a.ServiceLevel, 0.3896, 1e-4)
	near("speed of answer without end", a.AnswerSeconds, 122.78, 0.05)
	// Nobody waits for ever.
	long, _ := ErlangA(0.1, 0.005, 0.01, 12, 24*time.Hour)
	near("service level of a day", long.ServiceLevel, 1-long.AbandonRate, 1e-9)
	// What is answered, what waits and what goes away agree (Little).
	near("flow", long.Occupancy*12*0.005/0.1, 1-long.AbandonRate, 1e-9)
}

// TestStudent compares with a table.
func TestStudent(t *testing.T) {
	for freedom, want := range map[int]float64{1: 63.657, 4: 4.604, 19: 2.861, 39: 2.708, 99: 2.626} {
		if got := quantile(freedom); math.Abs(got-want) > 6e-4 {
			t.Errorf("t of %d is %.4f, want %.3f", freedom, got, want)
		}
	}
}

// point is a group of which the theory knows everything.
type point struct {
	load     float64 // of each operator
	servers  int
	patience time.Duration // 0: for ever
}

const (
	talk   = 180 * time.Second
	target = 20 * time.Second
)

func (p point) String() string {
	if p.patience == 0 {
		return fmt.Sprintf("C/%d operators/load %.2f", p.servers, p.load)
	}
	return fmt.Sprintf("A/%d operators/load %.2f/patience %s", p.servers, p.load, p.patience)
}

func (p point) theory(t *testing.T) (Erlang, float64) {
	t.Helper()
	mu := 1 / talk.Seconds()
	lambda := p.load * float64(p.servers) * mu
	var e Erlang
	var ok bool
	if p.patience == 0 {
		e, ok = ErlangC(lambda, mu, p.servers, target)
	} else {
		e, ok = ErlangA(lambda, mu, 1/p.patience.Seconds(), p.servers, target)
	}
	if !ok {
		t.Fatal("no theory")
	}
	return e, lambda
}

// day is one of the point, in the state it is in for ever: as many callers are
// there when it begins as the theory finds, so nothing has to be waited for. They
// are not counted, but all who come in it are, to the end of their calls.
func (p point) day(lambda float64, calls int, seed uint64) Day {
	r := rand.New(rand.NewPCG(seed, 99))
	theta := 1e-9
	if p.patience > 0 {
		theta = 1 / p.patience.Seconds()
	}
	length := time.Duration(float64(calls) / lambda * float64(time.Second))
	g := Generator{
		From: 1_000_000_000, Hours: 1, CallsPerHour: []int{1}, Operators: p.servers, Strategy: acd.LongestIdle,
		Talk: Dist{Kind: Exponential, Mean: talk}, RingSeconds: 20, ServiceLevelSeconds: int(target.Seconds()),
	}
	d := g.Day(seed)
	d.To, d.Until = d.From.Add(length), d.From.Add(100*length)
	for i := range d.Setting.Shifts {
		d.Setting.Shifts[i].To = d.Until
	}
	d.Arrivals = nil
	come := func(at acd.Instant) {
		a := Arrival{At: at, Group: generated, Talk: g.Talk.draw(r)}
		if p.patience > 0 {
			a.Patience = Dist{Kind: Exponential, Mean: p.patience}.draw(r)
		}
		d.Arrivals = append(d.Arrivals, a)
	}
	x := r.Float64()
	for _, chance := range states(lambda, 1/talk.Seconds(), theta, p.servers) {
		if x -= chance; x < 0 {
			break
		}
		come(d.From - 1)
	}
	for at := 0.0; ; {
		at += r.ExpFloat64() / lambda
		if at >= length.Seconds() {
			return d
		}
		come(d.From.Add(time.Duration(at * float64(time.Second))))
	}
}

// TestSimulationAgreesWithErlang is the check of the simulation: over a grid of
// groups each figure that the theory knows lies in the interval that the
// simulation gives for it.
func TestSimulationAgreesWithErlang(t *testing.T) {
	const runs = 40
	grid := []point{
		{0.50, 4, 0},
		{0.70, 6, 0},
		{0.80, 10, 0},
		{0.90, 5, 0},
		{0.95, 8, 0},
		{0.70, 4, 90 * time.Second},
		{0.95, 10, 120 * time.Second},
		{1.20, 6, 60 * time.Second},
		{1.00, 3, 300 * time.Second},
	}
	calls := 300
	if raceDetector {
		grid = []point{grid[1], grid[6]}
	}
	for _, p := range grid {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			theory, lambda := p.theory(t)
			s, err := Repeat(context.Background(), func(seed uint64) Day { return p.day(lambda, calls, seed) }, runs, 1)
			if err != nil {
				t.Fatal(err)
			}
			if s.Whole.Waiting.High > 0 || s.Whole.Overflowed.High > 0 {
				t.Errorf("left over: %+v", s.Whole)
			}
			for _, f := range []struct {
				name   string
				theory float64
				found  *Estimate
			}{
				{"service level", theory.ServiceLevel, s.Whole.ServiceLevel},
				{"speed of answer", theory.AnswerSeconds, s.Whole.AnswerSeconds},
				{"abandon rate", theory.AbandonRate, s.Whole.AbandonRate},
				{"occupancy", theory.Occupancy, s.Whole.Occupancy},
			} {
				t.Logf("%-16s theory %8.4f  simulated %8.4f  [%.4f, %.4f]", f.name, f.theory, f.found.Mean, f.found.Low, f.found.High)
				if !f.found.Holds(f.theory) {
					t.Errorf("%s: the theory says %.4f, the simulation %.4f to %.4f", f.name, f.theory, f.found.Low, f.found.High)
				}
			}
		})
	}
}

// bestError is the mean error, in seconds, of who knows all but chance: where calls
// come and end at random and nobody gives up, the wait at place k has the gamma
// distribution of shape k and the rate of the answers, whose mean deviation from its
// mean is 2 kᵏ e⁻ᵏ / (Γ(k) rate); the place of who waits is geometric.
func (p point) bestError() float64 {
	rate := float64(p.servers) / talk.Seconds()
	sum, chance := 0.0, 1-p.load
	for k := 1.0; k < 1000; k++ {
		gamma, _ := math.Lgamma(k)
		sum += chance * 2 * math.Exp(k*math.Log(k)-k-gamma) / rate
		chance *= p.load
	}
	return sum
}

// TestEstimateIsNearTheBest holds the wait that callers are told to the best that
// could be told. The core has to learn the work of a call, and forgets it again, for
// which its error may be half as large again; on the whole it is neither too long nor
// too short.
func TestEstimateIsNearTheBest(t *testing.T) {
	grid := []point{{0.70, 6, 0}, {0.80, 10, 0}, {0.90, 5, 0}, {0.95, 8, 0}, {0.95, 40, 0}}
	if raceDetector {
		grid = grid[:1]
	}
	for _, p := range grid {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			theory, lambda := p.theory(t)
			s, err := Repeat(context.Background(), func(seed uint64) Day { return p.day(lambda, 600, seed) }, 40, 7)
			if err != nil {
				t.Fatal(err)
			}
			best, wait := p.bestError(), theory.AnswerSeconds/theory.Wait
			t.Logf("wait %.1f s, error at best %.1f s, here %.1f s [%.1f, %.1f], bias %.1f s", wait, best,
				s.Whole.EstimateOffBy.Mean, s.Whole.EstimateOffBy.Low, s.Whole.EstimateOffBy.High, s.Whole.EstimateOff.Mean)
			if off := s.Whole.EstimateOffBy.Mean; off > 1.5*best {
				t.Errorf("off by %.1f s in the mean; at best it is %.1f s", off, best)
			}
			if off := s.Whole.EstimateOff.Mean; math.Abs(off) > 0.05*wait {
				t.Errorf("off by %.1f s on the whole, of a mean wait of %.1f s", off, wait)
			}
		})
	}
}
