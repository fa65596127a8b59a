// Package storetest is the conformance suite of package store's contract: every
// database runs the same tests. It also makes random histories of a centre, for
// whatever keeps or projects events.
package storetest

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bandeau/directory"
	"bandeau/store"
)

// Run checks a store against its contract. open returns an empty one that is
// closed when the test ends.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(*fixture)
	}{
		{"Centres", testCentres},
		{"Operators", testOperators},
		{"OperatorConflicts", testOperatorConflicts},
		{"OperatorInUse", testOperatorInUse},
		{"Groups", testGroups},
		{"PauseTypes", testPauseTypes},
		{"Numbers", testNumbers},
		{"Sounds", testSounds},
		{"OpeningHours", testOpeningHours},
		{"Phones", testPhones},
		{"Trunks", testTrunks},
		{"Users", testUsers},
		{"Tokens", testTokens},
		{"Owner", testOwner},
		{"Lists", testLists},
		{"Tenancy", testTenancy},
		{"Transactions", testTransactions},
		{"Credentials", testCredentials},
		{"WebSessions", testWebSessions},
		{"Outbox", testOutbox},
		{"Bindings", testBindings},
		{"Qualities", testQualities},
		{"Events", testEvents},
		{"Checkpoints", testCheckpoints},
		{"Rows", testRows},
		{"CallQueries", testCallQueries},
		{"Counts", testCounts},
		{"RandomDay", testRandomDay},
		{"Concurrency", testConcurrency},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &fixture{t: t, Store: open(t), now: time.Date(2026, 3, 2, 9, 0, 0, 123e6, time.UTC)}
			f.centre(t, "main")
			test.run(f)
		})
	}
}

// fixture is a store with a centre named main, for one test.
type fixture struct {
	store.Store
	t   *testing.T
	now time.Time
}

const mainCentre = directory.ID("main")

func (f *fixture) meta(centre, id directory.ID) directory.Meta {
	return directory.Meta{ID: id, Centre: centre, CreatedAt: f.now, UpdatedAt: f.now}
}

func (f *fixture) centre(t *testing.T, id directory.ID) {
	t.Helper()
	m := f.meta("", id)
	must(f.Centres().Create(t.Context(), directory.Centre{
		Meta: m, Name: "Centre " + string(id), Language: directory.French, TimeZone: "Europe/Paris", DialCountry: "FR",
		MainNumber: "+33170200200", RecordingNotice: true, ShowListening: true,
	}))(t)
}

// operator has every field set to something that is not its zero.
func (f *fixture) operator(centre, id directory.ID) directory.Operator {
	wrapUp, idle, missed := 0, 30, 5
	return directory.Operator{
		Meta: f.meta(centre, id), Enabled: true, PasswordState: directory.PasswordPending, Login: "login-" + string(id),
		Language: directory.Italian, FullName: "Zoé " + string(id), Email: string(id) + "@example.com",
		CallerID:    directory.CallerID{Mode: directory.CallerIDCustom, Number: "+33199999999"},
		ScreenPop:   directory.ScreenPop{Window: directory.WindowTab, IncomingURL: "https://a/{caller}", OutgoingURL: "https://b/"},
		ShowWaiting: true, ShowNumbersInHistory: true, AlwaysConnected: true, Record: true,
		Phone:           directory.PhoneChoice{Kind: directory.PhoneExternal, Number: "+33600000000", Confirm: true},
		AskPhoneAtLogin: true, WrapUpSeconds: &wrapUp, RingSeconds: 25, RetrySeconds: 30, IdleLogoutMinutes: &idle,
		MissedLogoutCount: &missed, SilenceLogout: true, AllowOutgoing: true, AllowPhoneChange: true, LogoutAt: "23:59",
		PersistentSession: true, PauseAtLogin: true, DialCountry: "IT",
	}
}

func (f *fixture) group(centre, id directory.ID, members ...directory.Member) directory.Group {
	waiting, seconds := 10, 600
	return directory.Group{
		Meta: f.meta(centre, id), Name: "Group " + string(id), Colour: "#112233", Strategy: directory.StrategyFixed, Priority: 7,
		WrapUpSeconds: 15, OutgoingNumber: "+33170200201", TransferNumber: "+33170200202",
		Record: directory.GroupRecord{Inbound: true, Outbound: true}, OperatorMayStopRecording: true,
		OperatorMayKeepRecording: true, PickUp: true, MaxWaiting: &waiting, MaxWaitSeconds: &seconds,
		Overflow:   directory.Destination{Type: directory.ToNumber, Number: "+33170200203"},
		WhenNobody: directory.NobodyOverflow, ServiceLevel: directory.ServiceLevel{Seconds: 20, Percent: 80}, Members: members,
		Announcements: directory.Announcements{Position: true, EstimatedWait: true, EverySeconds: 45},
		Hours:         f.hours(directory.Destination{Type: directory.ToHangup}),
	}
}

func (f *fixture) number(centre, id directory.ID, number string, to directory.Destination) directory.Number {
	return directory.Number{
		Meta: f.meta(centre, id), Number: number, Label: "Label " + string(id), Destination: to, Record: true,
		Overflow: directory.Destination{Type: directory.ToHangup}, Answer: directory.AnswerOnOperator,
		Hours: f.hours(directory.Destination{Type: directory.ToHangup}),
	}
}

func (f *fixture) phone(centre, id directory.ID, username, number string) directory.Phone {
	return directory.Phone{Meta: f.meta(centre, id), Label: "Desk " + string(id), Username: username, Number: number}
}

func (f *fixture) user(id directory.ID) directory.User {
	return directory.User{
		Meta: f.meta(mainCentre, id), Login: "login-" + string(id), Name: "User " + string(id), Email: "u@example.com",
		Language: directory.Spanish, Role: directory.RoleSupervisor, PasswordState: directory.PasswordSet,
		Rights: directory.Rights{OperatorDetail: true, Listen: true},
	}
}

// must ends the test on an error.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// ok ends the test on an error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, not %v", what, err, want)
	}
}

func wantConflict(t *testing.T, what string, err error, field string) {
	t.Helper()
	var conflict *store.ConflictError
	if !errors.As(err, &conflict) || conflict.Field != field {
		t.Errorf("%s: error %v, not a conflict of %s", what, err, field)
	}
}

// wantInUse expects users, each as "kind name".
func wantInUse(t *testing.T, what string, err error, users ...string) {
	t.Helper()
	var inUse *store.InUseError
	if !errors.As(err, &inUse) {
		t.Errorf("%s: error %v, not in use", what, err)
		return
	}
	var got []string
	for _, u := range inUse.Users {
		if u.ID == "" {
			t.Errorf("%s: user without identifier: %+v", what, u)
		}
		got = append(got, u.Kind+" "+u.Name)
	}
	if diff := cmp.Diff(users, got); diff != "" {
		t.Errorf("%s: users (-want +got):\n%s", what, diff)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	compare := cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b directory.Secret) bool { return a == b })}
	if diff := cmp.Diff(want, got, compare); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// life takes a record through creation, reading, change and removal. change
// returns the record changed.
func life[T any](t *testing.T, f *fixture, r store.Repository[T], record T, meta func(*T) *directory.Meta, change func(T) T) {
	t.Helper()
	ctx := t.Context()
	centre, id := meta(&record).Centre, meta(&record).ID
	_, err := r.Get(ctx, centre, id)
	wantError(t, "get before creation", err, store.ErrNotFound)
	created := must(r.Create(ctx, record))(t)
	want := record
	meta(&want).Revision = 1
	equal(t, "created", created, want)
	equal(t, "read", must(r.Get(ctx, centre, id))(t), want)
	_, err = r.Create(ctx, record)
	wantConflictAny(t, "created twice", err)

	changed := change(created)
	meta(&changed).UpdatedAt = f.now.Add(time.Hour)
	meta(&changed).CreatedAt = f.now.Add(time.Hour) // must not be taken
	updated := must(r.Update(ctx, changed))(t)
	want = changed
	meta(&want).Revision, meta(&want).CreatedAt = 2, f.now
	equal(t, "updated", updated, want)
	equal(t, "read after the update", must(r.Get(ctx, centre, id))(t), want)
	_, err = r.Update(ctx, changed)
	wantError(t, "update of an old revision", err, store.ErrStale)
	equal(t, "read after a stale update", must(r.Get(ctx, centre, id))(t), want)
	stranger := updated
	meta(&stranger).ID = "nobody"
	_, err = r.Update(ctx, stranger)
	wantError(t, "update of an unknown record", err, store.ErrNotFound)

	wantError(t, "delete of an old revision", r.Delete(ctx, centre, id, 1), store.ErrStale)
	wantError(t, "delete of an unknown record", r.Delete(ctx, centre, "nobody", 0), store.ErrNotFound)
	ok(t, r.Delete(ctx, centre, id, 2))
	_, err = r.Get(ctx, centre, id)
	wantError(t, "get after removal", err, store.ErrNotFound)
	again := must(r.Create(ctx, record))(t)
	equal(t, "created again", meta(&again).Revision, int64(1))
	ok(t, r.Delete(ctx, centre, id, 0))
}

func wantConflictAny(t *testing.T, what string, err error) {
	t.Helper()
	if _, conflict := errors.AsType[*store.ConflictError](err); !conflict {
		t.Errorf("%s: error %v, not a conflict", what, err)
	}
}

func testTransactions(f *fixture) {
	t := f.t
	ctx := t.Context()
	broken := errors.New("broken")
	err := f.Tx(ctx, func(r store.Records) error {
		must(r.Operators().Create(ctx, f.operator(mainCentre, "anna")))(t)
		ok(t, r.Credentials().Put(ctx, mainCentre, directory.Credential{Subject: "anna", Hash: "h", UpdatedAt: f.now}))
		must(r.Operators().Get(ctx, mainCentre, "anna"))(t) // sees its own writes
		return broken
	})
	wantError(t, "failed transaction", err, broken)
	_, err = f.Operators().Get(ctx, mainCentre, "anna")
	wantError(t, "operator of a failed transaction", err, store.ErrNotFound)

	// An operator, her password and the mail that carries it come together. A
	// refused change inside leaves the rest of the transaction whole.
	ok(t, f.Tx(ctx, func(r store.Records) error {
		must(r.Operators().Create(ctx, f.operator(mainCentre, "anna")))(t)
		twin := f.operator(mainCentre, "twin")
		twin.Login = "LOGIN-anna"
		_, twinErr := r.Operators().Create(ctx, twin)
		wantConflict(t, "twin", twinErr, "login")
		ok(t, r.Credentials().Put(ctx, mainCentre, directory.Credential{Subject: "anna", Hash: "h", UpdatedAt: f.now}))
		_, mailErr := r.Outbox().Create(ctx, f.mail("m1"))
		return mailErr
	}))
	must(f.Operators().Get(ctx, mainCentre, "anna"))(t)
	must(f.Credentials().Get(ctx, mainCentre, "anna"))(t)
	must(f.Outbox().Get(ctx, mainCentre, "m1"))(t)
	_, err = f.Operators().Get(ctx, mainCentre, "twin")
	wantError(t, "twin", err, store.ErrNotFound)

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := f.Tx(cancelled, func(store.Records) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled transaction: %v", err)
	}
	// Given up in the middle of it, whatever finds that out first.
	for range 100 {
		meanwhile, giveUp := context.WithCancel(ctx)
		err := f.Tx(meanwhile, func(r store.Records) error {
			giveUp()
			runtime.Gosched()
			_, err := r.Operators().Get(ctx, mainCentre, "anna")
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("transaction given up: %v", err)
		}
	}
	ok(t, f.Check(ctx))
}
