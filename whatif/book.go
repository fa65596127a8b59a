package whatif

import (
	"time"

	"bandeau/acd"
)

// near is how far an estimate of the wait may be off and still be called right.
const near = time.Minute

// Counts are what is counted of a time: the visits to groups that began in it,
// and what the operators did in it.
type Counts struct {
	Offered, Answered, Abandoned, Overflowed int
	// Waiting is how many still waited at the end of everything.
	Waiting int
	// InLevel counts the answered visits within the group's service level, Wait is
	// the sum over the answered visits.
	InLevel int
	Wait    time.Duration
	// Busy is the time operators talked or wrapped up, Staffed the time they were
	// logged in and not on a pause.
	Busy, Staffed time.Duration
	// Estimated counts the answered visits whose wait had been estimated when they
	// began; Off is the sum of estimate less wait, OffBy that of its size, and Near
	// counts those that were off by a minute at most.
	Estimated, Near int
	Off, OffBy      time.Duration
}

// add adds what another time counts.
func (c *Counts) add(o Counts) {
	c.Offered += o.Offered
	c.Answered += o.Answered
	c.Abandoned += o.Abandoned
	c.Overflowed += o.Overflowed
	c.Waiting += o.Waiting
	c.InLevel += o.InLevel
	c.Wait += o.Wait
	c.Busy += o.Busy
	c.Staffed += o.Staffed
	c.Estimated += o.Estimated
	c.Near += o.Near
	c.Off += o.Off
	c.OffBy += o.OffBy
}

// Result is what a day came to: by half hours from its beginning, and as a whole.
type Result struct {
	From, To  acd.Instant
	HalfHours []Counts
	Whole     Counts
}

func newResult(from, to acd.Instant) Result {
	n := int((to.Sub(from) + HalfHour - 1) / HalfHour)
	return Result{From: from, To: to, HalfHours: make([]Counts, max(n, 0))}
}

// begun returns the half hour that counts what begins at an instant, nil when
// none does.
func (r *Result) begun(at acd.Instant) *Counts {
	if at < r.From || at >= r.To {
		return nil
	}
	return &r.HalfHours[int(at.Sub(r.From)/HalfHour)]
}

// spend adds a time an operator spent to the half hours it lies in.
func (r *Result) spend(from, to acd.Instant, busy bool) {
	from, to = max(from, r.From), min(to, r.To)
	if to <= from {
		return
	}
	first, last := int(from.Sub(r.From)/HalfHour), int((to-1).Sub(r.From)/HalfHour)
	for i := first; i <= last; i++ {
		begin := r.From.Add(time.Duration(i) * HalfHour)
		length := min(to, begin.Add(HalfHour)).Sub(max(from, begin))
		r.HalfHours[i].Staffed += length
		if busy {
			r.HalfHours[i].Busy += length
		}
	}
}

// sum makes the whole of the half hours.
func (r *Result) sum() *Result {
	for _, c := range r.HalfHours {
		r.Whole.add(c)
	}
	return r
}

// visit is a call's stay in a group.
type visit struct {
	group    acd.GroupID
	from     acd.Instant
	counts   *Counts // nil: not counted
	estimate int     // seconds; -1: there was none
}

// stance is what an operator does.
type stance struct {
	since         acd.Instant
	staffed, busy bool
}

// book keeps the count of a run.
type book struct {
	day     Day
	result  Result
	levels  map[acd.GroupID]time.Duration
	visits  map[acd.CallID]visit
	entered []acd.CallID // in the step at hand
	seen    map[acd.OperatorID]bool
	stances map[acd.OperatorID]stance
}

func newBook(d Day) *book {
	b := &book{
		day: d, result: newResult(d.From, d.To), levels: map[acd.GroupID]time.Duration{},
		visits: map[acd.CallID]visit{}, seen: focused(d.Setting.Groups, d.Focus), stances: map[acd.OperatorID]stance{},
	}
	for _, g := range d.Setting.Groups {
		b.levels[g.ID] = time.Duration(g.ServiceLevelSeconds) * time.Second
	}
	return b
}

func (b *book) note(at acd.Instant, event acd.Event) {
	switch e := event.(type) { //nolint:gochecksumtype // the others are not counted
	case acd.Enqueued:
		v := visit{group: e.Group, from: at, estimate: -1}
		if b.day.Focus == "" || b.day.Focus == e.Group {
			v.counts = b.result.begun(at)
		}
		if v.counts != nil {
			v.counts.Offered++
		}
		b.visits[e.Call] = v
		b.entered = append(b.entered, e.Call)
	case acd.Dequeued:
		b.left(b.visits[e.Call], e.How, at)
		delete(b.visits, e.Call)
	case acd.OperatorChanged:
		b.spend(e.Operator, at)
		b.stances[e.Operator] = stance{
			since:   at,
			staffed: e.Presence != acd.LoggedOut && (e.Activity != acd.Idle || e.Presence != acd.Paused),
			busy:    e.Activity == acd.Talking || e.Activity == acd.Held || e.Activity == acd.WrappingUp,
		}
	}
}

func (b *book) left(v visit, how acd.QueueExit, at acd.Instant) {
	if v.counts == nil {
		return
	}
	switch wait := at.Sub(v.from); how {
	case acd.LeftAnswered:
		v.counts.answered(wait, b.levels[v.group])
		if v.estimate >= 0 {
			off := time.Duration(v.estimate)*time.Second - wait
			v.counts.Estimated++
			v.counts.Off += off
			v.counts.OffBy += off.Abs()
			if off.Abs() <= near {
				v.counts.Near++
			}
		}
	case acd.LeftAbandoned:
		v.counts.Abandoned++
	case acd.LeftOverflowed:
		v.counts.Overflowed++
	}
}

func (c *Counts) answered(wait, level time.Duration) {
	c.Answered++
	c.Wait += wait
	if wait <= level {
		c.InLevel++
	}
}

// estimate asks what those who have just come and wait would be told.
func (b *book) estimate(core *acd.State) {
	for _, id := range b.entered {
		v, waits := b.visits[id]
		c, _ := core.Call(id)
		if !waits || v.counts == nil || c.State != acd.CallQueued {
			continue
		}
		if position, ok := core.Position(id); ok {
			if seconds, known := core.EstimateWait(v.group, position); known {
				v.estimate = seconds
				b.visits[id] = v
			}
		}
	}
	b.entered = b.entered[:0]
}

// spend counts the time since an operator began what he does.
func (b *book) spend(o acd.OperatorID, until acd.Instant) {
	if s := b.stances[o]; s.staffed && b.seen[o] {
		b.result.spend(s.since, until, s.busy)
	}
}

// close counts what lasts at the end of everything.
func (b *book) close(at acd.Instant) Result {
	for _, v := range b.visits {
		if v.counts != nil {
			v.counts.Waiting++
		}
	}
	for o := range b.stances {
		b.spend(o, at)
	}
	return *b.result.sum()
}
