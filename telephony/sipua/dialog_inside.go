package sipua

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// onRequest takes a request within the dialog other than INVITE, ACK and CANCEL.
func (d *Dialog) onRequest(m *message, s *serverTx) {
	if d.is(dlgEnded) {
		s.reply(481)
		return
	}
	if !d.newer(m, s) {
		return
	}
	switch m.method {
	case "BYE":
		d.onBye(m, s)
	case "PRACK":
		d.onPrack(m, s)
	case "UPDATE":
		d.onUpdate(m, s)
	case "INFO":
		d.onInfo(m, s)
	case "REFER":
		d.onRefer(m, s)
	case "NOTIFY": // we subscribe to nothing
		s.reply(489, Header{"Allow-Events", "refer"})
	default:
		s.reply(405, Header{"Allow", allowValue})
	}
}

func (d *Dialog) onBye(m *message, s *serverTx) {
	s.reply(200)
	if d.is(dlgClosing) { // both at once; our BYE still waits for its answer, and the peer has no reason to repeat
		return
	}
	if own := d.nego.own; own != nil && own.tx != nil {
		own.tx.stop()
	}
	if d.cl.tx != nil && d.is(dlgCalling, dlgProceeding, dlgCancelling) {
		return // a BYE in an early dialog ends that branch only; its final response follows (RFC 3261 §15)
	}
	d.finish(Ended{By: ByRemote, Cause: EndBye, Reason: m.get("Reason")})
}

// HangUp ends the dialog in whatever state it is: CANCEL, a refusal, ACK and BYE of a late 2xx, or BYE. It leads to
// one Ended event.
func (d *Dialog) HangUp(why HangUpCause) {
	d.post(func() {
		e := Ended{By: ByLocal, Cause: EndBye}
		switch dialogState(d.state.Load()) {
		case dlgCalling, dlgProceeding:
			d.giveUp(why)
		case dlgIncoming:
			d.refuse(why.status(), "", Ended{By: ByLocal, Cause: EndRejected})
		case dlgAccepted:
			if d.sv.hangUp == nil {
				d.sv.hangUp = &e
			}
		case dlgAnswering:
			d.sendAck(d.leg, nil)
			d.bye(e, "")
		case dlgConfirmed:
			d.bye(e, why.reason())
		case dlgCancelling, dlgClosing, dlgEnded:
		}
	})
}

// broken ends an established dialog for a reason of its own. Call control hears of it at once: the peer has most likely
// gone, and the other side of the call should not wait until nobody answers the BYE.
func (d *Dialog) broken(e Ended) {
	if d.is(dlgConfirmed, dlgAnswering) {
		d.bye(e, "")
		d.finish(e)
	}
}

// bye sends BYE. The dialog ends when it is answered, whatever the answer, or when its transaction gives up.
func (d *Dialog) bye(e Ended, reason string) {
	d.become(dlgClosing)
	d.last = e
	for name := range d.timers {
		d.stopTimer(name)
	}
	if r := d.nego.remote; r != nil {
		d.nego.remote = nil
		r.reply(487)
	}
	m := d.newRequest("BYE", d.leg)
	if reason != "" {
		m.add("Reason", reason)
	}
	d.send(m, d.leg, func(res *message, err error) {
		if err == nil && res.status < 200 {
			return
		}
		d.finish(e)
	})
	d.after("bye", 64*sip.T1+sip.T2, func() { d.finish(e) })
}

// onInfo takes DTMF (application/dtmf-relay and application/dtmf) and acknowledges empty INFOs.
func (d *Dialog) onInfo(m *message, s *serverTx) {
	kind, _ := splitParams(m.get("Content-Type"))
	body := strings.TrimSpace(string(m.body))
	e := InfoDigit{}
	ok := false
	switch strings.ToLower(kind) {
	case "":
		s.reply(200)
		return
	case "application/dtmf":
		e.Digit, ok = digitOf(body)
	case "application/dtmf-relay":
		for line := range strings.SplitSeq(body, "\n") {
			name, value, _ := strings.Cut(line, "=")
			value = strings.TrimSpace(value)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "signal":
				e.Digit, ok = digitOf(value)
			case "duration":
				if ms, err := strconv.ParseUint(value, 10, 16); err == nil {
					e.Duration = time.Duration(ms) * time.Millisecond
				}
			}
		}
	default:
		s.reply(415, Header{"Accept", "application/dtmf-relay, application/dtmf"})
		return
	}
	if !ok {
		s.reply(400)
		return
	}
	s.reply(200)
	d.emit(e)
}

// digitOf reads a DTMF digit; 10 and 11 stand for * and #, 12 to 15 for A to D, as in RFC 4733 §3.2.
func digitOf(s string) (byte, bool) {
	if len(s) == 1 {
		c := s[0]
		if c >= 'a' && c <= 'd' {
			c -= 'a' - 'A'
		}
		return c, strings.IndexByte("0123456789*#ABCD", c) >= 0
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil || n < 10 || n > 15 {
		return 0, false
	}
	return "*#ABCD"[n-10], true
}

// SendInfoDigit sends a DTMF digit by INFO (application/dtmf-relay).
func (d *Dialog) SendInfoDigit(digit byte, duration time.Duration) error {
	c, ok := digitOf(string(digit))
	if !ok {
		return ErrNotAllowed
	}
	if !d.is(dlgConfirmed) {
		return ErrState
	}
	d.post(func() {
		if len(d.info) < maxInfoDigits {
			d.info = append(d.info, infoDigit{c, duration})
		}
		if len(d.info) == 1 {
			d.sendInfo()
		}
	})
	return nil
}

// infoDigit is a digit to be sent by INFO.
type infoDigit struct {
	digit    byte
	duration time.Duration
}

// maxInfoDigits bounds the digits of a dialog that wait to be sent.
const maxInfoDigits = 64

// sendInfo sends the first digit that waits. The next one follows its answer: two at once may overtake each other on the
// way, and the peer would refuse the later one as out of order (RFC 3261 §12.2.2). Without an answer the rest is dropped.
func (d *Dialog) sendInfo() {
	if len(d.info) == 0 || !d.is(dlgConfirmed) {
		d.info = nil
		return
	}
	next := d.info[0]
	m := d.newRequest("INFO", d.leg)
	m.add("Content-Type", "application/dtmf-relay")
	m.body = []byte("Signal=" + string(next.digit) + "\r\nDuration=" + strconv.Itoa(int(next.duration/time.Millisecond)) + "\r\n")
	d.send(m, d.leg, func(res *message, err error) {
		switch {
		case err != nil:
			d.info = nil
		case res.status >= 200:
			d.info = d.info[1:]
			d.sendInfo()
		}
	})
}

// Notify asks the phone to answer (event talk) or to hold (event hold) by a NOTIFY in the dialog, early or confirmed. A
// phone that has not said yet that it rings is asked when it does.
func (d *Dialog) Notify(event string) error {
	d.idMu.Lock()
	allowed := d.events[event] && (event == "talk" || event == "hold")
	d.idMu.Unlock()
	if !allowed {
		return ErrNotAllowed
	}
	if !d.is(dlgCalling, dlgProceeding, dlgConfirmed) {
		return ErrState
	}
	d.post(func() {
		switch e := d.cl.early[d.cl.lastEarly]; {
		case d.is(dlgConfirmed):
			d.sendNotify(event, d.leg)
		case !d.is(dlgCalling, dlgProceeding):
		case e == nil || e.tag == "":
			d.cl.notify = event
		default:
			d.sendNotify(event, e.leg)
		}
	})
	return nil
}

func (d *Dialog) sendNotify(event string, l leg) {
	m := d.newRequest("NOTIFY", l)
	m.add("Event", event)
	m.add("Subscription-State", "active")
	d.send(m, l, func(*message, error) {})
}

// onRefer delivers a REFER. The sink answers with RespondRefer before it returns, or the REFER is declined.
func (d *Dialog) onRefer(m *message, s *serverTx) {
	targets := m.all("Refer-To")
	a, err := parseNameAddr(strings.Join(targets, ","))
	u, err2 := parseURI(a.uri)
	switch {
	case err != nil || err2 != nil || len(targets) != 1 || u.scheme != "sip" && u.scheme != "sips" && u.scheme != "tel":
		s.reply(400)
		return
	case !d.is(dlgConfirmed) || d.referSeq != 0: // one transfer at a time
		s.reply(491)
		return
	}
	uri, _, _ := strings.Cut(a.uri, "?")
	e := Referred{To: Party{User: unescape(u.user), Display: a.display, Host: u.host}, URI: uri, ReferredBy: m.get("Referred-By"), Dialog: d}
	for h := range strings.SplitSeq(u.headers, "&") {
		if name, value, _ := strings.Cut(h, "="); strings.EqualFold(name, "Replaces") {
			e.Replaces = unescape(value)
		}
	}
	d.referStatus.Store(0)
	d.emit(e)
	status := int(d.referStatus.Swap(0))
	if status < 200 || status > 699 {
		status = 603
	}
	s.send(s.req.respond(status, d.key.localTag, Header{"Contact", d.u.contact(d.hop)}))
	if status < 300 { // RFC 3515 §2.4.4: a NOTIFY follows at once
		d.referSeq, _ = m.cseq()
		d.notifyRefer(100)
	}
}

// RespondRefer answers the Referred event being delivered: 202 accepts, 3xx to 6xx declines.
func (d *Dialog) RespondRefer(status int) { d.referStatus.Store(int32(status)) }

// ReferProgress tells the sender of an accepted REFER how far the new call is: 180, 200, 486 and so on. A final
// status ends the subscription that the REFER made (RFC 3515 §2.4.5).
func (d *Dialog) ReferProgress(status int) {
	d.post(func() {
		if d.is(dlgConfirmed) && d.referSeq != 0 {
			d.notifyRefer(status)
		}
	})
}

func (d *Dialog) notifyRefer(status int) {
	m := d.newRequest("NOTIFY", d.leg)
	m.add("Event", "refer;id="+strconv.FormatUint(uint64(d.referSeq), 10))
	if status >= 200 {
		m.add("Subscription-State", "terminated;reason=noresource")
		d.referSeq = 0
	} else {
		m.add("Subscription-State", "active;expires=60")
	}
	m.add("Content-Type", "message/sipfrag;version=2.0")
	m.body = []byte("SIP/2.0 " + strconv.Itoa(status) + " " + phrase(status) + "\r\n")
	d.send(m, d.leg, func(*message, error) {})
}
