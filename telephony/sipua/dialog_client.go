package sipua

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// clientInvite is the client's side of the initial INVITE.
type clientInvite struct {
	out       Outbound
	hops      []hop // still to be tried, the current one first
	uri       string
	auth      []Header
	authTries int
	req       *message // the INVITE on its way
	tx        *clientTx
	lost      map[*message]*lostInvite
	early     map[string]*earlyLeg
	lastEarly string
	progress  bool // a provisional response other than 100 came
	answered  bool // an answer came reliably
	cancelled bool // CANCEL was sent
	why       HangUpCause
	notify    string   // event of a NOTIFY that waits for an early dialog
	ack       *message // ACK of the 2xx, kept for retransmissions of it
	ackLeg    leg
	minSE     time.Duration
}

// earlyLeg is an early dialog of a forked INVITE.
type earlyLeg struct {
	leg
	rseq uint32
}

var errNoTarget = errors.New("no such target")

// Invite places a call. It never blocks; a failure arrives as an event like everything else.
func (u *UA) Invite(o Outbound) *Dialog {
	peer := Peer{Kind: PeerPhone, ID: o.Target.Account, Source: o.Target.Contact.Source}
	var trunk *trunkRun
	if o.Target.Trunk != "" {
		peer = Peer{Kind: PeerTrunk, ID: o.Target.Trunk}
		if trunk = u.trunks.byID(o.Target.Trunk); trunk != nil {
			peer.Centre = trunk.Centre
		}
	} else if a := u.reg.accountByID(o.Target.Account); a != nil {
		peer.Centre = a.Centre
	}
	d := u.newDialog(dialogKey{token(16), token(8)}, peer)
	d.sink = o.Sink
	d.cl.out, d.cl.early, d.cl.lost = o, map[string]*earlyLeg{}, map[*message]*lostInvite{}
	d.seq = firstSeq()
	d.invite.Local = u.LocalFor(o.Target)
	if o.Target.Trunk == "" && o.Target.Contact.AllowTalk {
		d.events["talk"], d.events["hold"] = true, true
	}
	entered := d.enter()
	d.post(func() {
		switch {
		case !entered:
			d.fail(503, "too many dialogs", true, 0)
		case trunk != nil && trunk.active():
			d.startTrunk(trunk)
		case o.Target.Trunk == "" && o.Target.Contact.Source.IsValid() && peer.Centre != "":
			c := o.Target.Contact
			h := hop{dest: c.Source, transport: c.Transport, local: c.Local}
			orDefault(&h.transport, "udp")
			if !slices.Contains(u.Addrs(), h.local) { // our address has changed since it registered
				h.local = u.localFor(c.Source.Addr())
			}
			d.cl.uri = c.URI
			d.start([]hop{h}, nil)
		default:
			d.fail(404, errNoTarget.Error(), true, 0)
		}
	})
	return d
}

// startTrunk resolves the trunk if need be, outside of the actor.
func (d *Dialog) startTrunk(t *trunkRun) {
	d.cl.uri = t.requestURI(d.cl.out.Target.Number)
	if _, literal := literalAddr(t.Host); literal {
		hops, _ := t.hops(d.u.ctx)
		d.start(hops, t)
		return
	}
	d.u.spawn(func() {
		hops, err := t.hops(d.u.ctx)
		d.post(func() {
			switch {
			case d.is(dlgCancelling):
				d.finish(Ended{By: ByLocal, Cause: EndCancel})
			case err != nil:
				d.fail(503, err.Error(), true, 0)
			default:
				d.start(hops, t)
			}
		})
	})
}

func (d *Dialog) start(hops []hop, t *trunkRun) {
	if d.is(dlgCancelling) {
		d.finish(Ended{By: ByLocal, Cause: EndCancel})
		return
	}
	o := &d.cl.out
	d.cl.hops = hops
	d.hop = hops[0]
	d.local = d.hop.local
	ours := hostText(d.u.public(d.hop.local))
	domain := ours
	if t != nil && t.Username != "" {
		domain = t.domain()
	}
	identity := func(p Party) string {
		if p.Host == "" {
			p.Host = domain
		}
		uri := "sip:" + p.Host
		if p.User != "" {
			uri = "sip:" + escapeUser(p.User) + "@" + p.Host
		}
		return nameAddr{display: clean(p.Display), uri: uri}.String()
	}
	d.localID = identity(o.From)
	if o.Privacy { // RFC 3323 §4.1.1.3
		d.localID = `"Anonymous" <sip:anonymous@anonymous.invalid>`
	}
	switch {
	case o.To.User != "":
		d.peerID = identity(o.To)
	case t != nil:
		d.peerID = "<" + t.requestURI(o.Target.Number) + ">"
	default:
		d.peerID = "<" + d.cl.uri + ">"
		if a, err := parseURI(d.cl.uri); err == nil && a.user != "" {
			d.peerID = "<sip:" + a.user + "@" + ours + ">"
		}
	}
	if o.AssertedIdentity != nil {
		o.Header = append(slices.Clone(o.Header), Header{"P-Asserted-Identity", identity(*o.AssertedIdentity)})
	}
	if o.Privacy {
		o.Header = append(slices.Clone(o.Header), Header{"Privacy", "id"})
	}
	d.nego.localSDP = o.SDP
	d.sendInvite()
}

// sendInvite sends the INVITE to the current hop.
func (d *Dialog) sendInvite() {
	o := &d.cl.out
	d.hop = d.cl.hops[0]
	d.idMu.Lock()
	d.peer.Source = d.hop.dest
	d.idMu.Unlock()
	d.learn("", d.hop.dest.Addr())
	m := d.newRequest("INVITE", leg{target: d.cl.uri})
	if o.SDP == nil { // a reliable response would carry an offer that PRACK has to answer: do not invite it
		m.set("Supported", "timer")
	}
	se := max(d.u.limits.SessionExpires, d.cl.minSE)
	m.add("Session-Expires", seconds(se))
	m.add("Min-SE", seconds(max(d.u.limits.MinSE, d.cl.minSE)))
	for _, h := range o.Header {
		if isToken(h.Name) {
			m.add(h.Name, clean(h.Value))
		}
	}
	m.fields = append(m.fields, d.cl.auth...)
	m.withSDP(o.SDP)
	d.u.stampVia(m, d.hop)
	d.cl.req, d.cl.progress = m, false
	d.cl.tx = d.u.transact(d.u.ctx, m, d.hop, func(res *message, err error) {
		d.post(func() { d.onInviteResult(m, res, err) })
	})
	d.watchHop(m)
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

func (d *Dialog) onInviteResult(req, res *message, err error) {
	if err != nil {
		if req == d.cl.req && d.is(dlgCalling, dlgProceeding, dlgCancelling) {
			d.inviteLost(err)
		}
		return
	}
	if l := d.cl.lost[req]; l != nil {
		d.onLost(l, res)
		return
	}
	if res.source.IsValid() {
		d.learn(res.toTag(), res.source.Addr())
	}
	switch {
	case res.status < 200:
		if req == d.cl.req {
			d.onProvisional(res)
		}
	case res.status < 300:
		d.onInvite2xx(res)
	case req == d.cl.req && d.is(dlgCalling, dlgProceeding, dlgCancelling):
		d.onInviteRefused(res)
	}
}

// inviteLost handles a timeout or a broken transport: the next address of the target is tried (RFC 3263 §4.3).
func (d *Dialog) inviteLost(err error) {
	switch {
	case d.is(dlgCancelling):
		d.finish(Ended{By: ByLocal, Cause: EndCancel})
	case d.nextHop():
	case errors.Is(err, errTimeout):
		d.fail(408, "no response", true, 0)
	default:
		d.fail(503, err.Error(), true, 0)
	}
}

// Heard reports whether the far side of our INVITE has said anything yet, be it 100 (Trying).
func (d *Dialog) Heard() bool { return !d.is(dlgCalling) }

func (d *Dialog) fail(status int, reason string, local bool, retryAfter time.Duration) {
	cause := CauseOf(status)
	if local {
		cause = CauseUnreachable
		if status == 408 {
			cause = CauseTimeout
		}
	}
	d.finishFailed(Failed{
		Status: status, Reason: reason, Cause: cause, Local: local, Progress: d.cl.progress, RetryAfter: retryAfter,
	})
}

// finishFailed ends the dialog with Failed in place of Ended.
func (d *Dialog) finishFailed(f Failed) {
	if d.is(dlgEnded) {
		return
	}
	d.become(dlgEnded)
	for name := range d.timers {
		d.stopTimer(name)
	}
	d.leave()
	d.emit(f)
}

func (d *Dialog) onProvisional(res *message) {
	if !d.is(dlgCalling, dlgProceeding, dlgCancelling) {
		return
	}
	if d.is(dlgCancelling) {
		d.sendCancel()
		return
	}
	d.become(dlgProceeding)
	if res.status == 100 {
		return
	}
	d.cl.progress = true
	d.notePeer(res)
	tag := res.toTag()
	e := d.cl.early[tag]
	if e == nil {
		e = &earlyLeg{leg: leg{tag: tag}}
		if len(d.cl.early) < 32 {
			d.cl.early[tag] = e
		}
	}
	d.cl.lastEarly = tag
	if c := contactOf(res); c != "" {
		e.target = c
	}
	if e.target == "" {
		e.target = d.cl.uri
	}
	if rr := res.all("Record-Route"); len(rr) > 0 {
		e.routes = reversed(rr)
	}
	reliable := res.hasToken("Require", "100rel") && res.has("RSeq")
	if reliable && !d.sendPrack(res, e) {
		return
	}
	if event := d.cl.notify; event != "" && tag != "" {
		d.cl.notify = ""
		d.sendNotify(event, e.leg)
	}
	sdp, _ := res.sdp()
	if reliable && sdp != nil {
		d.cl.answered = true
		d.nego.remoteSDP = sdp
	}
	d.emit(Progressed{Status: res.status, SDP: sdp, Reliable: reliable})
}

func reversed(list []string) []string {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}

// sendPrack acknowledges a reliable provisional response (RFC 3262 §4). It is false for a retransmission and for
// one that came out of order, which the peer will send again.
func (d *Dialog) sendPrack(res *message, e *earlyLeg) bool {
	n, err := strconv.ParseUint(res.get("RSeq"), 10, 32)
	if err != nil || e.rseq != 0 && uint32(n) != e.rseq+1 {
		return false
	}
	e.rseq = uint32(n)
	inv, _ := d.cl.req.cseq()
	m := d.newRequest("PRACK", e.leg)
	m.add("RAck", strconv.FormatUint(n, 10)+" "+strconv.FormatUint(uint64(inv), 10)+" INVITE")
	d.send(m, e.leg, func(*message, error) {}) // lost: the peer repeats its response or gives up
	return true
}

func (d *Dialog) onInvite2xx(res *message) {
	tag := res.toTag()
	l := leg{tag: tag, target: contactOf(res), routes: reversed(res.all("Record-Route"))}
	if l.target == "" {
		l.target = d.cl.uri
	}
	switch {
	case d.is(dlgCalling, dlgProceeding):
		d.establish(res, l)
	case d.is(dlgCancelling): // the 200 has crossed our CANCEL
		d.leg = l
		d.sendAck(l, nil)
		d.bye(Ended{By: ByLocal, Cause: EndCancel}, d.cl.why.reason())
	case tag == d.leg.tag && tag != "": // a retransmission: our ACK was lost
		if d.cl.ack != nil {
			again := *d.cl.ack
			again.fields = slices.Clone(again.fields)
			d.u.stampVia(&again, d.hopFor(d.cl.ackLeg))
			d.u.write(&again, d.hopFor(d.cl.ackLeg))
		}
	default: // another branch of a fork, or one we had given up
		d.refuseLate(res, l, d.hop)
	}
}

// refuseLate acknowledges a 2xx that nobody wants and hangs up its dialog.
func (d *Dialog) refuseLate(res *message, l leg, base hop) {
	inv, _ := res.cseq()
	ack := d.requestIn("ACK", l, inv)
	h := d.hopFrom(base, l)
	d.u.stampVia(ack, h)
	d.u.write(ack, h)
	bye := d.requestIn("BYE", l, inv+1)
	d.u.stampVia(bye, h)
	d.u.transact(d.u.ctx, bye, h, func(*message, error) {})
}

func (d *Dialog) establish(res *message, l leg) {
	d.leg = l
	d.learnWay(l)
	d.notePeer(res)
	d.stopTimer("cancel")
	sdp, _ := res.sdp()
	offerless := d.cl.out.SDP == nil
	if offerless {
		d.become(dlgAnswering)
		d.emit(Answered{SDP: sdp})
		d.sessionFrom(res)
		return
	}
	d.become(dlgConfirmed)
	d.sendAck(l, nil)
	if sdp != nil {
		d.nego.remoteSDP = sdp
	}
	d.sessionFrom(res)
	d.emit(Answered{SDP: sdp})
	d.nextOffer()
}

// AckWith completes a call placed without an offer: it sends the ACK with our answer to the offer in Answered.
func (d *Dialog) AckWith(sdp []byte) {
	d.post(func() {
		if !d.is(dlgAnswering) {
			return
		}
		d.become(dlgConfirmed)
		d.nego.localSDP = sdp
		d.sendAck(d.leg, sdp)
		d.nextOffer()
	})
}

// sendAck acknowledges the 2xx of the INVITE (RFC 3261 §13.2.2.4).
func (d *Dialog) sendAck(l leg, sdp []byte) {
	inv, _ := d.cl.req.cseq()
	m := d.requestIn("ACK", l, inv)
	for _, a := range d.cl.auth { // RFC 3261 §22.1: the ACK carries what the INVITE did
		m.add(a.Name, a.Value)
	}
	m.withSDP(sdp)
	h := d.hopFor(l)
	d.u.stampVia(m, h)
	d.cl.ack, d.cl.ackLeg = m, l
	d.u.write(m, h)
}

func (d *Dialog) onInviteRefused(res *message) {
	if d.is(dlgCancelling) {
		d.finish(Ended{By: ByLocal, Cause: EndCancel, Reason: res.reason})
		return
	}
	switch res.status {
	case 401, 407:
		if d.retryWithDigest(res) {
			return
		}
	case 422: // RFC 4028 §7.1
		v, _ := splitParams(res.get("Min-SE"))
		if se, ok := parseExpires(v); ok && d.cl.minSE == 0 && se > 0 && se <= 24*time.Hour {
			d.cl.minSE = se
			d.sendInvite()
			return
		}
	case 503:
		if d.nextHop() {
			return
		}
	}
	text, _, _ := strings.Cut(res.get("Retry-After"), " ")
	text, _ = splitParams(text)
	retry, _ := parseExpires(text)
	d.fail(res.status, res.reason, false, retry)
}

func (d *Dialog) retryWithDigest(res *message) bool {
	h, stale, ok := d.answer(res, d.cl.req)
	if !ok || d.cl.authTries > 2 || d.cl.authTries > 0 && !stale {
		return false
	}
	d.cl.authTries++
	d.cl.auth = []Header{h}
	d.sendInvite()
	return true
}

// giveUp ends an INVITE of ours that has no final response (RFC 3261 §9.1: no CANCEL before a provisional one).
func (d *Dialog) giveUp(why HangUpCause) {
	proceeding := d.is(dlgProceeding)
	d.become(dlgCancelling)
	d.cl.why = why
	if proceeding {
		d.sendCancel()
	}
}

func (d *Dialog) sendCancel() {
	if d.cl.cancelled {
		return
	}
	d.cl.cancelled = true
	m := cancelFor(d.cl.req)
	if reason := d.cl.why.reason(); reason != "" {
		m.add("Reason", reason)
	}
	d.u.transact(d.u.ctx, m, d.hop, func(*message, error) {})
	// The INVITE has no timer of its own after a provisional response: if no final response follows the CANCEL, it
	// is considered gone (RFC 3261 §9.1).
	d.after("cancel", 64*sip.T1, func() {
		d.cl.tx.stop()
		d.finish(Ended{By: ByLocal, Cause: EndCancel, Reason: "no response to CANCEL"})
	})
}

// cancelFor builds the CANCEL of an INVITE (RFC 3261 §9.1).
func cancelFor(inv *message) *message {
	m := &message{method: "CANCEL", uri: inv.uri}
	n, _ := inv.cseq()
	for _, f := range inv.fields {
		switch f.Name {
		case "Via", "Route", "From", "To", "Call-ID", "Max-Forwards", "User-Agent":
			m.fields = append(m.fields, f)
		case "CSeq":
			m.add("CSeq", strconv.FormatUint(uint64(n), 10)+" CANCEL")
		}
	}
	return m
}

// onStrayResponse takes responses without a transaction. A 2xx to an INVITE that was given up long ago still has to
// be acknowledged and hung up, or the phone rings on into nothing.
func (u *UA) onStrayResponse(r *sip.Response) {
	defer func() {
		if p := recover(); p != nil {
			u.panicked(p)
		}
	}()
	res := fromResponse(r)
	if _, method := res.cseq(); method != "INVITE" || res.status < 200 || res.status > 299 {
		return
	}
	u.mu.Lock()
	d := u.dialogs[dialogKey{res.callID(), res.fromTag()}]
	u.mu.Unlock()
	if d != nil {
		d.post(func() { d.onLate2xx(res) })
		return
	}
	peer := Peer{Kind: PeerTrunk, Source: res.source}
	d = u.newDialog(dialogKey{res.callID(), res.fromTag()}, peer)
	d.localID, d.peerID = withoutTag(res.get("From")), withoutTag(res.get("To"))
	d.hop = hop{dest: res.source, transport: res.transport, local: u.localFor(res.source.Addr())}
	l := leg{tag: res.toTag(), target: contactOf(res), routes: reversed(res.all("Record-Route"))}
	if l.target != "" && res.source.IsValid() {
		u.spawn(func() { d.refuseLate(res, l, d.hop) })
	}
}

// onLate2xx takes a 2xx of a live dialog whose transaction has gone.
func (d *Dialog) onLate2xx(res *message) {
	n, _ := res.cseq()
	if d.cl.req != nil {
		if inv, _ := d.cl.req.cseq(); inv == n {
			d.onInvite2xx(res)
			return
		}
	}
	for req, l := range d.cl.lost {
		if inv, _ := req.cseq(); inv == n {
			d.onLost(l, res)
			return
		}
	}
	if res.toTag() == d.leg.tag { // of a re-INVITE
		d.ackReinvite(n)
	}
}
