package storetest

import (
	"bandeau/directory"
	"bandeau/store"
)

func testCentres(f *fixture) {
	t := f.t
	ctx := t.Context()
	c := must(f.Centres().Get(ctx, mainCentre))(t)
	equal(t, "name", c.Name, "Centre main")
	equal(t, "instants", [2]any{c.CreatedAt, c.Revision}, [2]any{f.now, int64(1)})
	c.Name, c.MainNumber, c.RecordingNotice = "Other", "", false
	updated := must(f.Centres().Update(ctx, c))(t)
	want := c
	want.Revision = 2
	equal(t, "updated", updated, want)
	equal(t, "by name", must(f.Centres().ByName(ctx, "Other"))(t), want)
	_, err := f.Centres().Update(ctx, c)
	wantError(t, "stale", err, store.ErrStale)
	_, err = f.Centres().ByName(ctx, "Centre main")
	wantError(t, "old name", err, store.ErrNotFound)
	f.centre(t, "second")
	equal(t, "centres", len(must(f.Centres().List(ctx))(t)), 2)
	second := must(f.Centres().Get(ctx, "second"))(t)
	second.Name = "Other"
	_, err = f.Centres().Update(ctx, second)
	wantConflict(t, "name", err, "name")
}

func testOperators(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Phones().Create(ctx, f.phone(mainCentre, "p1", "user1", "")))(t)
	life(t, f, f.Operators(), f.operator(mainCentre, "anna"),
		func(o *directory.Operator) *directory.Meta { return &o.Meta },
		func(o directory.Operator) directory.Operator {
			return directory.Operator{ // and every other field its zero
				Meta: o.Meta, Login: "renamed", FullName: "Other", Email: "other@example.com", DirectNumber: "+33170200299",
				Phone: directory.PhoneChoice{Kind: directory.PhoneCentrex, Account: "p1"},
			}
		})
}

func testOperatorConflicts(f *fixture) {
	t := f.t
	ctx := t.Context()
	anna := f.operator(mainCentre, "anna")
	anna.DirectNumber = "+33170200299"
	must(f.Operators().Create(ctx, anna))(t)
	must(f.Users().Create(ctx, f.user("boss")))(t)
	must(f.Numbers().Create(ctx, f.number(mainCentre, "n1", "+33170200298", directory.Destination{Type: directory.ToHangup})))(t)
	for what, c := range map[string]struct {
		change func(*directory.Operator)
		field  string
	}{
		"login of an operator": {func(o *directory.Operator) { o.Login = "LOGIN-ANNA" }, "login"},
		"login of a user":      {func(o *directory.Operator) { o.Login = "Login-Boss" }, "login"},
		"e-mail":               {func(o *directory.Operator) { o.Email = "ANNA@example.com" }, "email"},
		"direct number":        {func(o *directory.Operator) { o.DirectNumber = "+33170200299" }, "directNumber"},
		"service number":       {func(o *directory.Operator) { o.DirectNumber = "+33170200298" }, "directNumber"},
	} {
		ben := f.operator(mainCentre, "ben")
		c.change(&ben)
		_, err := f.Operators().Create(ctx, ben)
		wantConflict(t, what+", created", err, c.field)
		ben = must(f.Operators().Create(ctx, f.operator(mainCentre, "ben")))(t)
		c.change(&ben)
		_, err = f.Operators().Update(ctx, ben)
		wantConflict(t, what+", updated", err, c.field)
		ok(t, f.Operators().Delete(ctx, mainCentre, "ben", 0))
	}
	clash := f.user("clash")
	clash.Login = "LOGIN-anna"
	_, err := f.Users().Create(ctx, clash)
	wantConflict(t, "user with an operator's login", err, "login")
	dangling := f.operator(mainCentre, "dan")
	dangling.Phone = directory.PhoneChoice{Kind: directory.PhoneCentrex, Account: "nothing"}
	_, err = f.Operators().Create(ctx, dangling)
	wantError(t, "unknown phone", err, store.ErrDangling)
	login := must(f.Logins().Find(ctx, mainCentre, "Login-Anna"))(t)
	equal(t, "login", login, store.Login{Centre: mainCentre, Subject: "anna", Operator: true})
	login = must(f.Logins().Find(ctx, mainCentre, "login-boss"))(t)
	equal(t, "login", login, store.Login{Centre: mainCentre, Subject: "boss"})
	_, err = f.Logins().Find(ctx, mainCentre, "login-ben")
	wantError(t, "login of a removed operator", err, store.ErrNotFound)
}

func testOperatorInUse(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Operators().Create(ctx, f.operator(mainCentre, "anna")))(t)
	must(f.Operators().Create(ctx, f.operator(mainCentre, "ben")))(t)
	must(f.Groups().Create(ctx, f.group(mainCentre, "g1",
		directory.Member{Operator: "ben", Order: 1, Level: 2}, directory.Member{Operator: "anna", Order: 2, Level: 9, Suspended: true})))(t)
	to := directory.Destination{Type: directory.ToOperator, ID: "anna"}
	must(f.Numbers().Create(ctx, f.number(mainCentre, "n1", "+33170200298", to)))(t)
	wantInUse(t, "operator", f.Operators().Delete(ctx, mainCentre, "anna", 0), "number +33170200298")
	ok(t, f.Numbers().Delete(ctx, mainCentre, "n1", 0))
	ok(t, f.Operators().Delete(ctx, mainCentre, "anna", 0))
	g := must(f.Groups().Get(ctx, mainCentre, "g1"))(t)
	equal(t, "members", g.Members, []directory.Member{{Operator: "ben", Order: 1, Level: 2}})
}

func testGroups(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Operators().Create(ctx, f.operator(mainCentre, "anna")))(t)
	must(f.Operators().Create(ctx, f.operator(mainCentre, "ben")))(t)
	life(t, f, f.Groups(), f.group(mainCentre, "g1", directory.Member{Operator: "ben", Order: 1, Level: 3, Suspended: true}),
		func(g *directory.Group) *directory.Meta { return &g.Meta },
		func(g directory.Group) directory.Group {
			return directory.Group{Meta: g.Meta, Name: "Other", Members: []directory.Member{
				{Operator: "anna", Order: 1, Level: 1}, {Operator: "ben", Order: 2, Level: 1},
			}}
		})
	must(f.Groups().Create(ctx, f.group(mainCentre, "g1")))(t)
	g2 := f.group(mainCentre, "g2")
	g2.Overflow = directory.Destination{Type: directory.ToGroup, ID: "g1"}
	must(f.Groups().Create(ctx, g2))(t)
	n := f.number(mainCentre, "n1", "+33170200298", directory.Destination{Type: directory.ToGroup, ID: "g1"})
	must(f.Numbers().Create(ctx, n))(t)
	spare := f.number(mainCentre, "n2", "+33170200297", directory.Destination{Type: directory.ToHangup})
	spare.Overflow = directory.Destination{Type: directory.ToGroup, ID: "g1"}
	must(f.Numbers().Create(ctx, spare))(t)
	wantInUse(t, "group", f.Groups().Delete(ctx, mainCentre, "g1", 0), "group Group g2", "number +33170200297", "number +33170200298")
	ok(t, f.Groups().Delete(ctx, mainCentre, "g2", 0))

	_, err := f.Groups().Create(ctx, f.group(mainCentre, "g3", directory.Member{Operator: "nobody", Order: 1, Level: 1}))
	wantError(t, "unknown member", err, store.ErrDangling)
	g3 := f.group(mainCentre, "g3")
	g3.Overflow = directory.Destination{Type: directory.ToGroup, ID: "nothing"}
	_, err = f.Groups().Create(ctx, g3)
	wantError(t, "unknown overflow", err, store.ErrDangling)
	twice := directory.Member{Operator: "ben", Order: 1, Level: 1}
	_, err = f.Groups().Create(ctx, f.group(mainCentre, "g4", twice, twice))
	wantConflict(t, "member twice", err, "members")
}

func testPauseTypes(f *fixture) {
	t := f.t
	ctx := t.Context()
	limit := 45
	lunch := directory.PauseType{
		Meta: f.meta(mainCentre, "lunch"), Names: directory.Names{FR: "Déjeuner", EN: "Lunch", IT: "Pranzo", ES: "Comida"},
		Colour: "#aabbcc", Order: 2, MaxMinutes: &limit, Productive: true,
	}
	meta := func(p *directory.PauseType) *directory.Meta { return &p.Meta }
	life(t, f, f.PauseTypes(), lunch, meta, func(p directory.PauseType) directory.PauseType {
		return directory.PauseType{Meta: p.Meta, Order: 3}
	})
	first := lunch
	first.ID, first.Login = "first", true
	must(f.PauseTypes().Create(ctx, first))(t)
	wantInUse(t, "login pause", f.PauseTypes().Delete(ctx, mainCentre, "first", 0), "login_pause login pause")
	lunch = must(f.PauseTypes().Create(ctx, lunch))(t)
	lunch.Login = true
	must(f.PauseTypes().Update(ctx, lunch))(t)
	logins := map[directory.ID]bool{}
	for _, p := range must(f.PauseTypes().List(ctx, mainCentre, store.Page{}))(t).Items {
		logins[p.ID] = p.Login
	}
	equal(t, "login pauses", logins, map[directory.ID]bool{"first": false, "lunch": true})
	cleared := must(f.PauseTypes().Get(ctx, mainCentre, "first"))(t)
	equal(t, "revision of the cleared one", cleared.Revision, int64(2))
	ok(t, f.PauseTypes().Delete(ctx, mainCentre, "first", 2))
}

func testNumbers(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Groups().Create(ctx, f.group(mainCentre, "g1")))(t)
	life(t, f, f.Numbers(), f.number(mainCentre, "n1", "+33170200298", directory.Destination{Type: directory.ToGroup, ID: "g1"}),
		func(n *directory.Number) *directory.Meta { return &n.Meta },
		func(n directory.Number) directory.Number {
			return directory.Number{
				Meta: n.Meta, Number: "+33170200297", Answer: directory.AnswerAtOnce,
				Destination: directory.Destination{Type: directory.ToNumber, Number: "+33170200203"},
			}
		})
	hangup := directory.Destination{Type: directory.ToHangup}
	must(f.Numbers().Create(ctx, f.number(mainCentre, "n1", "+33170200298", hangup)))(t)
	f.centre(t, "second")
	_, err := f.Numbers().Create(ctx, f.number("second", "n2", "+33170200298", hangup))
	wantConflict(t, "number of another centre", err, "number")
	anna := f.operator(mainCentre, "anna")
	anna.DirectNumber = "+33170200299"
	anna.CallerID = directory.CallerID{Mode: directory.CallerIDService, Number: "+33170200298"}
	must(f.Operators().Create(ctx, anna))(t)
	_, err = f.Numbers().Create(ctx, f.number("second", "n2", "+33170200299", hangup))
	wantConflict(t, "direct number", err, "number")
	_, err = f.Numbers().Create(ctx, f.number(mainCentre, "n2", "+33170200290", directory.Destination{Type: directory.ToOperator, ID: "nobody"}))
	wantError(t, "unknown destination", err, store.ErrDangling)

	in := must(f.Numbers().Inbound(ctx, "+33170200298"))(t)
	equal(t, "inbound", in, store.InboundNumber{Centre: mainCentre, Number: "n1"})
	in = must(f.Numbers().Inbound(ctx, "+33170200299"))(t)
	equal(t, "inbound", in, store.InboundNumber{Centre: mainCentre, Operator: "anna"})
	_, err = f.Numbers().Inbound(ctx, "+33170200297")
	wantError(t, "number that was changed away", err, store.ErrNotFound)

	must(f.Numbers().Create(ctx, f.number(mainCentre, "n3", "+33170200200", hangup)))(t)
	wantInUse(t, "main number", f.Numbers().Delete(ctx, mainCentre, "n3", 0), "centre Centre main")
	wantInUse(t, "caller ID", f.Numbers().Delete(ctx, mainCentre, "n1", 0), "operator Zoé anna")
	ok(t, f.Operators().Delete(ctx, mainCentre, "anna", 0))
	ok(t, f.Numbers().Delete(ctx, mainCentre, "n1", 0))
	_, err = f.Numbers().Inbound(ctx, "+33170200299")
	wantError(t, "direct number of a removed operator", err, store.ErrNotFound)
}

func testPhones(f *fixture) {
	t := f.t
	ctx := t.Context()
	life[directory.Phone](t, f, f.Phones(), f.phone(mainCentre, "p1", "user1", "101"),
		func(p *directory.Phone) *directory.Meta { return &p.Meta },
		func(p directory.Phone) directory.Phone {
			return directory.Phone{Meta: p.Meta, Label: "Other", Username: "User2"}
		})
	must(f.Phones().Create(ctx, f.phone(mainCentre, "p1", "user1", "101")))(t)
	must(f.Phones().Create(ctx, f.phone(mainCentre, "p2", "user2", "")))(t)
	must(f.Phones().Create(ctx, f.phone(mainCentre, "p3", "user3", "")))(t)
	f.centre(t, "second")
	_, err := f.Phones().Create(ctx, f.phone("second", "p1", "USER1", ""))
	wantConflict(t, "username of another centre", err, "username")
	must(f.Phones().Create(ctx, f.phone("second", "p1", "user9", "101")))(t)
	_, err = f.Phones().Create(ctx, f.phone(mainCentre, "p4", "user4", "101"))
	wantConflict(t, "internal number", err, "number")
	equal(t, "by user name", must(f.Phones().ByUsername(ctx, "USER2"))(t).ID, directory.ID("p2"))
	_, err = f.Phones().ByUsername(ctx, "user8")
	wantError(t, "unknown user name", err, store.ErrNotFound)

	ok(t, f.Phones().SetSecret(ctx, mainCentre, directory.PhoneSecret{Phone: "p1", Password: "first"}))
	ok(t, f.Phones().SetSecret(ctx, mainCentre, directory.PhoneSecret{Phone: "p1", Password: "second"}))
	ok(t, f.Phones().SetSecret(ctx, "second", directory.PhoneSecret{Phone: "p1", Password: "theirs"}))
	err = f.Phones().SetSecret(ctx, mainCentre, directory.PhoneSecret{Phone: "p9", Password: "x"})
	wantError(t, "secret of an unknown phone", err, store.ErrDangling)
	passwords := map[string]string{}
	for _, a := range must(f.Phones().Accounts(ctx))(t) {
		passwords[a.Phone.Username] = a.Password.Reveal()
	}
	equal(t, "accounts", passwords, map[string]string{"user1": "second", "user2": "", "user3": "", "user9": "theirs"})

	anna := f.operator(mainCentre, "anna")
	anna.Phone = directory.PhoneChoice{Kind: directory.PhoneCentrex, Account: "p1"}
	must(f.Operators().Create(ctx, anna))(t)
	wantInUse(t, "phone", f.Phones().Delete(ctx, mainCentre, "p1", 0), "operator Zoé anna")
	ok(t, f.Operators().Delete(ctx, mainCentre, "anna", 0))
	ok(t, f.Phones().Delete(ctx, mainCentre, "p1", 0))
}

func testTrunks(f *fixture) {
	t := f.t
	ctx := t.Context()
	calls := 30
	trunk := directory.Trunk{
		Meta: f.meta(mainCentre, "t1"), Name: "Carrier", Host: "sip.example.com", Port: 5070, Transport: directory.TCP,
		Sources: []string{"192.0.2.0/24", "127.0.0.1/32:5080"}, Username: "me", Password: "s3cret", Digest: directory.DigestSHA256,
		Register: true, MaxCalls: &calls, Priority: 2, Codecs: []directory.Codec{directory.PCMU}, KeepaliveSeconds: 30,
		Format: directory.FormatNational, ForwardCaller: true, Enabled: true,
	}
	life[directory.Trunk](t, f, f.Trunks(), trunk, func(r *directory.Trunk) *directory.Meta { return &r.Meta },
		func(r directory.Trunk) directory.Trunk { return directory.Trunk{Meta: r.Meta, Name: "Other"} })
	must(f.Trunks().Create(ctx, trunk))(t)
	f.centre(t, "second")
	trunk.Centre, trunk.Priority = "second", 1
	must(f.Trunks().Create(ctx, trunk))(t)
	all := must(f.Trunks().All(ctx))(t)
	equal(t, "trunks of all centres", [2]directory.ID{all[0].Centre, all[1].Centre}, [2]directory.ID{"main", "second"})
	equal(t, "password", all[1].Password.Reveal(), "s3cret")
}

func testUsers(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Groups().Create(ctx, f.group(mainCentre, "g1")))(t)
	must(f.Groups().Create(ctx, f.group(mainCentre, "g2")))(t)
	life(t, f, f.Users(), f.user("boss"), func(u *directory.User) *directory.Meta { return &u.Meta },
		func(u directory.User) directory.User {
			return directory.User{Meta: u.Meta, Login: "other", Groups: []directory.ID{"g2", "g1"}}
		})
	all := must(f.Users().Create(ctx, f.user("all")))(t)
	none := f.user("none")
	none.Groups = []directory.ID{}
	none = must(f.Users().Create(ctx, none))(t)
	if all.Groups != nil || none.Groups == nil || len(none.Groups) != 0 {
		t.Errorf("all groups is %v, no group is %v", all.Groups, none.Groups)
	}
	some := f.user("some")
	some.Groups = []directory.ID{"g2", "g1"}
	must(f.Users().Create(ctx, some))(t)
	ok(t, f.Groups().Delete(ctx, mainCentre, "g2", 0))
	equal(t, "groups left", must(f.Users().Get(ctx, mainCentre, "some"))(t).Groups, []directory.ID{"g1"})
	ok(t, f.Groups().Delete(ctx, mainCentre, "g1", 0))
	if left := must(f.Users().Get(ctx, mainCentre, "some"))(t).Groups; left == nil {
		t.Error("a supervisor whose groups are gone sees all")
	}
	some.ID, some.Login = "ghost", "ghost"
	_, err := f.Users().Create(ctx, some)
	wantError(t, "unknown group", err, store.ErrDangling)
}

func testTokens(f *fixture) {
	t := f.t
	ctx := t.Context()
	must(f.Users().Create(ctx, f.user("boss")))(t)
	token := directory.Token{
		Meta: f.meta(mainCentre, "k1"), Name: "Program", Role: directory.RoleSupervisor, ExpiresAt: f.now, MadeBy: "boss", Hash: []byte{1, 2},
	}
	life[directory.Token](t, f, f.Tokens(), token, func(k *directory.Token) *directory.Meta { return &k.Meta },
		func(k directory.Token) directory.Token {
			k.Name = "Other"
			return k
		})
	must(f.Tokens().Create(ctx, token))(t)
	equal(t, "by hash", must(f.Tokens().ByHash(ctx, []byte{1, 2}))(t).ID, directory.ID("k1"))
	_, err := f.Tokens().ByHash(ctx, []byte{9})
	wantError(t, "unknown hash", err, store.ErrNotFound)
	ok(t, f.Users().Delete(ctx, mainCentre, "boss", 0))
	_, err = f.Tokens().ByHash(ctx, []byte{1, 2})
	wantError(t, "token of a removed user", err, store.ErrNotFound)
}
