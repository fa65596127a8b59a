package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/whatif"
)

// simulatorFunc answers questions as a test wants it.
type simulatorFunc func(ctx context.Context, centre directory.ID, q whatif.Query) (whatif.Answer, error)

func (f simulatorFunc) Simulate(ctx context.Context, centre directory.ID, q whatif.Query) (whatif.Answer, error) {
	return f(ctx, centre, q)
}

func simulating(f simulatorFunc) func(*api.Config) {
	return func(c *api.Config) { c.Simulator = f }
}

// generating answers questions about generated days.
func generating(ctx context.Context, _ directory.ID, q whatif.Query) (whatif.Answer, error) {
	return whatif.Ask(ctx, q, nil)
}

// TestSimulateAGeneratedDay: the answer is that of the package, figure by figure,
// and the same whenever it is asked for.
func TestSimulateAGeneratedDay(t *testing.T) {
	r := newRig(t, simulating(generating))
	c := r.as("administrator")
	const question = `{"generate":{"hours":2,"patience":{"seconds":90}},"runs":6,"seed":3}`
	a := c.do("POST", "/simulations", question).is(http.StatusOK)
	var got api.Simulation
	if err := json.Unmarshal(a.body, &got); err != nil {
		t.Fatal(err)
	}
	law := func(seconds int) whatif.Dist {
		return whatif.Dist{Kind: whatif.Exponential, Mean: time.Duration(seconds) * time.Second, Spread: 1}
	}
	want, err := whatif.Ask(t.Context(), whatif.Query{Runs: 6, Seed: 3, Generate: &whatif.Generator{
		From: whatif.Monday().Add(8 * time.Hour), Hours: 2, CallsPerHour: []int{120}, Talk: law(180), Patience: law(90), PickUp: law(0),
		Operators: 8, Strategy: acd.LongestIdle, RingSeconds: 20, ServiceLevelSeconds: 20,
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	level := want.Simulated.Whole.ServiceLevel
	if diff := cmp.Diff(&api.SimulatedValue{Value: level.Mean, Low: level.Low, High: level.High}, got.Simulated.Whole.ServiceLevel); diff != "" {
		t.Errorf("service level (-want +got):\n%s", diff)
	}
	if got.AsRecorded != nil || got.Erlang == nil || got.Erlang.Model != "A" || got.Erlang.Occupancy != want.Theory.Occupancy {
		t.Errorf("beside stand %v and %+v", got.AsRecorded, got.Erlang)
	}
	if n := len(got.Simulated.HalfHours); n != 4 || got.Runs != 6 || got.Seed != 3 || got.Confidence != 0.99 || got.TimeZone != "UTC" ||
		!got.Simulated.HalfHours[1].From.Equal(whatif.Monday().Time().Add(8*time.Hour+30*time.Minute)) {
		t.Errorf("%d half hours of %+v", n, got)
	}
	if again := c.do("POST", "/simulations", question).is(http.StatusOK); string(again.body) != string(a.body) {
		t.Error("the same question has another answer")
	}
}

// TestSimulateAsksWhatIsMeant: every member of the question arrives.
func TestSimulateAsksWhatIsMeant(t *testing.T) {
	var asked whatif.Query
	r := newRig(t, simulating(func(_ context.Context, centre directory.ID, q whatif.Query) (whatif.Answer, error) {
		asked = q
		some := whatif.Figures{Occupancy: &whatif.Estimate{Mean: 0.5, Low: 0.4, High: 0.6}}
		return whatif.Answer{
			From: whatif.Monday(), AsRecorded: &whatif.Summary{Runs: 1, Whole: some},
			Simulated: whatif.Summary{Runs: 2, Whole: some, HalfHours: []whatif.Figures{some}},
			Notes:     []whatif.Note{{Code: whatif.NoteFitted, Count: 95}},
		}, nil
	}))
	c := r.as("technical")
	a := c.do("POST", "/simulations", `{"day":"2026-03-01","group":"g-sales","runs":2,"seed":9,"changes":{
		"groups":[{"group":"g-sales","strategy":"everyone","priority":7,"wrapUpSeconds":0,"serviceLevelSeconds":30,"noLimits":true,"maxWaiting":4,"maxWaitSeconds":60},{"group":null}],
		"operators":[{"group":"g-sales","from":"08:30","to":"24:00","add":-2},{"add":3}]}}`).
		is(http.StatusOK).has(0.5, "asRecorded", "whole", "occupancy", "value").has(0.6, "simulated", "whole", "occupancy", "high").
		has("Europe/Paris", "timeZone")
	if !strings.Contains(string(a.body), `"notes":[{"code":"patience_fitted","count":95}]`) {
		t.Errorf("notes of %s", a.body)
	}
	none, thirty, four, minute := 0, 30, 4, 60
	want := whatif.Query{
		Day: "2026-03-01", Focus: "g-sales", Runs: 2, Seed: 9,
		Groups: []whatif.GroupChange{{
			Group: "g-sales", Strategy: acd.Everyone, Priority: 7, WrapUpSeconds: &none, ServiceLevelSeconds: &thirty, NoLimits: true,
			MaxWaiting: &four, MaxWaitSeconds: &minute,
		}, {}},
		Staff: []whatif.StaffChange{
			{Group: "g-sales", From: 8*time.Hour + 30*time.Minute, To: 24 * time.Hour, Add: -2}, {Add: 3},
		},
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +asked):\n%s", diff)
	}
}

// TestBadSimulations: each is refused, with the value and its rule.
func TestBadSimulations(t *testing.T) {
	r := newRig(t, simulating(generating))
	c := r.as("administrator")
	for _, bad := range []struct{ at, body string }{
		{"generate", `{}`},
		{"generate", `{"day":"2026-03-01","generate":{}}`},
		{"generate", `{"generate":[]}`},
		{"day", `{"day":5}`},
		{"day", `{"day":"yesterday"}`},
		{"day", `{"day":"2026-02-30"}`},
		{"runs", `{"generate":{},"runs":1}`},
		{"runs", `{"generate":{},"runs":201}`},
		{"runs", `{"generate":{},"runs":"many"}`},
		{"runs", `{"generate":{"callsPerHour":[10000],"hours":24},"runs":200}`},
		{"seed", `{"generate":{},"seed":-1}`},
		{"group", `{"day":"2026-03-01","group":"nowhere"}`},
		{"group", `{"generate":{},"group":"g-sales"}`},
		{"generate.from", `{"generate":{"from":"8h"}}`},
		{"generate.hours", `{"generate":{"hours":0}}`},
		{"generate.callsPerHour", `{"generate":{"callsPerHour":[]}}`},
		{"generate.callsPerHour", `{"generate":{"callsPerHour":[1,2,3]}}`},
		{"generate.callsPerHour[0]", `{"generate":{"callsPerHour":[-1]}}`},
		{"generate.callsPerHour[0]", `{"generate":{"callsPerHour":["x"]}}`},
		{"generate.talk.seconds", `{"generate":{"talk":{"seconds":0}}}`},
		{"generate.talk.kind", `{"generate":{"talk":{"kind":"sampled"}}}`},
		{"generate.patience.spreadPercent", `{"generate":{"patience":{"spreadPercent":-1}}}`},
		{"generate.pickUp.seconds", `{"generate":{"pickUp":{"seconds":86401}}}`},
		{"generate.missPercent", `{"generate":{"missPercent":101}}`},
		{"generate.operators", `{"generate":{"operators":1001}}`},
		{"generate.strategy", `{"generate":{"strategy":"best"}}`},
		{"generate.ringSeconds", `{"generate":{"ringSeconds":4}}`},
		{"generate.wrapUpSeconds", `{"generate":{"wrapUpSeconds":3601}}`},
		{"generate.serviceLevelSeconds", `{"generate":{"serviceLevelSeconds":-5}}`},
		{"generate.colour", `{"generate":{"colour":"red"}}`},
		{"changes.groups[0].group", `{"generate":{},"changes":{"groups":[{"group":"g-sales"}]}}`},
		{"changes.groups[0].strategy", `{"generate":{},"changes":{"groups":[{"strategy":""}]}}`},
		{"changes.groups[0].priority", `{"generate":{},"changes":{"groups":[{"priority":0}]}}`},
		{"changes.groups[0].maxWaiting", `{"generate":{},"changes":{"groups":[{"maxWaiting":-1}]}}`},
		{"changes.groups[0].maxWaitSeconds", `{"generate":{},"changes":{"groups":[{"maxWaitSeconds":86401}]}}`},
		{"changes.operators[0].add", `{"generate":{},"changes":{"operators":[{}]}}`},
		{"changes.operators[0].add", `{"generate":{},"changes":{"operators":[{"add":5000}]}}`},
		{"changes.operators[0].from", `{"generate":{},"changes":{"operators":[{"add":1,"from":"25:00"}]}}`},
		{"changes.operators[0].from", `{"generate":{},"changes":{"operators":[{"add":1,"from":"08:10"}]}}`},
		{"changes.operators[0].to", `{"generate":{},"changes":{"operators":[{"add":1,"from":"10:00","to":"09:00"}]}}`},
		{"changes.operators[0].group", `{"day":"2026-03-01","changes":{"operators":[{"add":1,"group":"x"}]}}`},
	} {
		badValue{at: bad.at}.refused(t, c.do("POST", "/simulations", bad.body))
	}
}

// TestOneSimulationAtATime: a second question of the centre is refused while the
// first is answered, and what takes too long or is given up ends.
func TestOneSimulationAtATime(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	r := newRig(t, simulating(func(ctx context.Context, _ directory.ID, _ whatif.Query) (whatif.Answer, error) {
		close(begun)
		<-ctx.Done()
		ended <- ctx.Err()
		return whatif.Answer{}, ctx.Err()
	}))
	ctx, giveUp := context.WithCancel(t.Context())
	first := r.as("administrator")
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.http.URL+"/api/v1/simulations", strings.NewReader(`{"generate":{}}`))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("Content-Type", "application/json")
		first.sign(req)
		response, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = response.Body.Close()
		}
	}()
	<-begun
	busy := r.as("technical").do("POST", "/simulations", `{"generate":{}}`).is(http.StatusTooManyRequests).has("simulation_running", "code")
	if busy.header.Get("Retry-After") == "" {
		t.Error("it is not told when to ask again")
	}
	giveUp()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the request has gone, and the simulation ended with %v", err)
	}
}

// TestSimulationsThatFail: what takes too long is the question's fault, what is
// wrong with the day is said at the day, and without a simulator there is none.
func TestSimulationsThatFail(t *testing.T) {
	var fails error
	r := newRig(t, simulating(func(context.Context, directory.ID, whatif.Query) (whatif.Answer, error) {
		return whatif.Answer{}, fails
	}))
	c := r.as("administrator")
	fails = context.DeadlineExceeded
	badValue{at: "runs"}.refused(t, c.do("POST", "/simulations", `{"generate":{}}`))
	fails = &whatif.ProblemsError{Problems: []whatif.Problem{{Field: "day", Message: "has no calls of groups"}}}
	badValue{at: "day"}.refused(t, c.do("POST", "/simulations", `{"day":"2026-03-01"}`))
	fails = errors.New("disk on fire")
	c.do("POST", "/simulations", `{"generate":{}}`).is(http.StatusInternalServerError)
	newRig(t).as("administrator").do("POST", "/simulations", `{"generate":{}}`).is(http.StatusServiceUnavailable)
}
