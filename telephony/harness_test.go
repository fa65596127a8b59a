package telephony_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony"
	"bandeau/telephony/siptest"
	"bandeau/telephony/sipua"
)

const (
	// testT1 makes 64*T1 6.4 s: longer than call control waits for a silent trunk,
	// short enough to be waited for.
	testT1 = 100 * time.Millisecond
	// patience is how long anything that must happen is waited for.
	patience = 12 * time.Second
	// parallel is how many of the tests, which mostly wait, run together.
	parallel = "10"

	centre  = "c1"
	service = "+33180000001"

	callerTone   = 1300.0 // between the notes of the music
	operatorTone = 1900.0
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", parallel); err != nil {
		panic(err)
	}
	sipua.SetTimers(testT1, 4*testT1, 5*testT1)
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// rig is call control with a real user agent and real audio, between phones and
// trunks that listen on one side and a core that only writes down on the other.
type rig struct {
	t      *testing.T
	ctx    context.Context
	sw     *telephony.Switch
	ua     *sipua.UA
	addr   netip.AddrPort
	core   *core
	dir    *directory
	files  *recorder
	pages  *pages
	errs   *errorLog
	close  func() // ends call control now, instead of at the end of the test
	agents []interface{ Close() }
	accts  []sipua.Account
	trunks []sipua.Trunk
}

type setup struct {
	cfg   telephony.Config
	ua    sipua.Config
	plane media.PlaneConfig
}

func newRig(t *testing.T, change ...func(*setup)) *rig {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 55*time.Second)
	r := &rig{
		t: t, ctx: ctx, core: newCore(), errs: &errorLog{},
		dir: &directory{
			routes: map[string]telephony.Route{service: {
				Service: "n1", Number: service, Destination: acd.Destination{Kind: acd.ToGroup, Group: "g1"},
			}},
			trunks: map[string]telephony.TrunkRecord{}, forms: map[string]string{},
		},
		files: &recorder{}, pages: &pages{open: map[string]*page{}},
	}
	log := slog.New(r.errs)
	var ids atomic.Int64
	s := setup{
		cfg: telephony.Config{
			Directory: r.dir, Recorder: r.files, Browsers: r.pages, Log: log, Prompts: spoken(),
			Core:  func(c string) (telephony.Core, bool) { return r.core, c == centre },
			NewID: func() string { return "call-" + strconv.FormatInt(ids.Add(1), 10) },
		},
		ua: sipua.Config{
			Listen: netip.MustParseAddrPort("127.0.0.1:0"), Log: log,
			Limits: sipua.Limits{PhoneRate: 1e5, PhoneBurst: 1e5, TrunkRate: 1e5, TrunkBurst: 1e5},
		},
	}
	for _, f := range change {
		f(&s)
	}
	plane, err := media.NewPlane(s.plane)
	r.must(err)
	s.cfg.Plane = plane
	r.sw = telephony.New(s.cfg)
	s.ua.Handler = r.sw
	r.ua, err = sipua.New(s.ua)
	r.must(err)
	r.sw.SetUA(r.ua)
	r.addr = r.ua.Addrs()[0]
	served := make(chan error, 1)
	go func() { served <- r.ua.Run(ctx) }()
	r.close = sync.OnceFunc(func() {
		soon, stop := context.WithTimeout(context.Background(), 30*time.Second)
		defer stop()
		if err := r.sw.Close(soon); err != nil {
			t.Error(err)
		}
		if n := r.sw.Calls(); n != 0 {
			t.Errorf("%d calls after Close", n)
		}
	})
	t.Cleanup(func() {
		r.close()
		for _, a := range r.agents {
			a.Close()
		}
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := plane.Close(); err != nil {
			t.Error(err)
		}
		c := r.ua.Counters()
		if c.Panics != 0 || c.DialogsOpened != c.DialogsEnded {
			t.Errorf("%d panics, %d dialogs opened and %d ended", c.Panics, c.DialogsOpened, c.DialogsEnded)
		}
		if text := r.errs.String(); text != "" {
			t.Errorf("logged as errors:\n%s", text)
		}
	})
	return r
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) want(want, got any, what string) {
	r.t.Helper()
	if want != got {
		r.t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// eventually polls a condition until it holds.
func (r *rig) eventually(what string, condition func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("in vain: %s", what)
		}
	}
}

func (r *rig) do(effects ...acd.Effect) { r.sw.Execute(centre, effects) }

// trunk starts a carrier and makes it known.
func (r *rig) trunk(id string, change ...func(*siptest.TrunkConfig, *sipua.Trunk, *telephony.TrunkRecord)) *siptest.Trunk {
	r.t.Helper()
	config := siptest.TrunkConfig{Server: r.addr, Number: "+33140000000", T1: testT1}
	record := sipua.Trunk{Centre: centre, ID: id, Name: id, Host: "127.0.0.1", Enabled: true, Priority: len(r.trunks) + 1}
	known := telephony.TrunkRecord{Codecs: []media.Codec{media.PCMA, media.PCMU}, ForwardCaller: true}
	for _, f := range change {
		f(&config, &record, &known)
	}
	carrier, err := siptest.NewTrunk(r.ctx, config)
	r.must(err)
	r.agents = append(r.agents, carrier)
	record.Port = carrier.Addr().Port()
	record.Sources = []sipua.Source{{Prefix: netip.MustParsePrefix("127.0.0.1/32"), Port: record.Port}}
	r.trunks = append(r.trunks, record)
	r.dir.set(func() { r.dir.trunks[id] = known })
	r.ua.SetTrunks(r.trunks)
	return carrier
}

// phone starts a phone and registers it at an account of the same name.
func (r *rig) phone(account string, change ...func(*siptest.PhoneConfig)) *siptest.Phone {
	r.t.Helper()
	config := siptest.PhoneConfig{Server: r.addr, Username: account, Password: "pw", Realm: "bandeau", T1: testT1}
	for _, f := range change {
		f(&config)
	}
	known := false
	for _, a := range r.accts {
		known = known || a.ID == account
	}
	if !known {
		r.accts = append(r.accts, sipua.Account{Centre: centre, ID: account, Username: account, Password: "pw", Enabled: true})
		r.ua.SetAccounts(r.accts)
	}
	phone, err := siptest.NewPhone(r.ctx, config)
	r.must(err)
	r.agents = append(r.agents, phone)
	r.must(phone.Register(r.ctx))
	return phone
}

// arrive places a call to the service number and waits until the core has it.
func (r *rig) arrive(carrier *siptest.Trunk, o siptest.DialOptions) (*siptest.Call, acd.CallID) {
	r.t.Helper()
	caller, err := carrier.Call(r.ctx, service, o)
	r.must(err)
	return caller, await[acd.CallArrived](r).Call
}

// ring rings a phone as the leg of an operator and returns the phone's call.
func (r *rig) ring(id acd.CallID, leg acd.LegID, phone *siptest.Phone, account string) *siptest.Call {
	r.t.Helper()
	r.do(placePhone(id, leg, account))
	return r.next(phone)
}

func placePhone(id acd.CallID, leg acd.LegID, account string) acd.PlaceLeg {
	return acd.PlaceLeg{
		Call: id, Leg: leg, Operator: "op1", Phone: acd.Phone{Kind: acd.PhoneCentrex, Account: acd.AccountID(account)},
		Present: acd.Presentation{Number: "+33140000000"}, GroupName: "Sales",
	}
}

func placeNumber(id acd.CallID, leg acd.LegID, number string) acd.PlaceLeg {
	return acd.PlaceLeg{
		Call: id, Leg: leg, Phone: acd.Phone{Kind: acd.PhoneExternal, Number: number},
		Present: acd.Presentation{Number: "+33180000001", Name: "Bandeau"},
	}
}

// next waits for the next call of a phone or carrier.
func (r *rig) next(agent interface {
	NextCall(ctx context.Context) (*siptest.Call, error)
},
) *siptest.Call {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	call, err := agent.NextCall(ctx)
	r.must(err)
	return call
}

// conversation is a caller joined with an operator.
type conversation struct {
	id               acd.CallID
	caller, operator *siptest.Call
}

type party struct {
	dial  siptest.DialOptions
	phone func(*siptest.PhoneConfig)
}

// talk leads a caller through arrival, answer and an operator's phone to a
// conversation: leg 1 and leg 2. Both send their tones.
func (r *rig) talk(p party) conversation {
	r.t.Helper()
	if p.phone == nil {
		p.phone = func(*siptest.PhoneConfig) {}
	}
	carrier, phone := r.trunk("t1"), r.phone("anna", p.phone)
	caller, id := r.arrive(carrier, p.dial)
	r.do(acd.AnswerLeg{Call: id, Leg: 1}, acd.PlayLeg{Call: id, Leg: 1, Sound: acd.SoundMusic})
	operator := r.ring(id, 2, phone, "anna")
	await[acd.LegAnswered](r)
	r.do(acd.JoinLegs{Call: id, A: 1, B: 2})
	r.reach(caller, siptest.Established)
	caller.SendTone(callerTone)
	operator.SendTone(operatorTone)
	return conversation{id, caller, operator}
}

// reach waits until a call of a phone or carrier has come so far.
func (r *rig) reach(call *siptest.Call, state siptest.State) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	r.must(call.WaitState(ctx, state))
}

// over waits until a call of a phone or carrier has ended, and checks how.
func (r *rig) over(call *siptest.Call, by siptest.EndedBy, status int) {
	r.t.Helper()
	r.reach(call, siptest.Ended)
	if call.EndedBy() != by || call.FinalStatus() != status {
		r.t.Fatalf("ended by %s with %d (%s), want %s with %d",
			call.EndedBy(), call.FinalStatus(), call.Reason(), by, status)
	}
}

// hears waits until one tone and nothing else is heard.
func (r *rig) hears(call *siptest.Call, tone float64) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	r.must(call.HearsOnly(ctx, tone))
}

func (r *rig) hearsMusic(call *siptest.Call) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	r.must(call.HearsMusic(ctx))
}

func (r *rig) hearsNothing(call *siptest.Call) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	r.must(call.HearsSilence(ctx))
}

// eachOther checks that two calls hear exactly each other.
func (r *rig) eachOther(c conversation) {
	r.t.Helper()
	r.hears(c.caller, operatorTone)
	r.hears(c.operator, callerTone)
}

// forget lets the core end the call and waits until nothing is left of it.
func (r *rig) forget(id acd.CallID) {
	r.t.Helper()
	r.do(acd.ForgetCall{Call: id})
	r.eventually("the call is forgotten", func() bool { return r.sw.Calls() == 0 })
}

// clear hangs up legs 1 and 2 and forgets the call.
func (r *rig) clear(id acd.CallID) {
	r.t.Helper()
	r.do(acd.HangUpLeg{Call: id, Leg: 1}, acd.HangUpLeg{Call: id, Leg: 2})
	r.forget(id)
}

// await waits for a command of a type, the first that was not awaited before.
func await[C acd.Command](r *rig, match ...func(C) bool) C {
	r.t.Helper()
	var found C
	r.eventually(fmt.Sprintf("%T %s", found, r.core), func() bool {
		var ok bool
		found, ok = take(r.core, match...)
		return ok
	})
	return found
}

// take takes the first command of a type out of what came.
func take[C acd.Command](c *core, match ...func(C) bool) (found C, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, command := range c.got {
		if found, ok = command.(C); ok && (len(match) == 0 || match[0](found)) {
			c.got = append(c.got[:i:i], c.got[i+1:]...)
			return found, true
		}
	}
	return found, false
}

// none checks that no command of a type came.
func none[C acd.Command](r *rig) {
	r.t.Helper()
	if c, ok := take[C](r.core); ok {
		r.t.Errorf("unwanted %T %+v", c, c)
	}
}

// String lists what was not awaited, for messages of failure.
func (c *core) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("among %+v", c.got)
}

// legEnded waits for the end of a leg and checks its cause.
func (r *rig) legEnded(leg acd.LegID, cause acd.EndCause) {
	r.t.Helper()
	r.want(cause, await(r, func(c acd.LegEnded) bool { return c.Leg == leg }).Cause, "cause of the end")
}

// legFailed waits for the failure of a placed leg and checks it.
func (r *rig) legFailed(leg acd.LegID, cause acd.FailCause, status int) {
	r.t.Helper()
	c := await(r, func(c acd.LegFailed) bool { return c.Leg == leg })
	r.want(cause, c.Cause, "cause of the failure")
	r.want(status, c.Status, "status of the failure")
}
