package acd

// Checkpoint is the whole state of a centre at one instant, in plain exported
// fields and in a deterministic order, so that equal states encode to equal
// bytes. [Restore] gives the state back.
type Checkpoint struct {
	// Version is that of this structure.
	Version int
	// At is the last instant the state has seen.
	At Instant
}
