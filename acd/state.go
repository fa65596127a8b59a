package acd

// State is the live state of one centre. The zero value is not usable; see
// [New] and [Restore]. It is not safe for concurrent use: one goroutine owns it.
type State struct {
	now Instant
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

// New returns the state of an empty centre whose chances follow seed.
func New(seed uint64) *State { return nil }

// Restore returns the state a checkpoint was taken of.
func Restore(c Checkpoint) *State { return nil }

// Step carries out a command at an instant and returns what happened and what
// the edges must do about it. An error is an [*Error]; the state is then
// unchanged. An instant before the last one is taken as the last one.
func (s *State) Step(now Instant, c Command) ([]Event, []Effect, error) { return nil, nil, nil }

// Apply folds one event. Folding a centre's events in order gives its state.
func (s *State) Apply(at Instant, e Event) {}

// Deadline returns when the next [Tick] is due.
func (s *State) Deadline() (Instant, bool) { return 0, false }

// Checkpoint returns the whole state, to be kept.
func (s *State) Checkpoint() Checkpoint { return Checkpoint{} }

// Hash returns a digest of the whole state: equal states have equal digests.
func (s *State) Hash() uint64 { return 0 }

// Operator returns an operator as the floor shows him.
func (s *State) Operator(id OperatorID) (OperatorView, bool) { return OperatorView{}, false }

// Group returns a group as the floor shows it.
func (s *State) Group(id GroupID) (GroupView, bool) { return GroupView{}, false }

// Call returns a live call, or one its operator still wraps up.
func (s *State) Call(id CallID) (CallView, bool) { return CallView{}, false }

// PauseType returns a pause type's configuration.
func (s *State) PauseType(id PauseTypeID) (PauseTypeConfig, bool) { return PauseTypeConfig{}, false }

// OperatorIDs returns the operators, in ascending order.
func (s *State) OperatorIDs() []OperatorID { return nil }

// GroupIDs returns the groups, in ascending order.
func (s *State) GroupIDs() []GroupID { return nil }

// CallIDs returns the calls, in ascending order.
func (s *State) CallIDs() []CallID { return nil }

// AccountOperator returns the logged-in operator whose calls ring on a Centrex
// phone.
func (s *State) AccountOperator(a AccountID) (OperatorID, bool) { return "", false }

// TakeChanges returns what changed since it was last called.
func (s *State) TakeChanges() Changes { return Changes{} }

// Explain says which members of a group would not be offered a call now, and
// why. An empty call asks about any call.
func (s *State) Explain(call CallID, group GroupID) []Skip { return nil }
