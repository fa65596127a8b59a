package acdtest

import (
	"strings"

	"bandeau/acd"
)

// sideVerb reads what is about second conversations, browsers and supervisors.
func (s *Scenario) sideVerb(verb string, args []string) (acd.Command, error) {
	op := acd.OperatorID(args[0])
	v, _ := s.State.Operator(op)
	switch verb {
	case "browser":
		return acd.SetBrowser{Operator: op, Reachable: len(args) == 1}, nil
	case "swap":
		return acd.Swap{Call: v.Call, Operator: op}, nil
	case "complete":
		return acd.Complete{Call: v.Call, Operator: op}, nil
	case "cancel":
		return acd.CancelSide{Call: v.Call, Operator: op}, nil
	case "conference":
		return acd.Conference{Call: v.Call, Operator: op}, nil
	case "pause-record":
		return acd.PauseRecord{Call: v.Call, Operator: op, On: len(args) == 1}, nil
	case "keep-record":
		return acd.KeepRecord{Call: v.Call, Operator: op, Keep: len(args) == 1}, nil
	case "stop-listening":
		return acd.StopObserving{User: acd.UserID(args[0])}, nil
	}
	if len(args) < 2 {
		return nil, nil //nolint:nilnil // not a line of this kind
	}
	modes := map[string]acd.ObserveMode{"listen": acd.Listen, "whisper": acd.Whisper, "barge": acd.Barge}
	switch verb {
	case "talk-to":
		return acd.TalkTo{Call: v.Call, Operator: op, Target: args[1] == "target"}, nil
	case "transfer":
		return acd.Transfer{Call: v.Call, Operator: op, To: sideTarget(args[1])}, nil
	case "consult":
		return acd.Consult{Call: v.Call, Operator: op, To: sideTarget(args[1])}, nil
	case "pick-up":
		return acd.PickUp{Operator: op, Call: acd.CallID(args[1])}, nil
	case "listen", "whisper", "barge":
		return acd.Observe{
			User: acd.UserID(args[0]), Name: args[0], Operator: acd.OperatorID(args[1]), Mode: modes[verb],
			Phone: acd.Phone{Kind: acd.PhoneBrowser},
		}, nil
	}
	return nil, nil //nolint:nilnil // not a line of this kind
}

func sideTarget(to string) acd.Destination {
	switch {
	case strings.HasPrefix(to, "@"):
		return acd.Destination{Kind: acd.ToOperator, Operator: acd.OperatorID(to[1:])}
	case strings.HasPrefix(to, "+"):
		return acd.Destination{Kind: acd.ToNumber, Number: to}
	}
	return acd.Destination{Kind: acd.ToGroup, Group: acd.GroupID(to)}
}
