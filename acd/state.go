package acd

import (
	"cmp"
	"slices"
)

// State is the live state of one centre. The zero value is not usable; see
// [New] and [Restore]. It is not safe for concurrent use: one goroutine owns it.
//
// What is kept of operators, groups and calls stands in their checkpoint
// structures; beside them are indexes, which [State.Apply] keeps in step.
type State struct {
	now      Instant // of the last event
	seed     uint64
	offers   uint64
	arrivals uint64
	rules    int

	centre     CentreConfig
	days       DaysCheckpoint
	pauseTypes map[PauseTypeID]PauseTypeConfig
	operators  registry[OperatorID, operator]
	groups     registry[GroupID, group]
	accounts   map[AccountID]*AccountCheckpoint
	calls      registry[CallID, call]
	unstored   map[CallID]bool
	// observed is where each supervisor listens.
	observed map[UserID]CallID

	// memberships are the places in groups of each operator, in the order of the
	// groups' ids, also of operators not known yet.
	memberships map[OperatorID][]*member
	// ready are the groups where a call waits and an operator is eligible, the
	// one whose call comes first on top. Between steps it is empty.
	ready indexed[*group]
	// timers hold each operator and each call that has a deadline, once.
	timers   indexed[*timer]
	dayTimer *timer
	// emptied are groups that may have just lost their last logged-in member;
	// only for the step going on.
	emptied []*group

	// room is where choices are made, kept so that a decision allocates nothing.
	room [atOnce]choice

	changed changed
}

type operator struct {
	OperatorCheckpoint

	timer *timer
	dirty bool
}

type group struct {
	GroupCheckpoint

	members  []*member     // in member order
	eligible order[member] // in the order of the strategy
	waiting  order[call]
	queued   order[call] // waiting, and ringing ones as well
	count    [categories]int
	passed   [skipReasons]int // members by why they are not eligible; 0: they are
	recorded int              // members who are recorded (OP-11)
	informed int              // waiting calls whose callers hear the notice
	head     *call            // the first waiting call, while the group is ready
	timer    *timer
	ready    int // place in State.ready
	dirty    bool
}

// member is an operator's place in a group.
type member struct {
	id        OperatorID
	group     *group
	op        *operator // nil while the record is not known
	order     int
	level     int
	suspended bool
	listed    bool       // in group.eligible
	reason    SkipReason // why he is not
	records   bool
	category  category
	rank      links[member]
}

// category is how a member counts on the group's board.
type category uint8

const (
	absent category = iota
	available
	inCall
	wrappingUp
	pausing
	unavailable // logged in and idle, but suspended in this group
	categories
)

type call struct {
	CallCheckpoint

	waiting links[call] // places in the orders of its group
	queued  links[call]
	informs bool // counted in group.informed
	// attached are the operators whose call it is, ascending: who is offered it,
	// talks, is consulted, or wraps his part up.
	attached []OperatorID
	alone    [1]OperatorID // room for attached, which is mostly one
	timer    *timer
	dirty    bool
	gone     bool
}

// Changes lists what changed since [State.TakeChanges] was last called, each
// list in ascending order.
type Changes struct {
	Operators        []OperatorID
	Groups           []GroupID
	Calls            []CallID
	RemovedOperators []OperatorID
	RemovedGroups    []GroupID
	RemovedCalls     []CallID
}

type changed struct {
	operators        []*operator
	groups           []*group
	calls            []*call
	removedOperators []OperatorID
	removedGroups    []GroupID
	removedCalls     []CallID
}

// New returns the state of an empty centre whose chances follow seed.
func New(seed uint64) *State {
	return &State{
		seed:        seed,
		dayTimer:    newTimer(timer{kind: timerDay}),
		pauseTypes:  map[PauseTypeID]PauseTypeConfig{},
		operators:   newRegistry[OperatorID, operator](),
		groups:      newRegistry[GroupID, group](),
		accounts:    map[AccountID]*AccountCheckpoint{},
		calls:       newRegistry[CallID, call](),
		unstored:    map[CallID]bool{},
		observed:    map[UserID]CallID{},
		memberships: map[OperatorID][]*member{},
		ready:       indexed[*group]{less: comesFirst, place: func(g *group) *int { return &g.ready }},
		timers:      indexed[*timer]{less: (*timer).before, place: func(t *timer) *int { return &t.place }},
	}
}

func newGroup(id GroupID) *group {
	return &group{
		GroupCheckpoint: GroupCheckpoint{Config: GroupConfig{ID: id}},
		eligible:        order[member]{less: Fixed.ranking(), links: func(m *member) *links[member] { return &m.rank }},
		waiting:         order[call]{less: earlier, links: func(c *call) *links[call] { return &c.waiting }},
		queued:          order[call]{less: earlier, links: func(c *call) *links[call] { return &c.queued }},
		timer:           newTimer(timer{kind: timerHours, group: id}),
		ready:           -1,
	}
}

// Now returns the instant of the last event; time never goes back behind it.
func (s *State) Now() Instant { return s.now }

// TakeChanges returns what changed since it was last called.
func (s *State) TakeChanges() Changes {
	c := Changes{
		RemovedOperators: ascending(s.changed.removedOperators),
		RemovedGroups:    ascending(s.changed.removedGroups),
		RemovedCalls:     ascending(s.changed.removedCalls),
	}
	for _, o := range s.changed.operators {
		o.dirty = false
		if s.operators.get(o.Config.ID) == o {
			c.Operators = append(c.Operators, o.Config.ID)
		}
	}
	for _, g := range s.changed.groups {
		g.dirty = false
		if s.groups.get(g.Config.ID) == g {
			c.Groups = append(c.Groups, g.Config.ID)
		}
	}
	for _, call := range s.changed.calls {
		call.dirty = false
		if !call.gone {
			c.Calls = append(c.Calls, call.ID)
		}
	}
	c.Operators, c.Groups, c.Calls = ascending(c.Operators), ascending(c.Groups), ascending(c.Calls)
	s.changed = changed{operators: emptied(s.changed.operators), groups: emptied(s.changed.groups), calls: emptied(s.changed.calls)}
	return c
}

// emptied returns a list without its items, and keeps its room.
func emptied[T any](list []*T) []*T {
	clear(list)
	return list[:0]
}

func ascending[T cmp.Ordered](ids []T) []T {
	slices.Sort(ids)
	return ids
}

func (s *State) touchOperator(o *operator) {
	if !o.dirty {
		o.dirty = true
		s.changed.operators = append(s.changed.operators, o)
	}
}

func (s *State) touchGroup(g *group) {
	if !g.dirty {
		g.dirty = true
		s.changed.groups = append(s.changed.groups, g)
	}
}

func (s *State) touchCall(c *call) {
	if !c.dirty {
		c.dirty = true
		s.changed.calls = append(s.changed.calls, c)
	}
}

// OperatorIDs returns the operators, in ascending order.
func (s *State) OperatorIDs() []OperatorID { return s.operators.ids() }

// GroupIDs returns the groups, in ascending order.
func (s *State) GroupIDs() []GroupID { return s.groups.ids() }

// CallIDs returns the calls, in ascending order.
func (s *State) CallIDs() []CallID { return s.calls.ids() }

// PauseType returns a pause type's configuration.
func (s *State) PauseType(id PauseTypeID) (PauseTypeConfig, bool) {
	p, ok := s.pauseTypes[id]
	return p, ok
}

// AccountOperator returns the logged-in operator whose calls ring on a Centrex
// phone.
func (s *State) AccountOperator(a AccountID) (OperatorID, bool) {
	if acc := s.accounts[a]; acc != nil && len(acc.Operators) > 0 {
		return acc.Operators[0], true
	}
	return "", false
}
