package acdtest

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"bandeau/acd"
)

// Epoch is when scenarios and workloads begin.
const Epoch = acd.Instant(1_767_600_000_000) // 2026-01-05 08:00:00 UTC, a Monday

// Describe writes an event or an effect in short form: its name in words, then
// the fields that are set, instants as time since [Epoch].
func Describe(x any) string {
	v := reflect.ValueOf(x)
	var b strings.Builder
	b.WriteString(words(v.Type().Name()))
	if config := v.FieldByName("Config"); config.IsValid() {
		if id := config.FieldByName("ID"); id.IsValid() {
			fmt.Fprintf(&b, " %s", id)
		}
		return b.String()
	}
	if p, ok := x.(acd.PendingSet); ok && p.None {
		return "pending none operator=" + string(p.Operator)
	}
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Name, v.Field(i)
		if name == "Name" || name == "Session" && v.Type() != reflect.TypeFor[acd.LoggedIn]() {
			continue
		}
		if name == "ID" {
			name = "id"
		}
		if s := value(f); s != "" {
			fmt.Fprintf(&b, " %s%s=%s", strings.ToLower(name[:1]), name[1:], s)
		}
	}
	return b.String()
}

// Clock writes an instant as time since Epoch.
func Clock(at acd.Instant) string {
	d := at.Sub(Epoch)
	s := fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
	if ms := d % time.Second; ms != 0 {
		s += fmt.Sprintf(".%03d", ms.Milliseconds())
	}
	return s
}

func value(f reflect.Value) string {
	if name, ok := enum(f); ok {
		return name
	}
	if f.IsZero() {
		return ""
	}
	switch x := f.Interface().(type) {
	case acd.Instant:
		return Clock(x)
	case acd.Phone:
		s := x.Number + string(x.Account)
		if x.Kind == acd.PhoneBrowser {
			s = strings.TrimSuffix("browser:"+x.Fallback, ":")
		}
		if x.Confirm {
			s += "+confirm"
		}
		return s
	case acd.Presentation:
		if x.Anonymous {
			return "anonymous(" + x.Number + ")"
		}
		return x.Number
	case acd.Exit:
		kind, _ := enum(reflect.ValueOf(x.Kind))
		return strings.TrimSuffix(kind+":"+string(x.Group)+x.Number, ":")
	case acd.Actor:
		kind, _ := enum(reflect.ValueOf(x.Kind))
		return strings.TrimSuffix(kind+":"+x.ID, ":")
	case byte:
		return string(rune(x))
	case *acd.Side:
		return side(*x)
	case acd.Side:
		return side(x)
	case acd.Observer:
		return observer(x)
	}
	if text, ok := list(f.Interface()); ok {
		return text
	}
	return strings.ReplaceAll(fmt.Sprint(f.Interface()), " ", "_")
}

// list writes a list of the core's own kinds.
func list(x any) (string, bool) {
	var parts []string
	switch x := x.(type) {
	case []acd.SkipCount:
		for _, s := range x {
			reason, _ := enum(reflect.ValueOf(s.Reason))
			parts = append(parts, fmt.Sprintf("%d:%s", s.Count, reason))
		}
	case []acd.HoursChange:
		for _, c := range x {
			parts = append(parts, fmt.Sprintf("%s:%t", Clock(c.At), c.Open))
		}
	case []acd.Instant:
		for _, at := range x {
			parts = append(parts, Clock(at))
		}
	case []acd.Skip:
		for _, s := range x {
			reason, _ := enum(reflect.ValueOf(s.Reason))
			parts = append(parts, string(s.Operator)+":"+reason)
		}
	case []acd.Observer:
		for _, o := range x {
			parts = append(parts, observer(o))
		}
	case []acd.Party:
		for _, p := range x {
			parts = append(parts, strings.ReplaceAll(fmt.Sprintf("%d:%v", p.Leg, p.Hears), " ", "+"))
		}
	default:
		return "", false
	}
	return strings.Join(parts, ","), true
}

func side(s acd.Side) string {
	kind, _ := enum(reflect.ValueOf(s.Kind))
	parts := []string{fmt.Sprintf("%s:%s>%s%s#%d", kind, s.By, s.Operator, s.To.Number, s.Leg)}
	for _, flag := range []struct {
		is   bool
		name string
	}{{s.Up, "up"}, {s.Front, "front"}, {s.Muted, "muted"}} {
		if flag.is {
			parts = append(parts, flag.name)
		}
	}
	return strings.Join(parts, "+")
}

func observer(o acd.Observer) string {
	mode, _ := enum(reflect.ValueOf(o.Mode))
	text := fmt.Sprintf("%s:%s>%s#%d", mode, o.User, o.Operator, o.Leg)
	if o.Up {
		text += "+up"
	}
	return text
}

// enum names a value of one of the core's enumerations; a value that says
// nothing has no name.
func enum(f reflect.Value) (string, bool) {
	known := names(f.Interface())
	if known == nil {
		return "", false
	}
	if int(f.Uint()) >= len(known) {
		return fmt.Sprintf("?%d", f.Uint()), true
	}
	return known[f.Uint()], true
}

func names(x any) []string {
	switch x.(type) {
	case acd.Presence:
		return []string{"logged_out", "available", "paused"}
	case acd.Activity:
		return []string{"idle", "ringing", "dialing", "talking", "held", "wrap_up"}
	case acd.ActorKind:
		return []string{"", "operator", "supervisor", "rule", "caller"}
	case acd.LogoutReason:
		return []string{"", "manual", "window", "silence", "idle", "missed", "clock", "supervisor", "disabled"}
	case acd.Direction:
		return []string{"", "in", "out"}
	case acd.OfferOutcome:
		return []string{"", "answered", "no_answer", "rejected", "busy", "unreachable", "caller_left", "withdrawn"}
	case acd.Outcome:
		return []string{"", "answered", "abandoned", "overflowed", "no_answer", "busy", "failed", "refused"}
	case acd.EndedBy:
		return []string{"", "caller", "operator", "system"}
	case acd.QueueExit:
		return []string{"", "answered", "abandoned", "overflowed"}
	case acd.LegRole:
		return []string{"", "caller", "offer", "own_phone", "called", "forwarded", "target", "observer"}
	case acd.SideKind:
		return []string{"", "transfer", "consult", "conference", "return"}
	case acd.ObserveMode:
		return []string{"", "listen", "whisper", "barge"}
	case acd.Strategy:
		return []string{"", "longest_idle", "fixed", "random", "rotating", "everyone", "fewest_calls", "skill"}
	case acd.Sound:
		return []string{"", "music", "ringback", "busy"}
	case acd.Prompt:
		return []string{"", "notice", "confirm"}
	case acd.Phrase:
		return []string{"", "position", "wait"}
	case acd.ExitKind:
		return []string{"", "group", "number", "hangup"}
	case acd.CallState:
		return []string{"", "queued", "ringing", "dialing", "talking", "held", "wrap_up", "over"}
	case acd.RecordingState:
		return []string{"", "running", "ready", "lost"}
	case acd.PhoneState:
		return []string{"missing", "reachable", "unreachable", "in_use"}
	case acd.SkipReason:
		return []string{
			"", "logged_out", "paused", "suspended", "no_phone", "unreachable", "phone_in_use", "busy", "wrap_up",
			"ignored", "tried", "disabled", "not_of_ten",
		}
	}
	return nil
}

// words turns a name such as OfferMade into "offer made".
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
