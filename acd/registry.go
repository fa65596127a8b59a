package acd

import (
	"maps"
	"slices"
)

// registry finds records by their identifiers. It keeps at hand the one that was
// asked for last: most of what one decision changes concerns one call and one
// operator, and to search for it among a hundred thousand each time would cost
// more than to decide.
type registry[K ~string, T any] struct {
	byID   map[K]*T
	last   *T // nil: none is at hand
	lastID K
}

func newRegistry[K ~string, T any]() registry[K, T] {
	return registry[K, T]{byID: map[K]*T{}}
}

// get returns a record, nil when there is none of that identifier.
func (r *registry[K, T]) get(id K) *T {
	if r.last != nil && r.lastID == id {
		return r.last
	}
	x := r.byID[id]
	if x != nil {
		r.recall(id, x)
	}
	return x
}

// recall puts a record of the registry at hand, which the caller came by without
// searching for it.
func (r *registry[K, T]) recall(id K, x *T) { r.last, r.lastID = x, id }

func (r *registry[K, T]) put(id K, x *T) {
	r.byID[id] = x
	r.recall(id, x)
}

func (r *registry[K, T]) drop(id K) {
	delete(r.byID, id)
	if r.lastID == id {
		r.last, r.lastID = nil, ""
	}
}

func (r *registry[K, T]) len() int { return len(r.byID) }

// ids returns the identifiers of all records, in ascending order.
func (r *registry[K, T]) ids() []K { return slices.Sorted(maps.Keys(r.byID)) }
