package whatif

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"bandeau/acd"
)

const (
	// promptTime is how long whatever is said to a caller takes.
	promptTime = 5 * time.Second
	// pause is the one pause type of a simulated centre.
	pause = acd.PauseTypeID("pause")
	// lookUp is after how many steps a run looks whether it is still wanted.
	lookUp = 1024
)

// happening is something that will happen to the core from outside.
type happening struct {
	at    acd.Instant
	order int // of what happens at one instant: first noted, first done
	what  acd.Command
	// valid says whether it still happens; nil is always.
	valid func() bool
}

// agenda is what will happen, soonest first.
type agenda []happening

func (a *agenda) Len() int { return len(*a) }
func (a *agenda) Less(i, j int) bool {
	x, y := (*a)[i], (*a)[j]
	return x.at < y.at || x.at == y.at && x.order < y.order
}
func (a *agenda) Swap(i, j int) { (*a)[i], (*a)[j] = (*a)[j], (*a)[i] }

// Push implements heap.Interface.
func (a *agenda) Push(x any) {
	if h, ok := x.(happening); ok {
		*a = append(*a, h)
	}
}

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}

// caller is a call in the simulation.
type caller struct {
	Arrival

	served bool // an operator has answered: he waits no more
	talks  bool // the conversation has begun
	gone   bool
}

// world is a centre that exists in a run only.
type world struct {
	day     Day
	core    *acd.State
	now     acd.Instant
	chance  *rand.Rand
	agenda  agenda
	noted   int
	callers map[acd.CallID]*caller
	book    *book
	// heard is told what happens; nil for nobody.
	heard func(acd.Instant, []acd.Event)
}

// Run lets a day happen once. It fails when the core refuses the day, or when the
// context ends.
func Run(ctx context.Context, d Day, seed uint64) (Result, error) {
	return newWorld(d, seed).run(ctx)
}

func newWorld(d Day, seed uint64) *world {
	d.Until = max(d.Until, d.To)
	w := &world{
		day: d, core: acd.New(seed), now: d.From, chance: source(seed, chanceOfOperators),
		callers: make(map[acd.CallID]*caller, len(d.Arrivals)), book: newBook(d),
	}
	for _, a := range d.Arrivals {
		w.now = min(w.now, a.At)
	}
	for _, s := range d.Setting.Shifts {
		w.now = min(w.now, s.From)
	}
	return w
}

func (w *world) run(ctx context.Context) (Result, error) {
	for _, c := range settle(w.day.Setting, w.now) {
		if err := w.step(c); err != nil {
			return Result{}, fmt.Errorf("simulate: %T: %w", c, err)
		}
	}
	w.callIn()
	w.arrive()
	for steps := 0; ; steps++ {
		if steps%lookUp == 0 && ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
		more, err := w.next()
		if err != nil {
			return Result{}, err
		}
		if !more {
			return w.book.close(w.day.Until), nil
		}
	}
}

// next lets the next thing happen.
func (w *world) next() (more bool, err error) {
	due, ticks := w.core.Deadline()
	if len(w.agenda) == 0 && !ticks {
		return false, nil
	}
	if ticks && (len(w.agenda) == 0 || due <= w.agenda[0].at) {
		if due > w.day.Until {
			return false, nil
		}
		w.now = max(w.now, due)
		return true, w.step(acd.Tick{})
	}
	h, _ := heap.Pop(&w.agenda).(happening)
	if h.at > w.day.Until {
		return false, nil
	}
	w.now = max(w.now, h.at)
	if h.valid != nil && !h.valid() {
		return true, nil
	}
	if err := w.step(h.what); err != nil {
		return false, fmt.Errorf("simulate: %T: %w", h.what, err)
	}
	return true, nil
}

// at has something happen.
func (w *world) at(at acd.Instant, what acd.Command, valid func() bool) {
	w.noted++
	heap.Push(&w.agenda, happening{at: at, order: w.noted, what: what, valid: valid})
}

// step gives the core a command and answers what it asks for.
func (w *world) step(c acd.Command) error {
	events, effects, err := w.core.Step(w.now, c)
	if err != nil {
		return err
	}
	w.core.TakeChanges()
	for _, e := range events {
		if made, ok := e.(acd.Connected); ok {
			w.callers[made.Call].served = true
		}
		w.book.note(w.now, e)
	}
	w.book.estimate(w.core)
	if w.heard != nil {
		w.heard(w.now, events)
	}
	for _, f := range effects {
		w.answer(f)
	}
	return nil
}

// settle returns what makes a core the centre of a setting.
func settle(s Setting, now acd.Instant) []acd.Command {
	commands := []acd.Command{
		acd.ConfigureCentre{Config: s.Centre},
		acd.ConfigurePauseType{Config: acd.PauseTypeConfig{ID: pause}},
	}
	if len(s.Days) > 0 {
		commands = append(commands, acd.SetDays{Began: s.Days[0], Next: slices.Clone(s.Days[1:])})
	}
	known := map[acd.OperatorID]bool{}
	for i, o := range s.Operators {
		known[o.ID] = true
		commands = append(commands, acd.ConfigureOperator{Config: simulated(o, i)})
	}
	for _, g := range s.Groups {
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m acd.Member) bool { return !known[m.Operator] })
		commands = append(commands, acd.ConfigureGroup{Config: g})
	}
	for _, h := range s.Hours {
		h.Changes = slices.DeleteFunc(slices.Clone(h.Changes), func(c acd.HoursChange) bool { return c.At < now })
		commands = append(commands, h)
	}
	return commands
}

// simulated returns an operator's record as a simulation has it: a phone of his
// own that always rings, and none of the rules that log him out, for his shifts
// say when he is there.
func simulated(o acd.OperatorConfig, n int) acd.OperatorConfig {
	o.Enabled, o.PersistentSession = true, true
	o.AskPhoneAtLogin, o.PauseAtLogin, o.SilenceLogout = false, false, false
	o.IdleLogoutMinutes, o.MissedLogoutCount = nil, nil
	o.Phone = acd.Phone{Kind: acd.PhoneExternal, Number: "+8835100" + strconv.Itoa(100_000+n)}
	o.DirectNumber = ""
	return o
}

// callIn notes the operators' coming and going.
func (w *world) callIn() {
	for i, s := range w.day.Setting.Shifts {
		here := func() bool {
			o, _ := w.core.Operator(s.Operator)
			return o.Presence != acd.LoggedOut
		}
		by := acd.Actor{Kind: acd.ByOperator, ID: string(s.Operator)}
		session := acd.SessionID("s" + strconv.Itoa(i))
		w.at(s.From, acd.Login{Operator: s.Operator, Session: session, By: by}, nil)
		for _, p := range s.Pauses {
			w.at(p.From, acd.SetPresence{Operator: s.Operator, Presence: acd.Paused, PauseType: pause, By: by}, here)
			w.at(p.To, acd.SetPresence{Operator: s.Operator, Presence: acd.Available, By: by}, here)
		}
		w.at(s.To, acd.Logout{Operator: s.Operator, Reason: acd.LogoutManual, By: by}, here)
	}
}

// arrive notes the callers.
func (w *world) arrive() {
	for i, a := range w.day.Arrivals {
		id := acd.CallID("c" + strconv.Itoa(i))
		c := &caller{Arrival: a}
		w.callers[id] = c
		w.at(a.At, acd.CallArrived{
			Call: id, Destination: acd.Destination{Kind: acd.ToGroup, Group: a.Group},
		}, nil)
		if a.Patience > 0 {
			w.at(a.At.Add(max(a.Patience, time.Millisecond)), acd.LegEnded{Call: id, Leg: 1, Cause: acd.EndHungUp},
				func() bool { return !c.served && !c.gone })
		}
	}
}

// answer does what an effect asks for, as telephones and people would.
func (w *world) answer(effect acd.Effect) {
	switch f := effect.(type) { //nolint:gochecksumtype // nobody hears the others
	case acd.PlaceLeg:
		c, after := w.callers[f.Call], time.Duration(0)
		if f.Operator != "" {
			if w.chance.Float64() < w.day.Setting.Miss {
				return // it rings out
			}
			after = w.day.Setting.PickUp.draw(w.chance)
		}
		w.at(w.now.Add(after), acd.LegAnswered{Call: f.Call, Leg: f.Leg}, func() bool { return !c.gone })
	case acd.JoinLegs:
		c := w.callers[f.Call]
		if !c.talks {
			c.talks = true
			w.at(w.now.Add(c.Talk), acd.LegEnded{Call: f.Call, Leg: 1, Cause: acd.EndHungUp}, func() bool { return !c.gone })
		}
	case acd.PlayPrompt:
		if f.Number > 0 {
			w.at(w.now.Add(promptTime), acd.PromptEnded{Call: f.Call, Prompt: f.Number}, nil)
		}
	case acd.Announce:
		w.at(w.now.Add(promptTime), acd.PromptEnded{Call: f.Call, Prompt: f.Number}, nil)
	case acd.ForgetCall:
		w.callers[f.Call].gone = true
	}
}
