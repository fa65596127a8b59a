package api

import (
	"context"
	"fmt"
	"net/http"

	"bandeau/acd"
	"bandeau/directory"
)

// OperatorFields is what can be written of an operator.
type OperatorFields struct {
	Enabled              bool         `json:"enabled" doc:"Off: he may not log in."`
	Login                string       `json:"login" minLength:"1" maxLength:"32" doc:"Of a-z, 0-9, dot, hyphen, underscore; unique in the centre over operators and users, whatever the case." example:"jdupont"`
	Language             string       `json:"language" enum:"fr,en,it,es" doc:"Default: the centre's."`
	FullName             string       `json:"fullName" minLength:"1" maxLength:"100"`
	CallerID             CallerID     `json:"callerId"`
	DirectNumber         *string      `json:"directNumber" doc:"His own number; a call to it reaches him."`
	ScreenPop            ScreenPop    `json:"screenPop"`
	ShowWaiting          bool         `json:"showWaiting" doc:"The banner shows how many people wait in his groups."`
	ShowNumbersInHistory bool         `json:"showNumbersInHistory" doc:"Off: numbers never leave the server in his history."`
	Email                string       `json:"email" format:"email" doc:"Receives the password; unique among the operators of the centre."`
	AlwaysConnected      bool         `json:"alwaysConnected" doc:"Receives calls although paused."`
	Record               bool         `json:"record" doc:"Records his conversations."`
	Phone                *PhoneChoice `json:"phone" doc:"Where his calls ring; required unless askPhoneAtLogin."`
	AskPhoneAtLogin      bool         `json:"askPhoneAtLogin"`
	WrapUpSeconds        *int         `json:"wrapUpSeconds" minimum:"0" maximum:"3600" doc:"Null: the group's."`
	RingSeconds          int          `json:"ringSeconds" minimum:"5" maximum:"120" doc:"Default 25."`
	RetrySeconds         int          `json:"retrySeconds" minimum:"0" maximum:"3600" doc:"How long he is ignored after a ring that failed; default 30."`
	IdleLogoutMinutes    *int         `json:"idleLogoutMinutes" minimum:"1" maximum:"1440"`
	MissedLogoutCount    *int         `json:"missedLogoutCount" minimum:"1" maximum:"100" doc:"The missed call after this number logs him out."`
	SilenceLogout        bool         `json:"silenceLogout" doc:"Logged out after 20 minutes without a sign of life of the banner."`
	AllowOutgoing        bool         `json:"allowOutgoing"`
	AllowPhoneChange     bool         `json:"allowPhoneChange"`
	LogoutAt             *string      `json:"logoutAt" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"Daily logout in the centre's time zone; default 23:59; null for never."`
	PersistentSession    bool         `json:"persistentSession" doc:"Closing the window does not log him out."`
	PauseAtLogin         bool         `json:"pauseAtLogin"`
	DialCountry          string       `json:"dialCountry" minLength:"2" maxLength:"2" doc:"Completes national numbers; default: the centre's."`
}

// CallerID says which number is presented on an outgoing call without a group.
type CallerID struct {
	Mode   string  `json:"mode" enum:"anonymous,direct,service,custom" union:"true" doc:"Default service."`
	Number *string `json:"number" doc:"Of the modes service (null: the main number) and custom."`
}

// ScreenPop is the opening of the customer's page on a call.
type ScreenPop struct {
	Window      string  `json:"window" enum:"none,single,multiple,tab" doc:"Default single."`
	IncomingURL *string `json:"incomingUrl,omitempty" doc:"Template; empty opens nothing. Seen and written by the technical team only."`
	OutgoingURL *string `json:"outgoingUrl,omitempty" doc:"The same for outgoing calls."`
}

// PhoneChoice is where an operator's calls ring.
type PhoneChoice struct {
	Kind     string  `json:"kind" enum:"external,centrex,browser" union:"true" doc:"Browser: the banner itself."`
	Number   *string `json:"number" doc:"Of the kind external."`
	Account  *string `json:"account" doc:"Of the kind centrex: the identifier of a phone."`
	Fallback *string `json:"fallback" doc:"Of the kind browser: a telephone number that is rung while the browser cannot be reached."`
	Confirm  bool    `json:"confirm" doc:"Of the kind external, and of the fallback: who answers an offered call presses 1 before he gets it, so that a voicemail takes none."`
}

// Operator is the answer about an operator.
type Operator struct {
	Record
	OperatorFields

	PasswordState string `json:"passwordState" enum:"pending,delivered,failed,set" readOnly:"true" doc:"Where his mailed password stands."`
}

func (s *Server) operatorKind() kind[directory.Operator, OperatorFields, Operator] {
	return kind[directory.Operator, OperatorFields, Operator]{
		name: "operator", path: "/operators", tag: "Operators", title: "an operator", search: true,
		about:    "A supervisor sees the operators of his groups.",
		required: []string{"login", "fullName", "email"},
		store:    func() Resource[directory.Operator] { return s.cfg.Records.Operators() },
		meta:     func(o *directory.Operator) *directory.Meta { return &o.Meta },
		fresh:    func(look directory.Lookup) directory.Operator { return directory.NewOperator(look.Centre()) },
		copied:   copiedOperator,
		fields:   operatorFields,
		apply:    applyOperator,
		settle:   directory.Operator.Normalize,
		rules: func(_ *request, o directory.Operator, look directory.Lookup) []directory.Problem {
			return o.Validate(look)
		},
		answer: func(_ context.Context, r *request, o directory.Operator) (Operator, error) {
			return operatorBody(r.who, o), nil
		},
		create: func(ctx context.Context, r *request, o directory.Operator) (directory.Operator, Operator, error) {
			password, err := s.firstPassword(ctx, r)
			if err != nil {
				return o, Operator{}, err
			}
			created, err := s.cfg.Records.Operators().Create(ctx, o, password)
			return created, operatorBody(r.who, created), err
		},
		sees:     s.seesOperator,
		mayWrite: mayWriteURLs,
	}
}

func (s *Server) operatorRoutes() {
	k := s.operatorKind()
	register(s, k)
	add(s, route{
		id: "send-operator-password", method: http.MethodPost, path: "/operators/{id}/password", tag: "Operators",
		summary: "Mail an operator a new password",
		about:   "The present password ends at once; the new one is valid until it is replaced, 7 days at most.",
	}, func(ctx context.Context, in *Identified) (*recordOutput[Operator], error) {
		r := from(ctx)
		record, err := k.read(ctx, r, in.ID)
		if err != nil {
			return nil, err
		}
		password, err := s.firstPassword(ctx, r)
		if err != nil {
			return nil, err
		}
		record, err = s.cfg.Records.Operators().SendPassword(ctx, r.who.centre, record.ID, password)
		if err != nil {
			return nil, fmt.Errorf("send password: %w", err)
		}
		return k.output(ctx, r, record)
	})
	s.tableRoutes(k)
	add(s, route{
		id: "suggest-login", method: http.MethodGet, path: "/login-suggestion", tag: "Operators",
		summary: "A free login for a name", about: "First letter of the first name and the surname: `jdupont`, then `jdupont2`.",
		errors: []int{http.StatusUnprocessableEntity},
	}, s.suggestLogin)
}

type suggestionInput struct {
	FullName string `query:"fullName" required:"true" minLength:"1" maxLength:"100"`
}

// Suggestion is a login that nobody has.
type Suggestion struct {
	Login string `json:"login"`
}

func (s *Server) suggestLogin(ctx context.Context, in *suggestionInput) (*bodyOutput[Suggestion], error) {
	look, err := s.cfg.Records.Lookup(ctx, from(ctx).who.centre)
	if err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	login := directory.SuggestLogin(in.FullName, func(login string) bool {
		_, taken := look.Owner(directory.UniqueLogin, login)
		return taken
	})
	return &bodyOutput[Suggestion]{Body: Suggestion{Login: login}}, nil
}

// copiedOperator is what another operator may have of one: all but who he is and
// what is his alone. The pages that only the technical team writes go with it,
// whoever copies.
func copiedOperator(o directory.Operator) directory.Operator {
	o.Login, o.FullName, o.Email, o.DirectNumber, o.Phone = "", "", "", "", directory.PhoneChoice{}
	o.PasswordState, o.Enabled = directory.PasswordPending, true
	if o.CallerID.Mode == directory.CallerIDDirect {
		o.CallerID = directory.CallerID{Mode: directory.CallerIDService}
	}
	return o
}

// firstPassword generates a password that is to be mailed.
func (s *Server) firstPassword(ctx context.Context, r *request) (NewPassword, error) {
	plain, err := directory.GeneratePassword(s.cfg.Random)
	if err != nil {
		return NewPassword{}, fmt.Errorf("generate password: %w", err)
	}
	hash, err := s.cfg.Passwords.Hash(ctx, plain)
	if err != nil {
		return NewPassword{}, fmt.Errorf("hash password: %w", err)
	}
	return NewPassword{
		Plain: directory.Secret(plain), Hash: hash, ExpiresAt: r.now.Add(directory.FirstPasswordLife),
	}, nil
}

// seesOperator: a supervisor needs the right to operators' detail, and sees
// those who belong to one of his groups.
func (s *Server) seesOperator(r *request, o directory.Operator) (bool, error) {
	if !r.who.rights.OperatorDetail {
		return false, forbidden("this supervisor may not see operators")
	}
	if r.who.groups == nil {
		return true, nil
	}
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return false, err
	}
	view, ok := floor.Operator(acd.OperatorID(o.ID))
	return ok && r.who.seesAny(view.Groups), nil
}

// mayWriteURLs keeps the screen-pop URLs to the technical team. Setting the
// whole of screenPop to null would clear them, so it counts as writing them.
func mayWriteURLs(r *request, before, _ *directory.Operator) error {
	if r.who.seesURLs() {
		return nil
	}
	body, _ := r.tree.(object)
	pop, given := body.values["screenPop"]
	inner, _ := pop.(object)
	_, incoming := inner.values["incomingUrl"]
	_, outgoing := inner.values["outgoingUrl"]
	if incoming || outgoing || given && pop == nil && before != nil {
		return forbidden("only the technical team writes screenPop.incomingUrl and screenPop.outgoingUrl")
	}
	return nil
}

func operatorBody(who *principal, o directory.Operator) Operator {
	body := Operator{Record: recordOf(o.Meta), OperatorFields: operatorFields(o), PasswordState: string(o.PasswordState)}
	if !who.seesURLs() {
		body.ScreenPop.IncomingURL, body.ScreenPop.OutgoingURL = nil, nil
	}
	return body
}

func operatorFields(o directory.Operator) OperatorFields {
	f := OperatorFields{
		Enabled: o.Enabled, Login: o.Login, Language: string(o.Language), FullName: o.FullName,
		CallerID:     CallerID{Mode: string(o.CallerID.Mode), Number: orNull(o.CallerID.Number)},
		DirectNumber: orNull(o.DirectNumber),
		ScreenPop: ScreenPop{
			Window: string(o.ScreenPop.Window), IncomingURL: &o.ScreenPop.IncomingURL, OutgoingURL: &o.ScreenPop.OutgoingURL,
		},
		ShowWaiting: o.ShowWaiting, ShowNumbersInHistory: o.ShowNumbersInHistory, Email: o.Email,
		AlwaysConnected: o.AlwaysConnected, Record: o.Record, AskPhoneAtLogin: o.AskPhoneAtLogin,
		WrapUpSeconds: o.WrapUpSeconds, RingSeconds: o.RingSeconds, RetrySeconds: o.RetrySeconds,
		IdleLogoutMinutes: o.IdleLogoutMinutes, MissedLogoutCount: o.MissedLogoutCount, SilenceLogout: o.SilenceLogout,
		AllowOutgoing: o.AllowOutgoing, AllowPhoneChange: o.AllowPhoneChange, LogoutAt: orNull(o.LogoutAt),
		PersistentSession: o.PersistentSession, PauseAtLogin: o.PauseAtLogin, DialCountry: o.DialCountry,
	}
	if o.Phone.Kind != directory.PhoneNone {
		f.Phone = &PhoneChoice{
			Kind: string(o.Phone.Kind), Number: orNull(o.Phone.Number), Account: orNull(o.Phone.Account),
			Fallback: orNull(o.Phone.Fallback), Confirm: o.Phone.Confirm,
		}
	}
	return f
}

func applyOperator(o directory.Operator, f OperatorFields) directory.Operator {
	o.Enabled, o.Login, o.Language, o.FullName = f.Enabled, f.Login, directory.Language(f.Language), f.FullName
	o.CallerID = directory.CallerID{Mode: directory.CallerIDMode(f.CallerID.Mode), Number: orEmpty[string](f.CallerID.Number)}
	o.DirectNumber = orEmpty[string](f.DirectNumber)
	o.ScreenPop = directory.ScreenPop{
		Window:      directory.ScreenPopWindow(f.ScreenPop.Window),
		IncomingURL: orEmpty[string](f.ScreenPop.IncomingURL), OutgoingURL: orEmpty[string](f.ScreenPop.OutgoingURL),
	}
	o.ShowWaiting, o.ShowNumbersInHistory, o.Email = f.ShowWaiting, f.ShowNumbersInHistory, f.Email
	o.AlwaysConnected, o.Record, o.AskPhoneAtLogin = f.AlwaysConnected, f.Record, f.AskPhoneAtLogin
	o.Phone = directory.PhoneChoice{}
	if f.Phone != nil {
		o.Phone = f.Phone.choice()
	}
	o.WrapUpSeconds, o.RingSeconds, o.RetrySeconds = f.WrapUpSeconds, f.RingSeconds, f.RetrySeconds
	o.IdleLogoutMinutes, o.MissedLogoutCount = f.IdleLogoutMinutes, f.MissedLogoutCount
	o.SilenceLogout, o.AllowOutgoing, o.AllowPhoneChange = f.SilenceLogout, f.AllowOutgoing, f.AllowPhoneChange
	o.LogoutAt = orEmpty[string](f.LogoutAt)
	o.PersistentSession, o.PauseAtLogin, o.DialCountry = f.PersistentSession, f.PauseAtLogin, f.DialCountry
	return o
}

func (p PhoneChoice) choice() directory.PhoneChoice {
	return directory.PhoneChoice{
		Kind: directory.PhoneKind(p.Kind), Number: orEmpty[string](p.Number),
		Account: orEmpty[directory.ID](p.Account), Fallback: orEmpty[string](p.Fallback), Confirm: p.Confirm,
	}
}
