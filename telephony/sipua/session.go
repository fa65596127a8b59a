package sipua

import (
	"strings"
	"time"
)

// session is the session timer (RFC 4028): a dialog whose peer has vanished ends by itself.
type session struct {
	interval time.Duration // 0: none
	ours     bool          // we refresh
	asked    time.Duration // Session-Expires of the INVITE received
	min      time.Duration // its Min-SE
}

func (s *session) request(m *message) {
	v, _ := splitParams(m.get("Session-Expires"))
	s.asked, _ = parseExpires(v)
	v, _ = splitParams(m.get("Min-SE"))
	s.min, _ = parseExpires(v)
}

// offer returns the header fields of a request of ours that refreshes the session.
func (s *session) offer(d *Dialog) []Header {
	if s.interval == 0 {
		return nil
	}
	refresher := "uas"
	if s.ours {
		refresher = "uac"
	}
	return []Header{{"Session-Expires", seconds(s.interval) + ";refresher=" + refresher}, {"Min-SE", seconds(d.u.limits.MinSE)}}
}

// sessionAcceptable refuses an interval that is too short with 422 (RFC 4028 §9).
func (d *Dialog) sessionAcceptable(m *message, s *serverTx) bool {
	v, _ := splitParams(m.get("Session-Expires"))
	if se, ok := parseExpires(v); ok && se < d.u.limits.MinSE && m.hasToken("Supported", "timer") {
		s.reply(422, Header{"Min-SE", seconds(d.u.limits.MinSE)})
		return false
	}
	return true
}

// negotiateSession decides interval and refresher for our 2xx to a request, and starts the timer. A peer that does not
// know session timers is refreshed by us.
func (d *Dialog) negotiateSession(m *message) []Header {
	var req session
	req.request(m)
	interval := d.u.limits.SessionExpires
	if req.asked > 0 {
		interval = min(req.asked, max(interval, req.min))
	}
	interval = max(interval, req.min, d.u.limits.MinSE)
	if !m.hasToken("Supported", "timer") && !m.hasToken("Require", "timer") {
		d.startSession(interval, true)
		return []Header{{"Session-Expires", seconds(interval) + ";refresher=uas"}}
	}
	_, ps := splitParams(m.get("Session-Expires"))
	refresher, _ := ps.get("refresher")
	if refresher = strings.ToLower(refresher); refresher != "uas" {
		refresher = "uac"
	}
	d.startSession(interval, refresher == "uas")
	out := []Header{{"Session-Expires", seconds(interval) + ";refresher=" + refresher}}
	if refresher == "uac" {
		out = append(out, Header{"Require", "timer"})
	}
	return out
}

// sessionFrom takes over what a 2xx to our request says. Without Session-Expires there is no timer.
func (d *Dialog) sessionFrom(res *message) {
	v, ps := splitParams(res.get("Session-Expires"))
	interval, ok := parseExpires(v)
	if !ok || interval <= 0 {
		d.startSession(0, false)
		return
	}
	refresher, _ := ps.get("refresher")
	d.startSession(interval, !strings.EqualFold(refresher, "uas"))
}

func (d *Dialog) startSession(interval time.Duration, ours bool) {
	d.sess.interval, d.sess.ours = interval, ours
	d.stopTimer("refresh")
	d.stopTimer("expiry")
	if interval <= 0 {
		return
	}
	if ours {
		d.after("refresh", interval/2, d.refresh)
		return
	}
	// RFC 4028 §10: a third of the interval, but at most 32 s, before it ends.
	d.after("expiry", interval-min(32*time.Second, interval/3), func() {
		d.broken(Ended{By: BySystem, Cause: EndSessionExpired, Reason: "session timer expired"})
	})
}

// refresh renews the session: by UPDATE without offer when the peer knows it, else by re-INVITE with what was agreed.
func (d *Dialog) refresh() {
	if !d.is(dlgConfirmed) {
		d.after("refresh", time.Second, d.refresh)
		return
	}
	if d.methods["UPDATE"] {
		m := d.newRequest("UPDATE", d.leg)
		m.fields = append(m.fields, d.sess.offer(d)...)
		d.send(m, d.leg, d.onRefreshed)
		return
	}
	if d.nego.own != nil || d.nego.remote != nil || d.nego.ack != nil || len(d.nego.localSDP) == 0 {
		d.after("refresh", time.Second, d.refresh)
		return
	}
	d.nego.own = &ownOffer{sdp: d.nego.localSDP, refresh: true}
	d.sendOffer()
}

func (d *Dialog) onRefreshed(res *message, err error) {
	switch {
	case !d.is(dlgConfirmed) || err == nil && res.status < 200:
	case err != nil:
		d.broken(Ended{By: BySystem, Cause: EndTimeout, Reason: "session refresh: " + err.Error()})
	case res.status < 300:
		d.sessionFrom(res)
	case res.status == 408 || res.status == 481:
		d.broken(Ended{By: ByRemote, Cause: EndRefused, Reason: res.reason})
	case res.status == 422:
		v, _ := splitParams(res.get("Min-SE"))
		if se, ok := parseExpires(v); ok && se > d.sess.interval {
			d.startSession(se, true)
			d.after("refresh", 10*time.Millisecond, d.refresh)
		}
	default: // the peer is alive, whatever it thinks of UPDATE
		d.after("refresh", d.sess.interval/2, d.refresh)
	}
}
