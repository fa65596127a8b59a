package demo

import (
	"math/rand/v2"
	"time"
)

// What a colleague does with a ringing telephone.
type pickUp int

const (
	answers pickUp = iota
	letsItRing
	refuses
)

// conversation is how a colleague takes one call.
type conversation struct {
	pickUp   pickUp
	after    time.Duration // until he answers or refuses
	talk     time.Duration // after which he hangs up, when the caller has not
	hangsUp  bool          // whether he means to be the first
	tag      string        // what he qualifies it with; may be empty
	note     string        // may be empty
	patience time.Duration // after which he hangs up in any case
}

// takeCall decides how a colleague takes a call.
func takeCall(r *rand.Rand) conversation {
	c := conversation{
		after: between(r, 2*time.Second, 8*time.Second), talk: between(r, 20*time.Second, 90*time.Second),
		hangsUp: r.Float64() < 0.35, patience: 2 * time.Minute,
	}
	switch x := r.Float64(); {
	case x < 0.04:
		c.pickUp = letsItRing
	case x < 0.07:
		c.pickUp = refuses
	}
	if r.Float64() < 0.6 {
		c.tag = pick(r, "Devis", "Réclamation", "Facture", "Livraison", "Panne", "Rendez-vous", "Information")
	}
	if c.tag != "" && r.Float64() < 0.4 {
		c.note = pick(r, "Rappeler demain matin.", "Attend la confirmation par courriel.", "Dossier transmis au service concerné.",
			"Client satisfait.", "Échange du matériel demandé.", "Vérifier l’adresse de livraison.")
	}
	return c
}

// deed is something a colleague does at his banner.
type deed int

const (
	nothing deed = iota
	goOnPause
	comeBack
	finishWrapUp
	extendWrapUp
	dialOut
)

// standing is how an operator stands, as his banner shows it.
type standing struct {
	Presence, Activity string
}

// agenda is what a colleague means to do, and when. How he stands decides about
// one deed; every few minutes he feels like something of his own, the urge.
type agenda struct {
	dice    *rand.Rand
	stands  standing
	deed    deed
	at      time.Time
	urge    deed
	leisure time.Time
}

// newAgenda begins a shift.
func newAgenda(r *rand.Rand, now time.Time) *agenda {
	a := &agenda{dice: r}
	a.feelLike(now, 20*time.Second, 4*time.Minute)
	return a
}

// feelLike draws the next urge.
func (a *agenda) feelLike(now time.Time, least, most time.Duration) {
	a.urge, a.leisure = goOnPause, now.Add(between(a.dice, least, most))
	if a.dice.Float64() < 0.35 {
		a.urge = dialOut
	}
}

// turn takes note of how he stands. What he meant to do stays, as long as
// nothing has changed.
func (a *agenda) turn(s standing, now time.Time) {
	if s == a.stands {
		return
	}
	a.stands, a.deed = s, nothing
	switch {
	case s.Activity == "wrap_up":
		switch x := a.dice.Float64(); {
		case x < 0.45:
			a.plan(finishWrapUp, now, 2*time.Second, 9*time.Second)
		case x < 0.55:
			a.plan(extendWrapUp, now, 5*time.Second, 8*time.Second)
		}
	case s.Presence == "paused" && s.Activity == "idle":
		a.plan(comeBack, now, 15*time.Second, 70*time.Second)
	}
}

func (a *agenda) plan(d deed, now time.Time, least, most time.Duration) {
	a.deed, a.at = d, now.Add(between(a.dice, least, most))
}

// next is when there may be something to do.
func (a *agenda) next() time.Time {
	if a.deed != nothing && a.at.Before(a.leisure) {
		return a.at
	}
	return a.leisure
}

// due takes what is to be done now off the agenda.
func (a *agenda) due(now time.Time) deed {
	if a.deed != nothing && !now.Before(a.at) {
		d := a.deed
		a.deed = nothing
		return d
	}
	if now.Before(a.leisure) {
		return nothing
	}
	// A pause that is asked for in a call begins after it; a call of his own ends
	// wrap-up.
	free := a.stands.Activity == "idle" || a.stands.Activity == "wrap_up"
	if a.stands.Presence != "available" || a.urge == dialOut && !free {
		a.leisure = now.Add(between(a.dice, 5*time.Second, 15*time.Second))
		return nothing
	}
	d := a.urge
	a.feelLike(now, 90*time.Second, 6*time.Minute)
	return d
}

// again plans a deed that failed once more.
func (a *agenda) again(d deed, now time.Time) {
	if a.deed == nothing {
		a.plan(d, now, 3*time.Second, 6*time.Second)
	}
}

// outside is what a subscriber somewhere does with a call: by the last digits
// of his number, so that it can be foretold.
type outside int

const (
	picksUp outside = iota
	isBusy
	isAway
	isUnknown
)

// subscriber is who is reached under a number.
func subscriber(number string) outside {
	if len(number) < 8 {
		return picksUp // a short code: somebody is always there
	}
	switch number[len(number)-2:] {
	case "00":
		return isBusy
	case "99":
		return isAway
	case "98":
		return isUnknown
	}
	return picksUp
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }
