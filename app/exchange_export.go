package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"bandeau/directory"
	"bandeau/store"
)

// snapshot is every administered record of one centre, in the order documents
// have them.
type snapshot struct {
	centre     directory.Centre
	pauseTypes []directory.PauseType
	phones     []directory.Phone
	operators  []directory.Operator
	groups     []directory.Group
	numbers    []directory.Number
	trunks     []directory.Trunk
	users      []directory.User
	// sounds are named by groups; their audio is in no document.
	sounds []directory.Sound
}

// readSnapshot reads a centre's records.
func readSnapshot(ctx context.Context, records store.Records, centre directory.Centre) (snapshot, error) {
	s := snapshot{centre: centre}
	for _, load := range []func() error{
		func() error { return loadAll(ctx, records.PauseTypes(), centre.ID, &s.pauseTypes) },
		func() error { return loadAll[directory.Phone](ctx, records.Phones(), centre.ID, &s.phones) },
		func() error { return loadAll(ctx, records.Operators(), centre.ID, &s.operators) },
		func() error { return loadAll(ctx, records.Groups(), centre.ID, &s.groups) },
		func() error { return loadAll[directory.Number](ctx, records.Numbers(), centre.ID, &s.numbers) },
		func() error { return loadAll[directory.Trunk](ctx, records.Trunks(), centre.ID, &s.trunks) },
		func() error { return loadAll(ctx, records.Users(), centre.ID, &s.users) },
		func() error { return loadAll(ctx, records.Sounds(), centre.ID, &s.sounds) },
	} {
		if err := load(); err != nil {
			return snapshot{}, err
		}
	}
	s.sort()
	return s, nil
}

// sort gives the records an order that depends on what is in the document
// alone, so that the same configuration gives the same bytes on every node.
func (s *snapshot) sort() {
	slices.SortFunc(s.pauseTypes, func(a, b directory.PauseType) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(pauseTypeKey(a.Names), pauseTypeKey(b.Names)),
			cmp.Compare(fmt.Sprint(documentOfPauseType(a)), fmt.Sprint(documentOfPauseType(b))))
	})
	slices.SortFunc(s.phones, func(a, b directory.Phone) int { return cmp.Compare(a.Username, b.Username) })
	slices.SortFunc(s.operators, func(a, b directory.Operator) int { return cmp.Compare(a.Login, b.Login) })
	slices.SortFunc(s.groups, func(a, b directory.Group) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(s.numbers, func(a, b directory.Number) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortFunc(s.trunks, func(a, b directory.Trunk) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(s.users, func(a, b directory.User) int { return cmp.Compare(a.Login, b.Login) })
}

// pauseTypeKey is what a document knows a pause type by: its first name.
func pauseTypeKey(n directory.Names) string { return cmp.Or(n.FR, n.EN, n.IT, n.ES) }

// document returns the records as a document. Names that others refer to must
// tell the records apart.
func (s *snapshot) document() (document, error) {
	for i := 1; i < len(s.groups); i++ {
		if s.groups[i].Name == s.groups[i-1].Name {
			return document{}, fmt.Errorf("two groups are called %q: rename one, so that a document can tell them apart", s.groups[i].Name)
		}
	}
	for i := 1; i < len(s.trunks); i++ {
		if s.trunks[i].Name == s.trunks[i-1].Name {
			return document{}, fmt.Errorf("two trunks are called %q: rename one, so that a document can tell them apart", s.trunks[i].Name)
		}
	}
	n := namesOf(*s)
	return document{
		Bandeau:    documentVersion,
		Centre:     documentOfCentre(s.centre),
		PauseTypes: each(s.pauseTypes, documentOfPauseType),
		Phones:     each(s.phones, documentOfPhone),
		Operators:  each(s.operators, n.documentOfOperator),
		Groups:     each(s.groups, n.documentOfGroup),
		Numbers:    each(s.numbers, n.documentOfNumber),
		Trunks:     each(s.trunks, documentOfTrunk),
		Users:      each(s.users, n.documentOfUser),
	}, nil
}

func each[In, Out any](list []In, f func(In) Out) []Out {
	out := make([]Out, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// exportCentre returns a centre's configuration as a YAML document.
func exportCentre(ctx context.Context, records store.Records, centre directory.Centre) ([]byte, error) {
	s, err := readSnapshot(ctx, records, centre)
	if err != nil {
		return nil, err
	}
	doc, err := s.document()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `# Bandeau: configuration of the centre %q.
# Passwords are not in it: those of records that exist are kept on import, new
# operators are mailed one, new phones get one that is shown once.
# Records refer to one another by login, user name, number or name of the group.
# Sounds are named too, but their audio is not in it: upload them before an import.
# "bandeau import --dry-run FILE" shows what a document would change.
`, centre.Name)
	body, err := yaml.MarshalWithOptions(doc, yaml.IndentSequence(true), yaml.UseSingleQuote(false))
	if err != nil {
		return nil, fmt.Errorf("write the document: %w", err)
	}
	// A blank line before each section.
	for line := range strings.Lines(string(body)) {
		if line[0] != ' ' && !strings.HasPrefix(line, "bandeau:") {
			out.WriteByte('\n')
		}
		out.WriteString(line)
	}
	return out.Bytes(), nil
}
