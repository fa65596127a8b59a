package acd

// SpokenMinutes is a wait as it is said.
func SpokenMinutes(seconds int) int { return spokenMinutes(seconds) }
