package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bandeau/directory"
	"bandeau/internal/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a running sender and what it stands on.
type bench struct {
	server *smtpServer
	outbox *memoryOutbox
	clock  *clock.Manual
	sender *Sender
	logged *lockedBuffer
	stop   func()
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startSender runs a sender against a server; script sets the server up
// before the first mail goes out.
func startSender(t *testing.T, script func(s *smtpServer), mails ...directory.Mail) *bench {
	t.Helper()
	b := &bench{server: startServer(t), outbox: newMemoryOutbox(mails...), clock: clock.NewManual(start()), logged: &lockedBuffer{}}
	script(b.server)
	log := slog.New(slog.NewJSONHandler(b.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.sender = NewSender(b.outbox, newSMTP(t, b.server.url("")), b.clock, log, b.outbox.noteState)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.sender.Run(ctx) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v", err)
		}
		if strings.Contains(b.logged.String(), secret) {
			t.Error("a password was logged")
		}
	})
	t.Cleanup(b.stop)
	return b
}

func (b *bench) attempted(t *testing.T, id directory.ID, attempts int) directory.Mail {
	t.Helper()
	eventually(t, fmt.Sprintf("attempt %d of %s, sender asleep", attempts, id), func() bool {
		m := b.outbox.mail(id)
		waiting := m.State == directory.MailWaiting
		return m.Attempts == attempts && (!waiting || m.LastError != "" && b.clock.Timers() == 1)
	})
	return b.outbox.mail(id)
}

func TestSent(t *testing.T) {
	b := startSender(t, func(*smtpServer) {}, newMail(t, "m1", passwordFor(directory.French, "Anna")))
	eventually(t, "sent", func() bool { return b.outbox.mail("m1").State == directory.MailSent })
	m := b.outbox.mail("m1")
	if m.Text != "" || m.HTML != "" || !m.SentAt.Equal(start()) || m.Attempts != 1 {
		t.Errorf("mail %+v, body left %v", m, m.Text != "" || m.HTML != "")
	}
	eventually(t, "state told", func() bool { return len(b.outbox.stateHistory("op1")) == 1 })
	if got := b.outbox.stateHistory("op1"); got[0] != directory.PasswordDelivered {
		t.Errorf("states %v", got)
	}
	// A second mail goes out when the sender is told of it.
	second := passwordFor(directory.English, "Bruno")
	second.About = "op2"
	b.outbox.put(newMail(t, "m2", second))
	b.sender.Wake()
	eventually(t, "second sent", func() bool { return b.outbox.mail("m2").State == directory.MailSent })
	if got := len(b.server.received()); got != 2 {
		t.Errorf("%d mails, want 2", got)
	}
	b.stop()
	if strings.Contains(b.logged.String(), "anna@example.org") {
		t.Error("an address was logged")
	}
}

func TestTemporaryFailureThenSuccess(t *testing.T) {
	b := startSender(t, func(s *smtpServer) {
		s.reply("RCPT", "451 4.7.1 come back later", "250 ok", "451 4.7.1 come back later")
	}, newMail(t, "m1", passwordFor(directory.French, "Anna")))
	m := b.attempted(t, "m1", 1)
	if m.State != directory.MailWaiting || m.Text == "" || !strings.Contains(m.LastError, "451") || !m.NextAttempt.Equal(start().Add(30*time.Second)) {
		t.Fatalf("after the first attempt: %+v", m)
	}
	// Another mail does not bring the first one forward.
	b.clock.Advance(30*time.Second - time.Millisecond)
	other := passwordFor(directory.French, "Zoé")
	other.About = "op2"
	b.outbox.put(newMail(t, "m2", other))
	b.sender.Wake()
	eventually(t, "the other is sent, sender asleep", func() bool {
		return b.outbox.mail("m2").State == directory.MailSent && b.clock.Timers() == 1
	})
	if got := b.outbox.mail("m1").Attempts; got != 1 {
		t.Fatalf("tried %d times before it was due", got)
	}
	b.clock.Advance(time.Millisecond + shortestPause)
	m = b.attempted(t, "m1", 2)
	if !m.NextAttempt.Equal(b.clock.Now().Add(2 * time.Minute)) {
		t.Fatalf("after the second attempt: next at %v", m.NextAttempt)
	}
	b.clock.Advance(2 * time.Minute)
	eventually(t, "sent", func() bool { return b.outbox.mail("m1").State == directory.MailSent })
	b.stop()
	want := []directory.PasswordState{directory.PasswordFailed, directory.PasswordFailed, directory.PasswordDelivered}
	if got := b.outbox.stateHistory("op1"); !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	if got := b.outbox.mail("m1"); got.Attempts != 3 || got.Text != "" {
		t.Errorf("mail %+v", got)
	}
}

func TestPermanentFailure(t *testing.T) {
	b := startSender(t, func(s *smtpServer) { s.reply("RCPT", "550 5.1.1 no such user") },
		newMail(t, "m1", passwordFor(directory.French, "Anna")))
	eventually(t, "given up", func() bool { return b.outbox.mail("m1").State == directory.MailFailed })
	eventually(t, "state told", func() bool { return len(b.outbox.stateHistory("op1")) == 1 })
	m := b.outbox.mail("m1")
	if m.Attempts != 1 || m.Text != "" || m.HTML != "" || !strings.Contains(m.LastError, "no such user") {
		t.Errorf("mail %+v", m)
	}
	if got := b.outbox.stateHistory("op1"); got[0] != directory.PasswordFailed {
		t.Errorf("states %v", got)
	}
	b.clock.Advance(48 * time.Hour)
	b.sender.Wake()
	b.stop()
	if got := b.outbox.mail("m1").Attempts; got != 1 {
		t.Errorf("tried %d times", got)
	}
}

// A server that stays down: the attempts stand ever further apart, and after
// a day the mail is given up.
func TestServerStaysDown(t *testing.T) {
	b := startSender(t, func(s *smtpServer) { s.close() }, newMail(t, "m1", passwordFor(directory.French, "Anna")))
	var offsets []time.Duration
	for attempt := 1; ; attempt++ {
		m := b.attempted(t, "m1", attempt)
		offsets = append(offsets, b.clock.Now().Sub(start()))
		if m.State == directory.MailFailed {
			break
		}
		b.clock.Advance(m.NextAttempt.Sub(b.clock.Now()))
	}
	want := []time.Duration{
		0, 30 * time.Second, 150 * time.Second, 750 * time.Second, 4350 * time.Second, 11_550 * time.Second,
		25_950 * time.Second, 54_750 * time.Second, 83_550 * time.Second,
	}
	if !slices.Equal(offsets, want) {
		t.Errorf("attempts at %v, want %v", offsets, want)
	}
	if last := offsets[len(offsets)-1]; last > 24*time.Hour {
		t.Errorf("given up after %v", last)
	}
	if m := b.outbox.mail("m1"); m.Text != "" || !strings.Contains(m.LastError, "refused") {
		t.Errorf("mail %+v", m)
	}
}

func TestExpiredPasswordIsNotSent(t *testing.T) {
	m := newMail(t, "m1", passwordFor(directory.French, "Anna"))
	m.CreatedAt = start().Add(-directory.FirstPasswordLife)
	b := startSender(t, func(*smtpServer) {}, m)
	eventually(t, "given up", func() bool { return b.outbox.mail("m1").State == directory.MailFailed })
	b.stop()
	if len(b.server.received()) != 0 || !strings.Contains(b.outbox.mail("m1").LastError, "ended") {
		t.Errorf("mail %+v, %d sent", b.outbox.mail("m1"), len(b.server.received()))
	}
}

func TestWithoutServerMailsWait(t *testing.T) {
	outbox := newMemoryOutbox(newMail(t, "m1", passwordFor(directory.French, "Anna")))
	sender := NewSender(outbox, nil, clock.NewManual(start()), slog.New(slog.DiscardHandler), outbox.noteState)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- sender.Run(ctx) }()
	for range 100 {
		sender.Wake() // never blocks, although nobody listens
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if m := outbox.mail("m1"); m.State != directory.MailWaiting || m.Attempts != 0 || m.Text == "" {
		t.Errorf("mail %+v", m)
	}
}

// The end of the process in the middle of a delivery is no failure of the
// mail: it stays claimed until the lease has run out.
func TestStoppedWhileDelivering(t *testing.T) {
	b := startSender(t, func(s *smtpServer) { s.reply("DATA", "stall") }, newMail(t, "m1", passwordFor(directory.French, "Anna")))
	<-b.server.stalled
	b.stop()
	m := b.outbox.mail("m1")
	if m.State != directory.MailWaiting || m.LastError != "" || m.Text == "" || !m.NextAttempt.Equal(start().Add(lease)) {
		t.Errorf("mail %+v", m)
	}
	if got := b.outbox.stateHistory("op1"); len(got) != 0 {
		t.Errorf("states %v", got)
	}
}

func TestOutboxRecovers(t *testing.T) {
	b := startSender(t, func(*smtpServer) {})
	b.outbox.setBroken(true)
	b.outbox.put(newMail(t, "m1", passwordFor(directory.French, "Anna")))
	b.sender.Wake()
	eventually(t, "pause after the failure", func() bool { return b.clock.Timers() == 1 })
	b.outbox.setBroken(false)
	b.clock.Advance(outboxPause)
	eventually(t, "sent", func() bool { return b.outbox.mail("m1").State == directory.MailSent })
	b.stop()
	if !strings.Contains(b.logged.String(), errBroken.Error()) {
		t.Error("the failure was not logged")
	}
}

func TestStateThatCannotBeNoted(t *testing.T) {
	outbox := newMemoryOutbox(newMail(t, "m1", passwordFor(directory.French, "Anna")))
	server := startServer(t)
	clk := clock.NewManual(start())
	told := make(chan struct{}, 1)
	sender := NewSender(outbox, newSMTP(t, server.url("")), clk, slog.New(slog.DiscardHandler),
		func(context.Context, directory.Mail, directory.PasswordState) error {
			told <- struct{}{}
			return errors.New("disk full")
		})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- sender.Run(ctx) }()
	<-told
	eventually(t, "sender goes on", func() bool { return clk.Timers() == 1 })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := len(server.received()); got != 1 {
		t.Errorf("%d mails", got)
	}
}
