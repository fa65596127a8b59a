package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"time"

	"bandeau/directory"
)

// newID makes an identifier: 26 letters and digits, 128 bits of chance.
func newID() string { return rand.Text() }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// passwords hashes a few at a time: each takes 19 MiB and tens of milliseconds,
// and a rush of log-ins must not take the node from its calls.
type passwords struct {
	slots chan struct{}
}

// passwordSlots is how many passwords are hashed at the same time.
const passwordSlots = 2

func newPasswords() *passwords { return &passwords{slots: make(chan struct{}, passwordSlots)} }

// Hash implements api.Passwords.
func (p *passwords) Hash(ctx context.Context, password string) (directory.Secret, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	return directory.HashPassword(password, rand.Reader)
}

// Verify implements api.Passwords.
func (p *passwords) Verify(ctx context.Context, hash directory.Secret, password string) (bool, error) {
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	if hash == "" {
		return directory.VerifyNobody(password), nil
	}
	return directory.VerifyPassword(hash, password)
}

func (p *passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *passwords) leave() { <-p.slots }
