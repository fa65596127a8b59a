package app

import (
	"context"
	"runtime/debug"
	"time"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/internal/clock"
)

// memoryRest is how long nobody's password must have been hashed before the
// memory it took is given back: the rush of a morning's log-ins needs it again
// at once.
const memoryRest = 3 * time.Second

// thrifty gives back to the system what hashing passwords took, two to three
// times what an idle node needs. The runtime alone would keep it: nothing else
// in an idle node allocates enough to make it collect.
type thrifty struct {
	api.Passwords
	used chan struct{}
}

func newThrifty(p api.Passwords) *thrifty {
	return &thrifty{Passwords: p, used: make(chan struct{}, 1)}
}

// Hash implements api.Passwords.
func (t *thrifty) Hash(ctx context.Context, password string) (directory.Secret, error) {
	defer t.note()
	return t.Passwords.Hash(ctx, password)
}

// Verify implements api.Passwords.
func (t *thrifty) Verify(ctx context.Context, hash directory.Secret, password string) (bool, error) {
	defer t.note()
	return t.Passwords.Verify(ctx, hash, password)
}

func (t *thrifty) note() {
	select {
	case t.used <- struct{}{}:
	default: // it is noted already
	}
}

// run gives memory back, by giveBack, each time hashing has rested.
func (t *thrifty) run(ctx context.Context, clk clock.Clock, giveBack func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.used:
		}
		for rested := false; !rested; {
			timer := clk.NewTimer(memoryRest)
			select {
			case <-ctx.Done():
				timer.Stop()
				return nil
			case <-t.used:
				timer.Stop()
			case <-timer.C():
				rested = true
			}
		}
		giveBack()
	}
}

// giveMemoryBack is thrifty's service of a node.
func (n *Node) giveMemoryBack(ctx context.Context) error {
	return n.passwords.run(ctx, n.clock, debug.FreeOSMemory)
}
