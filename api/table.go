package api

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// maxTable bounds an import, in bytes, and maxLines its lines.
	maxTable = 5 << 20
	maxLines = 5000
)

// table is a CSV text that was read: RFC 4180, with commas or semicolons.
type table struct {
	header []string
	lines  []tableLine
}

// tableLine is one line; number is where it begins in the text, the header is 1.
type tableLine struct {
	number int
	cells  []string
}

const byteOrderMark = "\ufeff"

// parseTable reads a CSV text. Lines without anything in them are passed over:
// spreadsheets leave such behind.
func parseTable(data []byte) (table, *problemError) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	if !utf8.Valid(data) {
		return table{}, refuse("body", "must be UTF-8; a spreadsheet offers it as CSV UTF-8")
	}
	first, _, _ := bytes.Cut(data, []byte("\n"))
	reader := csv.NewReader(bytes.NewReader(data))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		reader.Comma = ';'
	}
	var t table
	for {
		cells, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF) && t.header == nil:
			return t, refuse("body", "must begin with a line that names the columns")
		case errors.Is(err, io.EOF):
			return t, nil
		case err != nil:
			return t, refuse(lineOf(err), "must have as many cells as the first line, and every quotation mark its other one")
		}
		if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue
		}
		if t.header == nil {
			t.header = cells
			continue
		}
		if len(t.lines) == maxLines {
			return t, refuse("body", fmt.Sprintf("must have at most %d lines", maxLines))
		}
		number, _ := reader.FieldPos(0)
		t.lines = append(t.lines, tableLine{number: number, cells: cells})
	}
}

// lineOf is the place of what cannot be read.
func lineOf(err error) string {
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return fmt.Sprintf("line %d", parse.StartLine)
	}
	return "body"
}

// columnsOf finds the columns that the header names, in its order.
func columnsOf(header []string, who *principal) ([]column, *problemError) {
	known := operatorColumns(who)
	columns := make([]column, len(header))
	var wrong []ProblemField
	for i, name := range header {
		name = strings.TrimSpace(name)
		at := slices.IndexFunc(known, func(c column) bool { return strings.EqualFold(c.path, name) })
		switch {
		case at < 0 && technicalColumn(name):
			return nil, forbidden("only the technical team writes screenPop.incomingUrl and screenPop.outgoingUrl")
		case at < 0:
			wrong = append(wrong, ProblemField{Location: "header." + clip(name), Message: "is not a column of operators"})
		case slices.ContainsFunc(columns[:i], func(c column) bool { return c.path == known[at].path }):
			wrong = append(wrong, ProblemField{Location: "header." + clip(name), Message: "must not stand there twice"})
		default:
			columns[i] = known[at]
		}
	}
	if len(wrong) == 0 && !slices.ContainsFunc(columns, func(c column) bool { return c.path == "login" }) {
		wrong = append(wrong, ProblemField{Location: "header.login", Message: "is required: it says who is meant"})
	}
	if len(wrong) > 0 {
		return nil, invalid(wrong...)
	}
	return columns, nil
}
