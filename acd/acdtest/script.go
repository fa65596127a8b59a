package acdtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"bandeau/acd"
)

// Script writes steps as a scenario, in words where the language has them for
// exactly this command, else with the command's fields. Run, it takes the same
// steps at the same instants in a centre of the same seed.
func Script(seed uint64, steps []Stepped) string {
	s := NewScenario()
	lines := []string{fmt.Sprintf("seed %d", seed)}
	s.reset(seed)
	for _, step := range steps {
		if step.At != s.now {
			lines = append(lines, "clock "+(time.Duration(step.At-Epoch)*time.Millisecond).String())
			s.now = step.At
		}
		lines = append(lines, s.line(step.Command))
		s.replay(step)
	}
	return "run\n" + strings.Join(lines, "\n") + "\n----\nok\n"
}

// Steps reads a script back.
func Steps(script string) (seed uint64, steps []Stepped, err error) {
	s := NewScenario()
	for line := range strings.Lines(script) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "run" || words[0] == "ok" || words[0] == "----" {
			continue
		}
		switch words[0] {
		case "seed":
			_, err = fmt.Sscan(words[1], &seed)
			s.reset(seed)
		case "clock":
			s.now, err = offset(words[1])
		default:
			var c acd.Command
			if c, err = s.command(words[0], words[1:]); err == nil {
				step := Stepped{At: s.now, Command: c}
				steps = append(steps, step)
				s.replay(step)
			}
		}
		if err != nil {
			return 0, nil, fmt.Errorf("%s: %w", strings.TrimSpace(line), err)
		}
	}
	return seed, steps, nil
}

// reset begins anew with a centre of another seed.
func (s *Scenario) reset(seed uint64) {
	*s = *NewScenario()
	s.State = acd.New(seed)
	s.checker = NewChecker(s.State)
}

// replay takes a step unchecked: words may depend on the state. The step that a
// script ends with may be one that panics.
func (s *Scenario) replay(step Stepped) {
	defer func() { _ = recover() }()
	_, _, _ = s.State.Step(step.At, step.Command) // a refusal is part of the run
}

// line is the line for a command: the first wording that reads as it.
func (s *Scenario) line(c acd.Command) string {
	for _, text := range wordings(c) {
		words := strings.Fields(text)
		scratch := NewScenario() // records are read as changes of those before
		scratch.State = s.State
		if read, err := scratch.command(words[0], words[1:]); err == nil && reflect.DeepEqual(read, c) {
			return text
		}
	}
	return raw(c)
}

// raw writes a command with all its fields that are set.
func raw(c acd.Command) string {
	v := reflect.ValueOf(c)
	fields, err := json.Marshal(set(v))
	if err != nil {
		panic(err) // the core's types are plain
	}
	return fmt.Sprintf("command %s %s", v.Type().Name(), fields)
}

// set is a value without the fields that are not set.
func set(v reflect.Value) any {
	switch v.Kind() { //nolint:exhaustive // the others are as they are
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				fields[v.Type().Field(i).Name] = set(f)
			}
		}
		return fields
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = set(v.Index(i))
		}
		return list
	}
	return v.Interface()
}

// unraw reads what raw wrote.
func unraw(args []string) (acd.Command, error) {
	for _, known := range commands() {
		t := reflect.TypeOf(known)
		if t.Name() != args[0] {
			continue
		}
		v := reflect.New(t)
		if err := json.Unmarshal([]byte(strings.Join(args[1:], " ")), v.Interface()); err != nil {
			return nil, err
		}
		return v.Elem().Interface().(acd.Command), nil
	}
	return nil, fmt.Errorf("no such command: %s", args[0])
}

// commands are all kinds of them.
func commands() []acd.Command {
	return []acd.Command{
		acd.ConfigureCentre{},
		acd.ConfigureOperator{},
		acd.RemoveOperator{},
		acd.ConfigureGroup{},
		acd.RemoveGroup{},
		acd.ConfigurePauseType{},
		acd.RemovePauseType{},
		acd.SetDays{},
		acd.SetHours{},
		acd.Login{},
		acd.Logout{},
		acd.SetPresence{},
		acd.SetPhone{},
		acd.SetReachable{},
		acd.FinishWrapUp{},
		acd.ExtendWrapUp{},
		acd.Suspend{},
		acd.Release{},
		acd.Active{},
		acd.Alive{},
		acd.StreamOpened{},
		acd.StreamClosed{},
		acd.CallArrived{},
		acd.Dial{},
		acd.DialEmergency{},
		acd.LegProgressed{},
		acd.LegAnswered{},
		acd.LegFailed{},
		acd.LegEnded{},
		acd.LegHeld{},
		acd.PromptEnded{},
		acd.LegPressed{},
		acd.HangUp{},
		acd.Reject{},
		acd.Hold{},
		acd.Resume{},
		acd.Mute{},
		acd.Tag{},
		acd.Note{},
		acd.RecordingStored{},
		acd.SetBrowser{},
		acd.Transfer{},
		acd.Consult{},
		acd.Swap{},
		acd.TalkTo{},
		acd.Complete{},
		acd.CancelSide{},
		acd.Conference{},
		acd.PickUp{},
		acd.PauseRecord{},
		acd.KeepRecord{},
		acd.Observe{},
		acd.StopObserving{},
		acd.Tick{},
		acd.Restarted{},
	}
}

// wordings are the ways to say a command that come into question.
func wordings(c acd.Command) []string {
	say := func(format string, args ...any) []string { return []string{fmt.Sprintf(format, args...)} }
	switch c := c.(type) { //nolint:gochecksumtype // the others are written with their fields
	case acd.Tick:
		return say("tick")
	case acd.Restarted:
		return say("restart")
	case acd.RemoveGroup:
		return say("remove group %s", c.Group)
	case acd.RemovePauseType:
		return say("remove pause-type %s", c.PauseType)
	case acd.SetReachable:
		if c.Reachable {
			return say("registered %s", c.Account)
		}
		return say("unregistered %s", c.Account)
	case acd.Login:
		return say("login %s %s", c.Operator, c.Session)
	case acd.Logout:
		return say("logout %s", c.Operator)
	case acd.SetPresence:
		if c.Presence == acd.Available {
			return say("available %s", c.Operator)
		}
		return say("pause %s %s", c.Operator, c.PauseType)
	case acd.FinishWrapUp:
		return say("finish %s", c.Operator)
	case acd.ExtendWrapUp:
		return say("extend %s %d", c.Operator, c.Seconds)
	case acd.Active:
		return say("active %s", c.Operator)
	case acd.Alive:
		return say("alive %s", c.Operator)
	case acd.StreamOpened:
		return say("open %s %s", c.Operator, c.Session)
	case acd.StreamClosed:
		return []string{fmt.Sprintf("close %s %s", c.Operator, c.Session), fmt.Sprintf("close %s %s abrupt", c.Operator, c.Session)}
	}
	return callWordings(c)
}

func callWordings(c acd.Command) []string {
	say := func(format string, args ...any) []string { return []string{fmt.Sprintf(format, args...)} }
	switch c := c.(type) { //nolint:gochecksumtype // those about his call
	case acd.HangUp:
		return say("end %s", c.Operator)
	case acd.Reject:
		return say("reject %s", c.Operator)
	case acd.Hold:
		return say("hold %s", c.Operator)
	case acd.Resume:
		return say("resume %s", c.Operator)
	case acd.Mute:
		return []string{"mute " + string(c.Operator), "unmute " + string(c.Operator)}
	case acd.Tag:
		return say("tag %s %s", c.Operator, strings.Join(c.Tags, " "))
	case acd.Note:
		return say("note %s %s", c.Operator, c.Text)
	case acd.RecordingStored:
		return []string{"stored " + string(c.Call), "stored " + string(c.Call) + " lost"}
	}
	return sideWordings(c)
}

func sideWordings(c acd.Command) []string {
	say := func(format string, args ...any) []string { return []string{fmt.Sprintf(format, args...)} }
	target := func(d acd.Destination) string {
		switch d.Kind {
		case acd.ToOperator:
			return "@" + string(d.Operator)
		case acd.ToNumber:
			return d.Number
		case acd.ToGroup, acd.ToHangUp:
		}
		return string(d.Group)
	}
	switch c := c.(type) { //nolint:gochecksumtype // those about a second conversation
	case acd.SetBrowser:
		if c.Reachable {
			return say("browser %s", c.Operator)
		}
		return say("browser %s lost", c.Operator)
	case acd.Transfer:
		return say("transfer %s %s", c.Operator, target(c.To))
	case acd.Consult:
		return say("consult %s %s", c.Operator, target(c.To))
	case acd.Swap:
		return say("swap %s", c.Operator)
	case acd.TalkTo:
		return []string{fmt.Sprintf("talk-to %s customer", c.Operator), fmt.Sprintf("talk-to %s target", c.Operator)}
	case acd.Complete:
		return say("complete %s", c.Operator)
	case acd.CancelSide:
		return say("cancel %s", c.Operator)
	case acd.Conference:
		return say("conference %s", c.Operator)
	case acd.PickUp:
		return say("pick-up %s %s", c.Operator, c.Call)
	case acd.PauseRecord:
		return []string{fmt.Sprintf("pause-record %s", c.Operator), fmt.Sprintf("pause-record %s off", c.Operator)}
	case acd.KeepRecord:
		return []string{fmt.Sprintf("keep-record %s", c.Operator), fmt.Sprintf("keep-record %s off", c.Operator)}
	case acd.Observe:
		return []string{
			fmt.Sprintf("listen %s %s", c.User, c.Operator), fmt.Sprintf("whisper %s %s", c.User, c.Operator),
			fmt.Sprintf("barge %s %s", c.User, c.Operator),
		}
	case acd.StopObserving:
		return say("stop-listening %s", c.User)
	}
	return legWordings(c)
}

func legWordings(c acd.Command) []string {
	each := func(call acd.CallID, leg acd.LegID, verbs ...string) (out []string) {
		for _, verb := range verbs {
			head, tail, _ := strings.Cut(verb, " ")
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s.%d %s", head, call, leg, tail)))
		}
		return out
	}
	switch c := c.(type) { //nolint:gochecksumtype // those about legs
	case acd.LegProgressed:
		return each(c.Call, c.Leg, "ring", "early")
	case acd.LegAnswered:
		return each(c.Call, c.Leg, "answer")
	case acd.LegFailed:
		return each(c.Call, c.Leg, "busy", "refuse", "unreachable", "redirect", "no-answer")
	case acd.LegEnded:
		return each(c.Call, c.Leg, "drop", "drop media", "drop long", "drop session", "drop refused")
	case acd.LegHeld:
		return each(c.Call, c.Leg, "phone-hold", "phone-resume")
	case acd.LegPressed:
		return each(c.Call, c.Leg, "press "+string(rune(c.Digit)))
	case acd.PromptEnded:
		return []string{fmt.Sprintf("notice-ended %s %d", c.Call, c.Prompt)}
	}
	return nil
}
