package whatif

import (
	"fmt"
	"math"
	"time"

	"bandeau/acd"
)

// generated is the group of a generated day.
const generated = acd.GroupID("group")

const (
	// leastWarmUp and mostWarmUp bound how long a generated centre runs before it is
	// counted, so that it is found at work and not empty.
	leastWarmUp = 30 * time.Minute
	mostWarmUp  = 12 * time.Hour
	// windDown is how long callers of a generated day are served after its end.
	windDown = 12 * time.Hour
)

// Generator makes days of one group out of nothing.
type Generator struct {
	// From is when the day begins.
	From acd.Instant
	// Hours is how long it lasts.
	Hours int
	// CallsPerHour is one rate for the whole day, or one for each half hour.
	CallsPerHour []int
	Talk         Dist
	// Patience with the mean 0 is for ever.
	Patience Dist
	PickUp   Dist
	Miss     float64

	Operators           int
	Strategy            acd.Strategy
	RingSeconds         int
	WrapUpSeconds       int
	ServiceLevelSeconds int
}

// to returns when the day ends.
func (g Generator) to() acd.Instant { return g.From.Add(time.Duration(g.Hours) * time.Hour) }

// rate returns the callers of an hour at an instant. Before the day it is that of
// its beginning.
func (g Generator) rate(at acd.Instant) float64 {
	i := int(max(at.Sub(g.From), 0) / HalfHour)
	return float64(g.CallsPerHour[min(i, len(g.CallsPerHour)-1)])
}

// Load returns the work that comes at the beginning of the day, in operators.
func (g Generator) Load() float64 {
	return g.rate(g.From) * (g.Talk.Mean.Hours() + float64(g.WrapUpSeconds)/3600)
}

// warmUp returns how long the centre runs before it is counted: several times what
// it takes to forget how it began.
func (g Generator) warmUp() time.Duration {
	handle := g.Talk.Mean + time.Duration(g.WrapUpSeconds)*time.Second
	forgets := mostWarmUp.Seconds()
	if busy := g.Load() / float64(g.Operators); busy < 1 {
		forgets = handle.Seconds() / (float64(g.Operators) * math.Pow(1-math.Sqrt(busy), 2))
	}
	if g.Patience.Mean > 0 {
		forgets = min(forgets, max(handle, g.Patience.Mean).Seconds())
	}
	return min(max(time.Duration(5*min(forgets, mostWarmUp.Seconds())*float64(time.Second)), leastWarmUp), mostWarmUp)
}

// Generate returns the callers of a day: they come by chance, each for himself, at
// the rate of the half hour.
func Generate(g Generator, seed uint64) []Arrival {
	r := source(seed, chanceOfArrivals)
	most := 0.0
	for _, rate := range g.CallsPerHour {
		most = max(most, float64(rate))
	}
	var arrivals []Arrival
	if most <= 0 {
		return nil
	}
	to := g.to()
	for at := g.From.Add(-g.warmUp()).Time(); ; {
		at = at.Add(time.Duration(r.ExpFloat64() / most * float64(time.Hour)))
		if acd.At(at) >= to {
			return arrivals
		}
		a := Arrival{At: acd.At(at), Group: generated, Talk: g.Talk.draw(r)}
		if g.Patience.Mean > 0 {
			a.Patience = max(g.Patience.draw(r), time.Millisecond)
		}
		if keep := r.Float64(); keep*most < g.rate(a.At) {
			arrivals = append(arrivals, a)
		}
	}
}

// Day makes a day with its centre.
func (g Generator) Day(seed uint64) Day {
	begin, until := g.From.Add(-g.warmUp()), g.to().Add(windDown)
	d := Day{From: g.From, To: g.to(), Until: until, Arrivals: Generate(g, seed)}
	group := acd.GroupConfig{
		ID: generated, Name: "Generated", Strategy: g.Strategy, Priority: 50,
		WrapUpSeconds: g.WrapUpSeconds, ServiceLevelSeconds: g.ServiceLevelSeconds,
	}
	for i := range g.Operators {
		id := acd.OperatorID(fmt.Sprintf("op%05d", i+1))
		d.Setting.Operators = append(d.Setting.Operators, acd.OperatorConfig{
			ID: id, Name: string(id), Language: "en", RingSeconds: g.RingSeconds,
		})
		group.Members = append(group.Members, acd.Member{Operator: id, Order: i + 1, Level: 1})
		d.Setting.Shifts = append(d.Setting.Shifts, Shift{Operator: id, From: begin, To: until})
	}
	d.Setting.Groups = []acd.GroupConfig{group}
	d.Setting.Days = []acd.Instant{begin}
	d.Setting.PickUp, d.Setting.Miss = g.PickUp, g.Miss
	return d
}

// Theory returns what the theory says of the days this makes, false where it says
// nothing: it knows one rate, one exponential law of conversations and patience,
// and operators who answer at once and are free at once.
func (g Generator) Theory() (Erlang, bool) {
	if len(g.CallsPerHour) != 1 || g.Talk.Kind != Exponential || g.WrapUpSeconds > 0 || g.Miss > 0 || g.PickUp.Mean > 0 {
		return Erlang{}, false
	}
	lambda, mu := g.rate(g.From)/3600, 1/g.Talk.Mean.Seconds()
	target := time.Duration(g.ServiceLevelSeconds) * time.Second
	switch {
	case g.Patience.Mean == 0:
		return ErlangC(lambda, mu, g.Operators, target)
	case g.Patience.Kind == Exponential:
		return ErlangA(lambda, mu, 1/g.Patience.Mean.Seconds(), g.Operators, target)
	}
	return Erlang{}, false
}

// Monday returns the midnight, in UTC, at which the day of generated days begins: a
// Monday like any other.
func Monday() acd.Instant { return acd.At(time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)) }
