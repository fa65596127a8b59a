package app

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"bandeau/directory"
	"bandeau/internal/clock"
)

// slowPasswords takes a second for each.
type slowPasswords struct{}

func (slowPasswords) Hash(context.Context, string) (directory.Secret, error) {
	time.Sleep(time.Second)
	return "hash", nil
}

func (slowPasswords) Verify(context.Context, directory.Secret, string) (bool, error) {
	time.Sleep(time.Second)
	return true, nil
}

// TestMemoryIsGivenBackAfterRest hashes without a rest, then rests: memory is
// given back once, after it, and not again before the next password.
func TestMemoryIsGivenBackAfterRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		thrift := newThrifty(slowPasswords{})
		given := make(chan time.Time, 10)
		done := make(chan error, 1)
		go func() {
			done <- thrift.run(ctx, clock.System{}, func() { given <- time.Now() })
		}()
		for range 20 { // longer than the rest, all together
			if ok, err := thrift.Verify(ctx, "hash", "password"); !ok || err != nil {
				t.Fatal(ok, err)
			}
			if hash, err := thrift.Hash(ctx, "password"); hash != "hash" || err != nil {
				t.Fatal(hash, err)
			}
		}
		last := time.Now()
		synctest.Wait()
		if len(given) != 0 {
			t.Fatalf("given back %d times among the log-ins", len(given))
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(given) != 1 {
			t.Fatalf("given back %d times after a rest, want once", len(given))
		}
		if rest := (<-given).Sub(last); rest != memoryRest {
			t.Fatalf("given back after %s, want %s", rest, memoryRest)
		}
		if _, err := thrift.Hash(ctx, "password"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(given) != 1 {
			t.Fatalf("given back %d times after the next password, want once", len(given))
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}
