package acd

// order is a sorted list whose items know their place in it: a treap with links
// inside the items, so that nothing is allocated and any item is found, moved or
// counted in logarithmic time. Items at either end, which is where calls arrive
// and are taken, touch only the spines of the tree, whatever its size. The shape
// of the tree never shows in what it answers.
type order[T any] struct {
	root, head, tail *T
	less             func(a, b *T) bool
	links            func(*T) *links[T]
	put64            uint64 // how often something was put in: gives the weights
}

// links are an item's place in an order; the zero value is outside of it.
type links[T any] struct {
	parent, left, right *T
	size                int32 // of the subtree, this item included; 0: not in the order
	weight              uint32
}

func (o *order[T]) len() int { return int(o.size(o.root)) }

func (o *order[T]) has(x *T) bool { return o.links(x).size > 0 }

// first returns the least item, nil when there is none.
func (o *order[T]) first() *T { return o.head }

// next returns the item that follows one of the order, nil after the last.
func (o *order[T]) next(x *T) *T {
	l := o.links(x)
	if l.right != nil {
		x = l.right
		for o.links(x).left != nil {
			x = o.links(x).left
		}
		return x
	}
	for {
		p := o.links(x).parent
		if p == nil || o.links(p).left == x {
			return p
		}
		x = p
	}
}

// rank returns how many items come before one of the order.
func (o *order[T]) rank(x *T) int {
	n := o.size(o.links(x).left)
	for {
		p := o.links(x).parent
		if p == nil {
			return int(n)
		}
		if o.links(p).right == x {
			n += o.size(o.links(p).left) + 1
		}
		x = p
	}
}

// at returns the item that k others come before, nil when there is none.
func (o *order[T]) at(k int) *T {
	x := o.root
	for x != nil {
		l := o.links(x)
		switch left := int(o.size(l.left)); {
		case k < left:
			x = l.left
		case k == left:
			return x
		default:
			k -= left + 1
			x = l.right
		}
	}
	return nil
}

// split returns how many items come before a place that before tells of, and the
// first item that does not, nil when all do.
func (o *order[T]) split(before func(*T) bool) (int, *T) {
	var n int32
	var found *T
	for x := o.root; x != nil; {
		l := o.links(x)
		if before(x) {
			n += o.size(l.left) + 1
			x = l.right
			continue
		}
		found = x
		x = l.left
	}
	return int(n), found
}

// put inserts an item that is not in the order.
func (o *order[T]) put(x *T) {
	o.put64++
	lx := o.links(x)
	*lx = links[T]{size: 1, weight: uint32(mix64(o.put64))} //nolint:gosec // any 32 bits will do
	switch {
	case o.root == nil:
		o.root, o.head, o.tail = x, x, x
		return
	case !o.less(x, o.tail): // most come last
		o.hang(x, o.tail, false)
		o.tail = x
	case o.less(x, o.head):
		o.hang(x, o.head, true)
		o.head = x
	default:
		at := o.root
		for {
			l := o.links(at)
			left := o.less(x, at)
			below := l.right
			if left {
				below = l.left
			}
			if below == nil {
				o.hang(x, at, left)
				break
			}
			at = below
		}
	}
	for p := lx.parent; p != nil; p = o.links(p).parent {
		o.links(p).size++
	}
	for lx.parent != nil && o.links(lx.parent).weight < lx.weight {
		o.rise(x)
	}
}

func (o *order[T]) hang(x, parent *T, left bool) {
	o.links(x).parent = parent
	if left {
		o.links(parent).left = x
		return
	}
	o.links(parent).right = x
}

// drop takes an item out, if it is in.
func (o *order[T]) drop(x *T) {
	lx := o.links(x)
	if lx.size == 0 {
		return
	}
	if x == o.head {
		o.head = o.next(x)
	}
	if x == o.tail {
		o.tail = o.previous(x)
	}
	for lx.left != nil || lx.right != nil {
		up := lx.left
		if up == nil || lx.right != nil && o.links(lx.right).weight > o.links(up).weight {
			up = lx.right
		}
		o.rise(up)
	}
	o.replace(x, nil)
	for p := lx.parent; p != nil; p = o.links(p).parent {
		o.links(p).size--
	}
	*lx = links[T]{}
}

// previous returns the item before the last one of the order, whose right is
// empty.
func (o *order[T]) previous(last *T) *T {
	x := o.links(last).left
	if x == nil {
		return o.links(last).parent
	}
	for o.links(x).right != nil {
		x = o.links(x).right
	}
	return x
}

// rise rotates an item above its parent.
func (o *order[T]) rise(x *T) {
	lx := o.links(x)
	p := lx.parent
	lp := o.links(p)
	o.replace(p, x)
	lx.parent = lp.parent
	var moved *T
	if lp.left == x {
		moved = lx.right
		lp.left, lx.right = moved, p
	} else {
		moved = lx.left
		lp.right, lx.left = moved, p
	}
	if moved != nil {
		o.links(moved).parent = p
	}
	lp.parent = x
	lx.size = lp.size
	lp.size = o.size(lp.left) + o.size(lp.right) + 1
}

// replace puts another item where one hangs below its parent.
func (o *order[T]) replace(x, other *T) {
	p := o.links(x).parent
	switch {
	case p == nil:
		o.root = other
	case o.links(p).left == x:
		o.links(p).left = other
	default:
		o.links(p).right = other
	}
}

func (o *order[T]) size(x *T) int32 {
	if x == nil {
		return 0
	}
	return o.links(x).size
}

// mix64 turns a number into one that looks like chance (splitmix64).
func mix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
