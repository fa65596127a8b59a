package acdtest

import (
	"errors"
	"fmt"

	"bandeau/acd"
)

// mostExits is how often a call is sent on before it is hung up.
const mostExits = 5

// ranks is what the facts say of what operators are ranked by and groups remember:
// it is counted here a second time, from the manual.
type ranks struct {
	last  map[acd.GroupID]acd.OperatorID // whom a call of the group was offered last
	today map[acd.OperatorID]*answers
	began acd.Instant
}

// answers are the calls of groups an operator answered in the centre's day.
type answers struct {
	n    int
	last acd.Instant
}

func newRanks() *ranks {
	return &ranks{last: map[acd.GroupID]acd.OperatorID{}, today: map[acd.OperatorID]*answers{}}
}

func (r *ranks) observe(at acd.Instant, e acd.Event, before *acd.State) error {
	switch e := e.(type) { //nolint:gochecksumtype // the others change no rank
	case acd.OfferMade:
		if e.Group != "" {
			r.last[e.Group] = e.Operator
		}
	case acd.GroupRemoved:
		delete(r.last, e.Group)
	case acd.Connected:
		if callOf(before, e.Call).Direction == acd.Inbound && e.Group != "" {
			if r.today[e.Operator] == nil {
				r.today[e.Operator] = &answers{}
			}
			r.today[e.Operator].n++
			r.today[e.Operator].last = at
		}
	case acd.DayBegan:
		r.begin(e.From)
	case acd.DaysSet:
		if e.Began > r.began {
			r.begin(e.Began)
		}
		r.began = e.Began
	case acd.Overflowed:
		if e.Count > mostExits {
			return errors.New("sent on too often")
		}
	}
	return nil
}

func (r *ranks) begin(from acd.Instant) {
	r.began = from
	for _, a := range r.today {
		if a.last < from {
			a.n = 0
		}
	}
}

// compare holds the state to it.
func (r *ranks) compare(cp acd.Checkpoint) error {
	there := map[acd.OperatorID]bool{}
	for _, o := range cp.Operators {
		id, want := o.Config.ID, 0
		there[id] = true
		if a := r.today[id]; a != nil {
			want = a.n
		}
		if o.Answered != want {
			return fmt.Errorf("operator %s has answered %d calls today, not %d", id, want, o.Answered)
		}
	}
	for id := range r.today {
		if !there[id] {
			delete(r.today, id) // another of this name begins anew
		}
	}
	for _, g := range cp.Groups {
		if g.Last != r.last[g.Config.ID] {
			return fmt.Errorf("group %s offered its last call to %q, not %q", g.Config.ID, r.last[g.Config.ID], g.Last)
		}
	}
	return nil
}

func givenBack(cp acd.Checkpoint, made acd.OfferMade) bool {
	for _, c := range cp.Calls {
		if c.ID == made.Call && len(c.Side) > 0 && c.Side[0].Kind == acd.SideReturn {
			return true
		}
	}
	return false
}

// mayRing holds any offer, also one to the operator himself, to who can be rung:
// he is there, does nothing else, and his phone can be reached. Only OP-16 does not
// hide him from calls of his own.
func mayRing(cp acd.Checkpoint, made acd.OfferMade) error {
	for _, o := range cp.Operators {
		if o.Config.ID != made.Operator {
			continue
		}
		phone := o.Phone
		if phone.Kind == acd.PhoneBrowser && !o.Browser {
			phone = acd.Phone{Kind: acd.PhoneExternal, Number: phone.Fallback, Confirm: phone.Confirm}
		}
		if made.Phone != phone {
			return fmt.Errorf("rings %+v, not %+v", made.Phone, phone)
		}
		if made.Group == "" {
			o.IgnoredUntil = 0
			// A disabled operator takes his own calls to the end of his session.
			o.Config.Enabled, o.Removed = true, false
		}
		if givenBack(cp, made) { // a transfer of his has failed: also while he is paused
			o.Presence = acd.Available
		}
		if Eligible(cp, o) {
			return nil
		}
	}
	return errors.New("rings somebody who can not be rung")
}
