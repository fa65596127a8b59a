package demo

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"bandeau/telephony/siptest"
)

// exchange is the telephone network outside, as far as the centre calls it.
type exchange struct {
	tempo tempo

	mu   sync.Mutex
	dice *rand.Rand
}

// reach is what becomes of a call to a number: most subscribers pick up after a
// few seconds, talk for a while and hang up.
func (e *exchange) reach(ctx context.Context, call *siptest.Call) {
	switch subscriber(call.Called()) {
	case isBusy:
		call.Reject(486)
		return
	case isUnknown:
		call.Reject(404)
		return
	case isAway:
		call.Ring()
		return // and nobody comes
	case picksUp:
	}
	e.mu.Lock()
	after := between(e.dice, 2*time.Second, 6*time.Second)
	talk := between(e.dice, 15*time.Second, 70*time.Second)
	voice := sing(e.dice, callerTimbre())
	e.mu.Unlock()
	call.Ring()
	if !e.tempo.wait(ctx, after) {
		return
	}
	call.Answer()
	call.SendAudio(voice.samples)
	if e.tempo.wait(ctx, talk) {
		call.HangUp()
	}
}
