package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"bandeau/acd"
	"bandeau/directory"
)

// Me is the answer about an operator to himself.
type Me struct {
	ID            string        `json:"id"`
	Login         string        `json:"login"`
	FullName      string        `json:"fullName"`
	Language      string        `json:"language" enum:"fr,en,it,es"`
	Presence      string        `json:"presence" enum:"logged_out,available,paused"`
	PauseType     *string       `json:"pauseType"`
	PresenceSince *Time         `json:"presenceSince"`
	PauseUntil    *Time         `json:"pauseUntil" doc:"When the pause reaches, or reached, the limit of its type: it ends by itself then, unless a rule keeps him paused (pauseOverran)."`
	PauseOverran  bool          `json:"pauseOverran" doc:"The limit has passed and a rule keeps him paused."`
	Activity      string        `json:"activity" enum:"idle,ringing,dialing,talking,held,wrap_up"`
	ActivitySince *Time         `json:"activitySince"`
	Pending       *Pending      `json:"pending" doc:"What he asked for during a call."`
	IgnoredUntil  *Time         `json:"ignoredUntil" doc:"No call is offered until then, after a ring that failed."`
	WrapUpUntil   *Time         `json:"wrapUpUntil"`
	LogoutAt      *Time         `json:"logoutAt" doc:"The next automatic logout, by the clock or for inactivity, whichever comes first; null when none is due. Activity moves it."`
	Phone         MyPhone       `json:"phone"`
	PhoneOffered  *PhoneOffered `json:"phoneOffered" doc:"To propose until he gives one: the phone of his last session, else the one on record; null for none."`
	Calls         []LiveCall    `json:"calls"`
	PickUps       []PickUpCall  `json:"pickUps" doc:"The calls he may take now, the oldest first: see GET /me/pick-ups."`
	Groups        []MyGroup     `json:"groups"`
	PauseTypes    []MyPauseType `json:"pauseTypes" doc:"Those that are shown, in their order."`
	Rights        MyRights      `json:"rights"`
	ScreenPop     MyScreenPop   `json:"screenPop"`
	Centre        CentreFacts   `json:"centre"`

	MustChangePassword bool `json:"mustChangePassword" doc:"Only POST /password, POST /logout and GET /me are allowed until it is."`
}

// CentreFacts are what everyone of a centre knows of it.
type CentreFacts struct {
	Name     string `json:"name"`
	TimeZone string `json:"timeZone" doc:"An IANA name: days and hours are those of this zone."`
}

// Pending is a presence that waits for the end of a call.
type Pending struct {
	Presence  string  `json:"presence" enum:"logged_out,paused"`
	PauseType *string `json:"pauseType"`
}

// MyPhone is the phone of the session.
type MyPhone struct {
	Kind     *string `json:"kind" enum:"external,centrex,browser"`
	Number   *string `json:"number"`
	Account  *string `json:"account"`
	Fallback *string `json:"fallback" doc:"The number that is rung while the browser cannot be reached."`
	State    string  `json:"state" enum:"reachable,unreachable,missing,in_use" doc:"Reachable, too, while the fallback can be rung."`
	Browser  *string `json:"browser" enum:"reachable,unreachable" doc:"Of the kind browser: whether the page itself can take a call; null for another kind."`
}

// MyGroup is a group he belongs to.
type MyGroup struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Colour  string `json:"colour"`
	Waiting *int   `json:"waiting,omitempty" doc:"Absent when his record says so."`
	Present int    `json:"present" doc:"Operators logged in."`

	MayStopRecording bool `json:"mayStopRecording" doc:"He may pause the recording of a call of the group."`
}

// MyPauseType is a pause type in his language.
type MyPauseType struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Colour     string `json:"colour"`
	MaxMinutes *int   `json:"maxMinutes"`
	Productive bool   `json:"productive"`
	Login      bool   `json:"login" doc:"The one used when a log-in leaves him paused."`
}

// MyRights are what he may do now.
type MyRights struct {
	Outgoing    bool `json:"outgoing"`
	PhoneChange bool `json:"phoneChange"`
}

// UserMe is the answer about a user, or the user of a token, to himself.
type UserMe struct {
	ID       string      `json:"id"`
	Login    string      `json:"login" doc:"Empty for a token."`
	Name     string      `json:"name"`
	Role     string      `json:"role" enum:"technical,administrator,supervisor"`
	Language string      `json:"language" enum:"fr,en,it,es"`
	Groups   []string    `json:"groups" nullable:"true" doc:"Those a supervisor sees; null for all."`
	Rights   Rights      `json:"rights"`
	Centre   CentreFacts `json:"centre"`

	MustChangePassword bool `json:"mustChangePassword" doc:"Only POST /password, POST /logout and GET /me are allowed until it is."`
}

// EitherMe is [Me] for operators, [UserMe] for everybody else.
type EitherMe struct{ value any }

// MarshalJSON implements json.Marshaler.
func (e EitherMe) MarshalJSON() ([]byte, error) {
	return json.Marshal(e.value)
}

// Schema documents the type.
func (EitherMe) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		r.Schema(reflect.TypeFor[Me](), true, ""), r.Schema(reflect.TypeFor[UserMe](), true, ""),
	}}
}

// PresenceChange is the body of PUT /me/presence.
type PresenceChange struct {
	Presence  string  `json:"presence" must:"true" enum:"available,paused"`
	PauseType *string `json:"pauseType" doc:"Required by paused."`
}

// PhoneGiven is the body of PUT /me/phone.
type PhoneGiven struct {
	Kind     string  `json:"kind" must:"true" enum:"external,centrex,browser" doc:"Browser: the banner itself."`
	Number   *string `json:"number" doc:"Required by external."`
	Account  *string `json:"account" doc:"Required by centrex: the identifier of a phone."`
	Fallback *string `json:"fallback" doc:"Of browser: the number that is rung while the browser cannot be reached; null for none."`
}

// WrapUpAction is the body of POST /me/wrap-up.
type WrapUpAction struct {
	Action  string `json:"action" must:"true" enum:"finish,extend"`
	Seconds *int   `json:"seconds" minimum:"1" maximum:"3600" doc:"Required by extend."`
}

const (
	tagMe = "Banner"
	// maxHistory is the length of an operator's history.
	maxHistory = 50
)

func (s *Server) meRoutes() {
	add(s, route{
		id: "get-me", method: http.MethodGet, path: "/me", tag: tagMe, summary: "Who I am, and how I stand on the floor",
	}, func(ctx context.Context, _ *struct{}) (*bodyOutput[EitherMe], error) {
		r := from(ctx)
		if r.who.role != directory.RoleOperator {
			centre, err := s.cfg.Records.Centres().Get(ctx, r.who.centre)
			if err != nil {
				return nil, fmt.Errorf("read centre: %w", err)
			}
			return &bodyOutput[EitherMe]{Body: EitherMe{UserMe{
				ID: string(r.who.id), Login: r.who.login, Name: r.who.name, Role: string(r.who.role),
				Language: string(r.who.language), Groups: r.who.seenGroups(), Centre: centreFacts(centre),
				Rights:             Rights{OperatorDetail: r.who.rights.OperatorDetail, Listen: r.who.rights.Listen},
				MustChangePassword: r.who.locked,
			}}}, nil
		}
		me, err := s.me(ctx, r)
		if err != nil {
			return nil, err
		}
		return &bodyOutput[EitherMe]{Body: EitherMe{me}}, nil
	})
	add(s, route{
		id: "put-presence", method: http.MethodPut, path: "/me/presence", tag: tagMe, summary: "Become available, or pause",
		about: "During a call a pause waits for its end (`pending`).",
		body:  PresenceChange{}, required: []string{"presence"}, errors: []int{http.StatusConflict},
	}, s.putPresence)
	add(s, route{
		id: "put-phone", method: http.MethodPut, path: "/me/phone", tag: tagMe, summary: "Give the phone my calls ring on",
		about: "403 unless allowPhoneChange, or askPhoneAtLogin and none was given in this session yet.",
		body:  PhoneGiven{}, required: []string{"kind"}, errors: []int{http.StatusConflict},
	}, s.putPhone)
	add(s, route{
		id: "act-on-wrap-up", method: http.MethodPost, path: "/me/wrap-up", tag: tagMe, summary: "Finish or extend wrap-up",
		body: WrapUpAction{}, required: []string{"action"}, errors: []int{http.StatusConflict},
	}, s.wrapUp)
	add(s, route{
		id: "get-history", method: http.MethodGet, path: "/me/history", tag: tagMe, summary: "My last 50 calls, newest first",
	}, s.history)
}

func (s *Server) me(ctx context.Context, r *request) (Me, error) {
	k, err := s.knownOf(ctx, r.who)
	if err != nil {
		return Me{}, err
	}
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return Me{}, err
	}
	return s.meBody(k, floor, pickUpsNow(k, floor), r.now), nil
}

// known is what an operator's answer takes from the records; the rest of it is
// the floor's.
type known struct {
	who        *principal
	record     directory.Operator
	groups     map[acd.GroupID]directory.Group
	pauseTypes []MyPauseType
	offered    *PhoneOffered
	centre     directory.Centre
}

// look is what the banner shows of calls.
func (k known) look() bannerLook {
	return bannerLook{k.record, k.centre.ShowListening, func(id acd.GroupID) directory.Group { return k.groups[id] }}
}

func centreFacts(c directory.Centre) CentreFacts {
	return CentreFacts{Name: c.Name, TimeZone: c.TimeZone}
}

func (s *Server) knownOf(ctx context.Context, who *principal) (known, error) {
	k := known{who: who, groups: map[acd.GroupID]directory.Group{}}
	record, err := s.recordOf(ctx, who)
	if err != nil {
		return k, err
	}
	k.record = record
	if k.centre, err = s.cfg.Records.Centres().Get(ctx, who.centre); err != nil {
		return k, fmt.Errorf("read centre: %w", err)
	}
	if k.pauseTypes, err = s.pauseTypesOf(ctx, k.centre, record.Language); err != nil {
		return k, err
	}
	floor, err := s.floorOf(who.centre)
	if err != nil {
		return k, err
	}
	view, _ := floor.Operator(who.operator())
	if k.offered, err = s.offeredPhone(ctx, record, view); err != nil {
		return k, err
	}
	for _, id := range view.Groups {
		group, err := s.cfg.Records.Groups().Get(ctx, who.centre, directory.ID(id))
		switch {
		case err == nil:
			k.groups[id] = group
		case !errors.Is(err, ErrNotFound):
			return k, fmt.Errorf("read group: %w", err)
		}
	}
	return k, nil
}

// recordOf returns an operator's record.
func (s *Server) recordOf(ctx context.Context, who *principal) (directory.Operator, error) {
	record, err := s.cfg.Records.Operators().Get(ctx, who.centre, who.id)
	switch {
	case errors.Is(err, ErrNotFound):
		// Deleted in mid-call: he finishes it under the name he had.
		return directory.Operator{Meta: directory.Meta{ID: who.id, Centre: who.centre}}, nil
	case err != nil:
		return record, fmt.Errorf("read operator: %w", err)
	}
	return record, nil
}

// pauseTypesOf are the pause types that are shown, in their order and a
// language. Every banner asks for them at each change of a record, so nothing
// else of the centre is read.
func (s *Server) pauseTypesOf(ctx context.Context, centre directory.Centre, language directory.Language) ([]MyPauseType, error) {
	types, _, err := s.cfg.Records.PauseTypes().List(ctx, centre.ID, Page{Limit: directory.MaxPauseTypes})
	if err != nil {
		return nil, fmt.Errorf("list pause types: %w", err)
	}
	types = slices.Clone(types)
	slices.SortStableFunc(types, func(a, b directory.PauseType) int { return cmp.Compare(a.Order, b.Order) })
	list := []MyPauseType{}
	for _, p := range types {
		if p.Shown() {
			list = append(list, MyPauseType{
				ID: string(p.ID), Name: p.Names.In(language, centre.Language), Colour: p.Colour,
				MaxMinutes: p.MaxMinutes, Productive: p.Productive, Login: p.Login,
			})
		}
	}
	return list, nil
}

func (s *Server) meBody(k known, floor Floor, pickUps []PickUpCall, now time.Time) Me {
	view, ok := floor.Operator(k.who.operator())
	if !ok {
		view = acd.OperatorView{ID: k.who.operator(), Name: k.record.FullName}
	}
	me := Me{
		ID: string(k.who.id), Login: k.record.Login, FullName: k.record.FullName, Language: string(k.record.Language),
		Presence: presenceWord(view.Presence), PauseType: orNull(view.PauseType), PresenceSince: instant(view.PresenceSince),
		PauseUntil: instant(view.PauseUntil), PauseOverran: view.PauseOverran,
		Activity: activityWord(view.Activity), ActivitySince: instant(view.ActivitySince), Pending: pendingOf(view.Pending),
		IgnoredUntil: instant(view.IgnoredUntil), WrapUpUntil: instant(view.WrapUpUntil), LogoutAt: instant(view.LogoutAt),
		Phone: phoneOf(view), PhoneOffered: k.offered, Calls: []LiveCall{}, PickUps: pickUps, Groups: []MyGroup{}, PauseTypes: k.pauseTypes,
		Rights:    MyRights{Outgoing: k.record.AllowOutgoing, PhoneChange: mayGivePhone(k.record, view)},
		ScreenPop: popsOf(k.record), Centre: centreFacts(k.centre),
		MustChangePassword: k.who.locked,
	}
	if call, ok := floor.Call(view.Call); ok {
		me.Calls = append(me.Calls, s.liveCall(floor, k.look(), call.For(view.ID), now))
	}
	for _, id := range view.Groups {
		group, ok := floor.Group(id)
		if !ok {
			continue
		}
		mine := MyGroup{ID: string(id), Name: group.Name, Colour: k.groups[id].Colour, Present: group.LoggedIn, MayStopRecording: k.groups[id].OperatorMayStopRecording}
		if k.record.ShowWaiting {
			mine.Waiting = &group.Waiting
		}
		me.Groups = append(me.Groups, mine)
	}
	return me
}

func pendingOf(p *acd.Pending) *Pending {
	if p == nil {
		return nil
	}
	return &Pending{Presence: presenceWord(p.Presence), PauseType: orNull(p.PauseType)}
}

func phoneOf(view acd.OperatorView) MyPhone {
	phone := MyPhone{
		Kind: orNull(phoneKindWord(view.Phone.Kind)), Number: orNull(view.Phone.Number),
		Account: orNull(view.Phone.Account), Fallback: orNull(view.Phone.Fallback), State: phoneStateWord(view.PhoneState),
	}
	if view.Phone.Kind == acd.PhoneBrowser {
		own := acd.PhoneUnreachable
		if view.Browser {
			own = acd.PhoneReachable
		}
		phone.Browser = orNull(phoneStateWord(own))
	}
	return phone
}

// mayGivePhone: OP-21, or OP-13 as long as none was given in this session.
func mayGivePhone(record directory.Operator, view acd.OperatorView) bool {
	return record.AllowPhoneChange || record.AskPhoneAtLogin && !view.PhoneGiven
}

// do carries out a command and answers with /me.
func (s *Server) do(ctx context.Context, command acd.Command) (*bodyOutput[Me], error) {
	r := from(ctx)
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	if err = floor.Do(ctx, command); err != nil {
		return nil, err
	}
	me, err := s.me(ctx, r)
	return &bodyOutput[Me]{Body: me}, err
}

func (s *Server) putPresence(ctx context.Context, _ *struct{}) (*bodyOutput[Me], error) {
	r := from(ctx)
	body, err := decode[PresenceChange](r)
	if err != nil {
		return nil, err
	}
	command := acd.SetPresence{Operator: r.who.operator(), PauseType: orEmpty[acd.PauseTypeID](body.PauseType), By: r.who.actor()}
	switch {
	case body.Presence == "available" && body.PauseType != nil:
		return nil, refuse("body.pauseType", "belongs to paused only")
	case body.Presence == "available":
		command.Presence = acd.Available
	case body.Presence == "paused" && command.PauseType == "":
		return nil, refuse("body.pauseType", "is required")
	case body.Presence == "paused":
		command.Presence = acd.Paused
	default:
		return nil, refuse("body.presence", "must be one of available, paused")
	}
	return s.do(ctx, command)
}

func (s *Server) putPhone(ctx context.Context, _ *struct{}) (*bodyOutput[Me], error) {
	r := from(ctx)
	body, err := decode[PhoneGiven](r)
	if err != nil {
		return nil, err
	}
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	record, err := s.cfg.Records.Operators().Get(ctx, r.who.centre, r.who.id)
	if err != nil {
		return nil, fmt.Errorf("read operator: %w", err)
	}
	if view, _ := floor.Operator(r.who.operator()); !mayGivePhone(record, view) {
		return nil, problem(http.StatusForbidden, string(acd.ErrPhoneChange), "this operator may not change his phone")
	}
	look, err := s.cfg.Records.Lookup(ctx, r.who.centre)
	if err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	choice := PhoneChoice{
		Kind: body.Kind, Number: body.Number, Account: body.Account, Fallback: body.Fallback,
	}.choice().Normalize(look, record.DialCountry)
	// Whether an external phone asks for a key is for the administration to say.
	choice.Confirm = record.Phone.Confirm
	if choice.Kind == directory.PhoneNone {
		return nil, refuse("body.kind", "must be one of external, centrex, browser")
	}
	if p := ruleProblem(record.ValidatePhone(choice, look), nil); p != nil {
		return nil, p
	}
	out, err := s.do(ctx, acd.SetPhone{Operator: r.who.operator(), Phone: corePhone(choice), By: r.who.actor()})
	if err != nil || !record.AllowPhoneChange {
		return out, err
	}
	return out, s.keepPhone(ctx, record, choice)
}

func corePhone(choice directory.PhoneChoice) acd.Phone {
	phone := acd.Phone{Number: choice.Number, Account: acd.AccountID(choice.Account)}
	switch choice.Kind {
	case directory.PhoneExternal:
		phone.Kind, phone.Confirm = acd.PhoneExternal, choice.Confirm
	case directory.PhoneCentrex:
		phone.Kind = acd.PhoneCentrex
	case directory.PhoneBrowser:
		phone.Kind, phone.Fallback, phone.Confirm = acd.PhoneBrowser, choice.Fallback, choice.Confirm
	case directory.PhoneNone:
	}
	return phone
}

// keepPhone writes a phone the operator may change himself to his record
// (OP-21).
func (s *Server) keepPhone(ctx context.Context, record directory.Operator, choice directory.PhoneChoice) error {
	for try := 1; ; try++ {
		if record.Phone == choice {
			return nil
		}
		record.Phone = choice
		_, err := s.cfg.Records.Operators().Update(ctx, record)
		if err == nil {
			s.Changed(ctx, record.Centre)
			return nil
		}
		if !errors.Is(err, ErrStale) || try >= patchTries {
			return fmt.Errorf("keep phone: %w", err)
		}
		if record, err = s.cfg.Records.Operators().Get(ctx, record.Centre, record.ID); err != nil {
			return fmt.Errorf("read operator: %w", err)
		}
	}
}

func (s *Server) wrapUp(ctx context.Context, _ *struct{}) (*bodyOutput[Me], error) {
	r := from(ctx)
	body, err := decode[WrapUpAction](r)
	if err != nil {
		return nil, err
	}
	switch body.Action {
	case "finish":
		if body.Seconds != nil {
			return nil, refuse("body.seconds", "belongs to extend only")
		}
		return s.do(ctx, acd.FinishWrapUp{Operator: r.who.operator(), By: r.who.actor()})
	case "extend":
		if body.Seconds == nil || *body.Seconds < 1 || *body.Seconds > 3600 {
			return nil, refuse("body.seconds", "must be from 1 to 3600")
		}
		return s.do(ctx, acd.ExtendWrapUp{Operator: r.who.operator(), Seconds: *body.Seconds, By: r.who.actor()})
	}
	return nil, refuse("body.action", "must be one of finish, extend")
}

func (s *Server) history(ctx context.Context, _ *struct{}) (*listOutput[HistoryCall], error) {
	r := from(ctx)
	record, err := s.cfg.Records.Operators().Get(ctx, r.who.centre, r.who.id)
	if err != nil {
		return nil, fmt.Errorf("read operator: %w", err)
	}
	items, err := s.cfg.History.History(ctx, string(r.who.centre), r.who.operator(), maxHistory)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	out := &listOutput[HistoryCall]{Body: List[HistoryCall]{Items: []HistoryCall{}}}
	for _, item := range items {
		call := callBody(item.Call, r.now)
		line := HistoryCall{CallFacts: call.CallFacts, Mine: string(item.Part.Mine), Part: partBody(item.Part, r.now)}
		if record.ShowNumbersInHistory {
			line.Caller, line.Called = shown(call.Caller), shown(call.Called)
		} else if call.CallerName != nil && isNumberText(*call.CallerName) {
			line.CallerName = nil // many networks repeat the number as the display name
		}
		out.Body.Items = append(out.Body.Items, line)
	}
	return out, nil
}

// isNumberText reports whether a display name is, or holds, a telephone number.
func isNumberText(name string) bool {
	digits, letters := 0, 0
	for _, c := range name {
		switch {
		case unicode.IsDigit(c):
			digits++
		case unicode.IsLetter(c):
			letters++
		}
	}
	return digits > 0 && (letters == 0 || digits >= 6)
}
