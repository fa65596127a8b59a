package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"bandeau/acd"
	"bandeau/app"
	"bandeau/report"
	"bandeau/whatif"
)

func simulateCommand() command {
	return command{
		name: "simulate", summary: "let a day happen again with other staffing or settings",
		detail: `The day goes through the core that routes real calls, on a virtual clock, as often
as --runs says; nothing is stored and nothing that runs is touched. Each figure is
followed by the interval that holds it with a confidence of 99 %.

With --generate callers come by chance to one group of equal operators; no store is
needed. Where Erlang's theory knows such a group, what it says stands beside. With
--day a recorded day of a centre happens again; what it was stands first.

  bandeau simulate --generate --calls 120/h --talk 180s --operators 8
  bandeau simulate --day 2026-03-31 --operators +2 --strategy skill

Service level: answered within the group's service level, of answered and abandoned.
Speed of answer: mean wait of the answered. Abandoned: of the offered. Occupancy:
talk and wrap-up, of the time logged in without pauses.
`,
		flags: adminFlags(
			flag{name: "day", value: "DATE", help: "The recorded day, such as 2026-03-31."},
			flag{name: "generate", help: "Generate a day instead."},
			flag{name: "calls", value: "RATE", def: "120/h", help: "Callers of an hour, with --generate."},
			flag{name: "talk", value: "DURATION", def: "180s", help: "Mean length of a conversation, with --generate."},
			flag{name: "patience", value: "DURATION", help: "Mean patience of a caller, with --generate; without it nobody gives up."},
			flag{name: "wrap-up", value: "DURATION", help: "Wrap-up after a call; without it the group's own, or none."},
			flag{name: "hours", value: "HOURS", def: "10", help: "Length of the generated day."},
			flag{name: "operators", value: "N", help: "With --generate how many there are [8]; with --day +N or -N, how many more or fewer."},
			flag{name: "strategy", value: "STRATEGY", help: strategyWords() + "."},
			flag{name: "target", value: "DURATION", help: "The time of the service level; without it the group's own, or 20s."},
			flag{name: "group", value: "NAME", help: "With --day: the one group to look at, and to change."},
			flag{name: "runs", value: "N", def: "20", help: "How often the day happens, 2 to 200."},
			flag{name: "seed", value: "NUMBER", def: "1", help: "What happens by chance is drawn from it."},
			flag{name: "json", help: "Print everything as JSON."},
			centreFlag(),
		),
		run: runSimulate,
	}
}

// strategyWords lists the strategies.
func strategyWords() string {
	var words []string
	for s := acd.LongestIdle; s <= acd.Skill; s++ {
		words = append(words, report.StrategyWord(s))
	}
	return strings.Join(words, ", ")
}

func runSimulate(t terminal, c call) error {
	q, err := simulateQuery(c)
	if err != nil {
		return err
	}
	show := func(out app.SimulateResult) error {
		if c.has("json") {
			encoder := json.NewEncoder(t.stdout)
			encoder.SetIndent("", "  ")
			return encoder.Encode(out)
		}
		text, failure := simulateText(out)
		if failure == nil {
			_, failure = io.WriteString(t.stdout, text)
		}
		return failure
	}
	if q.Query.Generate == nil {
		return administer(t, c, false, func(ctx context.Context, a app.Admin) error {
			out, failure := a.Simulate(ctx, q)
			if failure != nil {
				return failure
			}
			return show(out)
		})
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	answer, err := whatif.Ask(ctx, q.Query, nil)
	if refused, ok := errors.AsType[*whatif.ProblemsError](err); ok {
		return app.Usagef("simulate: %w", refused)
	}
	if err != nil {
		return err
	}
	return show(app.SimulateResult{Answer: answer, TimeZone: "UTC"})
}

// simulateFlags are those that mean something for one kind of day only.
func simulateFlags(generate bool) []string {
	if generate {
		return []string{"group", "centre", "data", "database"}
	}
	return []string{"calls", "talk", "patience", "hours"}
}

// simulateQuery makes the question of the flags.
func simulateQuery(c call) (app.SimulateQuery, error) {
	generate := c.has("generate")
	if generate == c.has("day") {
		return app.SimulateQuery{}, app.Usagef("simulate: give either --day or --generate")
	}
	for _, name := range simulateFlags(generate) {
		if c.has(name) {
			return app.SimulateQuery{}, app.Usagef("simulate: --%s means nothing with --%s", name, map[bool]string{true: "generate", false: "day"}[generate])
		}
	}
	r := reading{c: c}
	q := whatif.Query{Day: c.flags["day"], Runs: r.number("runs", 20), Seed: r.seed()}
	change := whatif.GroupChange{Strategy: r.strategy()}
	if c.has("wrap-up") {
		seconds := int(r.duration("wrap-up", 0).Seconds())
		change.WrapUpSeconds = &seconds
	}
	if c.has("target") {
		seconds := int(r.duration("target", 0).Seconds())
		change.ServiceLevelSeconds = &seconds
	}
	if change != (whatif.GroupChange{}) {
		q.Groups = []whatif.GroupChange{change}
	}
	if generate {
		q.Generate = &whatif.Generator{
			From: whatif.Monday().Add(8 * time.Hour), Hours: r.number("hours", 10), CallsPerHour: []int{r.rate()},
			Talk:      whatif.Dist{Kind: whatif.Exponential, Mean: r.duration("talk", 3*time.Minute)},
			Patience:  whatif.Dist{Kind: whatif.Exponential, Mean: r.duration("patience", 0)},
			PickUp:    whatif.Dist{Kind: whatif.Constant},
			Operators: r.number("operators", 8), Strategy: acd.LongestIdle, RingSeconds: 20, ServiceLevelSeconds: 20,
		}
	} else if text := c.flags["operators"]; text != "" {
		if !strings.HasPrefix(text, "+") && !strings.HasPrefix(text, "-") {
			r.wrong("operators", "is +N or -N with --day, as those of the day are there")
		}
		q.Staff = []whatif.StaffChange{{Add: r.number("operators", 0)}}
	}
	return app.SimulateQuery{Centre: c.flags["centre"], Group: c.flags["group"], Query: q}, r.err
}

// reading reads the values of flags, and keeps the first that is wrong.
type reading struct {
	c   call
	err error
}

func (r *reading) wrong(name, rule string) {
	if r.err == nil {
		r.err = app.Usagef("simulate: --%s %q: %s", name, r.c.flags[name], rule)
	}
}

func (r *reading) number(name string, def int) int {
	if !r.c.has(name) {
		return def
	}
	n, err := strconv.Atoi(r.c.flags[name])
	if err != nil {
		r.wrong(name, "must be a whole number")
	}
	return n
}

func (r *reading) duration(name string, def time.Duration) time.Duration {
	if !r.c.has(name) {
		return def
	}
	d, err := time.ParseDuration(r.c.flags[name])
	if err != nil || d < 0 || d%time.Second != 0 {
		r.wrong(name, "must be a duration of whole seconds, such as 180s or 3m")
	}
	return d
}

func (r *reading) rate() int {
	if !r.c.has("calls") {
		return 120
	}
	n, err := strconv.Atoi(strings.TrimSuffix(r.c.flags["calls"], "/h"))
	if err != nil {
		r.wrong("calls", "must be a number of callers an hour, such as 120/h")
	}
	return n
}

func (r *reading) seed() uint64 {
	if !r.c.has("seed") {
		return 1
	}
	n, err := strconv.ParseUint(r.c.flags["seed"], 10, 64)
	if err != nil {
		r.wrong("seed", "must be a whole number")
	}
	return n
}

func (r *reading) strategy() acd.Strategy {
	for s := acd.LongestIdle; s <= acd.Skill; s++ {
		if report.StrategyWord(s) == r.c.flags["strategy"] {
			return s
		}
	}
	if r.c.has("strategy") {
		r.wrong("strategy", "must be one of "+strategyWords())
	}
	return 0
}

// simulateText shows an answer to a person.
func simulateText(out app.SimulateResult) (string, error) {
	zone, err := time.LoadLocation(out.TimeZone)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	a := out.Answer
	fmt.Fprintf(&b, "%d runs; intervals hold with a confidence of %.0f %%\n\n", a.Simulated.Runs, whatif.Confidence*100)
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	head := []string{"", "SIMULATED", "INTERVAL"}
	if a.AsRecorded != nil {
		head = append(head, "AS RECORDED")
	}
	if a.Theory != nil {
		head = append(head, "ERLANG "+a.Theory.Model)
	}
	row(w, head...)
	for _, f := range simulateRows() {
		e := f.of(a.Simulated.Whole)
		cells := []string{f.name, f.text(e), f.interval(e)}
		if a.AsRecorded != nil {
			cells = append(cells, f.text(f.of(a.AsRecorded.Whole)))
		}
		if a.Theory != nil && f.theory != nil {
			x := f.theory(*a.Theory)
			cells = append(cells, f.text(&whatif.Estimate{Mean: x}))
		}
		if e != nil || !f.optional {
			row(w, cells...)
		}
	}
	row(w)
	row(w, "FROM", "OFFERED", "ANSWERED", "ABANDONED", "SERVICE LEVEL", "INTERVAL", "SPEED OF ANSWER", "OCCUPANCY")
	rows := simulateRows()
	for i, h := range a.Simulated.HalfHours {
		if h.Offered.Mean == 0 && h.Occupancy == nil {
			continue // the night of a recorded day
		}
		at := a.From.Add(time.Duration(i) * whatif.HalfHour).Time().In(zone).Format("15:04")
		row(w, at, number(&h.Offered), number(&h.Answered), number(&h.Abandoned), rows[0].text(h.ServiceLevel),
			rows[0].interval(h.ServiceLevel), rows[1].text(h.AnswerSeconds), rows[3].text(h.Occupancy))
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	if len(a.Notes) > 0 {
		b.WriteString("\n")
	}
	for _, n := range a.Notes {
		b.WriteString(noteText(n) + "\n")
	}
	return b.String(), nil
}

// row writes a row of a table; one of nothing parts two tables.
func row(w io.Writer, cells ...string) {
	_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
}

// simulateRow is a figure as it is shown.
type simulateRow struct {
	name     string
	of       func(whatif.Figures) *whatif.Estimate
	theory   func(whatif.Erlang) float64
	format   string
	scale    float64
	optional bool // left out where there is nothing to tell
}

func simulateRows() []simulateRow {
	const percent, seconds = "%.1f %%", "%.1f s"
	return []simulateRow{
		{"service level", func(f whatif.Figures) *whatif.Estimate { return f.ServiceLevel }, func(e whatif.Erlang) float64 { return e.ServiceLevel }, percent, 100, false},
		{"speed of answer", func(f whatif.Figures) *whatif.Estimate { return f.AnswerSeconds }, func(e whatif.Erlang) float64 { return e.AnswerSeconds }, seconds, 1, false},
		{"abandoned", func(f whatif.Figures) *whatif.Estimate { return f.AbandonRate }, func(e whatif.Erlang) float64 { return e.AbandonRate }, percent, 100, false},
		{"occupancy", func(f whatif.Figures) *whatif.Estimate { return f.Occupancy }, func(e whatif.Erlang) float64 { return e.Occupancy }, percent, 100, false},
		{"calls offered", func(f whatif.Figures) *whatif.Estimate { return &f.Offered }, nil, "%.1f", 1, false},
		{"estimated wait, too long by", func(f whatif.Figures) *whatif.Estimate { return f.EstimateOff }, nil, seconds, 1, true},
		{"estimated wait, off by", func(f whatif.Figures) *whatif.Estimate { return f.EstimateOffBy }, nil, seconds, 1, true},
		{"estimated within a minute", func(f whatif.Figures) *whatif.Estimate { return f.EstimateNear }, nil, percent, 100, true},
	}
}

func (r simulateRow) text(e *whatif.Estimate) string {
	if e == nil {
		return "-"
	}
	return fmt.Sprintf(r.format, e.Mean*r.scale)
}

func (r simulateRow) interval(e *whatif.Estimate) string {
	if e == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f to "+r.format, e.Low*r.scale, e.High*r.scale)
}

func number(e *whatif.Estimate) string { return fmt.Sprintf("%.1f", e.Mean) }

// noteText says what one has to know to read an answer.
func noteText(n whatif.Note) string {
	switch n.Code {
	case whatif.NoteFitted:
		return fmt.Sprintf("Callers who were answered would have waited longer: drawn from a mean patience of %d s, fitted to those who gave up.", n.Count)
	case whatif.NotePatient:
		return "Nobody gave up: every caller is taken to wait for ever."
	case whatif.NoteSettings:
		return "Groups and operators are as they are administered today."
	case whatif.NoteClosed:
		return fmt.Sprintf("Calls to groups that were closed, left out: %d.", n.Count)
	case whatif.NoteGroupsGone:
		return fmt.Sprintf("Calls of groups deleted since, left out: %d.", n.Count)
	case whatif.NoteOperatorsGone:
		return fmt.Sprintf("Sessions of operators deleted since, left out: %d.", n.Count)
	case whatif.NoteOtherCalls:
		return fmt.Sprintf("Calls placed or to operators themselves, taken as pauses: %d.", n.Count)
	case whatif.NoteTalkDrawn:
		return fmt.Sprintf("Callers nobody talked to, their conversations drawn from the others': %d.", n.Count)
	case whatif.NoteNotRemoved:
		return fmt.Sprintf("Operators to be taken away who were not there: %d.", n.Count)
	case whatif.NoteNoTheory:
		return "Erlang's theory does not apply to this day."
	case whatif.NoteStillWaiting:
		return "Some callers still waited when everything had ended."
	}
	return string(n.Code)
}
