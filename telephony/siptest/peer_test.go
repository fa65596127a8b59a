package siptest

import (
	"strings"
	"testing"
	"time"
)

func TestPeerScriptsACall(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			ctx := testContext(t)
			phone := testPhone(ctx, t, PhoneConfig{})
			peer, err := NewPeer(ctx, PeerConfig{Server: phone.Addr(), Transport: transport})
			must(t, err)
			defer peer.Close()

			invite := peer.Request("INVITE", "sip:anna@"+phone.Addr().String(), Header{"Content-Type", "application/sdp"})
			invite.Body = peer.SDP(40000)
			must(t, peer.SendMessage(invite))
			ok, err := peer.Expect(ctx, IsStatus(200, "INVITE"))
			must(t, err)
			call, err := phone.NextCall(ctx)
			must(t, err)

			// A BYE with a wrong tag, or a number that went back, does no harm.
			foreign := peer.InDialog("BYE", invite, ok, 2)
			foreign.Set("To", foreign.Get("To")+"x")
			must(t, peer.SendMessage(foreign))
			_, err = peer.Expect(ctx, IsStatus(481, "BYE"))
			must(t, err)
			must(t, peer.SendMessage(peer.InDialog("INFO", invite, ok, 1)))
			_, err = peer.Expect(ctx, IsStatus(500, "INFO"))
			must(t, err)

			must(t, peer.SendMessage(peer.InDialog("ACK", invite, ok, 1)))
			must(t, call.WaitACK(ctx))
			bye := peer.InDialog("BYE", invite, ok, 3)
			must(t, peer.Repeat(ctx, bye.Bytes(), 3, 5*time.Millisecond))
			for range 3 { // each repetition is answered, and only the first acts
				_, err = peer.Expect(ctx, IsStatus(200, "BYE"))
				must(t, err)
			}
			ended(ctx, t, call, ByRemoteBye, 200)
		})
	}
}

func TestPeerCancelsAndAnswers(t *testing.T) {
	ctx := testContext(t)
	phone := testPhone(ctx, t, PhoneConfig{})
	phone.OnCall(RingForever())
	peer, err := NewPeer(ctx, PeerConfig{Server: phone.Addr()})
	must(t, err)
	defer peer.Close()
	invite := peer.Request("INVITE", "sip:anna@"+phone.Addr().String())
	must(t, peer.Repeat(ctx, invite.Bytes(), 2, time.Millisecond))
	_, err = peer.Expect(ctx, IsStatus(180, "INVITE"))
	must(t, err)
	must(t, peer.SendMessage(peer.Cancel(invite)))
	refusal, err := peer.Expect(ctx, IsStatus(487, "INVITE"))
	must(t, err)
	ack := peer.InDialog("ACK", invite, refusal, 1)
	ack.Set("Via", invite.Get("Via"))
	must(t, peer.SendMessage(ack))
	call, err := phone.NextCall(ctx)
	must(t, err)
	must(t, call.WaitACK(ctx))
	if n := len(phone.Calls()); n != 0 {
		t.Errorf("the repeated INVITE made %d more calls", n)
	}

	// The other way round: the phone calls, the peer refuses by hand.
	out, err := phone.Dial(ctx, "sip:peer@"+peer.Addr().String(), DialOptions{})
	must(t, err)
	got, err := peer.Expect(ctx, IsRequest("INVITE"))
	must(t, err)
	must(t, peer.SendTo(got.Source, peer.Reply(got, 180, "pt").Bytes()))
	must(t, out.WaitState(ctx, Ringing))
	must(t, peer.SendTo(got.Source, peer.Reply(got, 486, "pt").Bytes()))
	_, err = peer.Expect(ctx, IsRequest("ACK"))
	must(t, err)
	ended(ctx, t, out, ByFailure, 486)
}

func TestPeerTemplateAndJunk(t *testing.T) {
	ctx := testContext(t)
	phone := testPhone(ctx, t, PhoneConfig{})
	peer, err := NewPeer(ctx, PeerConfig{Server: phone.Addr()})
	must(t, err)
	defer peer.Close()
	for _, junk := range []string{"\r\n\r\n", "hello", "INVITE sip:x SIP/2.0\r\nVia\r\n\r\n", "SIP/2.0 9 x\r\n\r\n"} {
		must(t, peer.Send([]byte(junk)))
	}
	must(t, peer.Send(peer.Expand(strings.TrimLeft(`
OPTIONS sip:anna@{{server}} SIP/2.0
v: SIP/2.0/UDP {{local}};branch={{branch}};rport
f: <sip:peer@{{local}}>;tag={{tag}}
t: <sip:anna@{{server}}>
i: {{call_id}}
CSeq: 7 OPTIONS
Subject: folded
  over two lines
l: {{length}}

body`, "\n"))))
	m, err := peer.Expect(ctx, IsStatus(200, "OPTIONS"))
	must(t, err)
	if !m.Lists("Allow", "update") || m.To().Tag == "" {
		t.Errorf("headers %v", m.Headers)
	}
	if !strings.Contains(m.Get("Via"), "rport=") || m.Source != phone.Addr() {
		t.Errorf("via %q from %s", m.Get("Via"), m.Source)
	}
}

func TestMessageRoundTrip(t *testing.T) {
	raw := "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n" +
		"m: <sip:c@d;transport=tcp>\r\nSupported: a\r\nSupported: b,100rel\r\nSubject: one\r\n two\r\n" +
		"l: 3\r\n\r\nxyzjunk"
	m, err := ParseMessage([]byte(raw))
	must(t, err)
	if string(m.Body) != "xyz" || m.Get("contact") != "<sip:c@d;transport=tcp>" || m.Get("Subject") != "one two" {
		t.Fatalf("%+v", m)
	}
	if !m.Lists("Supported", "100REL") || m.Lists("Supported", "c") || m.Branch() != "z9hG4bKx" {
		t.Error("headers misread")
	}
	m.Set("Supported", "only")
	again, err := ParseMessage(m.Bytes())
	must(t, err)
	if got := again.Values("Supported"); len(got) != 1 || got[0] != "only" || string(again.Body) != "xyz" {
		t.Errorf("again %+v", again)
	}
	for _, bad := range []string{"", "x\r\n\r\n", "INVITE a SIP/3.0\r\n\r\n", "A b SIP/2.0\r\nl: 9\r\n\r\nx"} {
		if _, err := ParseMessage([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]Address{
		`"A \"B\" <c>" <sip:u@h:5070;x=y>;tag=t`: {`A "B" <c>`, "sip:u@h:5070;x=y", "u", "h:5070", "t"},
		`Bob <sip:h>`:                            {"Bob", "sip:h", "", "h", ""},
		`sip:u@h;tag=t`:                          {"", "sip:u@h", "u", "h", "t"},
		`<tel:+33123;phone-context=x>`:           {"", "tel:+33123;phone-context=x", "+33123", "", ""},
		``:                                       {},
		`"unterminated`:                          {"unterminated", "", "", "", ""},
	} {
		if got := ParseAddress(text); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func FuzzParseMessage(f *testing.F) {
	f.Add([]byte("INVITE sip:a SIP/2.0\r\nf: \"x\\\" <sip:a@b>;tag=1\r\nWWW-Authenticate: Digest a=\"b\r\n\r\n"))
	f.Add([]byte("SIP/2.0 200 OK\r\nVia: x;rport;;=\r\n\r\nm=audio 1 RTP/AVP 8\r\nc=\r\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		m, err := ParseMessage(data)
		if err != nil {
			return
		}
		for _, h := range m.Headers {
			ParseAddress(h.Value)
			authParams(h.Value)
			withoutTag(h.Value)
			receivedVia(h.Value, m)
		}
		if s, err := ParseSDP(m.Body); err == nil {
			_, _ = answerCodecs([]Codec{{PCMA, 8}}, s)
		}
	})
}
