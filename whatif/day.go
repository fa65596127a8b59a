package whatif

import (
	"math"
	"math/rand/v2"
	"time"

	"bandeau/acd"
)

// HalfHour is the step of the figures.
const HalfHour = 30 * time.Minute

// Arrival is one caller.
type Arrival struct {
	At    acd.Instant
	Group acd.GroupID
	// Patience is how long he waits for an operator before he hangs up; 0 is for
	// ever.
	Patience time.Duration
	// Talk is how long the conversation takes.
	Talk time.Duration
}

// Span is a time, To excluded.
type Span struct{ From, To acd.Instant }

// Shift is a time an operator is logged in. In his pauses he is offered nothing.
type Shift struct {
	Operator acd.OperatorID
	From, To acd.Instant
	Pauses   []Span
}

// Setting is the centre a day happens in.
type Setting struct {
	Centre    acd.CentreConfig
	Groups    []acd.GroupConfig
	Operators []acd.OperatorConfig
	Shifts    []Shift
	// Days are the centre's midnights, for what is counted by day: the one the day
	// begins at, and those after it.
	Days  []acd.Instant
	Hours []acd.SetHours
	// PickUp is how long an operator lets his phone ring before he answers, Miss the
	// share of offers he does not answer at all.
	PickUp Dist
	Miss   float64
}

// Day is what happens, and where.
type Day struct {
	// From and To bound what is counted: the visits to groups that begin in them,
	// and the operators' time. What comes before fills the centre.
	From, To acd.Instant
	// Until is when everything ends, at To when zero. Between the two the callers
	// who still wait are served.
	Until acd.Instant
	// Zone is where its clocks are; nil is UTC.
	Zone     *time.Location
	Arrivals []Arrival
	Setting  Setting
	// Focus is the group whose figures are wanted; empty for all of them.
	Focus acd.GroupID
}

// DistKind is the kind of a [Dist].
type DistKind string

// The kinds.
const (
	Constant    DistKind = "constant"
	Exponential DistKind = "exponential"
	Lognormal   DistKind = "lognormal"
	Sampled     DistKind = "sampled" // one of those that were measured
)

// Dist is how long something takes.
type Dist struct {
	Kind DistKind
	Mean time.Duration
	// Spread is the standard deviation of a lognormal, as a share of the mean.
	Spread  float64
	Samples []time.Duration
}

// draw takes a duration from the distribution.
func (d Dist) draw(r *rand.Rand) time.Duration {
	switch d.Kind {
	case Exponential:
		return time.Duration(r.ExpFloat64() * float64(d.Mean))
	case Lognormal:
		variance := math.Log1p(d.Spread * d.Spread)
		return time.Duration(math.Exp(r.NormFloat64()*math.Sqrt(variance)-variance/2) * float64(d.Mean))
	case Sampled:
		if len(d.Samples) > 0 {
			return d.Samples[r.IntN(len(d.Samples))]
		}
	case Constant:
	}
	return d.Mean
}

// source gives the chances of one subject of a run: what one draws does not
// change what another does.
func source(seed, subject uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, subject)) }

// The subjects.
const (
	chanceOfArrivals = iota + 1
	chanceOfOperators
	chanceOfPatience
)
