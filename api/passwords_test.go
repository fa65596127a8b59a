package api_test

import (
	"context"
	"errors"
	"testing"

	"bandeau/api"
)

func TestPasswordsAreHashedAFewAtATime(t *testing.T) {
	p := api.NewPasswords(1, random)
	hash, err := p.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]bool{password: true, password + "x": false} {
		if got, err := p.Verify(t.Context(), hash, typed); err != nil || got != want {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
	if got, err := p.Verify(t.Context(), "", password); err != nil || got {
		t.Errorf("nobody's password is right: %v, %v", got, err)
	}
	// Whoever waits for his turn may give up.
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	release := make(blocked)
	stuck := api.NewPasswords(1, release)
	go func() { _, _ = stuck.Hash(context.Background(), password) }()
	until(t, "a waiter gives up", func() bool {
		_, err := stuck.Verify(gone, "", password)
		return errors.Is(err, context.Canceled)
	})
	close(release)
}

// blocked is a source of randomness that never answers before it is closed.
type blocked chan struct{}

func (b blocked) Read(p []byte) (int, error) {
	<-b
	return len(p), nil
}

func TestAnIncompleteConfigurationIsRefused(t *testing.T) {
	if _, err := api.New(api.Config{}); err == nil {
		t.Error("a server without anything was made")
	}
}
