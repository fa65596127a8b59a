package storetest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"bandeau/acd"
)

// History is a random day of a small centre, as the core decides it: the same
// seed gives the same events. Callers give up, phones stay silent, operators
// pause, are renamed and removed at any moment.
type History struct {
	State  *acd.State
	Events []acd.Recorded

	random *rand.Rand
	now    acd.Instant
	calls  int
	legs   []acd.LegAnswered // placed legs that may be answered or fail
	up     []acd.LegAnswered // legs that may end
}

// Seed is that of every history's core.
const Seed = 7

// NewHistory returns the history of a centre that has just been configured.
func NewHistory(seed uint64) *History {
	h := &History{
		State:  acd.New(Seed),
		random: rand.New(rand.NewPCG(seed, 1)),
		now:    acd.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)),
	}
	h.do(acd.ConfigureCentre{Config: acd.CentreConfig{MainNumber: "+33170200200"}})
	h.do(acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "login", Login: true}})
	h.do(acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: "lunch"}})
	for i := range 6 {
		h.do(acd.ConfigureOperator{Config: h.operator(i, fmt.Sprintf("Operator %d", i))})
	}
	for i := range 3 {
		h.do(acd.ConfigureGroup{Config: h.group(i)})
	}
	return h
}

// Step lets something happen, n times, and returns the new events.
func (h *History) Step(n int) []acd.Recorded {
	first := len(h.Events)
	for range n {
		h.now = h.now.Add(time.Duration(h.random.IntN(4)) * time.Duration(h.random.IntN(4000)) * time.Millisecond)
		for {
			due, ok := h.State.Deadline()
			if !ok || due > h.now {
				break
			}
			h.at(due, acd.Tick{})
		}
		h.do(h.command())
	}
	return h.Events[first:]
}

func (h *History) do(c acd.Command) { h.at(h.now, c) }

// at carries out a command; what the core refuses is no part of the history.
func (h *History) at(now acd.Instant, c acd.Command) {
	events, effects, err := h.State.Step(now, c)
	if err != nil {
		return
	}
	for _, e := range events {
		h.Events = append(h.Events, acd.Recorded{Seq: uint64(len(h.Events)) + 1, At: now, Event: e})
		if started, ok := e.(acd.CallStarted); ok {
			h.up = append(h.up, acd.LegAnswered{Call: started.Call, Leg: 1})
		}
	}
	for _, e := range effects {
		switch e := any(e).(type) { // the other effects ask for nothing that is answered
		case acd.PlaceLeg:
			h.legs = append(h.legs, acd.LegAnswered{Call: e.Call, Leg: e.Leg})
		case acd.StopRecording:
			if h.random.IntN(3) > 0 {
				h.at(now, acd.RecordingStored{Call: e.Call, Lost: h.random.IntN(5) == 0})
			}
		}
	}
}

func (h *History) operator(i int, name string) acd.OperatorConfig {
	wrapUp := h.random.IntN(3) * 5
	c := acd.OperatorConfig{
		ID: operatorID(i), Name: name, Enabled: true, AlwaysConnected: i == 4, Record: i%2 == 0,
		Phone:       acd.Phone{Kind: acd.PhoneExternal, Number: fmt.Sprintf("+3360000000%d", i)},
		RingSeconds: 10, RetrySeconds: 20, AllowOutgoing: true, PauseAtLogin: i == 3,
		DirectNumber: fmt.Sprintf("+3317020021%d", i), CallerID: acd.Presentation{Number: "+33170200200"},
		EmergencyNumber: "+33170200200",
	}
	if i%2 == 0 {
		c.WrapUpSeconds = &wrapUp
	}
	return c
}

func (h *History) group(i int) acd.GroupConfig {
	limit, wait := 3, 60
	g := acd.GroupConfig{
		ID: groupID(i), Name: fmt.Sprintf("Group %d", i), Strategy: acd.LongestIdle, Priority: 50 - i,
		WrapUpSeconds: 5 * i, RecordInbound: i == 1, ServiceLevelSeconds: 20,
	}
	if i == 2 {
		g.MaxWaiting, g.MaxWaitSeconds, g.OverflowWhenNobody = &limit, &wait, true
		g.Overflow = acd.Exit{Kind: acd.ExitGroup, Group: groupID(0)}
	}
	for j := range 4 {
		g.Members = append(g.Members, acd.Member{Operator: operatorID((i + j) % 6), Order: j + 1, Level: 1})
	}
	return g
}

func operatorID(i int) acd.OperatorID { return acd.OperatorID(fmt.Sprintf("op%d", i)) }
func groupID(i int) acd.GroupID       { return acd.GroupID(fmt.Sprintf("g%d", i)) }

// command draws what happens next.
func (h *History) command() acd.Command {
	i := h.random.IntN(6)
	id := operatorID(i)
	by := acd.Actor{Kind: acd.ByOperator, ID: string(id)}
	switch h.random.IntN(20) {
	case 0, 1:
		session := acd.SessionID(fmt.Sprintf("s%d", len(h.Events)))
		return acd.Login{Operator: id, Session: session, By: by}
	case 2:
		if h.random.IntN(3) > 0 {
			return acd.Tick{}
		}
		return acd.Logout{Operator: id, Reason: acd.LogoutManual, By: by}
	case 3:
		return acd.SetPresence{Operator: id, Presence: acd.Paused, PauseType: "lunch", By: by}
	case 4, 5:
		return acd.SetPresence{Operator: id, Presence: acd.Available, By: by}
	case 6, 7, 8, 9:
		return h.arrival(i)
	case 10:
		h.calls++
		return acd.Dial{Call: h.callID(), Operator: id, Number: "+33140000000", Group: groupID(h.random.IntN(3))}
	case 11, 12, 13:
		return h.answerOrFail()
	case 14, 15:
		return h.end()
	case 16:
		return h.onCall(id)
	case 17:
		return acd.FinishWrapUp{Operator: id, By: by}
	case 18:
		if h.random.IntN(8) == 0 {
			return acd.RemoveGroup{Group: groupID(1)}
		}
		return acd.ConfigureGroup{Config: h.group(1)}
	default:
		return acd.ConfigureOperator{Config: h.operator(i, fmt.Sprintf("Operator %d/%d", i, h.random.IntN(3)))}
	}
}

func (h *History) callID() acd.CallID { return acd.CallID(fmt.Sprintf("c%05d", h.calls)) }

func (h *History) arrival(i int) acd.Command {
	h.calls++
	to := acd.Destination{Kind: acd.ToGroup, Group: groupID(h.random.IntN(3))}
	if h.random.IntN(6) == 0 {
		to = acd.Destination{Kind: acd.ToOperator, Operator: operatorID(i)}
	}
	return acd.CallArrived{
		Call: h.callID(), Caller: fmt.Sprintf("+3361234%04d", h.random.IntN(10)), Called: "+33170200200",
		Service: "n1", Destination: to,
	}
}

func (h *History) answerOrFail() acd.Command {
	if len(h.legs) == 0 {
		return acd.Tick{}
	}
	n := h.random.IntN(len(h.legs))
	leg := h.legs[n]
	h.legs = append(h.legs[:n], h.legs[n+1:]...)
	if h.random.IntN(4) == 0 {
		return acd.LegFailed{Call: leg.Call, Leg: leg.Leg, Cause: acd.FailBusy, Status: 486}
	}
	h.up = append(h.up, leg)
	return leg
}

func (h *History) end() acd.Command {
	if len(h.up) == 0 {
		return acd.Tick{}
	}
	n := h.random.IntN(len(h.up))
	leg := h.up[n]
	h.up = append(h.up[:n], h.up[n+1:]...)
	return acd.LegEnded{Call: leg.Call, Leg: leg.Leg, Cause: acd.EndHungUp}
}

// onCall does something to the call an operator is in, or wraps up.
func (h *History) onCall(id acd.OperatorID) acd.Command {
	view, _ := h.State.Operator(id)
	switch h.random.IntN(4) {
	case 0:
		return acd.Hold{Call: view.Call, Operator: id}
	case 1:
		return acd.Resume{Call: view.Call, Operator: id}
	case 2:
		return acd.Tag{Call: view.Call, Operator: id, Tags: []string{"sale", "éà<>&"}}
	default:
		return acd.Note{Call: view.Call, Operator: id, Text: "note \u2028 \"x\""}
	}
}
