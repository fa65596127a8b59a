package mailbox_test

import (
	"sync"
	"testing"

	"bandeau/internal/mailbox"
)

// TestNothingIsLost: a reader that waits for Wake after each Take gets every
// item, each sender's in order.
func TestNothingIsLost(t *testing.T) {
	const senders, each = 8, 1000
	box := mailbox.New[[2]int]()
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				box.Put([2]int{s, i})
			}
		})
	}
	next := make([]int, senders)
	for got := 0; got < senders*each; {
		<-box.Wake()
		for _, item := range box.Take() {
			if item[1] != next[item[0]] {
				t.Fatalf("sender %d: got %d, want %d", item[0], item[1], next[item[0]])
			}
			next[item[0]]++
			got++
		}
	}
	wg.Wait()
	if box.Len() != 0 {
		t.Errorf("%d items left", box.Len())
	}
}
