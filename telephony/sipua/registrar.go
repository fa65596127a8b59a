package sipua

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// registrar keeps accounts and their bindings (RFC 3261 §10).
type registrar struct {
	u *UA

	mu       sync.Mutex
	known    bool // SetAccounts was called
	byUser   map[string]*Account
	byID     map[string]*Account
	bindings map[string][]*Binding  // by account id
	sources  map[netip.AddrPort]int // bindings at an address

	reach *reach

	storeMu   sync.Mutex
	storeWork []func(context.Context) error
	storeWake chan struct{}
}

func newRegistrar(u *UA) *registrar {
	return &registrar{
		u: u, byUser: map[string]*Account{}, byID: map[string]*Account{}, bindings: map[string][]*Binding{},
		sources: map[netip.AddrPort]int{}, storeWake: make(chan struct{}, 1), reach: newReach(),
	}
}

// setAccounts replaces the accounts; those that are gone, disabled or have moved to another centre lose their bindings.
func (r *registrar) setAccounts(list []Account) {
	r.mu.Lock()
	before := r.byID
	r.known = true
	r.byUser, r.byID = make(map[string]*Account, len(list)), make(map[string]*Account, len(list))
	for i := range list {
		a := list[i]
		if a.Enabled {
			r.byUser[a.Username], r.byID[a.ID] = &a, &a
		}
	}
	bound := slices.Collect(maps.Keys(r.bindings)) // stored ones may have been waiting for their accounts
	for id, bs := range r.bindings {
		now, was := r.byID[id], before[id]
		if now != nil && (was == nil || was.Centre == now.Centre && was.Username == now.Username) {
			continue
		}
		for _, b := range bs {
			r.unbind(b)
		}
		delete(r.bindings, id)
	}
	r.mu.Unlock()
	r.reach.note(bound...)
}

// account returns the account of a user name, nil if there is none to be told from a missing one.
func (r *registrar) account(user string) *Account {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byUser[user]
}

func (r *registrar) accountByID(id string) *Account {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id]
}

// ha1 returns the secret of an account for an algorithm.
func (a *Account) ha1(alg Algorithm, realm string) string {
	if a == nil {
		return ""
	}
	if h := a.HA1[alg]; h != "" {
		return strings.ToLower(h)
	}
	if a.Password == "" {
		return ""
	}
	return HA1(alg, a.Username, realm, a.Password)
}

// bound reports whether some contact is registered from an address and port.
func (r *registrar) bound(source netip.AddrPort) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sources[source] > 0
}

// boundTo reports whether an account has a contact at an IP address.
func (r *registrar) boundTo(account string, ip netip.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.bindings[account], func(b *Binding) bool { return b.Source.Addr() == ip })
}

func (r *registrar) contacts(account string) []Contact {
	now := r.u.now()
	r.mu.Lock()
	bs := slices.Clone(r.bindings[account])
	r.mu.Unlock()
	slices.SortStableFunc(bs, func(a, b *Binding) int {
		if a.Q != b.Q {
			return b.Q - a.Q
		}
		return b.Updated.Compare(a.Updated)
	})
	out := make([]Contact, 0, len(bs))
	for _, b := range bs {
		if b.Expires.After(now) {
			out = append(out, Contact{
				URI: b.Contact, Source: b.Source, Local: b.Local, Transport: b.Transport,
				Expires: b.Expires, UserAgent: b.UserAgent, AllowTalk: b.AllowTalk,
			})
		}
	}
	return out
}

// register carries out an authenticated REGISTER and returns its answer (RFC 3261 §10.3).
func (r *registrar) register(m *message, a *Account) *message {
	now := r.u.now()
	if p := party(m.get("To")); p.User != a.Username {
		return m.respond(403, token(8))
	}
	contacts := m.all("Contact")
	header, headerOK := parseExpires(m.get("Expires"))
	if len(contacts) == 1 && contacts[0] == "*" {
		if !headerOK || header != 0 {
			return m.respond(400, token(8))
		}
	} else if slices.Contains(contacts, "*") || len(contacts) > r.u.limits.Contacts {
		return m.respond(400, token(8))
	}
	wanted, status := r.requested(contacts, header, headerOK)
	switch status {
	case 0:
	case 423:
		return m.respond(423, token(8), Header{"Min-Expires", strconv.Itoa(int(r.u.limits.MinExpires / time.Second))})
	default:
		return m.respond(status, token(8))
	}
	if !r.apply(now, m, a, wanted, len(contacts) == 1 && contacts[0] == "*") {
		return m.respond(500, token(8))
	}
	if len(contacts) > 0 {
		r.reach.note(a.ID)
	}
	extra := []Header{{"Date", now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}}
	for _, c := range r.contacts(a.ID) {
		left := int((c.Expires.Sub(now) + time.Second - 1) / time.Second)
		extra = append(extra, Header{"Contact", "<" + c.URI + ">;expires=" + strconv.Itoa(left)})
	}
	return m.respond(200, token(8), extra...)
}

// wish is what one Contact of a REGISTER asks for.
type wish struct {
	uri     string
	q       int
	expires time.Duration
}

func (r *registrar) requested(contacts []string, header time.Duration, headerOK bool) ([]wish, int) {
	var out []wish
	for _, c := range contacts {
		if c == "*" {
			continue
		}
		a, err := parseNameAddr(c)
		if err != nil {
			return nil, 400
		}
		u, err := parseURI(a.uri)
		if err != nil || u.scheme != "sip" && u.scheme != "sips" || u.headers != "" || len(a.uri) > 512 {
			return nil, 400
		}
		w := wish{uri: a.uri, q: 1000, expires: r.u.limits.MaxExpires}
		if v, has := a.params.get("expires"); has {
			if e, ok := parseExpires(v); ok {
				w.expires = e
			}
		} else if headerOK {
			w.expires = header
		}
		if v, has := a.params.get("q"); has {
			if q, err := strconv.ParseFloat(v, 64); err == nil && q >= 0 && q <= 1 {
				w.q = int(q * 1000)
			}
		}
		if w.expires > 0 && w.expires < r.u.limits.MinExpires {
			return nil, 423
		}
		w.expires = min(w.expires, r.u.limits.MaxExpires)
		out = append(out, w)
	}
	return out, 0
}

func parseExpires(v string) (time.Duration, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 32)
	return time.Duration(n) * time.Second, err == nil
}

// apply changes the bindings, all or none: a REGISTER that is older than what a binding has seen from the same
// Call-ID is refused as a whole (RFC 3261 §10.3 step 7).
func (r *registrar) apply(now time.Time, m *message, a *Account, wishes []wish, all bool) bool {
	cseq, _ := m.cseq()
	callID := m.callID()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID[a.ID] == nil {
		return false // removed meanwhile
	}
	bs := r.bindings[a.ID]
	old := func(b *Binding) bool { return b.CallID == callID && cseq <= b.CSeq }
	for _, b := range bs {
		touched := all || slices.ContainsFunc(wishes, func(w wish) bool { return w.uri == b.Contact })
		if touched && old(b) {
			return false
		}
	}
	if all {
		for _, b := range bs {
			r.unbind(b)
		}
		delete(r.bindings, a.ID)
		return true
	}
	for _, w := range wishes {
		if i := slices.IndexFunc(bs, func(b *Binding) bool { return b.Contact == w.uri }); i >= 0 {
			r.unbind(bs[i])
			bs = slices.Delete(bs, i, i+1)
		}
		if w.expires == 0 {
			continue
		}
		if len(bs) >= r.u.limits.Contacts {
			oldest := 0
			for i, b := range bs {
				if b.Updated.Before(bs[oldest].Updated) {
					oldest = i
				}
			}
			r.unbind(bs[oldest])
			bs = slices.Delete(bs, oldest, oldest+1)
		}
		b := &Binding{
			Account: a.ID, Contact: w.uri, Source: m.source, Local: m.local, Transport: m.transport, CallID: callID,
			CSeq: cseq, Q: w.q, Expires: now.Add(w.expires), Updated: now, UserAgent: m.get("User-Agent"),
			AllowTalk: m.hasToken("Allow-Events", "talk"),
		}
		bs = append(bs, b)
		r.sources[b.Source]++
		if b.Transport == "udp" {
			saved := *b
			r.store(func(ctx context.Context) error { return r.u.cfg.Bindings.Save(ctx, saved) })
		}
	}
	if len(bs) == 0 {
		delete(r.bindings, a.ID)
	} else {
		r.bindings[a.ID] = bs
	}
	return true
}

// unbind undoes what a binding holds besides its place in the list. r.mu is held.
func (r *registrar) unbind(b *Binding) {
	if r.sources[b.Source]--; r.sources[b.Source] <= 0 {
		delete(r.sources, b.Source)
	}
	if b.Transport == "udp" {
		account, contact := b.Account, b.Contact
		r.store(func(ctx context.Context) error { return r.u.cfg.Bindings.Delete(ctx, account, contact) })
	}
}

// removeIf removes the bindings for which f is true.
func (r *registrar) removeIf(f func(*Binding) bool) {
	var changed []string
	r.mu.Lock()
	for id, bs := range r.bindings {
		left := slices.DeleteFunc(slices.Clone(bs), func(b *Binding) bool {
			if !f(b) {
				return false
			}
			r.unbind(b)
			return true
		})
		if len(left) == len(bs) {
			continue
		}
		changed = append(changed, id)
		if len(left) == 0 {
			delete(r.bindings, id)
		} else {
			r.bindings[id] = left
		}
	}
	r.mu.Unlock()
	r.reach.note(changed...)
}

func (r *registrar) connectionGone(source netip.AddrPort) {
	r.removeIf(func(b *Binding) bool { return b.Transport == "tcp" && b.Source == source })
}

func (r *registrar) expire(now time.Time) {
	r.removeIf(func(b *Binding) bool { return !b.Expires.After(now) })
}

// load takes over the stored bindings that are still valid.
func (r *registrar) load(ctx context.Context) error {
	if r.u.cfg.Bindings == nil {
		return nil
	}
	list, err := r.u.cfg.Bindings.Load(ctx)
	if err != nil {
		return err
	}
	now := r.u.now()
	var loaded []string
	r.mu.Lock()
	for i := range list {
		b := list[i]
		a := r.byID[b.Account]
		if !b.Expires.After(now) || r.known && a == nil || b.Transport != "udp" || !b.Source.IsValid() {
			r.store(func(ctx context.Context) error { return r.u.cfg.Bindings.Delete(ctx, b.Account, b.Contact) })
			continue
		}
		if slices.ContainsFunc(r.bindings[b.Account], func(x *Binding) bool { return x.Contact == b.Contact }) {
			continue
		}
		r.bindings[b.Account] = append(r.bindings[b.Account], &b)
		r.sources[b.Source]++
		loaded = append(loaded, b.Account)
	}
	r.mu.Unlock()
	r.reach.note(loaded...)
	return nil
}

// store queues work for the store's goroutine, so that no SIP message waits for a disk.
func (r *registrar) store(work func(context.Context) error) {
	if r.u.cfg.Bindings == nil {
		return
	}
	r.storeMu.Lock()
	r.storeWork = append(r.storeWork, work)
	r.storeMu.Unlock()
	select {
	case r.storeWake <- struct{}{}:
	default:
	}
}

// runStore does the queued work until ctx ends, then what is left of it.
func (r *registrar) runStore(ctx context.Context) {
	for {
		select {
		case <-r.storeWake:
			r.drainStore(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			r.drainStore(last)
			cancel()
			return
		}
	}
}

func (r *registrar) drainStore(ctx context.Context) {
	for {
		r.storeMu.Lock()
		work := r.storeWork
		r.storeWork = nil
		r.storeMu.Unlock()
		if len(work) == 0 {
			return
		}
		for _, w := range work {
			if err := w(ctx); err != nil {
				r.u.log.WarnContext(ctx, "sip binding not stored", "error", err)
			}
		}
	}
}
