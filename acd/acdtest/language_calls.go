package acdtest

import (
	"fmt"
	"strconv"
	"strings"

	"bandeau/acd"
)

func (s *Scenario) callVerb(verb string, args []string) (acd.Command, error) {
	switch {
	case verb == "call" && len(args) >= 5:
		return s.call(args)
	case verb == "dial" && len(args) >= 3:
		c := acd.Dial{Operator: acd.OperatorID(args[0]), Call: acd.CallID(args[1]), Number: args[2]}
		for _, o := range options(args[3:]) {
			switch o[0] {
			case "group":
				c.Group = acd.GroupID(o[1])
			case "emergency":
				c.Emergency = true
			case "hidden":
				c.NumberHidden = true
			case "from-phone":
				c.FromPhone = true
			}
		}
		return c, nil
	case verb == "dial-emergency" && len(args) >= 3:
		return acd.DialEmergency{Account: acd.AccountID(args[0]), Call: acd.CallID(args[1]), Number: args[2]}, nil
	case verb == "notice-ended":
		n := callOf(s.State, acd.CallID(args[0])).Prompts
		if len(args) > 1 {
			n, _ = strconv.Atoi(args[1])
		}
		return acd.PromptEnded{Call: acd.CallID(args[0]), Prompt: n}, nil
	case verb == "press" && len(args) >= 2:
		call, leg, err := s.leg(args)
		return acd.LegPressed{Call: call, Leg: leg, Digit: args[1][0]}, err
	case verb == "stored":
		return acd.RecordingStored{Call: acd.CallID(args[0]), Lost: len(args) > 1}, nil
	}
	return nil, nil //nolint:nilnil // not a line of this kind
}

func (s *Scenario) call(args []string) (acd.Command, error) {
	c := acd.CallArrived{Call: acd.CallID(args[0]), Caller: args[2], Called: "+33170200200", Service: "main"}
	if c.Caller == "withheld" {
		c.Caller = ""
	}
	to := args[4]
	switch {
	case to == "hangup":
		c.Destination.Kind = acd.ToHangUp
	case strings.HasPrefix(to, "@"):
		c.Destination = acd.Destination{Kind: acd.ToOperator, Operator: acd.OperatorID(to[1:])}
	case strings.HasPrefix(to, "+"):
		c.Destination = acd.Destination{Kind: acd.ToNumber, Number: to}
	default:
		c.Destination = acd.Destination{Kind: acd.ToGroup, Group: acd.GroupID(to)}
	}
	for _, o := range options(args[5:]) {
		switch o[0] {
		case "record":
			c.Record = true
		case "on-operator":
			c.OnOperator = true
		case "closed":
			c.Closed = "holiday"
			if o[1] != "" {
				c.ClosedExit = exit(o[1])
			}
		case "else":
			c.Overflow = exit(o[1])
		}
	}
	return c, nil
}

// leg finds the leg that a line means: "c1.2" is leg 2 of c1, an operator's name
// is his phone in the call he is in, "called c1" is the called party.
func (s *Scenario) leg(args []string) (acd.CallID, acd.LegID, error) {
	if id, n, found := strings.Cut(args[0], "."); found {
		leg, err := strconv.Atoi(n)
		return acd.CallID(id), acd.LegID(leg), err
	}
	roles := map[string]acd.LegRole{"caller": acd.RoleCaller, "called": acd.RoleCalled, "forwarded": acd.RoleForwarded}
	for _, c := range s.State.Checkpoint().Calls {
		for _, l := range c.Legs {
			role, named := roles[args[0]]
			if named && len(args) > 1 && string(c.ID) == args[1] && l.Role == role {
				return c.ID, l.ID, nil
			}
			if !named && l.Operator == acd.OperatorID(args[0]) {
				return c.ID, l.ID, nil
			}
		}
	}
	return "", 0, fmt.Errorf("no such leg: %s", strings.Join(args, " "))
}

func (s *Scenario) legVerb(verb string, args []string) (acd.Command, error) {
	causes := map[string]acd.FailCause{
		"busy": acd.FailBusy, "refuse": acd.FailRejected, "unreachable": acd.FailUnreachable,
		"redirect": acd.FailRedirected, "no-answer": acd.FailNoAnswer,
	}
	statuses := map[string]int{"busy": 486, "refuse": 603, "unreachable": 480, "redirect": 302, "no-answer": 408}
	ends := map[string]acd.EndCause{
		"media": acd.EndMediaLost, "long": acd.EndTooLong, "session": acd.EndSessionLost, "refused": acd.EndRefused,
	}
	cause, failed := causes[verb]
	switch {
	case failed:
	case verb == "ring", verb == "early", verb == "answer", verb == "hangup", verb == "drop":
	case verb == "phone-hold", verb == "phone-resume":
	default:
		return nil, nil //nolint:nilnil // not a line of this kind
	}
	call, leg, err := s.leg(args)
	if err != nil {
		return nil, err
	}
	switch verb {
	case "ring", "early":
		return acd.LegProgressed{Call: call, Leg: leg, Early: verb == "early"}, nil
	case "answer":
		return acd.LegAnswered{Call: call, Leg: leg}, nil
	case "phone-hold", "phone-resume":
		return acd.LegHeld{Call: call, Leg: leg, Held: verb == "phone-hold"}, nil
	case "hangup":
		return acd.LegEnded{Call: call, Leg: leg, Cause: acd.EndHungUp}, nil
	case "drop":
		end := acd.EndHungUp
		if len(args) > 1 {
			end = ends[args[1]]
		}
		return acd.LegEnded{Call: call, Leg: leg, Cause: end}, nil
	}
	return acd.LegFailed{Call: call, Leg: leg, Cause: cause, Status: statuses[verb]}, nil
}

func (s *Scenario) talkVerb(verb string, args []string) (acd.Command, error) {
	op := acd.OperatorID(args[0])
	v, _ := s.State.Operator(op)
	switch verb {
	case "end":
		return acd.HangUp{Call: v.Call, Operator: op, By: his(args[0])}, nil
	case "reject":
		return acd.Reject{Call: v.Call, Operator: op}, nil
	case "hold":
		return acd.Hold{Call: v.Call, Operator: op}, nil
	case "resume":
		return acd.Resume{Call: v.Call, Operator: op}, nil
	case "mute", "unmute":
		return acd.Mute{Call: v.Call, Operator: op, On: verb == "mute"}, nil
	case "tag":
		return acd.Tag{Call: v.Call, Operator: op, Tags: args[1:]}, nil
	case "note":
		return acd.Note{Call: v.Call, Operator: op, Text: strings.Join(args[1:], " ")}, nil
	}
	return nil, nil //nolint:nilnil // not a line of this kind
}
