package acd

// RulesVersion is the version of the rules by which offers are made. It grows
// whenever the same state could lead to another offer than before, so that
// decisions of older programs are not held to rules they did not know.
const RulesVersion = 1

// RulesSet says which version of the rules holds from now on.
type RulesSet struct{ Version int }

func (RulesSet) event() {}

func (e RulesSet) fold(s *State, _ Instant) { s.rules = e.Version }

// Rules returns the version of the rules the latest decisions were made by, 0 of
// decisions made before rules were numbered.
func (s *State) Rules() int { return s.rules }

// setRules notes that this program's rules hold.
func (t *step) setRules() {
	if t.s.rules != RulesVersion {
		t.emit(RulesSet{Version: RulesVersion})
	}
}

// Overflows says whether a call leaves its group for a cause, in this state and
// at an instant: what the dispatcher goes by, to be asked again of a recorded
// decision, just before its Dequeued is folded.
func (s *State) Overflows(id CallID, cause string, at Instant) bool {
	c := s.calls.get(id)
	if c == nil || s.groups.get(c.Queue) == nil {
		return false
	}
	g := s.groups.get(c.Queue)
	switch cause {
	case "max_wait":
		return c.waited(at)
	case "nobody", "closed":
		return g.away() == cause || c.QueuedAt == at && g.enter() == cause
	case "full":
		return c.QueuedAt == at && g.full(c)
	case "too_many_overflows":
		return c.Overflows >= maxOverflows
	case "group_removed": // a command, and no rule
		return true
	}
	return false
}
