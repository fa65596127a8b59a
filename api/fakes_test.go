package api_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/internal/clock"
)

// table keeps records of one kind in memory.
type table[T any] struct {
	mu    *sync.Mutex
	clock clock.Clock
	kind  string
	meta  func(*T) *directory.Meta
	names func(T) string
	rows  map[directory.ID]T
	inUse map[directory.ID][]string
	// beforeUpdate runs ahead of each update, to change the record in between.
	beforeUpdate func()
}

func newTable[T any](c clock.Clock, kind string, meta func(*T) *directory.Meta, names func(T) string) *table[T] {
	return &table[T]{
		mu: &sync.Mutex{}, clock: c, kind: kind, meta: meta, names: names,
		rows: map[directory.ID]T{}, inUse: map[directory.ID][]string{},
	}
}

func (t *table[T]) List(_ context.Context, centre directory.ID, page api.Page) ([]T, string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	offset := 0
	if page.Cursor != "" {
		n, err := strconv.Atoi(page.Cursor)
		if err != nil {
			return nil, "", api.ErrBadCursor
		}
		offset = n
	}
	var all []T
	for _, row := range t.rows {
		if t.meta(&row).Centre == centre && strings.Contains(strings.ToLower(t.names(row)), strings.ToLower(page.Search)) {
			all = append(all, row)
		}
	}
	slices.SortFunc(all, func(a, b T) int { return cmp.Compare(t.meta(&a).ID, t.meta(&b).ID) })
	all = all[min(offset, len(all)):]
	if len(all) > page.Limit {
		return all[:page.Limit], strconv.Itoa(offset + page.Limit), nil
	}
	return all, "", nil
}

func (t *table[T]) Get(_ context.Context, centre, id directory.ID) (T, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[id]
	if !ok || t.meta(&row).Centre != centre {
		var none T
		return none, fmt.Errorf("%s: %w", t.kind, api.ErrNotFound)
	}
	return row, nil
}

func (t *table[T]) Create(_ context.Context, row T) (T, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.meta(&row)
	if m.ID == "" {
		m.ID = directory.ID(fmt.Sprintf("%s-%03d", t.kind, len(t.rows)+1))
	}
	m.CreatedAt, m.UpdatedAt, m.Revision = t.clock.Now(), t.clock.Now(), 1
	t.rows[m.ID] = row
	return row, nil
}

func (t *table[T]) Update(_ context.Context, row T) (T, error) {
	if t.beforeUpdate != nil {
		t.beforeUpdate()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.meta(&row)
	stored, ok := t.rows[m.ID]
	if !ok {
		return row, api.ErrNotFound
	}
	if t.meta(&stored).Revision != m.Revision {
		return row, api.ErrStale
	}
	m.Revision++
	m.UpdatedAt = t.clock.Now()
	t.rows[m.ID] = row
	return row, nil
}

func (t *table[T]) Delete(_ context.Context, _, id directory.ID, revision int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[id]
	if !ok {
		return api.ErrNotFound
	}
	if revision != 0 && t.meta(&row).Revision != revision {
		return api.ErrStale
	}
	if users := t.inUse[id]; len(users) > 0 {
		return &api.InUseError{Users: users}
	}
	delete(t.rows, id)
	return nil
}

func (t *table[T]) all() []T {
	t.mu.Lock()
	defer t.mu.Unlock()
	rows := make([]T, 0, len(t.rows))
	for _, row := range t.rows {
		rows = append(rows, row)
	}
	return rows
}

// records is everything administered, in memory.
type records struct {
	clock      clock.Clock
	centres    *table[directory.Centre]
	operators  *operatorTable
	groups     *table[directory.Group]
	pauseTypes *table[directory.PauseType]
	numbers    *table[directory.Number]
	sounds     *table[directory.Sound]
	trunks     *trunkTable
	phones     *phoneTable
	users      *userTable
	tokens     *tokenTable
	mails      *table[directory.Mail]
	accounts   *accounts
	lookups    atomic.Int64 // reads of the whole centre
}

type operatorTable struct {
	*table[directory.Operator]
	accounts *accounts
	mailed   map[directory.ID]api.NewPassword
	imported [][]api.OperatorLine
}

func (t *operatorTable) Create(ctx context.Context, o directory.Operator, p api.NewPassword) (directory.Operator, error) {
	created, err := t.table.Create(ctx, o)
	t.give(created.ID, p)
	return created, err
}

func (t *operatorTable) give(id directory.ID, p api.NewPassword) {
	t.accounts.set(id, directory.Credential{Subject: id, Hash: p.Hash, MustChange: true, ExpiresAt: p.ExpiresAt})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mailed[id] = p
}

func (t *operatorTable) SendPassword(ctx context.Context, centre, id directory.ID, p api.NewPassword) (directory.Operator, error) {
	t.give(id, p)
	return t.Get(ctx, centre, id)
}

func (t *operatorTable) Import(ctx context.Context, _ directory.ID, lines []api.OperatorLine) error {
	t.imported = append(t.imported, lines)
	for _, line := range lines {
		var err error
		switch {
		case line.Same:
		case line.Record.ID == "":
			_, err = t.Create(ctx, line.Record, line.Password)
		default:
			_, err = t.Update(ctx, line.Record)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type userTable struct {
	*table[directory.User]
	accounts *accounts
	mailed   map[directory.ID]api.NewPassword
}

func (t *userTable) Create(ctx context.Context, u directory.User, p api.NewPassword) (directory.User, error) {
	created, err := t.table.Create(ctx, u)
	t.accounts.set(created.ID, directory.Credential{Subject: created.ID, Hash: p.Hash, MustChange: true, ExpiresAt: p.ExpiresAt})
	t.mailed[created.ID] = p
	return created, err
}

func (t *userTable) SendPassword(ctx context.Context, centre, id directory.ID, p api.NewPassword, _ []byte) (directory.User, error) {
	t.mailed[id] = p
	return t.Get(ctx, centre, id)
}

type phoneTable struct {
	*table[directory.Phone]
	secrets  map[directory.ID]directory.Secret
	contacts map[directory.ID][]api.Contact
}

func (t *phoneTable) Create(ctx context.Context, p directory.Phone, secret directory.Secret) (directory.Phone, error) {
	created, err := t.table.Create(ctx, p)
	t.secrets[created.ID] = secret
	return created, err
}

func (t *phoneTable) SetSecret(ctx context.Context, centre, id directory.ID, secret directory.Secret) (directory.Phone, error) {
	t.secrets[id] = secret
	return t.Get(ctx, centre, id)
}

func (t *phoneTable) Contacts(_ context.Context, _, id directory.ID) ([]api.Contact, error) {
	return t.contacts[id], nil
}

type trunkTable struct{ *table[directory.Trunk] }

func (t *trunkTable) State(context.Context, directory.ID, directory.ID) (api.TrunkState, error) {
	return api.TrunkSilent, nil
}

type tokenTable struct{ *table[directory.Token] }

func (t *tokenTable) ByHash(_ context.Context, hash []byte) (directory.Token, error) {
	for _, token := range t.all() {
		if string(token.Hash) == string(hash) {
			return token, nil
		}
	}
	return directory.Token{}, api.ErrNotFound
}

// accounts keeps credentials and web sessions.
type accounts struct {
	mu          sync.Mutex
	r           *records
	credentials map[directory.ID]directory.Credential
	sessions    map[string]directory.Session
}

func (a *accounts) set(id directory.ID, c directory.Credential) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.credentials[id] = c
}

func (a *accounts) ByLogin(_ context.Context, centre directory.ID, login string) (api.Subject, error) {
	for _, o := range a.r.operators.all() {
		if o.Centre == centre && strings.EqualFold(o.Login, login) {
			return a.ofOperator(o), nil
		}
	}
	for _, u := range a.r.users.all() {
		if u.Centre == centre && strings.EqualFold(u.Login, login) {
			return a.ofUser(u), nil
		}
	}
	return api.Subject{}, api.ErrNotFound
}

func (a *accounts) ofOperator(o directory.Operator) api.Subject {
	a.mu.Lock()
	defer a.mu.Unlock()
	return api.Subject{
		ID: o.ID, Centre: o.Centre, Login: o.Login, Name: o.FullName, Role: directory.RoleOperator,
		Enabled: o.Enabled, Credential: a.credentials[o.ID],
	}
}

func (a *accounts) ofUser(u directory.User) api.Subject {
	a.mu.Lock()
	defer a.mu.Unlock()
	return api.Subject{
		ID: u.ID, Centre: u.Centre, Login: u.Login, Name: u.Name, Role: u.Role, Enabled: true, Credential: a.credentials[u.ID],
	}
}

func (a *accounts) ByID(ctx context.Context, centre, id directory.ID, role directory.Role) (api.Subject, error) {
	if role == directory.RoleOperator {
		o, err := a.r.operators.Get(ctx, centre, id)
		return a.ofOperator(o), err
	}
	u, err := a.r.users.Get(ctx, centre, id)
	return a.ofUser(u), err
}

func (a *accounts) SetPassword(_ context.Context, s api.Subject, hash directory.Secret, keep []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.credentials[s.ID] = directory.Credential{Subject: s.ID, Hash: hash}
	for key, session := range a.sessions {
		if session.Subject == s.ID && key != string(keep) {
			delete(a.sessions, key)
		}
	}
	return nil
}

func (a *accounts) CreateSession(_ context.Context, s directory.Session) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions[string(s.Hash)] = s
	return nil
}

func (a *accounts) Session(_ context.Context, hash []byte) (directory.Session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.sessions[string(hash)]
	if !ok {
		return s, api.ErrNotFound
	}
	return s, nil
}

func (a *accounts) TouchSession(_ context.Context, hash []byte, at time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.sessions[string(hash)]
	s.LastRequestAt = at
	a.sessions[string(hash)] = s
	return nil
}

func (a *accounts) UnlockSession(_ context.Context, hash []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.sessions[string(hash)]
	s.MustChangePassword = false
	a.sessions[string(hash)] = s
	return nil
}

func (a *accounts) DeleteSession(_ context.Context, hash []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.sessions, string(hash))
	return nil
}

func (a *accounts) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.sessions)
}

func (r *records) Centres() api.Centres                       { return centres{r.centres} }
func (r *records) Operators() api.Operators                   { return r.operators }
func (r *records) Groups() api.Store[directory.Group]         { return r.groups }
func (r *records) PauseTypes() api.Store[directory.PauseType] { return r.pauseTypes }
func (r *records) Numbers() api.Store[directory.Number]       { return r.numbers }
func (r *records) Sounds() api.Sounds                         { return soundTable{r.sounds} }
func (r *records) Trunks() api.Trunks                         { return r.trunks }
func (r *records) Phones() api.Phones                         { return r.phones }
func (r *records) Users() api.Users                           { return r.users }
func (r *records) Tokens() api.Tokens                         { return r.tokens }
func (r *records) Outbox() api.Outbox                         { return r.mails }
func (r *records) Accounts() api.Accounts                     { return r.accounts }
func (r *records) Lookup(ctx context.Context, id directory.ID) (directory.Lookup, error) {
	r.lookups.Add(1)
	c, err := r.Centres().Get(ctx, id)
	return lookup{r: r, centre: c}, err
}

// soundTable takes a file of the letters "sound" and refuses any other.
type soundTable struct{ *table[directory.Sound] }

func (t soundTable) Create(ctx context.Context, name string, centre directory.ID, data []byte) (directory.Sound, error) {
	switch string(data) {
	case "noise":
		return directory.Sound{}, &api.SoundError{Reason: "cut off after 3.2 s of 10 s", Status: http.StatusUnprocessableEntity}
	case "full":
		return directory.Sound{}, &api.SoundError{Reason: "a centre has at most 200 sounds", Status: http.StatusConflict}
	case "sound":
		return t.table.Create(ctx, directory.Sound{
			Meta: directory.Meta{Centre: centre}, Name: name, Format: "mp3", Duration: 1500 * time.Millisecond, Bytes: 5,
		})
	}
	return directory.Sound{}, &api.SoundError{Reason: `not a WAV or MP3 file: it begins with "<svg"`, Status: http.StatusUnsupportedMediaType}
}

func (t soundTable) Open(ctx context.Context, centre, id directory.ID) (api.Recording, error) {
	_, err := t.Get(ctx, centre, id)
	return audioFile{strings.NewReader("sound")}, err
}

type audioFile struct{ *strings.Reader }

func (audioFile) Close() error       { return nil }
func (audioFile) ModTime() time.Time { return time.Unix(1, 0) }

type centres struct{ t *table[directory.Centre] }

func (c centres) Get(ctx context.Context, id directory.ID) (directory.Centre, error) {
	return c.t.Get(ctx, "", id)
}

func (c centres) All(context.Context) ([]directory.Centre, error) { return c.t.all(), nil }

func (c centres) Update(ctx context.Context, r directory.Centre) (directory.Centre, error) {
	return c.t.Update(ctx, r)
}

// lookup answers the rules' questions.
type lookup struct {
	r      *records
	centre directory.Centre
}

func (l lookup) Centre() directory.Centre { return l.centre }

func (l lookup) Owner(unique directory.Unique, value string) (directory.ID, bool) {
	for _, o := range l.r.operators.all() {
		if unique == directory.UniqueLogin && o.Login == value || unique == directory.UniqueEmail && o.Email == value ||
			unique == directory.UniqueNumber && o.DirectNumber == value {
			return o.ID, true
		}
	}
	for _, u := range l.r.users.all() {
		if unique == directory.UniqueLogin && u.Login == value {
			return u.ID, true
		}
	}
	for _, n := range l.r.numbers.all() {
		if unique == directory.UniqueNumber && n.Number == value {
			return n.ID, true
		}
	}
	for _, p := range l.r.phones.all() {
		if unique == directory.UniqueUsername && strings.ToLower(p.Username) == value ||
			unique == directory.UniqueExtension && p.Number == value {
			return p.ID, true
		}
	}
	for _, s := range l.r.sounds.all() {
		if unique == directory.UniqueSound && s.Name == value {
			return s.ID, true
		}
	}
	return "", false
}

func (l lookup) HasOperator(id directory.ID) bool {
	_, err := l.r.operators.Get(context.Background(), l.centre.ID, id)
	return err == nil
}

func (l lookup) Group(id directory.ID) (directory.Group, bool) {
	g, err := l.r.groups.Get(context.Background(), l.centre.ID, id)
	return g, err == nil
}

func (l lookup) Phone(account string) (directory.Phone, bool) {
	for _, p := range l.r.phones.all() {
		if string(p.ID) == account || p.Username == account {
			return p, true
		}
	}
	return directory.Phone{}, false
}

func (l lookup) Sound(id directory.ID) (directory.Sound, bool) {
	s, err := l.r.sounds.Get(context.Background(), l.centre.ID, id)
	return s, err == nil
}

func (l lookup) HasServiceNumber(number string) bool {
	return slices.ContainsFunc(l.r.numbers.all(), func(n directory.Number) bool { return n.Number == number })
}

func (l lookup) PauseTypes() []directory.PauseType { return l.r.pauseTypes.all() }
