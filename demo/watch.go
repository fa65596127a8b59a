package demo

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

const (
	// lookEvery is how often the floor is looked at, in time on the wall.
	lookEvery = time.Second
	// numbersEvery is how many looks lie between two at the numbers.
	numbersEvery = 5
	// freshFor is how long a look tells how things are.
	freshFor = 5 * time.Second
)

// floorCall is a live call as supervision sees it.
type floorCall struct {
	ID, Direction, State string
	Caller               *string
}

// floorOperator is an operator as supervision sees him.
type floorOperator struct {
	ID, FullName, Presence, Activity string
	IgnoredUntil                     *time.Time
	Phone                            struct{ State string }
}

// floorGroup is a group as supervision sees it.
type floorGroup struct {
	ID, Name string
	Waiting  int
	Totals   struct{ Offered, Answered, Abandoned, Overflowed int }
}

// floor is the live state of the centre.
type floor struct {
	Groups    []floorGroup
	Operators []floorOperator
	Calls     []floorCall
}

// sight is the floor when it was looked at last.
type sight struct {
	at    time.Time
	floor floor
	lines []line // the numbers of the centre that lead to a group
}

// watch looks at the floor, as somebody with a page of supervision open.
type watch struct {
	client   *client
	newcomer string // his full name
	counts   *counts
	latest   atomic.Pointer[sight]
}

// run looks until the context ends.
func (w *watch) run(ctx context.Context) {
	var lines []line
	for n := 0; ; n++ {
		if n%numbersEvery == 0 || len(lines) == 0 {
			if read, err := w.lines(ctx); err == nil {
				lines = read
			} else {
				w.counts.failed(ctx, "read the numbers", err)
			}
		}
		s := &sight{at: time.Now(), lines: lines}
		if err := w.client.get(ctx, "/floor", &s.floor); err == nil {
			w.latest.Store(s)
		} else {
			w.counts.failed(ctx, "look at the floor", err)
		}
		if !sleep(ctx, lookEvery) {
			return
		}
	}
}

// lines reads the numbers that lead to a group, those of an administrator's
// making too: whoever creates one is called.
func (w *watch) lines(ctx context.Context) ([]line, error) {
	var list struct {
		Items []struct {
			Number      string
			Destination struct{ Type string }
		}
	}
	if err := w.client.get(ctx, "/numbers?limit=500", &list); err != nil {
		return nil, err
	}
	weights := map[string]float64{receptionNumber: 0.8, ordersNumber: 1.3, supportNumber: 1.3}
	var out []line
	for _, n := range list.Items {
		if n.Destination.Type != "group" {
			continue
		}
		weight, ours := weights[n.Number]
		if !ours {
			weight = 0.5
		}
		out = append(out, line{n.Number, weight})
	}
	return out, nil
}

// now is the latest look, nil when there is none that still counts.
func (w *watch) now() *sight {
	s := w.latest.Load()
	if s == nil || time.Since(s.at) > freshFor {
		return nil
	}
	return s
}

// isServed says whether the caller of a number talks with an operator; the one
// whose number is withheld has none. A call that is being wrapped up is over.
func (s *sight) isServed(number string) bool {
	return slices.ContainsFunc(s.floor.Calls, func(c floorCall) bool {
		mine := c.Caller == nil && number == "" || c.Caller != nil && *c.Caller == number
		return mine && c.Direction == "in" && (c.State == "talking" || c.State == "held")
	})
}

// waiting is how many calls wait in all groups.
func (s *sight) waiting() int {
	n := 0
	for _, g := range s.floor.Groups {
		n += g.Waiting
	}
	return n
}

// isFree says whether the operator of a name waits for calls.
func (s *sight) isFree(name string, now time.Time) bool {
	return slices.ContainsFunc(s.floor.Operators, func(o floorOperator) bool {
		return o.FullName == name && o.Presence == "available" && o.Activity == "idle" &&
			o.Phone.State == "reachable" && (o.IgnoredUntil == nil || now.After(*o.IgnoredUntil))
	})
}

// isOutgoing asks which way a call goes.
func (w *watch) isOutgoing(ctx context.Context, id string) (bool, error) {
	var call floorCall
	err := w.client.do(ctx, http.MethodGet, "/calls/"+url.PathEscape(id), nil, &call)
	return call.Direction == "out", err
}
