package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bandeau/directory"
)

// mediaCSV is the media type of the operators' table.
const mediaCSV = "text/csv"

const tableAbout = "The columns are the members of an operator under their path, such as `phone.kind`, and `groups`, the " +
	"names of his groups with | between them. "

func (s *Server) tableRoutes(k kind[directory.Operator, OperatorFields, Operator]) {
	add(s, route{
		id: "export-operators", method: http.MethodGet, path: "/operators/export", tag: "Operators",
		summary: "Every operator as CSV",
		about: tableAbout + "UTF-8 with a byte order mark, RFC 4180. A cell that a spreadsheet would take for a formula has " +
			"an apostrophe before it, which the import takes off. A Centrex phone stands there by its user name.",
		responses: map[string]*huma.Response{
			"200": {Description: "The table.", Content: map[string]*huma.MediaType{mediaCSV: {Schema: &huma.Schema{Type: huma.TypeString}}}},
		},
	}, s.exportOperators)
	add(s, route{
		id: "import-operators", method: http.MethodPost, path: "/operators/import", tag: "Operators",
		summary: "Create and change operators from CSV",
		about: tableAbout + "Commas or semicolons, in any order of columns; `login` is required. A line whose login exists " +
			"changes that operator, in the columns there are: an empty cell is null, or the default where null is no value. " +
			"Any other line creates one and mails his password. At most 5000 lines and 5 MiB. The answer has every line, " +
			"with what is wrong in it; nothing is stored unless all of them are right, nor with `dryRun`.",
		raw: []string{mediaCSV}, rawLimit: maxTable, errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
	}, func(ctx context.Context, in *importInput) (*bodyOutput[ImportReport], error) {
		return s.importOperators(ctx, in, k)
	})
}

func (s *Server) exportOperators(ctx context.Context, _ *struct{}) (*streamOutput, error) {
	r := from(ctx)
	operators, err := everyRecord(ctx, r.who.centre, s.cfg.Records.Operators())
	if err != nil {
		return nil, fmt.Errorf("list operators: %w", err)
	}
	look, err := s.cfg.Records.Lookup(ctx, r.who.centre)
	if err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	groups, err := s.groupNames(ctx, r.who.centre)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(operators, func(a, b directory.Operator) int { return strings.Compare(a.Login, b.Login) })
	data, err := operatorTable(operatorColumns(r.who), operators, look, groups)
	if err != nil {
		return nil, err
	}
	return &streamOutput{Body: func(huma.Context) {
		h := r.writer.Header()
		h.Set("Content-Type", mediaCSV+"; charset=utf-8; header=present")
		h.Set("Content-Disposition", `attachment; filename="operators.csv"`)
		// A client that has gone is nobody to tell.
		_, _ = r.writer.Write(data)
	}}, nil
}

// operatorTable writes operators as a table.
func operatorTable(
	columns []column, operators []directory.Operator, look directory.Lookup, groups groupNames,
) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	writer := csv.NewWriter(&out)
	writer.UseCRLF = true
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.path
	}
	lines := [][]string{cells}
	for _, o := range operators {
		if phone, ok := look.Phone(string(o.Phone.Account)); ok {
			o.Phone.Account = directory.ID(phone.Username)
		}
		data, err := json.Marshal(operatorFields(o))
		if err != nil {
			return nil, fmt.Errorf("encode operator: %w", err)
		}
		record, err := parseJSON(data)
		if err != nil {
			return nil, fmt.Errorf("encode operator: %w", err)
		}
		cells := make([]string, len(columns))
		for i, c := range columns {
			if c.path == groupsColumn {
				cells[i] = guarded(strings.Join(groups.written(o.ID), "|"))
				continue
			}
			cells[i] = guarded(c.in(record))
		}
		lines = append(lines, cells)
	}
	if err := writer.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("write table: %w", err)
	}
	return out.Bytes(), nil
}

// everyRecord reads all records of a kind.
func everyRecord[T any](ctx context.Context, centre directory.ID, store Resource[T]) ([]T, error) {
	var all []T
	for page := (Page{Limit: maxPage}); ; {
		items, next, err := store.List(ctx, centre, page)
		if err != nil {
			return nil, err
		}
		if all = append(all, items...); next == "" {
			return all, nil
		}
		page.Cursor = next
	}
}

// maxPage is the most rows a page has.
const maxPage = 500

// groupNames are a centre's groups as the table names them.
type groupNames struct {
	groups []directory.Group
	byName map[string][]directory.ID // in lower case; more than one where groups share it
	of     map[directory.ID][]directory.ID
}

func (s *Server) groupNames(ctx context.Context, centre directory.ID) (groupNames, error) {
	n := groupNames{byName: map[string][]directory.ID{}, of: map[directory.ID][]directory.ID{}}
	var err error
	if n.groups, err = everyRecord(ctx, centre, s.cfg.Records.Groups()); err != nil {
		return n, fmt.Errorf("list groups: %w", err)
	}
	for _, g := range n.groups {
		name := strings.ToLower(g.Name)
		n.byName[name] = append(n.byName[name], g.ID)
		for _, m := range g.Members {
			n.of[m.Operator] = append(n.of[m.Operator], g.ID)
		}
	}
	return n, nil
}

// written are an operator's groups as they stand in a cell: by name, by
// identifier where the name would not tell.
func (n groupNames) written(operator directory.ID) []string {
	var names []string
	for _, g := range n.groups {
		switch {
		case !slices.Contains(n.of[operator], g.ID):
		case len(n.byName[strings.ToLower(g.Name)]) > 1 || strings.Contains(g.Name, "|"):
			names = append(names, string(g.ID))
		default:
			names = append(names, g.Name)
		}
	}
	slices.Sort(names)
	return names
}

// read finds the groups that a cell names.
func (n groupNames) read(cell string) ([]directory.ID, []string) {
	ids := []directory.ID{}
	var wrong []string
	for name := range strings.SplitSeq(cell, "|") {
		name = strings.TrimSpace(name)
		id := directory.ID(name)
		known := slices.ContainsFunc(n.groups, func(g directory.Group) bool { return g.ID == id })
		named := n.byName[strings.ToLower(name)]
		switch {
		case name == "":
			continue
		case known:
		case len(named) == 1:
			id = named[0]
		case len(named) > 1:
			wrong = append(wrong, clip(name)+" is the name of several groups: give the identifier")
			continue
		default:
			wrong = append(wrong, clip(name)+" is not a group of this centre")
			continue
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, wrong
}
