package acdtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bandeau/acd"
)

// Scenario runs scenario lines against a core. Each line is a command; see
// [Scenario.Do]. Every step is checked for the invariants of this package.
type Scenario struct {
	State   *acd.State
	now     acd.Instant
	checker *Checker
	groups  map[acd.GroupID]acd.GroupConfig
	ops     map[acd.OperatorID]acd.OperatorConfig
	centre  acd.CentreConfig
	out     strings.Builder
}

// NewScenario returns a scenario in an empty centre, at [Epoch].
func NewScenario() *Scenario {
	s := acd.New(1)
	return &Scenario{
		State: s, now: Epoch, checker: NewChecker(s),
		groups: map[acd.GroupID]acd.GroupConfig{}, ops: map[acd.OperatorID]acd.OperatorConfig{},
	}
}

// Do runs one line and returns the trace of what happened. The lines are:
//
//	operator NAME [key=value…]   creates or changes an operator; keys: wrapup ring
//	        retry idle-logout missed phone callerid direct emergency, and the flags
//	        always record ask silence persistent pause-at-login change-phone
//	        no-outgoing disabled (a leading - clears a flag), logout-at=DURATION
//	group NAME [key=value…]      members=a,b,-c (-c is suspended) strategy priority
//	        wrapup max-waiting max-wait overflow=group:G|number:N|hangup
//	        when-nobody record record-out outgoing transfer
//	        (an operator also takes language=CODE and, after phone, confirm)
//	centre [notice] [language=CODE] | main-number NUMBER
//	pause-type NAME [max=MINUTES] [login]
//	remove operator|group|pause-type NAME
//	login NAME [SESSION] [logout-at=DURATION]      logout NAME [REASON]
//	available NAME | pause NAME TYPE | phone NAME PHONE | supervisor available|pause|release NAME …
//	finish NAME | extend NAME SECONDS | suspend NAME GROUP | unsuspend NAME GROUP
//	active NAME | alive NAME | open NAME SESSION | close NAME SESSION [abrupt]
//	registered ACCOUNT | unregistered ACCOUNT
//	call ID from NUMBER|withheld to GROUP|@OPERATOR|NUMBER|hangup [record] [on-operator] [else=EXIT]
//	dial NAME ID NUMBER [group=G] [emergency] [hidden] [from-phone] | dial-emergency ACCOUNT ID NUMBER
//	ring|early|answer|busy|refuse|unreachable|redirect|no-answer NAME|ID.LEG     reports on a placed leg
//	hangup caller|called|forwarded ID | hangup NAME   the far side of a leg goes
//	drop ID.LEG [media|long|session|refused]
//	notice-ended ID [NUMBER]     the notice, or the prompt of that number, was heard
//	press NAME|ID.LEG DIGIT      a key pressed during a prompt
//	end NAME | reject NAME | hold NAME | resume NAME | mute NAME | unmute NAME
//	phone-hold NAME | phone-resume NAME | tag NAME TAG… | note NAME TEXT | stored ID [lost]
//	advance DURATION             time passes, ticking whenever a deadline says so
//	back DURATION                the clock jumps back
//	tick | clock DURATION        a tick, whether due or not; the clock stands at that time
//	command NAME {FIELDS}        any command of the core, with its fields as JSON
//	seed NUMBER                  begins anew, in a centre of that seed
//	restart                      the process was started anew
//	show NAME|GROUP|CALL         prints the view
func (s *Scenario) Do(line string) (string, error) {
	s.out.Reset()
	words := strings.Fields(line)
	if len(words) == 0 || words[0] == "#" {
		return "", nil
	}
	verb, args := words[0], words[1:]
	var err error
	switch verb {
	case "advance", "back":
		err = s.advance(verb, args)
	case "clock", "seed":
		err = s.set(verb, args)
	case "show":
		s.show(args)
	default:
		var c acd.Command
		if c, err = s.command(verb, args); err == nil {
			err = s.step(c)
		}
	}
	if err != nil {
		return s.out.String(), fmt.Errorf("%s: %w", line, err)
	}
	return s.out.String(), nil
}

func (s *Scenario) step(c acd.Command) error {
	events, effects, err := s.State.Step(s.now, c)
	for _, e := range events {
		fmt.Fprintf(&s.out, "  %s\n", Describe(e))
	}
	for _, e := range effects {
		fmt.Fprintf(&s.out, "    > %s\n", Describe(e))
	}
	if err != nil {
		fmt.Fprintf(&s.out, "  refused: %s\n", err)
	}
	return s.checker.Observe(s.now, c, events, effects, err)
}

func (s *Scenario) set(verb string, args []string) error {
	if len(args) != 1 {
		return errArgs
	}
	if verb == "seed" {
		seed, err := strconv.ParseUint(args[0], 10, 64)
		s.reset(seed)
		return err
	}
	at, err := offset(args[0])
	s.now = at
	return err
}

func (s *Scenario) advance(verb string, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want a duration")
	}
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	if verb == "back" {
		s.now = s.now.Add(-d)
		return nil
	}
	until := s.now.Add(d)
	for {
		at, ok := s.State.Deadline()
		if !ok || at > until {
			break
		}
		s.now = max(s.now, at)
		fmt.Fprintf(&s.out, "  [%s]\n", Clock(s.now))
		if err := s.step(acd.Tick{}); err != nil {
			return err
		}
	}
	s.now = until
	return nil
}

func (s *Scenario) show(args []string) {
	for _, name := range args {
		if v, ok := s.State.Operator(acd.OperatorID(name)); ok {
			pending := ""
			if v.Pending != nil {
				pending = " pending:" + Describe(*v.Pending)
			}
			v.Name, v.Pending = "", nil
			fmt.Fprintf(&s.out, "  %s%s\n", Describe(v), pending)
		} else if v, ok := s.State.Group(acd.GroupID(name)); ok {
			fmt.Fprintf(&s.out, "  %s\n", Describe(v))
		} else if v, ok := s.State.Call(acd.CallID(name)); ok {
			fmt.Fprintf(&s.out, "  %s\n", Describe(v))
		} else {
			fmt.Fprintf(&s.out, "  no %s\n", name)
		}
	}
}

// options splits words into key=value pairs, flags ("key" as "key=on", "-key"
// as "key=off"), in order.
func options(words []string) [][2]string {
	var out [][2]string
	for _, w := range words {
		key, val, found := strings.Cut(w, "=")
		switch {
		case found:
		case strings.HasPrefix(key, "-"):
			key, val = key[1:], "off"
		default:
			val = "on"
		}
		out = append(out, [2]string{key, val})
	}
	return out
}

// number reads a whole number, nil for "none".
func number(s string) (*int, error) {
	if s == "none" {
		return nil, nil //nolint:nilnil // an optional number that is absent
	}
	n, err := strconv.Atoi(s)
	return &n, err
}

func phone(s string) acd.Phone {
	switch {
	case s == "none":
		return acd.Phone{}
	case strings.HasPrefix(s, "+"):
		return acd.Phone{Kind: acd.PhoneExternal, Number: s}
	}
	return acd.Phone{Kind: acd.PhoneCentrex, Account: acd.AccountID(s)}
}

func exit(s string) acd.Exit {
	kind, to, _ := strings.Cut(s, ":")
	switch kind {
	case "group":
		return acd.Exit{Kind: acd.ExitGroup, Group: acd.GroupID(to)}
	case "number":
		return acd.Exit{Kind: acd.ExitNumber, Number: to}
	case "hangup":
		return acd.Exit{Kind: acd.ExitHangUp}
	}
	return acd.Exit{}
}
