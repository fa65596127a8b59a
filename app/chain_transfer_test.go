package app

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bandeau/telephony/siptest"
)

// floor of three: a caller with anna, ben beside them at his browser too, carla at a
// desk phone. What each hears is checked at every step.
type threesome struct {
	*stage
	anna, ben, carla *operator
	pages            map[*operator]*page
	caller           *siptest.Call
	id               string
	legs             int // of the pages that are there, before anybody calls
}

// newThreesome brings the caller to anna. Only she is in the group.
func newThreesome(t *testing.T) *threesome {
	t.Helper()
	s := newStage(t, nil)
	x := &threesome{stage: s, pages: map[*operator]*page{}}
	x.anna, x.ben = x.talker("anna", annaHz), x.talker("ben", benHz)
	x.carla = s.newOperator("carla", nil)
	s.members(s.group, x.anna)
	x.legs = s.node.plane.Legs()
	x.begins()
	return x
}

// begins brings a caller to anna.
func (x *threesome) begins() {
	x.t.Helper()
	x.caller = x.call(serviceNumber, siptest.DialOptions{})
	x.caller.SendTone(callerHz)
	x.id = x.answers(x.anna)
	x.matrix([]float64{annaHz}, []float64{callerHz}, nil)
}

// ready ends the wrap-up of those who have one.
func (x *threesome) ready() {
	x.t.Helper()
	for _, o := range []*operator{x.anna, x.ben} {
		x.until(o.name+" is free", func() bool {
			if strings.HasSuffix(o.state(), " wrap_up") {
				o.send(http.MethodPost, "/me/wrap-up", fields{"action": "finish"}, http.StatusOK, nil)
			}
			return strings.HasSuffix(o.state(), " idle")
		})
	}
}

// talker is an operator at his browser, with a wrap-up to be seen.
func (x *threesome) talker(name string, tone float64) *operator {
	x.t.Helper()
	o, p := x.newPageOperator(name, tone, fields{"wrapUpSeconds": 60})
	x.pages[o] = p
	return o
}

// matrix checks who hears whom: the caller, anna and ben.
func (x *threesome) matrix(caller, anna, ben []float64) {
	x.t.Helper()
	x.hears(phoneEar("caller", x.caller), caller...)
	x.hears(x.pages[x.anna].ear("anna"), anna...)
	x.hears(x.pages[x.ben].ear("ben"), ben...)
}

// waits checks that the caller hears music.
func (x *threesome) waits() {
	x.t.Helper()
	x.hearsMusic(phoneEar("caller", x.caller), callerHz, annaHz, benHz, carlaHz)
}

func to(o *operator) fields { return fields{"to": fields{"type": "operator", "id": o.id}} }

func toNumber(number string) fields { return fields{"to": fields{"type": "number", "number": number}} }

// side waits until the second conversation of anna's call is as wanted.
func (x *threesome) side(words string) {
	x.t.Helper()
	x.until("the side is "+words, func() bool {
		calls := x.anna.me().Calls
		if len(calls) == 0 || calls[0].Side == nil {
			return words == ""
		}
		side := calls[0].Side
		return words == strings.Join([]string{side.Kind, side.State, side.Front}, " ")
	})
}

// done ends the call by its caller, and checks that nothing is left.
func (x *threesome) done() {
	x.t.Helper()
	x.caller.HangUp()
	x.until("the call is over", func() bool { return x.row(x.id).EndedAt != nil })
	x.left()
}

// left checks that no leg is left: nobody hears anything, and call control has no
// call.
func (x *threesome) left() {
	x.t.Helper()
	x.until("call control has nothing left", func() bool { return x.node.sw.Calls() == 0 })
	x.until("no leg is left, nor its ports", func() bool { return x.node.plane.Legs() <= x.legs })
	for o, p := range x.pages {
		x.hears(p.ear(o.name))
	}
	for _, call := range x.floor().Calls {
		equal(x.t, "call on the floor", call.State, "wrap_up")
	}
}

func TestChainBlindTransfer(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	x.anna.act(x.id, "transfer", to(x.ben))
	x.side("transfer ringing call")
	x.waits()
	equal(t, "who rings", x.ringing(x.ben), x.id)
	x.answers(x.ben)
	x.matrix([]float64{benHz}, nil, []float64{callerHz})
	equal(t, "anna", x.anna.state(), "available wrap_up")
	// A transfer of a transfer, to a number outside.
	x.trunk.OnCall(siptest.RingForever())
	x.ben.act(x.id, "transfer", toNumber("+33699887766"))
	out := x.placed()
	equal(t, "number dialled", out.Invite().To().User, "+33699887766")
	x.waits()
	out.Answer()
	out.SendTone(carlaHz)
	x.matrix([]float64{carlaHz}, nil, nil)
	x.hears(phoneEar("number", out), callerHz)
	equal(t, "ben", x.ben.state(), "available wrap_up")
	equal(t, "rows of anna", len(x.anna.history()), 1)
	equal(t, "rows of ben", len(x.ben.history()), 1)
	x.done()
}

func TestChainTransferComesBack(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	x.anna.refused(http.MethodPost, "/me/calls/"+x.id+"/transfer", to(x.anna), http.StatusConflict, "transfer_to_self")
	x.anna.act(x.id, "transfer", to(x.ben))
	x.ringing(x.ben)
	x.ben.act(x.id, "reject", nil)
	x.matrix([]float64{annaHz}, []float64{callerHz}, nil)
	x.side("")
	// Taken back while it rings.
	x.anna.act(x.id, "transfer", to(x.carla))
	ring := x.rings(x.carla.phone)
	x.anna.act(x.id, "cancel", nil)
	must(t, ring.WaitState(x.ctx, siptest.Ended))
	x.matrix([]float64{annaHz}, []float64{callerHz}, nil)
	// To somebody who cannot take it.
	x.ben.pause()
	x.anna.refused(http.MethodPost, "/me/calls/"+x.id+"/transfer", to(x.ben), http.StatusConflict, "target_away")
	x.pages[x.ben].close()
	delete(x.pages, x.ben)
	x.ben.available()
	x.anna.refused(http.MethodPost, "/me/calls/"+x.id+"/transfer", to(x.ben), http.StatusConflict, "target_unreachable")
	busy := x.trunk
	busy.OnCall(siptest.Busy())
	x.anna.act(x.id, "transfer", toNumber("+33699887766"))
	x.side("")
	x.hears(phoneEar("caller", x.caller), annaHz)
	x.done()
}

func TestChainConsultation(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	x.anna.act(x.id, "consult", to(x.ben))
	x.side("consult ringing side")
	x.waits()
	x.answers(x.ben)
	x.side("consult talking side")
	x.waits()
	x.hears(x.pages[x.anna].ear("anna"), benHz)
	x.hears(x.pages[x.ben].ear("ben"), annaHz)
	equal(t, "part of ben", string(x.ben.me().Calls[0].Part), `"consulted"`)
	// Swap: the caller, and ben waits.
	x.anna.act(x.id, "swap", nil)
	x.side("consult talking call")
	x.hears(phoneEar("caller", x.caller), annaHz)
	x.hears(x.pages[x.anna].ear("anna"), callerHz)
	x.hearsMusic(x.pages[x.ben].ear("ben"), callerHz, annaHz, benHz)
	x.anna.act(x.id, "swap", nil)
	x.hears(x.pages[x.ben].ear("ben"), annaHz)
	x.waits()
	// All three.
	x.anna.act(x.id, "conference", nil)
	x.side("conference talking call")
	x.matrix([]float64{annaHz, benHz}, []float64{callerHz, benHz}, []float64{callerHz, annaHz})
	// Anna leaves them.
	x.anna.act(x.id, "complete", nil)
	x.matrix([]float64{benHz}, nil, []float64{callerHz})
	equal(t, "anna", x.anna.state(), "available wrap_up")
	equal(t, "part of ben", string(x.ben.me().Calls[0].Part), `"owner"`)
	x.done()
}

// TestChainDigitsToTheTarget: whom the operator consults gets her digits, and the
// customer does while he is the one she talks with.
func TestChainDigitsToTheTarget(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	x.trunk.OnCall(siptest.RingForever())
	x.anna.act(x.id, "consult", toNumber("+33699887766"))
	out := x.placed()
	digits := func(d string) fields { return fields{"digits": d} }
	x.anna.refused(http.MethodPost, "/me/calls/"+x.id+"/dtmf", digits("0"), http.StatusConflict, "wrong_state")
	out.Answer()
	x.side("consult talking side")
	x.anna.act(x.id, "dtmf", digits("7#"))
	x.until("the target has the digits", func() bool { return out.DTMFReceived() == "7#" })
	x.anna.act(x.id, "swap", nil)
	x.side("consult talking call")
	x.anna.act(x.id, "dtmf", digits("3"))
	x.until("the caller has the digit", func() bool { return x.caller.DTMFReceived() == "3" })
	equal(t, "digits of the target", out.DTMFReceived(), "7#")
	x.done()
}

func TestChainConsultationEnds(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	for name, end := range map[string]func(*threesome){
		"cancelled while it rings": func(x *threesome) {
			x.ringing(x.ben)
			x.anna.act(x.id, "cancel", nil)
		},
		"cancelled while they talk": func(x *threesome) {
			x.answers(x.ben)
			x.hears(x.pages[x.ben].ear("ben"), annaHz)
			x.anna.act(x.id, "cancel", nil)
		},
		"refused": func(x *threesome) {
			x.ringing(x.ben)
			x.ben.act(x.id, "reject", nil)
		},
		"the target hangs up": func(x *threesome) {
			x.answers(x.ben)
			x.hears(x.pages[x.ben].ear("ben"), annaHz)
			x.ben.act(x.id, "hangup", nil)
		},
		"the target leaves a conference": func(x *threesome) {
			x.answers(x.ben)
			x.anna.act(x.id, "conference", nil)
			x.matrix([]float64{annaHz, benHz}, []float64{callerHz, benHz}, []float64{callerHz, annaHz})
			x.ben.act(x.id, "hangup", nil)
		},
	} {
		t.Log(name)
		x.anna.act(x.id, "consult", to(x.ben))
		end(x)
		x.side("")
		x.matrix([]float64{annaHz}, []float64{callerHz}, nil)
		if strings.HasSuffix(x.ben.state(), " wrap_up") {
			x.ben.send(http.MethodPost, "/me/wrap-up", fields{"action": "finish"}, http.StatusOK, nil)
		}
		x.available(x.ben)
	}
	x.done()
}

// available waits until an operator could take a call again: who has refused one
// is left alone for a while, unless he says that he is there.
func (x *threesome) available(o *operator) {
	x.t.Helper()
	o.available()
	x.until(o.name+" is free", func() bool { return o.is("available idle") })
}

// TestChainTargetsThatDoNotAnswer: who lets it ring, is busy, or is she herself
// leaves the customer with anna.
func TestChainTargetsThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	x.admin.patch("/operators/"+x.ben.id, fields{"ringSeconds": 5})
	x.anna.refused(http.MethodPost, "/me/calls/"+x.id+"/consult", to(x.anna), http.StatusConflict, "transfer_to_self")
	for _, action := range []string{"transfer", "consult"} {
		x.anna.act(x.id, action, to(x.ben))
		x.ringing(x.ben)
		x.side("")
		equal(t, "missed by ben", x.floorOperator(x.ben).Missed, 1)
		x.matrix([]float64{annaHz}, []float64{callerHz}, nil)
		x.available(x.ben) // who says that he is there has missed nothing
	}
	x.trunk.OnCall(siptest.Busy())
	x.anna.act(x.id, "consult", toNumber("+33699887766"))
	x.side("")
	x.matrix([]float64{annaHz}, []float64{callerHz}, nil)
	x.done()
}

// TestChainGivenAwayOutside: a call given to a number outside is its customer's and
// the number's, whichever of the two hangs up.
func TestChainGivenAwayOutside(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	x.trunk.OnCall(siptest.RingForever())
	for round, first := range []string{"caller", "number"} {
		if round > 0 {
			x.begins()
		}
		x.anna.act(x.id, "transfer", toNumber("+33699887766"))
		out := x.placed()
		out.Answer()
		out.SendTone(carlaHz)
		x.hears(phoneEar("caller", x.caller), carlaHz)
		x.hears(phoneEar("number", out), callerHz)
		x.hears(x.pages[x.anna].ear("anna"))
		ends := map[string]*siptest.Call{"caller": x.caller, "number": out}
		ends[first].HangUp()
		for _, end := range ends {
			must(t, end.WaitState(x.ctx, siptest.Ended))
		}
		x.until("the call is over", func() bool { return x.row(x.id).EndedAt != nil })
		x.ready()
		x.left()
	}
}

// TestChainWhoLeavesFirst: each party hangs up at each step of a second
// conversation, and nothing is left of the call.
func TestChainWhoLeavesFirst(t *testing.T) {
	t.Parallel()
	steps := map[string]func(*threesome){
		"transfer rings": func(x *threesome) {
			x.anna.act(x.id, "transfer", to(x.ben))
			x.ringing(x.ben)
		},
		"consultation rings": func(x *threesome) {
			x.anna.act(x.id, "consult", to(x.ben))
			x.ringing(x.ben)
		},
		"consultation": func(x *threesome) {
			x.anna.act(x.id, "consult", to(x.ben))
			x.answers(x.ben)
		},
		"conference": func(x *threesome) {
			x.anna.act(x.id, "consult", to(x.ben))
			x.answers(x.ben)
			x.anna.act(x.id, "conference", nil)
		},
	}
	for step, lead := range steps {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			x := newThreesome(t)
			for round, first := range []string{"caller", "anna", "ben"} {
				if round > 0 {
					x.begins()
				}
				t.Log(first + " first")
				lead(x)
				for _, who := range []string{first, "anna", "ben", "caller"} {
					switch who {
					case "caller":
						x.caller.HangUp()
					case "anna":
						x.anna.request(http.MethodPost, "/me/calls/"+x.id+"/hangup", nil) // where there is anything left
					case "ben":
						if !strings.HasSuffix(x.ben.state(), " ringing") || first == "ben" {
							x.ben.request(http.MethodPost, "/me/calls/"+x.id+"/hangup", nil)
						}
					}
				}
				x.until("the call is over", func() bool { return x.row(x.id).EndedAt != nil })
				x.left()
				x.ready()
				x.available(x.ben)
			}
		})
	}
}

// TestChainListening: a supervisor hears, whispers, joins, and leaves.
func TestChainListening(t *testing.T) {
	t.Parallel()
	x := newThreesome(t)
	boss := x.openPage(x.admin, "/floor/phone", carlaHz)
	ears := func(caller, anna, sup []float64) {
		t.Helper()
		x.hears(phoneEar("caller", x.caller), caller...)
		x.hears(x.pages[x.anna].ear("anna"), anna...)
		x.hears(boss.ear("supervisor"), sup...)
	}
	ears([]float64{annaHz}, []float64{callerHz}, nil)
	x.act(x.anna, fields{"action": "listen"})
	ears([]float64{annaHz}, []float64{callerHz}, []float64{callerHz, annaHz})
	equal(t, "what her banner shows", len(x.anna.me().Calls[0].Observers), 1)
	x.act(x.anna, fields{"action": "whisper"})
	ears([]float64{annaHz}, []float64{callerHz, carlaHz}, []float64{callerHz, annaHz})
	x.act(x.anna, fields{"action": "join"})
	ears([]float64{annaHz, carlaHz}, []float64{callerHz, carlaHz}, []float64{callerHz, annaHz})
	x.act(x.anna, fields{"action": "leave"})
	ears([]float64{annaHz}, []float64{callerHz}, nil)
	// From a desk phone, and the caller is the first to go.
	account, desk := x.desk("desk")
	x.act(x.anna, fields{"action": "listen", "phone": fields{"kind": "centrex", "account": account}})
	ring := x.rings(desk)
	ring.Answer()
	ring.SendTone(carlaHz)
	x.hears(phoneEar("supervisor's phone", ring), callerHz, annaHz)
	x.hears(phoneEar("caller", x.caller), annaHz)
	x.done()
	must(t, ring.WaitState(x.ctx, siptest.Ended))
}

// TestChainPausedRecording: a pause leaves silence, and the file goes on over a
// transfer.
func TestChainPausedRecording(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.admin.patch("/groups/"+s.group, fields{"record": fields{"inbound": true, "outbound": false}, "operatorMayStopRecording": true, "operatorMayKeepRecording": true})
	s.admin.patch("/centre", fields{"recordingNotice": false})
	anna, page := s.newPageOperator("anna", annaHz, nil)
	s.members(s.group, anna)
	caller := s.call(serviceNumber, siptest.DialOptions{})
	caller.SendTone(callerHz)
	id := s.answers(anna)
	s.hears(page.ear("anna"), callerHz)
	s.until("it is recorded", func() bool { return anna.me().Calls[0].MayStopRecording })
	anna.act(id, "record", fields{"on": false})
	equal(t, "paused", anna.me().Calls[0].RecordingPaused, true)
	time.Sleep(1500 * time.Millisecond) // what is not to be heard
	anna.act(id, "record", fields{"on": true})
	equal(t, "may have it kept", anna.me().Calls[0].MayKeepRecording, true)
	anna.act(id, "record", fields{"keep": true})
	equal(t, "kept", anna.me().Calls[0].RecordingKept, true)
	anna.refused(http.MethodPost, "/me/calls/"+id+"/record", fields{"on": true, "keep": true}, http.StatusUnprocessableEntity, "invalid")
	s.hears(page.ear("anna"), callerHz)
	caller.HangUp()
	s.over(id, "answered", "caller")
	s.until("recording to be ready", func() bool { return s.row(id).Recording == "ready" })
	left, _, rate := s.stereo(id)
	quiet := 0
	for at := 0; at+rate/10 <= len(left); at += rate / 10 {
		if siptest.Level(left[at:at+rate/10]) < 50 {
			quiet++
		}
	}
	if quiet < 13 || quiet > 20 {
		t.Errorf("%d tenths of a second are silent, want about 15", quiet)
	}
}

// TestChainPickUp: a call that rings at a colleague is taken where the group allows
// it, and one that waits is taken by who is in wrap-up.
func TestChainPickUp(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	carla := s.newOperator("carla", nil)
	anna, page := s.newPageOperator("anna", annaHz, nil)
	s.members(s.group, carla, anna)
	var offered struct {
		Items []struct {
			ID, State string
			RingsAt   *struct{ Name string }
		}
	}
	caller := s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(carla.phone)
	id := ring.Invite().Get("X-Bandeau-Call")
	anna.get("/me/pick-ups", &offered)
	equal(t, "calls to take", len(offered.Items), 0)
	anna.refused(http.MethodPost, "/me/calls/"+id+"/pickup", nil, http.StatusConflict, "pick_up_not_allowed")
	s.admin.patch("/groups/"+s.group, fields{"pickUp": true})
	anna.get("/me/pick-ups", &offered)
	equal(t, "calls to take", len(offered.Items), 1)
	equal(t, "rings at", offered.Items[0].RingsAt.Name, "Carla Test")
	anna.act(id, "pickup", nil)
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	s.until("anna talks", func() bool { return anna.is("available talking") })
	caller.SendTone(callerHz)
	s.hears(phoneEar("caller", caller), annaHz)
	s.hears(page.ear("anna"), callerHz)
	equal(t, "carla has missed nothing", s.floorOperator(carla).Missed, 0)
	anna.act(id, "hangup", nil)
	s.over(id, "answered", "operator")
}
