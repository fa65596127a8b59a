package acd

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type item struct {
	key  int
	n    int
	spot links[item]
}

func newOrder() *order[item] {
	return &order[item]{
		less:  func(a, b *item) bool { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.n, b.n)) < 0 },
		links: func(x *item) *links[item] { return &x.spot },
	}
}

// TestOrderIsASortedList holds the order to a sorted slice, whatever is put in
// and taken out.
func TestOrderIsASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, in := newOrder(), []*item{}
		var all []*item
		for n := range rapid.IntRange(1, 200).Draw(t, "steps") {
			if len(all) > 0 && rapid.IntRange(0, 2).Draw(t, "drop") == 0 {
				x := all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
				o.drop(x) // also one that is out already
				in = slices.DeleteFunc(in, func(y *item) bool { return x == y })
			} else {
				x := &item{key: rapid.IntRange(0, 20).Draw(t, "key"), n: n}
				all = append(all, x)
				o.put(x)
				at, _ := slices.BinarySearchFunc(in, x, func(a, b *item) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.n, b.n)) })
				in = slices.Insert(in, at, x)
			}
			if err := o.check(); err != nil {
				t.Fatal(err)
			}
			if o.len() != len(in) {
				t.Fatalf("%d items, not %d", o.len(), len(in))
			}
			for i, x := range in {
				if o.at(i) != x || o.rank(x) != i || !o.has(x) {
					t.Fatalf("item %d of %d is another one", i, len(in))
				}
			}
			if o.at(len(in)) != nil || o.at(-1) != nil {
				t.Fatal("there is an item beyond the ends")
			}
			key := rapid.IntRange(-1, 21).Draw(t, "split")
			want := 0
			for want < len(in) && in[want].key < key {
				want++
			}
			k, first := o.split(func(x *item) bool { return x.key < key })
			if k != want || want < len(in) && first != in[want] || want == len(in) && first != nil {
				t.Fatalf("%d items come before %d, not %d", k, key, want)
			}
		}
	})
}
