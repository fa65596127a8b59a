package api

import (
	"fmt"
	"testing"
	"time"
)

func TestTheTableOfFailuresIsBoundedAndKeepsTheRefused(t *testing.T) {
	l := newLimiter()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for range maxFailures {
		l.failed("guesser", now)
	}
	for i := range maxTracked + 5 {
		l.failed(fmt.Sprint("other", i), now)
	}
	if len(l.pairs) > maxTracked {
		t.Errorf("%d pairs are kept", len(l.pairs))
	}
	if l.blocked("guesser", now) == 0 {
		t.Error("filling the table freed the guesser")
	}
	l.failed("later", now.Add(2*failureWindow))
	if len(l.pairs) != 1 {
		t.Errorf("%d pairs are kept after their window", len(l.pairs))
	}
}
