package app

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"bandeau/directory"
	"bandeau/store"
)

// ChangeAction is what an import does to a record.
type ChangeAction string

// The actions of a Change.
const (
	ActionCreate ChangeAction = "create"
	ActionChange ChangeAction = "change"
	ActionDelete ChangeAction = "delete"
)

// Change is one line of an import's plan.
type Change struct {
	Action ChangeAction `json:"action"`
	// Kind is the kind of record, as in "pause type".
	Kind string `json:"kind"`
	// Name is what the document knows the record by.
	Name string `json:"name"`
	// Details name the fields that change, as in "ringSeconds 25 → 20".
	Details []string `json:"details,omitempty"`
}

// String returns the change on one line.
func (c Change) String() string {
	s := fmt.Sprintf("%s %s %s", c.Action, c.Kind, c.Name)
	if len(c.Details) > 0 {
		s += ": " + strings.Join(c.Details, ", ")
	}
	return s
}

// plan is what an import would write: for each kind of record what to create,
// change and delete.
type plan struct {
	id   directory.ID
	name string
	// createCentre is true for a document that comes into an empty store.
	createCentre bool
	centre       planned[directory.Centre]
	pauseTypes   planned[directory.PauseType]
	phones       planned[directory.Phone]
	operators    planned[directory.Operator]
	groups       planned[directory.Group]
	numbers      planned[directory.Number]
	trunks       planned[directory.Trunk]
	users        planned[directory.User]
	// warnings are about what is accepted though it is hardly meant.
	warnings []DocumentProblem
}

// planned are the records of one kind.
type planned[R any] struct {
	create []R
	change []R
	remove []R
	// changes describe the three lists, in their order.
	changes []Change
}

// changes returns the whole plan as lines for people.
func (p *plan) changes() []Change {
	return slices.Concat(p.centre.changes, p.pauseTypes.changes, p.phones.changes, p.operators.changes,
		p.groups.changes, p.numbers.changes, p.trunks.changes, p.users.changes)
}

// makePlan compares a document with the records of a centre.
func makePlan(ctx context.Context, records store.Records, current snapshot, r *reader, opts planOptions) (*plan, error) {
	// Problems of an earlier plan from the same document would come twice.
	r.problems = slices.Clip(r.problems)
	found := len(r.problems)
	p, err := (&planner{reader: r, current: current, ctx: ctx, records: records, planOptions: opts}).run()
	if err == nil {
		err = r.err()
	}
	r.problems = r.problems[:found]
	if err != nil {
		return nil, err
	}
	return p, nil
}

// planOptions say how a document is applied.
type planOptions struct {
	// prune deletes what a section of the document leaves out.
	prune bool
	// keepName keeps the centre's name whatever the document calls it.
	keepName bool
	// createCentre makes the centre, which does not exist yet.
	createCentre bool
}

// planner makes a plan in four steps: read the sections over the records that
// exist, give new records an identifier, turn names into identifiers, check the
// rules with everything in its place.
type planner struct {
	*reader
	planOptions
	ctx     context.Context //nolint:containedctx // a planner lives as long as one call of makePlan
	records store.Records
	// current are the records as stored, centre the centre as it will be.
	current snapshot
	centre  directory.Centre

	pauseTypes entries[directory.PauseType, docPauseType]
	phones     entries[directory.Phone, docPhone]
	operators  entries[directory.Operator, docOperator]
	groups     entries[directory.Group, docGroup]
	numbers    entries[directory.Number, docNumber]
	trunks     entries[directory.Trunk, docTrunk]
	users      entries[directory.User, docUser]

	// ids of what the document may refer to, new records included.
	phoneIDs    map[string]directory.ID
	operatorIDs map[string]directory.ID
	groupIDs    map[string]directory.ID
	soundIDs    map[string]directory.ID
	// unresolved are the paths whose name means nothing, so that the rules do
	// not complain of the same a second time.
	unresolved map[string]bool
	warnings   []DocumentProblem
}

// entries are the records of one section: those the document lists and those
// it does not.
type entries[R, D any] struct {
	listed   []entry[R, D]
	unlisted []R
	removed  []R
}

// entry is one record of the document.
type entry[R, D any] struct {
	path   string
	key    string
	doc    D
	record R
	isNew  bool
}

// final returns the records as they will be.
func (e entries[R, D]) final() []R {
	records := slices.Clone(e.unlisted)
	for _, item := range e.listed {
		records = append(records, item.record)
	}
	return records
}

// kindOf is what the planner must know of a kind of record.
type kindOf[R, D any] struct {
	section string
	// document writes a record; key is what a document knows it by.
	document func(R) D
	key      func(D) string
	fresh    func() R
	meta     func(*R) *directory.Meta
	// keyField is the field the key is in.
	keyField string
	// repeats is true for a key that several records may have.
	repeats bool
}

// readSection reads a section over the records that exist.
func readSection[R, D any](p *planner, k kindOf[R, D], existing []R) entries[R, D] {
	list, present := p.items(k.section)
	if !present {
		return entries[R, D]{unlisted: existing}
	}
	matched := make([]bool, len(existing))
	keys := make([]string, len(existing))
	for i, record := range existing {
		keys[i] = k.key(k.document(record))
	}
	var out entries[R, D]
	first := map[string]int{} // lines
	for i, node := range list {
		item := entry[R, D]{path: fmt.Sprintf("%s[%d]", k.section, i)}
		// The key is read first: it says which record the rest goes over.
		scratch := &reader{lines: map[string]int{}}
		var probe D
		scratch.decode(node, reflect.ValueOf(&probe).Elem(), item.path)
		item.key = k.key(probe)
		at := -1
		for j := range existing {
			if keys[j] == item.key && !matched[j] {
				at = j
				break
			}
		}
		if at >= 0 {
			matched[at] = true
			item.record = existing[at]
		} else {
			item.record, item.isNew = k.fresh(), true
			meta := k.meta(&item.record)
			meta.ID, meta.Centre = directory.ID(newID()), p.current.centre.ID
		}
		item.doc = k.document(item.record)
		p.decode(node, reflect.ValueOf(&item.doc).Elem(), item.path)
		if line, again := first[item.key]; again && !k.repeats && item.key != "" {
			p.problem(item.path+"."+k.keyField, "%q stands in the document twice, first on line %d", item.key, line)
		} else {
			first[item.key] = p.line(item.path + "." + k.keyField)
		}
		out.listed = append(out.listed, item)
	}
	for i, record := range existing {
		switch {
		case matched[i]:
		case p.prune:
			out.removed = append(out.removed, record)
		default:
			out.unlisted = append(out.unlisted, record)
		}
	}
	return out
}

func (p *planner) run() (*plan, error) {
	doc := documentOfCentre(p.current.centre)
	if node, ok := p.section("centre"); ok {
		p.decode(node, reflect.ValueOf(&doc).Elem(), "centre")
	}
	if p.keepName {
		doc.Name = p.current.centre.Name
	}
	p.centre = doc.record(p.current.centre)
	centre, old := p.centre, namesOf(p.current)

	p.pauseTypes = readSection(p, pauseTypeKind(centre), p.current.pauseTypes)
	if _, said := p.section("pauseTypes"); !said && p.createCentre {
		p.pauseTypes.listed = providedPauseTypes(centre)
	}
	p.phones = readSection(p, phoneKind(centre), p.current.phones)
	p.operators = readSection(p, operatorKind(centre, old), p.current.operators)
	p.groups = readSection(p, groupKind(centre, old), p.current.groups)
	p.numbers = readSection(p, numberKind(centre, old), p.current.numbers)
	p.trunks = readSection(p, trunkKind(centre), p.current.trunks)
	p.users = readSection(p, userKind(centre, old), p.current.users)

	p.resolve()
	p.check()
	return p.difference(), p.ctx.Err()
}

// providedPauseTypes are those of a new centre whose document has none.
func providedPauseTypes(centre directory.Centre) []entry[directory.PauseType, docPauseType] {
	return each(directory.DefaultPauseTypes(centre), func(p directory.PauseType) entry[directory.PauseType, docPauseType] {
		p.ID = directory.ID(newID())
		doc := documentOfPauseType(p)
		return entry[directory.PauseType, docPauseType]{path: "pauseTypes", key: pauseTypeKey(p.Names), doc: doc, record: p, isNew: true}
	})
}

// difference describes what is to be written.
func (p *planner) difference() *plan {
	// The names of both sides: a member that is removed had one.
	after := snapshot{
		phones:    slices.Concat(p.phones.final(), p.phones.removed),
		operators: slices.Concat(p.operators.final(), p.operators.removed),
		groups:    slices.Concat(p.groups.final(), p.groups.removed),
		sounds:    p.current.sounds,
	}
	n := namesOf(after)
	centre := p.centre
	out := &plan{
		createCentre: p.createCentre,
		warnings:     p.warnings,
		pauseTypes:   compare(pauseTypeKind(centre), "pause type", p.pauseTypes, p.current.pauseTypes),
		phones:       compare(phoneKind(centre), "phone", p.phones, p.current.phones),
		operators:    compare(operatorKind(centre, n), "operator", p.operators, p.current.operators),
		groups:       compare(groupKind(centre, n), "group", p.groups, p.current.groups),
		numbers:      compare(numberKind(centre, n), "number", p.numbers, p.current.numbers),
		trunks:       compare(trunkKind(centre), "trunk", p.trunks, p.current.trunks),
		users:        compare(userKind(centre, n), "user", p.users, p.current.users),
	}
	change := Change{Action: ActionChange, Kind: "centre", Name: centre.Name}
	if p.createCentre {
		change.Action = ActionCreate
		out.centre = planned[directory.Centre]{create: []directory.Centre{centre}, changes: []Change{change}}
		return out
	}
	change.Details = differences(reflect.ValueOf(documentOfCentre(p.current.centre)), reflect.ValueOf(documentOfCentre(centre)), "")
	if len(change.Details) > 0 {
		out.centre = planned[directory.Centre]{change: []directory.Centre{centre}, changes: []Change{change}}
	}
	return out
}

// compare lists what differs between the records of a kind and those stored.
func compare[R, D any](k kindOf[R, D], kind string, e entries[R, D], stored []R) planned[R] {
	var out planned[R]
	var created, changed, removed []Change
	for _, item := range e.listed {
		name := k.key(k.document(item.record))
		if item.isNew {
			out.create = append(out.create, item.record)
			created = append(created, Change{Action: ActionCreate, Kind: kind, Name: name})
			continue
		}
		id := k.meta(&item.record).ID
		at := slices.IndexFunc(stored, func(r R) bool { return k.meta(&r).ID == id })
		details := differences(reflect.ValueOf(k.document(stored[at])), reflect.ValueOf(k.document(item.record)), "")
		if len(details) > 0 {
			out.change = append(out.change, item.record)
			changed = append(changed, Change{Action: ActionChange, Kind: kind, Name: name, Details: details})
		}
	}
	for _, record := range e.removed {
		out.remove = append(out.remove, record)
		removed = append(removed, Change{Action: ActionDelete, Kind: kind, Name: k.key(k.document(record))})
	}
	out.changes = slices.Concat(created, changed, removed)
	return out
}

// differences names the fields of a document's struct that differ.
func differences(a, b reflect.Value, prefix string) []string {
	var out []string
	for i := range a.NumField() {
		name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("yaml"), ",")
		name = prefix + name
		x, y := a.Field(i), b.Field(i)
		if reflect.DeepEqual(x.Interface(), y.Interface()) {
			continue
		}
		from, to := shown(x), shown(y)
		switch {
		case x.Kind() == reflect.Struct:
			out = append(out, differences(x, y, name+".")...)
		case from == "" || to == "":
			out = append(out, name)
		default:
			out = append(out, name+" "+from+" → "+to)
		}
	}
	return out
}

// shown writes a scalar as a document does, and nothing for anything larger.
func shown(v reflect.Value) string {
	large := []reflect.Kind{reflect.Struct, reflect.Slice}
	switch kind := v.Kind(); {
	case slices.Contains(large, kind), kind == reflect.Pointer && slices.Contains(large, v.Type().Elem().Kind()):
		return ""
	case kind == reflect.Pointer && v.IsNil():
		return "null"
	case kind == reflect.Pointer:
		return shown(v.Elem())
	case kind == reflect.String:
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(v.Interface())
}
