package api

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"

	"bandeau/acd"
)

// maxPickUps bounds the calls an operator is shown to take, the oldest first: he
// takes one, and nobody reads a list while a phone rings.
const maxPickUps = 5

// PickUpCall is a call that an operator may take.
type PickUpCall struct {
	ID         string  `json:"id"`
	Group      string  `json:"group"`
	State      string  `json:"state" enum:"queued,ringing"`
	Caller     *string `json:"caller" doc:"Null when withheld."`
	CallerName *string `json:"callerName"`
	ArrivedAt  Time    `json:"arrivedAt"`
	RingsAt    *Person `json:"ringsAt" doc:"The colleague whose phone rings for it; null while it waits."`
}

func (s *Server) pickUpRoutes() {
	add(s, route{
		id: "get-pick-ups", method: http.MethodGet, path: "/me/pick-ups", tag: tagMe, summary: "The calls I may take, the oldest first",
		about: "Those that ring at a colleague, or wait, in a group of his that allows it: five at most, and none while he " +
			"could take none. Those that wait are left out where he is not shown how many do (OP-07). `pickUps` of /me is the same.",
	}, s.pickUps)
	add(s, route{
		id: "pickup-call", method: http.MethodPost, path: "/me/calls/{id}/pickup", tag: tagMe, summary: "Take a call",
		about: "One that waits, or rings at a colleague, in a group of his that allows it. His phone rings; his browser is connected at once. " +
			"404 or `wrong_state` where somebody else was faster.",
		errors: []int{http.StatusConflict},
	}, s.pickUp)
}

// pickUp: a call of a group that is not his is as unknown as none.
func (s *Server) pickUp(ctx context.Context, in *Identified) (*bodyOutput[LiveCall], error) {
	r := from(ctx)
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	me, _ := floor.Operator(r.who.operator())
	call, ok := floor.Call(acd.CallID(in.ID))
	if !ok || !slices.Contains(me.Groups, call.Group) {
		return nil, ErrNotFound
	}
	if err := floor.Do(ctx, acd.PickUp{Call: call.ID, Operator: me.ID}); err != nil {
		return nil, err
	}
	// He has said that he wants it: a browser needs no second word.
	if view, _ := floor.Call(call.ID); me.Phone.Kind == acd.PhoneBrowser && me.Browser {
		if err := s.cfg.Calls.Answer(ctx, r.who.centre, call.ID, view.For(me.ID).OperatorLeg); err != nil {
			s.cfg.Log.WarnContext(ctx, "picked up and not answered", "call", string(call.ID), "error", err) // it rings
		}
	}
	return s.myCall(ctx, r, floor, call.ID, false)
}

func (s *Server) pickUps(ctx context.Context, _ *struct{}) (*listOutput[PickUpCall], error) {
	r := from(ctx)
	k, err := s.knownOf(ctx, r.who)
	if err != nil {
		return nil, err
	}
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	return &listOutput[PickUpCall]{Body: List[PickUpCall]{Items: pickUpsNow(k, floor)}}, nil
}

// pickUpGroups are the groups of an operator whose calls he may take.
func pickUpGroups(k known, floor Floor) map[acd.GroupID]bool {
	groups := map[acd.GroupID]bool{}
	me, _ := floor.Operator(k.who.operator())
	for _, id := range me.Groups {
		if k.groups[id].PickUp && !slices.Contains(me.Suspended, id) {
			groups[id] = true
		}
	}
	return groups
}

// openCalls are the calls of some groups that their members could take, with their
// arrival. A stream follows them, for the floor's calls are too many to look
// through at each change.
type openCalls struct {
	of      map[acd.GroupID]bool
	arrived map[acd.CallID]acd.Instant
}

// begin takes up the groups and the calls that are there.
func (o *openCalls) begin(of map[acd.GroupID]bool, calls []acd.CallView) {
	o.of, o.arrived = of, map[acd.CallID]acd.Instant{}
	o.learn(Rows{Calls: calls})
}

// learn follows what has changed. It reports whether that is of the groups.
func (o *openCalls) learn(rows Rows) bool {
	if len(o.of) == 0 {
		return false
	}
	before, news := len(o.arrived), false
	for _, c := range rows.Calls {
		if c.Pickable && o.of[c.Group] {
			o.arrived[c.ID], news = c.ArrivedAt, true
		} else {
			delete(o.arrived, c.ID)
		}
	}
	for _, id := range rows.RemovedCalls {
		delete(o.arrived, id)
	}
	return news || len(o.arrived) < before
}

// pickUpsNow are the calls an operator may take now.
func pickUpsNow(k known, floor Floor) []PickUpCall {
	var open openCalls
	if of := pickUpGroups(k, floor); len(of) > 0 {
		open.begin(of, floor.Snapshot().Calls)
	}
	return open.forMe(k, floor)
}

// forMe are those of the calls that an operator may take now, the oldest first.
func (o *openCalls) forMe(k known, floor Floor) []PickUpCall {
	list := []PickUpCall{}
	me, _ := floor.Operator(k.who.operator())
	if len(o.arrived) == 0 || !takesCalls(k, me) {
		return list
	}
	ids := slices.SortedFunc(maps.Keys(o.arrived), func(a, b acd.CallID) int {
		return cmp.Or(cmp.Compare(o.arrived[a], o.arrived[b]), cmp.Compare(a, b))
	})
	for _, id := range ids {
		c, ok := floor.Call(id)
		if !ok || !c.Pickable || c.State != acd.CallRinging && !k.record.ShowWaiting {
			continue
		}
		item := PickUpCall{
			ID: string(c.ID), Group: string(c.Group), State: callStateWord(c.State), Caller: orNull(c.Caller),
			CallerName: orNull(c.CallerName), ArrivedAt: Time{c.ArrivedAt.Time()},
		}
		if c.State == acd.CallRinging {
			at, _ := floor.Operator(c.Operator)
			item.RingsAt = &Person{ID: string(c.Operator), Name: at.Name}
		}
		if list = append(list, item); len(list) == maxPickUps {
			break
		}
	}
	return list
}

// takesCalls reports whether an operator could take a call of his own accord, as the
// core would say.
func takesCalls(k known, me acd.OperatorView) bool {
	here := me.Presence == acd.Available || me.Presence == acd.Paused && k.record.AlwaysConnected
	return here && (me.Activity == acd.Idle || me.Activity == acd.WrappingUp) && me.PhoneState == acd.PhoneReachable
}
