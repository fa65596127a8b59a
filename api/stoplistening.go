package api

import (
	"context"
	"errors"
	"fmt"

	"bandeau/acd"
	"bandeau/directory"
)

// Whoever hears a call on a telephone needs no page for it. What took him there
// may be gone before he is: his account, his right, his groups, his log-in. Then
// his phone is hung up.

// stopListening takes a supervisor out of the call he hears, if he hears one.
func (s *Server) stopListening(ctx context.Context, centre directory.ID, user acd.UserID) {
	floor, err := s.floorOf(centre)
	if err == nil {
		err = floor.Do(ctx, acd.StopObserving{User: user})
	}
	var refused *acd.Error
	switch {
	case err == nil:
	case errors.As(err, &refused): // he hears none
		s.cfg.Log.DebugContext(ctx, "listening not ended", "user", user, "error", err)
	default:
		s.cfg.Log.WarnContext(ctx, "listening not ended", "user", user, "error", err)
	}
}

// LoggedOut is for sessions of a user that have ended, by this API or another way:
// their live streams end at once, and he is taken out of the call he hears.
func (s *Server) LoggedOut(ctx context.Context, centre, user directory.ID) {
	s.streams.recordsChanged(centre)
	s.stopListening(context.WithoutCancel(ctx), centre, acd.UserID(user))
}

// leavesCalls takes somebody out of the call he hears, whose log-in ends.
func (s *Server) leavesCalls(ctx context.Context, who *principal) {
	if who.role != directory.RoleOperator {
		s.LoggedOut(ctx, who.centre, who.id)
	}
}

// endListening takes those out of the calls of a centre who may hear them no
// longer.
func (s *Server) endListening(ctx context.Context, centre directory.ID) {
	floor, err := s.floorOf(centre)
	if err != nil {
		return // nobody is in a call there
	}
	for _, call := range floor.Snapshot().Calls {
		for _, o := range call.Observers {
			may, err := s.mayHear(ctx, centre, floor, o)
			if err != nil { // who cannot be known to be allowed may not listen
				s.cfg.Log.WarnContext(ctx, "right to listen not read", "user", o.User, "error", err)
			}
			if !may {
				s.stopListening(ctx, centre, o.User)
			}
		}
	}
}

// mayHear reports whether somebody who hears an operator's call still may. He is a
// user, or the program of one, which has a token.
func (s *Server) mayHear(ctx context.Context, centre directory.ID, floor Floor, o acd.Observer) (bool, error) {
	id := directory.ID(o.User)
	user, err := s.cfg.Records.Users().Get(ctx, centre, id)
	if errors.Is(err, ErrNotFound) {
		var token directory.Token
		if token, err = s.cfg.Records.Tokens().Get(ctx, centre, id); err == nil {
			user, err = s.cfg.Records.Users().Get(ctx, centre, token.MadeBy)
		}
	}
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read user: %w", err)
	}
	who := ofUser(user)
	view, ok := floor.Operator(o.Operator)
	return ok && who.rights.Listen && who.rights.OperatorDetail && who.seesAny(view.Groups), nil
}
