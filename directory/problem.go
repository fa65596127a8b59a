package directory

import (
	"fmt"
	"slices"
	"strings"
)

// ProblemKind says why a value was refused.
type ProblemKind string

// The kinds of Problem.
const (
	// Invalid means that the value breaks a rule by itself.
	Invalid ProblemKind = "invalid"
	// Conflict means that another record stands against it.
	Conflict ProblemKind = "conflict"
	// Unavailable means a value the product knows but does not offer yet.
	Unavailable ProblemKind = "unavailable"
	// Warning means a value that is accepted though it is hardly meant.
	Warning ProblemKind = "warning"
)

// Problem is one broken rule of a record.
type Problem struct {
	// Field is the path of the value, as in "callerId.number" or
	// "members[2].operator".
	Field string
	// Rule is an English sentence naming the rule.
	Rule string
	Kind ProblemKind
}

// String returns the field and the rule on one line.
func (p Problem) String() string { return p.Field + ": " + p.Rule }

// ProblemsError carries problems where an error is wanted. It is never empty.
type ProblemsError []Problem

// Error joins the problems on one line.
func (e ProblemsError) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "; ")
}

// AsError returns nil for no problem, else a ProblemsError.
func AsError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return ProblemsError(problems)
}

// Unique is a kind of value that may belong to one record only.
type Unique string

// The kinds of unique values.
const (
	// UniqueLogin is a login among the users and operators of the centre; the
	// value is in lower case.
	UniqueLogin Unique = "login"
	// UniqueEmail is an e-mail address among the operators of the centre,
	// compared without case; the value is in lower case.
	UniqueEmail Unique = "email"
	// UniqueNumber is an E.164 number among the service numbers and the
	// operators' direct numbers of the whole node.
	UniqueNumber Unique = "number"
	// UniqueUsername is a phone's user name on the whole node, compared
	// without case; the value is in lower case.
	UniqueUsername Unique = "username"
	// UniqueExtension is a phone's internal number in the centre.
	UniqueExtension Unique = "extension"
	// UniqueSound is the name of a sound in the centre.
	UniqueSound Unique = "sound"
)

// Lookup answers what the rules need to know of the other records of one
// centre. Its answers must stand together, as in one transaction.
type Lookup interface {
	// Centre is the centre the record belongs to.
	Centre() Centre
	// Owner returns the record that holds a unique value.
	Owner(unique Unique, value string) (ID, bool)
	// HasOperator reports whether the centre has this operator.
	HasOperator(id ID) bool
	// Group returns a group of the centre.
	Group(id ID) (Group, bool)
	// Phone returns a phone of the centre by its id or its user name.
	Phone(account string) (Phone, bool)
	// Sound returns a sound of the centre.
	Sound(id ID) (Sound, bool)
	// HasServiceNumber reports whether an E.164 number is one of the centre's.
	HasServiceNumber(number string) bool
	// PauseTypes returns the pause types of the centre.
	PauseTypes() []PauseType
}

// checker collects the problems of one record.
type checker struct {
	look     Lookup
	self     ID
	problems []Problem
}

func (c *checker) refuse(kind ProblemKind, field, rule string, args ...any) {
	c.problems = append(c.problems, Problem{Field: field, Rule: fmt.Sprintf(rule, args...), Kind: kind})
}

func (c *checker) invalid(field, rule string, args ...any) {
	c.refuse(Invalid, field, rule, args...)
}

// unique refuses a value another record holds. An empty value is free.
func (c *checker) unique(kind Unique, field, value, rule string) {
	if value == "" {
		return
	}
	if owner, taken := c.look.Owner(kind, value); taken && (c.self == "" || owner != c.self) {
		c.refuse(Conflict, field, "%s", rule)
	}
}

func (c *checker) within(field string, value, low, high int) {
	if value < low || value > high {
		c.invalid(field, "must be from %d to %d", low, high)
	}
}

func (c *checker) optionalWithin(field string, value *int, low, high int) {
	if value != nil && (*value < low || *value > high) {
		c.invalid(field, "must be from %d to %d, or null", low, high)
	}
}

// oneOf refuses a value outside the list. Allowed are those offered now,
// later those a coming release brings.
func oneOf[T ~string](c *checker, field string, value T, allowed []T, later ...T) {
	if slices.Contains(allowed, value) {
		return
	}
	if slices.Contains(later, value) {
		c.refuse(Unavailable, field, "%q is not available in this version", string(value))
		return
	}
	words := make([]string, len(allowed))
	for i, v := range allowed {
		words[i] = string(v)
	}
	c.invalid(field, "must be one of %s", strings.Join(words, ", "))
}
