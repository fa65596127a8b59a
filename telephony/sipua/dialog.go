package sipua

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// dialogKey finds a dialog for a message of the peer (RFC 3261 §12). The remote tag is checked in the dialog, which
// as a client may have several early ones.
type dialogKey struct{ callID, localTag string }

// dialogState is where a dialog stands.
//
//	client: calling → proceeding → confirmed           server: incoming → accepted → confirmed
//	        calling, proceeding → cancelling → closing         incoming → ended
//	        proceeding → answering → confirmed         both:   confirmed → closing → ended
type dialogState int32

const (
	dlgCalling    dialogState = iota // client: INVITE on its way, nothing came back
	dlgProceeding                    // client: a provisional response came
	dlgCancelling                    // client: given up; CANCEL sent, or kept until a provisional response
	dlgAnswering                     // client: 2xx with the offer; its ACK waits for our answer
	dlgIncoming                      // server: no final answer yet
	dlgAccepted                      // server: 2xx sent, no ACK yet
	dlgConfirmed                     // both: established
	dlgClosing                       // both: BYE sent
	dlgEnded                         // both: nothing more will happen
)

// Dialog is one INVITE dialog, in either role. Its methods may be called from any goroutine and never block; in a
// state that does not allow them they do nothing, or return an error.
type Dialog struct {
	u      *UA
	key    dialogKey
	server bool
	invite *Invite
	local  netip.AddrPort
	state  atomic.Int32 // dialogState; written by the actor alone

	boxMu   sync.Mutex
	box     []func()
	running bool

	idMu   sync.Mutex // guards what the gate asks
	peer   Peer
	tags   map[string]bool
	addrs  map[netip.Addr]bool
	events map[string]bool // event packages the peer allows
	gone   bool

	// owned by the actor
	sink    func(Event)
	kept    []Event
	timers  map[string]*time.Timer
	methods map[string]bool // methods the peer allows, nil when it did not say
	hop     hop             // where INVITE goes, or came from
	localID string          // From of our requests, without tag
	peerID  string          // To of our requests, without tag
	leg     leg
	seq     uint32 // of our requests
	peerSeq uint32
	seqSet  bool

	cl   clientInvite
	sv   serverInvite
	nego negotiation
	sess session
	info []infoDigit // digits to be sent by INFO, the first is on its way
	last Event       // what a closing dialog ends with

	referStatus atomic.Int32
	referSeq    uint32
}

// leg is the routing of a dialog: one of the early ones of a forked INVITE, or the confirmed one.
type leg struct {
	tag    string
	target string
	routes []string
}

var (
	// ErrState says that the dialog's state does not allow what was asked.
	ErrState = errors.New("sip: not possible in this state of the dialog")
	// ErrNotAllowed says that the peer does not support what was asked.
	ErrNotAllowed = errors.New("sip: the peer does not allow it")
)

func (u *UA) newDialog(key dialogKey, peer Peer) *Dialog {
	return &Dialog{
		u: u, key: key, peer: peer, invite: &Invite{}, timers: map[string]*time.Timer{}, tags: map[string]bool{},
		addrs: map[netip.Addr]bool{}, events: map[string]bool{},
	}
}

// enter puts the dialog into the table; false when there are too many.
func (d *Dialog) enter() bool {
	d.u.mu.Lock()
	defer d.u.mu.Unlock()
	if len(d.u.dialogs) >= d.u.limits.Dialogs || d.u.closed {
		return false
	}
	d.u.dialogs[d.key] = d
	d.u.counters.opened.Add(1)
	return true
}

// dialogOf finds the dialog of a request by Call-ID and To tag.
func (u *UA) dialogOf(m *message) *Dialog {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.dialogs[dialogKey{m.callID(), m.toTag()}]
}

// fromPeer reports whether a request carries the tag of the peer and comes from an address of the peer: whoever has
// read or guessed the one still lacks the other.
func (d *Dialog) fromPeer(m *message) bool {
	d.idMu.Lock()
	tagOK, addrOK, peer := d.tags[m.fromTag()], d.addrs[m.source.Addr()], d.peer
	d.idMu.Unlock()
	if !tagOK || addrOK {
		return tagOK
	}
	switch peer.Kind {
	case PeerTrunk:
		t := d.u.trunks.byID(peer.ID)
		return t != nil && t.owns(m.source)
	case PeerPhone:
		return d.u.reg.boundTo(peer.ID, m.source.Addr())
	}
	return false
}

// learn notes a tag and an address of the peer.
func (d *Dialog) learn(tag string, addr netip.Addr) {
	addr = addr.Unmap()
	d.idMu.Lock()
	if tag != "" || d.server { // only an RFC 2543 client has none
		d.tags[tag] = true
	}
	fresh := addr.IsValid() && !d.addrs[addr] && !d.gone
	if fresh {
		d.addrs[addr] = true
	}
	d.idMu.Unlock()
	if fresh {
		d.u.mu.Lock()
		d.u.peers[addr]++
		d.u.mu.Unlock()
	}
}

// learnWay notes where requests of a leg go to. The peer's own come from there, and not always from where its INVITE or
// its answer did: a carrier's proxy may hand the rest of the call to another machine.
func (d *Dialog) learnWay(l leg) {
	if h := d.hopFor(l); h.host == "" {
		d.learn(l.tag, h.dest.Addr())
	}
}

// leave takes the dialog out of the tables.
func (d *Dialog) leave() {
	d.idMu.Lock()
	d.gone = true
	addrs := slices.Collect(maps.Keys(d.addrs))
	d.idMu.Unlock()
	d.u.mu.Lock()
	defer d.u.mu.Unlock()
	if d.u.dialogs[d.key] == d {
		delete(d.u.dialogs, d.key)
		d.u.counters.ended.Add(1)
	}
	for _, a := range addrs {
		if d.u.peers[a]--; d.u.peers[a] <= 0 {
			delete(d.u.peers, a)
		}
	}
}

// post puts work into the mailbox. A goroutine exists only while there is some. It reports whether the user agent
// still runs.
func (d *Dialog) post(f func()) bool {
	d.boxMu.Lock()
	d.box = append(d.box, f)
	start := !d.running
	d.running = true
	d.boxMu.Unlock()
	if start {
		d.u.spawn(d.drain)
	}
	return d.u.ctx.Err() == nil
}

func (d *Dialog) drain() {
	for {
		d.boxMu.Lock()
		work := d.box
		d.box = nil
		if len(work) == 0 {
			d.running = false
			d.boxMu.Unlock()
			return
		}
		d.boxMu.Unlock()
		for _, f := range work {
			d.guarded(f)
		}
	}
}

func (d *Dialog) guarded(f func()) {
	defer func() {
		if p := recover(); p != nil {
			d.u.panicked(p)
		}
	}()
	f()
}

func (d *Dialog) is(states ...dialogState) bool {
	return slices.Contains(states, dialogState(d.state.Load()))
}

func (d *Dialog) become(s dialogState) { d.state.Store(int32(s)) }

func (d *Dialog) emit(e Event) {
	if d.sink == nil {
		d.kept = append(d.kept, e)
		return
	}
	d.sink(e)
}

// after runs f in the actor after a time, unless the timer of that name is stopped or set anew.
func (d *Dialog) after(name string, wait time.Duration, f func()) {
	d.stopTimer(name)
	var t *time.Timer
	armed := make(chan struct{})
	t = time.AfterFunc(wait, func() {
		<-armed
		d.post(func() {
			if d.timers[name] == t {
				delete(d.timers, name)
				f()
			}
		})
	})
	d.timers[name] = t
	close(armed)
}

func (d *Dialog) stopTimer(name string) {
	if t := d.timers[name]; t != nil {
		t.Stop()
		delete(d.timers, name)
	}
}

// finish ends the dialog with its last event, once.
func (d *Dialog) finish(e Event) {
	if d.is(dlgEnded) {
		return
	}
	d.become(dlgEnded)
	for name := range d.timers {
		d.stopTimer(name)
	}
	d.refusePending()
	d.leave()
	d.emit(e)
}

// refusePending answers what the peer still waits for when the dialog ends.
func (d *Dialog) refusePending() {
	if r := d.nego.remote; r != nil {
		d.nego.remote = nil
		r.reply(487)
	}
	if d.server && d.sv.tx != nil && !d.sv.final {
		d.sv.final = true
		d.sv.tx.reply(487)
	}
}

// Bind sets the receiver of the dialog's events and delivers those that came before. The sink is called from one
// goroutine at a time, in order; it must not block.
func (d *Dialog) Bind(sink func(Event)) {
	d.post(func() {
		d.sink = sink
		kept := d.kept
		d.kept = nil
		for _, e := range kept {
			sink(e)
		}
	})
}

// Peer returns the other end: the authenticated sender of the INVITE, or the target of ours.
func (d *Dialog) Peer() Peer {
	d.idMu.Lock()
	defer d.idMu.Unlock()
	return d.peer
}

// CallID returns the Call-ID.
func (d *Dialog) CallID() string { return d.key.callID }

// Invite returns the view of the INVITE; of an outgoing one only Local is set.
func (d *Dialog) Invite() *Invite { return d.invite }

// LocalAddr returns our address towards the peer, for SDP.
func (d *Dialog) LocalAddr() netip.Addr { return d.invite.Local }

// Header returns the first value of a header field of the INVITE, "" when there is none.
func (i *Invite) Header(name string) string {
	name = longName(name)
	for _, h := range i.headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// newRequest builds a request within a leg of the dialog (RFC 3261 §12.2.1.1).
func (d *Dialog) newRequest(method string, l leg) *message {
	d.seq++
	return d.requestIn(method, l, d.seq)
}

func (d *Dialog) requestIn(method string, l leg, seq uint32) *message {
	m := &message{method: method, uri: l.target}
	routes := l.routes
	if len(routes) > 0 {
		first, err := parseNameAddr(routes[0])
		u, err2 := parseURI(first.uri)
		if _, loose := u.params.get("lr"); err == nil && err2 == nil && !loose { // a strict router
			m.uri = first.uri
			routes = append(slices.Clone(routes[1:]), "<"+l.target+">")
		}
	}
	to := d.peerID
	if l.tag != "" {
		to += ";tag=" + l.tag
	}
	m.fields = []Header{{"Max-Forwards", "70"}}
	for _, r := range routes {
		m.add("Route", r)
	}
	m.add("From", d.localID+";tag="+d.key.localTag)
	m.add("To", to)
	m.add("Call-ID", d.key.callID)
	m.add("CSeq", strconv.FormatUint(uint64(seq), 10)+" "+method)
	m.add("User-Agent", d.u.cfg.UserAgent)
	switch method {
	case "INVITE", "UPDATE", "NOTIFY", "REFER":
		m.add("Contact", d.u.contact(d.hop))
	}
	switch method {
	case "INVITE", "UPDATE":
		m.add("Allow", allowValue)
		m.add("Supported", supportedValue)
	}
	return m
}

// hopFor returns where requests of a leg go. Phones are reached where they came from, whatever their Contact says:
// they are behind NATs. Trunks are reached by the first route or the remote target (RFC 3261 §8.1.2).
func (d *Dialog) hopFor(l leg) hop { return d.hopFrom(d.hop, l) }

// hopFrom is hopFor of a leg that was reached through another hop than the dialog's.
func (d *Dialog) hopFrom(base hop, l leg) hop {
	if d.Peer().Kind == PeerPhone {
		return base
	}
	uri := l.target
	if len(l.routes) > 0 {
		if a, err := parseNameAddr(l.routes[0]); err == nil {
			uri = a.uri
		}
	}
	u, err := parseURI(uri)
	if err != nil || u.host == "" {
		return base
	}
	h := base
	if t, ok := u.params.get("transport"); ok && (strings.EqualFold(t, "tcp") || strings.EqualFold(t, "udp")) {
		h.transport = strings.ToLower(t)
	}
	if h.transport == "tcp" && d.u.connected(base.dest) {
		return base // the connection the dialog came by
	}
	ip, literal := literalAddr(u.host)
	switch {
	case !literal:
		h.host, h.port = u.host, u.port
	case ip.IsUnspecified() || ip.IsMulticast():
	default:
		port := uint16(u.port)
		if port == 0 {
			port = 5060
		}
		h.dest = netip.AddrPortFrom(ip, port)
		h.local = d.u.localFor(ip)
	}
	return h
}

func (u *UA) connected(a netip.AddrPort) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.conns[a] != nil
}

// send runs a client transaction of the dialog; on is called in the actor. A challenge is answered once with the
// credentials of the trunk, or again when the server says that the nonce was stale.
func (d *Dialog) send(m *message, l leg, on func(*message, error)) *clientTx {
	return d.sendTry(m, l, 0, on)
}

func (d *Dialog) sendTry(m *message, l leg, try int, on func(*message, error)) *clientTx {
	h := d.hopFor(l)
	d.u.stampVia(m, h)
	return d.u.transact(d.u.ctx, m, h, func(res *message, err error) {
		d.post(func() {
			if err == nil && (res.status == 401 || res.status == 407) && try < 2 {
				if auth, stale, ok := d.answer(res, m); ok && (try == 0 || stale) {
					d.seq++
					next := *m
					next.fields = slices.Clone(m.fields)
					next.set("CSeq", strconv.FormatUint(uint64(d.seq), 10)+" "+m.method)
					next.drop(auth.Name)
					next.add(auth.Name, auth.Value)
					d.sendTry(&next, l, try+1, on)
					return
				}
			}
			on(res, err)
		})
	})
}

// answer builds the credentials for a challenge, with the trunk's account.
func (d *Dialog) answer(res, req *message) (Header, bool, bool) {
	p := d.Peer()
	if p.Kind != PeerTrunk {
		return Header{}, false, false
	}
	t := d.u.trunks.byID(p.ID)
	if t == nil {
		return Header{}, false, false
	}
	return answerChallenge(res, req.method, req.uri, req.body, t.Username, t.Password)
}

// contactOf returns the remote target a message names.
func contactOf(m *message) string {
	a, err := parseNameAddr(m.get("Contact"))
	if err != nil {
		return ""
	}
	if u, err := parseURI(a.uri); err != nil || u.scheme != "sip" && u.scheme != "sips" {
		return ""
	}
	return a.uri
}

// notePeer takes over what a message of the peer says about what it can do.
func (d *Dialog) notePeer(m *message) {
	if m.has("Allow") {
		d.methods = map[string]bool{}
		for _, t := range m.tokens("Allow") {
			d.methods[strings.ToUpper(t)] = true
		}
	}
	if m.has("Allow-Events") {
		d.idMu.Lock()
		for _, t := range m.tokens("Allow-Events") {
			d.events[strings.ToLower(t)] = true
		}
		d.idMu.Unlock()
	}
}

// withSDP puts a session description into a message.
func (m *message) withSDP(sdp []byte) *message {
	if sdp != nil {
		m.set("Content-Type", acceptValue)
		m.body = sdp
	}
	return m
}
