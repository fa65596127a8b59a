package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	mp3 "github.com/hajimehoshi/go-mp3"
)

// mp3Header is the header of a frame (ISO/IEC 11172-3 and 13818-3).
type mp3Header struct {
	version  int // 1, 2, or 25 for the extension to lower rates that is called 2.5
	layer    int
	rate     int
	channels int
	bitrate  int // bit/s; 0: "free", not said
	crc      bool
	padding  int
}

// mp3Headers have four octets.
const mp3HeaderLen = 4

// readHeader reads the header that b begins with.
func readHeader(b []byte) (h mp3Header, ok bool) {
	if len(b) < mp3HeaderLen || b[0] != 0xFF || b[1]&0xE0 != 0xE0 {
		return h, false
	}
	version, layer, bitrate, rate := b[1]>>3&3, b[1]>>1&3, b[2]>>4, b[2]>>2&3
	if version == 1 || layer == 0 || bitrate == 15 || rate == 3 || b[3]&3 == 2 {
		return h, false
	}
	h = mp3Header{version: 1, layer: 4 - int(layer), channels: 2, crc: b[1]&1 == 0, padding: int(b[2] >> 1 & 1)}
	h.rate = [3]int{44100, 48000, 32000}[rate]
	rates := [15]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	if version != 3 {
		h.version = 2
		h.rate /= 2
		rates = [15]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	}
	if version == 0 {
		h.version = 25
		h.rate /= 2
	}
	if h.layer == 3 { // the others are only named
		h.bitrate = rates[bitrate] * 1000
	}
	if b[3]>>6 == 3 {
		h.channels = 1
	}
	return h, true
}

// samples is how many samples of each channel a frame has.
func (h mp3Header) samples() int {
	if h.version == 1 {
		return 1152
	}
	return 576
}

// size is the length of a frame in octets.
func (h mp3Header) size() int { return h.samples()/8*h.bitrate/h.rate + h.padding }

// sideLen is the length of the side information, which tells how the audio is
// encoded and stands after the header and its checksum.
func (h mp3Header) sideLen() int {
	switch {
	case h.version == 1 && h.channels == 2:
		return 32
	case h.version != 1 && h.channels == 1:
		return 9
	}
	return 17
}

// sideAt is where the side information begins.
func (h mp3Header) sideAt() int {
	if h.crc {
		return mp3HeaderLen + 2
	}
	return mp3HeaderLen
}

// goesWith reports whether two frames can be of one stream. The number of
// channels may change within it.
func (h mp3Header) goesWith(o mp3Header) bool {
	return h.version == o.version && h.layer == o.layer && h.rate == o.rate
}

// isMP3 reports whether a file begins with a frame of MPEG audio, after tags.
func isMP3(data []byte) bool {
	data = skipTags(data)
	h, ok := readHeader(data)
	switch {
	case !ok:
		return false
	case h.layer != 3 || h.bitrate == 0:
		return true
	case h.size() < len(data):
		next, ok := readHeader(data[h.size():])
		return ok && next.goesWith(h) || isTag(data[h.size():])
	}
	return true
}

// skipTags returns what follows the ID3v2 tags, and the zeros some programs
// leave behind them.
func skipTags(data []byte) []byte {
	for len(data) >= 10 && string(data[:3]) == "ID3" {
		size := 10 + int(data[6]&0x7F)<<21 + int(data[7]&0x7F)<<14 + int(data[8]&0x7F)<<7 + int(data[9]&0x7F)
		if data[5]&0x10 != 0 {
			size += 10 // repeated at the end
		}
		data = bytes.TrimLeft(data[min(size, len(data)):], "\x00")
	}
	return data
}

// isTag reports whether what stands behind the audio is a tag.
func isTag(b []byte) bool {
	for _, magic := range []string{"TAG", "APETAGEX", "LYRICSBEGIN", "ID3"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

// mp3Stream is a file taken apart.
type mp3Stream struct {
	first  mp3Header
	frames [][]byte
	// skip and keep are the samples of each channel to leave out at the beginning
	// and to keep then, where the encoder has said it; keep is 0 where not.
	skip, keep int
}

func (s *mp3Stream) length() int { return len(s.frames) * s.first.samples() }

// decodeMP3 reads a file of MPEG audio of layer III.
func decodeMP3(data []byte) (PCM, error) {
	stream, err := splitMP3(skipTags(data))
	if err != nil {
		return PCM{}, err
	}
	if err = inRange(stream.first.rate, stream.first.channels, stream.length()); err != nil {
		return PCM{}, err
	}
	plain, err := stream.plain()
	if err != nil {
		return PCM{}, err
	}
	samples, err := decodeFrames(plain, stream.length(), stream.first.rate)
	if err != nil {
		return PCM{}, err
	}
	from := min(2*stream.skip, len(samples))
	to := len(samples)
	if stream.keep > 0 {
		to = min(from+2*stream.keep, to)
	}
	if from == to {
		return PCM{}, refuse(Damaged, "an MP3 file without audio")
	}
	// The decoder makes two channels of one.
	return PCM{Rate: stream.first.rate, Channels: 2, Samples: samples[from:to], Format: "mp3"}, nil
}

// splitMP3 finds the frames of a file and checks that it is whole.
func splitMP3(data []byte) (*mp3Stream, error) {
	first, _ := readHeader(data)
	switch {
	case first.layer != 3:
		return nil, refuse(Unsupported, "MPEG audio of layer %d is not read, only MP3 (layer 3)", first.layer)
	case first.bitrate == 0:
		return nil, refuse(Unsupported, "MP3 of a free bit rate is not read")
	case first.rate == 8000:
		return nil, refuse(Unsupported, "MP3 sampled at 8000 Hz is not read: at least 11025, or as WAV")
	}
	s, total := &mp3Stream{first: first}, -1
	for rest := data; len(rest) >= mp3HeaderLen && !isTag(rest); {
		h, ok := readHeader(rest)
		ok = ok && h.goesWith(first) && h.bitrate != 0
		switch {
		case !ok && len(bytes.Trim(rest, "\x00")) == 0:
			rest = nil // filled up
			continue
		case !ok:
			return nil, s.broken(len(s.frames))
		case h.size() > len(rest):
			rest = nil // the last frame is not whole: less than it would be heard
			continue
		}
		frame := rest[:h.size()]
		rest = rest[h.size():]
		if len(s.frames) == 0 && total < 0 && s.readInfo(h, frame, &total) {
			continue
		}
		s.frames = append(s.frames, frame)
	}
	switch {
	case len(s.frames) == 0:
		return nil, refuse(Damaged, "an MP3 file without audio")
	case len(s.frames) < total-1:
		return nil, refuse(Damaged, "cut off after %s of %s",
			seconds(s.length(), first.rate), seconds(total*first.samples(), first.rate))
	}
	return s, nil
}

// readInfo reads the frame that some encoders put first: it holds no audio but
// says how many frames follow, and how much silence the encoder has put around
// the audio. It reports whether this is one.
func (s *mp3Stream) readInfo(h mp3Header, frame []byte, total *int) bool {
	// decoderDelay is what a decoder adds to the encoder's delay.
	const decoderDelay = 529
	if at := mp3HeaderLen + 32; len(frame) >= at+18 && string(frame[at:at+4]) == "VBRI" {
		*total = int(binary.BigEndian.Uint32(frame[at+14:]))
		return true
	}
	at := mp3HeaderLen + h.sideLen() // some leave no place for the checksum, others do
	if !isInfo(frame, at) {
		at += 2
	}
	if !isInfo(frame, at) {
		return false
	}
	flags, tag := binary.BigEndian.Uint32(frame[at+4:]), frame[at+8:]
	for i, length := range []int{4, 4, 100, 4} { // frames, octets, seek table, quality
		if flags&(1<<i) == 0 {
			continue
		}
		if len(tag) < length {
			return true
		}
		if i == 0 {
			*total = int(binary.BigEndian.Uint32(tag))
		}
		tag = tag[length:]
	}
	if len(tag) < 24 || tag[0] < ' ' { // no encoder names itself
		return true
	}
	before, after := int(tag[21])<<4|int(tag[22])>>4, int(tag[22]&0x0F)<<8|int(tag[23])
	if length := *total*h.samples() - before - after; length > 0 && length <= MaxSeconds*MaxRate {
		s.skip, s.keep = before+decoderDelay, length
	}
	return true
}

func isInfo(frame []byte, at int) bool {
	return len(frame) >= at+8 && (string(frame[at:at+4]) == "Xing" || string(frame[at:at+4]) == "Info")
}

// errPanicked stands for a panic of the decoder.
var errPanicked = errors.New("audio: the decoder of MP3 panicked")

// decodeFrames gives the frames to the decoder, which always makes two channels.
// length is what they must give, in samples of one channel.
func decodeFrames(frames []byte, length, rate int) ([]int16, error) {
	octets, err := readDecoded(frames, 4*length)
	samples := make([]int16, len(octets)/4*2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(octets[2*i:]))
	}
	if err != nil || len(samples)/2 < length {
		return nil, refuse(Damaged, "damaged after %s", seconds(len(samples)/2, rate))
	}
	return samples, nil
}

// readDecoded returns what the decoder gives, and so many octets at most.
func readDecoded(frames []byte, most int) (octets []byte, err error) {
	octets = make([]byte, 0, most)
	defer func() {
		if recover() != nil { // it has been found to trip over some contents
			err = errPanicked
		}
	}()
	// It would read the file twice if it could go back.
	decoder, err := mp3.NewDecoder(struct{ io.Reader }{bytes.NewReader(frames)})
	if err != nil {
		return octets, err
	}
	for len(octets) < most {
		n, err := decoder.Read(octets[len(octets):most])
		octets = octets[:len(octets)+n]
		switch {
		case errors.Is(err, io.EOF):
			return octets, nil
		case err != nil:
			return octets, err
		}
	}
	return octets, nil
}
