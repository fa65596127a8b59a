package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"bandeau/app"
)

// errDifferent ends a replay that found a decision which would now be another.
var errDifferent = errors.New("replay: decisions differ")

func replayCommand() command {
	return command{
		name: "replay", summary: "take the recorded routing decisions again, and compare",
		detail: `Every offer of a call to an operator is decided again from the facts recorded
before it, and compared to the byte; every call that left a group by a rule is
held to that rule. Nothing is changed, and a running server goes on meanwhile.
Offers made by the rules of another version are counted and not compared.

The exit status is 0 when everything is the same and 1 when a decision differs.
With --call or --event the offers meant are explained: whom the strategy ranked
first, and why each other member of the group was passed over.
`,
		flags: adminFlags(
			centreFlag(),
			flag{name: "from", value: "EVENT", help: "The first event to look at, by number."},
			flag{name: "to", value: "EVENT", help: "The last event to look at."},
			flag{name: "call", value: "ID", help: "Explain the offers of this call."},
			flag{name: "event", value: "EVENT", help: "Explain the offer of this event."},
			flag{name: "json", help: "Print the result as JSON."},
		),
		run: runReplay,
	}
}

func runReplay(t terminal, c call) error {
	q := app.ReplayQuery{Centre: c.flags["centre"], Call: c.flags["call"]}
	for _, f := range []struct {
		name string
		to   *uint64
	}{{"from", &q.First}, {"to", &q.Last}, {"event", &q.Event}} {
		if !c.has(f.name) {
			continue
		}
		n, err := strconv.ParseUint(c.flags[f.name], 10, 64)
		if err != nil || n == 0 {
			return app.Usagef("replay: --%s is the number of an event, not %q", f.name, c.flags[f.name])
		}
		*f.to = n
	}
	return administer(t, c, false, func(ctx context.Context, a app.Admin) error {
		out, err := a.Replay(ctx, q)
		if err != nil {
			return err
		}
		if c.has("json") {
			encoder := json.NewEncoder(t.stdout)
			encoder.SetIndent("", "  ")
			err = encoder.Encode(out)
		} else {
			_, err = io.WriteString(t.stdout, replayText(out))
		}
		if err == nil && len(out.Differences) > 0 {
			return errDifferent
		}
		return err
	})
}

func replayText(out app.ReplayResult) string {
	var b strings.Builder
	for _, o := range out.Explained {
		fmt.Fprintf(&b, "event %d at %s: call %s is offered to %s", o.Event, o.At.Format("2006-01-02 15:04:05.000Z07:00"), o.Call, o.Operator)
		if o.Group == "" {
			b.WriteString(", whom it was for\n")
			continue
		}
		fmt.Fprintf(&b, " of group %s: strategy %s, place %d of %d eligible\n", o.Group, o.Strategy, o.Rank, o.Eligible)
		for _, p := range o.PassedOver {
			fmt.Fprintf(&b, "  passed over: %s (%s)\n", p.Operator, p.Reason)
		}
	}
	for _, d := range out.Differences {
		fmt.Fprintf(&b, "event %d, call %s: recorded %s, expected %s\n", d.Event, d.Call, d.Recorded, d.Expected)
	}
	fmt.Fprintf(&b, "centre %q, events %d to %d: %d offers, %d compared; %d exits by rule; %d differences; state %s\n",
		out.Centre, out.First, out.Last, out.Offers, out.Compared, out.Exits, len(out.Differences), out.State)
	return b.String()
}
