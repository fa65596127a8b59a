// Package mailbox is a queue whose senders never wait.
package mailbox

import "sync"

// Box holds what was put into it until its one reader takes it. It has no
// bound of its own: whoever uses it sees to it that the senders have one.
type Box[T any] struct {
	mu    sync.Mutex
	items []T
	wake  chan struct{}
}

// New returns an empty box.
func New[T any]() *Box[T] { return &Box[T]{wake: make(chan struct{}, 1)} }

// Put adds an item. It never blocks.
func (b *Box[T]) Put(item T) {
	b.mu.Lock()
	b.items = append(b.items, item)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Take returns all items, in the order they were put, and leaves the box empty.
func (b *Box[T]) Take() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = nil
	return items
}

// Len returns the number of items.
func (b *Box[T]) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.items)
}

// Wake tells the reader that there may be items.
func (b *Box[T]) Wake() <-chan struct{} { return b.wake }
