package siptest

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	// toneWindow is how much of the latest audio must carry a tone.
	toneWindow = 300 * time.Millisecond
	// toneSamples is how much of it must have arrived, in samples: 200 ms.
	toneSamples = 1600
	// presentShare is the least share of the power of a tone that is heard; a
	// mix of three equal tones gives each a third.
	presentShare = 0.2
	// aloneShare is the least share of a tone heard alone.
	aloneShare = 0.85
	// silenceWindow is how long nothing must be heard to be silence.
	silenceWindow = 500 * time.Millisecond
	// musicWindow is how much audio is judged as music.
	musicWindow = 1500 * time.Millisecond
	// musicSamples is how much of it must have arrived: 1.2 s.
	musicSamples = 9600
	listenEvery  = 20 * time.Millisecond
)

// SendTone sends the tone of freq hertz from now on, instead of silence.
func (c *Call) SendTone(freq float64) { c.media.sendTone(freq) }

// SendAudio sends samples from now on, over and over, at 8000 a second; they must
// not be changed any more. None are silence.
func (c *Call) SendAudio(samples []int16) { c.media.sendLoop(samples) }

// StopTone sends silence again.
func (c *Call) StopTone() { c.media.sendTone(0) }

// StopSending sends no packets at all any more, as a phone that lost its
// network.
func (c *Call) StopSending() { c.media.stopSending(true) }

// StartSending undoes StopSending.
func (c *Call) StartSending() { c.media.stopSending(false) }

// SendDTMF queues digits (0-9, *, #, A-D) as RFC 4733 events of 100 ms with
// 60 ms between them.
func (c *Call) SendDTMF(digits string) error { return c.media.sendDigits(digits) }

// DTMFReceived returns the digits received as RFC 4733 events so far.
func (c *Call) DTMFReceived() string {
	_, digits := c.media.snapshot()
	return digits
}

// InfoDTMFReceived returns the digits received by INFO so far.
func (c *Call) InfoDTMFReceived() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.digits.String()
}

// Stats returns the counters of the call's RTP.
func (c *Call) Stats() Stats {
	stats, _ := c.media.snapshot()
	return stats
}

// PacketsReceived returns how many RTP packets have been received.
func (c *Call) PacketsReceived() int { return c.Stats().Received }

// Heard returns the audio of the last part of what was received, at 8000
// samples a second; six seconds are kept. Time without packets is left out.
func (c *Call) Heard(last time.Duration) []int16 {
	return c.media.window(time.Now().Add(-last))
}

// Hears waits until the tone of freq hertz is heard, alone or in a mix of up
// to four. Like all that listens, it hears from its call on: 200 ms at least.
func (c *Call) Hears(ctx context.Context, freq float64) error {
	return c.listen(ctx, fmt.Sprintf("%g Hz", freq), func(elapsed time.Duration) bool {
		return c.hearsTone(freq, presentShare, elapsed)
	})
}

// HearsOnly waits until the tone of freq hertz and nothing else is heard.
func (c *Call) HearsOnly(ctx context.Context, freq float64) error {
	return c.listen(ctx, fmt.Sprintf("only %g Hz", freq), func(elapsed time.Duration) bool {
		return c.hearsTone(freq, aloneShare, elapsed)
	})
}

// FirstHeard returns when the first packet of a tone came, of the last six
// seconds; zero when none did.
func (c *Call) FirstHeard(freq float64) time.Time { return c.media.firstWith(freq) }

// HearsMusic waits until 1.5 s of audio with several tones and little noise
// have been heard.
func (c *Call) HearsMusic(ctx context.Context) error {
	return c.listen(ctx, "music", func(elapsed time.Duration) bool {
		samples := c.Heard(min(musicWindow, elapsed))
		return len(samples) >= musicSamples && musical(samples, sampleRate)
	})
}

// HearsSilence waits until nothing has been heard for half a second, be it
// silence or no packets at all.
func (c *Call) HearsSilence(ctx context.Context) error {
	quiet := time.Duration(-1) // since when, after the start of listening
	return c.listen(ctx, "silence", func(elapsed time.Duration) bool {
		if Level(c.Heard(2*listenEvery)) >= silenceLevel {
			quiet = -1
			return false
		}
		if quiet < 0 {
			quiet = elapsed
		}
		return elapsed-quiet >= silenceWindow && Level(c.Heard(silenceWindow)) < silenceLevel
	})
}

// HearsAudio waits until the very samples are heard, whole and without a break,
// at the end of what is heard or before it. They are what G.711 makes of them,
// begin with a packet and last five seconds at most. Unlike all else that
// listens, it counts what came before its call.
func (c *Call) HearsAudio(ctx context.Context, samples []int16) error {
	return c.listen(ctx, fmt.Sprintf("%d known samples", len(samples)), func(time.Duration) bool {
		heard := c.Heard(heardFor)
		for at := 0; at+len(samples) <= len(heard); at += frameSamples {
			if slices.Equal(heard[at:at+len(samples)], samples) {
				return true
			}
		}
		return false
	})
}

// NeverHears listens for a time and fails as soon as the tone is heard in it.
func (c *Call) NeverHears(ctx context.Context, freq float64, during time.Duration) error {
	heard := false
	err := c.listen(ctx, fmt.Sprintf("the absence of %g Hz", freq), func(elapsed time.Duration) bool {
		heard = c.hearsTone(freq, presentShare, elapsed)
		return heard || elapsed >= during
	})
	if err != nil {
		return err
	}
	if heard {
		return fmt.Errorf("siptest: %g Hz is heard and should not be", freq)
	}
	return nil
}

// hearsTone judges only what arrived since listening began, so that what was
// heard before a hold or a transfer does not count as heard after it.
func (c *Call) hearsTone(freq, share float64, elapsed time.Duration) bool {
	samples := c.Heard(min(toneWindow, elapsed))
	return len(samples) >= toneSamples && Level(samples) >= silenceLevel &&
		Tone(samples, sampleRate, freq) >= share
}

// listen checks what is heard every 20 ms until it is as wanted. When that
// does not come about, the error tells what was heard instead.
func (c *Call) listen(ctx context.Context, what string, wanted func(elapsed time.Duration) bool) error {
	ticker := time.NewTicker(listenEvery)
	defer ticker.Stop()
	start := time.Now()
	for {
		if wanted(time.Since(start)) {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			samples := c.Heard(toneWindow)
			freq, share := DominantTone(samples, sampleRate)
			return fmt.Errorf("siptest: listening for %s: heard %d ms at level %.0f, %.0f Hz with %.0f%% of the power, %d packets in all, call is %s: %w",
				what, len(samples)/8, Level(samples), freq, 100*share, c.PacketsReceived(), c.State(), ctx.Err())
		}
	}
}
