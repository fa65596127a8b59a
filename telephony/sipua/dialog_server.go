package sipua

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// serverInvite is the server's side of the initial INVITE.
type serverInvite struct {
	tx       *serverTx
	cseq     uint32
	rel      bool // the peer requires reliable provisional responses (RFC 3262)
	offered  bool // the INVITE carried an offer
	answered bool // our answer has been given reliably
	rseq     uint32
	pending  *message   // reliable provisional response without PRACK
	queue    []progress // reliable ones that wait for the PRACK before
	accept   *[]byte    // an Accept that waits for it
	final    bool
	hangUp   *Ended // asked for between 2xx and ACK; a callee must not send BYE before (RFC 3261 §15)
}

type progress struct {
	status int
	sdp    []byte
}

// onInvite makes a dialog of an initial INVITE, or hands a re-INVITE to its dialog.
func (u *UA) onInvite(m *message, s *serverTx) {
	if m.toTag() != "" {
		d := u.dialogOf(m)
		if d == nil || s.it == nil {
			s.reply(481)
			return
		}
		u.mu.Lock()
		s.it.dialog = d
		u.mu.Unlock()
		s.send(m.respond(100, ""))
		if !d.post(func() { d.onReinvite(m, s) }) {
			s.reply(481)
		}
		return
	}
	id, ok := u.identify(m, s)
	if !ok {
		return
	}
	if s.it == nil {
		s.reply(500)
		return
	}
	s.send(m.respond(100, ""))
	if status, extra := u.inviteFault(m); status != 0 {
		s.reply(status, extra...)
		return
	}
	d := u.incoming(m, s, id)
	if !d.enter() {
		s.reply(503, Header{"Retry-After", "5"})
		return
	}
	u.mu.Lock()
	s.it.dialog = d
	cancelled := s.it.cancel
	u.mu.Unlock()
	d.learn(m.fromTag(), m.source.Addr())
	d.learnWay(d.leg)
	d.post(func() {
		d.after("final", u.limits.FinalAnswer, func() {
			d.refuse(500, "", Ended{By: BySystem, Cause: EndRejected, Reason: "no answer by call control"})
		})
		if cancelled != nil {
			d.onCancel(cancelled)
		}
	})
	if cancelled == nil {
		u.cfg.Handler.Incoming(d)
	}
}

// inviteFault checks what only an initial INVITE must have.
func (u *UA) inviteFault(m *message) (int, []Header) {
	if m.has("Contact") && contactOf(m) == "" {
		return 400, nil
	}
	if v := m.get("Session-Expires"); v != "" {
		text, _ := splitParams(v)
		se, ok := parseExpires(text)
		if !ok {
			return 400, nil
		}
		if se < u.limits.MinSE && m.hasToken("Supported", "timer") {
			return 422, []Header{{"Min-SE", strconv.Itoa(int(u.limits.MinSE / time.Second))}}
		}
	}
	return 0, nil
}

func (u *UA) incoming(m *message, s *serverTx, id identity) *Dialog {
	d := u.newDialog(dialogKey{m.callID(), s.it.tag}, id.peer)
	d.server = true
	d.become(dlgIncoming)
	d.local = m.local
	d.hop = hop{dest: m.source, transport: m.transport, local: m.local}
	d.localID, d.peerID = withoutTag(m.get("To")), withoutTag(m.get("From"))
	d.leg = leg{tag: m.fromTag(), target: contactOf(m), routes: m.all("Record-Route")}
	if d.leg.target == "" { // RFC 2543 clients may leave it out
		d.leg.target = "sip:" + hostText(m.source.Addr()) + ":" + strconv.Itoa(int(m.source.Port()))
	}
	d.peerSeq, _ = m.cseq()
	d.seqSet = true
	d.seq = firstSeq()
	d.invite = u.viewOf(m)
	d.sv = serverInvite{tx: s, cseq: d.peerSeq, rel: m.hasToken("Require", "100rel"), offered: d.invite.SDP != nil}
	d.notePeer(m)
	d.sess.request(m)
	return d
}

// firstSeq starts CSeq somewhere, so that numbers of a dialog before a restart are not met again.
func firstSeq() uint32 {
	n, _ := strconv.ParseUint(token(2), 16, 16)
	return uint32(n) + 1
}

func withoutTag(v string) string {
	a, err := parseNameAddr(v)
	if err != nil {
		return v
	}
	a.params = a.params.without("tag")
	return a.String()
}

func (u *UA) viewOf(m *message) *Invite {
	i := &Invite{From: party(m.get("From")), To: party(m.get("To")), Source: m.source, Local: u.public(m.local), headers: m.fields}
	if r, err := parseURI(m.uri); err == nil {
		i.RequestUser = subscriber(unescape(r.user))
	}
	i.AssertedIdentity = asserted(m)
	for _, v := range m.all("Privacy") {
		for t := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			switch strings.ToLower(t) {
			case "id", "user", "header", "full":
				i.Privacy = true
			}
		}
	}
	if strings.EqualFold(i.From.User, "anonymous") || strings.EqualFold(i.From.Host, "anonymous.invalid") {
		i.Privacy = true
	}
	i.SDP, _ = m.sdp()
	return i
}

// asserted returns the first P-Asserted-Identity that is a number, else the first
// that is anybody: a sip and a tel URI may both be there (RFC 3325 §9.1), and the
// number may be in either.
func asserted(m *message) (first Party) {
	list := m.all("P-Asserted-Identity")
	if len(list) == 0 {
		return first
	}
	for _, v := range splitList(strings.Join(list, ",")) {
		p := party(v)
		if isNumber(p.User) {
			return p
		}
		if first.User == "" {
			first = p
		}
	}
	return first
}

// Progress sends a provisional response, reliably when the peer requires it.
func (d *Dialog) Progress(status int, sdp []byte) {
	d.post(func() {
		if !d.is(dlgIncoming) || d.sv.accept != nil || status <= 100 || status > 199 {
			return
		}
		d.stopTimer("final") // how long a caller waits in early media is for call control to say
		if !d.sv.rel {
			d.sendProgress(d.provisional(status, sdp))
			return
		}
		d.sv.queue = append(d.sv.queue, progress{status, sdp})
		d.nextReliable()
	})
}

func (d *Dialog) provisional(status int, sdp []byte) *message {
	return d.sv.tx.req.respond(status, d.key.localTag,
		Header{"Contact", d.u.contact(d.hop)}, Header{"Allow", allowValue}).withSDP(sdp)
}

// sendProgress sends a response and repeats it each minute, or proxies would give up (RFC 3261 §13.3.1.1).
func (d *Dialog) sendProgress(res *message) {
	d.sv.tx.send(res)
	d.after("progress", time.Minute, func() {
		if d.is(dlgIncoming) && d.sv.pending == nil {
			d.sendProgress(res)
		}
	})
}

// nextReliable sends the next reliable provisional response when the one before has its PRACK (RFC 3262 §3).
func (d *Dialog) nextReliable() {
	if d.sv.pending != nil || len(d.sv.queue) == 0 {
		return
	}
	p := d.sv.queue[0]
	d.sv.queue = d.sv.queue[1:]
	if d.sv.answered {
		p.sdp = nil
	}
	if d.sv.rseq == 0 {
		d.sv.rseq = firstSeq()
	} else {
		d.sv.rseq++
	}
	res := d.provisional(p.status, p.sdp)
	res.add("Require", "100rel")
	res.add("RSeq", strconv.FormatUint(uint64(d.sv.rseq), 10))
	d.sv.pending = res
	d.stopTimer("progress")
	d.repeat("rel", sip.T1, 64*sip.T1, func() { d.sv.tx.send(res) }, func() {
		d.refuse(504, "", Ended{By: BySystem, Cause: EndNoAck, Reason: "no PRACK"})
	})
}

// repeat calls f now and then with doubling pauses until the timers of that name are stopped or the limit is over.
func (d *Dialog) repeat(name string, first, limit time.Duration, f, expired func()) {
	f()
	var again func(time.Duration)
	again = func(wait time.Duration) {
		d.after(name, wait, func() {
			f()
			again(min(2*wait, max(first, sip.T2)))
		})
	}
	again(first)
	d.after(name+" limit", limit, func() {
		d.stopTimer(name)
		expired()
	})
}

func (d *Dialog) stopRepeat(name string) {
	d.stopTimer(name)
	d.stopTimer(name + " limit")
}

// onPrack acknowledges a reliable provisional response of ours.
func (d *Dialog) onPrack(m *message, s *serverTx) {
	f := strings.Fields(m.get("RAck"))
	if d.sv.pending == nil || len(f) != 3 || f[0] != strconv.FormatUint(uint64(d.sv.rseq), 10) ||
		f[1] != strconv.FormatUint(uint64(d.sv.cseq), 10) || f[2] != "INVITE" {
		s.reply(481)
		return
	}
	d.stopRepeat("rel")
	carried := d.sv.pending.body != nil
	d.sv.pending = nil
	sdp, _ := m.sdp()
	switch {
	case carried && !d.sv.offered && !d.sv.answered: // our offer in the response, the answer here
		d.sv.answered = true
		s.reply(200)
		d.emit(RemoteAnswer{SDP: sdp})
	case carried && sdp != nil, d.sv.answered && sdp != nil: // a new offer after our answer
		d.sv.answered = true
		d.nego.remote = &remoteOffer{tx: s, update: true}
		d.emit(RemoteOffer{SDP: sdp, Update: true})
	default:
		d.sv.answered = d.sv.answered || carried
		s.reply(200)
	}
	d.nextReliable()
	if d.sv.pending == nil && d.sv.accept != nil {
		sdp := *d.sv.accept
		d.sv.accept = nil
		d.accept(sdp)
	}
}

// Accept answers the INVITE with 200 and the session description: the answer, or the offer to an offerless INVITE.
func (d *Dialog) Accept(sdp []byte) {
	d.post(func() {
		if !d.is(dlgIncoming) || d.sv.accept != nil {
			return
		}
		if d.sv.pending != nil { // RFC 3262 §3: not before the PRACK of a response with a session description
			d.sv.accept = &sdp
			d.sv.queue = nil
			return
		}
		d.accept(sdp)
	})
}

func (d *Dialog) accept(sdp []byte) {
	d.nego.localSDP = sdp
	if d.sv.answered {
		sdp = nil // offer and answer are done; another one here would confuse who is asking whom
	}
	req := d.sv.tx.req
	res := req.respond(200, d.key.localTag, Header{"Contact", d.u.contact(d.hop)}, Header{"Allow", allowValue},
		Header{"Supported", supportedValue})
	res.fields = append(res.fields, d.negotiateSession(req)...)
	res.withSDP(sdp)
	d.stopTimer("final")
	d.stopTimer("progress")
	d.sv.final = true
	d.become(dlgAccepted)
	d.repeat("2xx", sip.T1, 64*sip.T1, func() { d.sv.tx.send(res) }, func() {
		e := Ended{By: BySystem, Cause: EndNoAck, Reason: "no ACK"}
		if d.sv.hangUp != nil {
			e = *d.sv.hangUp
		}
		d.become(dlgConfirmed)
		d.broken(e)
	})
}

// onAck takes the ACK of a 2xx, to the initial INVITE or to a re-INVITE.
func (d *Dialog) onAck(m *message) {
	seq, _ := m.cseq()
	sdp, _ := m.sdp()
	switch {
	case d.is(dlgAccepted) && seq == d.sv.cseq:
		d.stopRepeat("2xx")
		d.become(dlgConfirmed)
		if d.sv.offered || d.sv.answered {
			sdp = nil
		}
		d.emit(Confirmed{SDP: sdp})
		if d.sv.hangUp != nil {
			d.bye(*d.sv.hangUp, "")
			return
		}
		d.nextOffer()
	case d.nego.ack != nil && seq == d.nego.ack.cseq:
		offered := d.nego.ack.offered
		d.nego.ack = nil
		d.stopRepeat("re2xx")
		if offered {
			d.emit(RemoteAnswer{SDP: sdp})
		}
		d.nextOffer()
	}
}

// Reject refuses the INVITE with a final status of 300 to 699; an empty reason takes the usual phrase.
func (d *Dialog) Reject(status int, reason string, headers ...Header) {
	d.post(func() {
		if status < 300 || status > 699 {
			status = 500
		}
		d.refuse(status, reason, Ended{By: ByLocal, Cause: EndRejected}, headers...)
	})
}

func (d *Dialog) refuse(status int, reason string, e Ended, headers ...Header) {
	if !d.is(dlgIncoming) {
		return
	}
	res := d.sv.tx.req.respond(status, d.key.localTag)
	if reason != "" {
		res.reason = clean(reason)
	}
	for _, h := range headers {
		if isToken(h.Name) {
			res.add(h.Name, clean(h.Value))
		}
	}
	d.sv.final = true
	d.sv.tx.send(res)
	d.finish(e)
}

// clean drops what would start another header field.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return -1
		}
		return r
	}, s)
}

// onCancel takes a CANCEL that the gate has matched with an INVITE and answered (RFC 3261 §9.2). After a final answer
// it changes nothing.
func (d *Dialog) onCancel(m *message) {
	if r := d.nego.remote; r != nil && !r.update && inviteKey(r.tx.req) == inviteKey(m) {
		d.nego.remote = nil
		d.stopTimer("answer")
		r.reply(487)
		return
	}
	if d.is(dlgIncoming) && inviteKey(d.sv.tx.req) == inviteKey(m) {
		d.sv.final = true
		d.sv.tx.reply(487)
		d.finish(Ended{By: ByRemote, Cause: EndCancel, Reason: m.get("Reason")})
	}
}
