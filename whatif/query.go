package whatif

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bandeau/acd"
)

// The bounds of a question, so that it has an answer in time.
const (
	leastRuns     = 2
	mostRuns      = 200
	mostHours     = 24
	mostRate      = 10_000 // callers of an hour
	mostOperators = 1_000
	mostSeconds   = 24 * 3600
	mostChanges   = 100
	// mostCalls bounds the callers of all runs of a generated day.
	mostCalls = 2_000_000
)

// Query is a question: a day, and what is to be otherwise.
type Query struct {
	// Day is a recorded one, as in 2026-03-31; without it one is generated.
	Day      string
	Generate *Generator
	Groups   []GroupChange
	Staff    []StaffChange
	// Focus is the group of a recorded day whose figures are wanted; empty for all.
	Focus acd.GroupID
	Runs  int
	Seed  uint64
}

// GroupChange changes settings of a group, or, without one, of every group. What
// is zero or nil stays.
type GroupChange struct {
	Group               acd.GroupID
	Strategy            acd.Strategy
	Priority            int
	WrapUpSeconds       *int
	ServiceLevelSeconds *int
	// NoLimits takes both limits away, before those that are given are set.
	NoLimits       bool
	MaxWaiting     *int
	MaxWaitSeconds *int
}

// StaffChange adds operators for a time of the day, or takes some away.
type StaffChange struct {
	// Group is whose members they are; empty: of every group.
	Group acd.GroupID
	// From and To are times of the day, as clocks show them; zero is its beginning
	// and its end.
	From, To time.Duration
	Add      int // negative takes away
}

// Problem is what is wrong with a question. Field is its path, as in
// "staff[0].add".
type Problem struct {
	Field, Message string
}

// ProblemsError refuses a question.
type ProblemsError struct{ Problems []Problem }

// Error implements the error interface.
func (e *ProblemsError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Field + " " + p.Message
	}
	return strings.Join(texts, "; ")
}

// Answer is what a day would come to.
type Answer struct {
	From acd.Instant // of the first half hour
	// AsRecorded are the figures of a recorded day as it was.
	AsRecorded *Summary
	Simulated  Summary
	// Theory stands beside where it applies.
	Theory *Erlang
	Notes  []Note
}

// checker collects what is wrong.
type checker struct{ problems []Problem }

func (c *checker) refuse(field, format string, args ...any) {
	c.problems = append(c.problems, Problem{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) within(field string, value, least, most int) {
	if value < least || value > most {
		c.refuse(field, "must be from %d to %d", least, most)
	}
}

func (c *checker) dist(field string, d Dist, least time.Duration) {
	if d.Kind != Constant && d.Kind != Exponential && d.Kind != Lognormal {
		c.refuse(field+".kind", "must be constant, exponential or lognormal")
	}
	if d.Mean < least || d.Mean > mostSeconds*time.Second {
		c.refuse(field+".seconds", "must be from %d to %d", int(least.Seconds()), mostSeconds)
	}
	if d.Spread < 0 || d.Spread > 10 {
		c.refuse(field+".spreadPercent", "must be from 0 to 1000")
	}
}

// Check returns what is wrong with a question. known says whether a group exists.
func (q Query) Check(known func(acd.GroupID) bool) []Problem {
	c := &checker{}
	if (q.Day != "") == (q.Generate != nil) {
		c.refuse("generate", "either a day or a generator is needed, and not both")
	}
	if _, err := time.Parse(time.DateOnly, q.Day); q.Day != "" && err != nil {
		c.refuse("day", "must be a date such as 2026-03-31")
	}
	c.within("runs", q.Runs, leastRuns, mostRuns)
	if q.Generate != nil {
		c.generator(*q.Generate, q.Runs)
		known = func(id acd.GroupID) bool { return id == generated }
	}
	group := func(field string, id acd.GroupID) {
		if id != "" && !known(id) {
			c.refuse(field, "there is no such group")
		}
	}
	group("group", q.Focus)
	if len(q.Groups) > mostChanges {
		c.refuse("changes.groups", "has at most %d", mostChanges)
	}
	if len(q.Staff) > mostChanges {
		c.refuse("changes.operators", "has at most %d", mostChanges)
	}
	for i, g := range q.Groups {
		at := fmt.Sprintf("changes.groups[%d].", i)
		group(at+"group", g.Group)
		if g.Strategy > acd.Skill {
			c.refuse(at+"strategy", "there is no such strategy")
		}
		if g.Priority != 0 {
			c.within(at+"priority", g.Priority, 1, 100)
		}
		c.optional(at+"wrapUpSeconds", g.WrapUpSeconds, 3600)
		c.optional(at+"serviceLevelSeconds", g.ServiceLevelSeconds, 3600)
		c.optional(at+"maxWaiting", g.MaxWaiting, 100_000)
		c.optional(at+"maxWaitSeconds", g.MaxWaitSeconds, 86_400)
	}
	for i, s := range q.Staff {
		at := fmt.Sprintf("changes.operators[%d].", i)
		group(at+"group", s.Group)
		c.within(at+"add", s.Add, -mostOperators, mostOperators)
		if s.From < 0 || s.From%HalfHour != 0 || s.From >= 24*time.Hour {
			c.refuse(at+"from", "must be a half hour of the day, such as 08:30")
		}
		if s.To != 0 && (s.To <= s.From || s.To%HalfHour != 0 || s.To > 24*time.Hour) {
			c.refuse(at+"to", "must be a half hour after the beginning, such as 12:00")
		}
	}
	return c.problems
}

func (c *checker) optional(field string, value *int, most int) {
	if value != nil {
		c.within(field, *value, 0, most)
	}
}

func (c *checker) generator(g Generator, runs int) {
	c.within("generate.hours", g.Hours, 1, mostHours)
	if n := len(g.CallsPerHour); n != 1 && n != 2*g.Hours {
		c.refuse("generate.callsPerHour", "must be one rate, or one for each half hour")
	}
	total := 0
	for i, rate := range g.CallsPerHour {
		c.within(fmt.Sprintf("generate.callsPerHour[%d]", i), rate, 0, mostRate)
		total += rate
	}
	c.dist("generate.talk", g.Talk, time.Second)
	c.dist("generate.patience", g.Patience, 0)
	c.dist("generate.pickUp", g.PickUp, 0)
	if g.Miss < 0 || g.Miss > 1 {
		c.refuse("generate.missPercent", "must be from 0 to 100")
	}
	c.within("generate.operators", g.Operators, 1, mostOperators)
	if g.Strategy < acd.LongestIdle || g.Strategy > acd.Skill {
		c.refuse("generate.strategy", "there is no such strategy")
	}
	c.within("generate.ringSeconds", g.RingSeconds, 5, 120)
	c.within("generate.wrapUpSeconds", g.WrapUpSeconds, 0, 3600)
	c.within("generate.serviceLevelSeconds", g.ServiceLevelSeconds, 0, 3600)
	if len(c.problems) > 0 {
		return
	}
	hours := float64(g.Hours) + g.warmUp().Hours()
	if calls := float64(total) / float64(len(g.CallsPerHour)) * hours * float64(runs); calls > mostCalls {
		c.refuse("runs", "make %.0f calls, warm-up included, more than %d: ask for fewer", calls, mostCalls)
	}
}

// Ask answers a question. h is the day that is asked for, nil for a generated one.
// The error is a *[ProblemsError], what the core refuses, or that of the context.
func Ask(ctx context.Context, q Query, h *History) (Answer, error) {
	known := func(acd.GroupID) bool { return true }
	if h != nil && q.Generate == nil {
		known = func(id acd.GroupID) bool {
			for _, g := range h.Groups {
				if g.ID == id {
					return true
				}
			}
			return false
		}
	}
	if problems := q.Check(known); len(problems) > 0 {
		return Answer{}, &ProblemsError{problems}
	}
	var answer Answer
	var day func(seed uint64) Day
	if q.Generate != nil {
		g := *q.Generate
		day, answer.From = g.Day, g.From
		if theory, ok := q.theory(); ok {
			answer.Theory = &theory
		} else {
			answer.Notes = append(answer.Notes, Note{Code: NoteNoTheory})
		}
	} else {
		recording := Recorded(*h, q.Focus)
		was := recording.Figures()
		day, answer.From, answer.AsRecorded, answer.Notes = recording.Day, h.From, &was, recording.Notes()
	}
	if short := q.short(day(q.Seed)); short > 0 {
		answer.Notes = append(answer.Notes, Note{Code: NoteNotRemoved, Count: short})
	}
	var err error
	answer.Simulated, err = Repeat(ctx, func(seed uint64) Day {
		d := day(seed)
		d.change(q)
		return d
	}, q.Runs, q.Seed)
	if err != nil {
		return Answer{}, err
	}
	if answer.Simulated.Whole.Waiting.Mean > 0 {
		answer.Notes = append(answer.Notes, Note{Code: NoteStillWaiting})
	}
	return answer, nil
}

// theory returns what the theory says of a generated day with its changes.
func (q Query) theory() (Erlang, bool) {
	g := *q.Generate
	for _, s := range q.Staff {
		if s.From != 0 || s.To != 0 {
			return Erlang{}, false
		}
		g.Operators += s.Add
	}
	for _, c := range q.Groups {
		if c.MaxWaiting != nil || c.MaxWaitSeconds != nil {
			return Erlang{}, false
		}
		if c.WrapUpSeconds != nil {
			g.WrapUpSeconds = *c.WrapUpSeconds
		}
		if c.ServiceLevelSeconds != nil {
			g.ServiceLevelSeconds = *c.ServiceLevelSeconds
		}
	}
	return g.Theory()
}
