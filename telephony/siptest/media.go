package siptest

import (
	"encoding/binary"
	"errors"
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtp"
)

const (
	sampleRate   = 8000
	frameTime    = 20 * time.Millisecond
	frameSamples = 160
	// heardFor is how much received audio is kept for listening.
	heardFor = 6 * time.Second
	// toneLevel is the amplitude of a sent tone, of 32767.
	toneLevel = 8000
	// burstFrames is how many frames a late clock catches up at most.
	burstFrames = 10

	digitFrames = 5 // a DTMF digit lasts 100 ms
	digitPause  = 3 // and is followed by 60 ms without one
)

// Stats counts the RTP of a call.
type Stats struct {
	// Sent and Received count packets, telephone events included.
	Sent, Received int
	// Gaps counts packets missing between received sequence numbers.
	Gaps int
	// SSRCChanges counts changes of the synchronisation source after the first.
	SSRCChanges int
	// TimestampJumps counts consecutive audio packets without marker whose
	// timestamps are not as far apart as their audio is long.
	TimestampJumps int
	// Codec is the name of the codec of the last audio packet, or "".
	Codec string
	// PayloadType is that of the last audio packet.
	PayloadType uint8
	// Unknown counts packets of payload types that were not agreed on.
	Unknown int
	// From is the source of the last packet.
	From netip.AddrPort
	// FirstAt and LastAt are when the first and the last packet arrived.
	FirstAt, LastAt time.Time
}

// chunk is the audio of one received packet.
type chunk struct {
	at      time.Time
	samples []int16
}

// media is the RTP side of one call: one socket, read by one goroutine, and
// sent to by the clock of the phone.
type media struct {
	conn *net.UDPConn
	addr netip.AddrPort

	mu      sync.Mutex
	remote  netip.AddrPort
	audio   Codec            // what is sent
	event   Codec            // telephone-event; its Name is empty when not agreed
	accepts map[uint8]string // payload types to receive
	mayHear bool             // our direction includes receiving
	maySend bool             // our direction includes sending
	stopped bool             // StopSending

	// sending
	ssrc      uint32
	sequence  uint16
	timestamp uint32
	started   time.Time
	frames    int      // sent or skipped since started
	loop      []int16  // what is sent over and over, nil for silence
	encoded   [][]byte // the loop in frames of the codec
	loopAt    int
	marker    bool
	digits    []byte
	digitAt   int // frame within the current digit and its pause
	digitTS   uint32

	// receiving
	stats      Stats
	heard      []chunk
	gotDigits  strings.Builder
	lastEvent  uint32 // timestamp of the last event, to count each once
	hadEvent   bool
	seenSSRC   uint32
	seenSeq    uint16
	seenTS     uint32
	seenAudio  bool // the packet before was audio
	seenLength uint32
}

// newMedia opens a socket on the address, at an even port as RFC 3550 §11
// asks.
func newMedia(addr netip.Addr) (*media, error) {
	for {
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)))
		if err != nil {
			return nil, err
		}
		port := conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
		if port%2 == 0 {
			m := &media{conn: conn, addr: netip.AddrPortFrom(addr, port), accepts: map[uint8]string{}}
			var seed [10]byte
			copy(seed[:], newToken())
			m.ssrc = binary.BigEndian.Uint32(seed[:])
			m.sequence = binary.BigEndian.Uint16(seed[4:])
			m.timestamp = binary.BigEndian.Uint32(seed[6:])
			return m, nil
		}
		if err := conn.Close(); err != nil {
			return nil, err
		}
	}
}

// offer makes ready to receive what we offer before the answer is here.
func (m *media) offer(codecs []Codec) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range codecs {
		m.accepts[c.PayloadType] = c.Name
	}
	m.mayHear = true
}

// configure applies a finished offer and answer. Agreed are the codecs of the
// answer with the payload types that the other side wants to receive;
// direction is ours.
func (m *media) configure(remote netip.AddrPort, agreed []Codec, direction string) {
	s := Session{Codecs: agreed}
	audio, ok := s.audio()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remote = remote
	m.maySend = ok && (direction == SendRecv || direction == SendOnly) &&
		remote.Port() != 0 && !remote.Addr().IsUnspecified()
	m.mayHear = direction == SendRecv || direction == RecvOnly
	if ok && audio != m.audio {
		m.audio = audio
		m.encode()
	}
	m.event, _ = s.codec(TelephoneEvent)
	for _, c := range agreed {
		m.accepts[c.PayloadType] = c.Name
	}
}

// sendTone makes the tone of freq hertz the audio to send; 0 is silence.
func (m *media) sendTone(freq float64) {
	if freq == 0 {
		m.sendLoop(nil)
		return
	}
	// A second holds whole periods of any whole frequency, so that the loop has
	// no seam.
	samples := make([]int16, sampleRate)
	for i := range samples {
		samples[i] = int16(toneLevel * math.Sin(2*math.Pi*freq*float64(i)/sampleRate))
	}
	m.sendLoop(samples)
}

// sendLoop makes samples the audio to send, over and over; none are silence.
func (m *media) sendLoop(samples []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loop = samples
	m.encode()
}

// encode puts the loop into frames of the codec. What is left over at its end
// is filled up with silence.
func (m *media) encode() {
	m.encoded, m.loopAt = nil, 0
	for rest := m.loop; len(rest) > 0; {
		frame := rest[:min(frameSamples, len(rest))]
		rest = rest[len(frame):]
		if len(frame) < frameSamples {
			frame = append(slices.Clone(frame), make([]int16, frameSamples-len(frame))...)
		}
		m.encoded = append(m.encoded, encodeG711(m.audio.Name, frame))
	}
}

func (m *media) stopSending(stop bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = stop
}

// sendDigits queues digits as RFC 4733 events; it fails when the other side
// did not agree to them.
func (m *media) sendDigits(digits string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.event.Name == "" {
		return errors.New("siptest: telephone-event was not agreed on")
	}
	for _, d := range []byte(digits) {
		event := strings.IndexByte(eventDigits, d)
		if event < 0 {
			return errors.New("siptest: not a DTMF digit")
		}
		m.digits = append(m.digits, byte(event))
	}
	return nil
}

// eventDigits gives the event codes of RFC 4733 §3.2 by position.
const eventDigits = "0123456789*#ABCD"

// tick sends the frames that are due at now.
func (m *media) tick(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.maySend || m.stopped {
		m.started = time.Time{}
		return
	}
	if m.started.IsZero() {
		m.started, m.frames, m.marker = now, 0, true
	}
	due := int(now.Sub(m.started)/frameTime) + 1
	if late := due - m.frames - burstFrames; late > 0 {
		m.frames += late // the machine stood still: the audio of that time is lost
		m.timestamp += uint32(late * frameSamples)
	}
	for ; m.frames < due; m.frames++ {
		m.sendFrame()
	}
}

func (m *media) sendFrame() {
	if len(m.digits) > 0 {
		if m.digitAt < digitFrames {
			m.sendEvent()
			m.digitAt++
			m.timestamp += frameSamples
			return
		}
		if m.digitAt++; m.digitAt == digitFrames+digitPause {
			m.digits, m.digitAt = m.digits[1:], 0
		}
	}
	var payload []byte
	if m.encoded != nil {
		payload = m.encoded[m.loopAt]
		m.loopAt = (m.loopAt + 1) % len(m.encoded)
	} else {
		payload = encodeG711(m.audio.Name, make([]int16, frameSamples))
	}
	m.write(m.audio.PayloadType, m.timestamp, m.marker, payload)
	m.marker = false
	m.timestamp += frameSamples
}

// sendEvent sends one packet of the current digit, and three at its end
// (RFC 4733 §2.5.1.4).
func (m *media) sendEvent() {
	if m.digitAt == 0 {
		m.digitTS = m.timestamp
	}
	payload := []byte{m.digits[0], 10, 0, 0}
	binary.BigEndian.PutUint16(payload[2:], uint16((m.digitAt+1)*frameSamples))
	repeats := 1
	if m.digitAt == digitFrames-1 {
		payload[1] |= 0x80
		repeats = 3
	}
	for range repeats {
		m.write(m.event.PayloadType, m.digitTS, m.digitAt == 0, payload)
	}
	m.marker = true // the audio that follows starts a new talk spurt
}

func (m *media) write(payloadType uint8, timestamp uint32, marker bool, payload []byte) {
	packet := rtp.Packet{
		Header: rtp.Header{
			Version: 2, Marker: marker, PayloadType: payloadType,
			SequenceNumber: m.sequence, Timestamp: timestamp, SSRC: m.ssrc,
		},
		Payload: payload,
	}
	m.sequence++
	raw, err := packet.Marshal()
	if err != nil {
		return
	}
	// An unreachable port is what the other side's end of a call looks like.
	if _, err := m.conn.WriteToUDPAddrPort(raw, m.remote); err == nil {
		m.stats.Sent++
	}
}

// read receives until the socket is closed.
func (m *media) read() {
	buffer := make([]byte, 2048)
	var packet rtp.Packet
	for {
		n, source, err := m.conn.ReadFromUDPAddrPort(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || packet.Unmarshal(buffer[:n]) != nil {
			continue
		}
		m.receive(&packet, netip.AddrPortFrom(source.Addr().Unmap(), source.Port()), time.Now())
	}
}

func (m *media) receive(p *rtp.Packet, source netip.AddrPort, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.stats
	s.Received++
	s.From, s.LastAt = source, now
	first := s.Received == 1
	if first {
		s.FirstAt = now
	}
	if !first && p.SSRC != m.seenSSRC {
		s.SSRCChanges++
		first = true
	}
	if ahead := p.SequenceNumber - m.seenSeq; !first && ahead > 1 && ahead < 1<<15 {
		s.Gaps += int(ahead - 1)
	}
	name := m.accepts[p.PayloadType]
	audio := name == PCMA || name == PCMU
	if audio && m.seenAudio && !first && !p.Marker &&
		p.SequenceNumber == m.seenSeq+1 && p.Timestamp-m.seenTS != m.seenLength {
		s.TimestampJumps++
	}
	m.seenSSRC, m.seenSeq, m.seenTS = p.SSRC, p.SequenceNumber, p.Timestamp
	m.seenAudio, m.seenLength = audio, uint32(len(p.Payload))
	switch {
	case audio:
		s.Codec, s.PayloadType = name, p.PayloadType
		if m.mayHear {
			m.hear(chunk{now, decodeG711(name, p.Payload)})
		}
	case name == TelephoneEvent:
		m.receiveEvent(p)
	default:
		s.Unknown++
	}
}

func (m *media) hear(c chunk) {
	old := 0
	for old < len(m.heard) && c.at.Sub(m.heard[old].at) > heardFor {
		old++
	}
	m.heard = append(m.heard[old:], c)
}

// receiveEvent takes the packets of one event, which share a timestamp, as one
// digit.
func (m *media) receiveEvent(p *rtp.Packet) {
	if len(p.Payload) < 4 || int(p.Payload[0]) >= len(eventDigits) {
		return
	}
	if m.hadEvent && p.Timestamp == m.lastEvent {
		return
	}
	m.hadEvent, m.lastEvent = true, p.Timestamp
	m.gotDigits.WriteByte(eventDigits[p.Payload[0]])
}

// window returns the audio that arrived since then.
func (m *media) window(since time.Time) []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var samples []int16
	for _, c := range m.heard {
		if c.at.After(since) {
			samples = append(samples, c.samples...)
		}
	}
	return samples
}

// firstWith returns when the first packet came that carries a tone and is followed
// by another one that does; zero when none is left of those.
func (m *media) firstWith(freq float64) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	carries := func(c chunk, share float64) bool {
		return Level(c.samples) >= silenceLevel && Tone(c.samples, sampleRate, freq) >= share
	}
	for i := 0; i+1 < len(m.heard); i++ {
		// The first may have begun in mid-packet.
		if carries(m.heard[i], presentShare) && carries(m.heard[i+1], aloneShare) {
			return m.heard[i].at
		}
	}
	return time.Time{}
}

func (m *media) snapshot() (Stats, string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stats, m.gotDigits.String()
}

func (m *media) close() {
	// Only a second close can fail, and that one is not made.
	_ = m.conn.Close()
}
