package acdtest

import (
	"fmt"
	"slices"

	"bandeau/acd"
)

// Check looks at a state at rest, between two steps, and returns the first
// invariant it breaks.
func Check(c acd.Checkpoint) error {
	if offers := NextOffers(c); len(offers) > 0 {
		return fmt.Errorf("call %s waits while operator %s is free", offers[0].Call, offers[0].Operator)
	}
	calls := map[acd.CallID]acd.CallCheckpoint{}
	for _, call := range c.Calls {
		calls[call.ID] = call
		if err := checkPlace(c, call); err != nil {
			return err
		}
	}
	for _, o := range c.Operators {
		if err := checkOwner(c, o, calls); err != nil {
			return err
		}
	}
	for _, g := range c.Groups {
		waiting := uint64(0)
		for _, call := range c.Calls {
			if call.Queue == g.Config.ID {
				waiting++
			}
		}
		if g.Offered != g.Answered+g.Abandoned+g.Overflowed+waiting {
			return fmt.Errorf("group %s: %d offered, %d answered, %d abandoned, %d overflowed, %d waiting",
				g.Config.ID, g.Offered, g.Answered, g.Abandoned, g.Overflowed, waiting)
		}
	}
	return nil
}

// checkPlace holds every live call to exactly one place.
func checkPlace(c acd.Checkpoint, call acd.CallCheckpoint) error {
	offers, placed, targets := 0, 0, 0
	for _, l := range call.Legs {
		switch {
		case l.Role == acd.RoleOffer && l.State != acd.LegUp:
			offers++
		case l.Role == acd.RoleTarget && l.State != acd.LegUp:
			targets++
		case l.ID == call.Joined[0] || l.ID == call.Joined[1]:
		case l.Role == acd.RoleForwarded || l.Role == acd.RoleOwnPhone || l.Role == acd.RoleCalled:
			placed++
		}
	}
	queued, sided := call.Queue != "", len(call.Side) > 0
	ok := false
	switch call.State {
	case acd.CallQueued:
		ok = queued && offers == 0 && placed == 0 && !sided
	case acd.CallRinging:
		ok = offers > 0 && offers <= ringTogether(c, call) && placed == 0 || !queued && offers == 0 && placed == 1
		if sided { // its operator has left it to the target
			ok = !queued && offers+targets == 1 && placed == 0 && !call.Side[0].Up
		}
	case acd.CallDialing:
		ok = !queued && offers == 0 && placed > 0 && call.Direction == acd.Outbound
	case acd.CallTalking, acd.CallHeld:
		ok = !queued && placed == 0 && call.AnsweredAt != 0 && sideKept(call, offers+targets) &&
			legOf(call, call.Joined[0]).State == acd.LegUp && legOf(call, call.Joined[1]).State == acd.LegUp
	case acd.CallWrapUp:
		ok = !queued && len(call.Legs) == 0 && call.EndedAt != 0
	case acd.CallOver:
		return fmt.Errorf("call %s is over and still there", call.ID)
	}
	if !ok {
		return fmt.Errorf("call %s is in state %d with queue %q and legs %v", call.ID, call.State, call.Queue, call.Legs)
	}
	for _, o := range call.Observers {
		if l := legOf(call, o.Leg); l.Role != acd.RoleObserver || (l.State == acd.LegUp) != o.Up {
			return fmt.Errorf("call %s has the supervisor %+v on leg %+v", call.ID, o, l)
		}
		owner := o.Operator == call.Operator && call.Joined[0] != 0
		target := sided && o.Operator == call.Side[0].Operator && call.Side[0].Up
		if !owner && !target {
			return fmt.Errorf("call %s has the supervisor %+v, whose operator is not there", call.ID, o)
		}
	}
	if call.NoticeUntil != 0 && offers > 0 || call.NoticeUntil != 0 && len(call.Legs) == 0 {
		return fmt.Errorf("call %s hears the notice in state %d with legs %v", call.ID, call.State, call.Legs)
	}
	if queued && !slices.ContainsFunc(c.Groups, func(g acd.GroupCheckpoint) bool { return g.Config.ID == call.Queue }) {
		return fmt.Errorf("call %s waits in group %s, which is gone", call.ID, call.Queue)
	}
	return nil
}

// sideKept holds the second conversation of a call that is answered to its leg.
// rings is how many phones ring.
func sideKept(call acd.CallCheckpoint, rings int) bool {
	if len(call.Side) == 0 {
		return rings == 0 && len(call.Legs) == 2+len(call.Observers)
	}
	side := call.Side[0]
	l := legOf(call, side.Leg)
	up := l.State == acd.LegUp
	return l.ID != 0 && up == side.Up && (rings == 0) == up && len(call.Legs) == 3+len(call.Observers) &&
		(up || side.Kind == acd.SideTransfer || side.Kind == acd.SideConsult) && side.By == call.Operator
}

// ringTogether is how many phones may ring for a call at once. A group that has
// ceased to ring everyone finishes what it began.
func ringTogether(c acd.Checkpoint, call acd.CallCheckpoint) int {
	if slices.ContainsFunc(c.Groups, func(g acd.GroupCheckpoint) bool { return g.Config.ID == call.Queue }) {
		return 10
	}
	return 1
}

// checkOwner holds every operator to at most one offer or live leg, and his
// activity to what he owns.
func checkOwner(c acd.Checkpoint, o acd.OperatorCheckpoint, calls map[acd.CallID]acd.CallCheckpoint) error {
	id := o.Config.ID
	var own []acd.CallID
	for _, call := range c.Calls {
		for _, l := range call.Legs {
			if l.Operator == id {
				own = append(own, call.ID)
			}
		}
	}
	call, known := calls[o.Call]
	owner := call.Operator == id
	target := len(call.Side) > 0 && call.Side[0].Operator == id && (!owner || call.Joined[0] == 0)
	ok := false
	switch o.Activity {
	case acd.Idle:
		ok = len(own) == 0 && o.Call == "" && o.Group == "" && o.Pending == (acd.Pending{})
	case acd.WrappingUp:
		ok = len(own) == 0 && known && (call.State == acd.CallWrapUp || !owner) && o.WrapUpUntil != 0
	case acd.Ringing:
		ok = call.State == acd.CallRinging || target && !call.Side[0].Up
	case acd.Dialing:
		ok = call.State == acd.CallDialing && owner
	case acd.Talking:
		consults := owner && len(call.Side) > 0 && call.Side[0].Kind != acd.SideTransfer
		ok = call.State == acd.CallTalking && owner || consults || target && call.Side[0].Up
	case acd.Held:
		ok = call.State == acd.CallHeld && owner
	}
	if o.Activity != acd.Idle && o.Activity != acd.WrappingUp {
		ok = ok && len(own) == 1 && own[0] == o.Call
	}
	switch {
	case !ok:
		return fmt.Errorf("operator %s has activity %d, call %q in state %d, and legs in %v", id, o.Activity, o.Call, call.State, own)
	case (o.LoggedInAt == 0) != (o.Presence == acd.LoggedOut):
		return fmt.Errorf("operator %s has presence %d, logged in at %d", id, o.Presence, o.LoggedInAt)
	case o.LoggedInAt == 0 && (o.Activity != acd.Idle || o.IgnoredUntil != 0 || o.Phone != acd.Phone{}):
		return fmt.Errorf("operator %s is logged out and has activity %d", id, o.Activity)
	case o.Removed && o.LoggedInAt == 0:
		return fmt.Errorf("operator %s is removed and still there", id)
	case (o.Removed || !o.Config.Enabled) && o.LoggedInAt != 0 && o.Pending.Reason == 0:
		return fmt.Errorf("operator %s is disabled and stays logged in", id)
	case (o.WrapUpUntil != 0) != (o.Activity == acd.WrappingUp):
		return fmt.Errorf("operator %s ends wrap-up at %d in activity %d", id, o.WrapUpUntil, o.Activity)
	}
	return nil
}

// checkViews compares what the floor shows with what is there.
func checkViews(s *acd.State, c acd.Checkpoint) error {
	for _, g := range c.Groups {
		v, _ := s.Group(g.Config.ID)
		var want acd.GroupView
		for _, call := range c.Calls {
			if call.Queue != g.Config.ID {
				continue
			}
			want.Waiting++
			if want.OldestArrival == 0 || call.ArrivedAt < want.OldestArrival {
				want.OldestArrival = call.ArrivedAt
			}
		}
		for _, o := range c.Operators {
			member := slices.ContainsFunc(g.Config.Members, func(m acd.Member) bool { return m.Operator == o.Config.ID })
			if !member || o.LoggedInAt == 0 {
				continue
			}
			want.LoggedIn++
			switch {
			case o.Activity == acd.WrappingUp:
				want.WrapUp++
			case o.Activity != acd.Idle:
				want.InCall++
			case o.Presence == acd.Paused:
				want.Paused++
			case !slices.Contains(g.Suspended, o.Config.ID):
				want.Available++
			}
		}
		want.ID, want.Name = g.Config.ID, g.Config.Name
		want.Offered, want.Answered, want.Abandoned, want.Overflowed = g.Offered, g.Answered, g.Abandoned, g.Overflowed
		want.Closed, want.HoursCause, want.EstimatedWait = g.Closed, g.HoursCause, -1
		if len(g.Hours) > 0 {
			want.HoursChangeAt = g.Hours[0].At
		}
		if seconds, known := s.EstimateWait(g.Config.ID, want.Waiting+1); known {
			want.EstimatedWait = seconds
		}
		if v != want {
			return fmt.Errorf("group %s is shown as %+v and is %+v", g.Config.ID, v, want)
		}
		if (g.Config.OverflowWhenNobody || g.Closed) && want.LoggedIn == 0 {
			for _, call := range c.Calls {
				if call.Queue == g.Config.ID && call.State == acd.CallQueued {
					return fmt.Errorf("call %s waits in group %s, where nobody is logged in", call.ID, g.Config.ID)
				}
			}
		}
	}
	return nil
}
