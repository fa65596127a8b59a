package whatif

import (
	"math"
	"slices"
	"time"
)

// Erlang is what the theory says of callers who come by chance, at one rate, and
// conversations that end by chance: a group of equal operators, each caller served
// in his turn. Shares are of all callers.
type Erlang struct {
	Model         string  // "C": nobody gives up; "A": patience ends by chance
	Wait          float64 // share who find nobody free
	ServiceLevel  float64 // share answered within the target
	AnswerSeconds float64 // mean wait of those who are answered
	AbandonRate   float64
	Occupancy     float64
}

// ErlangC returns what Erlang's theory of waiting says: lambda callers and mu
// conversations a second for each of the operators. It says nothing where the
// operators cannot keep up, for then the queue grows for ever.
func ErlangC(lambda, mu float64, servers int, target time.Duration) (Erlang, bool) {
	n, load := float64(servers), lambda/mu
	if lambda <= 0 || mu <= 0 || servers < 1 || load >= n {
		return Erlang{}, false
	}
	blocked := 1.0 // Erlang B, by its recursion
	for k := 1.0; k <= n; k++ {
		blocked = load * blocked / (k + load*blocked)
	}
	wait := blocked / (1 - load/n*(1-blocked))
	spare := (n - load) * mu // the rate at which the waits end
	return Erlang{
		Model: "C", Wait: wait,
		ServiceLevel:  1 - wait*math.Exp(-spare*target.Seconds()),
		AnswerSeconds: wait / spare,
		Occupancy:     load / n,
	}, true
}

// ErlangA returns what Palm's theory of impatient callers says: those who wait
// give up at the rate theta each. It holds for any load.
//
// A caller who finds j others waiting is next when j+1 have gone before him. The
// time until then has, in units of the patience, the law of -log X with X from the
// beta distribution of n·mu/theta and j+1; he is patient so long with the chance
// X. What follows are the moments of that.
func ErlangA(lambda, mu, theta float64, servers int, target time.Duration) (Erlang, bool) {
	if lambda <= 0 || mu <= 0 || theta <= 0 || servers < 1 {
		return Erlang{}, false
	}
	n, ratio := float64(servers), float64(servers)*mu/theta
	late := math.Exp(-theta * target.Seconds())
	// The chances of k callers in the centre, from the likeliest down, so that
	// nothing overflows.
	chances := states(lambda, mu, theta, servers)
	var e Erlang
	var answered, waited float64
	harmonic := 0.0 // sum of 1/(ratio+1+i), i up to j
	for k, p := range chances {
		if k < servers {
			answered += p
			e.ServiceLevel += p
			e.Occupancy += p * float64(k) / n
			continue
		}
		j := float64(k - servers)
		harmonic += 1 / (ratio + 1 + j)
		stays := ratio / (ratio + j + 1)
		e.Wait += p
		e.Occupancy += p
		answered += p * stays
		waited += p * stays * harmonic / theta
		e.ServiceLevel += p * stays * (1 - beta(ratio+1, j+1, late))
	}
	e.Model, e.AnswerSeconds, e.AbandonRate = "A", waited/answered, 1-answered
	return e, true
}

// states returns the chances of 0, 1, 2 … callers in the centre, up to where they
// are no more worth counting.
func states(lambda, mu, theta float64, servers int) []float64 {
	leave := func(k int) float64 {
		return float64(min(k, servers))*mu + float64(max(k-servers, 0))*theta
	}
	mode := 0
	for leave(mode+1) < lambda {
		mode++
	}
	const negligible = 1e-15
	weights := []float64{1}
	for k := mode; k > 0; k-- {
		weights = append(weights, weights[mode-k]*leave(k)/lambda)
	}
	slices.Reverse(weights)
	for k := mode; weights[k] > negligible; k++ {
		weights = append(weights, weights[k]*lambda/leave(k+1))
	}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	for k := range weights {
		weights[k] /= total
	}
	return weights
}
