package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bandeau/app"
)

// A store without a call has nothing to take again, and says so in both forms.
func TestReplayOfNothing(t *testing.T) {
	data := newData(t)
	got := bandeau(t, "", "replay", "--data", data)
	if got.status != 0 || !strings.HasPrefix(got.stdout, `centre "main", events 1 to 0: 0 offers, 0 compared`) {
		t.Errorf("%+v", got)
	}
	got = bandeau(t, "", "replay", "--json", "--data", data)
	var out app.ReplayResult
	if err := json.Unmarshal([]byte(got.stdout), &out); err != nil || got.status != 0 || out.Centre != "main" || out.Differences == nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// A decision is told in words, with everybody who was passed over, and so is one
// that differs.
func TestReplayInWords(t *testing.T) {
	text := replayText(app.ReplayResult{
		Centre: "main", First: 1, Last: 90, Offers: 2, Compared: 2, State: "00ff",
		Explained: []app.ReplayOffer{
			{
				Event: 12, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Call: "c1", Operator: "Anna", Group: "Sales", Strategy: "skill",
				Rank: 2, Eligible: 3, PassedOver: []app.ReplayPassed{{Operator: "Bob", Reason: "tried"}},
			},
			{Event: 20, Call: "c2", Operator: "Carl"},
		},
		Differences: []app.ReplayDifference{{Event: 12, Call: "c1", Recorded: "a", Expected: "b"}},
	})
	for _, want := range []string{
		"event 12 at 2026-03-02 09:00:00.000Z: call c1 is offered to Anna of group Sales: strategy skill, place 2 of 3 eligible\n",
		"  passed over: Bob (tried)\n", "call c2 is offered to Carl, whom it was for\n",
		"event 12, call c1: recorded a, expected b\n", "2 offers, 2 compared; 0 exits by rule; 1 differences; state 00ff\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}
