package directory

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func validGroup(w *world) Group {
	g := NewGroup(w.centre)
	g.ID, g.Name = "new", "Sales"
	g.Members = []Member{NewMember("anna", 0), NewMember("bruno", 1)}
	return g
}

func TestGroupDefaults(t *testing.T) {
	want := Group{
		Meta: Meta{Centre: "c1"}, Colour: "#1d4ed8", Strategy: StrategyLongestIdle, Priority: 50,
		Overflow: Destination{Type: ToHangup}, WhenNobody: NobodyWait, ServiceLevel: ServiceLevel{Seconds: 20, Percent: 80},
		Announcements: Announcements{EverySeconds: 60},
	}
	if diff := cmp.Diff(want, NewGroup(newWorld().centre)); diff != "" {
		t.Error(diff)
	}
	if got, want := NewMember("anna", 2), (Member{Operator: "anna", Order: 3, Level: 1}); got != want {
		t.Errorf("NewMember = %v, want %v", got, want)
	}
}

func TestGroupRules(t *testing.T) {
	type test = ruleTest[Group]
	set := func(name string, change func(g *Group), problem string) test {
		return test{name, func(g *Group, _ *world) { change(g) }, problem}
	}
	to := func(d Destination) func(g *Group) { return func(g *Group) { g.Overflow = d } }
	var tests []test
	tests = append(tests, lengths("name", 1, 100, func(g *Group, v string) { g.Name = v })...)
	tests = append(tests, bounds("priority", 1, 100, func(g *Group, v int) { g.Priority = v })...)
	tests = append(tests, bounds("wrapUpSeconds", 0, 3600, func(g *Group, v int) { g.WrapUpSeconds = v })...)
	tests = append(tests, bounds("maxWaiting", 0, 100_000, func(g *Group, v int) { g.MaxWaiting = &v })...)
	tests = append(tests, bounds("maxWaitSeconds", 0, 86_400, func(g *Group, v int) { g.MaxWaitSeconds = &v })...)
	tests = append(tests, bounds("serviceLevel.seconds", 1, 3600, func(g *Group, v int) { g.ServiceLevel.Seconds = v })...)
	tests = append(tests, bounds("serviceLevel.percent", 1, 100, func(g *Group, v int) { g.ServiceLevel.Percent = v })...)
	tests = append(tests, bounds("members[1].order", 1, MaxMembers, func(g *Group, v int) { g.Members[1].Order = v })...)
	tests = append(tests, bounds("members[1].level", 1, 9, func(g *Group, v int) { g.Members[1].Level = v })...)
	tests = append(tests, bounds("announcements.everySeconds", 15, 3600, func(g *Group, v int) { g.Announcements.EverySeconds = v })...)
	for _, s := range []Strategy{
		StrategyFixed, StrategyLongestIdle, StrategyRandom, StrategyRotating, StrategyEveryone, StrategyFewestCalls, StrategySkill,
	} {
		tests = append(tests, set("strategy "+string(s), func(g *Group) { g.Strategy = s }, ""))
	}
	for colour, problem := range map[string]string{
		"#000000": "", "#ABCDEF": "", "": "invalid colour", "#fff": "invalid colour", "red": "invalid colour",
		"000000": "invalid colour", "#00000g": "invalid colour", "#0000000": "invalid colour",
	} {
		tests = append(tests, set("colour "+colour, func(g *Group) { g.Colour = colour }, problem))
	}
	tests = append(tests,
		set("strategy unknown", func(g *Group) { g.Strategy = "best" }, "invalid strategy"),
		set("outgoing number", func(g *Group) { g.OutgoingNumber = "0170200200" }, ""),
		set("outgoing number short", func(g *Group) { g.OutgoingNumber = "3631" }, ""),
		set("outgoing number garbage", func(g *Group) { g.OutgoingNumber = "x" }, "invalid outgoingNumber"),
		set("transfer number garbage", func(g *Group) { g.TransferNumber = "+" }, "invalid transferNumber"),
		set("whenNobody", func(g *Group) { g.WhenNobody = NobodyOverflow }, ""),
		set("whenNobody unknown", func(g *Group) { g.WhenNobody = "hangup" }, "invalid whenNobody"),
		set("no overflow", to(Destination{}), "invalid overflow.type"),
		set("overflow group", to(Destination{Type: ToGroup, ID: "sales"}), ""),
		set("overflow unknown group", to(Destination{Type: ToGroup, ID: "nowhere"}), "invalid overflow.id"),
		set("overflow group without id", to(Destination{Type: ToGroup}), "invalid overflow.id"),
		set("overflow operator", to(Destination{Type: ToOperator, ID: "anna"}), "invalid overflow.type"),
		set("overflow voicemail", to(Destination{Type: ToVoicemail}), "unavailable overflow.type"),
		set("overflow number", to(Destination{Type: ToNumber, Number: "0612345678"}), ""),
		set("overflow number missing", to(Destination{Type: ToNumber}), "invalid overflow.number"),
		set("overflow number emergency", to(Destination{Type: ToNumber, Number: "112"}), "invalid overflow.number"),
		set("overflow leftovers are dropped", to(Destination{Type: ToHangup, ID: "gone", Number: "x"}), ""),
		test{"overflow to itself", func(g *Group, w *world) {
			w.groups["new"] = *g
			g.Overflow = Destination{Type: ToGroup, ID: "new"}
		}, "conflict overflow.id"},
		test{"ring of two", func(g *Group, _ *world) {
			g.ID = "support" // sales overflows to support
			g.Overflow = Destination{Type: ToGroup, ID: "sales"}
		}, "conflict overflow.id"},
		test{"closed to itself", func(g *Group, w *world) {
			w.groups["new"] = *g
			g.Hours = &Hours{Exit: Destination{Type: ToGroup, ID: "new"}}
		}, "conflict openingHours.exit.id"},
		test{"ring over the other's exit for closed hours", func(g *Group, w *world) {
			g.ID = "support"
			w.groups["support"] = *g
			w.groups["night"] = Group{Overflow: Destination{Type: ToHangup}, Hours: &Hours{Exit: Destination{Type: ToGroup, ID: "support"}}}
			g.Overflow = Destination{Type: ToGroup, ID: "night"}
		}, "conflict overflow.id"},
		test{"ring of three, closed hours first", func(g *Group, w *world) {
			g.ID = "support"
			w.groups["night"] = Group{Overflow: Destination{Type: ToGroup, ID: "sales"}} // sales overflows to support
			g.Hours = &Hours{Exit: Destination{Type: ToGroup, ID: "night"}}
		}, "conflict openingHours.exit.id"},
		set("two ways to the same group are no ring", func(g *Group) {
			g.Overflow = Destination{Type: ToGroup, ID: "sales"}
			g.Hours = &Hours{Exit: Destination{Type: ToGroup, ID: "sales"}}
		}, ""),
		set("hold music", func(g *Group) { g.HoldMusic = "chimes" }, ""),
		set("hold music unknown", func(g *Group) { g.HoldMusic = "noise" }, "invalid holdMusic"),
		set("welcome", func(g *Group) { g.Announcements.Welcome = "chimes" }, ""),
		set("welcome unknown", func(g *Group) { g.Announcements.Welcome = "sales" }, "invalid announcements.welcome"),
		set("periodic unknown", func(g *Group) { g.Announcements.Periodic = "noise" }, "invalid announcements.periodic"),
		set("a ring of others ends the search", to(Destination{Type: ToGroup, ID: "loop"}), ""),
		set("no members", func(g *Group) { g.Members = nil }, ""),
		set("unknown member", func(g *Group) { g.Members[1].Operator = "zoe" }, "invalid members[1].operator"),
		set("member twice", func(g *Group) { g.Members[1].Operator = "anna" }, "invalid members[1].operator"),
		set("too many members", func(g *Group) { g.Members = make([]Member, MaxMembers+1) }, "invalid members"),
	)
	runRules(t, validGroup, tests)
}

func TestGroupOrdered(t *testing.T) {
	g := Group{Members: []Member{{Operator: "c", Order: 3}, {Operator: "b", Order: 1}, {Operator: "a", Order: 1}}}
	want := []Member{{Operator: "a", Order: 1}, {Operator: "b", Order: 1}, {Operator: "c", Order: 3}}
	if diff := cmp.Diff(want, g.Ordered()); diff != "" {
		t.Error(diff)
	}
	if g.Members[0].Operator != "c" {
		t.Error("the record itself was sorted")
	}
}
