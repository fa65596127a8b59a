package media

import "time"

// Every bound of the package, in one place.
const (
	// maxDatagram is the longest datagram read; 60 ms of G.711 take 492 octets,
	// and whatever is longer than this is cut and thereby ignored.
	maxDatagram = 2048

	// maxPayload is the longest RTP payload forwarded, in octets: 160 ms.
	maxPayload = 1280

	// maxDigits is how many digits may wait to be sent on one leg.
	maxDigits = 64

	// maxLateTicks is how many frames the clock catches up with after a stall
	// (200 ms) before it leaves the rest out.
	maxLateTicks = 10

	// maxReadErrors is how many failed reads in a row end a leg's reader.
	maxReadErrors = 100

	// maxDropout and maxMisorder are RFC 3550 §A.1: how far a sequence number
	// may be ahead of or behind the newest before it means a new stream.
	maxDropout  = 3000
	maxMisorder = 100

	// maxTimestampJump is by how many samples the sender's timestamps may
	// disagree with the time of arrival before they mean a new stream: 2 s.
	maxTimestampJump = 2 * SampleRate

	// recordDelay is RecordDelay in samples.
	recordDelay = 8 * FrameSamples

	// mixDelay is how far a mix runs behind the shared clock to let late packets
	// arrive, in samples: 40 ms.
	mixDelay = 2 * FrameSamples

	// maxParties is how many legs a mix holds.
	maxParties = 32

	// fadeSamples is how long a voice takes to come up or go out in a mix: 5 ms.
	fadeSamples = 5 * SampleRate / 1000

	// maxQuiet is the magnitude of G.711's silence: A-law's smallest.
	maxQuiet = 8

	// tapSamples is the length of a tap's ring, a power of two: 1.02 s.
	tapSamples = 8192

	// tapWindow is how often, in samples, a tap compares its sender's clock
	// with ours: 2 s.
	tapWindow = 2 * SampleRate

	// tapDrift is the disagreement in samples at which a tap is anchored anew:
	// one frame. At 200 ppm that is once in 100 s.
	tapDrift = FrameSamples

	// tapOutliers is how many packets in a row must be out of place by more
	// than tapJump samples (500 ms) before the tap believes them.
	tapOutliers = 5
	tapJump     = SampleRate / 2

	// rtcpBuffer is the kernel buffer asked for on RTCP sockets, in octets; the
	// kernel raises it to its least.
	rtcpBuffer = 1

	// sampleTime is the duration of one sample.
	sampleTime = time.Second / SampleRate
)
