package app

import (
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"bandeau/internal/clock"
	"bandeau/internal/proof"
	"bandeau/telephony/siptest"
)

// outsidePhone is the telephone of the operators here: it is reachable whatever
// the clock does.
const outsidePhone = "+33687654321"

// timed is a stage whose time passes when the test says so.
type timed struct {
	*stage

	clock *clock.Manual
}

func newTimed(t *testing.T, at time.Time) timed {
	t.Helper()
	clk := clock.NewManual(at)
	return timed{newStageAt(t, clk, nil), clk}
}

// outsider is an operator on a telephone outside, logged in.
func (s timed) outsider(name string, more fields) *operator {
	s.t.Helper()
	o := &operator{visitor: s.visit(), name: name}
	o.id = s.admin.create("/operators", with(fields{
		"login": name, "fullName": fullName(name), "email": name + "@example.org", "logoutAt": nil, "retrySeconds": 0,
		"phone": fields{"kind": "external", "number": outsidePhone},
	}, more))
	s.setPassword(name, operatorPassword)
	o.login(name, operatorPassword)
	return o
}

// stands waits until the floor shows an operator so; the floor is asked, not
// he, since a request of his own is a sign of life.
func (s timed) stands(o *operator, state string) {
	s.t.Helper()
	s.until(o.name+" to be "+state, func() bool {
		row := s.floorOperator(o)
		return row.Presence+" "+row.Activity == state
	})
}

// after lets time pass and waits until the operator stands so, with nothing
// else that could have changed him.
func (s timed) after(d time.Duration, o *operator, state string) {
	s.t.Helper()
	s.clock.Advance(d)
	s.stands(o, state)
}

// remains lets time pass in steps and looks that he stands as before after each.
func (s timed) remains(d time.Duration, o *operator, state string) {
	s.t.Helper()
	const steps = 4
	for range steps {
		s.clock.Advance(d / steps)
		// A command that is answered has been decided after whatever came due.
		s.admin.patch("/operators/"+o.id, fields{"fullName": fullName(o.name)})
		s.stands(o, state)
	}
}

// reason is why an operator's last session of the day ended.
func (s timed) reason(o *operator) string {
	s.t.Helper()
	var day struct{ Sessions []struct{ Reason *string } }
	s.admin.get("/floor/operators/"+o.id+"/day", &day)
	if len(day.Sessions) == 0 {
		return "no session"
	}
	return value(day.Sessions[len(day.Sessions)-1].Reason)
}

// rung waits until the operator's telephone is rung.
func (s timed) rung() *siptest.Call {
	s.t.Helper()
	call, err := s.trunk.NextCall(s.ctx)
	must(s.t, err)
	return call
}

// morning is in the middle of a week, far from changes of the clock.
func morning() time.Time { return time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC) }

// TestChainIdleLogout: OP-17 runs while he waits, not while he talks, and a
// request that only reads is no action.
func TestChainIdleLogout(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-17")
	s := newTimed(t, morning())
	anna := s.outsider("anna", fields{"idleLogoutMinutes": 30, "persistentSession": true})
	s.members(s.group, anna)
	s.trunk.OnCall(siptest.RingForever())
	s.remains(29*time.Minute, anna, "available idle")
	anna.me()
	caller := s.call(serviceNumber, siptest.DialOptions{})
	own := s.rung()
	own.Answer()
	s.stands(anna, "available talking")
	s.remains(40*time.Minute, anna, "available talking")
	must(t, caller.WaitState(s.ctx, siptest.Established))
	own.HangUp()
	s.stands(anna, "available idle")
	s.remains(29*time.Minute, anna, "available idle")
	s.after(61*time.Second, anna, "logged_out idle")
	equal(t, "reason", s.reason(anna), "idle")
}

// TestChainMissedLogout: the call after the number that may be missed.
func TestChainMissedLogout(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-18", "OP-15")
	s := newTimed(t, morning())
	anna := s.outsider("anna", fields{"missedLogoutCount": 1, "ringSeconds": 7, "persistentSession": true})
	s.members(s.group, anna)
	s.trunk.OnCall(siptest.RingForever())
	s.call(serviceNumber, siptest.DialOptions{})
	first := s.rung()
	s.remains(6*time.Second, anna, "available ringing")
	s.clock.Advance(time.Second)
	must(t, first.WaitState(s.ctx, siptest.Ended))
	equal(t, "end of the ring", first.EndedBy(), siptest.ByRemoteCancel)
	second := s.rung()
	equal(t, "missed", s.floorOperator(anna).Missed, 1)
	s.clock.Advance(7 * time.Second)
	must(t, second.WaitState(s.ctx, siptest.Ended))
	s.stands(anna, "logged_out idle")
	equal(t, "reason", s.reason(anna), "missed")
	equal(t, "still waiting", s.floorGroup(s.group).Waiting, 1)
}

// TestChainSilenceLogout: 20 minutes without any request, unless the session is
// persistent.
func TestChainSilenceLogout(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-19")
	s := newTimed(t, morning())
	anna := s.outsider("anna", fields{"silenceLogout": true})
	bob := s.outsider("bob", fields{"silenceLogout": true, "persistentSession": true})
	s.members(s.group, anna, bob)
	s.remains(19*time.Minute, anna, "available idle")
	anna.me() // a request of any kind is a sign of life
	s.remains(19*time.Minute, anna, "available idle")
	s.after(3*time.Minute, anna, "logged_out idle")
	equal(t, "reason", s.reason(anna), "silence")
	s.remains(time.Hour, bob, "available idle")
}

// TestChainClockLogout: at a time of day in the centre's zone, on the days when
// that time is skipped or comes twice, and after the call.
func TestChainClockLogout(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-24")
	for name, day := range map[string]struct{ login, due time.Time }{
		"skipped": {time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)},
		"twice":   {time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)},
		"plain":   {time.Date(2026, 7, 1, 22, 0, 0, 0, time.UTC), time.Date(2026, 7, 2, 0, 30, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTimed(t, day.login)
			anna := s.outsider("anna", fields{"logoutAt": "02:30", "persistentSession": true})
			bob := s.outsider("bob", fields{"logoutAt": "02:30", "directNumber": "+33170200301"})
			s.members(s.group, anna, bob)
			s.trunk.OnCall(siptest.RingForever())
			s.clock.Advance(day.due.Sub(day.login) - 5*time.Minute)
			caller := s.call("+33170200301", siptest.DialOptions{})
			own := s.rung()
			own.Answer()
			s.stands(bob, "available talking")
			s.remains(4*time.Minute, anna, "available idle")
			s.after(time.Minute+time.Second, anna, "logged_out idle")
			equal(t, "reason", s.reason(anna), "clock")
			s.remains(5*time.Minute, bob, "available talking")
			must(t, caller.WaitState(s.ctx, siptest.Established))
			own.HangUp()
			s.stands(bob, "logged_out idle")
			equal(t, "reason after the call", s.reason(bob), "clock")
			// Logged in after the time: the next day's.
			anna.login("anna", operatorPassword)
			s.remains(time.Hour, anna, "available idle")
		})
	}
}

// TestChainWindow: the page that closes its last stream in order has 30 s to come
// back; a connection that is lost is no closed window.
func TestChainWindow(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-25")
	s := newTimed(t, morning())
	anna := s.outsider("anna", nil)
	bob := s.outsider("bob", fields{"persistentSession": true})
	carl := s.outsider("carl", nil)
	s.members(s.group, anna, bob, carl)
	shut := func(o *operator) {
		b := o.open(s.stage)
		b.shows("the state", func(m bannerMessage) bool { return m.Type == "snapshot" })
		must(t, b.conn.Close(websocket.StatusGoingAway, ""))
	}
	lost := carl.open(s.stage)
	lost.shows("the state", func(m bannerMessage) bool { return m.Type == "snapshot" })
	must(t, lost.conn.CloseNow())
	shut(anna)
	shut(bob)
	// A reload.
	s.remains(20*time.Second, anna, "available idle")
	reloaded := anna.open(s.stage)
	reloaded.shows("the state", func(m bannerMessage) bool { return m.Type == "snapshot" })
	s.remains(5*time.Minute, anna, "available idle")
	must(t, reloaded.conn.Close(websocket.StatusNormalClosure, ""))
	s.until("the window to count as closed", func() bool {
		s.clock.Advance(31 * time.Second)
		return s.floorOperator(anna).Presence == "logged_out"
	})
	equal(t, "reason", s.reason(anna), "window")
	s.remains(time.Hour, bob, "available idle")
	s.stands(carl, "available idle")
}

// TestChainLogin: what a login leaves, by OP-13 and OP-26, and with OP-10 a call
// all the same.
func TestChainLogin(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-10", "OP-13", "OP-26", "login")
	s := newTimed(t, morning())
	phone := fields{"kind": "external", "number": outsidePhone}
	for _, c := range []struct {
		name          string
		ask, paused   bool
		before, after string
	}{
		{"neither", false, false, "available idle", "available idle"},
		{"pause", false, true, "paused idle", "paused idle"},
		{"phone", true, false, "paused idle", "available idle"},
		{"both", true, true, "paused idle", "paused idle"},
	} {
		o := s.outsider(c.name, fields{"askPhoneAtLogin": c.ask, "pauseAtLogin": c.paused, "phone": map[bool]any{false: phone}[c.ask], "persistentSession": true})
		s.stands(o, c.before)
		if c.ask {
			o.refused(http.MethodPut, "/me/presence", fields{"presence": "available"}, http.StatusConflict, "phone_required")
			o.send(http.MethodPut, "/me/phone", phone, http.StatusOK, nil)
		}
		s.stands(o, c.after)
		o.available()
		s.stands(o, "available idle")
	}
	always := s.outsider("always", fields{"alwaysConnected": true, "pauseAtLogin": true})
	s.members(s.group, always)
	s.trunk.OnCall(siptest.RingForever())
	s.call(serviceNumber, siptest.DialOptions{})
	own := s.rung()
	s.stands(always, "paused ringing")
	own.Answer()
	s.stands(always, "paused talking")
}

// TestChainTakenOver: a newer login takes the session over, in mid-call too; the
// older page is told, and its cookie is dead.
func TestChainTakenOver(t *testing.T) {
	t.Parallel()
	proof.Of(t, "taken over")
	s := newStage(t, nil)
	anna := s.newOperator("anna", fields{"pauseAtLogin": true})
	s.members(s.group, anna)
	anna.available()
	caller := s.call(serviceNumber, siptest.DialOptions{})
	own := s.rings(anna.phone)
	own.SendTone(700)
	own.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))
	older := anna.open(s)
	older.shows("the state", func(m bannerMessage) bool { return m.Type == "snapshot" })
	newer := &operator{visitor: s.visit(), id: anna.id, name: anna.name}
	newer.login("anna", operatorPassword)
	told := older.shows("the end", func(m bannerMessage) bool { return m.Type == "ended" })
	equal(t, "reason told", told.Reason, "taken_over")
	anna.send(http.MethodGet, "/me", nil, http.StatusUnauthorized, nil)
	equal(t, "nothing of after login", newer.is("available talking"), true)
	must(t, caller.HearsOnly(s.ctx, 700))
	var day struct{ Sessions []struct{ Reason *string } }
	s.admin.get("/floor/operators/"+anna.id+"/day", &day)
	equal(t, "sessions on the floor", len(day.Sessions), 1)
	newer.act(newer.me().Calls[0].ID, "hangup", nil)
	must(t, caller.WaitState(s.ctx, siptest.Ended))
}

// limitPauses gives every pause a limit.
func (s timed) limitPauses(minutes int) {
	s.t.Helper()
	var types struct{ Items []struct{ ID string } }
	s.admin.get("/pause-types", &types)
	for _, p := range types.Items {
		s.admin.patch("/pause-types/"+p.ID, fields{"maxMinutes": minutes})
	}
}

// TestChainPauseLimit: at the end of a pause with a limit he is available again
// and called; the pause of a login is only marked.
func TestChainPauseLimit(t *testing.T) {
	t.Parallel()
	proof.Of(t, "pause types")
	s := newTimed(t, morning())
	anna := s.outsider("anna", fields{"persistentSession": true})
	bob := s.outsider("bob", fields{"persistentSession": true, "pauseAtLogin": true})
	s.members(s.group, anna, bob)
	s.limitPauses(10)
	s.trunk.OnCall(siptest.RingForever())
	anna.pause()
	s.call(serviceNumber, siptest.DialOptions{})
	s.until("the call to wait", func() bool { return s.floorGroup(s.group).Waiting == 1 })
	s.remains(9*time.Minute, anna, "paused idle")
	var me struct {
		PauseUntil   *time.Time
		PauseOverran bool
	}
	anna.get("/me", &me)
	if me.PauseUntil == nil {
		t.Error("the banner cannot warn: it is not told when the pause ends")
	}
	s.clock.Advance(2 * time.Minute)
	equal(t, "phone rung", s.rung().Called(), outsidePhone)
	s.stands(anna, "available ringing")
	s.stands(bob, "paused idle")
	bob.get("/me", &me)
	equal(t, "overrun marked", me.PauseOverran, true)
}

// TestChainDisabled: a record that is disabled ends the session, after the call.
func TestChainDisabled(t *testing.T) {
	t.Parallel()
	proof.Of(t, "end: disabled")
	s := newTimed(t, morning())
	anna := s.outsider("anna", fields{"persistentSession": true, "wrapUpSeconds": 60})
	s.members(s.group, anna)
	s.trunk.OnCall(siptest.RingForever())
	caller := s.call(serviceNumber, siptest.DialOptions{})
	own := s.rung()
	own.SendTone(700)
	own.Answer()
	must(t, caller.HearsOnly(s.ctx, 700))
	s.admin.patch("/operators/"+anna.id, fields{"enabled": false})
	s.after(time.Minute, anna, "available talking")
	must(t, caller.HearsOnly(s.ctx, 700))
	own.HangUp()
	s.stands(anna, "logged_out idle")
	equal(t, "reason", s.reason(anna), "disabled")
	anna.refused(http.MethodPost, "/login", fields{"login": "anna", "password": operatorPassword}, http.StatusUnauthorized, "login_refused")
}
