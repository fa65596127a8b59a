package mail

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"bandeau/directory"
)

// memoryOutbox keeps mails as a store does.
type memoryOutbox struct {
	mu     sync.Mutex
	mails  map[directory.ID]directory.Mail
	states map[directory.ID][]directory.PasswordState
	broken bool
}

func newMemoryOutbox(mails ...directory.Mail) *memoryOutbox {
	o := &memoryOutbox{mails: map[directory.ID]directory.Mail{}, states: map[directory.ID][]directory.PasswordState{}}
	for _, m := range mails {
		o.mails[m.ID] = m
	}
	return o
}

var errBroken = errors.New("disk full")

func (o *memoryOutbox) Claim(_ context.Context, now time.Time, lease time.Duration, limit int) ([]directory.Mail, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken {
		return nil, errBroken
	}
	var claimed []directory.Mail
	for id, m := range o.mails {
		if len(claimed) == limit || m.State != directory.MailWaiting || m.NextAttempt.After(now) {
			continue
		}
		m.Attempts++
		m.NextAttempt = now.Add(lease)
		o.mails[id] = m
		claimed = append(claimed, m)
	}
	return claimed, nil
}

func (o *memoryOutbox) NextDue(context.Context) (time.Time, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var next time.Time
	for _, m := range o.mails {
		if m.State == directory.MailWaiting && (next.IsZero() || m.NextAttempt.Before(next)) {
			next = m.NextAttempt
		}
	}
	return next, !next.IsZero(), nil
}

func (o *memoryOutbox) MarkSent(_ context.Context, _, id directory.ID, at time.Time) error {
	return o.change(id, func(m *directory.Mail) { m.State, m.SentAt, m.Text, m.HTML = directory.MailSent, at, "", "" })
}

func (o *memoryOutbox) MarkFailed(ctx context.Context, _, id directory.ID, _ time.Time, lastError string, next time.Time, giveUp bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return o.change(id, func(m *directory.Mail) {
		m.LastError, m.NextAttempt = lastError, next
		if giveUp {
			m.State, m.Text, m.HTML = directory.MailFailed, "", ""
		}
	})
}

func (o *memoryOutbox) change(id directory.ID, change func(m *directory.Mail)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	m, ok := o.mails[id]
	if !ok {
		return errors.New("no such mail")
	}
	change(&m)
	o.mails[id] = m
	return nil
}

func (o *memoryOutbox) put(m directory.Mail) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mails[m.ID] = m
}

func (o *memoryOutbox) mail(id directory.ID) directory.Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.mails[id]
}

func (o *memoryOutbox) noteState(_ context.Context, m directory.Mail, state directory.PasswordState) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.states[m.About] = append(o.states[m.About], state)
	return nil
}

func (o *memoryOutbox) stateHistory(about directory.ID) []directory.PasswordState {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]directory.PasswordState(nil), o.states[about]...)
}

func (o *memoryOutbox) setBroken(broken bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = broken
}

// eventually polls a condition; the deadline only bounds a failing test.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
