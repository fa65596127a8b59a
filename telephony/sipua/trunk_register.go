package sipua

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
)

// runRegistration keeps a registration at the trunk (RFC 3261 §10.2).
func (r *trunkRun) runRegistration(ctx context.Context) {
	u := r.table.u
	defer r.registrationGone()
	if r.before != nil {
		<-r.before // its last REGISTER names our contact too
	}
	callID, tag := token(12), token(8)
	var cseq uint32
	held := false  // the registrar has our contact, as far as is known
	defer func() { //nolint:contextcheck // the trunk's has ended
		if held {
			r.unregister(callID, tag, &cseq)
		}
	}()
	expires := u.limits.MaxExpires
	for ctx.Err() == nil {
		left, want, err := r.registerOnce(ctx, callID, tag, &cseq, expires)
		if ctx.Err() != nil {
			held = held || r.address().IsValid() // a REGISTER may be on its way
			return
		}
		switch {
		case err == nil:
			held = true
		case !errors.Is(err, errTimeout) && !errors.Is(err, errTransport):
			held = false
		}
		expires = max(want, time.Second)
		wait := left - left/5
		if err != nil {
			u.log.WarnContext(ctx, "sip registration failed", "trunk", r.ID, "name", r.Name, "error", err)
			wait = u.limits.RegisterRetry
		}
		r.table.change(r, func() { r.refused = err != nil })
		u.pause(ctx, max(wait, 100*time.Millisecond))
	}
}

// unregister withdraws the registration (RFC 3261 §10.2.2), as well as that can be done in a short time: calls to a
// trunk that is gone are better refused by the carrier than lost here. The trunk's own context has ended.
func (r *trunkRun) unregister(callID, tag string, cseq *uint32) {
	u := r.table.u
	ctx, cancel := context.WithTimeout(u.ctx, 8*sip.T1)
	defer cancel()
	if _, _, err := r.registerOnce(ctx, callID, tag, cseq, 0); err != nil {
		u.log.InfoContext(ctx, "sip registration not withdrawn", "trunk", r.ID, "name", r.Name, "error", err)
	}
}

func (r *trunkRun) registrationGone() {
	r.table.mu.Lock()
	delete(r.table.registrations, r)
	r.table.mu.Unlock()
	close(r.gone)
}

// partingTime is how long the end of the user agent waits for its registrations to be withdrawn.
const partingTime = 200 * time.Millisecond

// part stops all trunks and gives their registrations the time to be withdrawn.
func (t *trunkTable) part() {
	t.mu.Lock()
	for _, r := range t.m {
		r.stop()
	}
	parting := slices.Collect(maps.Keys(t.registrations))
	t.mu.Unlock()
	late := time.NewTimer(partingTime)
	defer late.Stop()
	for _, r := range parting {
		select {
		case <-r.gone:
		case <-late.C:
			return
		}
	}
}

// registerOnce registers and returns for how long, and the expiry to ask for next time.
func (r *trunkRun) registerOnce(ctx context.Context, callID, tag string, cseq *uint32, expires time.Duration) (left, want time.Duration, err error) {
	u := r.table.u
	hops, err := r.hops(ctx)
	if err != nil {
		return 0, expires, err
	}
	var auth []Header
	for range 4 { // a challenge, a stale nonce, an interval too brief
		*cseq++
		extra := append([]Header{{"Expires", strconv.Itoa(int(expires / time.Second))}}, auth...)
		res, err := r.request(ctx, hops[0], "REGISTER", *cseq, callID, tag, extra)
		if err != nil {
			return 0, expires, err
		}
		switch {
		case res.status < 300:
			return grantedExpires(res, u.contactAs(hops[0], r.Username), expires), expires, nil
		case res.status == 401 || res.status == 407:
			h, stale, ok := answerChallenge(res, "REGISTER", r.requestURI(""), nil, r.Username, r.Password)
			if !ok || auth != nil && !stale {
				return 0, expires, errors.New("credentials refused")
			}
			auth = []Header{h}
		case res.status == 423:
			e, ok := parseExpires(res.get("Min-Expires"))
			if !ok || e <= expires {
				return 0, expires, errors.New("interval too brief")
			}
			expires = e
		default:
			return 0, expires, fmt.Errorf("refused with status %d", res.status)
		}
	}
	return 0, expires, errors.New("credentials refused")
}

// grantedExpires reads how long a registration holds: our Contact's expires, else Expires, else what we asked for.
func grantedExpires(res *message, contact string, asked time.Duration) time.Duration {
	mine, _ := parseNameAddr(contact)
	for _, v := range res.all("Contact") {
		a, err := parseNameAddr(v)
		if err != nil || a.uri != mine.uri {
			continue
		}
		if e, has := a.params.get("expires"); has {
			if d, ok := parseExpires(e); ok && d > 0 {
				return d
			}
		}
	}
	if d, ok := parseExpires(res.get("Expires")); ok && d > 0 {
		return d
	}
	return asked
}
