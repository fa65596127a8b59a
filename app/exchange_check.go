package app

import (
	"slices"
	"strings"

	"bandeau/directory"
)

// check brings every record to its stored form and holds it against the rules,
// with all the others as they will be.
func (p *planner) check() {
	look := &plannedLookup{centre: p.centre, lookup: &lookup{ctx: p.ctx, records: p.records}}
	look.refresh(p)
	normalize(look, p.pauseTypes.listed)
	normalize(look, p.phones.listed)
	normalize(look, p.operators.listed)
	normalize(look, p.groups.listed)
	normalize(look, p.numbers.listed)
	normalize(look, p.trunks.listed)
	normalize(look, p.users.listed)
	look.refresh(p)
	validate(p, look, p.pauseTypes.listed)
	validate(p, look, p.phones.listed)
	validate(p, look, p.operators.listed)
	validate(p, look, p.groups.listed)
	validate(p, look, p.numbers.listed)
	validate(p, look, p.trunks.listed)
	validate(p, look, p.users.listed)
	if !slices.ContainsFunc(p.pauseTypes.final(), func(t directory.PauseType) bool { return t.Login }) && len(p.pauseTypes.listed) == 0 {
		p.problem("pauseTypes", "must leave the centre a login pause")
	}
	if n := len(p.pauseTypes.final()); n > directory.MaxPauseTypes {
		p.problem("pauseTypes", "a centre has at most %d pause types, and would have %d", directory.MaxPauseTypes, n)
	}
	if !slices.ContainsFunc(p.users.final(), func(u directory.User) bool { return u.Role == directory.RoleTechnical }) &&
		slices.ContainsFunc(p.current.users, func(u directory.User) bool { return u.Role == directory.RoleTechnical }) {
		p.problem("users", "must leave the centre a user of role technical")
	}
	p.report("centre", p.centre.Validate(look))
	p.warn(look)
}

// rules are what every administered record has.
type rules[R any] interface {
	Normalize(look directory.Lookup) R
	Validate(look directory.Lookup) []directory.Problem
}

func normalize[R rules[R], D any](look directory.Lookup, listed []entry[R, D]) {
	for i := range listed {
		listed[i].record = listed[i].record.Normalize(look)
	}
}

func validate[R rules[R], D any](p *planner, look directory.Lookup, listed []entry[R, D]) {
	for _, item := range listed {
		p.report(item.path, item.record.Validate(look))
	}
}

// report takes over what the rules of a record say, but what was said already.
func (p *planner) report(path string, problems []directory.Problem) {
	for _, problem := range problems {
		field := problem.Field
		if stem, ok := strings.CutSuffix(field, ".id"); ok {
			// A document names what a destination's id stands for.
			for _, name := range []string{".group", ".operator"} {
				if _, written := p.lines[path+"."+stem+name]; written || p.unresolved[path+"."+stem+name] {
					field = stem + name
				}
			}
		}
		at := path
		if field != "" {
			at += "." + field
		}
		if p.unresolved[at] {
			continue
		}
		p.problem(at, "%s", problem.Rule)
	}
}

// plannedLookup answers the rules' questions from the records as they will be.
// What is unique on the node is asked of the store too, for the other centres.
type plannedLookup struct {
	*lookup
	centre directory.Centre
}

// refresh takes the planned records over as they are now.
func (l *plannedLookup) refresh(p *planner) {
	l.lookup.centre = p.centre
	l.pauseTypes = p.pauseTypes.final()
	l.phones = p.phones.final()
	l.operators = p.operators.final()
	l.groups = p.groups.final()
	l.numbers = p.numbers.final()
	l.users = p.users.final()
	l.sounds = p.current.sounds
}

// Centre implements directory.Lookup.
func (l *plannedLookup) Centre() directory.Centre { return l.centre }

// Owner implements directory.Lookup.
func (l *plannedLookup) Owner(unique directory.Unique, value string) (directory.ID, bool) {
	switch unique {
	case directory.UniqueNumber:
		// What this centre has stored may be given up by the document.
		in, err := l.records.Numbers().Inbound(l.ctx, value)
		if err == nil && in.Centre != l.centre.ID {
			return max(in.Number, in.Operator), true
		}
		if n, ok := find(l.numbers, func(n directory.Number) bool { return n.Number == value }); ok {
			return n.ID, true
		}
		o, ok := find(l.operators, func(o directory.Operator) bool { return o.DirectNumber == value })
		return o.ID, ok
	case directory.UniqueUsername:
		other, err := l.records.Phones().ByUsername(l.ctx, value)
		if err == nil && other.Centre != l.centre.ID {
			return other.ID, true
		}
		p, ok := find(l.phones, func(p directory.Phone) bool { return strings.EqualFold(p.Username, value) })
		return p.ID, ok
	case directory.UniqueLogin, directory.UniqueEmail, directory.UniqueExtension, directory.UniqueSound:
		return l.lookup.Owner(unique, value)
	}
	return "", false
}
