package telephony

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony/sdp"
	"bandeau/telephony/sipua"
)

// infoDigitTime is the length a digit sent by SIP INFO is said to have.
const infoDigitTime = 160 * time.Millisecond

// branch is one way to a leg's party, a dialog or a browser, with the audio that
// belongs to it. Each branch
// has RTP ports of its own, so that two phones that ring together, or answer
// together, are never mixed up.
type branch struct {
	leg     *leg
	carrier carrier       // nil before it is dialled
	dialog  *sipua.Dialog // of a carrier that is one
	trunk   string        // counted there until the branch is over
	over    bool          // its dialog's last event has come
	closed  bool          // we hung it up: nothing is expected of it any more

	media     media.Leg
	codecs    []media.Codec // what this side may use
	local     sdp.Local
	remote    sdp.Remote
	hasRemote bool
}

// newBranch binds the audio of a branch at one of our addresses.
func (l *leg) newBranch(at netip.Addr, codecs []media.Codec) (*branch, error) {
	b := &branch{leg: l, codecs: codecs}
	advertise := l.call.sw.cfg.Advertise
	if advertise.IsValid() { // not an address of this machine: any of ours receives what is sent to it
		at = netip.IPv4Unspecified()
		if advertise.Is6() {
			at = netip.IPv6Unspecified()
		}
	}
	leg, err := l.call.sw.cfg.Plane.Bind(media.Options{
		IP: at, Timeout: l.call.sw.cfg.RTPTimeout, OnEvent: b.onMedia,
	})
	if err != nil {
		return nil, fmt.Errorf("no audio: %w", err)
	}
	b.media = leg
	addr := leg.LocalAddr()
	if advertise.IsValid() {
		addr = netip.AddrPortFrom(advertise, addr.Port())
	}
	b.local = sdp.Local{
		Addr: addr, Session: uint64(l.call.started.UnixMilli()), Version: 1,
		Codecs: codecs, DTMF: dtmfType,
	}
	l.branches = append(l.branches, b)
	return b, nil
}

// onMedia runs in a goroutine of the media plane.
func (b *branch) onMedia(e media.Event) {
	switch e.Kind {
	case media.Timeout:
		b.leg.call.post(func() {
			if b.leg.current == b {
				b.leg.lost(acd.EndMediaLost)
			}
		})
	case media.Digit:
		if !b.leg.call.crowded() {
			b.leg.call.post(func() { b.onDigit(e.Digit) })
		}
	}
}

// onDigit: the far side has sent a digit as RTP. The bridge passes it on, unless
// the peer takes none as RTP: then it goes by INFO.
func (b *branch) onDigit(digit byte) {
	if b.leg.current != b {
		return
	}
	b.leg.pressed(digit)
	for _, l := range b.leg.listeners() {
		if l.current != nil && l.current.remote.DTMF == 0 {
			l.sendDigits(string(digit))
		}
	}
}

// ride gives the branch its dialog.
func (b *branch) ride(d *sipua.Dialog) { b.dialog, b.carrier = d, dialog{d} }

// sink receives the dialog's events in the dialog's goroutine.
func (b *branch) sink(e sipua.Event) {
	switch e := e.(type) { //nolint:gochecksumtype // the others wait for their turn
	case sipua.InfoDigit:
		if b.leg.call.crowded() {
			return
		}
	case sipua.Referred:
		onReferred(e)
	}
	b.leg.call.post(func() { b.on(e) })
}

// on handles an event of the dialog, in the call's goroutine.
func (b *branch) on(e sipua.Event) {
	l := b.leg
	switch e := e.(type) {
	case sipua.Progressed:
		l.ringing(b, e.SDP != nil && b.accept(e.SDP) == nil)
	case sipua.Answered:
		b.onAnswered(e)
	case sipua.Confirmed:
		// Without an answer to our offer there is no audio, and no call.
		if err := b.accept(e.SDP); e.SDP != nil && err != nil || !b.hasRemote {
			l.call.log.Warn("no usable answer in ACK", "error", err)
			l.lost(acd.EndRefused)
		}
	case sipua.Failed:
		b.onFailed(e)
	case sipua.RemoteOffer:
		b.onOffer(e)
	case sipua.RemoteAnswer:
		if err := b.accept(e.SDP); err != nil {
			l.call.log.Warn("answer not usable", "error", err)
			return
		}
		b.followHold()
	case sipua.OfferRefused:
		// We make no offers of our own.
	case sipua.Referred:
		l.referred(b, e)
	case sipua.InfoDigit:
		if l.current == b {
			l.pressed(e.Digit)
		}
		for _, other := range l.listeners() {
			other.sendDigits(string(e.Digit))
		}
	case sipua.Ended:
		b.end()
		if l.dialogEnded(b) {
			return
		}
		if l.current == b || l.state == legIncoming {
			l.ended(endCause(e))
		}
		l.settle()
	}
}

func (b *branch) onAnswered(e sipua.Answered) {
	if e.SDP != nil {
		if err := b.accept(e.SDP); err != nil {
			b.leg.call.log.Warn("answer not usable", "error", err)
			b.hasRemote = false
		}
	}
	if b.hasRemote {
		b.leg.answered(b)
		return
	}
	// It answered with audio we cannot have: to the core that is a failure. Another
	// trunk would only ring the same person again.
	b.leg.trunks = nil
	b.hangUp(sipua.HangUpFailed)
	b.leg.failed(failure{acd.FailUnreachable, http.StatusNotAcceptable})
}

func (b *branch) onFailed(e sipua.Failed) {
	l, cause := b.leg, failCause(e)
	if l.operator && b.trunk != "" && cause == acd.FailRejected && e.Status < 600 {
		cause = acd.FailUnreachable // the carrier said no, not the operator
	}
	b.end()
	if !e.FailOver() {
		l.trunks = nil // the call was treated; another trunk would say the same
	}
	if e.Status >= 600 { // for the person, not the device (RFC 3261 §16.7 step 5)
		for _, other := range l.branches {
			other.hangUp(sipua.HangUpNormal)
		}
	}
	l.failed(failure{cause, e.Status})
	l.settle()
}

// accept takes what the far side's description says.
func (b *branch) accept(description []byte) error {
	if description == nil {
		return nil
	}
	remote, err := sdp.Parse(description, b.source())
	if err != nil {
		return err
	}
	codec, ok := remote.Choose(b.codecs)
	if !ok {
		return sdp.ErrNoCodec
	}
	if remote.Addr.Addr().Is4() != b.local.Addr.Addr().Unmap().Is4() {
		return fmt.Errorf("%w: %s from %s", sdp.ErrAddress, remote.Addr.Addr(), b.local.Addr.Addr())
	}
	b.remote, b.hasRemote = remote, true
	m := remote.Media(codec)
	m.LatchAny = b.behindNAT()
	b.media.Configure(m)
	return nil
}

func (b *branch) source() netip.Addr {
	if b.dialog == nil {
		return netip.Addr{}
	}
	return b.dialog.Peer().Source.Addr()
}

// behindNAT reports whether a phone describes an address of its own network that
// is not the one it sends from: its audio comes from where its network maps it.
func (b *branch) behindNAT() bool {
	addr, source := b.remote.Addr.Addr(), b.source().Unmap()
	return b.trunk == "" && (addr.IsPrivate() || shared(addr)) && source.IsValid() && addr != source
}

// shared reports whether an address is one that mobile networks give to their
// subscribers behind a NAT of their own (RFC 6598).
func shared(a netip.Addr) bool { return netip.MustParsePrefix("100.64.0.0/10").Contains(a) }

// offer returns our description as an offer.
func (b *branch) offer() []byte { return b.local.Offer() }

// description answers the far side's offer, or is our offer when it made none.
func (b *branch) description() []byte {
	if !b.hasRemote {
		return b.offer()
	}
	local := b.local
	if codec, ok := b.remote.Choose(b.codecs); ok {
		local.Codecs = []media.Codec{codec}
	}
	local.DTMF = b.remote.DTMF
	local.Direction = b.remote.Direction.Reverse()
	return local.Answer(b.remote)
}

// onOffer answers a re-INVITE or UPDATE: hold, another codec, another address.
func (b *branch) onOffer(e sipua.RemoteOffer) {
	b.local.Version++
	if e.SDP == nil {
		b.dialog.AnswerOffer(b.offer()) // its answer comes as RemoteAnswer
		return
	}
	if err := b.accept(e.SDP); err != nil {
		b.local.Version--
		b.leg.call.log.Info("offer refused", "error", err)
		b.dialog.RefuseOffer(488)
		return
	}
	b.dialog.AnswerOffer(b.description())
	b.followHold()
}

// followHold tells the core when an operator uses the hold key of his phone.
// When it is the outside that puts us on hold, its audio says so to the operator.
func (b *branch) followHold() {
	l := b.leg
	if l.second != nil {
		l.picked(b)
		l.call.comfort()
		return
	}
	if !l.operator || l.place.User != "" || l.state != legUp || l.held == b.remote.OnHold() {
		return
	}
	l.held = b.remote.OnHold()
	l.call.core.Post(acd.LegHeld{Call: l.call.id, Leg: l.id, Held: l.held})
}

// hangUp ends it in whatever state it is.
func (b *branch) hangUp(cause sipua.HangUpCause) {
	b.closed = true
	if !b.over && b.carrier != nil {
		b.carrier.hangUp(cause)
	}
	b.closeMedia()
}

// end: the dialog's last event has come.
func (b *branch) end() {
	b.over = true
	b.closeMedia()
	if b.trunk != "" {
		b.leg.call.sw.giveBack(b.trunk)
		b.trunk = ""
	}
}

func (b *branch) closeMedia() {
	if b.media != nil {
		b.media.Close()
	}
	if l := b.leg; l.current == b && l.state == legPlacing {
		l.current = nil // its early media is over; another contact may bring some
	}
}

// settle forgets a leg that is gone once all its dialogs are over.
func (l *leg) settle() {
	if l.state == legGone && !slices.ContainsFunc(l.branches, func(b *branch) bool { return !b.over }) {
		delete(l.call.legs, l.id)
	}
}
