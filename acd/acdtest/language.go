package acdtest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bandeau/acd"
)

// errArgs says that a line has too few words.
var errArgs = errors.New("too few words")

// verbs are the lines of the language that are one command each.
func (s *Scenario) command(verb string, args []string) (acd.Command, error) {
	if len(args) == 0 {
		switch verb {
		case "restart":
			return acd.Restarted{}, nil
		case "tick":
			return acd.Tick{}, nil
		}
		return nil, errArgs
	}
	if verb == "command" {
		return unraw(args)
	}
	for _, read := range []func(string, []string) (acd.Command, error){
		s.recordVerb, s.sessionVerb, s.legVerb, s.callVerb, s.talkVerb, s.sideVerb,
	} {
		if c, err := read(verb, args); c != nil || err != nil {
			return c, err
		}
	}
	return nil, fmt.Errorf("no such line: %s", verb)
}

func his(name string) acd.Actor { return acd.Actor{Kind: acd.ByOperator, ID: name} }

func (s *Scenario) recordVerb(verb string, args []string) (acd.Command, error) {
	switch verb {
	case "operator":
		return s.configureOperator(acd.OperatorID(args[0]), options(args[1:]))
	case "group":
		return s.configureGroup(acd.GroupID(args[0]), options(args[1:]))
	case "main-number":
		s.centre.MainNumber = args[0]
		return acd.ConfigureCentre{Config: s.centre}, nil
	case "centre":
		for _, o := range options(args) {
			switch o[0] {
			case "notice":
				s.centre.Notice = o[1] == "on"
			case "language":
				s.centre.Language = o[1]
			}
		}
		return acd.ConfigureCentre{Config: s.centre}, nil
	case "pause-type":
		c := acd.PauseTypeConfig{ID: acd.PauseTypeID(args[0])}
		for _, o := range options(args[1:]) {
			switch o[0] {
			case "max":
				n, err := number(o[1])
				if err != nil {
					return nil, err
				}
				c.MaxMinutes = n
			case "login":
				c.Login = true
			}
		}
		return acd.ConfigurePauseType{Config: c}, nil
	case "remove":
		if len(args) < 2 {
			return nil, errArgs
		}
		switch args[0] {
		case "operator":
			return acd.RemoveOperator{Operator: acd.OperatorID(args[1]), By: acd.Actor{Kind: acd.BySupervisor, ID: "sue"}}, nil
		case "group":
			return acd.RemoveGroup{Group: acd.GroupID(args[1])}, nil
		case "pause-type":
			return acd.RemovePauseType{PauseType: acd.PauseTypeID(args[1])}, nil
		}
		return nil, fmt.Errorf("remove what?")
	case "days":
		return days(args)
	case "hours":
		if len(args) < 2 {
			return nil, errArgs
		}
		return hours(args)
	case "registered", "unregistered":
		return acd.SetReachable{Account: acd.AccountID(args[0]), Reachable: verb == "registered"}, nil
	}
	return nil, nil //nolint:nilnil // not a line of this kind
}

func (s *Scenario) configureOperator(id acd.OperatorID, opts [][2]string) (acd.Command, error) {
	c, known := s.ops[id]
	if !known {
		c = acd.OperatorConfig{
			ID: id, Name: string(id), Enabled: true, RingSeconds: 25, RetrySeconds: 30, AllowOutgoing: true,
			Phone:    acd.Phone{Kind: acd.PhoneExternal, Number: "+3360000" + string(id)},
			CallerID: acd.Presentation{Number: "+33170200200"}, EmergencyNumber: "+33170200200",
		}
	}
	var logoutAt acd.Instant
	for _, o := range opts {
		var err error
		on := o[1] == "on"
		switch o[0] {
		case "wrapup":
			c.WrapUpSeconds, err = number(o[1])
		case "ring":
			c.RingSeconds, err = strconv.Atoi(o[1])
		case "retry":
			c.RetrySeconds, err = strconv.Atoi(o[1])
		case "idle-logout":
			c.IdleLogoutMinutes, err = number(o[1])
		case "missed":
			c.MissedLogoutCount, err = number(o[1])
		case "language":
			c.Language = o[1]
		case "phone":
			c.Phone = phone(o[1])
		case "fallback":
			c.Phone.Fallback = o[1]
		case "callerid":
			c.CallerID = acd.Presentation{Number: strings.TrimPrefix(o[1], "anonymous:"), Anonymous: strings.HasPrefix(o[1], "anonymous:")}
		case "emergency":
			c.EmergencyNumber = o[1]
		case "logout-at":
			logoutAt, err = offset(o[1])
		default:
			err = operatorFlag(&c, o[0], on)
		}
		if err != nil {
			return nil, err
		}
	}
	s.ops[id] = c
	return acd.ConfigureOperator{Config: c, LogoutAt: logoutAt}, nil
}

func operatorFlag(c *acd.OperatorConfig, name string, on bool) error {
	switch name {
	case "always":
		c.AlwaysConnected = on
	case "record":
		c.Record = on
	case "ask":
		c.AskPhoneAtLogin = on
	case "silence":
		c.SilenceLogout = on
	case "persistent":
		c.PersistentSession = on
	case "pause-at-login":
		c.PauseAtLogin = on
	case "change-phone":
		c.AllowPhoneChange = on
	case "outgoing":
		c.AllowOutgoing = on
	case "confirm":
		c.Phone.Confirm = on
	case "browser":
		c.Phone = acd.Phone{Kind: acd.PhoneBrowser}
	case "enabled":
		c.Enabled = on
	default:
		return fmt.Errorf("no such key: %s", name)
	}
	return nil
}

func offset(s string) (acd.Instant, error) {
	d, err := time.ParseDuration(s)
	return Epoch.Add(d), err
}

func (s *Scenario) configureGroup(id acd.GroupID, opts [][2]string) (acd.Command, error) {
	c, known := s.groups[id]
	if !known {
		c = acd.GroupConfig{ID: id, Name: string(id), Strategy: acd.LongestIdle, Priority: 50, ServiceLevelSeconds: 20}
	}
	for _, o := range opts {
		var err error
		on := o[1] == "on"
		switch o[0] {
		case "members":
			c.Members = nil
			c.Members, err = membersOf(o[1])
		case "strategy":
			c.Strategy = acd.Strategy(slices.Index(names(acd.Strategy(0)), o[1])) //nolint:gosec // an unknown one is refused
		case "priority":
			c.Priority, err = strconv.Atoi(o[1])
		case "wrapup":
			c.WrapUpSeconds, err = strconv.Atoi(o[1])
		case "max-waiting":
			c.MaxWaiting, err = number(o[1])
		case "max-wait":
			c.MaxWaitSeconds, err = number(o[1])
		case "overflow":
			c.Overflow = exit(o[1])
		case "when-nobody":
			c.OverflowWhenNobody = on
		case "record":
			c.RecordInbound = on
		case "record-out":
			c.RecordOutbound = on
		case "outgoing":
			c.OutgoingNumber = o[1]
		case "transfer":
			c.TransferNumber = o[1]
		case "hours-exit":
			c.HoursExit = exit(o[1])
		case "pick-up":
			c.PickUp = on
		case "may-stop":
			c.MayStopRecording = on
		case "may-keep":
			c.MayKeepRecording = on
		default:
			err = groupHears(&c, o[0], o[1])
		}
		if err != nil {
			return nil, err
		}
	}
	s.groups[id] = c
	return acd.ConfigureGroup{Config: c}, nil
}

// groupHears reads what those hear who wait in a group.
func groupHears(c *acd.GroupConfig, key, value string) (err error) {
	switch key {
	case "music":
		c.HoldMusic = acd.SoundID(value)
	case "welcome":
		c.Announce.Welcome = acd.SoundID(value)
	case "periodic":
		c.Announce.Periodic = acd.SoundID(value)
	case "every":
		c.Announce.EverySeconds, err = strconv.Atoi(value)
	case "position":
		c.Announce.Position = value == "on"
	case "estimate":
		c.Announce.EstimatedWait = value == "on"
	default:
		err = fmt.Errorf("no such key: %s", key)
	}
	return err
}

// membersOf reads members in their order: "anna:2" has level 2, "-ben" is
// suspended.
func membersOf(text string) ([]acd.Member, error) {
	var members []acd.Member
	for i, word := range strings.Split(text, ",") {
		rest, suspended := strings.CutPrefix(word, "-")
		name, level, leveled := strings.Cut(rest, ":")
		m := acd.Member{Operator: acd.OperatorID(name), Order: i + 1, Level: 1, Suspended: suspended}
		if leveled {
			var err error
			if m.Level, err = strconv.Atoi(level); err != nil {
				return nil, err
			}
		}
		if name != "" {
			members = append(members, m)
		}
	}
	return members, nil
}

// days reads when days begin: the present one, then the next ones.
func days(args []string) (acd.Command, error) {
	var c acd.SetDays
	for i, text := range args {
		at, err := offset(text)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			c.Began = at
			continue
		}
		c.Next = append(c.Next, at)
	}
	return c, nil
}

// hours reads whether a group is open and when that changes: "open 10m 20m" is
// open, closes after ten minutes and opens again after twenty.
func hours(args []string) (acd.Command, error) {
	c := acd.SetHours{Group: acd.GroupID(args[0]), Open: args[1] == "open", Cause: "weekly"}
	open := c.Open
	for _, text := range args[2:] {
		at, err := offset(text)
		if err != nil {
			return nil, err
		}
		open = !open
		c.Changes = append(c.Changes, acd.HoursChange{At: at, Open: open, Cause: "weekly"})
	}
	return c, nil
}

func (s *Scenario) sessionVerb(verb string, args []string) (acd.Command, error) {
	op := acd.OperatorID(args[0])
	by := his(args[0])
	switch verb {
	case "login":
		c := acd.Login{Operator: op, Session: acd.SessionID(args[0] + "-1"), By: by}
		for _, o := range options(args[1:]) {
			if o[0] == "logout-at" {
				at, err := offset(o[1])
				if err != nil {
					return nil, err
				}
				c.LogoutAt = at
				continue
			}
			c.Session = acd.SessionID(o[0])
		}
		return c, nil
	case "logout":
		c := acd.Logout{Operator: op, Reason: acd.LogoutManual, By: by}
		if len(args) > 1 && args[1] == "supervisor" {
			c.Reason, c.By = acd.LogoutSupervisor, acd.Actor{Kind: acd.BySupervisor, ID: "sue"}
		}
		return c, nil
	case "available":
		return acd.SetPresence{Operator: op, Presence: acd.Available, By: by}, nil
	case "finish":
		return acd.FinishWrapUp{Operator: op, By: by}, nil
	case "active":
		return acd.Active{Operator: op}, nil
	case "alive":
		return acd.Alive{Operator: op}, nil
	}
	if len(args) < 2 {
		return nil, nil //nolint:nilnil // not a line of this kind
	}
	switch verb {
	case "pause":
		return acd.SetPresence{Operator: op, Presence: acd.Paused, PauseType: acd.PauseTypeID(args[1]), By: by}, nil
	case "phone":
		return acd.SetPhone{Operator: op, Phone: phone(args[1]), By: by}, nil
	case "extend":
		n, err := strconv.Atoi(args[1])
		return acd.ExtendWrapUp{Operator: op, Seconds: n, By: by}, err
	case "suspend", "unsuspend":
		return acd.Suspend{
			Operator: op, Group: acd.GroupID(args[1]), Suspended: verb == "suspend",
			By: acd.Actor{Kind: acd.BySupervisor, ID: "sue"},
		}, nil
	case "open":
		return acd.StreamOpened{Operator: op, Session: acd.SessionID(args[1])}, nil
	case "close":
		return acd.StreamClosed{Operator: op, Session: acd.SessionID(args[1]), InOrder: len(args) == 2}, nil
	case "supervisor":
		return supervisor(args)
	}
	return nil, nil //nolint:nilnil // not a line of this kind
}

func supervisor(args []string) (acd.Command, error) {
	by, op := acd.Actor{Kind: acd.BySupervisor, ID: "sue"}, acd.OperatorID(args[1])
	var logoutAt acd.Instant
	if last, ok := strings.CutPrefix(args[len(args)-1], "logout-at="); ok {
		var err error
		if logoutAt, err = offset(last); err != nil {
			return nil, err
		}
	}
	switch {
	case args[0] == "available":
		return acd.SetPresence{Operator: op, Presence: acd.Available, LogoutAt: logoutAt, By: by}, nil
	case args[0] == "pause" && len(args) > 2:
		return acd.SetPresence{
			Operator: op, Presence: acd.Paused, PauseType: acd.PauseTypeID(args[2]), LogoutAt: logoutAt, By: by,
		}, nil
	case args[0] == "release":
		return acd.Release{Operator: op, By: by}, nil
	}
	return nil, fmt.Errorf("supervisor does what?")
}
