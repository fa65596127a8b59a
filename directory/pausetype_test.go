package directory

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"bandeau/internal/proof"
)

func TestPauseTypeRules(t *testing.T) {
	proof.Of(t, "pause types")
	type test = ruleTest[PauseType]
	valid := func(w *world) PauseType {
		p := NewPauseType(w)
		p.ID, p.Names.EN = "new", "Lunch"
		return p
	}
	if p := valid(newWorld()); p.Order != 16 || p.Login || p.MaxMinutes != nil {
		t.Errorf("defaults of a new pause type: %+v", p)
	}
	var tests []test
	tests = append(tests, lengths("names.fr", 0, 100, func(p *PauseType, v string) { p.Names.FR = v })...)
	tests = append(tests, lengths("names.es", 0, 100, func(p *PauseType, v string) { p.Names.ES = v })...)
	tests = append(tests, bounds("order", 1, 1000, func(p *PauseType, v int) { p.Order = v })...)
	tests = append(tests, bounds("maxMinutes", 1, 1440, func(p *PauseType, v int) { p.MaxMinutes = &v })...)
	tests = append(tests,
		test{"colour", func(p *PauseType, _ *world) { p.Colour = "blue" }, "invalid colour"},
		test{"takes the login mark", func(p *PauseType, _ *world) { p.Login = true }, ""},
		test{"gives the login mark away", func(p *PauseType, w *world) { *p = w.pauses[0]; p.Login = false }, "conflict login"},
		test{"keeps the login mark", func(p *PauseType, w *world) { *p = w.pauses[0] }, ""},
		test{"without a name", func(p *PauseType, _ *world) { p.Names = Names{} }, ""},
		test{"the fiftieth", func(_ *PauseType, w *world) { w.pauses = append(w.pauses, make([]PauseType, 34)...) }, ""},
		test{"the fifty-first", func(_ *PauseType, w *world) { w.pauses = append(w.pauses, make([]PauseType, 35)...) }, "conflict names"},
		test{"one of fifty changes", func(p *PauseType, w *world) {
			w.pauses = append(w.pauses, make([]PauseType, 35)...)
			*p = w.pauses[3]
		}, ""},
	)
	runRules(t, valid, tests)
}

func TestDefaultPauseTypes(t *testing.T) {
	types := DefaultPauseTypes(newWorld().centre)
	if len(types) != 15 {
		t.Fatalf("%d pause types, want 15", len(types))
	}
	logins := 0
	seen := map[string]bool{}
	for i, p := range types {
		w := newWorld()
		w.pauses = nil
		p.ID = "x"
		problems := p.Validate(w)
		if p.Login {
			logins++
		} else if len(problems) == 1 && problems[0].Field == "login" {
			problems = nil // alone, it would leave the centre without a login pause
		}
		if len(problems) != 0 {
			t.Errorf("%s: %v", p.Names.EN, problems)
		}
		for _, language := range Languages() {
			name := p.Names.exactly(language)
			if name == "" || seen[string(language)+name] {
				t.Errorf("%s: name %q in %s is missing or there twice", p.Names.EN, name, language)
			}
			seen[string(language)+name] = true
		}
		if seen[p.Colour] {
			t.Errorf("%s: colour %s is there twice", p.Names.EN, p.Colour)
		}
		seen[p.Colour] = true
		if p.Order != i+1 {
			t.Errorf("%s: order %d, want %d", p.Names.EN, p.Order, i+1)
		}
		if ratio := contrastWithWhite(t, p.Colour); ratio < 4.5 {
			t.Errorf("%s: contrast of white on %s is %.2f, WCAG 1.4.3 wants 4.5", p.Names.EN, p.Colour, ratio)
		}
	}
	if logins != 1 {
		t.Errorf("%d login pauses, want 1", logins)
	}
}

func TestNamesIn(t *testing.T) {
	n := Names{FR: "Déjeuner", EN: "Lunch"}
	for _, tt := range []struct {
		language, fallback Language
		want               string
	}{{English, French, "Lunch"}, {Italian, French, "Déjeuner"}, {Italian, Spanish, ""}, {"de", "", ""}} {
		if got := n.In(tt.language, tt.fallback); got != tt.want {
			t.Errorf("In(%s, %s) = %q, want %q", tt.language, tt.fallback, got, tt.want)
		}
	}
	if n.Empty() || !(Names{}).Empty() || (PauseType{}).Shown() || !(PauseType{Names: n}).Shown() {
		t.Error("Empty or Shown is wrong")
	}
}

// contrastWithWhite is the ratio of WCAG 2.2 §1.4.3.
func contrastWithWhite(t *testing.T, colour string) float64 {
	t.Helper()
	return 1.05 / (luminance(t, strings.TrimPrefix(colour, "#")) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2 for rrggbb.
func luminance(t *testing.T, rrggbb string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(rrggbb[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
