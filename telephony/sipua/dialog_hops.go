package sipua

import (
	"time"

	"github.com/emiago/sipgo/sip"
)

// hopPatience is how long, in units of T1, an address of a target that has more of them may stay silent, without even
// a 100, before the next one is tried: 4 s. A caller does not wait the 64*T1 of a transaction in silence.
const hopPatience = 8

// lostInvite is an INVITE that was given up for the next address of its target. Its transaction goes on: whoever
// answers it late must not ring on, or talk into nothing.
type lostInvite struct {
	req       *message
	hop       hop
	tx        *clientTx
	cancelled bool
}

// watchHop goes on to the next address when an INVITE has no response at all for a while.
func (d *Dialog) watchHop(m *message) {
	if len(d.cl.hops) < 2 {
		d.stopTimer("hop")
		return
	}
	d.after("hop", hopPatience*sip.T1, func() {
		if m != d.cl.req || !d.is(dlgCalling) {
			return
		}
		silent := d.hop.dest
		if d.nextHop() {
			d.u.log.Warn("sip address silent, next one tried", "trunk", d.Peer().ID, "address", silent.String())
		}
	})
}

// nextHop sends the INVITE to the next address of the target (RFC 3263 §4.3), if there is one and nobody was reached.
func (d *Dialog) nextHop() bool {
	if d.cl.progress || len(d.cl.hops) < 2 || !d.is(dlgCalling, dlgProceeding) {
		return false
	}
	d.cl.lost[d.cl.req] = &lostInvite{req: d.cl.req, hop: d.hop, tx: d.cl.tx}
	d.cl.hops = d.cl.hops[1:]
	d.become(dlgCalling)
	d.sendInvite()
	return true
}

// onLost takes a response to an INVITE that was given up: what rings is cancelled, what was answered is hung up.
func (d *Dialog) onLost(l *lostInvite, res *message) {
	switch {
	case res.status < 200:
		if l.cancelled {
			return
		}
		l.cancelled = true
		d.u.transact(d.u.ctx, cancelFor(l.req), l.hop, func(*message, error) {})
		time.AfterFunc(64*sip.T1, l.tx.stop) // as in sendCancel; the dialog may end before
	case res.status < 300:
		late := leg{tag: res.toTag(), target: contactOf(res), routes: reversed(res.all("Record-Route"))}
		if late.target == "" {
			late.target = d.cl.uri
		}
		d.refuseLate(res, late, l.hop)
	}
}
