package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/engine"
	"bandeau/internal/clock"
	"bandeau/store"
	"bandeau/telephony/sipua"
)

// centreRecords is what a centre's administration says at one moment.
type centreRecords struct {
	centre     directory.Centre
	zone       *time.Location
	operators  []directory.Operator
	groups     []directory.Group
	pauseTypes []directory.PauseType
	numbers    []directory.Number
	phones     []directory.Phone
	trunks     []directory.Trunk
}

// publisher brings stored records to those who act on them: the cores, call
// control and the SIP user agent. It always works from the store and sends only
// what has changed since it last did, so publishing too often is harmless.
type publisher struct {
	store  store.Store
	clock  clock.Clock
	log    *slog.Logger
	roster *roster
	engine func(centre string) (*engine.Engine, bool)
	// figures are told the time zone, with which their day changes.
	figures func(centre string) *figures
	ua      *sipua.UA

	mu      sync.Mutex
	records map[directory.ID]centreRecords
	sent    map[directory.ID]*sentConfig
}

// sentConfig is the configuration a core was last given.
type sentConfig struct {
	centre     *acd.CentreConfig
	operators  map[acd.OperatorID]sentOperator
	groups     map[acd.GroupID]acd.GroupConfig
	pauseTypes map[acd.PauseTypeID]acd.PauseTypeConfig
	calendar   sentCalendar
}

// sentOperator remembers the daily logout as it is written, since the instant it
// comes to moves with the clock.
type sentOperator struct {
	config   acd.OperatorConfig
	logoutAt string
	zone     string
}

func newPublisher(s store.Store, c clock.Clock, log *slog.Logger, r *roster) *publisher {
	return &publisher{
		store: s, clock: c, log: log, roster: r,
		records: make(map[directory.ID]centreRecords), sent: make(map[directory.ID]*sentConfig),
	}
}

// publishAll publishes every centre.
func (p *publisher) publishAll(ctx context.Context) error {
	centres, err := p.store.Centres().List(ctx)
	if err != nil {
		return fmt.Errorf("read centres: %w", err)
	}
	for _, c := range centres {
		if err := p.publish(ctx, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// publish brings one centre's records to their users.
func (p *publisher) publish(ctx context.Context, centre directory.ID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := readCentre(ctx, p.store, centre)
	if err != nil {
		return err
	}
	p.records[centre] = r
	if err := p.configure(ctx, r); err != nil {
		return err
	}
	all := make([]centreRecords, 0, len(p.records))
	for _, c := range p.records {
		all = append(all, c)
	}
	p.roster.current.Store(newPicture(all))
	return p.configureSIP(ctx)
}

func readCentre(ctx context.Context, s store.Records, id directory.ID) (centreRecords, error) {
	var r centreRecords
	var err error
	if r.centre, err = s.Centres().Get(ctx, id); err != nil {
		return r, fmt.Errorf("read centre: %w", err)
	}
	if r.zone, err = time.LoadLocation(r.centre.TimeZone); err != nil {
		return r, fmt.Errorf("centre %s: %w", r.centre.Name, err)
	}
	err = errors.Join(
		loadAll(ctx, s.Operators(), id, &r.operators),
		loadAll(ctx, s.Groups(), id, &r.groups),
		loadAll(ctx, s.PauseTypes(), id, &r.pauseTypes),
		loadAll[directory.Number](ctx, s.Numbers(), id, &r.numbers),
		loadAll[directory.Phone](ctx, s.Phones(), id, &r.phones),
		loadAll[directory.Trunk](ctx, s.Trunks(), id, &r.trunks),
	)
	return r, err
}

// configure tells the core what is new. Groups come after the operators they
// name, and go before them.
func (p *publisher) configure(ctx context.Context, r centreRecords) error {
	e, ok := p.engine(string(r.centre.ID))
	if !ok {
		return nil
	}
	p.figures(string(r.centre.ID)).setZone(r.zone)
	sent := p.sent[r.centre.ID]
	if sent == nil {
		sent = newSentConfig(e.Snapshot())
		p.sent[r.centre.ID] = sent
	}
	for _, command := range sent.difference(r, p.clock.Now()) {
		if err := e.Do(ctx, command); err != nil {
			return fmt.Errorf("configure %T: %w", command, err)
		}
	}
	return nil
}

// newSentConfig knows nothing but what the recovered core holds, so that records
// removed meanwhile are removed there.
func newSentConfig(rows engine.Rows) *sentConfig {
	sent := &sentConfig{
		operators:  make(map[acd.OperatorID]sentOperator),
		groups:     make(map[acd.GroupID]acd.GroupConfig),
		pauseTypes: make(map[acd.PauseTypeID]acd.PauseTypeConfig),
	}
	for _, o := range rows.Operators {
		sent.operators[o.ID] = sentOperator{}
	}
	for _, g := range rows.Groups {
		sent.groups[g.ID] = acd.GroupConfig{}
	}
	return sent
}

// difference returns the commands that bring the core to the records, and takes
// them as sent.
func (s *sentConfig) difference(r centreRecords, now time.Time) []acd.Command {
	var commands []acd.Command
	centre := acd.CentreConfig{
		MainNumber: r.centre.MainNumber, Language: string(r.centre.Language), Notice: r.centre.RecordingNotice,
	}
	if s.centre == nil || *s.centre != centre {
		s.centre = &centre
		commands = append(commands, acd.ConfigureCentre{Config: centre})
	}
	pauseTypes := make(map[acd.PauseTypeID]bool)
	for _, pt := range r.pauseTypes {
		c := pauseTypeConfig(pt)
		pauseTypes[c.ID] = true
		if old, ok := s.pauseTypes[c.ID]; !ok || !reflect.DeepEqual(old, c) {
			s.pauseTypes[c.ID] = c
			commands = append(commands, acd.ConfigurePauseType{Config: c})
		}
	}
	operators := make(map[acd.OperatorID]bool)
	for _, o := range r.operators {
		next := sentOperator{operatorConfig(o, r.centre), o.LogoutAt, r.centre.TimeZone}
		operators[next.config.ID] = true
		if old, ok := s.operators[next.config.ID]; !ok || !reflect.DeepEqual(old, next) {
			s.operators[next.config.ID] = next
			commands = append(commands, acd.ConfigureOperator{
				Config: next.config, LogoutAt: nextLogout(o, r.zone, now),
			})
		}
	}
	groups := make(map[acd.GroupID]bool)
	for _, g := range r.groups {
		c := groupConfig(g)
		groups[c.ID] = true
		if old, ok := s.groups[c.ID]; !ok || !reflect.DeepEqual(old, c) {
			s.groups[c.ID] = c
			commands = append(commands, acd.ConfigureGroup{Config: c})
		}
	}
	commands = append(commands, s.calendar.difference(r, now)...)
	return append(commands, s.removals(pauseTypes, operators, groups)...)
}

func (s *sentConfig) removals(
	pauseTypes map[acd.PauseTypeID]bool, operators map[acd.OperatorID]bool, groups map[acd.GroupID]bool,
) []acd.Command {
	var commands []acd.Command
	for _, id := range sortedKeys(s.groups) {
		if !groups[id] {
			delete(s.groups, id)
			commands = append(commands, acd.RemoveGroup{Group: id})
		}
	}
	for _, id := range sortedKeys(s.operators) {
		if !operators[id] {
			delete(s.operators, id)
			commands = append(commands, acd.RemoveOperator{Operator: id})
		}
	}
	for _, id := range sortedKeys(s.pauseTypes) {
		if !pauseTypes[id] {
			delete(s.pauseTypes, id)
			commands = append(commands, acd.RemovePauseType{PauseType: id})
		}
	}
	return commands
}

// configureSIP gives the user agent every account and trunk of the node.
func (p *publisher) configureSIP(ctx context.Context) error {
	if p.ua == nil {
		return nil
	}
	phones, err := p.store.Phones().Accounts(ctx)
	if err != nil {
		return fmt.Errorf("read phones: %w", err)
	}
	var accounts []sipua.Account
	for _, phone := range phones {
		accounts = append(accounts, sipua.Account{
			Centre: string(phone.Phone.Centre), ID: string(phone.Phone.ID),
			Username: phone.Phone.Username, Password: phone.Password.Reveal(),
			Enabled: phone.Password != "",
		})
	}
	records, err := p.store.Trunks().All(ctx)
	if err != nil {
		return fmt.Errorf("read trunks: %w", err)
	}
	var trunks []sipua.Trunk
	for _, record := range records {
		trunk, err := sipTrunk(record)
		if err != nil {
			p.log.ErrorContext(ctx, "trunk left out", "trunk", record.Name, "error", err)
			continue
		}
		trunks = append(trunks, trunk)
	}
	p.ua.SetAccounts(accounts)
	p.ua.SetTrunks(trunks) //nolint:contextcheck // keepalives live as long as the user agent
	return nil
}
