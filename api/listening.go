package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/danielgtaylor/huma/v2"

	"bandeau/acd"
	"bandeau/directory"
)

// ListenPhone is the phone a supervisor hears a call on.
type ListenPhone struct {
	Kind    string  `json:"kind" must:"true" enum:"browser,centrex,external"`
	Account *string `json:"account,omitempty" doc:"Required by centrex: the identifier of a phone."`
	Number  *string `json:"number,omitempty" doc:"Required by external, in any form."`
}

// FloorObserver is a supervisor in a call, as supervision shows him.
type FloorObserver struct {
	User     string `json:"user" doc:"His identifier."`
	Name     string `json:"name"`
	Operator string `json:"operator" doc:"Whom he hears."`
	Mode     string `json:"mode" enum:"listen,whisper,join"`
	Up       bool   `json:"up" doc:"He hears the call; else his phone rings."`
}

// PhoneStreamMessage is what the server sends on a supervisor's phone stream.
type PhoneStreamMessage struct {
	Type  string        `json:"type" enum:"phone"`
	Phone *PhoneMessage `json:"phone"`
}

// isObserving reports whether an action is that of a supervisor who hears a call.
func isObserving(action string) bool {
	return action == "listen" || action == "whisper" || action == "join" || action == "leave"
}

// observe lets a supervisor hear an operator's call, or ends it.
func (s *Server) observe(
	ctx context.Context, r *request, floor Floor, o acd.OperatorView, body OperatorAction,
) (acd.Command, error) {
	if !r.who.rights.Listen {
		return nil, forbidden("this supervisor may not listen to calls")
	}
	user := acd.UserID(r.who.id)
	if body.Action == "leave" {
		if body.Phone != nil {
			return nil, refuse("body.phone", "does not belong to this action")
		}
		return acd.StopObserving{User: user}, nil
	}
	call, _ := floor.Call(o.Call)
	already := slices.ContainsFunc(call.Observers, func(x acd.Observer) bool { return x.User == user && x.Operator == o.ID })
	var phone acd.Phone
	if !already || body.Phone != nil { // who hears him already keeps his phone
		var err error
		if phone, err = s.listenPhone(ctx, r, floor, body.Phone); err != nil {
			return nil, err
		}
	}
	modes := map[string]acd.ObserveMode{"listen": acd.Listen, "whisper": acd.Whisper, "join": acd.Barge}
	return acd.Observe{Operator: o.ID, User: user, Name: r.who.name, Phone: phone, Mode: modes[body.Action]}, nil
}

// listenPhone reads the phone a supervisor gives; none is his browser.
func (s *Server) listenPhone(ctx context.Context, r *request, floor Floor, given *ListenPhone) (acd.Phone, error) {
	if given == nil {
		given = &ListenPhone{Kind: "browser"}
	}
	account, number := orEmpty[directory.ID](given.Account), orEmpty[string](given.Number)
	switch given.Kind {
	case "browser":
		if s.cfg.Browsers == nil || !s.cfg.Browsers.Reachable(PhoneOwner{Centre: r.who.centre, User: acd.UserID(r.who.id)}) {
			return acd.Phone{}, problem(http.StatusConflict, string(acd.ErrPhoneUnreachable), "no page of his is connected as a phone")
		}
		return acd.Phone{Kind: acd.PhoneBrowser}, nil
	case "centrex":
		_, err := s.cfg.Records.Phones().Get(ctx, r.who.centre, account)
		if errors.Is(err, ErrNotFound) {
			return acd.Phone{}, refuse("body.phone.account", "must be a phone of this centre")
		}
		if err != nil {
			return acd.Phone{}, fmt.Errorf("read phone: %w", err)
		}
		if phonesOfOthers(floor, "")[acd.AccountID(account)] {
			return acd.Phone{}, problem(http.StatusConflict, string(acd.ErrPhoneInUse), "this phone serves an operator")
		}
		return acd.Phone{Kind: acd.PhoneCentrex, Account: acd.AccountID(account)}, nil
	case "external":
		read, err := s.readNumber(ctx, r.who.centre, number)
		if errors.Is(err, directory.ErrNumber) {
			return acd.Phone{}, refuse("body.phone.number", "must be a telephone number of a possible length, or a short code of 2 to 6 digits")
		}
		if err != nil {
			return acd.Phone{}, err
		}
		centre, err := s.cfg.Records.Centres().Get(ctx, r.who.centre)
		if err != nil {
			return acd.Phone{}, fmt.Errorf("read centre: %w", err)
		}
		if directory.IsEmergency(read, centre.DialCountry) {
			return acd.Phone{}, refuse("body.phone.number", "must not be an emergency number")
		}
		return acd.Phone{Kind: acd.PhoneExternal, Number: read}, nil
	}
	return acd.Phone{}, refuse("body.phone.kind", "must be one of browser, centrex, external")
}

// earsGrace is how long a supervisor's page may be away before he is taken out
// of the call that he hears on it.
const earsGrace = 20 * time.Second

// ears are the supervisors who hear a call on their browser, or did last.
type ears struct {
	mu       sync.Mutex
	browsers map[PhoneOwner]bool
}

// choose notes the phone a supervisor hears a call on; none is the one before.
func (e *ears) choose(who PhoneOwner, kind acd.PhoneKind) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch kind {
	case acd.PhoneNone:
	case acd.PhoneBrowser:
		e.browsers[who] = true
	case acd.PhoneCentrex, acd.PhoneExternal:
		delete(e.browsers, who)
	}
}

func (e *ears) browser(who PhoneOwner) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.browsers[who]
}

func (s *Server) floorPhoneRoutes() {
	add(s, route{
		id: "floor-phone", method: http.MethodGet, path: "/floor/phone", tag: tagFloor,
		summary: "My browser as a phone to listen with (WebSocket)",
		about: "The messages `phone` of a banner's stream, both ways: the page offers a connection, which takes the place of " +
			"any other of his and ends with the stream.",
		responses: map[string]*huma.Response{
			"101": {Description: "The WebSocket is open; messages are PhoneStreamMessage, those of the page BannerMessage of the type phone."},
		},
		errors: []int{http.StatusUpgradeRequired},
	}, s.floorPhone)
	add(s, route{
		id: "floor-phones", method: http.MethodGet, path: "/floor/phones", tag: tagFloor,
		summary: "The Centrex phones I may listen on", about: "Needs the right to listen.",
	}, s.floorPhones)
}

func (s *Server) floorPhones(ctx context.Context, _ *struct{}) (*listOutput[PhoneToChoose], error) {
	r := from(ctx)
	if !r.who.rights.Listen {
		return nil, forbidden("this supervisor may not listen to calls")
	}
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	return s.choosable(ctx, r.who.centre, phonesOfOthers(floor, ""))
}

func (s *Server) floorPhone(ctx context.Context, _ *struct{}) (*streamOutput, error) {
	r := from(ctx)
	if err := s.sameSite(r.http); err != nil {
		return nil, err
	}
	if !r.who.rights.Listen {
		return nil, forbidden("this supervisor may not listen to calls")
	}
	return &streamOutput{Body: func(huma.Context) {
		conn, err := websocket.Accept(r.writer, r.http, &websocket.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			s.cfg.Log.DebugContext(ctx, "stream not opened", "error", err)
			return
		}
		conn.SetReadLimit(maxMessage)
		p := &phoneStream{server: s, r: r, conn: conn}
		if err := p.run(context.WithoutCancel(ctx)); err != nil {
			s.cfg.Log.DebugContext(ctx, "phone stream ended", "error", err)
		}
	}}, nil
}

// phoneStream is the stream of a supervisor's browser phone.
type phoneStream struct {
	server *Server
	r      *request
	conn   *websocket.Conn
}

// run serves the stream until the page or the server ends it, or he may no longer
// listen.
func (p *phoneStream) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	st, leave := p.server.streams.enter(p.r.who)
	defer leave()
	l := p.server.newLine(PhoneOwner{Centre: p.r.who.centre, User: acd.UserID(p.r.who.id)})
	var both sync.WaitGroup
	both.Go(func() { l.speak(ctx, func(m PhoneMessage) error { return p.send(ctx, m) }) })
	both.Go(func() { p.watch(ctx, st) })
	err := p.read(ctx, l)
	had := l.session != ""
	l.end()
	cancel()
	both.Wait()
	if had {
		p.hangUp(context.WithoutCancel(ctx), l.owner)
	}
	return err
}

// hangUp takes a supervisor out of the call he hears on his browser, unless a
// page of his is back in time: nobody is to be shown as one who listens who does
// not.
func (p *phoneStream) hangUp(ctx context.Context, who PhoneOwner) {
	s := p.server
	if p.mayListen(ctx) {
		wait := s.cfg.Clock.NewTimer(earsGrace)
		defer wait.Stop()
		s.cfg.Log.DebugContext(ctx, "page of a supervisor's phone is away", "user", who.User)
		select {
		case <-s.stopping:
			return
		case <-wait.C():
		}
	}
	if s.lines.has(who) || !s.ears.browser(who) {
		return
	}
	s.stopListening(ctx, who.Centre, who.User)
}

func (p *phoneStream) read(ctx context.Context, l *line) error {
	for {
		_, data, err := p.conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("read phone stream: %w", err)
		}
		var m streamReport
		if err := json.Unmarshal(data, &m); err != nil {
			_ = p.conn.Close(websocket.StatusPolicyViolation, "not a message")
			return fmt.Errorf("message of the page: %w", err)
		}
		if m.Type == "phone" {
			l.hear(ctx, m.Phone)
		}
	}
}

func (p *phoneStream) send(ctx context.Context, m PhoneMessage) error {
	data, err := json.Marshal(PhoneStreamMessage{Type: "phone", Phone: &m})
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return p.conn.Write(limited, websocket.MessageText, data)
}

// watch ends the stream with the server, with a page that no longer answers, and
// when its owner may no longer listen.
func (p *phoneStream) watch(ctx context.Context, st *stream) {
	s := p.server
	ping := s.cfg.Clock.NewTimer(s.cfg.Ping)
	defer func() { ping.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.stopping:
			_ = p.conn.Close(websocket.StatusGoingAway, "the server stops")
			return
		case <-st.changed:
		case <-ping.C():
			ping = s.cfg.Clock.NewTimer(s.cfg.Ping)
			limited, cancel := context.WithTimeout(ctx, pongTimeout)
			err := p.conn.Ping(limited)
			cancel()
			if err != nil {
				_ = p.conn.CloseNow()
				return
			}
		}
		if !p.mayListen(ctx) {
			_ = p.conn.Close(websocket.StatusPolicyViolation, "no longer allowed")
			return
		}
	}
}

func (p *phoneStream) mayListen(ctx context.Context) bool {
	quiet := *p.r
	quiet.quiet, quiet.now = true, p.server.cfg.Clock.Now()
	who, err := p.server.authenticate(ctx, &quiet)
	return err == nil && admit(who, p.server.rights["floor-phone"]) == nil && who.rights.Listen
}
