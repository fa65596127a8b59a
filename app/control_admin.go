package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bandeau/api"
	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/store"
)

// Admin is what the command line does to a store: directly where no server
// holds it, else through that server.
type Admin interface {
	// Centres lists the centres of the node.
	Centres(ctx context.Context, q CentresQuery) ([]CentreInfo, error)
	// AddCentre creates a centre with the pause types provided.
	AddCentre(ctx context.Context, q AddCentre) (CentreInfo, error)
	// AddUser creates a user, and mails a first password where it can.
	AddUser(ctx context.Context, q AddUser) (AddedUser, error)
	// SetPassword gives an operator or a user a password.
	SetPassword(ctx context.Context, q SetPassword) (SubjectInfo, error)
	// Export returns a centre's configuration as a YAML document.
	Export(ctx context.Context, q Export) (Exported, error)
	// Import brings a centre to a document, or says what it would do.
	Import(ctx context.Context, q Import) (Imported, error)
	// Replay takes a centre's recorded decisions again and compares them.
	Replay(ctx context.Context, q ReplayQuery) (ReplayResult, error)
	// Simulate says what a recorded day would have come to.
	Simulate(ctx context.Context, q SimulateQuery) (SimulateResult, error)
}

// CentresQuery asks for the centres.
type CentresQuery struct{}

// CentreInfo is a centre as the command line shows it.
type CentreInfo struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Language   string `json:"language"`
	TimeZone   string `json:"timeZone"`
	MainNumber string `json:"mainNumber"`
}

// AddCentre asks for a new centre.
type AddCentre struct {
	Name string `json:"name"`
}

// AddUser asks for a new user. Empty fields take the defaults of a user.
type AddUser struct {
	Centre   string `json:"centre"` // name; may be empty while there is one
	Login    string `json:"login"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Language string `json:"language"`
	Role     string `json:"role"`
	// Password is a first password; empty for one that is mailed.
	Password string `json:"password"`
}

// AddedUser is a new user.
type AddedUser struct {
	ID     string `json:"id"`
	Login  string `json:"login"`
	Centre string `json:"centre"`
	Role   string `json:"role"`
	// Mailed is true when a first password is on its way.
	Mailed bool `json:"mailed"`
}

// SetPassword asks for the password of an operator or a user.
type SetPassword struct {
	Centre   string `json:"centre"` // name; may be empty while there is one
	Login    string `json:"login"`
	Password string `json:"password"`
	// Final keeps the password: it need not be replaced and does not end.
	Final bool `json:"final"`
}

// SubjectInfo says whose password it is.
type SubjectInfo struct {
	Login    string `json:"login"`
	Centre   string `json:"centre"`
	Operator bool   `json:"operator"` // an operator, else a user
}

// Export asks for a centre's configuration.
type Export struct {
	Centre string `json:"centre"` // name; may be empty while there is one
}

// Exported is a centre's configuration.
type Exported struct {
	Document []byte `json:"document"`
}

// Import brings a document in.
type Import struct {
	// Centre is the name of the centre to change, whatever the document calls
	// its own; empty for the one the document names.
	Centre   string `json:"centre"`
	Document []byte `json:"document"`
	DryRun   bool   `json:"dryRun"`
	// Prune deletes what the document's sections leave out.
	Prune bool `json:"prune"`
}

// Imported is what an import did, or would do.
type Imported struct {
	Centre  string   `json:"centre"`
	Changes []Change `json:"changes"`
	Applied bool     `json:"applied"`
	// Phones are the passwords of new phones, shown once.
	Phones []PhoneSecret `json:"phones"`
	// Unmailed are the logins of new users without an e-mail address.
	Unmailed []string `json:"unmailed"`
	// Warnings are about what is accepted though it is hardly meant.
	Warnings []DocumentProblem `json:"warnings"`
}

// admin is the one implementation of Admin.
type admin struct {
	store   store.Store
	letters postbox
	clock   clock.Clock
	hash    hashFunc
	// changing lets a running node know before an import writes: calls in progress
	// keep what they began with.
	changing func(ctx context.Context) error
	// changed lets a running node know; it must not fail the command, whose
	// change is stored.
	changed func(ctx context.Context, centre directory.ID)
	// loggedOut lets it know that the sessions of a user have ended; nil where none
	// runs.
	loggedOut func(ctx context.Context, centre, user directory.ID)
}

var _ Admin = (*admin)(nil)

// Centres implements Admin.
func (a *admin) Centres(ctx context.Context, _ CentresQuery) ([]CentreInfo, error) {
	centres, err := a.store.Centres().List(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(centres, func(a, b directory.Centre) int { return strings.Compare(a.Name, b.Name) })
	return each(centres, centreInfo), nil
}

func centreInfo(c directory.Centre) CentreInfo {
	return CentreInfo{
		ID: string(c.ID), Name: c.Name, Language: string(c.Language), TimeZone: c.TimeZone, MainNumber: c.MainNumber,
	}
}

// AddCentre implements Admin.
func (a *admin) AddCentre(ctx context.Context, q AddCentre) (CentreInfo, error) {
	centre := directory.NewCentre(q.Name).Normalize(nil)
	if problems := centre.Validate(nil); len(problems) > 0 {
		return CentreInfo{}, directory.ProblemsError(problems)
	}
	err := a.store.Tx(ctx, func(tx store.Records) error {
		var err error
		centre, err = addCentre(ctx, tx, centre.Name, a.clock.Now().UTC())
		return err
	})
	if _, taken := errors.AsType[*store.ConflictError](err); taken {
		return CentreInfo{}, fmt.Errorf("a centre is already called %q", strings.TrimSpace(q.Name))
	}
	if err != nil {
		return CentreInfo{}, err
	}
	a.changed(ctx, centre.ID)
	return centreInfo(centre), nil
}

// AddUser implements Admin.
func (a *admin) AddUser(ctx context.Context, q AddUser) (AddedUser, error) {
	centre, err := a.centre(ctx, a.store, q.Centre)
	if err != nil {
		return AddedUser{}, err
	}
	user := directory.NewUser(centre)
	user.Login, user.Name, user.Email = q.Login, q.Name, q.Email
	if q.Role != "" {
		user.Role = directory.Role(q.Role)
	}
	if q.Language != "" {
		user.Language = directory.Language(q.Language)
	}
	now := a.clock.Now().UTC()
	password, err := newFirstPassword(ctx, a.hash, now)
	if q.Password != "" {
		if err = checkPassword(q.Login, q.Password); err != nil {
			return AddedUser{}, err
		}
		password.Hash, err = a.hash(ctx, q.Password)
	}
	if err != nil {
		return AddedUser{}, err
	}
	mailed := q.Password == "" && q.Email != ""
	err = a.store.Tx(ctx, func(tx store.Records) error {
		user.Meta = newMeta("", now)
		var problem error
		if user, problem = createUser(ctx, tx, centre, user, q.Password != ""); problem != nil {
			return problem
		}
		switch {
		case mailed:
			return mailFirstPassword(ctx, tx, a.letters, userRecipient(user), password, now)
		case q.Password != "":
			return tx.Credentials().Put(ctx, centre.ID, directory.NewFirstCredential(user.ID, password.Hash, now))
		}
		return nil
	})
	if err != nil {
		return AddedUser{}, err
	}
	if mailed {
		a.letters.wake()
	}
	return AddedUser{ID: string(user.ID), Login: user.Login, Centre: centre.Name, Role: string(user.Role), Mailed: mailed}, nil
}

// createUser stores a user that keeps the rules.
func createUser(ctx context.Context, tx store.Records, centre directory.Centre, user directory.User, hasPassword bool) (directory.User, error) {
	look, err := newLookup(ctx, tx, centre.ID)
	if err != nil {
		return user, err
	}
	user.Centre = centre.ID
	user = user.Normalize(look)
	if problems := user.Validate(look); len(problems) > 0 {
		return user, directory.ProblemsError(problems)
	}
	if hasPassword {
		user.PasswordState = directory.PasswordDelivered
	}
	return tx.Users().Create(ctx, user)
}

// SetPassword implements Admin. The sessions opened with the old password and
// the mails that still carry one end.
func (a *admin) SetPassword(ctx context.Context, q SetPassword) (SubjectInfo, error) {
	centre, err := a.centre(ctx, a.store, q.Centre)
	if err != nil {
		return SubjectInfo{}, err
	}
	login := strings.ToLower(strings.TrimSpace(q.Login))
	if err = checkPassword(login, q.Password); err != nil {
		return SubjectInfo{}, err
	}
	hash, err := a.hash(ctx, q.Password)
	if err != nil {
		return SubjectInfo{}, err
	}
	info := SubjectInfo{Login: login, Centre: centre.Name}
	var user directory.ID
	err = a.store.Tx(ctx, func(tx store.Records) error {
		found, missing := tx.Logins().Find(ctx, centre.ID, login)
		if errors.Is(missing, store.ErrNotFound) {
			return fmt.Errorf("no operator or user of centre %q has the login %q", centre.Name, login)
		}
		if missing != nil {
			return missing
		}
		info.Operator, user = found.Operator, found.Subject
		return replacePassword(ctx, tx, found, hash, q.Final, a.clock.Now().UTC())
	})
	if err == nil && !info.Operator && a.loggedOut != nil {
		a.loggedOut(ctx, centre.ID, user)
	}
	return info, err
}

// replacePassword stores a password somebody was given and ends what the one
// before opened.
func replacePassword(
	ctx context.Context, tx store.Records, of store.Login, hash directory.Secret, final bool, now time.Time,
) error {
	credential, state := directory.NewFirstCredential(of.Subject, hash, now), directory.PasswordDelivered
	if final {
		credential, state = directory.NewCredential(of.Subject, hash, now), directory.PasswordSet
	}
	if err := tx.Credentials().Put(ctx, of.Centre, credential); err != nil {
		return err
	}
	if err := tx.Outbox().Withdraw(ctx, of.Centre, of.Subject, now); err != nil {
		return err
	}
	if err := tx.Outbox().SetPasswordState(ctx, of.Centre, of.Subject, state); err != nil {
		return err
	}
	return tx.WebSessions().DeleteOf(ctx, of.Centre, of.Subject, nil)
}

// checkPassword refuses a password that breaks the rule.
func checkPassword(login, password string) error {
	if problems := directory.CheckNewPassword(login, "", password); len(problems) > 0 {
		return fmt.Errorf("the password %s", problems[0].Rule)
	}
	return nil
}

// Export implements Admin.
func (a *admin) Export(ctx context.Context, q Export) (Exported, error) {
	centre, err := a.centre(ctx, a.store, q.Centre)
	if err != nil {
		return Exported{}, err
	}
	document, err := exportCentre(ctx, a.store, centre)
	return Exported{document}, err
}

// centre finds a centre by name; while there is one it need not be named.
func (a *admin) centre(ctx context.Context, records store.Records, name string) (directory.Centre, error) {
	centres, err := records.Centres().List(ctx)
	if err != nil {
		return directory.Centre{}, err
	}
	if name == "" {
		switch len(centres) {
		case 0:
			return directory.Centre{}, errors.New("the store has no centre: start bandeau serve once")
		case 1:
			return centres[0], nil
		}
		return directory.Centre{}, Usagef("there are %d centres: name one with --centre", len(centres))
	}
	for _, c := range centres {
		if c.Name == name || string(c.ID) == name {
			return c, nil
		}
	}
	return directory.Centre{}, fmt.Errorf("no centre is called %q", name)
}

// errDryRun takes a transaction back that was only to show a plan.
var errDryRun = errors.New("dry run")

// Import implements Admin. A dry run does everything and takes it back, so that
// it meets what only the store can refuse.
func (a *admin) Import(ctx context.Context, q Import) (Imported, error) {
	read, err := readDocument(q.Document)
	if err != nil {
		return Imported{}, err
	}
	now := a.clock.Now().UTC()
	passwords, err := a.firstPasswords(ctx, read, q)
	if err != nil {
		return Imported{}, err
	}
	if !q.DryRun {
		if err = a.changing(ctx); err != nil {
			return Imported{}, err
		}
	}
	var out Imported
	var id directory.ID
	err = a.store.Tx(ctx, func(tx store.Records) error {
		p, problem := a.plan(ctx, tx, read, q)
		if problem != nil {
			return problem
		}
		im := &importer{tx: tx, now: now, letters: a.letters, hash: a.hash, passwords: passwords}
		out = Imported{Centre: p.name, Changes: p.changes(), Warnings: p.warnings}
		id = p.id
		if problem = im.apply(ctx, p); problem != nil {
			return problem
		}
		if q.DryRun {
			return errDryRun
		}
		out.Applied, out.Phones, out.Unmailed = true, im.secrets, im.unmailed
		return nil
	})
	switch {
	case errors.Is(err, errDryRun):
		return out, nil
	case err != nil:
		return Imported{}, err
	}
	if len(out.Changes) > 0 {
		a.changed(ctx, id)
		a.letters.wake()
	}
	return out, nil
}

// firstPasswords makes the passwords of the operators and users a document
// brings, before the store is locked: each takes tens of milliseconds. A dry
// run needs none that anybody will see.
func (a *admin) firstPasswords(ctx context.Context, read *reader, q Import) (map[string]api.NewPassword, error) {
	p, err := a.plan(ctx, a.store, read, q)
	if err != nil {
		return nil, err
	}
	var logins []string
	for _, o := range p.operators.create {
		logins = append(logins, o.Login)
	}
	for _, u := range p.users.create {
		if u.Email != "" {
			logins = append(logins, u.Login)
		}
	}
	passwords := make(map[string]api.NewPassword, len(logins))
	var last api.NewPassword
	for _, login := range logins {
		if last.Plain == "" || !q.DryRun {
			if last, err = newFirstPassword(ctx, a.hash, a.clock.Now().UTC()); err != nil {
				return nil, err
			}
		}
		passwords[login] = last
	}
	return passwords, nil
}

// plan compares a document with the centre it is for.
func (a *admin) plan(ctx context.Context, records store.Records, read *reader, q Import) (*plan, error) {
	centre, opts, err := a.target(ctx, records, read, q)
	if err != nil {
		return nil, err
	}
	current := snapshot{centre: centre}
	if !opts.createCentre {
		if current, err = readSnapshot(ctx, records, centre); err != nil {
			return nil, err
		}
	}
	p, err := makePlan(ctx, records, current, read, opts)
	if err != nil {
		return nil, err
	}
	p.id, p.name = centre.ID, centre.Name
	return p, nil
}

// target finds the centre a document is for: the one asked for, else the one it
// names, which an empty store is given.
func (a *admin) target(ctx context.Context, records store.Records, read *reader, q Import) (directory.Centre, planOptions, error) {
	opts := planOptions{prune: q.Prune, keepName: q.Centre != ""}
	if opts.keepName {
		centre, err := a.centre(ctx, records, q.Centre)
		return centre, opts, err
	}
	centres, err := records.Centres().List(ctx)
	if err != nil {
		return directory.Centre{}, opts, err
	}
	name := read.centreName()
	at := slices.IndexFunc(centres, func(c directory.Centre) bool { return c.Name == name })
	switch {
	case name == "":
		return directory.Centre{}, opts, read.refusedAlone("centre.name", "is missing: name the centre here or with --centre")
	case at >= 0:
		return centres[at], opts, nil
	case len(centres) > 0:
		return directory.Centre{}, opts, read.refusedAlone("centre.name",
			"no centre is called %q: add it with bandeau centre add, or choose one with --centre", name)
	}
	opts.createCentre = true
	centre := directory.NewCentre(name)
	centre.ID = directory.ID(newID())
	return centre, opts, nil
}
