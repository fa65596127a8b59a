package siptest

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestRegisterWithDigest(t *testing.T) {
	for _, algorithm := range []string{MD5, SHA256} {
		for _, transport := range []string{"udp", "tcp"} {
			t.Run(algorithm+"/"+transport, func(t *testing.T) {
				ctx := testContext(t)
				trunk := testTrunk(ctx, t, TrunkConfig{
					Register: true, Username: "anna", Password: "s3cret", Algorithm: algorithm, Expires: 120,
				})
				phone := testPhone(ctx, t, PhoneConfig{Server: trunk.Addr(), Transport: transport, Password: "s3cret"})
				must(t, phone.Register(ctx))
				if phone.LastRegisterStatus() != 200 || phone.Granted() != 120 || !phone.Registered() {
					t.Errorf("status %d, granted %d", phone.LastRegisterStatus(), phone.Granted())
				}
				got := trunk.Registrations()[0]
				if got.User != "anna" || ParseAddress("<"+got.Contact+">").Host != phone.Addr().String() {
					t.Errorf("registration %+v", got)
				}
				if n := trunk.RequestsSeen("REGISTER"); n != 2 {
					t.Errorf("%d REGISTERs, want one challenged and one accepted", n)
				}
				// The nonce is used again, counted, without a new challenge.
				must(t, phone.Register(ctx))
				if n := trunk.RequestsSeen("REGISTER"); n != 3 {
					t.Errorf("%d REGISTERs after a refresh", n)
				}
				trunk.ForgetNonces()
				must(t, phone.Unregister(ctx))
				if all := trunk.Registrations(); phone.Registered() || all[len(all)-1].Expires != 0 {
					t.Error("still registered")
				}
			})
		}
	}
}

func TestRegisterRefused(t *testing.T) {
	ctx := testContext(t)
	trunk := testTrunk(ctx, t, TrunkConfig{Register: true, Username: "anna", Password: "s3cret"})
	phone := testPhone(ctx, t, PhoneConfig{Server: trunk.Addr(), Password: "wrong"})
	var refused *StatusError
	if err := phone.Register(ctx); !errors.As(err, &refused) || refused.Status != 401 {
		t.Fatalf("error %v", err)
	}
	if phone.LastRegisterStatus() != 401 || len(trunk.Registrations()) != 0 {
		t.Error("a wrong password registered")
	}
	if n := trunk.RequestsSeen("REGISTER"); n != 2 {
		t.Errorf("%d REGISTERs: a wrong password is tried once", n)
	}
	trunk.RefuseRegister(403)
	right := testPhone(ctx, t, PhoneConfig{Server: trunk.Addr(), Password: "s3cret"})
	if err := right.Register(ctx); !errors.As(err, &refused) || refused.Status != 403 {
		t.Fatalf("error %v", err)
	}
}

func TestAutoRefresh(t *testing.T) {
	ctx := testContext(t)
	trunk := testTrunk(ctx, t, TrunkConfig{Register: true, Expires: 1})
	phone := testPhone(ctx, t, PhoneConfig{Server: trunk.Addr(), AutoRefresh: true})
	must(t, phone.Register(ctx))
	for len(trunk.Registrations()) < 3 {
		if !pause(ctx, 10*time.Millisecond) {
			t.Fatalf("%d registrations", len(trunk.Registrations()))
		}
	}
	// A registrar that refuses for a while does not lose the phone for good.
	trunk.RefuseRegister(503)
	for phone.LastRegisterStatus() != 503 {
		if !pause(ctx, 10*time.Millisecond) {
			t.Fatal("the refusal did not arrive")
		}
	}
	trunk.RefuseRegister(0)
	for !phone.Registered() {
		if !pause(ctx, 10*time.Millisecond) {
			t.Fatal("the phone gave up")
		}
	}
	must(t, phone.Unregister(ctx))
}

// TestCallOverTheRegisteredConnection reaches a TCP phone the way a registrar
// must: over the connection the phone opened.
func TestCallOverTheRegisteredConnection(t *testing.T) {
	ctx := testContext(t)
	trunk := testTrunk(ctx, t, TrunkConfig{Register: true, Transport: "tcp"})
	phone := testPhone(ctx, t, PhoneConfig{Server: trunk.Addr(), Transport: "tcp"})
	must(t, phone.Register(ctx))
	source := trunk.Registrations()[0].Source
	if source == phone.Addr() {
		t.Fatal("the connection should come from a port of its own")
	}
	caller, err := trunk.Call(ctx, "anna", DialOptions{To: source})
	must(t, err)
	must(t, caller.WaitState(ctx, Established))
	callee, err := phone.NextCall(ctx)
	must(t, err)
	if callee.Invite().Source != trunk.Addr() {
		t.Errorf("the INVITE came from %s", callee.Invite().Source)
	}
	callee.SendTone(440)
	must(t, caller.HearsOnly(ctx, 440))
}

func TestOptions(t *testing.T) {
	ctx := testContext(t)
	trunk := testTrunk(ctx, t, TrunkConfig{})
	peer, err := NewPeer(ctx, PeerConfig{Server: trunk.Addr()})
	must(t, err)
	defer peer.Close()
	trunk.OnOptions(0)
	must(t, peer.SendMessage(peer.Request("OPTIONS", "sip:trunk")))
	for trunk.RequestsSeen("OPTIONS") == 0 {
		if !pause(ctx, time.Millisecond) {
			t.Fatal("no OPTIONS")
		}
	}
	trunk.OnOptions(404)
	second := peer.Request("OPTIONS", "sip:trunk")
	must(t, peer.SendMessage(second))
	m, err := peer.Expect(ctx, IsStatus(404, "OPTIONS"))
	must(t, err)
	if m.CallID() != second.CallID() || len(peer.Received()) != 1 {
		t.Error("the first OPTIONS was answered")
	}
}

func TestTrunkChallengesCalls(t *testing.T) {
	for _, proxy := range []bool{false, true} {
		for _, algorithm := range []string{MD5, SHA256} {
			t.Run(fmt.Sprint(algorithm, proxy), func(t *testing.T) {
				ctx := testContext(t)
				trunk := testTrunk(ctx, t, TrunkConfig{Username: "bandeau", Password: "pw", Algorithm: algorithm, Proxy: proxy})
				trunk.OnNumber("+33199", Busy())
				phone := testPhone(ctx, t, PhoneConfig{Server: trunk.Addr()})
				call, err := phone.Dial(ctx, "+33100", DialOptions{AuthUser: "bandeau", Password: "pw"})
				must(t, err)
				must(t, call.WaitState(ctx, Established))
				if call.Responses()[0].Status != map[bool]int{false: 401, true: 407}[proxy] {
					t.Errorf("first response %d", call.Responses()[0].Status)
				}
				call.HangUp()
				call, err = phone.Dial(ctx, "+33199", DialOptions{AuthUser: "bandeau", Password: "pw"})
				must(t, err)
				ended(ctx, t, call, ByFailure, 486)
				call, err = phone.Dial(ctx, "+33100", DialOptions{AuthUser: "bandeau", Password: "no"})
				must(t, err)
				ended(ctx, t, call, ByFailure, map[bool]int{false: 401, true: 407}[proxy])
			})
		}
	}
}

// TestDigestVectors are the examples of RFC 7616 §3.9.1.
func TestDigestVectors(t *testing.T) {
	const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
	const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
	for algorithm, want := range map[string]string{
		MD5:    "8ca523f5e9506fed4657c9700eebdbec",
		SHA256: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		got := digestResponse(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life",
			"GET", "/dir/index.html", nonce, "00000001", cnonce)
		if got != want {
			t.Errorf("%s: %s, want %s", algorithm, got, want)
		}
	}
}

func TestStrongestChallengeFirst(t *testing.T) {
	m := &Message{Status: 401, Headers: []Header{
		{"WWW-Authenticate", `Digest realm="a, b", nonce="n1", qop="auth,auth-int"`},
		{"WWW-Authenticate", `Digest algorithm=SHA-512-256, realm="r", nonce="n2"`},
		{"WWW-Authenticate", `Digest algorithm=SHA-256, realm="r", nonce="n3", opaque="o"`},
	}}
	all := parseChallenges(m)
	if len(all) != 2 || all[0].realm != "a, b" || !all[0].qop || all[1].qop {
		t.Fatalf("challenges %+v", all)
	}
	if best, ok := strongest(all); !ok || best.nonce != "n3" || best.opaque != "o" {
		t.Errorf("strongest %+v", best)
	}
}
