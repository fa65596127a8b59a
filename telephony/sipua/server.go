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
	if m.method == "INVITE" {
		if r, err := parseURI(m.uri); err == nil {
			return u.trunks.byCall(m.source, subscriber(unescape(r.user)))
		}
	}
	return u.trunks.bySource(m.source)
}

func (u *UA) authenticate(m *message, s *serverTx, creds credentials, alg Algorithm) (identity, bool) {
	now := u.now()
	ok, stale := false, false
	var id identity
	if creds != nil {
		a, t := u.reg.account(creds["username"]), (*trunkRun)(nil)
		ha1 := a.ha1(alg, u.cfg.Realm)
		id = identity{account: a}
		if a != nil {
			id.peer = Peer{PeerPhone, a.Centre, a.ID, m.source}
		} else if t = u.trunks.byUser(creds["username"]); t != nil && m.method != "REGISTER" {
			ha1 = HA1(alg, t.Username, u.cfg.Realm, t.Password)
			id = identity{trunk: t, peer: Peer{PeerTrunk, t.Centre, t.ID, m.source}}
		}
		ok, stale = u.auth.verify(now, m, creds, alg, ha1)
		if !ok && !stale {
			u.counters.authFailed.Add(1)
		}
	}
	if ok {
		return id, true
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
