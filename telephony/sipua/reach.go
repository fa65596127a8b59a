package sipua

import (
	"context"
	"sync"
)

// reach tells the handler of accounts that have become reachable or unreachable. What has changed is noted where it
// changes and told by a goroutine of its own: the answer to a REGISTER waits for no handler, and refreshes, which are
// most of the REGISTERs there are, are no news to anybody.
type reach struct {
	mu    sync.Mutex
	noted map[string]bool // accounts whose bindings have changed
	wake  chan struct{}
}

func newReach() *reach { return &reach{noted: map[string]bool{}, wake: make(chan struct{}, 1)} }

// note says that the bindings of accounts may have changed.
func (r *reach) note(accounts ...string) {
	if len(accounts) == 0 {
		return
	}
	r.mu.Lock()
	for _, id := range accounts {
		r.noted[id] = true
	}
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *reach) take() map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	noted := r.noted
	r.noted = map[string]bool{}
	return noted
}

// runReach tells until ctx ends. It compares what is with what was told last, so the last word is always right.
func (r *registrar) runReach(ctx context.Context) {
	told := map[string]string{} // the centres of the accounts that were told to have contacts
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.reach.wake:
		}
		for id := range r.reach.take() {
			n, centre := len(r.contacts(id)), ""
			if a := r.accountByID(id); a != nil && n > 0 {
				centre = a.Centre
			}
			was, reachable := told[id]
			if reachable && (centre == "" || centre != was) {
				delete(told, id)
				r.u.cfg.Handler.BindingChanged(was, id, 0)
				reachable = false
			}
			if !reachable && centre != "" {
				told[id] = centre
				r.u.cfg.Handler.BindingChanged(centre, id, n)
			}
		}
	}
}
