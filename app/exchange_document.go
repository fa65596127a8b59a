package app

import (
	"bandeau/directory"
)

// documentVersion is the version of the exchanged document's form. A document
// of another one is refused.
const documentVersion = 1

// document is a centre's configuration as people read and edit it. Records
// name one another by what people call them, so that a document can be carried
// to another node. Fields are called as in the HTTP API; secrets are not in it.
//
// The sections stand in an order in which each names only those before it, but
// for mainNumber.
type document struct {
	Bandeau    int            `yaml:"bandeau"`
	Centre     docCentre      `yaml:"centre"`
	PauseTypes []docPauseType `yaml:"pauseTypes"`
	Phones     []docPhone     `yaml:"phones"`
	Operators  []docOperator  `yaml:"operators"`
	Groups     []docGroup     `yaml:"groups"`
	Numbers    []docNumber    `yaml:"numbers"`
	Trunks     []docTrunk     `yaml:"trunks"`
	Users      []docUser      `yaml:"users"`
}

type docCentre struct {
	Name            string  `yaml:"name"`
	Language        string  `yaml:"language"`
	TimeZone        string  `yaml:"timeZone"`
	DialCountry     string  `yaml:"dialCountry"`
	MainNumber      *string `yaml:"mainNumber"`
	RecordingNotice bool    `yaml:"recordingNotice"`
	ShowListening   bool    `yaml:"showListening"`
}

type docNames struct {
	FR string `yaml:"fr"`
	EN string `yaml:"en"`
	IT string `yaml:"it"`
	ES string `yaml:"es"`
}

type docPauseType struct {
	Names      docNames `yaml:"names"`
	Colour     string   `yaml:"colour"`
	Order      int      `yaml:"order"`
	MaxMinutes *int     `yaml:"maxMinutes"`
	Productive bool     `yaml:"productive"`
	Login      bool     `yaml:"login"`
}

type docPhone struct {
	Username string  `yaml:"username"`
	Label    string  `yaml:"label"`
	Number   *string `yaml:"number"`
}

type docCallerID struct {
	Mode   string  `yaml:"mode"`
	Number *string `yaml:"number"`
}

type docScreenPop struct {
	Window      string `yaml:"window"`
	IncomingURL string `yaml:"incomingUrl"`
	OutgoingURL string `yaml:"outgoingUrl"`
}

// docPhoneChoice names a Centrex phone by its user name.
type docPhoneChoice struct {
	Kind     string `yaml:"kind"`
	Number   string `yaml:"number,omitempty"`
	Account  string `yaml:"account,omitempty"`
	Fallback string `yaml:"fallback,omitempty"`
	Confirm  bool   `yaml:"confirm,omitempty"`
}

type docOperator struct {
	Login                string          `yaml:"login"`
	FullName             string          `yaml:"fullName"`
	Email                string          `yaml:"email"`
	Enabled              bool            `yaml:"enabled"`
	Language             string          `yaml:"language"`
	CallerID             docCallerID     `yaml:"callerId"`
	DirectNumber         *string         `yaml:"directNumber"`
	ScreenPop            docScreenPop    `yaml:"screenPop"`
	ShowWaiting          bool            `yaml:"showWaiting"`
	ShowNumbersInHistory bool            `yaml:"showNumbersInHistory"`
	AlwaysConnected      bool            `yaml:"alwaysConnected"`
	Record               bool            `yaml:"record"`
	Phone                *docPhoneChoice `yaml:"phone"`
	AskPhoneAtLogin      bool            `yaml:"askPhoneAtLogin"`
	WrapUpSeconds        *int            `yaml:"wrapUpSeconds"`
	RingSeconds          int             `yaml:"ringSeconds"`
	RetrySeconds         int             `yaml:"retrySeconds"`
	IdleLogoutMinutes    *int            `yaml:"idleLogoutMinutes"`
	MissedLogoutCount    *int            `yaml:"missedLogoutCount"`
	SilenceLogout        bool            `yaml:"silenceLogout"`
	AllowOutgoing        bool            `yaml:"allowOutgoing"`
	AllowPhoneChange     bool            `yaml:"allowPhoneChange"`
	LogoutAt             *string         `yaml:"logoutAt"`
	PersistentSession    bool            `yaml:"persistentSession"`
	PauseAtLogin         bool            `yaml:"pauseAtLogin"`
	DialCountry          string          `yaml:"dialCountry"`
}

// docDestination names a group or an operator by name or login.
type docDestination struct {
	Type     string `yaml:"type"`
	Group    string `yaml:"group,omitempty"`
	Operator string `yaml:"operator,omitempty"`
	Number   string `yaml:"number,omitempty"`
}

type docGroupRecord struct {
	Inbound  bool `yaml:"inbound"`
	Outbound bool `yaml:"outbound"`
}

type docServiceLevel struct {
	Seconds int `yaml:"seconds"`
	Percent int `yaml:"percent"`
}

// docMember without an order has that of its place in the list.
type docMember struct {
	Operator  string `yaml:"operator"`
	Order     *int   `yaml:"order"`
	Level     *int   `yaml:"level"`
	Suspended bool   `yaml:"suspended"`
}

type docGroup struct {
	Name                     string           `yaml:"name"`
	Colour                   string           `yaml:"colour"`
	Strategy                 string           `yaml:"strategy"`
	Priority                 int              `yaml:"priority"`
	WrapUpSeconds            int              `yaml:"wrapUpSeconds"`
	OutgoingNumber           *string          `yaml:"outgoingNumber"`
	TransferNumber           *string          `yaml:"transferNumber"`
	Record                   docGroupRecord   `yaml:"record"`
	OperatorMayStopRecording bool             `yaml:"operatorMayStopRecording"`
	OperatorMayKeepRecording bool             `yaml:"operatorMayKeepRecording"`
	PickUp                   bool             `yaml:"pickUp"`
	MaxWaiting               *int             `yaml:"maxWaiting"`
	MaxWaitSeconds           *int             `yaml:"maxWaitSeconds"`
	Overflow                 docDestination   `yaml:"overflow"`
	WhenNobody               string           `yaml:"whenNobody"`
	ServiceLevel             docServiceLevel  `yaml:"serviceLevel"`
	HoldMusic                *string          `yaml:"holdMusic"`
	Announcements            docAnnouncements `yaml:"announcements"`
	OpeningHours             *docHours        `yaml:"openingHours"`
	Members                  []docMember      `yaml:"members"`
}

type docNumber struct {
	Number       string          `yaml:"number"`
	Label        string          `yaml:"label"`
	Destination  docDestination  `yaml:"destination"`
	Record       bool            `yaml:"record"`
	Overflow     *docDestination `yaml:"overflow"`
	Answer       string          `yaml:"answer"`
	OpeningHours *docHours       `yaml:"openingHours"`
}

type docTrunk struct {
	Name             string   `yaml:"name"`
	Host             string   `yaml:"host"`
	Port             int      `yaml:"port"`
	Transport        string   `yaml:"transport"`
	Sources          []string `yaml:"sources"`
	Username         string   `yaml:"username"`
	Digest           string   `yaml:"digest"`
	Register         bool     `yaml:"register"`
	MaxCalls         *int     `yaml:"maxCalls"`
	Priority         int      `yaml:"priority"`
	Codecs           []string `yaml:"codecs"`
	KeepaliveSeconds int      `yaml:"keepaliveSeconds"`
	Format           string   `yaml:"format"`
	ForwardCaller    bool     `yaml:"forwardCaller"`
	Enabled          bool     `yaml:"enabled"`
}

type docRights struct {
	OperatorDetail bool `yaml:"operatorDetail"`
	Listen         bool `yaml:"listen"`
}

// docUser without a list of groups sees all of them.
type docUser struct {
	Login    string    `yaml:"login"`
	Name     string    `yaml:"name"`
	Email    string    `yaml:"email"`
	Language string    `yaml:"language"`
	Role     string    `yaml:"role"`
	Groups   *[]string `yaml:"groups"`
	Rights   docRights `yaml:"rights"`
}

// optional returns nil for an absent text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// required returns the text a pointer stands for, empty for none.
func required(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// copied returns a pointer that shares nothing with its argument, so that
// reading a document over a record leaves the record alone.
func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func words[T ~string](list []string) []T {
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = T(v)
	}
	return out
}

func documentOfCentre(c directory.Centre) docCentre {
	return docCentre{
		Name: c.Name, Language: string(c.Language), TimeZone: c.TimeZone, DialCountry: c.DialCountry,
		MainNumber: optional(c.MainNumber), RecordingNotice: c.RecordingNotice,
		ShowListening: c.ShowListening,
	}
}

func documentOfPauseType(p directory.PauseType) docPauseType {
	return docPauseType{
		Names: docNames(p.Names), Colour: p.Colour, Order: p.Order, MaxMinutes: copied(p.MaxMinutes),
		Productive: p.Productive, Login: p.Login,
	}
}

func documentOfPhone(p directory.Phone) docPhone {
	return docPhone{Username: p.Username, Label: p.Label, Number: optional(p.Number)}
}

func documentOfTrunk(t directory.Trunk) docTrunk {
	return docTrunk{
		Name: t.Name, Host: t.Host, Port: t.Port, Transport: string(t.Transport), Sources: texts(t.Sources),
		Username: t.Username, Digest: string(t.Digest), Register: t.Register, MaxCalls: copied(t.MaxCalls),
		Priority: t.Priority, Codecs: texts(t.Codecs), KeepaliveSeconds: t.KeepaliveSeconds,
		Format: string(t.Format), ForwardCaller: t.ForwardCaller, Enabled: t.Enabled,
	}
}

// documentOfOperator writes an operator; a Centrex phone is named by its user name.
func (n names) documentOfOperator(o directory.Operator) docOperator {
	doc := docOperator{
		Login: o.Login, FullName: o.FullName, Email: o.Email, Enabled: o.Enabled, Language: string(o.Language),
		CallerID:     docCallerID{Mode: string(o.CallerID.Mode), Number: optional(o.CallerID.Number)},
		DirectNumber: optional(o.DirectNumber),
		ScreenPop: docScreenPop{
			Window: string(o.ScreenPop.Window), IncomingURL: o.ScreenPop.IncomingURL, OutgoingURL: o.ScreenPop.OutgoingURL,
		},
		ShowWaiting: o.ShowWaiting, ShowNumbersInHistory: o.ShowNumbersInHistory,
		AlwaysConnected: o.AlwaysConnected, Record: o.Record, AskPhoneAtLogin: o.AskPhoneAtLogin,
		WrapUpSeconds: copied(o.WrapUpSeconds), RingSeconds: o.RingSeconds, RetrySeconds: o.RetrySeconds,
		IdleLogoutMinutes: copied(o.IdleLogoutMinutes), MissedLogoutCount: copied(o.MissedLogoutCount),
		SilenceLogout: o.SilenceLogout, AllowOutgoing: o.AllowOutgoing, AllowPhoneChange: o.AllowPhoneChange,
		LogoutAt: optional(o.LogoutAt), PersistentSession: o.PersistentSession, PauseAtLogin: o.PauseAtLogin,
		DialCountry: o.DialCountry,
	}
	if o.Phone.Kind != directory.PhoneNone {
		doc.Phone = &docPhoneChoice{
			Kind: string(o.Phone.Kind), Number: o.Phone.Number,
			Account: n.phones[o.Phone.Account], Fallback: o.Phone.Fallback, Confirm: o.Phone.Confirm,
		}
	}
	return doc
}

func (n names) documentOfGroup(g directory.Group) docGroup {
	doc := docGroup{
		Name: g.Name, Colour: g.Colour, Strategy: string(g.Strategy), Priority: g.Priority,
		WrapUpSeconds: g.WrapUpSeconds, OutgoingNumber: optional(g.OutgoingNumber),
		TransferNumber: optional(g.TransferNumber), Record: docGroupRecord(g.Record),
		OperatorMayStopRecording: g.OperatorMayStopRecording, OperatorMayKeepRecording: g.OperatorMayKeepRecording,
		PickUp:     g.PickUp,
		MaxWaiting: copied(g.MaxWaiting), MaxWaitSeconds: copied(g.MaxWaitSeconds),
		Overflow: n.documentOfDestination(g.Overflow), WhenNobody: string(g.WhenNobody),
		ServiceLevel: docServiceLevel(g.ServiceLevel),
		HoldMusic:    optional(n.sounds[g.HoldMusic]), Announcements: n.documentOfAnnouncements(g.Announcements),
		OpeningHours: n.documentOfHours(g.Hours), Members: []docMember{},
	}
	for _, m := range g.Ordered() {
		doc.Members = append(doc.Members, docMember{
			Operator: n.operators[m.Operator], Order: &m.Order, Level: &m.Level, Suspended: m.Suspended,
		})
	}
	return doc
}

func (n names) documentOfNumber(s directory.Number) docNumber {
	doc := docNumber{
		Number: s.Number, Label: s.Label, Destination: n.documentOfDestination(s.Destination),
		Record: s.Record, Answer: string(s.Answer), OpeningHours: n.documentOfHours(s.Hours),
	}
	if s.Overflow.Type != directory.ToNowhere {
		doc.Overflow = new(n.documentOfDestination(s.Overflow))
	}
	return doc
}

func (n names) documentOfUser(u directory.User) docUser {
	doc := docUser{
		Login: u.Login, Name: u.Name, Email: u.Email, Language: string(u.Language),
		Role: string(u.Role), Rights: docRights(u.Rights),
	}
	if u.Groups != nil {
		list := make([]string, len(u.Groups))
		for i, id := range u.Groups {
			list[i] = n.groups[id]
		}
		doc.Groups = &list
	}
	return doc
}

func (n names) documentOfDestination(d directory.Destination) docDestination {
	doc := docDestination{Type: string(d.Type), Number: d.Number}
	switch d.Type {
	case directory.ToGroup:
		doc.Group = n.groups[d.ID]
	case directory.ToOperator:
		doc.Operator = n.operators[d.ID]
	case directory.ToNowhere, directory.ToNumber, directory.ToHangup, directory.ToIVR, directory.ToVoicemail:
	}
	return doc
}

// names are what documents call the records that others refer to.
type names struct {
	phones    map[directory.ID]string
	operators map[directory.ID]string
	groups    map[directory.ID]string
	sounds    map[directory.ID]string
}

func namesOf(s snapshot) names {
	n := names{map[directory.ID]string{}, map[directory.ID]string{}, map[directory.ID]string{}, map[directory.ID]string{}}
	for _, sound := range s.sounds {
		n.sounds[sound.ID] = sound.Name
	}
	for _, p := range s.phones {
		n.phones[p.ID] = p.Username
	}
	for _, o := range s.operators {
		n.operators[o.ID] = o.Login
	}
	for _, g := range s.groups {
		n.groups[g.ID] = g.Name
	}
	return n
}
