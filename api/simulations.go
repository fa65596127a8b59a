package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
	"bandeau/whatif"
)

// simulationTime is how long an answer may take.
const simulationTime = 30 * time.Second

// codeSimulating is the word for a question that comes while another one of the
// centre is being answered.
const codeSimulating = "simulation_running"

// Simulator answers what-if questions.
type Simulator interface {
	// Simulate lets a day of the centre happen again. The error is a
	// *[whatif.ProblemsError], that of the context, or a failure.
	Simulate(ctx context.Context, centre directory.ID, q whatif.Query) (whatif.Answer, error)
}

// SimulationFields is a what-if question.
type SimulationFields struct {
	Day      *string           `json:"day" format:"date" doc:"A recorded day of the centre; null: one is generated."`
	Generate *GenerateFields   `json:"generate" doc:"How a day is generated; null: a recorded one is taken."`
	Group    *string           `json:"group" doc:"The group of a recorded day whose figures are wanted; null: all of them."`
	Changes  SimulationChanges `json:"changes" doc:"What is to be otherwise."`
	Runs     int               `json:"runs" minimum:"2" maximum:"200" doc:"How often the day happens; default 20. More make the intervals narrower."`
	Seed     int               `json:"seed" minimum:"0" doc:"What happens by chance is drawn from it: the same question has the same answer. Default 1."`
}

// GenerateFields is a day that is generated: one group of equal operators.
type GenerateFields struct {
	From                string      `json:"from" pattern:"^([01][0-9]|2[0-3]):(00|30)$" doc:"When it begins; default 08:00."`
	Hours               int         `json:"hours" minimum:"1" maximum:"24" doc:"Default 10."`
	CallsPerHour        []int       `json:"callsPerHour" minItems:"1" maxItems:"48" doc:"One rate, or one for each half hour; default 120. Callers come by chance."`
	Talk                DurationLaw `json:"talk" doc:"Default: 180 seconds, exponential."`
	Patience            DurationLaw `json:"patience" doc:"How long callers wait; 0 seconds is for ever. Default: 0 seconds."`
	PickUp              DurationLaw `json:"pickUp" doc:"How long phones ring; default: 0 seconds."`
	MissPercent         int         `json:"missPercent" minimum:"0" maximum:"100" doc:"Share of the offers that are not answered; default 0."`
	Operators           int         `json:"operators" minimum:"1" maximum:"1000" doc:"Default 8."`
	Strategy            string      `json:"strategy" enum:"fixed,longest_idle,random,rotating,everyone,fewest_calls,skill" doc:"Default longest_idle."`
	RingSeconds         int         `json:"ringSeconds" minimum:"5" maximum:"120" doc:"Default 20."`
	WrapUpSeconds       int         `json:"wrapUpSeconds" minimum:"0" maximum:"3600" doc:"Default 0."`
	ServiceLevelSeconds int         `json:"serviceLevelSeconds" minimum:"0" maximum:"3600" doc:"Default 20."`
}

// DurationLaw is how long something takes, by chance.
type DurationLaw struct {
	Seconds       int    `json:"seconds" minimum:"0" maximum:"86400" doc:"The mean."`
	Kind          string `json:"kind" enum:"constant,exponential,lognormal" doc:"Default exponential."`
	SpreadPercent int    `json:"spreadPercent" minimum:"0" maximum:"1000" doc:"Standard deviation of a lognormal in percent of the mean; default 100."`
}

// SimulationChanges are what is to be otherwise.
type SimulationChanges struct {
	Groups    []GroupWhatIf `json:"groups" maxItems:"100"`
	Operators []StaffWhatIf `json:"operators" maxItems:"100"`
}

// GroupWhatIf changes settings of a group. What is absent stays as it is.
type GroupWhatIf struct {
	Group               *string `json:"group" doc:"Null: every group."`
	Strategy            *string `json:"strategy,omitempty" enum:"fixed,longest_idle,random,rotating,everyone,fewest_calls,skill"`
	Priority            *int    `json:"priority,omitempty" minimum:"1" maximum:"100"`
	WrapUpSeconds       *int    `json:"wrapUpSeconds,omitempty" minimum:"0" maximum:"3600"`
	ServiceLevelSeconds *int    `json:"serviceLevelSeconds,omitempty" minimum:"0" maximum:"3600"`
	NoLimits            bool    `json:"noLimits" doc:"Takes both limits away, but for what follows."`
	MaxWaiting          *int    `json:"maxWaiting,omitempty" minimum:"0" maximum:"100000"`
	MaxWaitSeconds      *int    `json:"maxWaitSeconds,omitempty" minimum:"0" maximum:"86400"`
}

// StaffWhatIf adds operators for a time of the day, or takes some away.
type StaffWhatIf struct {
	Group *string `json:"group" doc:"Whose members they are; null: every group."`
	From  *string `json:"from" doc:"A half hour of the day, such as 08:30; null: its beginning."`
	To    *string `json:"to" doc:"A half hour of the day, such as 12:00; null: its end."`
	Add   int     `json:"add" must:"true" minimum:"-1000" maximum:"1000" doc:"Negative takes away those who are there longest."`
}

// Simulation is the answer to a what-if question.
type Simulation struct {
	From       Time             `json:"from" doc:"The beginning of the day."`
	TimeZone   string           `json:"timeZone" doc:"Where its clocks are; a generated day has UTC."`
	Runs       int              `json:"runs"`
	Seed       int              `json:"seed"`
	Confidence float64          `json:"confidence" doc:"With which each figure lies between low and high."`
	AsRecorded *SimulatedDay    `json:"asRecorded" doc:"A recorded day as it was; null for a generated one."`
	Simulated  SimulatedDay     `json:"simulated"`
	Erlang     *SimulatedErlang `json:"erlang" doc:"What the theory says; null where it does not apply."`
	Notes      []SimulationNote `json:"notes" doc:"What one has to know to read the answer."`
}

// SimulatedDay are the figures of a day.
type SimulatedDay struct {
	Whole     SimulatedFigures    `json:"whole"`
	HalfHours []SimulatedHalfHour `json:"halfHours"`
}

// SimulatedHalfHour are the figures of a half hour.
type SimulatedHalfHour struct {
	From Time `json:"from"`
	SimulatedFigures
}

// SimulatedFigures are figures of the visits to groups that began in a time. Null
// is what there is nothing to say about.
type SimulatedFigures struct {
	Offered              SimulatedValue  `json:"offered" doc:"Calls offered to the groups."`
	Answered             SimulatedValue  `json:"answered"`
	Abandoned            SimulatedValue  `json:"abandoned"`
	Overflowed           SimulatedValue  `json:"overflowed"`
	Waiting              SimulatedValue  `json:"waiting" doc:"Still waiting at the end of everything."`
	ServiceLevel         *SimulatedValue `json:"serviceLevel" doc:"Share of the answered and abandoned that were answered within the group's service level, 0 to 1."`
	AnswerSeconds        *SimulatedValue `json:"answerSeconds" doc:"Average speed of answer: mean wait of those who were answered."`
	AbandonRate          *SimulatedValue `json:"abandonRate" doc:"Abandoned of offered, 0 to 1."`
	Occupancy            *SimulatedValue `json:"occupancy" doc:"Share of the operators' time logged in, pauses left out, in which they talked or wrapped up, 0 to 1."`
	EstimateErrorSeconds *SimulatedValue `json:"estimateErrorSeconds" doc:"By how much the estimated wait was too long, on average."`
	EstimateOffSeconds   *SimulatedValue `json:"estimateOffSeconds" doc:"How far off the estimated wait was, either way, on average."`
	EstimateNear         *SimulatedValue `json:"estimateNear" doc:"Share of the estimates that were off by a minute at most, 0 to 1."`
}

// SimulatedValue is a figure and its interval.
type SimulatedValue struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// SimulatedErlang is what the theory says of a generated day.
type SimulatedErlang struct {
	Model         string  `json:"model" enum:"C,A" doc:"C: nobody gives up; A: patience ends by chance."`
	ServiceLevel  float64 `json:"serviceLevel"`
	AnswerSeconds float64 `json:"answerSeconds"`
	AbandonRate   float64 `json:"abandonRate"`
	Occupancy     float64 `json:"occupancy"`
	Wait          float64 `json:"wait" doc:"Share of the callers who find nobody free."`
}

// SimulationNote is something one has to know to read an answer.
type SimulationNote struct {
	Code string `json:"code" enum:"patience_fitted,patience_unknown,settings_of_today,closed_left_out,groups_gone,operators_gone,other_calls_as_pauses,talk_drawn,operators_not_there,theory_does_not_apply,callers_left_waiting"`
	// Count is of what the code says.
	Count int `json:"count" doc:"Of what the code says; of patience_fitted the mean in seconds."`
}

// asking knows which centres have a question that is being answered.
type asking struct {
	mu      sync.Mutex
	centres map[directory.ID]bool
}

// begin takes a centre's one place, and says whether it was free.
func (a *asking) begin(centre directory.ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.centres[centre] {
		return false
	}
	if a.centres == nil {
		a.centres = map[directory.ID]bool{}
	}
	a.centres[centre] = true
	return true
}

func (a *asking) end(centre directory.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.centres, centre)
}

func (s *Server) simulationRoutes() {
	add(s, route{
		id: "simulate", method: http.MethodPost, path: "/simulations", tag: "Simulations",
		summary: "What a day would come to",
		about: "Lets a recorded or a generated day happen again, with other staffing or settings, through the core that " +
			"routes real calls, as often as `runs` says. Each figure comes with the interval it lies in. Nothing is stored and " +
			"nothing that runs is touched. One question of a centre is answered at a time, within 30 seconds; it ends with the " +
			"request.",
		body: SimulationFields{}, errors: []int{http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, s.simulate)
}

func (s *Server) simulate(ctx context.Context, _ *struct{}) (*bodyOutput[Simulation], error) {
	r := from(ctx)
	exponential := DurationLaw{Kind: string(whatif.Exponential), SpreadPercent: 100}
	talk := exponential
	talk.Seconds = 180
	fields := SimulationFields{Runs: 20, Seed: 1}
	defaults := fields
	defaults.Generate = &GenerateFields{
		From: "08:00", Hours: 10, CallsPerHour: []int{120}, Talk: talk, Patience: exponential, PickUp: exponential,
		Operators: 8, Strategy: string(directory.StrategyLongestIdle), RingSeconds: 20, ServiceLevelSeconds: 20,
	}
	if refused := bind(r.tree, &fields, defaults); len(refused) > 0 {
		return nil, invalid(refused...)
	}
	look, err := s.lookup(ctx, r)
	if err != nil {
		return nil, err
	}
	q, refused := fields.query(look)
	if len(refused) > 0 {
		return nil, invalid(refused...)
	}
	if problems := q.Check(func(acd.GroupID) bool { return true }); len(problems) > 0 {
		return nil, wrongQuestion(problems)
	}
	if s.cfg.Simulator == nil {
		return nil, ErrUnavailable
	}
	if !s.asking.begin(r.who.centre) {
		busy := problem(http.StatusTooManyRequests, codeSimulating, "another simulation of the centre is running: ask again when it has ended")
		busy.retryAfter = simulationTime
		return nil, busy
	}
	defer s.asking.end(r.who.centre)
	limited, cancel := context.WithTimeout(ctx, simulationTime)
	defer cancel()
	answer, err := s.cfg.Simulator.Simulate(limited, r.who.centre, q)
	if wrong, ok := errors.AsType[*whatif.ProblemsError](err); ok {
		return nil, wrongQuestion(wrong.Problems)
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, refuse("body.runs", fmt.Sprintf("takes longer than %d seconds: ask for fewer", int(simulationTime.Seconds())))
	}
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	zone := look.Centre().TimeZone
	if q.Generate != nil {
		zone = "UTC"
	}
	return &bodyOutput[Simulation]{Body: simulationBody(fields, answer, zone)}, nil
}

func wrongQuestion(problems []whatif.Problem) *problemError {
	var refused []ProblemField
	for _, p := range problems {
		refused = append(refused, ProblemField{Location: "body." + p.Field, Message: p.Message})
	}
	return invalid(refused...)
}

// query makes the question of the fields, and says what is wrong with those that
// are words.
func (f SimulationFields) query(look directory.Lookup) (whatif.Query, []ProblemField) {
	var refused []ProblemField
	wrong := func(at, message string) {
		refused = append(refused, ProblemField{Location: "body." + at, Message: message})
	}
	clock := func(at string, text *string) time.Duration {
		if text == nil {
			return 0
		}
		if *text == "24:00" {
			return 24 * time.Hour
		}
		t, err := time.Parse("15:04", *text)
		if err != nil || len(*text) != 5 {
			wrong(at, "must be a half hour of the day, such as 08:30")
			return 0
		}
		return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	strategy := func(at, word string) acd.Strategy {
		for st := acd.LongestIdle; st <= acd.Skill; st++ {
			if report.StrategyWord(st) == word {
				return st
			}
		}
		wrong(at, "must be fixed, longest_idle, random, rotating, everyone, fewest_calls or skill")
		return acd.LongestIdle
	}
	group := func(at string, id *string) acd.GroupID {
		if id == nil {
			return ""
		}
		if _, ok := look.Group(directory.ID(*id)); !ok || f.Generate != nil {
			wrong(at, "there is no such group")
		}
		return acd.GroupID(*id)
	}
	if f.Seed < 0 {
		wrong("seed", "must not be negative")
	}
	q := whatif.Query{
		Day: orEmpty[string](f.Day), Focus: group("group", f.Group), Runs: f.Runs, Seed: uint64(max(f.Seed, 0)), //nolint:gosec // not negative
	}
	if g := f.Generate; g != nil {
		generator := g.generator()
		generator.From = generator.From.Add(clock("generate.from", &g.From))
		generator.Strategy = strategy("generate.strategy", g.Strategy)
		q.Generate = &generator
	}
	for i, c := range f.Changes.Groups {
		at := fmt.Sprintf("changes.groups[%d].", i)
		change := whatif.GroupChange{
			Group: group(at+"group", c.Group), WrapUpSeconds: c.WrapUpSeconds, ServiceLevelSeconds: c.ServiceLevelSeconds,
			NoLimits: c.NoLimits, MaxWaiting: c.MaxWaiting, MaxWaitSeconds: c.MaxWaitSeconds,
		}
		if c.Strategy != nil {
			change.Strategy = strategy(at+"strategy", *c.Strategy)
		}
		if c.Priority != nil {
			if change.Priority = *c.Priority; change.Priority == 0 {
				wrong(at+"priority", "must be from 1 to 100")
			}
		}
		q.Groups = append(q.Groups, change)
	}
	for i, c := range f.Changes.Operators {
		at := fmt.Sprintf("changes.operators[%d].", i)
		q.Staff = append(q.Staff, whatif.StaffChange{
			Group: group(at+"group", c.Group), From: clock(at+"from", c.From), To: clock(at+"to", c.To), Add: c.Add,
		})
	}
	return q, refused
}

// generator returns the generator of the fields, whose day is a Monday like any
// other.
func (g GenerateFields) generator() whatif.Generator {
	law := func(l DurationLaw) whatif.Dist {
		return whatif.Dist{
			Kind: whatif.DistKind(l.Kind), Mean: time.Duration(l.Seconds) * time.Second, Spread: float64(l.SpreadPercent) / 100,
		}
	}
	return whatif.Generator{
		From: whatif.Monday(), Hours: g.Hours, CallsPerHour: g.CallsPerHour, Talk: law(g.Talk), Patience: law(g.Patience),
		PickUp: law(g.PickUp), Miss: float64(g.MissPercent) / 100, Operators: g.Operators, RingSeconds: g.RingSeconds,
		WrapUpSeconds: g.WrapUpSeconds, ServiceLevelSeconds: g.ServiceLevelSeconds,
	}
}

func simulationBody(f SimulationFields, a whatif.Answer, zone string) Simulation {
	body := Simulation{
		From: Time{a.From.Time()}, TimeZone: zone, Runs: a.Simulated.Runs, Seed: f.Seed, Confidence: whatif.Confidence,
		Simulated: simulatedDay(a.From, a.Simulated), Notes: []SimulationNote{},
	}
	if a.AsRecorded != nil {
		day := simulatedDay(a.From, *a.AsRecorded)
		body.AsRecorded = &day
	}
	if e := a.Theory; e != nil {
		body.Erlang = &SimulatedErlang{
			Model: e.Model, ServiceLevel: e.ServiceLevel, AnswerSeconds: e.AnswerSeconds, AbandonRate: e.AbandonRate,
			Occupancy: e.Occupancy, Wait: e.Wait,
		}
	}
	for _, n := range a.Notes {
		body.Notes = append(body.Notes, SimulationNote{Code: string(n.Code), Count: n.Count})
	}
	return body
}

func simulatedDay(from acd.Instant, s whatif.Summary) SimulatedDay {
	day := SimulatedDay{Whole: simulatedFigures(s.Whole), HalfHours: []SimulatedHalfHour{}}
	for i, h := range s.HalfHours {
		at := from.Add(time.Duration(i) * whatif.HalfHour)
		day.HalfHours = append(day.HalfHours, SimulatedHalfHour{From: Time{at.Time()}, SimulatedFigures: simulatedFigures(h)})
	}
	return day
}

func simulatedFigures(f whatif.Figures) SimulatedFigures {
	some := func(e *whatif.Estimate) *SimulatedValue {
		if e == nil {
			return nil
		}
		return &SimulatedValue{Value: e.Mean, Low: e.Low, High: e.High}
	}
	value := func(e whatif.Estimate) SimulatedValue { return *some(&e) }
	return SimulatedFigures{
		Offered: value(f.Offered), Answered: value(f.Answered), Abandoned: value(f.Abandoned),
		Overflowed: value(f.Overflowed), Waiting: value(f.Waiting),
		ServiceLevel: some(f.ServiceLevel), AnswerSeconds: some(f.AnswerSeconds), AbandonRate: some(f.AbandonRate),
		Occupancy: some(f.Occupancy), EstimateErrorSeconds: some(f.EstimateOff), EstimateOffSeconds: some(f.EstimateOffBy),
		EstimateNear: some(f.EstimateNear),
	}
}
