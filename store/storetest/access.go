package storetest

import (
	"net/netip"
	"time"

	"bandeau/directory"
	"bandeau/store"
)

func testOwner(f *fixture) {
	t := f.t
	ctx := t.Context()
	anna := f.operator(mainCentre, "anna")
	anna.DirectNumber = "+33170200299"
	must(f.Operators().Create(ctx, anna))(t)
	must(f.Users().Create(ctx, f.user("boss")))(t)
	must(f.Phones().Create(ctx, f.phone(mainCentre, "p1", "User1", "101")))(t)
	must(f.Numbers().Create(ctx, f.number(mainCentre, "n1", "+33170200298", directory.Destination{Type: directory.ToHangup})))(t)
	f.centre(t, "second")
	for _, c := range []struct {
		unique      directory.Unique
		value       string
		here, there directory.ID
	}{
		{directory.UniqueLogin, "LOGIN-anna", "anna", ""},
		{directory.UniqueLogin, "login-boss", "boss", ""},
		{directory.UniqueEmail, "Anna@example.com", "anna", ""},
		{directory.UniqueEmail, "u@example.com", "", ""}, // a user's
		{directory.UniqueExtension, "101", "p1", ""},
		{directory.UniqueUsername, "user1", "p1", "p1"},
		{directory.UniqueNumber, "+33170200299", "anna", "anna"},
		{directory.UniqueNumber, "+33170200298", "n1", "n1"},
		{directory.UniqueNumber, "+33170200297", "", ""},
		{directory.UniqueSound, "Sound s1", "", ""},
	} {
		for centre, want := range map[directory.ID]directory.ID{mainCentre: c.here, "second": c.there} {
			id, err := f.Owner(ctx, centre, c.unique, c.value)
			if want == "" {
				wantError(t, string(c.unique)+" "+c.value, err, store.ErrNotFound)
			} else if err != nil || id != want {
				t.Errorf("%s %s in %s: %q, %v", c.unique, c.value, centre, id, err)
			}
		}
	}
	if _, err := f.Owner(ctx, mainCentre, "colour", "red"); err == nil {
		t.Error("an unknown kind of value has an owner")
	}
}

func testLists(f *fixture) {
	t := f.t
	ctx := t.Context()
	names := []string{"Éric 10%", "anna", "Ben", "ben", "carl_x"}
	for i, name := range names {
		o := f.operator(mainCentre, directory.ID(rune('a'+i)))
		o.FullName = name
		must(f.Operators().Create(ctx, o))(t)
	}
	walk := func(page store.Page) []string {
		t.Helper()
		var got []string
		for {
			listing := must(f.Operators().List(ctx, mainCentre, page))(t)
			if page.Limit > 0 && len(listing.Items) > page.Limit {
				t.Errorf("%d items on a page of %d", len(listing.Items), page.Limit)
			}
			for _, o := range listing.Items {
				got = append(got, o.FullName)
			}
			if page.Cursor = listing.Next; page.Cursor == "" {
				return got
			}
			if len(got) > 20 {
				t.Fatal("the list does not end")
			}
		}
	}
	want := []string{"anna", "Ben", "ben", "carl_x", "Éric 10%"}
	for _, limit := range []int{0, 1, 2, 4, 5, 6} {
		equal(t, "list", walk(store.Page{Limit: limit}), want)
	}
	for search, found := range map[string][]string{
		"BEN": {"Ben", "ben"}, "0%": {"Éric 10%"}, "l_x": {"carl_x"}, "%": {"Éric 10%"}, "_": {"carl_x"},
		"é": {"Éric 10%"}, "LOGIN-B": {"anna"}, "c@EXAMPLE": {"Ben"}, "nobody": nil,
	} {
		equal(t, "search "+search, walk(store.Page{Limit: 1, Search: search}), found)
	}
	for _, cursor := range []string{"!", "e30", "bm90IGpzb24", "W10"} {
		_, err := f.Operators().List(ctx, mainCentre, store.Page{Limit: 1, Cursor: cursor})
		wantError(t, "cursor "+cursor, err, store.ErrBadCursor)
	}
	for i := range 5 { // ordered by a number, with equal ones
		p := directory.PauseType{Meta: f.meta(mainCentre, directory.ID(rune('a'+i))), Order: 10 - i/2}
		must(f.PauseTypes().Create(ctx, p))(t)
	}
	var order []directory.ID
	for page := (store.Page{Limit: 2}); ; {
		listing := must(f.PauseTypes().List(ctx, mainCentre, page))(t)
		for _, p := range listing.Items {
			order = append(order, p.ID)
		}
		if page.Cursor = listing.Next; page.Cursor == "" {
			break
		}
	}
	equal(t, "order", order, []directory.ID{"e", "c", "d", "a", "b"})
}

// testTenancy checks that a record of one centre does not exist for another.
func testTenancy(f *fixture) {
	t := f.t
	ctx := t.Context()
	f.centre(t, "second")
	theirs := must(f.Operators().Create(ctx, f.operator("second", "anna")))(t)
	must(f.Groups().Create(ctx, f.group("second", "g1", directory.Member{Operator: "anna", Order: 1, Level: 1})))(t)
	must(f.Phones().Create(ctx, f.phone("second", "p1", "user1", "")))(t)
	ours := f.operator(mainCentre, "anna") // the same identifier, login and e-mail
	must(f.Operators().Create(ctx, ours))(t)

	_, err := f.Groups().Get(ctx, mainCentre, "g1")
	wantError(t, "get", err, store.ErrNotFound)
	equal(t, "list", len(must(f.Groups().List(ctx, mainCentre, store.Page{}))(t).Items), 0)
	wantError(t, "delete", f.Groups().Delete(ctx, mainCentre, "g1", 0), store.ErrNotFound)
	moved := f.group(mainCentre, "g1")
	moved.Revision = 1
	_, err = f.Groups().Update(ctx, moved)
	wantError(t, "update", err, store.ErrNotFound)
	_, err = f.Numbers().Create(ctx, f.number(mainCentre, "n1", "+33170200298", directory.Destination{Type: directory.ToGroup, ID: "g1"}))
	wantError(t, "reference to another centre's group", err, store.ErrDangling)
	ben := f.operator(mainCentre, "ben")
	ben.Phone = directory.PhoneChoice{Kind: directory.PhoneCentrex, Account: "p1"}
	_, err = f.Operators().Create(ctx, ben)
	wantError(t, "reference to another centre's phone", err, store.ErrDangling)
	ok(t, f.Operators().Delete(ctx, mainCentre, "anna", 0))
	equal(t, "theirs", must(f.Operators().Get(ctx, "second", "anna"))(t), theirs)
	equal(t, "their members", len(must(f.Groups().Get(ctx, "second", "g1"))(t).Members), 1)
}

func testCredentials(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Operators().Create(ctx, f.operator(mainCentre, "anna")))(t)
	_, err := f.Credentials().Get(ctx, mainCentre, "anna")
	wantError(t, "none yet", err, store.ErrNotFound)
	first := directory.Credential{Subject: "anna", Hash: "$argon2id$x", MustChange: true, ExpiresAt: f.now.Add(time.Hour), UpdatedAt: f.now}
	ok(t, f.Credentials().Put(ctx, mainCentre, first))
	equal(t, "first", must(f.Credentials().Get(ctx, mainCentre, "anna"))(t), first)
	chosen := directory.Credential{Subject: "anna", Hash: "$argon2id$y", UpdatedAt: f.now.Add(time.Minute)}
	ok(t, f.Credentials().Put(ctx, mainCentre, chosen))
	equal(t, "chosen", must(f.Credentials().Get(ctx, mainCentre, "anna"))(t), chosen)
	wantError(t, "unknown subject", f.Credentials().Put(ctx, mainCentre, directory.Credential{Subject: "nobody"}), store.ErrDangling)
	ok(t, f.Operators().Delete(ctx, mainCentre, "anna", 0))
	_, err = f.Credentials().Get(ctx, mainCentre, "anna")
	wantError(t, "of a removed operator", err, store.ErrNotFound)
}

func testWebSessions(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Operators().Create(ctx, f.operator(mainCentre, "anna")))(t)
	must(f.Users().Create(ctx, f.user("boss")))(t)
	session := func(hash byte, subject directory.ID, role directory.Role, last time.Time) directory.Session {
		s := directory.Session{
			Hash: []byte{hash, 0, 255}, Centre: mainCentre, Subject: subject, Role: role, MustChangePassword: true,
			CreatedAt: f.now, LastRequestAt: last,
		}
		ok(t, f.WebSessions().Create(ctx, s))
		return s
	}
	gone := func(what string, s directory.Session, want bool) {
		t.Helper()
		got, err := f.WebSessions().Get(ctx, s.Hash)
		if want {
			wantError(t, what, err, store.ErrNotFound)
		} else {
			ok(t, err)
			equal(t, what, got, s)
		}
	}
	a := session(1, "anna", directory.RoleOperator, f.now)
	b := session(2, "anna", directory.RoleOperator, f.now)
	c := session(3, "boss", directory.RoleSupervisor, f.now)
	gone("created", a, false)
	a.LastRequestAt = f.now.Add(time.Hour)
	ok(t, f.WebSessions().Touch(ctx, a.Hash, a.LastRequestAt))
	ok(t, f.WebSessions().Touch(ctx, a.Hash, f.now)) // a late one takes nothing back
	gone("touched", a, false)
	a.MustChangePassword = false
	ok(t, f.WebSessions().Update(ctx, a))
	gone("updated", a, false)
	wantError(t, "touch of an unknown one", f.WebSessions().Touch(ctx, []byte{9}, f.now), store.ErrNotFound)
	wantError(t, "unknown subject", f.WebSessions().Create(ctx, directory.Session{Hash: []byte{8}, Centre: mainCentre, Subject: "x"}),
		store.ErrDangling)

	ok(t, f.WebSessions().DeleteOf(ctx, mainCentre, "anna", a.Hash))
	gone("the one to keep", a, false)
	gone("the others", b, true)
	gone("another subject's", c, false)
	ok(t, f.WebSessions().DeleteOf(ctx, mainCentre, "anna", nil))
	gone("all of anna's", a, true)
	ok(t, f.WebSessions().Delete(ctx, c.Hash))
	ok(t, f.WebSessions().Delete(ctx, c.Hash))
	gone("deleted", c, true)

	hour := func(n int) time.Time { return f.now.Add(time.Duration(n) * time.Hour) }
	oldOperator, youngOperator := session(1, "anna", directory.RoleOperator, hour(1)), session(2, "anna", directory.RoleOperator, hour(2))
	oldUser, youngUser := session(3, "boss", directory.RoleSupervisor, hour(3)), session(4, "boss", directory.RoleSupervisor, hour(4))
	ok(t, f.WebSessions().DeleteIdle(ctx, hour(1), hour(3)))
	gone("idle operator", oldOperator, true)
	gone("idle user", oldUser, true)
	gone("busy operator", youngOperator, false)
	gone("busy user", youngUser, false)
	ok(t, f.Operators().Delete(ctx, mainCentre, "anna", 0))
	gone("of a removed operator, who may still be in a call", youngOperator, false)
	ok(t, f.Users().Delete(ctx, mainCentre, "boss", 0))
	gone("of a removed user", youngUser, true)
}

// mail carries the first password of the operator anna.
func (f *fixture) mail(id directory.ID) directory.Mail {
	return directory.Mail{
		Meta: f.meta(mainCentre, id), About: "anna", AboutRole: directory.RoleOperator, To: "anna@example.com", ToName: "Anna",
		Subject: "Votre mot de passe", Text: "text secret", HTML: "html secret", State: directory.MailWaiting, NextAttempt: f.now,
	}
}

func testOutbox(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Operators().Create(ctx, f.operator(mainCentre, "anna")))(t)
	box := f.Outbox()
	_, due, err := box.NextDue(ctx)
	ok(t, err)
	equal(t, "due in an empty outbox", due, false)
	first := must(box.Create(ctx, f.mail("m1")))(t)
	later := f.mail("m2")
	later.NextAttempt, later.CreatedAt = f.now.Add(time.Hour), f.now.Add(time.Second)
	must(box.Create(ctx, later))(t)
	equal(t, "bodies of what is read", [3]any{first.Text.Reveal(), first.HTML.Reveal(), first.Subject}, [3]any{"", "", "Votre mot de passe"})
	at, due, err := box.NextDue(ctx)
	ok(t, err)
	equal(t, "next due", [2]any{at, due}, [2]any{f.now, true})

	claim := func(at time.Time, want ...directory.ID) []directory.Mail {
		t.Helper()
		claimed := must(box.Claim(ctx, at, time.Minute, 10))(t)
		var got []directory.ID
		for _, m := range claimed {
			got = append(got, m.ID)
			equal(t, "bodies", [2]string{m.Text.Reveal(), m.HTML.Reveal()}, [2]string{"text secret", "html secret"})
		}
		equal(t, "claimed", got, want)
		return claimed
	}
	claim(f.now.Add(-time.Millisecond))
	equal(t, "attempts", claim(f.now, "m1")[0].Attempts, 1)
	claim(f.now.Add(time.Minute - time.Millisecond)) // leased
	equal(t, "attempts", claim(f.now.Add(time.Minute), "m1")[0].Attempts, 2)
	ok(t, box.MarkFailed(ctx, mainCentre, "m1", f.now.Add(time.Minute), "451 later", f.now.Add(2*time.Hour), false))
	m := must(box.Get(ctx, mainCentre, "m1"))(t)
	equal(t, "failed once", [4]any{m.State, m.LastError, m.Attempts, m.NextAttempt},
		[4]any{directory.MailWaiting, "451 later", 2, f.now.Add(2 * time.Hour)})
	claim(f.now.Add(3*time.Hour), "m2", "m1")
	ok(t, box.MarkSent(ctx, mainCentre, "m1", f.now.Add(3*time.Hour)))
	ok(t, box.MarkFailed(ctx, mainCentre, "m2", f.now.Add(3*time.Hour), "550 no", time.Time{}, true))
	m = must(box.Get(ctx, mainCentre, "m1"))(t)
	equal(t, "sent", [3]any{m.State, m.SentAt, m.LastError}, [3]any{directory.MailSent, f.now.Add(3 * time.Hour), ""})
	equal(t, "given up", must(box.Get(ctx, mainCentre, "m2"))(t).State, directory.MailFailed)
	claim(f.now.Add(99 * time.Hour))
	wantError(t, "unknown mail", box.MarkSent(ctx, mainCentre, "m9", f.now), store.ErrNotFound)

	must(box.Create(ctx, f.mail("m3")))(t)
	withdrawn(f)
}

// withdrawn goes on with m1 sent, m2 given up and m3 waiting.
func withdrawn(f *fixture) {
	t, ctx, box := f.t, f.t.Context(), f.Outbox()
	ok(t, box.Withdraw(ctx, mainCentre, "anna", f.now))
	equal(t, "claimed", len(must(box.Claim(ctx, f.now.Add(99*time.Hour), time.Minute, 10))(t)), 0)
	states := map[directory.ID]directory.MailState{}
	for _, m := range must(box.List(ctx, mainCentre, store.Page{Limit: 10}))(t).Items {
		states[m.ID] = m.State
		equal(t, "body in the list", m.Text.Reveal(), "")
	}
	equal(t, "states", states, map[directory.ID]directory.MailState{
		"m1": directory.MailSent, "m2": directory.MailFailed, "m3": directory.MailFailed,
	})
	ok(t, box.SetPasswordState(ctx, mainCentre, "anna", directory.PasswordDelivered))
	anna := must(f.Operators().Get(ctx, mainCentre, "anna"))(t)
	equal(t, "password state", [2]any{anna.PasswordState, anna.Revision}, [2]any{directory.PasswordDelivered, int64(1)})
	ok(t, box.SetPasswordState(ctx, mainCentre, "nobody", directory.PasswordFailed))
	ok(t, f.Operators().Delete(ctx, mainCentre, "anna", 0))
	_, err := box.Get(ctx, mainCentre, "m1")
	wantError(t, "mail about a removed operator", err, store.ErrNotFound)
}

func testBindings(f *fixture) {
	t := f.t
	ctx := t.Context()
	b := store.Binding{
		Account: "p1", Contact: "sip:u@192.0.2.1:5060", Source: netip.MustParseAddrPort("192.0.2.1:5062"),
		Local: netip.MustParseAddrPort("[2001:db8::1]:5060"), Transport: "udp", CallID: "x@y", CSeq: 4294967295, Q: 500,
		Expires: f.now.Add(time.Hour), Updated: f.now, UserAgent: "phone", AllowTalk: true,
	}
	ok(t, f.Bindings().Save(ctx, b))
	other := store.Binding{Account: "p1", Contact: "sip:other", Transport: "udp", Expires: f.now, Updated: f.now}
	ok(t, f.Bindings().Save(ctx, other))
	b.CSeq, b.AllowTalk, b.Source = 7, false, netip.MustParseAddrPort("192.0.2.9:1")
	ok(t, f.Bindings().Save(ctx, b))
	got := must(f.Bindings().Load(ctx))(t)
	if len(got) != 2 || got[0] != other || got[1] != b {
		t.Errorf("bindings: %+v", got)
	}
	ok(t, f.Bindings().Delete(ctx, "p1", "sip:other"))
	ok(t, f.Bindings().Delete(ctx, "p1", "sip:other"))
	equal(t, "left", len(must(f.Bindings().Load(ctx))(t)), 1)
}

func testQualities(f *fixture) {
	t, ctx := f.t, f.t.Context()
	measured := func(n int) store.Measured {
		return store.Measured{LossPercent: float64(n) / 2, Jitter: time.Duration(n) * time.Millisecond, RoundTrip: time.Duration(n) * time.Second}
	}
	anna := store.Quality{Centre: "main", Call: "c1", Owner: "anna", Last: measured(1), Worst: measured(3)}
	boss := store.Quality{Centre: "main", Call: "c1", Owner: "user:boss", Last: measured(2), Worst: measured(2)}
	ok(t, f.Qualities().Save(ctx, boss))
	ok(t, f.Qualities().Save(ctx, anna))
	ok(t, f.Qualities().Save(ctx, store.Quality{Centre: "main", Call: "c2", Owner: "anna"}))
	anna.Last = measured(4)
	ok(t, f.Qualities().Save(ctx, anna))
	got := must(f.Qualities().OfCall(ctx, "main", "c1"))(t)
	equal(t, "of the call", len(got), 2)
	equal(t, "first", got[0], anna)
	equal(t, "second", got[1], boss)
	equal(t, "of another centre", len(must(f.Qualities().OfCall(ctx, "other", "c1"))(t)), 0)
}
