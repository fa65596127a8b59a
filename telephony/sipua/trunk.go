package sipua

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// trunkTable keeps the trunks and what is known of their state.
type trunkTable struct {
	u  *UA
	mu sync.Mutex
	m  map[string]*trunkRun
	// registrations are those at work, the ones being withdrawn included.
	registrations map[*trunkRun]bool

	notifyMu sync.Mutex // keeps the states told in order
}

// trunkRun is a trunk at work. Its goroutine keeps its address, its keepalive and its registration.
type trunkRun struct {
	Trunk
	table *trunkTable
	stop  context.CancelFunc
	// before is the end of the registration this one replaces; gone is closed at the end of this one. Both are nil for
	// a trunk that does not register.
	before <-chan struct{}
	gone   chan struct{}

	// guarded by trunkTable.mu
	addrs      []netip.AddrPort
	missed     int  // OPTIONS in a row without answer
	refused    bool // registration
	unresolved bool
	told       string
}

func newTrunkTable(u *UA) *trunkTable {
	return &trunkTable{u: u, m: map[string]*trunkRun{}, registrations: map[*trunkRun]bool{}}
}

// SetTrunks replaces the trunks. Those that did not change keep their state.
func (u *UA) SetTrunks(list []Trunk) { u.trunks.set(list) }

func (t *trunkTable) set(list []Trunk) {
	type change struct{ centre, id string }
	var changed []change
	t.mu.Lock()
	next := make(map[string]*trunkRun, len(list))
	for _, rec := range list {
		if rec.Transport == "" {
			rec.Transport = "udp"
		}
		if old := t.m[rec.ID]; old != nil && reflect.DeepEqual(old.Trunk, rec) {
			next[rec.ID] = old
			delete(t.m, rec.ID)
			continue
		}
		r := &trunkRun{Trunk: rec, table: t, told: TrunkUp}
		if old := t.m[rec.ID]; old != nil {
			r.told = old.told
			r.before = old.gone
		}
		if a, err := netip.ParseAddr(strings.Trim(rec.Host, "[]")); err == nil {
			r.addrs = []netip.AddrPort{netip.AddrPortFrom(a.Unmap(), r.port())}
		}
		next[rec.ID] = r
		ctx, stop := context.WithCancel(t.u.ctx)
		r.stop = stop
		if rec.Enabled {
			t.u.spawn(func() { r.run(ctx) })
			if rec.Register {
				r.gone = make(chan struct{})
				t.registrations[r] = true
				t.u.spawn(func() { r.runRegistration(ctx) })
			}
		}
		changed = append(changed, change{rec.Centre, rec.ID})
	}
	for id, old := range t.m {
		old.stop()
		if next[id] == nil {
			changed = append(changed, change{old.Centre, id})
			old.Enabled = false
		}
	}
	removed := t.m
	t.m = next
	t.mu.Unlock()
	for _, c := range changed {
		r := next[c.id]
		if r == nil {
			r = removed[c.id]
		}
		t.tell(r)
	}
}

func (r *trunkRun) port() uint16 {
	if r.Port == 0 {
		return 5060
	}
	return r.Port
}

func (r *trunkRun) digest() Algorithm {
	if r.Digest.newHash() == nil {
		return MD5
	}
	return r.Digest
}

// state is the trunk's state; trunkTable.mu is held.
func (r *trunkRun) state() string {
	switch {
	case !r.Enabled:
		return TrunkDisabled
	case r.refused || r.unresolved:
		return TrunkDown
	case r.missed >= 2:
		return TrunkSilent
	}
	return TrunkUp
}

// tell reports a state that differs from the one told last.
func (t *trunkTable) tell(r *trunkRun) {
	t.notifyMu.Lock()
	defer t.notifyMu.Unlock()
	t.mu.Lock()
	state := r.state()
	news := state != r.told
	r.told = state
	t.mu.Unlock()
	if news {
		t.u.log.Info("sip trunk state", "trunk", r.ID, "name", r.Name, "state", state)
		t.u.cfg.Handler.TrunkChanged(r.Centre, r.ID, state)
	}
}

func (t *trunkTable) change(r *trunkRun, f func()) {
	t.mu.Lock()
	f()
	t.mu.Unlock()
	t.tell(r)
}

// TrunkState returns the state of a trunk, TrunkDisabled for one that does not exist.
func (u *UA) TrunkState(id string) string {
	u.trunks.mu.Lock()
	defer u.trunks.mu.Unlock()
	if r := u.trunks.m[id]; r != nil {
		return r.state()
	}
	return TrunkDisabled
}

// TrunkOrder returns the ids of a centre's trunks in the order to be tried: those that are up by priority, then
// the silent, then those that are down. Disabled ones are left out; no other is.
func (u *UA) TrunkOrder(centre string) []string {
	rank := map[string]int{TrunkUp: 0, TrunkSilent: 1, TrunkDown: 2}
	type entry struct {
		id             string
		rank, priority int
	}
	var list []entry
	u.trunks.mu.Lock()
	for _, r := range u.trunks.m {
		if r.Centre == centre && r.Enabled {
			list = append(list, entry{r.ID, rank[r.state()], r.Priority})
		}
	}
	u.trunks.mu.Unlock()
	slices.SortFunc(list, func(a, b entry) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		if a.priority != b.priority {
			return a.priority - b.priority
		}
		return strings.Compare(a.id, b.id)
	})
	out := make([]string, 0, len(list))
	for _, e := range list {
		out = append(out, e.id)
	}
	return out
}

func (t *trunkTable) byID(id string) *trunkRun {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.m[id]
}

// byUser returns the trunks with a digest user name, by id: carriers give out the same one twice, and nothing makes it
// unique between centres.
func (t *trunkTable) byUser(user string) []*trunkRun {
	if user == "" {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []*trunkRun
	for _, r := range t.m {
		if r.Enabled && r.Username == user && r.Password != "" {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *trunkRun) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// bySource returns the trunk an address belongs to: the longest prefix wins, then the one that names the port.
func (t *trunkTable) bySource(a netip.AddrPort) *trunkRun {
	if all := t.allBySource(a); len(all) > 0 {
		return all[0]
	}
	return nil
}

// byCall returns the trunk an address belongs to when it calls a number: of trunks with the same claim to the
// address, the one of the centre that has the number, so that no centre takes another one's calls.
func (t *trunkTable) byCall(a netip.AddrPort, number string) *trunkRun {
	return t.serving(t.allBySource(a), number)
}

// serving returns the first of several trunks whose centre has a number, failing that the first, nil for none.
func (t *trunkTable) serving(all []*trunkRun, number string) *trunkRun {
	if len(all) == 0 {
		return nil
	}
	if serves := t.u.cfg.Serves; serves != nil && len(all) > 1 {
		if i := slices.IndexFunc(all, func(r *trunkRun) bool { return serves(r.Centre, number) }); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// allBySource returns the trunks with the best claim to an address, by id.
func (t *trunkTable) allBySource(a netip.AddrPort) []*trunkRun {
	ip := a.Addr().Unmap()
	t.mu.Lock()
	defer t.mu.Unlock()
	var best []*trunkRun
	bestClaim := -1
	for _, r := range t.m {
		if !r.Enabled {
			continue
		}
		claim := -1
		for _, s := range r.Sources {
			if !s.Prefix.IsValid() || !s.Prefix.Contains(ip) || s.Port != 0 && s.Port != a.Port() {
				continue
			}
			c := 2 * s.Prefix.Bits()
			if s.Port != 0 {
				c++
			}
			claim = max(claim, c)
		}
		switch {
		case claim > bestClaim:
			best, bestClaim = append(best[:0], r), claim
		case claim >= 0 && claim == bestClaim:
			best = append(best, r)
		}
	}
	slices.SortFunc(best, func(a, b *trunkRun) int { return strings.Compare(a.ID, b.ID) })
	return best
}

// isHost reports whether requests to some trunk go to an IP address.
func (t *trunkTable) isHost(ip netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.m {
		if r.Enabled && slices.ContainsFunc(r.addrs, func(a netip.AddrPort) bool { return a.Addr() == ip }) {
			return true
		}
	}
	return false
}

// owns reports whether an address is one of a trunk's, inbound or outbound.
func (r *trunkRun) owns(a netip.AddrPort) bool {
	for _, s := range r.Sources {
		if s.Prefix.IsValid() && s.Prefix.Contains(a.Addr()) {
			return true
		}
	}
	r.table.mu.Lock()
	defer r.table.mu.Unlock()
	return slices.ContainsFunc(r.addrs, func(x netip.AddrPort) bool { return x.Addr() == a.Addr() })
}

// active reports whether the trunk is in service; it may have been replaced since it was looked up.
func (r *trunkRun) active() bool {
	r.table.mu.Lock()
	defer r.table.mu.Unlock()
	return r.Enabled
}

// address returns the first address of the trunk, the zero Addr when its name is not resolved.
func (r *trunkRun) address() netip.Addr {
	r.table.mu.Lock()
	defer r.table.mu.Unlock()
	if len(r.addrs) == 0 {
		return netip.Addr{}
	}
	return r.addrs[0].Addr()
}

// hops returns where to send to, best first.
func (r *trunkRun) hops(ctx context.Context) ([]hop, error) {
	r.table.mu.Lock()
	addrs := slices.Clone(r.addrs)
	r.table.mu.Unlock()
	if len(addrs) == 0 {
		var err error
		if addrs, err = r.lookup(ctx); err != nil {
			return nil, err
		}
	}
	out := make([]hop, 0, len(addrs))
	for _, a := range addrs {
		out = append(out, hop{dest: a, transport: r.Transport, local: r.table.u.localFor(a.Addr())})
	}
	return out, nil
}

func (r *trunkRun) lookup(ctx context.Context) ([]netip.AddrPort, error) {
	addrs, err := r.table.u.resolve(ctx, r.Host, int(r.Port), r.Transport)
	r.table.change(r, func() {
		r.unresolved = err != nil && len(r.addrs) == 0
		if err == nil {
			r.addrs = addrs
		}
	})
	return addrs, err
}

// run keeps the addresses of a name fresh and sends OPTIONS.
func (r *trunkRun) run(ctx context.Context) {
	u := r.table.u
	const refresh = time.Minute
	_, literal := literalAddr(r.Host)
	for ctx.Err() == nil {
		if !literal {
			_, _ = r.lookup(ctx)
		}
		wait := refresh
		if r.Keepalive > 0 {
			wait = r.Keepalive
			alive, known := r.ping(ctx)
			if ctx.Err() != nil {
				return
			}
			r.table.change(r, func() {
				if alive {
					r.missed = 0
				} else if known {
					r.missed++
				}
			})
		} else if literal {
			return
		}
		u.pause(ctx, wait)
	}
}

// ping sends OPTIONS to all addresses; any final answer of any of them is life (RFC 3261 §11 makes even a 404 one),
// since calls go on to the next address of a trunk.
func (r *trunkRun) ping(ctx context.Context) (alive, known bool) {
	hops, err := r.hops(ctx)
	if err != nil {
		return false, false
	}
	pctx, cancel := context.WithTimeout(ctx, min(max(r.Keepalive, 4*sip.T1), 64*sip.T1))
	defer cancel()
	var answered atomic.Bool
	var wg sync.WaitGroup
	for _, h := range hops {
		wg.Go(func() {
			if res, err := r.request(pctx, h, "OPTIONS", 1, token(12), token(8), nil); err == nil && res != nil {
				answered.Store(true)
				cancel()
			}
		})
	}
	wg.Wait()
	return answered.Load(), true
}

// domain is the host part of URIs that name the trunk.
func (r *trunkRun) domain() string {
	if a, ok := literalAddr(r.Host); ok {
		return hostText(a)
	}
	return r.Host
}

// requestURI is the URI of a user at the trunk.
func (r *trunkRun) requestURI(user string) string {
	s := "sip:"
	if user != "" {
		s += escapeUser(user) + "@"
	}
	s += r.domain()
	if r.Port != 0 && r.Port != 5060 {
		s += ":" + strconv.Itoa(int(r.Port))
	}
	if r.Transport == "tcp" {
		s += ";transport=tcp"
	}
	return s
}

// request sends OPTIONS or REGISTER and waits for the final response.
func (r *trunkRun) request(ctx context.Context, h hop, method string, cseq uint32, callID, tag string, extra []Header) (*message, error) {
	u := r.table.u
	m := &message{method: method, uri: r.requestURI("")}
	user := r.Username
	if user == "" {
		user = "bandeau"
	}
	aor := "<sip:" + escapeUser(user) + "@" + r.domain() + ">"
	to := aor
	if method == "OPTIONS" {
		to = "<" + m.uri + ">"
	}
	m.fields = []Header{
		{"Max-Forwards", "70"},
		{"From", aor + ";tag=" + tag},
		{"To", to},
		{"Call-ID", callID},
		{"CSeq", strconv.FormatUint(uint64(cseq), 10) + " " + method},
		{"Contact", u.contact(h)},
		{"User-Agent", u.cfg.UserAgent},
	}
	if method == "REGISTER" {
		m.set("Contact", u.contactAs(h, user))
	}
	m.fields = append(m.fields, extra...)
	u.stampVia(m, h)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var final *message
	err := errTimeout
	u.runClient(ctx, m, h, func(res *message, failed error) {
		if failed != nil || res.status >= 200 {
			final, err = res, failed
		}
	})
	return final, err
}

// contact is our Contact towards a hop.
func (u *UA) contact(h hop) string { return u.contactAs(h, "bandeau") }

// contactAs is a Contact with a user part. In a registration that is the account: some carriers call the number
// they know, others the contact as it was registered.
func (u *UA) contactAs(h hop, user string) string {
	s := fmt.Sprintf("<sip:%s@%s:%d", escapeUser(user), hostText(u.public(h.local)), h.local.Port())
	if h.transport == "tcp" {
		s += ";transport=tcp"
	}
	return s + ">"
}
