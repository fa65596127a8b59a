package webrtcua

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// session is one page's connection. Its fields under "liveness" are written and
// read with the agent locked.
type session struct {
	ua   *UA
	line *line // set once it is the owner's
	id   string
	link Link
	pc   *webrtc.PeerConnection
	out  *outgoing
	made time.Time

	// liveness
	connected bool
	pinged    uint64
	ponged    uint64
	pongAt    time.Time

	reports reports
	wg      sync.WaitGroup
}

// newSession answers an offer. The session it returns is nobody's yet.
func (u *UA) newSession(ctx context.Context, id string, link Link, o *offer) (s *session, answer string, err error) {
	certificate, err := u.certificate()
	if err != nil {
		return nil, "", err
	}
	pc, err := u.api.NewPeerConnection(webrtc.Configuration{
		BundlePolicy:  webrtc.BundlePolicyMaxBundle,
		RTCPMuxPolicy: webrtc.RTCPMuxPolicyRequire,
		Certificates:  []webrtc.Certificate{certificate},
	})
	if err != nil {
		return nil, "", fmt.Errorf("webrtc: %w", err)
	}
	s = &session{
		ua: u, id: id, link: link, pc: pc, made: u.clock.Now(),
		out: &outgoing{clock: u.clock, codec: o.codec, dtmf: o.dtmf},
	}
	if answer, err = s.negotiate(ctx, o); err != nil {
		s.close()
		return nil, "", fmt.Errorf("webrtc: %w", err)
	}
	return s, answer, nil
}

func (s *session) negotiate(ctx context.Context, o *offer) (answer string, err error) {
	s.pc.OnTrack(s.hear)
	sender, err := s.pc.AddTrack(s.out)
	if err != nil {
		return "", err
	}
	err = s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: o.String()})
	if err != nil {
		return "", err
	}
	description, err := s.pc.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(s.pc)
	if err = s.pc.SetLocalDescription(description); err != nil {
		return "", err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	s.wg.Go(func() { s.readReports(sender) })
	s.wg.Go(func() { discardReports(s.pc.GetTransceivers()[0].Receiver()) })
	return s.pc.LocalDescription().SDP, nil
}

// hear reads what the browser says until the session ends. The library calls it
// at the first packet.
func (s *session) hear(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
	s.ua.mu.Lock()
	l := s.line
	s.ua.mu.Unlock()
	if l == nil {
		return // the page has no answer yet: nobody can be heard
	}
	buf := make([]byte, maxDatagram)
	for {
		n, _, err := track.Read(buf)
		if err != nil {
			return
		}
		l.receive(s, buf[:n])
	}
}

// close ends the session and waits for its goroutines. It may not be called from
// one of the library's.
func (s *session) close() {
	if err := s.pc.GracefulClose(); err != nil {
		s.ua.log.Debug("session not closed cleanly", "err", err)
	}
	s.wg.Wait()
}
