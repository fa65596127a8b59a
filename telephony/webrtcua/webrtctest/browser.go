// Package webrtctest is the page's side of a browser phone, for tests: it offers,
// sends a tone and tells what it hears.
package webrtctest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"bandeau/media"
	"bandeau/telephony/siptest"
)

const (
	// toneLevel is the peak of the tone that is sent.
	toneLevel = 8000
	// window is how much of the latest audio is judged, and least how much of it
	// must have come.
	window = 300 * time.Millisecond
	least  = 1600
	// quiet is the level below which nothing is heard.
	quiet = 50
	// kept bounds the audio that is kept: six seconds.
	kept = 6 * media.SampleRate
)

// Browser is a page with a phone, on loopback.
type Browser struct {
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	stop  chan struct{}
	wg    sync.WaitGroup

	connected chan struct{}
	once      sync.Once

	mu    sync.Mutex
	tone  float64 // 0: silence
	still bool    // sends nothing
	heard []frame
}

// frame is a packet of audio and when it came.
type frame struct {
	at  time.Time
	pcm []int16
}

// New makes a page that has not offered yet. Close it.
func New() (*Browser, error) {
	var se webrtc.SettingEngine
	se.SetIncludeLoopbackCandidate(true)
	se.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() && ip.To4() != nil })
	se.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	var me webrtc.MediaEngine
	for pt, mime := range map[webrtc.PayloadType]string{8: webrtc.MimeTypePCMA, 126: "audio/telephone-event"} {
		err := me.RegisterCodec(webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: media.SampleRate}, PayloadType: pt,
		}, webrtc.RTPCodecTypeAudio)
		if err != nil {
			return nil, fmt.Errorf("webrtctest: %w", err)
		}
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(se), webrtc.WithMediaEngine(&me),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, fmt.Errorf("webrtctest: %w", err)
	}
	b := &Browser{pc: pc, stop: make(chan struct{}), connected: make(chan struct{})}
	b.track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMA}, "a", "b")
	if err == nil {
		_, err = pc.AddTrack(b.track)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("webrtctest: %w", err), pc.Close())
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { b.listen(track) })
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			b.once.Do(func() { close(b.connected) })
		}
	})
	b.wg.Go(b.speak)
	return b, nil
}

// Close ends the page, as when its process dies: nobody is told.
func (b *Browser) Close() {
	close(b.stop)
	b.wg.Wait()
	_ = b.pc.GracefulClose()
}

// Offer gathers and returns the page's description.
func (b *Browser) Offer() (string, error) {
	offer, err := b.pc.CreateOffer(nil)
	if err != nil {
		return "", fmt.Errorf("webrtctest: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(b.pc)
	if err = b.pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("webrtctest: %w", err)
	}
	<-gathered
	return strings.Replace(b.pc.LocalDescription().SDP, "a=setup:actpass", "a=setup:active", 1), nil
}

// Take gives the page the answer to its offer.
func (b *Browser) Take(answer string) error {
	return b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// Connected is closed once audio can pass.
func (b *Browser) Connected() <-chan struct{} { return b.connected }

// SendTone sends a tone from now on; 0 is silence.
func (b *Browser) SendTone(freq float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tone = freq
}

// Still lets the page send no packets at all, or send again.
func (b *Browser) Still(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.still = on
}

// speak sends a frame each 20 ms.
func (b *Browser) speak() {
	ticker := time.NewTicker(media.FrameTime)
	defer ticker.Stop()
	pcm, octets := make([]int16, media.FrameSamples), make([]byte, media.FrameSamples)
	start := time.Now()
	for n := uint32(0); ; {
		select {
		case <-b.stop:
			return
		case <-ticker.C:
		}
		for ; time.Since(start) >= time.Duration(n)*media.FrameTime; n++ { // a late tick is caught up with
			b.mu.Lock()
			tone, still := b.tone, b.still
			b.mu.Unlock()
			if still {
				continue
			}
			for i := range pcm {
				at := float64(int(n)*media.FrameSamples+i) / media.SampleRate
				pcm[i] = int16(toneLevel * math.Sin(2*math.Pi*tone*at))
			}
			media.EncodeA(octets, pcm)
			_ = b.track.WriteRTP(&rtp.Packet{ // before it is connected it goes nowhere
				Header:  rtp.Header{Version: 2, SequenceNumber: uint16(n), Timestamp: n * media.FrameSamples},
				Payload: octets,
			})
		}
	}
}

func (b *Browser) listen(track *webrtc.TrackRemote) {
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if p.PayloadType != uint8(media.PCMA) {
			continue
		}
		pcm := make([]int16, len(p.Payload))
		media.DecodeA(pcm, p.Payload)
		b.mu.Lock()
		b.heard = append(b.heard, frame{time.Now(), pcm})
		if len(b.heard) > 2*kept/media.FrameSamples {
			b.heard = append(b.heard[:0], b.heard[len(b.heard)/2:]...)
		}
		b.mu.Unlock()
	}
}

// Heard returns the audio of the last part of what was heard. Time without packets
// is left out.
func (b *Browser) Heard(last time.Duration) []int16 {
	b.mu.Lock()
	defer b.mu.Unlock()
	since := time.Now().Add(-last)
	var pcm []int16
	for _, f := range b.heard {
		if f.at.After(since) {
			pcm = append(pcm, f.pcm...)
		}
	}
	return pcm
}

// HearsOnly waits until the tones, in a mix of equals, and nothing else are heard;
// without any, until nothing is. What was heard before counts for nothing.
func (b *Browser) HearsOnly(ctx context.Context, tones ...float64) error {
	return HearsOnly(ctx, b.Heard, tones...)
}

// HearsOnly is [Browser.HearsOnly] for anybody who tells what was heard.
func HearsOnly(ctx context.Context, heard func(last time.Duration) []int16, tones ...float64) error {
	ticker := time.NewTicker(media.FrameTime)
	defer ticker.Stop()
	for start := time.Now(); ; {
		listened := time.Since(start)
		samples := heard(min(window, listened))
		if only(samples, tones, listened) {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			freq, share := siptest.DominantTone(samples, media.SampleRate)
			return fmt.Errorf("webrtctest: listening for %v alone: heard %d ms at level %.0f, %.0f Hz with %.0f%% of the power: %w",
				tones, len(samples)/8, siptest.Level(samples), freq, 100*share, ctx.Err())
		}
	}
}

func only(samples []int16, tones []float64, listened time.Duration) bool {
	if len(tones) == 0 {
		return listened >= window && siptest.Level(samples) < quiet
	}
	if len(samples) < least || siptest.Level(samples) < quiet {
		return false
	}
	sum := 0.0
	for _, tone := range tones {
		share := siptest.Tone(samples, media.SampleRate, tone)
		if share < 0.4/float64(len(tones)) {
			return false
		}
		sum += share
	}
	return sum > 0.85
}
