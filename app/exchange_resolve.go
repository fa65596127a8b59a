package app

import (
	"cmp"
	"fmt"
	"strings"

	"bandeau/directory"
)

func pauseTypeKind(centre directory.Centre) kindOf[directory.PauseType, docPauseType] {
	return kindOf[directory.PauseType, docPauseType]{
		section: "pauseTypes", keyField: "names", repeats: true,
		document: documentOfPauseType,
		key:      func(d docPauseType) string { return pauseTypeKey(directory.Names(d.Names)) },
		fresh: func() directory.PauseType {
			return directory.PauseType{Meta: directory.Meta{Centre: centre.ID}, Colour: "#475569"}
		},
		meta: func(p *directory.PauseType) *directory.Meta { return &p.Meta },
	}
}

func phoneKind(centre directory.Centre) kindOf[directory.Phone, docPhone] {
	return kindOf[directory.Phone, docPhone]{
		section: "phones", keyField: "username",
		document: documentOfPhone,
		key:      func(d docPhone) string { return strings.ToLower(strings.TrimSpace(d.Username)) },
		fresh:    func() directory.Phone { return directory.NewPhone(centre) },
		meta:     func(p *directory.Phone) *directory.Meta { return &p.Meta },
	}
}

func operatorKind(centre directory.Centre, n names) kindOf[directory.Operator, docOperator] {
	return kindOf[directory.Operator, docOperator]{
		section: "operators", keyField: "login",
		document: n.documentOfOperator,
		key:      func(d docOperator) string { return strings.ToLower(strings.TrimSpace(d.Login)) },
		fresh:    func() directory.Operator { return directory.NewOperator(centre) },
		meta:     func(o *directory.Operator) *directory.Meta { return &o.Meta },
	}
}

func groupKind(centre directory.Centre, n names) kindOf[directory.Group, docGroup] {
	return kindOf[directory.Group, docGroup]{
		section: "groups", keyField: "name",
		document: n.documentOfGroup,
		key:      func(d docGroup) string { return strings.TrimSpace(d.Name) },
		fresh:    func() directory.Group { return directory.NewGroup(centre) },
		meta:     func(g *directory.Group) *directory.Meta { return &g.Meta },
	}
}

func numberKind(centre directory.Centre, n names) kindOf[directory.Number, docNumber] {
	return kindOf[directory.Number, docNumber]{
		section: "numbers", keyField: "number",
		document: n.documentOfNumber,
		key: func(d docNumber) string {
			if number, err := directory.ParseNumber(d.Number, centre.DialCountry); err == nil {
				return number
			}
			return strings.TrimSpace(d.Number)
		},
		fresh: func() directory.Number { return directory.NewNumber(centre) },
		meta:  func(s *directory.Number) *directory.Meta { return &s.Meta },
	}
}

func trunkKind(centre directory.Centre) kindOf[directory.Trunk, docTrunk] {
	return kindOf[directory.Trunk, docTrunk]{
		section: "trunks", keyField: "name",
		document: documentOfTrunk,
		key:      func(d docTrunk) string { return strings.TrimSpace(d.Name) },
		fresh:    func() directory.Trunk { return directory.NewTrunk(centre) },
		meta:     func(t *directory.Trunk) *directory.Meta { return &t.Meta },
	}
}

func userKind(centre directory.Centre, n names) kindOf[directory.User, docUser] {
	return kindOf[directory.User, docUser]{
		section: "users", keyField: "login",
		document: n.documentOfUser,
		key:      func(d docUser) string { return strings.ToLower(strings.TrimSpace(d.Login)) },
		fresh:    func() directory.User { return directory.NewUser(centre) },
		meta:     func(u *directory.User) *directory.Meta { return &u.Meta },
	}
}

// resolve turns the document's entries into records: names become identifiers.
func (p *planner) resolve() {
	p.unresolved = map[string]bool{}
	p.phoneIDs = idsOf(p.phones, phoneKind(p.centre))
	p.operatorIDs = idsOf(p.operators, operatorKind(p.centre, names{}))
	p.groupIDs = idsOf(p.groups, groupKind(p.centre, names{}))
	p.soundIDs = map[string]directory.ID{}
	for _, s := range p.current.sounds {
		p.soundIDs[s.Name] = s.ID
	}
	for i := range p.pauseTypes.listed {
		item := &p.pauseTypes.listed[i]
		item.record = item.doc.record(item.record)
	}
	p.moveLoginPause()
	for i := range p.phones.listed {
		item := &p.phones.listed[i]
		item.record.Username, item.record.Label = item.doc.Username, item.doc.Label
		item.record.Number = required(item.doc.Number)
	}
	for i := range p.operators.listed {
		item := &p.operators.listed[i]
		item.record = p.operator(item.path, item.doc, item.record)
	}
	for i := range p.groups.listed {
		item := &p.groups.listed[i]
		item.record = p.group(item.path, item.doc, item.record)
	}
	for i := range p.numbers.listed {
		item := &p.numbers.listed[i]
		item.record = p.number(item.path, item.doc, item.record)
	}
	for i := range p.trunks.listed {
		item := &p.trunks.listed[i]
		item.record = item.doc.record(item.record)
	}
	for i := range p.users.listed {
		item := &p.users.listed[i]
		item.record = p.user(item.path, item.doc, item.record)
	}
	// The first number of a centre becomes its main number, unless the document
	// says otherwise.
	if _, said := p.lines["centre.mainNumber"]; !said && p.centre.MainNumber == "" && len(p.numbers.listed) > 0 &&
		len(p.current.numbers) == 0 {
		p.centre.MainNumber = p.numbers.listed[0].key
	}
}

// idsOf returns the identifiers of the records that will be there, by key.
func idsOf[R, D any](e entries[R, D], k kindOf[R, D]) map[string]directory.ID {
	ids := map[string]directory.ID{}
	for _, record := range e.unlisted {
		ids[k.key(k.document(record))] = k.meta(&record).ID
	}
	for _, item := range e.listed {
		ids[item.key] = k.meta(&item.record).ID
	}
	return ids
}

// moveLoginPause takes the mark from a pause type the document does not list,
// as storing another with the mark does.
func (p *planner) moveLoginPause() {
	marked := ""
	for _, item := range p.pauseTypes.listed {
		switch {
		case !item.record.Login:
		case marked != "":
			p.problem(item.path+".login", "must be true on one pause type only, and is on %s", marked)
		default:
			marked = item.path
		}
	}
	if marked == "" {
		return
	}
	unlisted := make([]directory.PauseType, len(p.pauseTypes.unlisted))
	for i, record := range p.pauseTypes.unlisted {
		record.Login = false
		unlisted[i] = record
	}
	p.pauseTypes.unlisted = unlisted
}

// reference returns the identifier of a name.
func (p *planner) reference(ids map[string]directory.ID, name, path, kind string) directory.ID {
	id, ok := ids[name]
	switch {
	case ok:
		return id
	case name == "":
		p.problem(path, "must name the %s", kind)
	default:
		p.problem(path, "no %s is called %q", kind, name)
	}
	p.unresolved[path] = true
	return ""
}

func (d docCentre) record(c directory.Centre) directory.Centre {
	c.Name, c.Language, c.TimeZone = d.Name, directory.Language(d.Language), d.TimeZone
	c.DialCountry, c.MainNumber, c.RecordingNotice = d.DialCountry, required(d.MainNumber), d.RecordingNotice
	c.ShowListening = d.ShowListening
	return c.Normalize(nil)
}

func (d docPauseType) record(p directory.PauseType) directory.PauseType {
	p.Names, p.Colour, p.Order, p.MaxMinutes = directory.Names(d.Names), d.Colour, d.Order, d.MaxMinutes
	p.Productive, p.Login = d.Productive, d.Login
	return p
}

func (d docTrunk) record(t directory.Trunk) directory.Trunk {
	t.Name, t.Host, t.Port, t.Transport = d.Name, d.Host, d.Port, directory.Transport(d.Transport)
	t.Sources, t.Username, t.Digest = d.Sources, d.Username, directory.DigestAlgorithm(d.Digest)
	t.Register, t.MaxCalls, t.Priority = d.Register, d.MaxCalls, d.Priority
	t.Codecs, t.KeepaliveSeconds = words[directory.Codec](d.Codecs), d.KeepaliveSeconds
	t.Format, t.ForwardCaller, t.Enabled = directory.NumberFormat(d.Format), d.ForwardCaller, d.Enabled
	return t
}

func (p *planner) operator(path string, d docOperator, o directory.Operator) directory.Operator {
	o.Login, o.FullName, o.Email, o.Enabled = d.Login, d.FullName, d.Email, d.Enabled
	o.Language = directory.Language(d.Language)
	o.CallerID = directory.CallerID{Mode: directory.CallerIDMode(d.CallerID.Mode), Number: required(d.CallerID.Number)}
	o.DirectNumber = required(d.DirectNumber)
	o.ScreenPop = directory.ScreenPop{
		Window:      directory.ScreenPopWindow(d.ScreenPop.Window),
		IncomingURL: d.ScreenPop.IncomingURL, OutgoingURL: d.ScreenPop.OutgoingURL,
	}
	o.ShowWaiting, o.ShowNumbersInHistory = d.ShowWaiting, d.ShowNumbersInHistory
	o.AlwaysConnected, o.Record, o.AskPhoneAtLogin = d.AlwaysConnected, d.Record, d.AskPhoneAtLogin
	o.WrapUpSeconds, o.RingSeconds, o.RetrySeconds = d.WrapUpSeconds, d.RingSeconds, d.RetrySeconds
	o.IdleLogoutMinutes, o.MissedLogoutCount = d.IdleLogoutMinutes, d.MissedLogoutCount
	o.SilenceLogout, o.AllowOutgoing, o.AllowPhoneChange = d.SilenceLogout, d.AllowOutgoing, d.AllowPhoneChange
	o.LogoutAt, o.PersistentSession, o.PauseAtLogin = required(d.LogoutAt), d.PersistentSession, d.PauseAtLogin
	o.DialCountry = d.DialCountry
	o.Phone = directory.PhoneChoice{}
	if d.Phone != nil {
		o.Phone = directory.PhoneChoice{
			Kind: directory.PhoneKind(d.Phone.Kind), Number: d.Phone.Number, Fallback: d.Phone.Fallback, Confirm: d.Phone.Confirm,
		}
		if o.Phone.Kind == directory.PhoneCentrex {
			o.Phone.Account = p.reference(p.phoneIDs, strings.ToLower(d.Phone.Account), path+".phone.account", "phone")
		}
	}
	return o
}

func (p *planner) group(path string, d docGroup, g directory.Group) directory.Group {
	g.Name, g.Colour, g.Strategy, g.Priority = d.Name, d.Colour, directory.Strategy(d.Strategy), d.Priority
	g.WrapUpSeconds, g.OutgoingNumber, g.TransferNumber = d.WrapUpSeconds, required(d.OutgoingNumber), required(d.TransferNumber)
	g.Record = directory.GroupRecord(d.Record)
	g.OperatorMayStopRecording, g.OperatorMayKeepRecording = d.OperatorMayStopRecording, d.OperatorMayKeepRecording
	g.PickUp = d.PickUp
	g.MaxWaiting, g.MaxWaitSeconds = d.MaxWaiting, d.MaxWaitSeconds
	g.Overflow = p.destination(path+".overflow", d.Overflow)
	g.WhenNobody, g.ServiceLevel = directory.WhenNobody(d.WhenNobody), directory.ServiceLevel(d.ServiceLevel)
	g.HoldMusic = p.sound(path+".holdMusic", d.HoldMusic)
	g.Announcements = p.announcements(path+".announcements", d.Announcements)
	g.Hours = p.hours(path+".openingHours", d.OpeningHours)
	g.Members = make([]directory.Member, len(d.Members))
	for i, m := range d.Members {
		at := fmt.Sprintf("%s.members[%d].operator", path, i)
		member := directory.NewMember(p.reference(p.operatorIDs, strings.ToLower(m.Operator), at, "operator"), i)
		if m.Order != nil {
			member.Order = *m.Order
		}
		if m.Level != nil {
			member.Level = *m.Level
		}
		member.Suspended = m.Suspended
		g.Members[i] = member
	}
	return g
}

func (p *planner) number(path string, d docNumber, s directory.Number) directory.Number {
	s.Number, s.Label, s.Record, s.Answer = d.Number, d.Label, d.Record, directory.Answer(d.Answer)
	s.Destination = p.destination(path+".destination", d.Destination)
	s.Overflow = directory.Destination{}
	if d.Overflow != nil {
		s.Overflow = p.destination(path+".overflow", *d.Overflow)
	}
	s.Hours = p.hours(path+".openingHours", d.OpeningHours)
	return s
}

func (p *planner) user(path string, d docUser, u directory.User) directory.User {
	u.Login, u.Name, u.Email = d.Login, cmp.Or(d.Name, d.Login), d.Email
	u.Language, u.Role, u.Rights = directory.Language(d.Language), directory.Role(d.Role), directory.Rights(d.Rights)
	u.Groups = nil
	if d.Groups != nil {
		u.Groups = make([]directory.ID, len(*d.Groups))
		for i, name := range *d.Groups {
			u.Groups[i] = p.reference(p.groupIDs, name, fmt.Sprintf("%s.groups[%d]", path, i), "group")
		}
	}
	return u
}

func (p *planner) destination(path string, d docDestination) directory.Destination {
	out := directory.Destination{Type: directory.DestinationType(d.Type), Number: d.Number}
	switch out.Type {
	case directory.ToGroup:
		out.ID = p.reference(p.groupIDs, d.Group, path+".group", "group")
	case directory.ToOperator:
		out.ID = p.reference(p.operatorIDs, strings.ToLower(d.Operator), path+".operator", "operator")
	case directory.ToNowhere, directory.ToNumber, directory.ToHangup, directory.ToIVR, directory.ToVoicemail:
	}
	return out
}
