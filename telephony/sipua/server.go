package sipua

import (
	"github.com/emiago/sipgo/sip"
)

// identity is who a request outside of a dialog comes from.
type identity struct {
	peer    Peer
	account *Account
	trunk   *trunkRun
}

// onRequest is called by the library, in a goroutine of its own, for each request that passed the gate and is no
// retransmission.
func (u *UA) onRequest(req *sip.Request, tx *sip.ServerTx) {
	m := fromRequest(req, tx.Connection())
	s := &serverTx{u: u, tx: tx, req: m}
	key := ""
	if m.method == "INVITE" {
		key = inviteKey(m)
		if s.it = u.inviteOf(m); s.it != nil {
			u.mu.Lock()
			s.it.tx = true
			u.mu.Unlock()
		}
	}
	u.counters.transactions.Add(1)
	if !tx.OnTerminate(func(string, error) { u.transactionEnded(key) }) {
		u.transactionEnded(key)
	}
	defer func() {
		if p := recover(); p != nil {
			u.panicked(p)
			s.abort()
		}
	}()
	switch m.method {
	case "ACK": // its transaction has gone, and so has its use
		tx.Terminate()
	case "INVITE":
		u.onInvite(m, s)
	case "REGISTER":
		u.onRegister(m, s)
	case "OPTIONS":
		s.reply(200, Header{"Allow", allowValue}, Header{"Supported", supportedValue}, Header{"Accept", acceptValue})
	default:
		d := u.dialogOf(m)
		switch {
		case d != nil:
			if !d.post(func() { d.onRequest(m, s) }) {
				s.reply(481)
			}
		case m.method == "REFER":
			s.reply(405, Header{"Allow", allowValue})
		default:
			s.reply(481)
		}
	}
}

func (u *UA) transactionEnded(inviteKey string) {
	u.counters.transactions.Add(-1)
	if inviteKey != "" {
		u.leaveInvite(inviteKey)
	}
}

// identify authenticates a request outside of a dialog. When it cannot, it answers and returns false.
func (u *UA) identify(m *message, s *serverTx) (identity, bool) {
	class := u.classOf(m.source)
	creds := m.credentialsFor(u.cfg.Realm)
	if alg, needed := u.needsDigest(class, m, creds); needed {
		return u.authenticate(m, s, creds, alg)
	}
	t := u.trunkOf(m)
	if t == nil { // its record changed since the gate
		s.reply(403)
		return identity{}, false
	}
	return identity{peer: Peer{PeerTrunk, t.Centre, t.ID, m.source}, trunk: t}, true
}

// trunkOf returns the trunk a request comes from by its source.
func (u *UA) trunkOf(m *message) *trunkRun {
	if number := calledNumber(m); number != "" {
		return u.trunks.byCall(m.source, number)
	}
	return u.trunks.bySource(m.source)
}

// calledNumber is the number an INVITE calls, "" for another request.
func calledNumber(m *message) string {
	if m.method != "INVITE" {
		return ""
	}
	r, err := parseURI(m.uri)
	if err != nil {
		return ""
	}
	return subscriber(unescape(r.user))
}

func (u *UA) authenticate(m *message, s *serverTx, creds credentials, alg Algorithm) (identity, bool) {
	now := u.now()
	stale := false
	if creds != nil {
		var secrets []string
		var trunks []*trunkRun
		a := u.reg.account(creds["username"])
		if a != nil {
			secrets = []string{a.ha1(alg, u.cfg.Realm)}
		} else if m.method != "REGISTER" {
			trunks = u.trunks.byUser(creds["username"])
			for _, t := range trunks {
				secrets = append(secrets, HA1(alg, t.Username, u.cfg.Realm, t.Password))
			}
		}
		var right []int
		right, stale = u.auth.verify(now, m, creds, alg, secrets...)
		switch {
		case len(right) > 0 && a != nil:
			return identity{account: a, peer: Peer{PeerPhone, a.Centre, a.ID, m.source}}, true
		case len(right) > 0:
			proven := make([]*trunkRun, 0, len(right))
			for _, i := range right {
				proven = append(proven, trunks[i])
			}
			t := u.trunks.serving(proven, calledNumber(m))
			return identity{trunk: t, peer: Peer{PeerTrunk, t.Centre, t.ID, m.source}}, true
		case !stale:
			u.counters.authFailed.Add(1)
		}
	}
	u.counters.challenged.Add(1)
	s.reply(401, u.auth.challenge(now, m.source.Addr(), alg, stale))
	return identity{}, false
}

func (u *UA) onRegister(m *message, s *serverTx) {
	id, ok := u.identify(m, s)
	if !ok {
		return
	}
	s.send(u.reg.register(m, id.account))
}

// abort answers 500 after a panic and takes the dialog down that was being made.
func (s *serverTx) abort() {
	var d *Dialog
	if s.it != nil {
		s.u.mu.Lock()
		d = s.it.dialog
		s.u.mu.Unlock()
	}
	if d == nil {
		s.reply(500)
		return
	}
	d.post(func() { d.refuse(500, "", Ended{By: BySystem, Cause: EndRejected, Reason: "internal error"}) })
}
