package api

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"bandeau/directory"
)

type importInput struct {
	DryRun bool `query:"dryRun" doc:"Answer as if, and store nothing."`
}

// ImportReport says what an import did, or would do.
type ImportReport struct {
	DryRun    bool         `json:"dryRun"`
	Stored    bool         `json:"stored" doc:"False for a dry run, and when any line is refused: then nothing is stored."`
	Created   int          `json:"created" doc:"Lines that create an operator; likewise the next three."`
	Updated   int          `json:"updated"`
	Unchanged int          `json:"unchanged"`
	Refused   int          `json:"refused"`
	Lines     []ImportLine `json:"lines" doc:"Every line, in the order of the text."`
}

// ImportLine is what an import makes of a line.
type ImportLine struct {
	Line   int            `json:"line" doc:"Where it begins in the text; the header is line 1."`
	Login  string         `json:"login"`
	Action string         `json:"action" enum:"create,update,unchanged,refused"`
	Errors []ProblemField `json:"errors" doc:"What is wrong with a refused line; the location is the column."`
}

// OperatorLine is one operator of an import.
type OperatorLine struct {
	// Record is new when it has no identifier.
	Record directory.Operator
	// Same is true when nothing of the record changes.
	Same bool
	// Password is that of a new operator.
	Password NewPassword
	// Groups are those he is to belong to, and to no other; nil leaves them as
	// they are.
	Groups []directory.ID
}

// importer works through the lines of one import.
type importer struct {
	kind    kind[directory.Operator, OperatorFields, Operator]
	r       *request
	columns []column
	look    *importLookup
	groups  groupNames
	stored  map[string]directory.Operator // by login
	lines   map[string]int                // by login: where it stood
	members map[directory.ID]int          // of a group, after the import
}

func (s *Server) importOperators(
	ctx context.Context, in *importInput, k kind[directory.Operator, OperatorFields, Operator],
) (*bodyOutput[ImportReport], error) {
	r := from(ctx)
	text, refused := parseTable(r.data)
	if refused != nil {
		return nil, refused
	}
	columns, refused := columnsOf(text.header, r.who)
	if refused != nil {
		return nil, refused
	}
	m, err := s.newImporter(ctx, r, k, columns)
	if err != nil {
		return nil, err
	}
	report := ImportReport{DryRun: in.DryRun, Lines: make([]ImportLine, 0, len(text.lines))}
	work := make([]OperatorLine, 0, len(text.lines))
	for _, line := range text.lines {
		told, todo, err := m.line(line)
		if err != nil {
			return nil, err
		}
		report.add(told)
		if told.Action == "create" || told.Action == "update" {
			work = append(work, todo)
		}
	}
	if in.DryRun || report.Refused > 0 {
		return &bodyOutput[ImportReport]{Body: report}, nil
	}
	if err := s.store(ctx, r, work); err != nil {
		return nil, err
	}
	report.Stored = true
	return &bodyOutput[ImportReport]{Body: report}, nil
}

func (r *ImportReport) add(line ImportLine) {
	r.Lines = append(r.Lines, line)
	switch line.Action {
	case "create":
		r.Created++
	case "update":
		r.Updated++
	case "unchanged":
		r.Unchanged++
	case "refused":
		r.Refused++
	}
}

func (s *Server) newImporter(
	ctx context.Context, r *request, k kind[directory.Operator, OperatorFields, Operator], columns []column,
) (*importer, error) {
	look, err := s.cfg.Records.Lookup(ctx, r.who.centre)
	if err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	m := &importer{
		kind: k, r: r, columns: columns, look: &importLookup{Lookup: look, taken: map[string]directory.ID{}},
		stored: map[string]directory.Operator{}, lines: map[string]int{}, members: map[directory.ID]int{},
	}
	operators, err := everyRecord(ctx, r.who.centre, s.cfg.Records.Operators())
	if err != nil {
		return nil, fmt.Errorf("list operators: %w", err)
	}
	for _, o := range operators {
		m.stored[strings.ToLower(o.Login)] = o
	}
	if m.groups, err = s.groupNames(ctx, r.who.centre); err != nil {
		return nil, err
	}
	for _, g := range m.groups.groups {
		m.members[g.ID] = len(g.Members)
	}
	return m, nil
}

// line works out what becomes of one line. The error is one of ours: what is
// wrong with the line stands in the answer.
func (m *importer) line(line tableLine) (ImportLine, OperatorLine, error) {
	tree, groups, wrong := m.read(line)
	login, _ := tree.values["login"].(string)
	told := ImportLine{Line: line.number, Login: login, Action: "create", Errors: []ProblemField{}}
	name := strings.ToLower(strings.TrimSpace(login))
	if earlier, twice := m.lines[name]; twice && name != "" {
		told.Action = "refused"
		told.Errors = []ProblemField{{Location: "login", Message: fmt.Sprintf("stands in line %d already", earlier)}}
		return told, OperatorLine{}, nil
	}
	m.lines[name] = line.number
	before, known := m.stored[name]
	var old *directory.Operator
	start := m.kind.fresh(m.look)
	if known {
		told.Action, old, start = "update", &before, before
	}
	one := *m.r
	one.tree = tree
	after, err := m.kind.merge(&one, m.look, old, start)
	if err != nil {
		p, unforeseen := asProblem(err)
		if unforeseen || len(p.Errors) == 0 {
			return told, OperatorLine{}, err
		}
		for _, f := range p.Errors {
			wrong = append(wrong, ProblemField{Location: strings.TrimPrefix(f.Location, "body."), Message: f.Message})
		}
	}
	after.Centre = m.r.who.centre
	wrong = append(wrong, m.join(after.ID, groups)...)
	m.look.take(after, line.number)
	if len(wrong) > 0 {
		told.Action, told.Errors = "refused", wrong
		return told, OperatorLine{}, nil
	}
	todo := OperatorLine{Record: after, Same: known && reflect.DeepEqual(before, after), Groups: groups}
	if groups != nil && known && slices.Equal(groups, m.groups.sorted(after.ID)) {
		todo.Groups = nil
	}
	if todo.Same && todo.Groups == nil {
		told.Action = "unchanged"
	}
	return told, todo, nil
}

// read makes a body of a line, as a program would have sent it. Groups are nil
// when the text has no such column.
func (m *importer) read(line tableLine) (tree object, groups []directory.ID, wrong []ProblemField) {
	tree = object{values: map[string]node{}}
	for i, c := range m.columns {
		cell := unguarded(line.cells[i])
		if c.path == groupsColumn {
			ids, unknown := m.groups.read(cell)
			for _, message := range unknown {
				wrong = append(wrong, ProblemField{Location: groupsColumn, Message: message})
			}
			groups = ids
			continue
		}
		tree = c.put(tree, c.value(strings.TrimSpace(cell)))
	}
	// Without a kind there is no phone, and the cells beside it say nothing.
	if phone, ok := tree.values["phone"].(object); ok {
		kind, given := phone.values["kind"]
		if given && kind == nil && phone.values["number"] == nil &&
			phone.values["account"] == nil && phone.values["fallback"] == nil {
			tree.values["phone"] = nil
		}
	}
	return tree, groups, wrong
}

// join counts the members of the groups, which have their bound.
func (m *importer) join(operator directory.ID, groups []directory.ID) (wrong []ProblemField) {
	if groups == nil {
		return nil
	}
	had := m.groups.of[operator]
	for _, id := range had {
		if !slices.Contains(groups, id) {
			m.members[id]--
		}
	}
	for _, id := range groups {
		if slices.Contains(had, id) {
			continue
		}
		if m.members[id]++; m.members[id] > directory.MaxMembers {
			wrong = append(wrong, ProblemField{
				Location: groupsColumn, Message: fmt.Sprintf("a group has at most %d operators", directory.MaxMembers),
			})
		}
	}
	return wrong
}

// sorted are an operator's groups in the order in which a cell is read.
func (n groupNames) sorted(operator directory.ID) []directory.ID {
	ids := slices.Clone(n.of[operator])
	slices.Sort(ids)
	return ids
}

// importLookup knows beside the stored records the lines before.
type importLookup struct {
	directory.Lookup

	taken map[string]directory.ID
}

// Owner implements directory.Lookup.
func (l *importLookup) Owner(unique directory.Unique, value string) (directory.ID, bool) {
	if id, ok := l.taken[takenKey(unique, value)]; ok {
		return id, true
	}
	return l.Lookup.Owner(unique, value)
}

// take notes what a line holds. A new operator has no identifier yet.
func (l *importLookup) take(o directory.Operator, line int) {
	id := o.ID
	if id == "" {
		id = directory.ID(fmt.Sprintf("line %d", line))
	}
	for _, held := range []struct {
		unique directory.Unique
		value  string
	}{{directory.UniqueLogin, o.Login}, {directory.UniqueEmail, o.Email}, {directory.UniqueNumber, o.DirectNumber}} {
		key := takenKey(held.unique, held.value)
		if _, before := l.taken[key]; held.value != "" && !before {
			l.taken[key] = id
		}
	}
}

func takenKey(unique directory.Unique, value string) string {
	return fmt.Sprint(unique) + " " + strings.ToLower(value)
}

// hashers is how many passwords an import hashes at the same time: log-ins wait
// for the same slots.
const hashers = 2

// store gives the new operators their passwords, which takes most of the time of
// an import, and stores all lines at once.
func (s *Server) store(ctx context.Context, r *request, work []OperatorLine) error {
	if len(work) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan *OperatorLine)
	var done sync.WaitGroup
	for range hashers {
		done.Go(func() {
			for line := range next {
				password, err := s.firstPassword(ctx, r)
				if err != nil {
					cancel(err)
				}
				line.Password = password
			}
		})
	}
	for i := range work {
		if work[i].Record.ID == "" && ctx.Err() == nil {
			next <- &work[i]
		}
	}
	close(next)
	done.Wait()
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("first passwords: %w", err)
	}
	if err := s.Changing(ctx, r.who.centre); err != nil {
		return err
	}
	if err := s.cfg.Records.Operators().Import(ctx, r.who.centre, work); err != nil {
		return fmt.Errorf("import operators: %w", err)
	}
	s.Changed(ctx, r.who.centre)
	return nil
}
