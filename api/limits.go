package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/directory"
)

const (
	// maxFailures log-ins may fail within failureWindow; then that login from
	// that address is refused for as long.
	maxFailures   = 10
	failureWindow = 15 * time.Minute
	// maxTracked bounds the pairs of login and address that are counted. When it
	// is reached, pairs whose window has passed make room, else any that is not
	// refused now. Each entry costs its maker a slow hash, so that filling the
	// table wins him no guesses.
	maxTracked = 50_000
	// aliveEvery and activeEvery bound how often a session's signs of life go
	// to the core.
	aliveEvery  = 20 * time.Second
	activeEvery = 5 * time.Second
)

// limiter counts failed log-ins.
type limiter struct {
	mu    sync.Mutex
	pairs map[string]*failures
}

type failures struct {
	times        []time.Time // of the failures in the window, oldest first
	blockedUntil time.Time
}

func newLimiter() *limiter { return &limiter{pairs: map[string]*failures{}} }

// blocked returns how long a pair has to wait, zero for not at all.
func (l *limiter) blocked(pair string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f, ok := l.pairs[pair]; ok {
		return max(f.blockedUntil.Sub(now), 0)
	}
	return 0
}

// failed counts a failure. The failure is counted before the password is
// looked at and taken back by passed, so that guesses made at the same time
// are counted too.
func (l *limiter) failed(pair string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.pairs[pair]
	if f == nil {
		if len(l.pairs) >= maxTracked {
			l.makeRoom(now)
		}
		f = &failures{}
		l.pairs[pair] = f
	}
	recent := f.times[:0]
	for _, at := range f.times {
		if now.Sub(at) < failureWindow {
			recent = append(recent, at)
		}
	}
	f.times = append(recent, now)
	if len(f.times) >= maxFailures {
		f.blockedUntil = now.Add(failureWindow)
		f.times = f.times[:0]
	}
}

// passed forgets a pair whose password was right.
func (l *limiter) passed(pair string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pairs, pair)
}

// makeRoom drops the pairs whose window has passed, and at least one if any is
// not refused now.
func (l *limiter) makeRoom(now time.Time) {
	var spare string
	for pair, f := range l.pairs {
		last := f.blockedUntil
		if n := len(f.times); n > 0 {
			last = f.times[n-1].Add(failureWindow)
		}
		switch {
		case !last.After(now):
			delete(l.pairs, pair)
		case !f.blockedUntil.After(now):
			spare = pair
		}
	}
	if len(l.pairs) >= maxTracked {
		delete(l.pairs, spare)
	}
}

// signs remembers when a session's signs of life last went to the core.
type signs struct {
	mu     sync.Mutex
	alive  map[acd.SessionID]time.Time
	active map[acd.SessionID]time.Time
}

func newSigns() *signs {
	return &signs{alive: map[acd.SessionID]time.Time{}, active: map[acd.SessionID]time.Time{}}
}

// due reports which signs go to the core, and takes them as sent.
func (g *signs) due(session acd.SessionID, active bool, now time.Time) (sendAlive, sendActive bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if sendAlive = now.Sub(g.alive[session]) >= aliveEvery; sendAlive {
		g.alive[session] = now
	}
	if sendActive = active && now.Sub(g.active[session]) >= activeEvery; sendActive {
		g.active[session] = now
	}
	return sendAlive, sendActive
}

func (g *signs) forget(session acd.SessionID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.alive, session)
	delete(g.active, session)
}

// noteSigns tells the core that an operator's banner lives (OP-19), and for
// anything but reading that he acts (OP-17).
func (s *Server) noteSigns(ctx context.Context, r *request) {
	if r.who.role != directory.RoleOperator || r.who.locked {
		return
	}
	reading := r.http.Method == http.MethodGet || r.http.Method == http.MethodHead
	s.sendSigns(ctx, r.who, !reading, r.now)
}

func (s *Server) sendSigns(ctx context.Context, who *principal, active bool, now time.Time) {
	floor, ok := s.cfg.Floors.Floor(who.centre)
	if !ok {
		return
	}
	sendAlive, sendActive := s.signs.due(who.session(), active, now)
	var commands []acd.Command
	if sendAlive {
		commands = append(commands, acd.Alive{Operator: who.operator()})
	}
	if sendActive {
		commands = append(commands, acd.Active{Operator: who.operator()})
	}
	for _, c := range commands {
		// The request itself is what matters; a sign that is lost is followed by another.
		if err := floor.Do(ctx, c); err != nil {
			s.cfg.Log.DebugContext(ctx, "sign of life not noted", "error", err)
		}
	}
}
