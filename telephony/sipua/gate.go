package sipua

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// sourceClass is what an address alone says about the sender of a message.
type sourceClass int

const (
	sourceStranger sourceClass = iota
	sourceDialog               // the address has a dialog with us
	sourceHost                 // a trunk's that we only send to
	sourceTrunk                // in the sources of a trunk
	sourcePhone                // address and port of a registered contact
)

// classOf classifies an address. A phone behind a trunk's prefix is a phone: the narrower fact wins.
func (u *UA) classOf(a netip.AddrPort) sourceClass {
	if u.reg.bound(a) {
		return sourcePhone
	}
	if u.trunks.bySource(a) != nil {
		return sourceTrunk
	}
	if u.trunks.isHost(a.Addr()) {
		return sourceHost
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.peers[a.Addr()] > 0 {
		return sourceDialog
	}
	return sourceStranger
}

// wanted reports whether an address belongs to somebody we know.
func (u *UA) wanted(a netip.AddrPort) bool { return u.classOf(a) != sourceStranger }

// inviteTx is an INVITE of a peer that is being worked on. It is entered by the gate, in the order in which messages
// arrive; the library hands every message to a goroutine of its own, and a CANCEL may overtake its INVITE there.
type inviteTx struct {
	born   time.Time
	tag    string       // To tag of all our responses (RFC 3261 §8.2.6.2)
	merged string       // key in UA.merged
	tx     bool         // the library has a transaction
	final  atomic.Int32 // final status sent
	dialog *Dialog      // once there is one
	cancel *message     // a CANCEL that came before the dialog
}

// inspect is the gate in front of the SIP library. It returns the message to hand over in plain form, or a reply to
// send straight back, or neither. Nothing a stranger sends reaches the library before the stranger has answered a
// challenge, which proves the address; so the library's tables hold peers only.
func (u *UA) inspect(raw []byte, source, local netip.AddrPort, transport string) (pass, reply []byte) {
	defer func() {
		if p := recover(); p != nil {
			u.panicked(p)
			pass, reply = nil, nil
		}
	}()
	now := u.now()
	class := u.classOf(source)
	if !u.rates.allow(now, class, source) {
		u.counters.throttled.Add(1)
		return nil, nil
	}
	m, fault := parseMessage(raw, &u.limits)
	if m == nil {
		u.counters.malformed.Add(1)
		return nil, nil
	}
	m.source, m.local, m.transport = source, local, transport
	if m.status != 0 {
		if fault != nil || !u.ourBranch(m.branch()) {
			u.counters.strangers.Add(1)
			return nil, nil
		}
		return u.handOver(m), nil
	}
	if u.left.Load() {
		return nil, nil
	}
	creds := m.credentialsFor(u.cfg.Realm)
	if unknown(class, m, creds) {
		u.counters.strangers.Add(1)
		return nil, nil
	}
	if status, extra := check(m, fault); status != 0 {
		u.counters.malformed.Add(1)
		return nil, u.refuse(now, class, m, status, extra...)
	}
	ensureBranch(m)
	res := u.route(now, class, m, creds)
	if res == nil {
		return u.handOver(m), nil
	}
	if res == u.handled {
		return nil, nil
	}
	return nil, u.stateless(now, class, res)
}

// unknown reports whether a request is a stranger's, who gets no answer. An address that has a dialog, or that we call,
// is known for its dialogs only: others may share it.
func unknown(class sourceClass, m *message, creds credentials) bool {
	switch class {
	case sourceStranger:
		return m.method != "REGISTER" && (creds == nil || m.method == "ACK" || m.method == "CANCEL")
	case sourceDialog, sourceHost:
		return m.toTag() == "" && creds == nil && m.method != "REGISTER" && m.method != "ACK" && m.method != "CANCEL"
	case sourceTrunk, sourcePhone:
	}
	return false
}

// refuse answers a request with a fault, as far as its header fields allow.
func (u *UA) refuse(now time.Time, class sourceClass, m *message, status int, extra ...Header) []byte {
	if m.method == "ACK" || !m.has("Via") || !m.has("CSeq") {
		return nil
	}
	return u.stateless(now, class, m.respond(status, u.statelessTag(m), extra...))
}

// stateless encodes an answer given without a transaction. Those to strangers share one budget.
func (u *UA) stateless(now time.Time, class sourceClass, res *message) []byte {
	if class == sourceStranger && !u.rates.answer(now) {
		u.counters.throttled.Add(1)
		return nil
	}
	if res.status == 401 {
		u.counters.challenged.Add(1)
	}
	res.add("Server", u.cfg.UserAgent)
	return res.encode()
}

// statelessTag is the same for each retransmission of a request (RFC 3261 §8.2.7).
func (u *UA) statelessTag(m *message) string { return u.mac(m.branch() + m.callID())[:16] }

// handOver encodes a message for the library, which is given the chance to choke on it here, under a recover of
// ours, before it reads it for good in its own goroutine.
func (u *UA) handOver(m *message) []byte {
	plain := m.encode()
	if _, err := u.parser.ParseSIP(plain); err != nil {
		u.counters.malformed.Add(1)
		return nil
	}
	return plain
}

// route decides what becomes of a sound request: nil lets it through to the library, handled says that it is dealt
// with, anything else is the answer.
func (u *UA) route(now time.Time, class sourceClass, m *message, creds credentials) *message {
	switch m.method {
	case "ACK":
		return u.routeAck(m)
	case "CANCEL":
		return u.routeCancel(m)
	}
	if m.toTag() != "" && m.method != "REGISTER" {
		d := u.dialogOf(m)
		if d == nil || !d.fromPeer(m) {
			return u.noDialog(class, m, "")
		}
		if m.method == "INVITE" {
			u.enterInvite(now, m)
		}
		return u.admit(m, class)
	}
	switch m.method {
	case "REGISTER", "INVITE":
	case "OPTIONS", "REFER":
		if class == sourceTrunk || class == sourcePhone {
			return u.admit(m, class)
		}
	default: // BYE, PRACK, UPDATE, INFO, NOTIFY exist in dialogs only
		return u.noDialog(class, m, u.statelessTag(m))
	}
	if m.method == "INVITE" {
		if u.inviteOf(m) != nil {
			return nil // a retransmission
		}
		if res := u.merged(m); res != nil {
			return res
		}
	}
	if alg, needed := u.needsDigest(class, m, creds); needed {
		if creds == nil || u.auth.nonceState(now, creds["nonce"], m.source.Addr()) == nonceInvalid {
			return m.respond(401, u.statelessTag(m), u.auth.challenge(now, m.source.Addr(), alg, false))
		}
	}
	if res := u.admit(m, class); res != nil {
		return res
	}
	if m.method == "INVITE" {
		u.enterInvite(now, m)
	}
	return nil
}

// noDialog answers a request of a dialog that does not exist. A stranger, whose credentials prove nothing before a
// challenge of ours, is left in silence: nobody shall find us with them, or turn our answers on somebody else.
func (u *UA) noDialog(class sourceClass, m *message, tag string) *message {
	if class == sourceStranger {
		u.counters.strangers.Add(1)
		return u.handled
	}
	return m.respond(481, tag)
}

// admit refuses a request when the library has all the transactions we let it have.
func (u *UA) admit(m *message, class sourceClass) *message {
	if u.counters.transactions.Load() < int64(u.limits.Transactions) {
		return nil
	}
	u.counters.throttled.Add(1)
	if class == sourceStranger {
		return u.handled
	}
	return m.respond(503, u.statelessTag(m), Header{"Retry-After", "5"})
}

// needsDigest says whether a request outside of a dialog must prove who sent it, and in which algorithm. Whoever
// names our realm is challenged, whether the account exists or not: a difference would tell accounts apart.
func (u *UA) needsDigest(class sourceClass, m *message, creds credentials) (Algorithm, bool) {
	phone := u.cfg.PhoneDigest
	if m.method == "REGISTER" {
		return phone, true
	}
	if creds != nil {
		if u.reg.account(creds["username"]) != nil {
			return phone, true
		}
		if all := u.trunks.byUser(creds["username"]); len(all) > 0 && class != sourceTrunk {
			return all[0].digest(), true
		}
	}
	return phone, class != sourceTrunk
}

// routeAck gives the ACK of a 2xx to its dialog; the ACK of another final response belongs to the library, which
// has the transaction (RFC 3261 §17.1.1.3 gives it the INVITE's branch, §13.2.2.4 the other a new one).
func (u *UA) routeAck(m *message) *message {
	if it := u.inviteOf(m); it != nil && it.final.Load() >= 300 {
		return nil
	}
	if d := u.dialogOf(m); d != nil && d.fromPeer(m) {
		d.post(func() { d.onAck(m) })
	}
	return u.handled
}

// routeCancel answers a CANCEL here (RFC 3261 §9.2). It must come from where its INVITE came from.
func (u *UA) routeCancel(m *message) *message {
	it := u.inviteOf(m)
	if it == nil {
		return m.respond(481, u.statelessTag(m))
	}
	u.mu.Lock()
	d := it.dialog
	if d == nil {
		it.cancel = m
	}
	tag := it.tag
	u.mu.Unlock()
	if d != nil {
		d.post(func() { d.onCancel(m) })
	}
	return m.respond(200, tag)
}

// inviteKey identifies the server transaction of an INVITE, its ACK and its CANCEL. With the source in it nobody
// else can cancel a call by guessing its branch.
func inviteKey(m *message) string {
	v, err := parseVia(m.get("Via"))
	if err != nil {
		return ""
	}
	b, _ := v.params.get("branch")
	return b + "|" + v.host + "|" + m.source.String()
}

func (u *UA) inviteOf(m *message) *inviteTx {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.invites[inviteKey(m)]
}

func (u *UA) enterInvite(now time.Time, m *message) {
	u.mu.Lock()
	defer u.mu.Unlock()
	key := inviteKey(m)
	if u.invites[key] != nil {
		return
	}
	it := &inviteTx{born: now, tag: m.toTag()}
	if it.tag == "" {
		it.tag = token(8)
		it.merged = mergeKey(m)
		u.mergedBy[it.merged] = key
	}
	u.invites[key] = it
}

func mergeKey(m *message) string { return m.callID() + "|" + m.fromTag() + "|" + m.get("CSeq") }

// merged refuses an INVITE that reaches us a second time by another path (RFC 3261 §8.2.2.2).
func (u *UA) merged(m *message) *message {
	u.mu.Lock()
	defer u.mu.Unlock()
	if key, ok := u.mergedBy[mergeKey(m)]; ok && key != inviteKey(m) {
		return m.respond(482, u.statelessTag(m))
	}
	return nil
}

func (u *UA) leaveInvite(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	it := u.invites[key]
	if it == nil {
		return
	}
	delete(u.invites, key)
	if it.merged != "" && u.mergedBy[it.merged] == key {
		delete(u.mergedBy, it.merged)
	}
}
