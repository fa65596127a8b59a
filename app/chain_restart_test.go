package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/internal/clock"
	"bandeau/report"
	"bandeau/telephony/siptest"
)

// reopen starts a node on a data directory and turns the stage to it.
func (s *stage) reopen(opts Options) {
	s.t.Helper()
	s.node = startNode(s.ctx, s.t, opts, clock.System{})
	s.opts = opts
	s.admin.base = s.node.URL() + "/api/v1"
}

// movedTo takes an operator's web session, cookies and all, to the node.
func (o *operator) movedTo(n *Node) *operator {
	o.base = n.URL() + "/api/v1"
	return o
}

// TestChainRestart stops a node and starts it on the same data: records,
// sessions, presence, registrations and history are as they were.
func TestChainRestart(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	bob := s.newOperator("bob", nil)
	s.members(s.group, anna, bob)
	bob.pause()
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	ring.Answer()
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	id := ring.Invite().Get("X-Bandeau-Call")
	caller.HangUp()
	s.over(id, "answered", "caller")
	talking := s.call(serviceNumber, siptest.DialOptions{})
	ring = s.rings(anna.phone)
	ring.Answer()
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	opts := s.opts
	// The same SIP address, for the phones know no other.
	opts.SIP = s.sip()
	before := s.floorOperator(bob)

	must(t, s.node.Stop()) // a hard stop of ours: the call in progress is hung up
	must(t, talking.WaitState(s.ctx, siptest.Ended))
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	s.reopen(opts)
	anna.movedTo(s.node)
	bob.movedTo(s.node)
	cut := s.calls("")[0]
	equal(t, "calls", len(s.calls("")), 2)
	equal(t, "end of the call that was cut", value(cut.EndedBy), "system")
	equal(t, "outcome of it", value(cut.Outcome), "answered")
	equal(t, "history", len(anna.history()), 2)
	equal(t, "presence of bob", bob.is("paused idle"), true)
	equal(t, "bob on the floor", s.floorOperator(bob).Presence, before.Presence)
	s.until("the registrations to be back", func() bool {
		return anna.me().Phone.State == "reachable" && bob.me().Phone.State == "reachable"
	})
	equal(t, "presence of anna", anna.is("available idle"), true)
	caller = s.call(serviceNumber, siptest.DialOptions{})
	ring = s.rings(anna.phone)
	ring.SendTone(700)
	ring.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))
	s.tells(id, "arrived", "queued", "offered anna", "connected anna", "ended answered")
	s.reconciles()
	caller.HangUp()
}

// TestChainCrash copies the data of a live node in mid-call, which is what a
// crash leaves, and opens the copy: calls are ended by the system, the figures
// reconcile, and the recording can be listened to.
func TestChainCrash(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"record": true})
	s.members(s.group, anna)
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	id := ring.Invite().Get("X-Bandeau-Call")
	ring.SendTone(700)
	caller.SendTone(450)
	ring.Answer()
	must(t, ring.HearsOnly(s.ctx, 450))
	must(t, caller.HearsOnly(s.ctx, 700))
	waiting := s.call(serviceNumber, siptest.DialOptions{})
	must(t, waiting.HearsMusic(s.ctx)) // by then more than a second is recorded
	equal(t, "waiting", s.floorGroup(s.group).Waiting, 1)

	recorded := time.Since(*s.row(id).AnsweredAt)
	opts := s.opts
	opts.Data = copyData(t, s.opts.Data)
	s.reopen(opts)
	anna.movedTo(s.node)
	row := s.row(id)
	equal(t, "outcome", value(row.Outcome), "answered")
	equal(t, "ended by", value(row.EndedBy), "system")
	equal(t, "recording", row.Recording, "ready")
	left, right, rate := s.stereo(id)
	holds(t, "caller's", left, rate, 450, 700)
	holds(t, "operator's", right, rate, 700, 450)
	if kept := time.Duration(len(left)) * time.Second / time.Duration(rate); kept < recorded-time.Second {
		t.Errorf("%s kept of %s: more than a second is lost", kept, recorded)
	}
	abandoned := s.calls("&outcome=abandoned")
	equal(t, "calls that waited", len(abandoned), 1)
	equal(t, "ended by", value(abandoned[0].EndedBy), "system")
	equal(t, "waiting", s.floorGroup(s.group).Waiting, 0)
	equal(t, "calls on the floor", len(s.floor().Calls), 0)
	equal(t, "presence", anna.is("available idle"), true)
	s.reconciles()
	// The node that was copied has noticed nothing.
	must(t, caller.HearsOnly(s.ctx, 700))
	caller.HangUp()
	waiting.HangUp()
	must(t, ring.WaitState(s.ctx, siptest.Ended))
}

// copyData copies a data directory as it is on the disk.
func copyData(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	must(t, filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(from, path)
		if err != nil || relErr != nil {
			return err
		}
		switch {
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		case !entry.Type().IsRegular():
			return nil // the socket
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), data, 0o600)
	}))
	return to
}

// reconciles checks what must hold for every centre at every moment: the
// figures of the rows are those of the live state and balance, each call has
// one outcome, and the intervals of every operator tile his sessions.
func (s *stage) reconciles() {
	s.t.Helper()
	ctx, centre := s.ctx, s.centre()
	e, ok := s.node.engine(centre)
	if !ok {
		s.t.Fatal("no engine")
	}
	// Rows and live state are read one after the other: what happens in between
	// makes them differ for a moment, a defect for ever.
	var wrong []error
	for range 20 {
		counts, err := s.node.store.GroupCounts(ctx, centre, 0, acd.At(time.Now().Add(time.Hour)))
		must(s.t, err)
		if wrong = append(report.Reconcile(counts, e.Snapshot().Groups), s.miscounted(centre)...); len(wrong) == 0 {
			break
		}
	}
	for _, err := range wrong {
		s.t.Error(err)
	}
	for _, row := range s.calls("") {
		over := row.State == "ended" || row.State == "wrap_up"
		if over != (row.Outcome != nil) || over != (row.EndedAt != nil) {
			s.t.Errorf("call %s is %s with outcome %s", row.ID, row.State, value(row.Outcome))
		}
	}
	must(s.t, tiled(ctx, s.node, centre))
}

// miscounted compares the live figures of the day with what the store counts.
func (s *stage) miscounted(centre string) []error {
	s.t.Helper()
	live := s.node.figuresOf(centre)
	live.mu.RLock()
	day := live.tally.Day()
	live.mu.RUnlock()
	operators, err := s.node.store.OperatorCounts(s.ctx, centre, day.From, day.To)
	must(s.t, err)
	groups, err := s.node.store.GroupCounts(s.ctx, centre, day.From, day.To)
	must(s.t, err)
	var wrong []error
	for id, want := range operators {
		if got := live.Operator(id); got != want {
			wrong = append(wrong, fmt.Errorf("operator %s has today %+v, the store counts %+v", id, got, want))
		}
	}
	for id, want := range groups {
		if got := live.Group(id); got != want {
			wrong = append(wrong, fmt.Errorf("group %s has today %+v, the store counts %+v", id, got, want))
		}
	}
	return wrong
}

func (s *stage) centre() string {
	s.t.Helper()
	centres, err := s.node.store.Centres().List(s.ctx)
	must(s.t, err)
	return string(centres[0].ID)
}

// tiled checks that the intervals of every floor session follow one another
// from login to logout without a gap.
func tiled(ctx context.Context, n *Node, centre string) error {
	far := acd.At(time.Now().Add(time.Hour))
	sessions, err := n.store.Sessions(ctx, centre, "", 0, far)
	if err != nil {
		return err
	}
	intervals, err := n.store.Intervals(ctx, centre, "", 0, far)
	if err != nil {
		return err
	}
	of := map[uint64][]report.Interval{}
	for _, i := range intervals {
		of[i.Login] = append(of[i.Login], i)
	}
	for _, session := range sessions {
		at := session.From
		for _, i := range of[session.Seq] {
			if i.From != at {
				return fmt.Errorf("session %+v: interval %+v leaves a gap", session, i)
			}
			at = i.To
		}
		if at != session.To || len(of[session.Seq]) == 0 {
			return fmt.Errorf("session %+v: its intervals end at %d", session, at)
		}
	}
	return nil
}
