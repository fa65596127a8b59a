package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"bandeau/directory"
	"bandeau/internal/clock"
)

// Outbox is where the mails wait.
type Outbox interface {
	// Claim returns up to limit waiting mails that are due, with their bodies,
	// counts the attempt and makes each due again only when the lease has run
	// out.
	Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]directory.Mail, error)
	// NextDue returns the instant of the earliest attempt, false when no mail
	// waits.
	NextDue(ctx context.Context) (time.Time, bool, error)
	// MarkSent notes the delivery and forgets the body.
	MarkSent(ctx context.Context, centre, id directory.ID, at time.Time) error
	// MarkFailed notes a failed attempt. With giveUp there is none after it and
	// the body is forgotten, else the next is at next.
	MarkFailed(ctx context.Context, centre, id directory.ID, at time.Time, lastError string, next time.Time, giveUp bool) error
}

// Deliverer hands a mail to a server. An error that is no *DeliveryError is
// taken for a passing one.
type Deliverer interface {
	Deliver(ctx context.Context, m directory.Mail) error
}

// StateFunc hears how the delivery of a mail stands: delivered, or failed at
// each attempt that did not succeed, also while others follow.
type StateFunc func(ctx context.Context, m directory.Mail, state directory.PasswordState) error

const (
	// lease is longer than the longest delivery, so that a mail is claimed
	// again only if this process died with it.
	lease = 2 * time.Minute
	// markTimeout bounds what is still written while the process stops.
	markTimeout = 5 * time.Second
	// shortestPause keeps a mail that another node is about to send from
	// turning this loop into a busy one.
	shortestPause = time.Second
	// outboxPause follows an outbox that could not be read.
	outboxPause = 10 * time.Second
)

// retryDelay returns how long after its failed attempt (1 for the first) a
// mail is tried again, false when it has been tried for a day.
func retryDelay(attempt int) (time.Duration, bool) {
	delays := [...]time.Duration{
		30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
	}
	if attempt < 1 || attempt > len(delays) {
		return 0, false
	}
	return delays[attempt-1], true
}

// Sender delivers the mails of the outbox.
type Sender struct {
	outbox    Outbox
	deliverer Deliverer
	clock     clock.Clock
	log       *slog.Logger
	onState   StateFunc
	wake      chan struct{}
}

// NewSender returns a sender. Without a deliverer (nil) the mails wait in the
// outbox for a server to be set.
func NewSender(outbox Outbox, deliverer Deliverer, clk clock.Clock, log *slog.Logger, onState StateFunc) *Sender {
	return &Sender{
		outbox: outbox, deliverer: deliverer, clock: clk, log: log, onState: onState,
		wake: make(chan struct{}, 1),
	}
}

// Wake tells the sender that a mail has been put into the outbox. It never
// blocks.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // already told
	}
}

// Run delivers mails until the context ends; it returns nil then. A delivery
// in progress is broken off and its mail is tried again after the next start.
func (s *Sender) Run(ctx context.Context) error {
	if s.deliverer == nil {
		<-ctx.Done()
		return nil
	}
	for ctx.Err() == nil {
		s.sleep(ctx, s.drain(ctx))
	}
	return nil
}

// sleep waits for the next due mail, a new one or the end. A negative pause
// has no end.
func (s *Sender) sleep(ctx context.Context, pause time.Duration) {
	var fired <-chan time.Time
	if pause >= 0 {
		timer := s.clock.NewTimer(pause)
		defer timer.Stop()
		fired = timer.C()
	}
	select {
	case <-ctx.Done():
	case <-s.wake:
	case <-fired:
	}
}

// drain sends every mail that is due and returns the pause until the next
// one, negative when none waits.
func (s *Sender) drain(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		// One at a time, so that each has its full lease.
		mails, err := s.outbox.Claim(ctx, s.clock.Now(), lease, 1)
		if err != nil {
			return s.outboxFailed(ctx, "cannot claim mails", err)
		}
		if len(mails) == 0 {
			break
		}
		for _, m := range mails {
			if err := s.send(ctx, m); err != nil {
				return s.outboxFailed(ctx, "cannot note the state of a mail", err)
			}
		}
	}
	due, waiting, err := s.outbox.NextDue(ctx)
	if err != nil {
		return s.outboxFailed(ctx, "cannot read the outbox", err)
	}
	if !waiting {
		return -1
	}
	return max(shortestPause, due.Sub(s.clock.Now()))
}

func (s *Sender) outboxFailed(ctx context.Context, message string, err error) time.Duration {
	if ctx.Err() == nil {
		s.log.ErrorContext(ctx, "mail outbox failed", "step", message, "error", err)
	}
	return outboxPause
}

// send delivers one mail and notes the result.
func (s *Sender) send(ctx context.Context, m directory.Mail) error {
	if expired := m.CreatedAt.Add(directory.FirstPasswordLife); !s.clock.Now().Before(expired) {
		return s.noteFailure(ctx, m, &DeliveryError{Permanent: true, text: "the password ended before it could be delivered"})
	}
	err := s.deliverer.Deliver(ctx, m)
	if ctx.Err() != nil && err != nil {
		return nil // broken off by our own end: the lease brings it back
	}
	if err != nil {
		return s.noteFailure(ctx, m, err)
	}
	// What the server has accepted is noted although we are being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), markTimeout)
	defer cancel()
	if err := s.outbox.MarkSent(ctx, m.Centre, m.ID, s.clock.Now()); err != nil {
		return fmt.Errorf("mark mail sent: %w", err)
	}
	s.log.InfoContext(ctx, "mail delivered", "mail", m.ID, "centre", m.Centre, "attempts", m.Attempts)
	return s.tell(ctx, m, directory.PasswordDelivered)
}

// noteFailure writes down a failed attempt and when the next one is.
func (s *Sender) noteFailure(ctx context.Context, m directory.Mail, err error) error {
	now := s.clock.Now()
	delay, again := retryDelay(m.Attempts)
	if failure, ok := errors.AsType[*DeliveryError](err); ok && failure.Permanent {
		again = false
	}
	next := now.Add(delay)
	if !again {
		next = time.Time{}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), markTimeout)
	defer cancel()
	if markErr := s.outbox.MarkFailed(ctx, m.Centre, m.ID, now, err.Error(), next, !again); markErr != nil {
		return fmt.Errorf("mark mail failed: %w", markErr)
	}
	s.log.WarnContext(ctx, "mail not delivered", "mail", m.ID, "centre", m.Centre, "attempts", m.Attempts, "given_up", !again, "error", err.Error())
	return s.tell(ctx, m, directory.PasswordFailed)
}

func (s *Sender) tell(ctx context.Context, m directory.Mail, state directory.PasswordState) error {
	if err := s.onState(ctx, m, state); err != nil {
		return fmt.Errorf("note password state: %w", err)
	}
	return nil
}
