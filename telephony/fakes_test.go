package telephony_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony"
)

// core writes down what it is told.
type core struct {
	mu     sync.Mutex
	got    []acd.Command
	arrive func(context.Context, acd.Command) error
	ask    func(context.Context) error
	state  *acd.State
	told   func(acd.Command)
}

func newCore() *core { return &core{state: acd.New(1)} }

func (c *core) Arrive(ctx context.Context, command acd.Command) error {
	c.mu.Lock()
	arrive := c.arrive
	c.mu.Unlock()
	if arrive != nil {
		if err := arrive(ctx, command); err != nil {
			return err
		}
	}
	c.Post(command)
	return nil
}

func (c *core) Do(ctx context.Context, command acd.Command) error { return c.Arrive(ctx, command) }

func (c *core) Post(command acd.Command) {
	c.mu.Lock()
	c.got = append(c.got, command)
	told := c.told
	c.mu.Unlock()
	if told != nil {
		told(command)
	}
}

func (c *core) Ask(ctx context.Context, f func(*acd.State)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ask != nil {
		if err := c.ask(ctx); err != nil {
			return err
		}
	}
	f(c.state)
	return nil
}

func (c *core) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// login lets an operator log in at a Centrex phone.
func (c *core) login(t *testing.T, operator acd.OperatorID, account acd.AccountID) {
	t.Helper()
	c.set(func() {
		for _, command := range []acd.Command{
			acd.ConfigureOperator{Config: acd.OperatorConfig{
				ID: operator, Name: "Anna", Enabled: true, RingSeconds: 20, AllowOutgoing: true,
				Phone: acd.Phone{Kind: acd.PhoneCentrex, Account: account},
			}},
			acd.SetReachable{Account: account, Reachable: true},
			acd.Login{Operator: operator, Session: "s1"},
		} {
			if _, _, err := c.state.Step(1000, command); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// directory knows French numbers written as e164, with 00 or nationally.
type directory struct {
	mu     sync.Mutex
	routes map[string]telephony.Route
	trunks map[string]telephony.TrunkRecord
	forms  map[string]string        // of numbers sent, by trunk; e164+ when absent
	phones map[string]acd.AccountID // by internal number
}

func (d *directory) set(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

func e164(number string) string {
	digits := strings.TrimPrefix(number, "+")
	switch {
	case digits == "" || strings.Trim(digits, "0123456789") != "":
		return ""
	case digits != number, len(digits) <= 4:
		return number
	case strings.HasPrefix(digits, "00"):
		return "+" + digits[2:]
	case strings.HasPrefix(digits, "0"):
		return "+33" + digits[1:]
	}
	return "+" + digits
}

func (d *directory) Route(c, called string) (telephony.Route, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	route, ok := d.routes[e164(called)]
	return route, ok && c == centre
}

func (d *directory) Caller(_, user string) string { return e164(user) }

func (d *directory) Dialled(_ string, _ acd.OperatorID, digits string) (string, bool, error) {
	if digits == "112" {
		return digits, true, nil
	}
	number := e164(digits)
	if number == "" {
		return "", false, errors.New("not a number")
	}
	return number, false, nil
}

func (d *directory) Target(
	_ string, operator acd.OperatorID, digits string,
) (acd.Destination, acd.AccountID, bool, error) {
	number, emergency, err := d.Dialled(centre, operator, digits)
	if emergency || err != nil {
		return acd.Destination{}, "", emergency, err
	}
	if route, ok := d.Route(centre, number); ok {
		return route.Destination, "", false, nil
	}
	account, _ := d.Extension(centre, number)
	return acd.Destination{Kind: acd.ToNumber, Number: number}, account, false, nil
}

func (d *directory) Extension(_, number string) (acd.AccountID, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	account, ok := d.phones[number]
	return account, ok
}

func (d *directory) ForTrunk(trunk, number string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch d.forms[trunk] {
	case "e164":
		return strings.TrimPrefix(number, "+")
	case "national":
		return strings.Replace(number, "+33", "0", 1)
	}
	return number
}

func (d *directory) Trunk(trunk string) (telephony.TrunkRecord, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	record, ok := d.trunks[trunk]
	return record, ok
}

// recorder keeps recordings in memory.
type recorder struct {
	mu     sync.Mutex
	err    error
	files  []*file
	starts []time.Time
}

func (f *recorder) Create(_ string, call acd.CallID, started time.Time, stored func(bool)) (media.FrameSink, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	made := &file{call: call, stored: stored}
	f.files, f.starts = append(f.files, made), append(f.starts, started)
	return made, nil
}

type file struct {
	call   acd.CallID
	stored func(bool)
	mu     sync.Mutex
	sides  [2][]int16
	closed int
}

func (f *file) WriteFrame(stereo []int16) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, sample := range stereo {
		f.sides[i%2] = append(f.sides[i%2], sample)
	}
	return nil
}

func (f *file) Close() error {
	f.mu.Lock()
	f.closed++
	f.mu.Unlock()
	f.stored(false)
	return nil
}

// errorLog keeps what is logged as an error.
type errorLog struct {
	mu    sync.Mutex
	lines []string
	allow string // a message that may come
}

func (e *errorLog) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }
func (e *errorLog) WithAttrs([]slog.Attr) slog.Handler               { return e }
func (e *errorLog) WithGroup(string) slog.Handler                    { return e }

func (e *errorLog) Handle(_ context.Context, record slog.Record) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if record.Message == e.allow {
		return nil
	}
	line := record.Message
	record.Attrs(func(a slog.Attr) bool {
		line += " " + a.String()
		return true
	})
	e.lines = append(e.lines, line)
	return nil
}

func (e *errorLog) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.lines, "\n")
}

// tolerate lets one message be logged as an error.
func (e *errorLog) tolerate(message string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.allow = message
}
