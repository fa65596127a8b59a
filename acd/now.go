package acd

// Now returns the instant of the last step or event; time never goes back
// behind it.
func (s *State) Now() Instant { return s.now }
