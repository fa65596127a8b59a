package demo

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bandeau/telephony/siptest"
)

func dice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// TestTide has more calls come than the colleagues can take, and then fewer.
func TestTide(t *testing.T) {
	const perCall = 65.0 // seconds a call keeps a colleague, wrap-up included
	capacity := float64(len(colleagues())) / perCall
	above, below := 0, 0
	for at := range 24 * 60 {
		switch r := rate(time.Duration(at) * time.Second); {
		case r > 1.2*capacity:
			above++
		case r < 0.5*capacity:
			below++
		}
	}
	if total := 24 * 60; above < total/5 || below < total/3 {
		t.Errorf("of %d s, %d above what can be served and %d far below", total, above, below)
	}
	if rate(0) < 0.1 || rate(10*time.Second) <= rate(0) {
		t.Error("the beginning is dull")
	}
}

// TestPatience says when a caller hangs up.
func TestPatience(t *testing.T) {
	p := profile{patience: 30 * time.Second, talk: 20 * time.Second}
	for _, tt := range []struct {
		elapsed, talked time.Duration
		known, goesOn   bool
	}{
		{29 * time.Second, 0, true, true},
		{30 * time.Second, 0, true, false},
		{40 * time.Second, 19 * time.Second, true, true},
		{40 * time.Second, 20 * time.Second, true, false},
		{49 * time.Second, 0, false, true},
		{50 * time.Second, 0, false, false},
	} {
		if got := p.stillCalling(tt.elapsed, tt.talked, tt.known); got != tt.goesOn {
			t.Errorf("%+v: goes on %v", tt, got)
		}
	}
}

// TestDial calls every line as often as its weight says.
func TestDial(t *testing.T) {
	r, got := dice(3), map[string]int{}
	for range 4000 {
		number, ok := dial(r, []line{{"a", 1}, {"b", 3}})
		if !ok {
			t.Fatal("nothing dialled")
		}
		got[number]++
	}
	if got["a"] < 900 || got["a"] > 1100 {
		t.Errorf("%v, want 1 to 3", got)
	}
	if _, ok := dial(r, nil); ok {
		t.Error("dialled without a line")
	}
}

// TestNews calls a number that was not there at the beginning, once.
func TestNews(t *testing.T) {
	m := &crowd{known: map[string]time.Time{}}
	now := time.Unix(0, 0)
	old := []line{{"a", 1}}
	more := append(slices.Clone(old), line{"b", 1})
	var called []string
	for i := range 20 {
		lines := old
		if i >= 5 {
			lines = more
		}
		called = append(called, m.news(lines, now.Add(time.Duration(i)*time.Second))...)
	}
	if !slices.Equal(called, []string{"b"}) {
		t.Errorf("called %v", called)
	}
}

// TestWantsNewcomer places a call for the newcomer soon, and not all the time.
func TestWantsNewcomer(t *testing.T) {
	m := &crowd{known: map[string]time.Time{}}
	now := time.Unix(1000, 0)
	s := &sight{at: now}
	s.floor.Operators = []floorOperator{{FullName: "A", Presence: "available", Activity: "idle"}}
	s.floor.Operators[0].Phone.State = "reachable"
	var at []time.Duration
	for d := time.Duration(0); d < 9*time.Second; d += pulse {
		if m.wantsNewcomer(s, "A", now.Add(d)) {
			at = append(at, d)
		}
	}
	if len(at) != 2 || at[0] > 3*time.Second || at[1]-at[0] < again {
		t.Errorf("called at %v", at)
	}
	soon := now.Add(time.Minute)
	for name, change := range map[string]func(*floorOperator){
		"paused":      func(o *floorOperator) { o.Presence = "paused" },
		"busy":        func(o *floorOperator) { o.Activity = "talking" },
		"ignored":     func(o *floorOperator) { o.IgnoredUntil = &soon },
		"unreachable": func(o *floorOperator) { o.Phone.State = "unreachable" },
	} {
		m, s := &crowd{}, &sight{at: now}
		s.floor.Operators = []floorOperator{{FullName: "A", Presence: "available", Activity: "idle"}}
		s.floor.Operators[0].Phone.State = "reachable"
		change(&s.floor.Operators[0])
		for d := time.Duration(0); d < 5*time.Second; d += pulse {
			if m.wantsNewcomer(s, "A", now.Add(d)) {
				t.Errorf("%s: called", name)
			}
		}
	}
}

// TestTakeCall draws conversations: most are taken, within the time they ring.
func TestTakeCall(t *testing.T) {
	r := dice(4)
	seen := make(map[pickUp]int)
	for range 2000 {
		c := takeCall(r)
		seen[c.pickUp]++
		if c.after < 2*time.Second || c.after > 8*time.Second || c.talk < 20*time.Second || c.talk > 90*time.Second || c.patience < c.talk {
			t.Fatalf("%v after %s for %s", c.pickUp, c.after, c.talk)
		}
	}
	if seen[answers] < 1800 || seen[letsItRing] == 0 || seen[refuses] == 0 {
		t.Errorf("%v", seen)
	}
}

// TestAgenda is a shift: each deed fits how the colleague stands.
func TestAgenda(t *testing.T) {
	now := time.Unix(0, 0)
	a := newAgenda(dice(5), now)
	done := make(map[deed]int)
	stands := []standing{{"available", "idle"}, {"available", "talking"}, {"available", "wrap_up"}, {"paused", "idle"}, {"logged_out", "idle"}}
	for i := range 3000 {
		s := stands[i%len(stands)]
		a.turn(s, now)
		for range 20 {
			now = a.next()
			d := a.due(now)
			done[d]++
			fits := map[deed]bool{
				nothing: true, goOnPause: s.Presence == "available", dialOut: s == stands[0] || s == stands[2],
				comeBack: s == stands[3], finishWrapUp: s == stands[2], extendWrapUp: s == stands[2],
			}
			if !fits[d] {
				t.Fatalf("deed %d while %+v", d, s)
			}
			if d != nothing {
				break
			}
		}
	}
	for d := nothing; d <= dialOut; d++ {
		if done[d] == 0 {
			t.Errorf("deed %d is never done", d)
		}
	}
	// What failed comes again, unless there is something else to do.
	a = newAgenda(dice(6), now)
	a.turn(stands[1], now)
	a.again(finishWrapUp, now)
	if a.next().Sub(now) > 6*time.Second || a.due(a.next()) != finishWrapUp {
		t.Error("what failed is forgotten")
	}
}

// TestSing tells voices apart: every caller has his melody, colleagues another
// register; the same seed sings the same.
func TestSing(t *testing.T) {
	for seed := range uint64(20) {
		high, low := sing(dice(seed), callerTimbre()), sing(dice(seed), operatorTimbre())
		if slices.Min(high.notes) < 390 || slices.Min(low.notes) > 370 {
			t.Errorf("notes %v and %v: no register of their own", high.notes, low.notes)
		}
		for name, m := range map[string]melody{"caller": high, "colleague": low} {
			length := time.Duration(len(m.samples)) * time.Second / sampleRate
			if length < time.Second || length > 12*time.Second {
				t.Errorf("%s: %s long", name, length)
			}
			freq, _ := siptest.DominantTone(m.samples, sampleRate)
			if !slices.ContainsFunc(m.notes, func(n float64) bool { return math.Abs(freq-n) < 0.04*n }) {
				t.Errorf("%s: sounds %.0f Hz, sings %.0f", name, freq, m.notes)
			}
		}
		if slices.Equal(high.samples, sing(dice(seed+1), callerTimbre()).samples) {
			t.Error("two callers sing the same")
		}
		if !slices.Equal(high.samples, sing(dice(seed), callerTimbre()).samples) {
			t.Error("the same seed sings something else")
		}
	}
}

// TestSubscriber keeps what the printed advice says.
func TestSubscriber(t *testing.T) {
	for number, want := range map[string]outside{
		"+33639980001": picksUp, "+33144556600": isBusy, "+33144556699": isAway, "+33144556698": isUnknown, "112": picksUp, "15": picksUp,
	} {
		if got := subscriber(number); got != want {
			t.Errorf("%s: %d, want %d", number, got, want)
		}
	}
	for _, who := range contacts() {
		if who.number != "" && subscriber(who.number) != picksUp {
			t.Errorf("%s does not pick up", who.number)
		}
	}
}
