package report_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/report"
	"bandeau/store/storetest"
)

// book keeps rows as a store does.
type book struct {
	calls     map[acd.CallID]report.Call
	visits    map[uint64]report.Visit
	parts     map[uint64]report.Part
	sessions  map[uint64]report.Session
	intervals map[uint64]report.Interval
	groups    map[acd.GroupID]report.Group
}

func newBook() *book {
	return &book{
		calls: map[acd.CallID]report.Call{}, visits: map[uint64]report.Visit{}, parts: map[uint64]report.Part{},
		sessions: map[uint64]report.Session{}, intervals: map[uint64]report.Interval{}, groups: map[acd.GroupID]report.Group{},
	}
}

func (b *book) keep(rows report.Rows) {
	for _, r := range rows.Calls {
		b.calls[r.ID] = r
	}
	for _, r := range rows.Visits {
		b.visits[r.Seq] = r
	}
	for _, r := range rows.Parts {
		b.parts[r.Seq] = r
	}
	for _, r := range rows.Sessions {
		b.sessions[r.Seq] = r
	}
	for _, r := range rows.Intervals {
		b.intervals[r.Seq] = r
	}
	for _, r := range rows.Groups {
		b.groups[r.ID] = r
	}
}

// TestRandomDays projects random days of the real core in batches of any size,
// restoring the projector from its open rows now and then, and checks that the
// rows are those of one straight projection, reconcile with the fold and cover
// every operator's time from login to logout.
func TestRandomDays(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h := storetest.NewHistory(seed)
			h.Step(1500)
			whole := newBook()
			straight := report.NewProjector()
			whole.keep(straight.Stage(h.Events))
			if n := straight.Strays(); n != 0 {
				t.Errorf("%d events about unknown calls", n)
			}
			straight.Commit()

			pieces := newBook()
			p := report.NewProjector()
			for rest := h.Events; len(rest) > 0; {
				n := min(len(rest), 1+int(seed*7+uint64(len(rest))*13)%40)
				if n%3 == 0 { // a failed append leaves no trace
					p.Stage(rest[:n])
					p.Discard()
				}
				pieces.keep(p.Stage(rest[:n]))
				p.Commit()
				rest = rest[n:]
				if n%5 == 0 {
					p = report.Restore(p.Open())
				}
			}
			if diff := cmp.Diff(whole, pieces, cmp.AllowUnexported(book{})); diff != "" {
				t.Errorf("rows depend on the batches (-straight +pieces):\n%.2000s", diff)
			}
			if diff := cmp.Diff(straight.Open(), p.Open()); diff != "" {
				t.Errorf("open rows differ (-straight +pieces):\n%.2000s", diff)
			}
			reconcile(t, h.State, whole)
			timesheet(t, h.Events, whole)
			agree(t, h.State, whole)
		})
	}
}

func reconcile(t *testing.T, state *acd.State, b *book) {
	t.Helper()
	var visits []report.Visit
	for _, v := range b.visits {
		visits = append(visits, v)
	}
	counts := report.CountVisits(visits)
	var live []acd.GroupView
	for _, id := range state.GroupIDs() {
		g, _ := state.Group(id)
		if id == "g1" { // removed and made anew: the fold counts from then on
			if counts[id].Waiting != g.Waiting || !counts[id].Balanced() {
				t.Errorf("group g1: %+v, live %+v", counts[id], g)
			}
			delete(counts, id)
			continue
		}
		live = append(live, g)
	}
	offered := 0
	for _, c := range counts {
		offered += c.Offered
	}
	if offered < 50 || len(live) < 2 {
		t.Fatalf("only %d visits to %d groups: the history tests nothing", offered, len(live))
	}
	for _, err := range report.Reconcile(counts, live) {
		t.Error(err)
	}
}

// timesheet checks that the intervals of each session follow each other from
// login to logout.
func timesheet(t *testing.T, events []acd.Recorded, b *book) {
	t.Helper()
	last := events[len(events)-1].At
	bySession := map[uint64][]report.Interval{}
	for _, i := range b.intervals {
		bySession[i.Login] = append(bySession[i.Login], i)
	}
	if len(b.sessions) < 5 || len(b.intervals) < 100 {
		t.Fatalf("only %d sessions: the history tests nothing", len(b.sessions))
	}
	for _, s := range b.sessions {
		intervals := bySession[s.Seq]
		slices.SortFunc(intervals, func(a, b report.Interval) int { return int(a.Seq) - int(b.Seq) })
		at := s.From
		for n, i := range intervals {
			if i.From != at || i.Operator != s.Operator {
				t.Errorf("session %d of %s: interval %d from %d, the one before ended at %d", s.Seq, s.Operator, n, i.From, at)
			}
			at = i.To
			if i.To == 0 {
				at = last
			}
		}
		end := s.To
		if end == 0 {
			end = last
		}
		if at != end {
			t.Errorf("session %d of %s: intervals end at %d, the session at %d", s.Seq, s.Operator, at, end)
		}
		delete(bySession, s.Seq)
	}
	if len(bySession) != 0 {
		t.Errorf("%d intervals of no session", len(bySession))
	}
}

// agree compares the rows of live calls and operators with the core's views.
func agree(t *testing.T, state *acd.State, b *book) {
	t.Helper()
	for _, id := range state.CallIDs() {
		view, _ := state.Call(id)
		row := b.calls[id]
		if view.State == acd.CallOver { // shown as wrapping up while its operator does
			view.State = row.State
		}
		if row.State != view.State || row.Operator != view.Operator || row.Group != view.Group ||
			row.AnsweredAt != view.AnsweredAt || row.ArrivedAt != view.ArrivedAt || row.Note != view.Note ||
			row.Recording != view.Recording || row.Outcome != view.Outcome || !slices.Equal(row.Tags, view.Tags) {
			t.Errorf("call %s differs:\nrow  %+v\nview %+v", id, row, view)
		}
		if !row.Open {
			t.Errorf("call %s lives and its row is closed", id)
		}
	}
	running := map[acd.OperatorID]report.Interval{}
	for _, i := range b.intervals {
		if i.To == 0 {
			running[i.Operator] = i
		}
	}
	for _, id := range state.OperatorIDs() {
		view, _ := state.Operator(id)
		i, ok := running[id]
		if ok != (view.Presence != acd.LoggedOut) {
			t.Errorf("operator %s: presence %d, running interval: %t", id, view.Presence, ok)
		}
		if ok && (i.Presence != view.Presence || i.Activity != view.Activity || i.Call != view.Call) {
			t.Errorf("operator %s differs:\nrow  %+v\nview %+v", id, i, view)
		}
	}
	ended := 0
	for _, row := range b.calls {
		if row.EndedAt != 0 {
			ended++
			if row.Outcome == acd.OutcomeNone {
				t.Errorf("call %s ended without outcome", row.ID)
			}
		}
	}
	if ended < 50 {
		t.Fatalf("only %d calls ended: the history tests nothing", ended)
	}
}
