package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/telephony/siptest"
)

// The tones are between the notes of the music, and no multiples of each other.
const (
	callerHz = 450.0
	annaHz   = 700.0
	benHz    = 1150.0
	carlaHz  = 1700.0
)

// TestChainBrowserPhone: an operator who has nothing but her banner takes a call,
// holds it, is muted and hangs up.
func TestChainBrowserPhone(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newRecord("anna", fields{"phone": fields{"kind": "browser"}, "record": true})
	anna.login("anna", operatorPassword)
	s.members(s.group, anna)
	equal(t, "phone before the page has connected", anna.me().Phone.State, "unreachable")
	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.HearsMusic(s.ctx))
	page := s.openPage(anna.visitor, "/me/stream", annaHz)
	id := s.answers(anna)
	equal(t, "kind", value(anna.me().Phone.Kind), "browser")
	caller.SendTone(callerHz)
	s.hears(phoneEar("caller", caller), annaHz)
	s.hears(page.ear("anna"), callerHz)

	anna.act(id, "hold", nil)
	must(t, caller.HearsMusic(s.ctx))
	s.hears(page.ear("anna"))
	anna.act(id, "resume", nil)
	s.hears(phoneEar("caller", caller), annaHz)
	anna.act(id, "mute", fields{"on": true})
	s.hears(phoneEar("caller", caller))
	s.hears(page.ear("anna"), callerHz)
	anna.act(id, "mute", fields{"on": false})
	s.hears(phoneEar("caller", caller), annaHz)
	anna.act(id, "dtmf", fields{"digits": "5#"})
	s.until("the digits arrive", func() bool { return caller.DTMFReceived() == "5#" })
	anna.act(id, "hangup", nil)
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	s.over(id, "answered", "operator")
	s.until("recording to be ready", func() bool { return s.row(id).Recording == "ready" })
	left, right, rate := s.stereo(id)
	holds(t, "caller's", left, rate, callerHz, annaHz)
	holds(t, "operator's", right, rate, annaHz, callerHz)
	s.hears(page.ear("anna"))
	page.close()
	s.until("she cannot be reached any more", func() bool { return anna.me().Phone.State == "unreachable" })
}

// TestChainBrowserCalls: she calls from her browser, which is there already: the
// other side is dialled at once.
func TestChainBrowserCalls(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna, page := s.newPageOperator("anna", annaHz, nil)
	s.members(s.group, anna)
	s.trunk.OnCall(siptest.AnswerAfter(0))
	out := anna.dial(fields{"number": "+33155667788"})
	called := s.placed()
	called.SendTone(callerHz)
	s.hears(phoneEar("called", called), annaHz)
	s.hears(page.ear("anna"), callerHz)
	called.HangUp()
	s.over(out, "answered", "caller")
}

// TestChainFrozenPage: a page that answers nothing is not offered calls after six
// seconds, and is as soon as it answers again; a call in progress is not ended by
// it.
func TestChainFrozenPage(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna, page := s.newPageOperator("anna", annaHz, nil)
	s.members(s.group, anna)
	page.freeze(true)
	frozen := time.Now()
	s.until("she is unreachable", func() bool { return anna.me().Phone.State == "unreachable" })
	if took := time.Since(frozen); took > 6*time.Second {
		t.Errorf("unreachable after %s", took)
	}
	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.HearsMusic(s.ctx))
	equal(t, "activity", anna.me().Activity, "idle")
	page.freeze(false)
	thawed := time.Now()
	id := s.ringing(anna)
	if took := time.Since(thawed); took > 2*time.Second {
		t.Errorf("offered %s after the page was back", took)
	}
	s.answers(anna)
	caller.SendTone(callerHz)
	s.hears(phoneEar("caller", caller), annaHz)
	// In the call: the caller hears music meanwhile, and they go on.
	page.freeze(true)
	s.until("the call waits for her", func() bool { return len(anna.me().Calls) == 1 && anna.me().Calls[0].LostUntil != nil })
	must(t, caller.HearsMusic(s.ctx))
	page.freeze(false)
	s.hears(phoneEar("caller", caller), annaHz)
	s.hears(page.ear("anna"), callerHz)
	s.until("it waits no more", func() bool { return anna.me().Calls[0].LostUntil == nil })
	anna.act(id, "hangup", nil)
	s.over(id, "answered", "operator")
}

// TestChainReload: a page that is loaded anew in a call goes on with it.
func TestChainReload(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna, before := s.newPageOperator("anna", annaHz, nil)
	s.members(s.group, anna)
	caller := s.call(serviceNumber, siptest.DialOptions{})
	caller.SendTone(callerHz)
	id := s.answers(anna)
	s.hears(phoneEar("caller", caller), annaHz)
	before.close()
	must(t, caller.HearsMusic(s.ctx))
	after := s.openPage(anna.visitor, "/me/stream", benHz) // the same operator: another microphone
	s.hears(phoneEar("caller", caller), benHz)
	s.hears(after.ear("anna"), callerHz)
	// A second page takes the phone over, and the first is told.
	second := s.openPage(anna.visitor, "/me/stream", carlaHz)
	s.until("the first page is told", func() bool { return after.wasSaid("taken") })
	s.hears(phoneEar("caller", caller), carlaHz)
	s.hears(second.ear("anna"), callerHz)
	equal(t, "state", s.row(id).State, "talking")
	// How it was heard is kept with the call.
	second.send(s.ctx, map[string]any{"kind": "quality", "session": second.session, "call": id, "lossPercent": 7.5, "jitterMs": 9, "roundTripMs": 40})
	s.until("the first is told", func() bool { return s.heardBy(anna, id) != "" })
	heard := "0.5 12 30, at worst 7.5 12 40"
	// Who is not in the call does not hear it.
	_, other := s.newPageOperator("ben", benHz, nil)
	other.send(s.ctx, map[string]any{"kind": "quality", "session": other.session, "call": id, "lossPercent": 99, "jitterMs": 99, "roundTripMs": 99})
	boss := s.openPage(s.admin, "/floor/phone", carlaHz)
	boss.send(s.ctx, map[string]any{"kind": "quality", "session": boss.session, "call": id, "lossPercent": 99, "jitterMs": 99, "roundTripMs": 99})
	// A page tells it once a second at most.
	s.until("the next is told", func() bool {
		second.send(s.ctx, map[string]any{"kind": "quality", "session": second.session, "call": id, "lossPercent": 0.5, "jitterMs": 12, "roundTripMs": 30})
		return s.heardBy(anna, id) == heard
	})
	for _, q := range s.node.browsers.heard(acd.CallID(id)) {
		equal(t, "who heard it", q.Owner, anna.id)
	}
	caller.HangUp()
	s.over(id, "answered", "caller")
	s.until("the quality is kept", func() bool { return len(s.node.browsers.heard(acd.CallID(id))) == 0 && s.heardBy(anna, id) == heard })
}

// heardBy is how an operator's browser heard a call.
func (s *stage) heardBy(o *operator, id string) string {
	s.t.Helper()
	type facts struct{ LossPercent, JitterMs, RoundTripMs float64 }
	var call struct {
		Quality []struct {
			Operator    struct{ ID string }
			Last, Worst facts
		}
	}
	s.admin.get("/calls/"+id, &call)
	if len(call.Quality) != 1 || call.Quality[0].Operator.ID != o.id {
		return ""
	}
	q := call.Quality[0]
	return fmt.Sprintf("%g %g %g, at worst %g %g %g", q.Last.LossPercent, q.Last.JitterMs, q.Last.RoundTripMs,
		q.Worst.LossPercent, q.Worst.JitterMs, q.Worst.RoundTripMs)
}

// TestChainFallback: a number is rung while the browser cannot be reached.
func TestChainFallback(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newRecord("anna", fields{"phone": fields{"kind": "browser", "fallback": "+33699887766"}})
	anna.login("anna", operatorPassword)
	s.members(s.group, anna)
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.placed()
	equal(t, "number rung", ring.Invite().To().User, "+33699887766")
	ring.SendTone(annaHz)
	caller.SendTone(callerHz)
	ring.Answer()
	s.hears(phoneEar("caller", caller), annaHz)
	s.hears(phoneEar("fallback", ring), callerHz)
	ring.HangUp()
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	equal(t, "her phone, by the number", anna.me().Phone.State, "reachable")
	browser := func() string { return *anna.me().Phone.Browser }
	equal(t, "her browser", browser(), "unreachable")
	s.openPage(anna.visitor, "/me/stream", annaHz)
	s.until("her browser is there", func() bool { return browser() == "reachable" })
	second := s.call(serviceNumber, siptest.DialOptions{})
	id := s.ringing(anna)
	equal(t, "calls to the number", s.trunk.RequestsTaken("INVITE"), 1)
	second.HangUp()
	s.over(id, "abandoned", "caller")
}

// TestChainBadOffers: what is no phone is refused, and the stream goes on.
func TestChainBadOffers(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna, page := s.newPageOperator("anna", annaHz, nil)
	for name, sdp := range map[string]string{"empty": "", "nonsense": "v=0\r\nhello", "long": strings.Repeat("a=x\r\n", 5000)} {
		page.mu.Lock()
		page.refused = ""
		page.mu.Unlock()
		page.send(s.ctx, map[string]any{"kind": "offer", "session": "x", "sdp": sdp})
		s.until(name+" is refused", func() bool { return page.refusal() != "" })
	}
	equal(t, "phone", anna.me().Phone.State, "reachable")
	status, _ := anna.request(http.MethodGet, "/me", nil)
	equal(t, "status", status, http.StatusOK)
}

// placed waits for the next call that we place through the carrier.
func (s *stage) placed() *siptest.Call {
	s.t.Helper()
	call, err := s.trunk.NextCall(s.ctx)
	must(s.t, err)
	return call
}
