package app

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"bandeau/telephony/siptest"
)

// desks is a caller with anna, and ben beside them, all at desk phones: what they
// do they do with their phones' keys.
type desks struct {
	*stage
	anna, ben     *operator
	benNumber     string
	caller, annas *siptest.Call
	id            string
}

func newDesks(t *testing.T) *desks {
	t.Helper()
	s := newStage(t, nil)
	d := &desks{stage: s, anna: s.newOperator("anna", nil), ben: s.newOperator("ben", nil)}
	var phone struct{ Number string }
	s.admin.get("/phones/"+d.ben.account, &phone)
	d.benNumber = phone.Number
	s.members(s.group, d.anna)
	d.caller = s.call(serviceNumber, siptest.DialOptions{})
	d.annas = s.rings(d.anna.phone)
	d.id = d.annas.Invite().Get("X-Bandeau-Call")
	d.annas.Answer()
	d.caller.SendTone(callerHz)
	d.annas.SendTone(annaHz)
	d.hears(phoneEar("caller", d.caller), annaHz)
	return d
}

// told waits until a phone is told a status about its transfer.
func (d *desks) told(call *siptest.Call, status string) {
	d.t.Helper()
	d.until("the phone is told "+status, func() bool {
		for _, m := range call.Requests() {
			if m.Method == "NOTIFY" && strings.HasPrefix(string(m.Body), "SIP/2.0 "+status) {
				return true
			}
		}
		return false
	})
}

// TestChainReferBlind: anna's phone gives the caller to ben's internal number, and
// ben's to a number outside.
func TestChainReferBlind(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	status, err := d.annas.Refer(d.ctx, "sip:"+d.benNumber+"@127.0.0.1")
	must(t, err)
	equal(t, "answer to REFER", status, 202)
	bens := d.rings(d.ben.phone)
	equal(t, "call", bens.Invite().Get("X-Bandeau-Call"), d.id)
	equal(t, "number shown", bens.Invite().From().User, callerNumber)
	bens.SendTone(benHz)
	bens.Answer()
	d.told(d.annas, "200")
	must(t, d.annas.WaitState(d.ctx, siptest.Ended))
	d.hears(phoneEar("caller", d.caller), benHz)
	d.hears(phoneEar("ben", bens), callerHz)
	// Nobody there: it comes back.
	d.trunk.OnCall(siptest.Busy())
	_, err = bens.Refer(d.ctx, "sip:0699887766@127.0.0.1")
	must(t, err)
	d.told(bens, "486")
	d.hears(phoneEar("caller", d.caller), benHz)
	bens.HangUp()
	d.over(d.id, "answered", "operator")
	d.until("nothing is left", func() bool { return d.node.sw.Calls() == 0 })
}

// consults lets anna put the caller on hold and call ben with the same phone.
func (d *desks) consults() *siptest.Call {
	d.t.Helper()
	_, err := d.annas.Hold(d.ctx)
	must(d.t, err)
	must(d.t, d.caller.HearsMusic(d.ctx))
	second, err := d.anna.phone.Dial(d.ctx, d.benNumber, siptest.DialOptions{})
	must(d.t, err)
	must(d.t, second.WaitState(d.ctx, siptest.Established))
	second.SendTone(annaHz)
	return second
}

// benAnswers lets ben take the question.
func (d *desks) benAnswers() *siptest.Call {
	d.t.Helper()
	bens := d.rings(d.ben.phone)
	bens.SendTone(benHz)
	bens.Answer()
	return bens
}

func TestChainAttendedTransfer(t *testing.T) {
	t.Parallel()
	for name, complete := range map[string]func(*desks, *siptest.Call){
		"by REFER": func(d *desks, second *siptest.Call) {
			replaces := url.QueryEscape(fmt.Sprintf("%s;to-tag=1;from-tag=2", second.CallID()))
			status, err := d.annas.Refer(d.ctx, "<sip:"+d.benNumber+"@127.0.0.1?Replaces="+replaces+">")
			must(d.t, err)
			equal(d.t, "answer to REFER", status, 202)
			d.told(d.annas, "200")
		},
		"by hanging up": func(d *desks, _ *siptest.Call) { d.annas.HangUp() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesks(t)
			second := d.consults()
			bens := d.benAnswers()
			d.hears(phoneEar("anna", second), benHz)
			d.hears(phoneEar("ben", bens), annaHz)
			d.hearsMusic(phoneEar("caller", d.caller), annaHz, benHz, callerHz)
			// She goes back to the caller and to ben again, with the keys of her phone.
			_, err := second.Hold(d.ctx)
			must(t, err)
			_, err = d.annas.Resume(d.ctx)
			must(t, err)
			d.hears(phoneEar("caller", d.caller), annaHz)
			d.hears(phoneEar("anna", d.annas), callerHz)
			_, err = d.annas.Hold(d.ctx)
			must(t, err)
			_, err = second.Resume(d.ctx)
			must(t, err)
			d.hears(phoneEar("ben", bens), annaHz)
			complete(d, second)
			d.hears(phoneEar("caller", d.caller), benHz)
			d.hears(phoneEar("ben", bens), callerHz)
			must(t, d.annas.WaitState(d.ctx, siptest.Ended))
			must(t, second.WaitState(d.ctx, siptest.Ended))
			d.caller.HangUp()
			d.over(d.id, "answered", "caller")
			d.until("nothing is left", func() bool { return d.node.sw.Calls() == 0 })
		})
	}
}

// TestChainConsultationOnADeskPhoneEnds: who asked hangs up on whom she asked, or
// he on her, or he does not answer: she has her caller back.
func TestChainConsultationOnADeskPhoneEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*desks, *siptest.Call){
		"she hangs up": func(d *desks, second *siptest.Call) {
			bens := d.benAnswers()
			d.hears(phoneEar("ben", bens), annaHz)
			second.HangUp()
		},
		"he hangs up": func(d *desks, _ *siptest.Call) {
			bens := d.benAnswers()
			d.hears(phoneEar("ben", bens), annaHz)
			bens.HangUp()
		},
		"he refuses": func(d *desks, _ *siptest.Call) {
			d.rings(d.ben.phone).Reject(603)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesks(t)
			second := d.consults()
			end(d, second)
			must(t, second.WaitState(d.ctx, siptest.Ended))
			must(t, d.caller.HearsMusic(d.ctx)) // until she takes it off hold
			ctx, cancel := context.WithTimeout(d.ctx, 5*time.Second)
			defer cancel()
			_, err := d.annas.Resume(ctx)
			must(t, err)
			d.hears(phoneEar("caller", d.caller), annaHz)
			d.hears(phoneEar("anna", d.annas), callerHz)
			d.caller.HangUp()
			d.over(d.id, "answered", "caller")
			d.until("nothing is left", func() bool { return d.node.sw.Calls() == 0 })
		})
	}
}
