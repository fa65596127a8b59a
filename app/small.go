package app

import (
	"cmp"
	"crypto/rand"
	"maps"
	"slices"
	"time"

	"bandeau/api"
)

// newID makes an identifier: 26 letters and digits, 128 bits of chance.
func newID() string { return rand.Text() }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// passwordSlots is how many passwords are hashed at the same time: each takes
// 19 MiB and tens of milliseconds, and a rush of log-ins must not take the node
// from its calls.
const passwordSlots = 2

func newPasswords() api.Passwords { return api.NewPasswords(passwordSlots, rand.Reader) }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
