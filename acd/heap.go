package acd

// indexed is a binary heap whose items know their place in it, so that any of
// them can be taken out or moved in logarithmic time. An item outside the heap
// has place -1.
type indexed[T any] struct {
	items []T
	less  func(a, b T) bool
	place func(T) *int
}

// first returns the least item.
func (h *indexed[T]) first() (T, bool) {
	if len(h.items) == 0 {
		var none T
		return none, false
	}
	return h.items[0], true
}

func (h *indexed[T]) len() int { return len(h.items) }

func (h *indexed[T]) has(x T) bool { return *h.place(x) >= 0 }

// put inserts an item, or moves it where its key now belongs.
func (h *indexed[T]) put(x T) {
	p := h.place(x)
	if *p < 0 {
		*p = len(h.items)
		h.items = append(h.items, x)
		h.up(*p)
		return
	}
	if !h.down(*p) {
		h.up(*p)
	}
}

// drop takes an item out, if it is in.
func (h *indexed[T]) drop(x T) {
	p := h.place(x)
	i := *p
	if i < 0 {
		return
	}
	last := len(h.items) - 1
	h.swap(i, last)
	var none T
	h.items[last] = none
	h.items = h.items[:last]
	*p = -1
	if i < last && !h.down(i) {
		h.up(i)
	}
}

func (h *indexed[T]) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.less(h.items[i], h.items[parent]) {
			return
		}
		h.swap(i, parent)
		i = parent
	}
}

func (h *indexed[T]) down(i int) bool {
	start := i
	for {
		child := 2*i + 1
		if child >= len(h.items) {
			break
		}
		if r := child + 1; r < len(h.items) && h.less(h.items[r], h.items[child]) {
			child = r
		}
		if !h.less(h.items[child], h.items[i]) {
			break
		}
		h.swap(i, child)
		i = child
	}
	return i > start
}

func (h *indexed[T]) swap(i, j int) {
	h.items[i], h.items[j] = h.items[j], h.items[i]
	*h.place(h.items[i]), *h.place(h.items[j]) = i, j
}
