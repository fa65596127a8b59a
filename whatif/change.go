package whatif

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
)

// change makes a day what the question would have it.
func (d *Day) change(q Query) {
	d.Setting.Groups = slices.Clone(d.Setting.Groups)
	for i := range d.Setting.Groups {
		for _, c := range q.Groups {
			if c.Group == "" || c.Group == d.Setting.Groups[i].ID {
				c.apply(&d.Setting.Groups[i])
			}
		}
	}
	d.Setting.Operators = slices.Clone(d.Setting.Operators)
	d.Setting.Shifts = slices.Clone(d.Setting.Shifts)
	for i, s := range q.Staff {
		span := d.span(s)
		if s.Add > 0 {
			d.hire(s, span, i)
		} else {
			d.dismiss(s, span)
		}
	}
}

// short returns how many of those to be taken away are not there.
func (q Query) short(d Day) int {
	d.Setting.Shifts = slices.Clone(d.Setting.Shifts)
	missing := 0
	for _, s := range q.Staff {
		if s.Add < 0 {
			missing += d.dismiss(s, d.span(s))
		}
	}
	return missing
}

func (c GroupChange) apply(g *acd.GroupConfig) {
	if c.Strategy != 0 {
		g.Strategy = c.Strategy
	}
	if c.Priority != 0 {
		g.Priority = c.Priority
	}
	if c.WrapUpSeconds != nil {
		g.WrapUpSeconds = *c.WrapUpSeconds
	}
	if c.ServiceLevelSeconds != nil {
		g.ServiceLevelSeconds = *c.ServiceLevelSeconds
	}
	if c.NoLimits {
		g.MaxWaiting, g.MaxWaitSeconds = nil, nil
	}
	if c.MaxWaiting != nil {
		g.MaxWaiting = c.MaxWaiting
	}
	if c.MaxWaitSeconds != nil {
		g.MaxWaitSeconds = c.MaxWaitSeconds
	}
}

// span returns the time a change of staff is about. From the beginning of the day
// is also what comes before it, to its end also what comes after.
func (d *Day) span(s StaffChange) Span {
	span := Span{From: d.From, To: max(d.To, d.Until)}
	for _, shift := range d.Setting.Shifts {
		span.From = min(span.From, shift.From)
	}
	if s.From > 0 {
		span.From = d.clock(s.From)
	}
	if s.To > 0 && s.To < 24*time.Hour {
		span.To = d.clock(s.To)
	}
	return span
}

// clock returns when clocks show a time on the day.
func (d *Day) clock(at time.Duration) acd.Instant {
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	midnight := report.DayOf(d.From.Time(), zone).From
	hhmm := fmt.Sprintf("%02d:%02d", int(at.Hours()), int(at.Minutes())%60)
	return acd.At(directory.NextClock(hhmm, zone, midnight.Time().Add(-time.Millisecond)))
}

// ringOfNew is how long the phones of operators that are added ring, in seconds.
const ringOfNew = 20

// hire adds operators, last in the order of their groups and as good as the best.
func (d *Day) hire(s StaffChange, span Span, change int) {
	for n := range s.Add {
		id := acd.OperatorID(fmt.Sprintf("added-%d-%d", change+1, n+1))
		d.Setting.Operators = append(d.Setting.Operators, acd.OperatorConfig{
			ID: id, Name: string(id), Language: "en", RingSeconds: ringOfNew,
		})
		d.Setting.Shifts = append(d.Setting.Shifts, Shift{Operator: id, From: span.From, To: span.To})
		for i := range d.Setting.Groups {
			g := &d.Setting.Groups[i]
			if s.Group != "" && s.Group != g.ID {
				continue
			}
			last := 0
			for _, m := range g.Members {
				last = max(last, m.Order)
			}
			g.Members = append(slices.Clone(g.Members), acd.Member{Operator: id, Order: last + 1, Level: 1})
		}
	}
}

// dismiss takes operators away: those who are there longest in the time, and of
// them the last by name. It returns how many were not there.
func (d *Day) dismiss(s StaffChange, span Span) (missing int) {
	seen := focused(d.Setting.Groups, s.Group)
	there := map[acd.OperatorID]time.Duration{}
	for _, shift := range d.Setting.Shifts {
		if both := min(shift.To, span.To).Sub(max(shift.From, span.From)); both > 0 && seen[shift.Operator] {
			there[shift.Operator] += both
		}
	}
	var chosen []acd.OperatorID
	for id := range there {
		chosen = append(chosen, id)
	}
	slices.SortFunc(chosen, func(a, b acd.OperatorID) int {
		return cmp.Or(cmp.Compare(there[b], there[a]), cmp.Compare(b, a))
	})
	missing = max(-s.Add-len(chosen), 0)
	chosen = chosen[:min(-s.Add, len(chosen))]
	var left []Shift
	for _, shift := range d.Setting.Shifts {
		if !slices.Contains(chosen, shift.Operator) {
			left = append(left, shift)
			continue
		}
		for _, part := range []Span{{shift.From, min(shift.To, span.From)}, {max(shift.From, span.To), shift.To}} {
			if part.From < part.To {
				left = append(left, shift.cut(part))
			}
		}
	}
	d.Setting.Shifts = left
	return missing
}

// cut returns the part of a shift that lies in a time.
func (s *Shift) cut(span Span) Shift {
	out := Shift{Operator: s.Operator, From: span.From, To: span.To}
	for _, p := range s.Pauses {
		if from, to := max(p.From, span.From), min(p.To, span.To); from < to {
			out.Pauses = append(out.Pauses, Span{from, to})
		}
	}
	return out
}
