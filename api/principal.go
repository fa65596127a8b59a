package api

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"bandeau/acd"
	"bandeau/directory"
)

// principal is who makes a request.
type principal struct {
	centre   directory.ID
	id       directory.ID
	role     directory.Role
	login    string
	name     string
	language directory.Language
	// groups are those a supervisor sees; nil for all.
	groups []directory.ID
	rights directory.Rights
	// locked means that the password must be replaced first.
	locked bool
	// hash is that of the cookie; nil for a token.
	hash []byte
}

// seesGroup reports whether the group is one of his.
func (p *principal) seesGroup(id directory.ID) bool {
	return p.groups == nil || slices.Contains(p.groups, id)
}

// seesAny reports whether one of the groups is his.
func (p *principal) seesAny(ids []acd.GroupID) bool {
	return p.groups == nil || slices.ContainsFunc(ids, func(id acd.GroupID) bool { return p.seesGroup(directory.ID(id)) })
}

// seenGroups are the groups he sees as the API tells them: null for all.
func (p *principal) seenGroups() []string {
	if p.groups == nil {
		return nil
	}
	ids := make([]string, len(p.groups))
	for i, id := range p.groups {
		ids[i] = string(id)
	}
	return ids
}

// seesURLs reports whether he sees and writes the screen-pop URLs.
func (p *principal) seesURLs() bool { return p.role.MaySeeScreenPopURLs() }

// operator is his identifier for the core.
func (p *principal) operator() acd.OperatorID { return acd.OperatorID(p.id) }

// session is his floor session's identifier for the core.
func (p *principal) session() acd.SessionID { return sessionID(p.hash) }

// actor is who he is in the journal.
func (p *principal) actor() acd.Actor {
	if p.role == directory.RoleOperator {
		return acd.Actor{Kind: acd.ByOperator, ID: string(p.id)}
	}
	return acd.Actor{Kind: acd.BySupervisor, ID: string(p.id)}
}

// cookieName is fixed by the contract.
const cookieName = "bandeau_session"

// sessionID names the floor session that a web session started. It is made
// from the hash of the cookie, so that the one leads to the other without a
// table; the cookie itself cannot be found from it.
func sessionID(hash []byte) acd.SessionID { return acd.SessionID(hex.EncodeToString(hash)) }

// cookieOf returns the hash of the cookie of a floor session.
func cookieOf(session acd.SessionID) ([]byte, bool) {
	hash, err := hex.DecodeString(string(session))
	return hash, err == nil && len(hash) > 0
}

func unauthorized() *problemError {
	return problem(http.StatusUnauthorized, codeUnauthorized, "log in first")
}

// authenticate finds who makes the request. A bearer token counts before a
// cookie: a program that sends one means it.
func (s *Server) authenticate(ctx context.Context, r *request) (*principal, error) {
	if header := r.http.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, unauthorized()
		}
		return s.byToken(ctx, strings.TrimSpace(token), r.now)
	}
	cookie, err := r.http.Cookie(cookieName)
	if err != nil {
		return nil, unauthorized()
	}
	p, err := s.byCookie(ctx, r, directory.HashToken(cookie.Value))
	if errors.Is(err, ErrNotFound) {
		return nil, unauthorized()
	}
	return p, err
}

// byToken finds the maker of a token and what the token may do: never more
// than its maker may now. It ends with its maker.
func (s *Server) byToken(ctx context.Context, value string, now time.Time) (*principal, error) {
	token, err := s.cfg.Records.Tokens().ByHash(ctx, directory.HashToken(value))
	if errors.Is(err, ErrNotFound) {
		return nil, unauthorized()
	}
	if err != nil {
		return nil, err
	}
	if token.Expired(now) {
		return nil, unauthorized()
	}
	maker, err := s.cfg.Records.Users().Get(ctx, token.Centre, token.MadeBy)
	if errors.Is(err, ErrNotFound) {
		return nil, unauthorized()
	}
	if err != nil {
		return nil, err
	}
	p := ofUser(maker)
	p.id, p.login, p.name = token.ID, "", token.Name
	if p.role.AtLeast(token.Role) {
		p.role = token.Role
	}
	return p, nil
}

func ofUser(u directory.User) *principal {
	p := &principal{
		centre: u.Centre, id: u.ID, role: u.Role, login: u.Login, name: u.Name,
		language: u.Language, rights: directory.Rights{OperatorDetail: true, Listen: true},
	}
	if u.Role == directory.RoleSupervisor {
		p.groups, p.rights = u.Groups, u.Rights
	}
	return p
}

// byCookie finds the owner of a web session that lives.
func (s *Server) byCookie(ctx context.Context, r *request, hash []byte) (*principal, error) {
	accounts := s.cfg.Records.Accounts()
	session, err := accounts.Session(ctx, hash)
	if err != nil {
		return nil, err
	}
	if session.Expired(r.now) {
		return nil, errors.Join(unauthorized(), accounts.DeleteSession(ctx, hash))
	}
	var p *principal
	if session.Role == directory.RoleOperator {
		p, err = s.operatorOf(ctx, session)
	} else {
		var u directory.User
		if u, err = s.cfg.Records.Users().Get(ctx, session.Centre, session.Subject); err == nil {
			p = ofUser(u)
		}
	}
	if err != nil {
		return nil, err
	}
	p.hash, p.locked = session.Hash, session.MustChangePassword
	return p, s.touch(ctx, r, session)
}

// operatorOf is the operator of a web session. His cookie lives as long as the
// floor session it belongs to: that is asked of the floor itself, so that a
// cookie whose end was announced while the node was down is dead all the same.
func (s *Server) operatorOf(ctx context.Context, session directory.Session) (*principal, error) {
	record, err := s.cfg.Records.Operators().Get(ctx, session.Centre, session.Subject)
	switch {
	case errors.Is(err, ErrNotFound):
		// Deleted in mid-call: the floor keeps him until the call has ended.
		record = directory.Operator{Meta: directory.Meta{ID: session.Subject, Centre: session.Centre}}
	case err != nil:
		return nil, err
	}
	p := &principal{
		centre: session.Centre, id: session.Subject, role: directory.RoleOperator,
		login: record.Login, name: record.FullName, language: record.Language,
	}
	if session.MustChangePassword {
		if !record.Enabled {
			return nil, ErrNotFound
		}
		return p, nil
	}
	floor, ok := s.cfg.Floors.Floor(session.Centre)
	if !ok {
		return nil, ErrUnavailable
	}
	view, ok := floor.Operator(p.operator())
	if !ok || view.Presence == acd.LoggedOut || view.Session != sessionID(session.Hash) {
		return nil, ErrNotFound
	}
	return p, nil
}

const touchEvery = time.Minute

// touch notes the request and sends the cookie anew, so that it ends that long
// after the last request in the browser too.
func (s *Server) touch(ctx context.Context, r *request, session directory.Session) error {
	if r.quiet || r.now.Sub(session.LastRequestAt) < touchEvery {
		return nil
	}
	session.LastRequestAt = r.now
	if cookie, err := r.http.Cookie(cookieName); err == nil {
		s.setCookie(r, cookie.Value, session.ExpiresAt().Sub(r.now))
	}
	return s.cfg.Records.Accounts().TouchSession(ctx, session.Hash, r.now)
}

// setCookie sends the cookie; life zero or less takes it back.
func (s *Server) setCookie(r *request, value string, life time.Duration) {
	cookie := &http.Cookie{
		Name: cookieName, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.http.TLS != nil || s.cfg.SecureCookies, MaxAge: int(life.Seconds()),
	}
	if life <= 0 {
		cookie.Value, cookie.MaxAge = "", -1
	}
	http.SetCookie(r.writer, cookie)
}

// floorOf is the floor of the requester's centre.
func (s *Server) floorOf(centre directory.ID) (Floor, error) {
	floor, ok := s.cfg.Floors.Floor(centre)
	if !ok {
		return nil, ErrUnavailable
	}
	return floor, nil
}
