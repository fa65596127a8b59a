package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

const (
	// maxBody bounds a request's body, in bytes.
	maxBody = 1 << 20
	// maxDepth bounds the nesting of a body; the deepest record has 4 levels.
	maxDepth = 32
)

// node is a JSON value as it was written: a nil, bool, json.Number, string,
// []node or object.
type node any

// object keeps the members in the order they were written.
type object struct {
	names  []string
	values map[string]node
}

var (
	errJSON      = errors.New("the body is not one JSON value")
	errUTF8      = errors.New("the body is not UTF-8")
	errNesting   = fmt.Errorf("the body is nested deeper than %d levels", maxDepth)
	errEmptyBody = errors.New("a JSON body is required")
)

// duplicateError names a member that is written twice (RFC 8259 §4 leaves open
// which of them counts; guessing would let two readers disagree).
type duplicateError struct{ name string }

func (e *duplicateError) Error() string {
	return fmt.Sprintf("the member %q is given twice", e.name)
}

// parseJSON reads exactly one JSON value.
func parseJSON(body []byte) (node, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errEmptyBody
	}
	if !utf8.Valid(body) {
		return nil, errUTF8
	}
	// Valid also refuses what follows the value.
	if !json.Valid(body) {
		return nil, errJSON
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	return parseValue(decoder, 0)
}

func parseValue(decoder *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return nil, errNesting
	}
	token, err := decoder.Token()
	if err != nil {
		return nil, errJSON
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	if delim == '[' {
		return parseArray(decoder, depth)
	}
	return parseObject(decoder, depth)
}

func parseArray(decoder *json.Decoder, depth int) (node, error) {
	items := []node{}
	for decoder.More() {
		item, err := parseValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errJSON
	}
	return items, nil
}

func parseObject(decoder *json.Decoder, depth int) (node, error) {
	o := object{values: map[string]node{}}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, errJSON
		}
		name, ok := token.(string)
		if !ok {
			return nil, errJSON
		}
		if _, twice := o.values[name]; twice {
			return nil, &duplicateError{name: name}
		}
		value, err := parseValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		o.names = append(o.names, name)
		o.values[name] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errJSON
	}
	return o, nil
}
