package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bandeau/acd"
	"bandeau/directory"
)

// Login is the body of POST /login.
type Login struct {
	Login    string `json:"login" must:"true" maxLength:"320" doc:"Whatever its case."`
	Password string `json:"password" must:"true" format:"password"`
	Centre   string `json:"centre,omitempty" doc:"The name or the identifier of the centre; may be left out while there is one."`
}

// LoggedIn is the answer to POST /login.
type LoggedIn struct {
	Role               directory.Role `json:"role" enum:"technical,administrator,supervisor,operator"`
	Name               string         `json:"name"`
	MustChangePassword bool           `json:"mustChangePassword" doc:"Only POST /password, POST /logout and GET /me are allowed until it is."`
}

// PasswordChange is the body of POST /password.
type PasswordChange struct {
	Current string `json:"current" must:"true" format:"password"`
	New     string `json:"new" must:"true" format:"password" minLength:"12" maxLength:"128" doc:"Not the login, not the old one."`
}

// LoggedOut is the answer to POST /logout during a call.
type LoggedOut struct {
	Pending bool `json:"pending" doc:"The session ends with the call."`
}

type logoutOutput struct {
	Status int
	Body   *LoggedOut
}

func (s *Server) accountRoutes() {
	add(s, route{
		id: "login", method: http.MethodPost, path: "/login", tag: "Session", summary: "Log in",
		about: "Sets the cookie `bandeau_session`. An operator's log-in starts his session on the floor, or " +
			"re-attaches to the one that runs; an older banner is then `taken_over`.",
		body: Login{}, required: []string{"login", "password"},
		errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
	}, s.login)
	add(s, route{
		id: "logout", method: http.MethodPost, path: "/logout", tag: "Session", summary: "Log out",
		about:  "During a call the answer is 200 with `pending` true, and the session ends with the call.",
		status: http.StatusNoContent,
		responses: map[string]*huma.Response{"200": {
			Description: "The session ends with the call.",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/LoggedOut"}}},
		}},
	}, s.logout)
	add(s, route{
		id: "password", method: http.MethodPost, path: "/password", tag: "Session", summary: "Replace one's password",
		about: "Ends every other web session of the same person. When the password had to be replaced, an " +
			"operator's session on the floor starts now.",
		status: http.StatusNoContent, body: PasswordChange{}, required: []string{"current", "new"},
		errors: []int{http.StatusTooManyRequests},
	}, s.changePassword)
}

// wrongLogin is the same for a login that does not exist, a wrong password,
// one that has expired and an operator who is disabled.
func wrongLogin() *problemError {
	return problem(http.StatusUnauthorized, codeLogin, "the login or the password is wrong")
}

func tooMany(wait time.Duration) *problemError {
	p := problem(http.StatusTooManyRequests, codeRateLimit, "too many failed attempts, try again later")
	p.retryAfter = wait
	return p
}

func (s *Server) login(ctx context.Context, _ *struct{}) (*bodyOutput[LoggedIn], error) {
	r := from(ctx)
	body, err := decode[Login](r)
	if err != nil {
		return nil, err
	}
	centre, err := s.centreNamed(ctx, body.Centre)
	if err != nil {
		return nil, err
	}
	subject, err := s.check(ctx, r, centre, body)
	if err != nil {
		return nil, err
	}
	cookie, session, err := s.openSession(ctx, r, subject)
	if err != nil {
		return nil, err
	}
	if subject.Role == directory.RoleOperator && !session.MustChangePassword {
		if err := s.startFloor(ctx, subject.Centre, subject.ID, session.Hash, r.now); err != nil {
			return nil, errors.Join(err, s.cfg.Records.Accounts().DeleteSession(ctx, session.Hash))
		}
	}
	s.setCookie(r, cookie, session.ExpiresAt().Sub(r.now))
	return &bodyOutput[LoggedIn]{Body: LoggedIn{
		Role: subject.Role, Name: subject.Name, MustChangePassword: session.MustChangePassword,
	}}, nil
}

// centreNamed finds the centre of a log-in. One that does not exist is no
// different from a wrong login, so the identifier is then empty.
func (s *Server) centreNamed(ctx context.Context, name string) (directory.ID, error) {
	centres, err := s.cfg.Records.Centres().All(ctx)
	if err != nil {
		return "", fmt.Errorf("list centres: %w", err)
	}
	if name == "" {
		if len(centres) == 1 {
			return centres[0].ID, nil
		}
		return "", refuse("body.centre", "is required: this node serves several centres")
	}
	for _, c := range centres {
		if string(c.ID) == name || strings.EqualFold(c.Name, name) {
			return c.ID, nil
		}
	}
	return "", nil
}

// check finds who has the login and the password.
func (s *Server) check(ctx context.Context, r *request, centre directory.ID, body Login) (Subject, error) {
	pair := strings.Join([]string{string(centre), strings.ToLower(clip(body.Login)), address(r.http)}, "\x00")
	if wait := s.limiter.blocked(pair, r.now); wait > 0 {
		return Subject{}, tooMany(wait)
	}
	s.limiter.failed(pair, r.now)
	subject, err := s.cfg.Records.Accounts().ByLogin(ctx, centre, body.Login)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Subject{}, fmt.Errorf("find login: %w", err)
	}
	right, err := s.cfg.Passwords.Verify(ctx, subject.Credential.Hash, body.Password)
	if err != nil {
		return Subject{}, fmt.Errorf("verify password: %w", err)
	}
	if !right || !subject.Enabled || subject.Credential.Expired(r.now) {
		return Subject{}, wrongLogin()
	}
	s.limiter.passed(pair)
	return subject, nil
}

// address is the client's, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (s *Server) openSession(ctx context.Context, r *request, subject Subject) (string, directory.Session, error) {
	value, hash, err := directory.GenerateToken(s.cfg.Random)
	if err != nil {
		return "", directory.Session{}, fmt.Errorf("make cookie: %w", err)
	}
	session := directory.Session{
		Hash: hash, Centre: subject.Centre, Subject: subject.ID, Role: subject.Role,
		MustChangePassword: subject.Credential.MustChange, CreatedAt: r.now, LastRequestAt: r.now,
	}
	if err := s.cfg.Records.Accounts().CreateSession(ctx, session); err != nil {
		return "", directory.Session{}, fmt.Errorf("keep session: %w", err)
	}
	return value, session, nil
}

// startFloor starts the floor session that belongs to a cookie.
func (s *Server) startFloor(ctx context.Context, centre, operator directory.ID, hash []byte, now time.Time) error {
	floor, err := s.floorOf(centre)
	if err != nil {
		return err
	}
	record, err := s.cfg.Records.Operators().Get(ctx, centre, operator)
	if err != nil {
		return fmt.Errorf("read operator: %w", err)
	}
	at, err := s.nextLogout(ctx, record, now)
	if err != nil {
		return err
	}
	id := acd.OperatorID(operator)
	return floor.Do(ctx, acd.Login{
		Operator: id, Session: sessionID(hash), LogoutAt: at, By: acd.Actor{Kind: acd.ByOperator, ID: string(operator)},
	})
}

// nextLogout is the operator's next daily logout (OP-24), zero when he has
// none.
func (s *Server) nextLogout(ctx context.Context, record directory.Operator, now time.Time) (acd.Instant, error) {
	if record.LogoutAt == "" {
		return 0, nil
	}
	centre, err := s.cfg.Records.Centres().Get(ctx, record.Centre)
	if err != nil {
		return 0, fmt.Errorf("read centre: %w", err)
	}
	zone, err := time.LoadLocation(centre.TimeZone)
	if err != nil {
		return 0, fmt.Errorf("time zone of the centre: %w", err)
	}
	return acd.At(directory.NextClock(record.LogoutAt, zone, now)), nil
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	r := from(ctx)
	if r.who.role == directory.RoleOperator && !r.who.locked {
		floor, err := s.floorOf(r.who.centre)
		if err != nil {
			return nil, err
		}
		err = floor.Do(ctx, acd.Logout{Operator: r.who.operator(), Reason: acd.LogoutManual, By: r.who.actor()})
		var refused *acd.Error
		if err != nil && (!errors.As(err, &refused) || refused.Code != acd.ErrLoggedOut) {
			return nil, err
		}
		if view, ok := floor.Operator(r.who.operator()); ok && view.Presence != acd.LoggedOut && view.Session == r.who.session() {
			return &logoutOutput{Status: http.StatusOK, Body: &LoggedOut{Pending: true}}, nil
		}
	}
	if err := s.cfg.Records.Accounts().DeleteSession(ctx, r.who.hash); err != nil {
		return nil, fmt.Errorf("end session: %w", err)
	}
	s.leavesCalls(ctx, r.who)
	s.setCookie(r, "", 0)
	return &logoutOutput{Status: http.StatusNoContent}, nil
}

func (s *Server) changePassword(ctx context.Context, _ *struct{}) (*nothing, error) {
	r := from(ctx)
	body, err := decode[PasswordChange](r)
	if err != nil {
		return nil, err
	}
	accounts := s.cfg.Records.Accounts()
	subject, err := accounts.ByID(ctx, r.who.centre, r.who.id, r.who.role)
	if err != nil {
		return nil, fmt.Errorf("find account: %w", err)
	}
	if err = s.checkCurrent(ctx, r, subject, body.Current); err != nil {
		return nil, err
	}
	if err = directory.AsError(directory.CheckNewPassword(subject.Login, body.Current, body.New)); err != nil {
		return nil, err
	}
	hash, err := s.cfg.Passwords.Hash(ctx, body.New)
	if err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	if err := accounts.SetPassword(ctx, subject, hash, r.who.hash); err != nil {
		return nil, fmt.Errorf("keep password: %w", err)
	}
	s.leavesCalls(ctx, r.who)
	if !r.who.locked {
		return &nothing{}, nil
	}
	if r.who.role == directory.RoleOperator {
		if err := s.startFloor(ctx, r.who.centre, r.who.id, r.who.hash, r.now); err != nil {
			return nil, err
		}
	}
	if err := accounts.UnlockSession(ctx, r.who.hash); err != nil {
		return nil, fmt.Errorf("unlock session: %w", err)
	}
	return &nothing{}, nil
}

// checkCurrent asks for the present password, with the same limit on guesses
// as a log-in.
func (s *Server) checkCurrent(ctx context.Context, r *request, subject Subject, current string) error {
	pair := strings.Join([]string{"password", string(subject.ID), address(r.http)}, "\x00")
	if wait := s.limiter.blocked(pair, r.now); wait > 0 {
		return tooMany(wait)
	}
	s.limiter.failed(pair, r.now)
	right, err := s.cfg.Passwords.Verify(ctx, subject.Credential.Hash, current)
	if err != nil {
		return fmt.Errorf("verify password: %w", err)
	}
	if !right || subject.Credential.Expired(r.now) {
		return refuse("body.current", "is not the present password")
	}
	s.limiter.passed(pair)
	return nil
}

// EndSession ends the web session of a floor session that has ended or was
// taken over: its cookie dies, and its open streams are told why. A reason of
// zero is a newer login. It is what the core's EndSession effect asks for, and
// may be repeated.
func (s *Server) EndSession(
	ctx context.Context, centre directory.ID, operator acd.OperatorID, session acd.SessionID, reason acd.LogoutReason,
) error {
	s.streams.endSession(centre, operator, session, reason)
	s.signs.forget(session)
	hash, ok := cookieOf(session)
	if !ok {
		return nil
	}
	if err := s.cfg.Records.Accounts().DeleteSession(ctx, hash); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// newID draws an identifier that nobody can guess.
func (s *Server) newID() (string, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(s.cfg.Random, raw); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}
