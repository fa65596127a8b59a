package app

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"bandeau/telephony/siptest"
)

// TestChainFigures runs a small busy day: some sixty calls at once and after
// one another to operators of every temper, with callers who give up and people
// who pause. Afterwards every figure reconciles.
func TestChainFigures(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	var crew []*operator
	for i, temper := range []siptest.Behaviour{
		siptest.AnswerAfter(0), siptest.AnswerAfter(50 * time.Millisecond), siptest.Busy(),
		siptest.RingThenReject(20*time.Millisecond, 603), siptest.AnswerAfter(20 * time.Millisecond),
	} {
		o := s.newOperator("op"+string(rune('a'+i)), fields{"retrySeconds": 1, "alwaysConnected": i == 1})
		o.phone.OnCall(temper)
		crew = append(crew, o)
	}
	s.members(s.group, crew...)
	next := s.newGroup("Overflow", fields{"strategy": "longest_idle", "members": []fields{
		{"operator": crew[0].id}, {"operator": crew[4].id},
	}})
	s.admin.patch("/groups/"+s.group, fields{
		"strategy": "longest_idle", "maxWaiting": 4, "maxWaitSeconds": 1, "overflow": fields{"type": "group", "id": next},
	})
	s.admin.patch("/groups/"+next, fields{"maxWaiting": 1, "maxWaitSeconds": 1})

	const total, atOnce = 60, 10
	lines := make(chan struct{}, atOnce)
	var callers sync.WaitGroup
	random := rand.New(rand.NewPCG(1, 2))
	for i := range total {
		stay := time.Duration(random.IntN(1200)) * time.Millisecond
		lines <- struct{}{}
		callers.Go(func() {
			s.customer(stay)
			<-lines
		})
		switch i % 20 {
		case 7:
			crew[1].pause() // always connected: goes on
		case 11:
			crew[0].pause()
		case 15:
			crew[0].available()
		case 19:
			crew[4].request(http.MethodPost, "/logout", nil) // at once, or after his call
			crew[4].login(crew[4].name, operatorPassword)
		}
		if i%10 == 9 {
			s.reconciles() // in the midst of it, too
		}
	}
	callers.Wait()
	s.until("all calls to end", func() bool { return len(s.floor().Calls) == 0 })
	s.until("all calls to be forgotten", func() bool { return s.node.sw.Calls() == 0 })
	s.reconciles()
	rows := s.calls("")
	equal(t, "calls", len(rows), total)
	outcomes := map[string]int{}
	for _, row := range rows {
		outcomes[value(row.Outcome)]++
	}
	if outcomes["answered"] < 10 || outcomes["abandoned"] == 0 || outcomes["overflowed"] == 0 {
		t.Errorf("the day was not mixed: %v", outcomes)
	}
	first, second := s.floorGroup(s.group).Totals, s.floorGroup(next).Totals
	equal(t, "calls offered first", first.Offered, total)
	equal(t, "calls offered again", second.Offered, first.Overflowed)
	equal(t, "answered", first.Answered+second.Answered, outcomes["answered"])
	equal(t, "abandoned", first.Abandoned+second.Abandoned, outcomes["abandoned"])
	equal(t, "overflowed", second.Overflowed, outcomes["overflowed"])
	parts := 0
	for _, o := range crew {
		for _, row := range o.history() {
			if row.Mine == "answered" {
				parts++
			}
		}
		equal(t, o.name+" live calls", o.phone.Live(), 0)
	}
	equal(t, "answered in the histories", parts, outcomes["answered"])
	equal(t, "live calls of the carrier", s.trunk.Live(), 0)
}

// customer calls, stays as long as he likes, talking or waiting, and hangs up. One
// who is turned away sits out his time all the same before the next one calls.
func (s *stage) customer(stay time.Duration) {
	call, err := s.trunk.Call(s.ctx, serviceNumber, siptest.DialOptions{})
	if err != nil {
		s.t.Error(err)
		return
	}
	timer := time.NewTimer(stay)
	defer timer.Stop()
	<-timer.C
	call.HangUp()
	<-call.Ended()
}
