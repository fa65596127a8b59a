package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// load is a floor of many operators who change what they do, for the budget of
// the supervision: each change is a request of that operator, as his banner
// would make it.
type load struct {
	mu      sync.Mutex
	running bool
	cancel  context.CancelFunc
	done    sync.WaitGroup
	changes atomic.Int64
	failure error
}

// loadSize says how large a floor is and how lively.
type loadSize struct {
	Operators        int
	ChangesPerSecond float64
	Callers          int
}

// loadLanes is how many people work at the same time on filling the floor.
const loadLanes = 4

// teamSize is how many operators a group of the load has.
const teamSize = 10

func (w *world) postLoad(ctx context.Context, _ *http.Request, in loadSize) (any, error) { //nolint:contextcheck // the load goes on after the request
	w.load.mu.Lock()
	defer w.load.mu.Unlock()
	if w.load.running {
		return nil, errors.New("the load is running")
	}
	if in.Operators < teamSize || in.ChangesPerSecond <= 0 {
		return nil, errors.New("no load")
	}
	people, err := w.fill(ctx, in.Operators)
	if err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(w.ctx)
	w.load.running, w.load.cancel = true, cancel
	w.load.done.Go(func() {
		if err := w.keepChanging(running, people, in); err != nil && running.Err() == nil {
			w.load.mu.Lock()
			defer w.load.mu.Unlock()
			w.load.failure = err
		}
	})
	return object{}, nil
}

func (l *load) describe() (any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return object{"changes": l.changes.Load()}, l.failure
}

func (l *load) end() {
	l.mu.Lock()
	cancel := l.cancel
	l.mu.Unlock()
	if cancel != nil {
		cancel()
		l.done.Wait()
	}
}

// fill makes operators with external phones, puts them into groups and logs
// them in.
func (w *world) fill(ctx context.Context, count int) ([]*visitor, error) {
	people := make([]*visitor, count)
	ids := make([]string, count)
	errs := make([]error, loadLanes)
	var lanes sync.WaitGroup
	for lane := range loadLanes {
		lanes.Go(func() {
			for i := lane; i < count && errs[lane] == nil; i += loadLanes {
				ids[i], people[i], errs[lane] = w.hire(ctx, i)
			}
		})
	}
	lanes.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for first := 0; first < count; first += teamSize {
		members := []object{}
		for _, id := range ids[first:min(first+teamSize, count)] {
			members = append(members, object{"operator": id})
		}
		if _, err := w.admin.do(ctx, http.MethodPost, "/groups", object{
			"name": fmt.Sprintf("Plateau %02d", first/teamSize+1), "members": members,
		}); err != nil {
			return nil, err
		}
	}
	return people, nil
}

func (w *world) hire(ctx context.Context, i int) (id string, v *visitor, err error) {
	login := fmt.Sprintf("plateau%03d", i)
	made, err := w.admin.do(ctx, http.MethodPost, "/operators", object{
		"login": login, "fullName": fmt.Sprintf("Opérateur %03d", i), "email": login + "@example.org", "logoutAt": nil,
		"phone": object{"kind": "external", "number": fmt.Sprintf("+3363998%04d", i)},
	})
	if err != nil {
		return "", nil, err
	}
	password := "le secret de " + login
	if err = w.node.setPassword(ctx, login, password); err != nil {
		return "", nil, err
	}
	v, err = w.node.logIn(ctx, login, password)
	return made.text("id"), v, err
}

// keepChanging has one operator after the other take a pause, or end it, and
// callers come, wait and give up in the group of nobody.
func (w *world) keepChanging(ctx context.Context, people []*visitor, size loadSize) error {
	types, err := w.admin.do(ctx, http.MethodGet, "/pause-types", object{})
	if err != nil {
		return err
	}
	items, _ := types["items"].([]any)
	if len(items) == 0 {
		return errors.New("no pause type")
	}
	first, _ := items[0].(map[string]any)
	pause := object{"presence": "paused", "pauseType": first["id"]}
	tick := time.NewTicker(time.Duration(float64(time.Second) / size.ChangesPerSecond))
	defer tick.Stop()
	// A step prime to the number of operators visits each, and no neighbours in turn.
	const step = 37
	for n := 0; ; n++ {
		if size.Callers > 0 && n%int(size.ChangesPerSecond) == 0 {
			if _, err := w.place(w.ready.Groups["International"].Number, "+33612345678", "", callerTone,
				time.Duration(size.Callers)*time.Second); err != nil {
				return err
			}
		}
		body := pause
		if n/len(people)%2 == 1 {
			body = object{"presence": "available"}
		}
		if _, err := people[n*step%len(people)].do(ctx, http.MethodPut, "/me/presence", body); err != nil {
			return err
		}
		w.load.changes.Add(1)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
