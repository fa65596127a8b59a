package whatif

import (
	"context"
	"math"
)

// Confidence is that of every interval.
const Confidence = 0.99

// Estimate is a figure, and the interval it lies in with [Confidence]. That of a
// single day is the figure alone.
type Estimate struct {
	Mean, Low, High float64
}

// Holds says whether a value lies in the interval.
func (e Estimate) Holds(x float64) bool { return e.Low <= x && x <= e.High }

// Figures are the figures of a time. Those of which there is nothing to tell are
// nil: no call was answered, nobody was there.
type Figures struct {
	Offered, Answered, Abandoned, Overflowed, Waiting Estimate
	// ServiceLevel is the share of the answered and abandoned visits that were
	// answered within the group's service level.
	ServiceLevel *Estimate
	// AnswerSeconds is the average speed of answer: the mean wait of the answered
	// visits.
	AnswerSeconds *Estimate
	// AbandonRate is the share of the visits that were abandoned.
	AbandonRate *Estimate
	// Occupancy is the share of the operators' time, pauses left out, in which they
	// talked or wrapped up.
	Occupancy *Estimate
	// What callers would have been told of their wait: by how many seconds it was
	// too long, how far off it was either way, and the share of estimates that were
	// off by a minute at most.
	EstimateOff, EstimateOffBy, EstimateNear *Estimate
}

// Summary is what several runs of a day came to.
type Summary struct {
	Runs      int
	HalfHours []Figures
	Whole     Figures
}

// Repeat lets a day happen several times, each with chances of its own.
func Repeat(ctx context.Context, day func(seed uint64) Day, runs int, seed uint64) (Summary, error) {
	results := make([]Result, runs)
	for i := range results {
		chances := source(seed, uint64(i)).Uint64()
		var err error
		if results[i], err = Run(ctx, day(chances), chances); err != nil {
			return Summary{}, err
		}
	}
	return summarize(results), nil
}

func summarize(results []Result) Summary {
	s := Summary{Runs: len(results)}
	counts := make([]Counts, len(results))
	for i := range results[0].HalfHours {
		for j, r := range results {
			counts[j] = r.HalfHours[i]
		}
		s.HalfHours = append(s.HalfHours, figures(counts))
	}
	for j, r := range results {
		counts[j] = r.Whole
	}
	s.Whole = figures(counts)
	return s
}

// Single returns the figures of a day that happened once.
func (r *Result) Single() Summary { return summarize([]Result{*r}) }

// ratio is a figure of a run: so much of so much.
type ratio struct{ part, of float64 }

func figures(runs []Counts) Figures {
	number := func(of func(Counts) int) Estimate {
		return *estimate(runs, func(c Counts) ratio { return ratio{float64(of(c)), 1} }, math.Inf(1))
	}
	return Figures{
		Offered:    number(func(c Counts) int { return c.Offered }),
		Answered:   number(func(c Counts) int { return c.Answered }),
		Abandoned:  number(func(c Counts) int { return c.Abandoned }),
		Overflowed: number(func(c Counts) int { return c.Overflowed }),
		Waiting:    number(func(c Counts) int { return c.Waiting }),
		ServiceLevel: estimate(runs, func(c Counts) ratio {
			return ratio{float64(c.InLevel), float64(c.Answered + c.Abandoned)}
		}, 1),
		AnswerSeconds: estimate(runs, func(c Counts) ratio {
			return ratio{c.Wait.Seconds(), float64(c.Answered)}
		}, math.Inf(1)),
		AbandonRate: estimate(runs, func(c Counts) ratio {
			return ratio{float64(c.Abandoned), float64(c.Offered)}
		}, 1),
		Occupancy: estimate(runs, func(c Counts) ratio {
			return ratio{c.Busy.Seconds(), c.Staffed.Seconds()}
		}, 1),
		EstimateOff: signed(runs, func(c Counts) ratio {
			return ratio{c.Off.Seconds(), float64(c.Estimated)}
		}),
		EstimateOffBy: estimate(runs, func(c Counts) ratio {
			return ratio{c.OffBy.Seconds(), float64(c.Estimated)}
		}, math.Inf(1)),
		EstimateNear: estimate(runs, func(c Counts) ratio {
			return ratio{float64(c.Near), float64(c.Estimated)}
		}, 1),
	}
}

// estimate returns a figure that is neither below zero nor above most.
func estimate(runs []Counts, of func(Counts) ratio, most float64) *Estimate {
	e := signed(runs, of)
	if e != nil {
		e.Low, e.High = max(e.Low, 0), min(e.High, most)
	}
	return e
}

// signed returns a figure of several runs: all parts over all wholes, and how
// far that may be from what infinitely many runs would give (Student's t of the
// runs' residuals, for the runs are independent of each other). It is nil where
// there is nothing to divide by.
func signed(runs []Counts, of func(Counts) ratio) *Estimate {
	n := float64(len(runs))
	var sum ratio
	for _, c := range runs {
		r := of(c)
		sum.part += r.part
		sum.of += r.of
	}
	if sum.of == 0 {
		return nil
	}
	mean := sum.part / sum.of
	if len(runs) < 2 {
		return &Estimate{Mean: mean, Low: mean, High: mean}
	}
	var squares float64
	for _, c := range runs {
		r := of(c)
		squares += (r.part - mean*r.of) * (r.part - mean*r.of)
	}
	half := quantile(len(runs)-1) * math.Sqrt(squares/(n-1)/n) / (sum.of / n)
	return &Estimate{Mean: mean, Low: mean - half, High: mean + half}
}

// quantile returns Student's t of so many degrees of freedom, that lies within
// plus and minus of it with [Confidence].
func quantile(freedom int) float64 {
	low, high := 0.0, 100.0 // 63.7 is that of one degree
	for range 60 {
		t := (low + high) / 2
		df := float64(freedom)
		// The probability beyond plus and minus t.
		if beta(df/2, 0.5, df/(df+t*t)) > 1-Confidence {
			low = t
		} else {
			high = t
		}
	}
	return (low + high) / 2
}

// beta is the regularized incomplete beta function I_x(a, b), by its continued
// fraction (DLMF 8.17.22, evaluated after Lentz).
func beta(a, b, x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - beta(b, a, 1-x)
	}
	front := math.Exp(logGamma(a+b) - logGamma(a) - logGamma(b) + a*math.Log(x) + b*math.Log1p(-x))
	c, d := 1.0, 1/nonZero(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m < 10_000; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / nonZero(1+even*d)
		c = nonZero(1 + even/c)
		f *= c * d
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / nonZero(1+odd*d)
		c = nonZero(1 + odd/c)
		f *= c * d
		if math.Abs(c*d-1) < 1e-15 {
			break
		}
	}
	return front * f / a
}

// nonZero keeps a number that is divided by from being nothing.
func nonZero(x float64) float64 {
	const tiny = 1e-300
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

func logGamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}
