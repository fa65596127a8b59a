package acd

// Position returns a waiting call's place in its group, from 1.
func (s *State) Position(id CallID) (int, bool) {
	c := s.calls[id]
	if c == nil || s.groups[c.Queue] == nil {
		return 0, false
	}
	return s.groups[c.Queue].queued.rank(c) + 1, true
}

// EstimateWait returns how long a call at a place of a group's queue, from 1, is
// likely to wait, in seconds, and whether that is known.
func (s *State) EstimateWait(GroupID, int) (seconds int, known bool) { return 0, false }

// noteAnswer lets the estimate learn from a call that has just been answered.
func (g *group) noteAnswer(*call, Instant) {}
