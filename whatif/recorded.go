package whatif

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"bandeau/acd"
	"bandeau/report"
)

// usualTalk is how long conversations take of which a day has none.
const usualTalk = 3 * time.Minute

// NoteCode names something one has to know to read an answer.
type NoteCode string

// The notes. Those that count something say how many.
const (
	// NoteFitted: callers who were answered would have waited longer; how long is
	// drawn from what those who gave up tell. It counts the seconds of the mean.
	NoteFitted NoteCode = "patience_fitted"
	// NotePatient: nobody gave up, so everybody is taken to wait for ever.
	NotePatient NoteCode = "patience_unknown"
	// NoteSettings: groups and operators are those of today, not those of the day.
	NoteSettings NoteCode = "settings_of_today"
	// NoteClosed counts the calls that came when their group was closed: left out.
	NoteClosed NoteCode = "closed_left_out"
	// NoteGroupsGone and NoteOperatorsGone count what has been deleted since: calls
	// of such groups and sessions of such operators are left out.
	NoteGroupsGone    NoteCode = "groups_gone"
	NoteOperatorsGone NoteCode = "operators_gone"
	// NoteOtherCalls counts the calls that were placed, or came to an operator
	// himself: he is taken to be on a pause meanwhile.
	NoteOtherCalls NoteCode = "other_calls_as_pauses"
	// NoteTalkDrawn counts the callers nobody talked to: how long he would have
	// talked is drawn from the others.
	NoteTalkDrawn NoteCode = "talk_drawn"
	// NoteNotRemoved counts the operators that were to be taken away and were not
	// there.
	NoteNotRemoved NoteCode = "operators_not_there"
	// NoteNoTheory: the theory knows no such centre, so it is not shown beside.
	NoteNoTheory NoteCode = "theory_does_not_apply"
	// NoteStillWaiting: some callers still waited when everything ended.
	NoteStillWaiting NoteCode = "callers_left_waiting"
)

// Note is something one has to know to read an answer.
type Note struct {
	Code  NoteCode
	Count int // of what the code counts, else 0
}

// History is a stored day and the centre as it is administered.
type History struct {
	From, To  acd.Instant
	Zone      *time.Location
	Visits    []report.Visit
	Sessions  []report.Session
	Intervals []report.Interval
	Centre    acd.CentreConfig
	Groups    []acd.GroupConfig
	Operators []acd.OperatorConfig
}

// Recording is a stored day that can happen again.
type Recording struct {
	day     Day
	callers []recorded
	// patience is the mean of all; 0 is for ever.
	patience time.Duration
	talks    map[acd.GroupID][]time.Duration // how long people talked; "" has all groups
	counts   Result
	notes    []Note
}

// recorded is a caller of a stored day.
type recorded struct {
	at     acd.Instant
	group  acd.GroupID
	waited time.Duration
	gaveUp bool
	talk   time.Duration // 0: nobody talked to him
}

// Recorded makes a stored day happen again, with the figures of one group, or all.
// What the day does not tell is drawn from the seed of each run; the notes say
// what that is.
func Recorded(h History, focus acd.GroupID) *Recording {
	r := &Recording{
		day:    Day{From: h.From, To: h.To, Until: h.To, Zone: h.Zone, Focus: focus},
		talks:  map[acd.GroupID][]time.Duration{},
		counts: newResult(h.From, h.To),
	}
	r.day.Setting = Setting{Centre: h.Centre, Groups: h.Groups, Operators: h.Operators, Days: []acd.Instant{h.From}}
	r.note(NoteSettings, 0)
	calls := r.calls(h)
	r.operators(h, calls)
	r.patient(h, calls)
	r.counts.sum()
	return r
}

// Figures returns what the day came to when it happened.
func (r *Recording) Figures() Summary { return r.counts.Single() }

// Notes say what one has to know of the day.
func (r *Recording) Notes() []Note { return slices.Clone(r.notes) }

// Day returns the day with what the seed draws.
func (r *Recording) Day(seed uint64) Day {
	chance := source(seed, chanceOfPatience)
	d := r.day
	d.Arrivals = make([]Arrival, 0, len(r.callers))
	for _, c := range r.callers {
		a := Arrival{At: c.at, Group: c.group, Talk: c.talk}
		if a.Talk == 0 {
			samples := r.talks[c.group]
			if len(samples) == 0 {
				samples = r.talks[""]
			}
			a.Talk = Dist{Kind: Sampled, Samples: samples, Mean: usualTalk}.draw(chance)
		}
		switch {
		case c.gaveUp:
			a.Patience = max(c.waited, time.Millisecond)
		case r.patience > 0:
			a.Patience = c.waited + Dist{Kind: Exponential, Mean: r.patience}.draw(chance) + time.Millisecond
		}
		d.Arrivals = append(d.Arrivals, a)
	}
	return d
}

// note adds a note.
func (r *Recording) note(code NoteCode, count int) {
	r.notes = append(r.notes, Note{Code: code, Count: count})
}

// noteSome adds a note that counts something, where there is something.
func (r *Recording) noteSome(code NoteCode, count int) {
	if count > 0 {
		r.note(code, count)
	}
}

// stay is a call of the day: its visits to groups, and how long people talked.
type stay struct {
	visits []report.Visit
	talk   time.Duration
}

// calls returns the calls of the day that can happen again, and counts their
// visits.
func (r *Recording) calls(h History) map[acd.CallID]*stay {
	known := map[acd.GroupID]bool{}
	for _, g := range h.Groups {
		known[g.ID] = true
	}
	all := map[acd.CallID]*stay{}
	for _, v := range slices.SortedFunc(slices.Values(h.Visits), func(a, b report.Visit) int { return cmp.Compare(a.Seq, b.Seq) }) {
		if all[v.Call] == nil {
			all[v.Call] = &stay{}
		}
		all[v.Call].visits = append(all[v.Call].visits, v)
	}
	gone, closed := 0, 0
	for id, s := range all {
		switch first := s.visits[0]; {
		case first.From < h.From || first.From >= h.To || first.EntryCause != "arrival":
			delete(all, id)
		case !known[first.Group]:
			gone++
			delete(all, id)
		case first.ExitCause == "closed" && first.To == first.From:
			closed++
			delete(all, id)
		default:
			for _, v := range s.visits {
				r.count(v)
			}
		}
	}
	r.noteSome(NoteGroupsGone, gone)
	r.noteSome(NoteClosed, closed)
	return all
}

func (r *Recording) count(v report.Visit) {
	c := r.counts.begun(v.From)
	if c == nil || r.day.Focus != "" && r.day.Focus != v.Group {
		return
	}
	c.Offered++
	switch v.How {
	case acd.LeftAnswered:
		c.answered(v.To.Sub(v.From), time.Duration(v.LevelSeconds)*time.Second)
	case acd.LeftAbandoned:
		c.Abandoned++
	case acd.LeftOverflowed:
		c.Overflowed++
	default:
		c.Waiting++
	}
}

// operators makes the shifts of the day, and learns from the intervals how long
// phones rang, how many were not answered and how long people talked.
func (r *Recording) operators(h History, calls map[acd.CallID]*stay) {
	shifts, index, gone := []Shift{}, map[uint64]int{}, 0
	for _, s := range h.Sessions {
		from, to := max(s.From, h.From), until(s.To, h.To)
		switch {
		case !slices.ContainsFunc(h.Operators, func(o acd.OperatorConfig) bool { return o.ID == s.Operator }):
			gone++
		case to > from:
			index[s.Seq] = len(shifts)
			shifts = append(shifts, Shift{Operator: s.Operator, From: from, To: to})
		}
	}
	r.noteSome(NoteOperatorsGone, gone)
	intervals := slices.SortedFunc(slices.Values(h.Intervals), func(a, b report.Interval) int {
		return cmp.Or(cmp.Compare(a.Login, b.Login), cmp.Compare(a.Seq, b.Seq))
	})
	seen, others, rings := focused(h.Groups, r.day.Focus), map[acd.CallID]bool{}, pickUps{}
	for i, v := range intervals {
		at, ok := index[v.Login]
		from, to := max(v.From, h.From), until(v.To, h.To)
		if !ok || to <= from {
			continue
		}
		call := calls[v.Call]
		if v.Activity != acd.Idle && call == nil {
			others[v.Call] = true
		}
		if v.Activity == acd.Idle && v.Presence == acd.Paused || v.Activity != acd.Idle && call == nil {
			shifts[at].away(Span{from, to})
			continue
		}
		talks := v.Activity == acd.Talking || v.Activity == acd.Held
		if talks {
			call.talk += to.Sub(from)
		}
		if seen[v.Operator] {
			r.counts.spend(from, to, talks || v.Activity == acd.WrappingUp)
		}
		if v.Activity == acd.Ringing && i+1 < len(intervals) {
			rings.learn(v, intervals[i+1])
		}
	}
	r.noteSome(NoteOtherCalls, len(others))
	r.day.Setting.Shifts = shifts
	r.day.Setting.PickUp = Dist{Kind: Sampled, Samples: rings.answered}
	if all := len(rings.answered) + rings.failed; all > 0 {
		r.day.Setting.Miss = float64(rings.failed) / float64(all)
	}
}

// focused returns the operators whose time is counted: the members of a group, or
// of any.
func focused(groups []acd.GroupConfig, focus acd.GroupID) map[acd.OperatorID]bool {
	seen := map[acd.OperatorID]bool{}
	for _, g := range groups {
		for _, m := range g.Members {
			seen[m.Operator] = seen[m.Operator] || focus == "" || focus == g.ID
		}
	}
	return seen
}

// until is when something ends that may last.
func until(to, end acd.Instant) acd.Instant {
	if to == 0 {
		return end
	}
	return min(to, end)
}

// away adds a pause; one that follows another at once is the same.
func (s *Shift) away(p Span) {
	if n := len(s.Pauses); n > 0 && s.Pauses[n-1].To == p.From {
		s.Pauses[n-1].To = p.To
		return
	}
	s.Pauses = append(s.Pauses, p)
}

// pickUps is what ringing phones came to.
type pickUps struct {
	answered []time.Duration
	failed   int
}

// learn looks at what followed a ringing.
func (p *pickUps) learn(rang, next report.Interval) {
	switch {
	case next.Login != rang.Login:
	case next.Activity == acd.Talking && next.Call == rang.Call:
		p.answered = append(p.answered, rang.To.Sub(rang.From))
	case slices.Contains([]string{"no_answer", "rejected", "busy", "unreachable"}, next.Cause):
		p.failed++
	}
}

// patient makes the callers of the day, and learns from those who gave up how
// patient they are. That a caller was answered says only that he would have waited
// longer: of an exponential patience the mean is then all waiting over the number
// of those who gave up, and what is left of it does not depend on the wait.
func (r *Recording) patient(h History, calls map[acd.CallID]*stay) {
	var waiting time.Duration
	gaveUp, drawn := 0, 0
	for _, id := range slices.SortedFunc(maps.Keys(calls), func(a, b acd.CallID) int {
		return cmp.Compare(calls[a].visits[0].Seq, calls[b].visits[0].Seq)
	}) {
		s := calls[id]
		first, last := s.visits[0], s.visits[len(s.visits)-1]
		c := recorded{
			at: first.From, group: first.Group, waited: until(last.To, h.To).Sub(first.From),
			gaveUp: last.How == acd.LeftAbandoned, talk: s.talk,
		}
		waiting += c.waited
		if c.gaveUp {
			gaveUp++
		}
		if c.talk == 0 {
			drawn++
		} else {
			r.talks[c.group] = append(r.talks[c.group], c.talk)
			r.talks[""] = append(r.talks[""], c.talk)
		}
		r.callers = append(r.callers, c)
	}
	if gaveUp > 0 {
		r.patience = waiting / time.Duration(gaveUp)
		r.note(NoteFitted, int(r.patience.Seconds()+0.5))
	} else {
		r.note(NotePatient, 0)
	}
	r.noteSome(NoteTalkDrawn, drawn)
}
