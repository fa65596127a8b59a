package api

import (
	"context"
	"fmt"
	"io"

	"bandeau/directory"
)

// hasher implements Passwords with Argon2id, at most a few at a time: each
// takes 19 MiB and tens of milliseconds of a core, and calls come first.
type hasher struct {
	slots  chan struct{}
	random io.Reader
}

// NewPasswords returns Argon2id hashing of which at most limit run at a time;
// salts are drawn from random.
func NewPasswords(limit int, random io.Reader) Passwords {
	return &hasher{slots: make(chan struct{}, max(limit, 1)), random: random}
}

func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the hasher: %w", ctx.Err())
	}
}

// Hash implements Passwords.
func (h *hasher) Hash(ctx context.Context, password string) (directory.Secret, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return directory.HashPassword(password, h.random)
}

// Verify implements Passwords.
func (h *hasher) Verify(ctx context.Context, hash directory.Secret, password string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if hash == "" {
		return directory.VerifyNobody(password), nil
	}
	return directory.VerifyPassword(hash, password)
}
