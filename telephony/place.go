package telephony

import (
	"slices"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony/sipua"
)

// callHeader carries the call's identifier to a phone.
const callHeader = "X-Bandeau-Call"

// placeLeg rings a phone or dials a number.
func (c *call) placeLeg(e acd.PlaceLeg) {
	if c.over.Load() {
		return // the switch closes; nobody is rung any more
	}
	l := &leg{call: c, id: e.Leg, state: legPlacing, operator: e.Operator != "" || e.User != "", who: e.Operator, place: e}
	c.legs[e.Leg] = l
	switch e.Phone.Kind {
	case acd.PhoneBrowser:
		l.ringBrowser()
	case acd.PhoneCentrex:
		l.ringContacts()
	case acd.PhoneExternal:
		if account, ok := c.sw.cfg.Directory.Extension(c.centre, e.Phone.Number); ok && !e.Emergency {
			l.place.Phone.Account = account
			l.ringContacts()
			return
		}
		l.trunks = c.sw.cfg.UA.TrunkOrder(c.centre)
		if !l.tryTrunk() {
			l.failed(failure{acd.FailUnreachable, 503})
		}
	case acd.PhoneNone:
		l.failed(failure{acd.FailUnreachable, 404})
	}
}

// ringContacts rings every contact of a Centrex phone at once.
func (l *leg) ringContacts() {
	account := string(l.place.Phone.Account)
	contacts := l.call.sw.cfg.UA.Contacts(account)
	contacts = contacts[:min(len(contacts), maxContacts)]
	header := []sipua.Header{{Name: callHeader, Value: string(l.call.id)}}
	for _, contact := range contacts {
		target := sipua.Target{Account: account, Contact: contact}
		l.dial("", l.call.preferred(), sipua.Outbound{
			Target: target, From: l.callerForPhone(), Header: header,
		})
	}
	if len(l.branches) == 0 {
		l.failed(failure{acd.FailUnreachable, 480})
	}
}

// callerForPhone is what an operator's phone shows: the caller's number, and the
// group's name where the phone shows a name.
func (l *leg) callerForPhone() sipua.Party {
	p := l.place.Present
	display := l.place.GroupName
	if display == "" {
		display = p.Name
	}
	if p.Anonymous || p.Number == "" {
		return sipua.Party{User: "anonymous", Display: display, Host: "anonymous.invalid"}
	}
	return sipua.Party{User: p.Number, Display: display}
}

// tryTrunk dials through the next trunk that has room. It returns false when
// there is none left.
func (l *leg) tryTrunk() bool {
	for len(l.trunks) > 0 {
		trunk := l.trunks[0]
		l.trunks = l.trunks[1:]
		record, ok := l.call.sw.cfg.Directory.Trunk(trunk)
		if !ok || !l.call.sw.take(trunk, l.place.Emergency) {
			continue
		}
		before := len(l.branches)
		l.dial(trunk, l.call.preferredOf(record.Codecs), l.outbound(trunk, record))
		if len(l.branches) > before {
			l.watch(l.branches[before])
			return true
		}
		l.call.sw.giveBack(trunk)
	}
	return false
}

// watch goes on to the next trunk when this one does not even say that it tries.
func (l *leg) watch(b *branch) {
	if len(l.trunks) == 0 {
		return
	}
	l.call.after(trunkPatience, func() {
		if l.state != legPlacing || b.over || b.dialog.Heard() || len(l.trunks) == 0 {
			return
		}
		silent := b.trunk
		if !l.tryTrunk() {
			return // none has room: this one may still answer
		}
		l.call.log.Warn("trunk silent, next one tried", "trunk", silent)
		b.hangUp(sipua.HangUpNormal)
	})
}

// outbound puts the identities of a call into the form a trunk wants.
func (l *leg) outbound(trunk string, record TrunkRecord) sipua.Outbound {
	form := func(number string) string { return l.call.sw.cfg.Directory.ForTrunk(trunk, number) }
	present := l.place.Present
	o := sipua.Outbound{
		Target: sipua.Target{Trunk: trunk, Number: form(l.place.Phone.Number)},
		From:   sipua.Party{User: form(present.Number), Display: present.Name},
	}
	if l.operator { // an operator's telephone; a called party has no use for it
		o.Header = []sipua.Header{{Name: callHeader, Value: string(l.call.id)}}
	}
	switch {
	case present.Anonymous:
		// The real number goes to the trunk alone (RFC 3325 §9.1).
		o.Privacy = true
		if present.Number != "" {
			o.AssertedIdentity = &sipua.Party{User: form(present.Number)}
		}
	case l.place.Service != "" && !record.ForwardCaller:
		// A carrier that takes no foreign numbers: the service number is ours.
		o.From = sipua.Party{User: form(l.place.Service)}
		if present.Number != "" {
			o.AssertedIdentity = &sipua.Party{User: form(present.Number)}
		}
	}
	if l.place.Emergency {
		o.Privacy = false
	}
	return o
}

// dial starts one branch. When it cannot have audio, nothing is sent.
func (l *leg) dial(trunk string, codecs []media.Codec, o sipua.Outbound) {
	ua := l.call.sw.cfg.UA
	b, err := l.newBranch(ua.LocalFor(o.Target), codecs)
	if err != nil {
		l.call.log.Error("leg not placed", "leg", int(l.id), "error", err)
		return
	}
	b.trunk = trunk
	o.SDP, o.Sink = b.offer(), b.sink
	b.ride(ua.Invite(o))
}

// preferred returns both codecs, first the one the call's other side uses, so
// that nothing has to be transcoded.
func (c *call) preferred() []media.Codec {
	return c.preferredOf([]media.Codec{media.PCMA, media.PCMU})
}

func (c *call) preferredOf(codecs []media.Codec) []media.Codec {
	first := c.legs[1]
	if first == nil || first.current == nil || !first.current.hasRemote {
		return codecs
	}
	used, ok := first.current.remote.Choose(first.current.codecs)
	if !ok || !slices.Contains(codecs, used) {
		return codecs
	}
	ordered := []media.Codec{used}
	for _, codec := range codecs {
		if codec != used {
			ordered = append(ordered, codec)
		}
	}
	return ordered
}
