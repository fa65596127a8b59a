package app

import (
	"testing"
	"time"

	"bandeau/internal/proof"
)

// reach lets time pass until an instant, in steps that no cookie outlives.
func (s timed) reach(at time.Time) {
	s.t.Helper()
	const step = 6 * time.Hour
	for rest := at.Sub(s.clock.Now()); rest > 0; rest = at.Sub(s.clock.Now()) {
		s.clock.Advance(min(rest, step))
		s.floorGroup(s.group)
	}
}

// TestChainDaysOverChangesOfTheClock follows the rules that count time through
// the days around each change of the clock: a length of time is as long as ever
// in the night of the change, a time of day is the one on the wall.
func TestChainDaysOverChangesOfTheClock(t *testing.T) {
	t.Parallel()
	proof.Of(t, "OP-17", "OP-19", "OP-24", "pause types")
	paris, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	for name, saturday := range map[string]time.Time{
		"spring": time.Date(2026, 3, 28, 10, 0, 0, 0, time.UTC),
		"autumn": time.Date(2026, 10, 24, 10, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTimed(t, saturday)
			clocked := s.outsider("clocked", fields{"logoutAt": "23:59", "persistentSession": true})
			idle := s.outsider("idle", fields{"idleLogoutMinutes": 90, "persistentSession": true})
			silent := s.outsider("silent", fields{"silenceLogout": true})
			pausing := s.outsider("pausing", fields{"persistentSession": true})
			s.members(s.group, clocked, idle, silent, pausing)
			s.limitPauses(90)
			for day := range 3 {
				date := saturday.AddDate(0, 0, day)
				clocked.login(clocked.name, operatorPassword)
				s.reach(time.Date(date.Year(), date.Month(), date.Day(), 23, 58, 30, 0, paris))
				s.stands(clocked, "available idle")
				s.after(time.Minute, clocked, "logged_out idle")
				equal(t, "reason of "+date.Format(time.DateOnly), s.reason(clocked), "clock")

				// The clock changes at one in the morning of Sunday, UTC.
				s.reach(time.Date(date.Year(), date.Month(), date.Day()+1, 0, 30, 0, 0, time.UTC))
				idle.login(idle.name, operatorPassword)
				silent.login(silent.name, operatorPassword)
				pausing.login(pausing.name, operatorPassword)
				pausing.pause()
				s.remains(20*time.Minute, silent, "available idle")
				s.after(2*time.Minute, silent, "logged_out idle")
				equal(t, "reason in the night", s.reason(silent), "silence")
				s.remains(66*time.Minute, idle, "available idle")
				s.stands(pausing, "paused idle")
				s.after(3*time.Minute, idle, "logged_out idle")
				equal(t, "reason in the night", s.reason(idle), "idle")
				s.stands(pausing, "available idle")
			}
		})
	}
}
