package siptest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestTonesBothWays(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			ctx := testContext(t)
			phone := testPhone(ctx, t, PhoneConfig{})
			trunk := testTrunk(ctx, t, TrunkConfig{Server: phone.Addr(), Transport: transport})
			caller, err := trunk.Call(ctx, "anna", DialOptions{})
			must(t, err)
			callee, err := phone.NextCall(ctx)
			must(t, err)
			if got := callee.Invite().Transport; got != transport {
				t.Fatalf("INVITE came by %s", got)
			}
			must(t, caller.WaitState(ctx, Established))
			must(t, callee.WaitACK(ctx))
			must(t, caller.HearsSilence(ctx))
			caller.SendTone(440)
			callee.SendTone(620)
			must(t, caller.HearsOnly(ctx, 620))
			must(t, callee.HearsOnly(ctx, 440))
			must(t, callee.NeverHears(ctx, 620, 200*time.Millisecond))
			if caller.NeverHears(ctx, 620, time.Second) == nil {
				t.Fatal("NeverHears did not notice the tone")
			}
			for _, c := range []*Call{caller, callee} {
				s := c.Stats()
				if s.Codec != PCMA || s.Gaps != 0 || s.SSRCChanges != 0 || s.TimestampJumps != 0 || s.Unknown != 0 {
					t.Errorf("stats %+v", s)
				}
			}
			caller.StopTone()
			must(t, callee.HearsSilence(ctx))
			callee.HangUp()
			ended(ctx, t, caller, ByRemoteBye, 200)
			ended(ctx, t, callee, ByLocal, 200)
			if trunk.Live() != 0 || phone.Live() != 0 {
				t.Error("calls are left over")
			}
		})
	}
}

// TestSendAudio sends a length of audio over and over: what is heard long after its
// end is the same, with the pauses in it.
func TestSendAudio(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{})
	const freq = 700
	samples := make([]int16, 1610) // 200 ms and a little: the last frame is filled up
	for i := range 800 {
		samples[i] = int16(6000 * math.Sin(2*math.Pi*freq*float64(i)/8000))
	}
	caller.SendAudio(samples)
	must(t, callee.listen(ctx, "a second of the loop", func(elapsed time.Duration) bool {
		return elapsed > time.Second
	}))
	heard := callee.Heard(880 * time.Millisecond) // four times 220 ms
	loud := 0
	for i := 0; i+80 <= len(heard); i += 80 {
		if Level(heard[i:i+80]) > silenceLevel {
			loud++
		}
	}
	// 100 ms of 220 are a tone.
	got, _ := DominantTone(heard, sampleRate)
	if share := float64(loud) / float64(len(heard)/80); share < 0.35 || share > 0.6 || math.Abs(got-freq) > 10 {
		t.Errorf("%.0f%% loud, mostly %.0f Hz", 100*share, got)
	}
	caller.SendAudio(nil)
	must(t, callee.HearsSilence(ctx))
}

func TestWhatIsHeardIsTold(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{})
	callee.SendTone(620)
	must(t, caller.Hears(ctx, 620))
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if err := caller.Hears(short, 440); err == nil || !strings.Contains(err.Error(), "620 Hz") {
		t.Fatalf("error %v does not name the tone that is there", err)
	}
}

func TestInviteHeadersAreVisible(t *testing.T) {
	ctx := testContext(t)
	caller, callee := ring(ctx, t, RingForever(), DialOptions{
		FromURI: "sip:anonymous@anonymous.invalid", FromDisplay: `Ann "A"`, PAI: "+33123456789", Privacy: "id",
		Headers: []Header{{"X-Bandeau-Call", "c7"}}, Codecs: []string{PCMU, "telephone-event/126"},
	})
	m := callee.Invite()
	from := m.From()
	if from.Display != `Ann "A"` || from.User != "anonymous" || from.Host != "anonymous.invalid" || from.Tag == "" {
		t.Errorf("from %+v", from)
	}
	if m.AssertedIdentity().User != "+33123456789" || m.Get("Privacy") != "id" || m.Get("x-bandeau-call") != "c7" {
		t.Errorf("headers %v", m.Headers)
	}
	if callee.Called() != "anna" || callee.Outgoing() || !caller.Outgoing() || caller.CallID() != callee.CallID() {
		t.Error("the two ends disagree")
	}
	want := []Codec{{PCMU, 0}, {TelephoneEvent, 126}}
	if got := callee.RemoteSession().Codecs; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("codecs %v, want %v", got, want)
	}
	must(t, caller.WaitState(ctx, Ringing))
	callee.Answer()
	callee.SendTone(500)
	must(t, caller.HearsOnly(ctx, 500))
	if caller.Stats().Codec != PCMU {
		t.Errorf("codec %s", caller.Stats().Codec)
	}
	must(t, callee.SendDTMF("7"))
	for caller.DTMFReceived() != "7" {
		if !pause(ctx, 10*time.Millisecond) {
			t.Fatalf("digits %q by payload type 126", caller.DTMFReceived())
		}
	}
}

func TestBehavioursRefuse(t *testing.T) {
	tests := []struct {
		name    string
		b       Behaviour
		status  int
		ringing bool
	}{
		{"busy", Busy(), 486, false},
		{"unavailable", RejectWith(480), 480, false},
		{"moved", RejectWith(302, Header{"Contact", "<sip:other@127.0.0.1>"}), 302, false},
		{"declined", RingThenReject(50*time.Millisecond, 603), 603, true},
		{"overload", RejectWith(503, Header{"Retry-After", "5"}), 503, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx := testContext(t)
			caller, callee := ring(ctx, t, test.b, DialOptions{})
			ended(ctx, t, caller, ByFailure, test.status)
			ended(ctx, t, callee, ByLocal, test.status)
			rang := false
			for _, m := range caller.Responses() {
				rang = rang || m.Status == 180
				if m.Status == 302 && m.Get("Contact") == "" || m.Status == 503 && m.Get("Retry-After") != "5" {
					t.Errorf("headers missing in %v", m.Headers)
				}
			}
			if rang != test.ringing {
				t.Errorf("ringing %v", rang)
			}
			// The refusal is acknowledged, or it would be repeated for ever.
			must(t, callee.WaitACK(ctx))
		})
	}
}

func TestNoResponse(t *testing.T) {
	ctx := testContext(t)
	phone := testPhone(ctx, t, PhoneConfig{})
	phone.OnCall(NoResponse())
	trunk := testTrunk(ctx, t, TrunkConfig{Server: phone.Addr(), T1: 5 * time.Millisecond})
	caller, err := trunk.Call(ctx, "anna", DialOptions{})
	must(t, err)
	ended(ctx, t, caller, ByTimeout, 408)
	if n := len(caller.Responses()); n != 0 {
		t.Errorf("%d responses", n)
	}
	// T1 doubles six times before 64*T1: seven INVITEs, RFC 3261 §17.1.1.2. On a
	// loaded machine late timers cost the last one or two.
	if n := phone.RequestsSeen("INVITE"); n < 5 || n > 7 {
		t.Errorf("%d INVITEs", n)
	}
}

func TestCutOffPhoneSeesNothing(t *testing.T) {
	ctx := testContext(t)
	phone := testPhone(ctx, t, PhoneConfig{})
	phone.SetAlive(false)
	trunk := testTrunk(ctx, t, TrunkConfig{Server: phone.Addr(), T1: 5 * time.Millisecond})
	caller, err := trunk.Call(ctx, "anna", DialOptions{})
	must(t, err)
	ended(ctx, t, caller, ByTimeout, 408)
	if phone.RequestsSeen("INVITE") != 0 {
		t.Error("an INVITE came through")
	}
	phone.SetAlive(true)
	caller, err = trunk.Call(ctx, "anna", DialOptions{})
	must(t, err)
	must(t, caller.WaitState(ctx, Established))
}

func TestCancel(t *testing.T) {
	ctx := testContext(t)
	caller, callee := ring(ctx, t, RingForever(), DialOptions{})
	must(t, caller.WaitState(ctx, Ringing))
	caller.Cancel()
	ended(ctx, t, caller, ByLocal, 487)
	ended(ctx, t, callee, ByRemoteCancel, 487)
	if !callee.Cancelled() {
		t.Error("not cancelled")
	}
	must(t, callee.WaitACK(ctx))
}

func TestCancelWaitsForProvisional(t *testing.T) {
	ctx := testContext(t)
	release := make(chan struct{})
	b := NoResponse()
	b.run = func(_ context.Context, c *Call) { <-release; c.Ring() }
	caller, callee := ring(ctx, t, b, DialOptions{})
	caller.HangUp()
	if !pause(ctx, 2*testT1) || callee.Cancelled() {
		t.Fatal("a CANCEL came before any response")
	}
	close(release)
	ended(ctx, t, callee, ByRemoteCancel, 487)
	ended(ctx, t, caller, ByLocal, 487)
}

func TestLate200AfterCancel(t *testing.T) {
	ctx := testContext(t)
	caller, callee := ring(ctx, t, Late200AfterCancel(), DialOptions{})
	must(t, caller.WaitState(ctx, Ringing))
	caller.Cancel()
	must(t, callee.WaitState(ctx, Established))
	// The caller must acknowledge and hang up at once.
	must(t, callee.WaitACK(ctx))
	ended(ctx, t, callee, ByRemoteBye, 200)
	ended(ctx, t, caller, ByLocal, 200)
}

func TestAnswerOnTalk(t *testing.T) {
	ctx := testContext(t)
	caller, callee := ring(ctx, t, AnswerOnTalk(), DialOptions{})
	must(t, caller.WaitState(ctx, Ringing))
	if !caller.Responses()[len(caller.Responses())-1].Lists("Allow-Events", "talk") {
		t.Error("talk is not announced")
	}
	status, err := caller.Notify(ctx, "hold")
	wantStatus(t, 200, status, err)
	if callee.State() != Ringing {
		t.Fatal("another event answered the call")
	}
	status, err = caller.Notify(ctx, "talk")
	wantStatus(t, 200, status, err)
	must(t, caller.WaitState(ctx, Established))
}

func TestRequire100rel(t *testing.T) {
	ctx := testContext(t)
	caller, callee := ring(ctx, t, Require100rel(0), DialOptions{Supported: []string{"100rel"}})
	must(t, caller.WaitState(ctx, Established))
	prack, err := callee.WaitRequest(ctx, "PRACK", 1)
	must(t, err)
	if prack.Get("RAck") != "1 1 INVITE" {
		t.Errorf("RAck %q", prack.Get("RAck"))
	}
	caller, _ = ring(ctx, t, Require100rel(0), DialOptions{})
	ended(ctx, t, caller, ByFailure, 421)
}

// TestOfferInReliableProvisional is the flow of RFC 3262 §5 where the offer is
// in a reliable 183 and the answer in its PRACK.
func TestOfferInReliableProvisional(t *testing.T) {
	ctx := testContext(t)
	caller, callee := ring(ctx, t, Script(func(ctx context.Context, c *Call) {
		if c.ProgressReliably(ctx, 183, true) == nil {
			c.Answer()
		}
	}), DialOptions{Offerless: true, Supported: []string{"100rel"}})
	must(t, caller.WaitState(ctx, Established))
	if callee.RemoteSDP() == nil {
		t.Fatal("no answer in the PRACK")
	}
	callee.SendTone(440)
	caller.SendTone(520)
	must(t, caller.HearsOnly(ctx, 440))
	must(t, callee.HearsOnly(ctx, 520))
}

func TestEarlyMedia(t *testing.T) {
	ctx := testContext(t)
	caller, callee := ring(ctx, t, EarlyMedia(425, -1), DialOptions{})
	must(t, caller.WaitState(ctx, Early))
	must(t, caller.HearsOnly(ctx, 425))
	callee.SendTone(700)
	callee.Answer()
	must(t, caller.WaitState(ctx, Established))
	must(t, caller.HearsOnly(ctx, 700))
}

func TestOfferless(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{Offerless: true})
	if callee.Invite().Body != nil || callee.RemoteSDP() == nil {
		t.Error("the answer should be in the ACK")
	}
	caller.SendTone(440)
	callee.SendTone(620)
	must(t, callee.HearsOnly(ctx, 440))
	must(t, caller.HearsOnly(ctx, 620))
}

func TestNoAckRepeats200(t *testing.T) {
	ctx := testContext(t)
	phone := testPhone(ctx, t, PhoneConfig{T1: 10 * time.Millisecond})
	trunk := testTrunk(ctx, t, TrunkConfig{Server: phone.Addr()})
	caller, err := trunk.Call(ctx, "anna", DialOptions{NoAck: true})
	must(t, err)
	// 64*T1 after its 200 the callee gives up by BYE, RFC 3261 §13.3.1.4.
	ended(ctx, t, caller, ByRemoteBye, 200)
	accepted := 0
	for _, m := range caller.Responses() {
		if m.Status == 200 {
			accepted++
		}
	}
	if accepted < 5 {
		t.Errorf("the 200 came %d times", accepted)
	}
}

func TestHoldAndResume(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{})
	caller.SendTone(440)
	callee.SendTone(620)
	must(t, caller.HearsOnly(ctx, 620))

	status, err := caller.Hold(ctx)
	wantStatus(t, 200, status, err)
	if !callee.RemotelyHeld() || caller.RemoteSession().Direction != RecvOnly {
		t.Errorf("directions %s, %s", callee.RemoteSession().Direction, caller.RemoteSession().Direction)
	}
	must(t, caller.HearsSilence(ctx))
	must(t, callee.HearsOnly(ctx, 440)) // sendonly: its music goes on

	status, err = caller.Reinvite(ctx, Offer{Direction: Inactive})
	wantStatus(t, 200, status, err)
	must(t, callee.HearsSilence(ctx))

	status, err = caller.Resume(ctx)
	wantStatus(t, 200, status, err)
	must(t, caller.HearsOnly(ctx, 620))
	must(t, callee.HearsOnly(ctx, 440))
}

func TestCodecChangeAndUpdate(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{})
	callee.SendTone(620)
	caller.SendTone(440)
	status, err := callee.Update(ctx, Offer{Codecs: []string{PCMU}})
	wantStatus(t, 200, status, err)
	waitCodec := func(c *Call, codec string) {
		t.Helper()
		for c.Stats().Codec != codec {
			if !pause(ctx, 10*time.Millisecond) {
				t.Fatalf("codec %s, want %s", c.Stats().Codec, codec)
			}
		}
	}
	waitCodec(caller, PCMU)
	waitCodec(callee, PCMU)
	must(t, caller.HearsOnly(ctx, 620))
	must(t, callee.HearsOnly(ctx, 440))

	status, err = caller.Reinvite(ctx, Offer{Offerless: true})
	wantStatus(t, 200, status, err)
	must(t, caller.HearsOnly(ctx, 620))

	callee.RefuseOffers(488)
	status, err = caller.Reinvite(ctx, Offer{Codecs: []string{PCMA}})
	wantStatus(t, 488, status, err)
	must(t, caller.HearsOnly(ctx, 620))
}

func TestInDialogRequests(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{})
	status, err := caller.SendInfoDTMF(ctx, '5')
	wantStatus(t, 200, status, err)
	status, err = caller.SendInfoDTMF(ctx, '#')
	wantStatus(t, 200, status, err)
	if got := callee.InfoDTMFReceived(); got != "5#" {
		t.Errorf("INFO digits %q", got)
	}
	status, err = callee.Refer(ctx, "sip:200@127.0.0.1")
	wantStatus(t, 603, status, err)
	refer, err := caller.WaitRequest(ctx, "REFER", 1)
	must(t, err)
	if ParseAddress(refer.Get("Refer-To")).User != "200" {
		t.Errorf("refer-to %q", refer.Get("Refer-To"))
	}
	m, err := caller.Send(ctx, "BYE", nil, Header{"Reason", `Q.850;cause=16`})
	must(t, err)
	if m.Status != 200 {
		t.Errorf("BYE got %d", m.Status)
	}
	ended(ctx, t, callee, ByRemoteBye, 200)
	if callee.Reason() != "Q.850;cause=16" {
		t.Errorf("reason %q", callee.Reason())
	}
	// The callee forgot nothing: requests to its ended dialog get 481.
	status, err = caller.SendInfoDTMF(ctx, '1')
	wantStatus(t, 481, status, err)
}

func TestDTMFWithinATone(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{})
	caller.SendTone(440)
	must(t, callee.HearsOnly(ctx, 440))
	must(t, caller.SendDTMF("12#*0"))
	for len(callee.DTMFReceived()) < 5 {
		if !pause(ctx, 10*time.Millisecond) {
			t.Fatalf("digits %q", callee.DTMFReceived())
		}
	}
	if got := callee.DTMFReceived(); got != "12#*0" {
		t.Errorf("digits %q", got)
	}
	must(t, callee.HearsOnly(ctx, 440))
	if s := callee.Stats(); s.Gaps != 0 || s.TimestampJumps != 0 {
		t.Errorf("stats %+v", s)
	}
	if caller.SendDTMF("x") == nil {
		t.Error("x is not a digit")
	}
}

func TestStopSending(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{})
	caller.SendTone(440)
	must(t, callee.HearsOnly(ctx, 440))
	caller.StopSending()
	must(t, callee.HearsSilence(ctx))
	before := callee.PacketsReceived()
	if !pause(ctx, 100*time.Millisecond) || callee.PacketsReceived() != before {
		t.Error("packets still come")
	}
	caller.StartSending()
	must(t, callee.HearsOnly(ctx, 440))
}

func TestNoCommonCodec(t *testing.T) {
	ctx := testContext(t)
	phone := testPhone(ctx, t, PhoneConfig{Codecs: []string{PCMU}})
	trunk := testTrunk(ctx, t, TrunkConfig{Server: phone.Addr(), Codecs: []string{PCMA}})
	caller, err := trunk.Call(ctx, "anna", DialOptions{})
	must(t, err)
	ended(ctx, t, caller, ByFailure, 488)
}

func TestSessionTimer(t *testing.T) {
	ctx := testContext(t)
	attempts := make(chan string, 4)
	caller, _ := ring(ctx, t, Script(func(_ context.Context, c *Call) {
		attempts <- c.Invite().Get("Session-Expires")
		if c.Invite().Get("Min-SE") == "" {
			c.Reject(422, Header{"Min-SE", "2"})
			return
		}
		c.Answer()
	}), DialOptions{Supported: []string{"timer"}, SessionExpires: 1, Refresher: "uac"})
	must(t, caller.WaitState(ctx, Established))
	if first, second := <-attempts, <-attempts; first != "1;refresher=uac" || second != "2;refresher=uac" {
		t.Errorf("asked for %s, then %s", first, second)
	}
	// The one who agreed to refresh does so after half the time.
	updates := func() (n int) {
		for _, m := range caller.Responses() {
			if _, method := m.CSeq(); method == "UPDATE" && m.Status == 200 {
				n++
			}
		}
		return n
	}
	for updates() < 2 {
		if !pause(ctx, 10*time.Millisecond) {
			t.Fatalf("%d refreshes", updates())
		}
	}
	if caller.State() != Established {
		t.Errorf("the call is %s", caller.State())
	}
}

// TestGlare is RFC 3261 §14.2: an offer that meets our own open one gets 491.
func TestGlare(t *testing.T) {
	ctx := testContext(t)
	phone := testPhone(ctx, t, PhoneConfig{})
	peer, err := NewPeer(ctx, PeerConfig{Server: phone.Addr()})
	must(t, err)
	defer peer.Close()
	invite := peer.Request("INVITE", "sip:anna@"+phone.Addr().String())
	invite.Body = peer.SDP(40000)
	must(t, peer.SendMessage(invite))
	ok, err := peer.Expect(ctx, IsStatus(200, "INVITE"))
	must(t, err)
	must(t, peer.SendMessage(peer.InDialog("ACK", invite, ok, 1)))
	call, err := phone.NextCall(ctx)
	must(t, err)
	must(t, call.WaitACK(ctx))

	status := make(chan int, 1)
	go func() {
		got, _ := call.Hold(ctx)
		status <- got
	}()
	theirs, err := peer.Expect(ctx, IsRequest("INVITE"))
	must(t, err)
	ours := peer.InDialog("INVITE", invite, ok, 2)
	ours.Body = peer.SDP(40000)
	must(t, peer.SendMessage(ours))
	_, err = peer.Expect(ctx, IsStatus(491, "INVITE"))
	must(t, err)
	must(t, peer.SendMessage(peer.Reply(theirs, 491, "")))
	if got := <-status; got != 491 {
		t.Errorf("our offer got %d", got)
	}
}

func TestHearsMusic(t *testing.T) {
	ctx := testContext(t)
	caller, callee := connect(ctx, t, DialOptions{})
	callee.SendTone(440)
	must(t, caller.HearsOnly(ctx, 440))
	short, cancel := context.WithTimeout(ctx, 1800*time.Millisecond)
	defer cancel()
	if caller.HearsMusic(short) == nil {
		t.Fatal("one tone is no music")
	}
	done := make(chan error, 1)
	go func() { done <- caller.HearsMusic(ctx) }()
	for note := 0; ; note++ {
		callee.SendTone([]float64{262, 330, 392, 523}[note%4])
		select {
		case err := <-done:
			must(t, err)
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func TestManyCalls(t *testing.T) {
	ctx := testContext(t)
	phone := testPhone(ctx, t, PhoneConfig{T1: 500 * time.Millisecond})
	trunk := testTrunk(ctx, t, TrunkConfig{Server: phone.Addr(), T1: 500 * time.Millisecond})
	const calls = 60
	placed := make([]*Call, calls)
	for i := range placed {
		c, err := trunk.Call(ctx, "anna", DialOptions{})
		must(t, err)
		c.SendTone(400 + 10*float64(i))
		placed[i] = c
	}
	for _, c := range placed {
		must(t, c.WaitState(ctx, Established))
	}
	for range calls {
		callee, err := phone.NextCall(ctx)
		must(t, err)
		for i, c := range placed {
			if c.CallID() == callee.CallID() {
				must(t, callee.HearsOnly(ctx, 400+10*float64(i)))
			}
		}
	}
	for _, c := range placed {
		c.HangUp()
	}
	for phone.Live() > 0 {
		if !pause(ctx, 10*time.Millisecond) {
			t.Fatalf("%d calls left", phone.Live())
		}
	}
}
