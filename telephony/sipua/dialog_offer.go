package sipua

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
)

// negotiation is the offer/answer state (RFC 3264) after the initial INVITE: at most one offer at a time.
type negotiation struct {
	localSDP  []byte       // what we sent last
	remoteSDP []byte       // what the peer sent last
	remote    *remoteOffer // the peer's, waiting for call control
	own       *ownOffer    // ours, waiting for the peer
	waiting   []byte       // ours, waiting for its turn; the latest wins
	hasWait   bool
	ack       *awaitedAck // a 2xx of ours to a re-INVITE
}

type remoteOffer struct {
	tx        *serverTx
	update    bool
	offerless bool
}

func (r *remoteOffer) reply(status int) { r.tx.reply(status) }

type ownOffer struct {
	sdp     []byte
	tries   int
	refresh bool // a session refresh of this package's, not of call control's
	tx      *clientTx
}

type awaitedAck struct {
	cseq    uint32
	offered bool // the 2xx carried our offer
}

// Offer sends a new offer by re-INVITE, or by UPDATE in an early dialog whose first offer has been answered
// reliably. While another exchange is under way it waits; of several waiting offers the latest is sent. The outcome
// is a RemoteAnswer or OfferRefused event.
func (d *Dialog) Offer(sdp []byte) error {
	if len(sdp) == 0 {
		return errors.New("sip: an offer needs a session description")
	}
	if !d.is(dlgConfirmed, dlgAccepted, dlgAnswering, dlgProceeding, dlgIncoming) {
		return ErrState
	}
	d.post(func() {
		d.nego.waiting, d.nego.hasWait = sdp, true
		if d.is(dlgProceeding, dlgIncoming) && !d.mayUpdateEarly() {
			d.nego.hasWait = false
			d.emit(OfferRefused{Status: 491})
			return
		}
		d.nextOffer()
	})
	return nil
}

// mayUpdateEarly says whether UPDATE can carry an offer before the final response (RFC 3311 §5.1).
func (d *Dialog) mayUpdateEarly() bool {
	if !d.methods["UPDATE"] {
		return false
	}
	if d.server {
		return d.sv.answered && d.sv.pending == nil
	}
	return d.cl.answered && d.cl.early[d.cl.lastEarly] != nil
}

func (d *Dialog) nextOffer() {
	n := &d.nego
	if !n.hasWait || n.own != nil || n.remote != nil || n.ack != nil {
		return
	}
	early := d.is(dlgProceeding, dlgIncoming) && d.mayUpdateEarly()
	if !d.is(dlgConfirmed) && !early {
		return
	}
	n.hasWait = false
	n.own = &ownOffer{sdp: n.waiting}
	d.sendOffer()
}

func (d *Dialog) sendOffer() {
	own := d.nego.own
	own.tries++
	l, method := d.leg, "INVITE"
	if !d.is(dlgConfirmed) {
		method = "UPDATE"
		if !d.server {
			l = d.cl.early[d.cl.lastEarly].leg
		}
	}
	m := d.newRequest(method, l)
	m.fields = append(m.fields, d.sess.offer(d)...)
	m.withSDP(own.sdp)
	own.tx = d.send(m, l, func(res *message, err error) { d.onOfferResult(own, m, res, err) })
	if method == "INVITE" { // after a provisional response the transaction would wait for ever
		d.after("reinvite", 64*sip.T1, func() {
			own.tx.stop()
			d.offerDone(own, nil, &OfferRefused{Status: 408})
		})
	}
}

func (d *Dialog) onOfferResult(own *ownOffer, m, res *message, err error) {
	if err == nil && res.status < 200 {
		return
	}
	if err == nil && res.status < 300 && m.method == "INVITE" {
		n, _ := res.cseq()
		d.ackReinvite(n)
	}
	if d.nego.own != own { // given up, or the retransmission of a 2xx
		return
	}
	switch {
	case errors.Is(err, errTimeout):
		d.offerDone(own, nil, &OfferRefused{Status: 408})
		d.broken(Ended{By: BySystem, Cause: EndTimeout, Reason: "no answer to " + m.method})
	case err != nil:
		d.offerDone(own, nil, &OfferRefused{Status: 503})
		d.broken(Ended{By: BySystem, Cause: EndTransportLost, Reason: err.Error()})
	case res.status < 300:
		if t := contactOf(res); t != "" {
			d.leg.target = t
			d.learnWay(d.leg)
		}
		d.sessionFrom(res)
		sdp, _ := res.sdp()
		d.offerDone(own, sdp, nil)
	case res.status == 491 && own.tries < 5:
		d.stopTimer("reinvite")
		d.after("glare", d.glareWait(), func() {
			if d.nego.own == own && d.is(dlgConfirmed) {
				if d.nego.remote != nil || d.nego.ack != nil { // the peer was first: after it
					d.nego.own = nil
					if !d.nego.hasWait {
						d.nego.waiting, d.nego.hasWait = own.sdp, true
					}
					return
				}
				d.sendOffer()
			}
		})
	case res.status == 408 || res.status == 481:
		d.offerDone(own, nil, &OfferRefused{Status: res.status})
		d.broken(Ended{By: ByRemote, Cause: EndRefused, Reason: res.reason})
	default:
		if se, ok := parseExpires(res.get("Min-SE")); res.status == 422 && ok && own.tries < 3 {
			d.sess.interval = max(d.sess.interval, se)
			d.sendOffer()
			return
		}
		d.offerDone(own, nil, &OfferRefused{Status: res.status})
	}
}

// glareWait is the pause after 491, in steps of 10 ms (RFC 3261 §14.1): the owner of the Call-ID waits longer.
func (d *Dialog) glareWait() time.Duration {
	unit := sip.T1 / 50
	if d.server {
		return time.Duration(rand.N(200)) * unit //nolint:forbidigo // chance is the point: both sides must differ
	}
	return (210 + time.Duration(rand.N(190))) * unit //nolint:forbidigo // as above
}

// offerDone closes our exchange and tells call control, unless it was a session refresh.
func (d *Dialog) offerDone(own *ownOffer, answer []byte, refused *OfferRefused) {
	if d.nego.own != own {
		return
	}
	d.nego.own = nil
	d.stopTimer("reinvite")
	d.stopTimer("glare")
	changed := !bytes.Equal(answer, d.nego.remoteSDP)
	if refused == nil {
		d.nego.localSDP = own.sdp
		if answer != nil {
			d.nego.remoteSDP = answer
		}
	}
	switch {
	case own.refresh && (refused != nil || !changed || answer == nil):
	case refused != nil:
		d.emit(*refused)
	default:
		d.emit(RemoteAnswer{SDP: answer})
	}
	d.nextOffer()
}

func (d *Dialog) ackReinvite(cseq uint32) {
	m := d.requestIn("ACK", d.leg, cseq)
	h := d.hopFor(d.leg)
	d.u.stampVia(m, h)
	d.u.write(m, h)
}

// onReinvite takes an INVITE within the dialog (RFC 3261 §14.2).
func (d *Dialog) onReinvite(m *message, s *serverTx) {
	switch {
	case !d.newer(m, s):
	case d.is(dlgClosing, dlgEnded):
		s.reply(481)
	case !d.is(dlgConfirmed) || d.nego.own != nil || d.nego.ack != nil:
		s.reply(491)
	case d.nego.remote != nil:
		s.reply(500, Header{"Retry-After", strconv.Itoa(rand.N(10))}) //nolint:forbidigo // RFC 3261 §14.2 wants chance
	default:
		if !d.sessionAcceptable(m, s) {
			return
		}
		d.retarget(m)
		sdp, _ := m.sdp()
		d.nego.remote = &remoteOffer{tx: s, offerless: sdp == nil}
		d.waitForAnswer()
		d.emit(RemoteOffer{SDP: sdp})
	}
}

func (d *Dialog) waitForAnswer() {
	d.after("answer", 64*sip.T1, func() {
		if r := d.nego.remote; r != nil {
			d.nego.remote = nil
			r.reply(500)
			d.nextOffer()
		}
	})
}

// newer enforces the order of requests (RFC 3261 §12.2.2).
func (d *Dialog) newer(m *message, s *serverTx) bool {
	n, _ := m.cseq()
	if d.seqSet && n <= d.peerSeq {
		s.reply(500)
		return false
	}
	d.peerSeq, d.seqSet = n, true
	return true
}

func (d *Dialog) retarget(m *message) {
	if t := contactOf(m); t != "" {
		d.leg.target = t
		d.learnWay(d.leg)
	}
	if d.Peer().Kind == PeerPhone { // its NAT may have moved it
		d.hop.dest, d.hop.transport, d.hop.local = m.source, m.transport, m.local
		d.learn(m.fromTag(), m.source.Addr())
	}
	d.notePeer(m)
}

// onUpdate takes UPDATE (RFC 3311 §5.2).
func (d *Dialog) onUpdate(m *message, s *serverTx) {
	sdp, _ := m.sdp()
	switch {
	case d.is(dlgClosing, dlgEnded, dlgCancelling):
		s.reply(481)
	case sdp != nil && d.nego.remote != nil:
		s.reply(500, Header{"Retry-After", strconv.Itoa(rand.N(10))}) //nolint:forbidigo // RFC 3311 §5.2 wants chance
	case sdp != nil && (d.nego.own != nil || d.nego.ack != nil || d.is(dlgIncoming) && !d.sv.answered):
		s.reply(491)
	default:
		if !d.sessionAcceptable(m, s) {
			return
		}
		d.retarget(m)
		if sdp == nil {
			s.send(d.answerTo(s, nil))
			return
		}
		d.nego.remote = &remoteOffer{tx: s, update: true}
		d.waitForAnswer()
		d.emit(RemoteOffer{SDP: sdp, Update: true})
	}
}

// answerTo builds the 2xx to a re-INVITE or UPDATE.
func (d *Dialog) answerTo(s *serverTx, sdp []byte) *message {
	res := s.req.respond(200, d.key.localTag, Header{"Contact", d.u.contact(d.hop)}, Header{"Allow", allowValue},
		Header{"Supported", supportedValue})
	if s.req.method != "PRACK" {
		res.fields = append(res.fields, d.negotiateSession(s.req)...)
	}
	return res.withSDP(sdp)
}

// AnswerOffer answers a RemoteOffer; to an offerless re-INVITE sdp is our offer, its answer follows as RemoteAnswer.
func (d *Dialog) AnswerOffer(sdp []byte) {
	d.post(func() {
		r := d.nego.remote
		if r == nil {
			return
		}
		d.nego.remote = nil
		d.stopTimer("answer")
		d.nego.localSDP = sdp
		res := d.answerTo(r.tx, sdp)
		if r.update {
			r.tx.send(res)
			d.nextOffer()
			return
		}
		n, _ := r.tx.req.cseq()
		d.nego.ack = &awaitedAck{cseq: n, offered: r.offerless}
		d.repeat("re2xx", sip.T1, 64*sip.T1, func() { r.tx.send(res) }, func() {
			d.broken(Ended{By: BySystem, Cause: EndNoAck, Reason: "no ACK to a re-INVITE"})
		})
	})
}

// RefuseOffer refuses a RemoteOffer; the session stays as it was. A status that is no refusal becomes 488.
func (d *Dialog) RefuseOffer(status int) {
	d.post(func() {
		r := d.nego.remote
		if r == nil {
			return
		}
		d.nego.remote = nil
		d.stopTimer("answer")
		if status < 400 || status > 699 {
			status = 488
		}
		r.reply(status)
		d.nextOffer()
	})
}
