package app

import (
	"net/http"
	"testing"

	"bandeau/telephony/siptest"
)

// front waits until anna talks with the other side of her consultation ("side") or
// with her caller ("call"), to the core.
func (d *desks) front(word string) {
	d.t.Helper()
	d.until("anna talks with the "+word, func() bool {
		calls := d.anna.me().Calls
		return len(calls) == 1 && calls[0].Side != nil && calls[0].Side.State == "talking" && calls[0].Side.Front == word
	})
}

// key presses the hold key of one of anna's calls, or once more.
func (d *desks) key(press func(*siptest.Call) (int, error), call *siptest.Call) {
	d.t.Helper()
	status, err := press(call)
	must(d.t, err)
	equal(d.t, "answer to the key", status, 200)
}

func (d *desks) hold(call *siptest.Call) {
	d.t.Helper()
	d.key(func(c *siptest.Call) (int, error) { return c.Hold(d.ctx) }, call)
}

func (d *desks) resume(call *siptest.Call) {
	d.t.Helper()
	d.key(func(c *siptest.Call) (int, error) { return c.Resume(d.ctx) }, call)
}

// finished ends the call by its caller.
func (d *desks) finished() {
	d.t.Helper()
	d.caller.HangUp()
	d.over(d.id, "answered", "caller")
	d.until("nothing is left", func() bool { return d.node.sw.Calls() == 0 })
}

// TestChainBannerAndKeysInStep: with whom anna talks is what her phone shows,
// whoever changed it before: she by her banner, or her phone before ben was there.
func TestChainBannerAndKeysInStep(t *testing.T) {
	t.Parallel()
	t.Run("changed by the banner", func(t *testing.T) {
		t.Parallel()
		d := newDesks(t)
		second := d.consults()
		bens := d.benAnswers()
		d.hears(phoneEar("ben", bens), annaHz)
		d.anna.act(d.id, "swap", nil)
		d.front("call")
		d.hears(phoneEar("caller", d.caller), annaHz)
		d.hold(second)
		d.resume(d.annas)
		d.hears(phoneEar("anna", d.annas), callerHz)
		d.hears(phoneEar("caller", d.caller), annaHz)
		d.hearsMusic(phoneEar("ben", bens), annaHz, callerHz)
		d.front("call")
		d.hold(d.annas)
		d.resume(second)
		d.hears(phoneEar("ben", bens), annaHz)
		d.front("side")
		d.finished()
	})
	t.Run("changed before he answers", func(t *testing.T) {
		t.Parallel()
		d := newDesks(t)
		second := d.consults()
		ring := d.rings(d.ben.phone)
		d.hold(second)
		d.resume(d.annas)
		must(t, d.caller.HearsMusic(d.ctx))
		ring.SendTone(benHz)
		ring.Answer()
		d.front("call")
		d.hears(phoneEar("caller", d.caller), annaHz)
		d.hears(phoneEar("anna", d.annas), callerHz)
		d.hearsMusic(phoneEar("ben", ring), annaHz, callerHz)
		d.finished()
	})
	t.Run("in a conference", func(t *testing.T) {
		t.Parallel()
		d := newDesks(t)
		second := d.consults()
		bens := d.benAnswers()
		d.front("side")
		d.anna.act(d.id, "conference", nil)
		d.hears(phoneEar("anna", second), callerHz, benHz)
		d.hold(second)
		d.resume(d.annas)
		d.hears(phoneEar("anna", d.annas), callerHz, benHz)
		d.hears(phoneEar("caller", d.caller), annaHz, benHz)
		d.hears(phoneEar("ben", bens), annaHz, callerHz)
		d.finished()
	})
}

// TestChainBothOnHold: who talked with anna hears music while both calls of her
// phone are on hold.
func TestChainBothOnHold(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	second := d.consults()
	bens := d.benAnswers()
	d.hears(phoneEar("ben", bens), annaHz)
	d.hold(second)
	d.hearsMusic(phoneEar("ben", bens), annaHz, callerHz)
	d.hearsMusic(phoneEar("caller", d.caller), annaHz, benHz)
	d.resume(d.annas)
	d.hears(phoneEar("caller", d.caller), annaHz)
	d.hold(d.annas)
	d.hearsMusic(phoneEar("caller", d.caller), annaHz, benHz)
	d.anna.act(d.id, "swap", nil) // it is ben whom she would talk with now
	d.hearsMusic(phoneEar("ben", bens), annaHz, callerHz)
	d.hearsMusic(phoneEar("caller", d.caller), annaHz, benHz)
	d.anna.act(d.id, "swap", nil)
	d.resume(d.annas)
	d.hears(phoneEar("caller", d.caller), annaHz)
	d.hears(phoneEar("anna", d.annas), callerHz)
	bens.HangUp() // whom she has not in front: her second call ends all the same
	must(t, second.WaitState(d.ctx, siptest.Ended))
	d.hears(phoneEar("caller", d.caller), annaHz)
	d.finished()
}

// TestChainMutedOnOneCall: what anna muted on one of her phone's calls is not muted
// there when she has taken it back on the other.
func TestChainMutedOnOneCall(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	d.anna.act(d.id, "mute", fields{"on": true})
	d.hears(phoneEar("caller", d.caller))
	second := d.consults()
	bens := d.benAnswers()
	d.hears(phoneEar("anna", second), benHz)
	d.hears(phoneEar("ben", bens))
	d.anna.act(d.id, "mute", fields{"on": false})
	d.hears(phoneEar("ben", bens), annaHz)
	d.hold(second)
	d.resume(d.annas)
	d.hears(phoneEar("caller", d.caller), annaHz)
	d.finished()
}

// TestChainConsultationOverheard: a supervisor listens, and anna's phone puts no call
// on hold before its second one: that one goes on while its target rings.
func TestChainConsultationOverheard(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	boss := d.openPage(d.admin, "/floor/phone", carlaHz)
	d.until("the page has answered a ping", func() bool {
		status, _ := d.admin.request(http.MethodPost, "/floor/operators/"+d.anna.id+"/actions", fields{"action": "listen"})
		return status == http.StatusOK
	})
	d.hears(boss.ear("supervisor"), callerHz, annaHz)
	second, err := d.anna.phone.Dial(d.ctx, d.benNumber, siptest.DialOptions{})
	must(t, err)
	must(t, second.WaitState(d.ctx, siptest.Established))
	second.SendTone(annaHz)
	d.hears(boss.ear("supervisor"), annaHz) // the caller waits
	bens := d.benAnswers()
	d.hears(phoneEar("ben", bens), annaHz)
	d.hears(phoneEar("anna", second), benHz)
	d.hears(boss.ear("supervisor"), annaHz, benHz)
	second.HangUp()
	d.hears(phoneEar("caller", d.caller), annaHz)
	d.hears(phoneEar("anna", d.annas), callerHz)
	d.finished()
}
