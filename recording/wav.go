package recording

import (
	"bytes"
	"encoding/binary"
	"time"
)

// The one format written here: RIFF/WAVE, PCM of 16 bits, two channels, 8 kHz.
const (
	headerLen  = 44
	sampleRate = 8000
	channels   = 2
	pairLen    = channels * 2 // octets of one sample of both channels
)

// header returns the header of a file with so many octets of audio.
func header(audio int64) []byte {
	b := make([]byte, 0, headerLen)
	u16, u32 := binary.LittleEndian.AppendUint16, binary.LittleEndian.AppendUint32
	b = append(b, "RIFF"...)
	b = u32(b, uint32(headerLen-8+audio))
	b = append(b, "WAVEfmt "...)
	b = u32(b, 16) // length of the format
	b = u16(b, 1)  // PCM
	b = u16(b, channels)
	b = u32(b, sampleRate)
	b = u32(b, sampleRate*pairLen)
	b = u16(b, pairLen)
	b = u16(b, 16) // bits
	b = append(b, "data"...)
	return u32(b, uint32(audio))
}

// audioLen returns the octets of audio that a header speaks of, or false when it
// is not a header as written here.
func audioLen(b []byte) (int64, bool) {
	if len(b) != headerLen {
		return 0, false
	}
	n := int64(binary.LittleEndian.Uint32(b[headerLen-4:]))
	return n, bytes.Equal(b, header(n))
}

// pairs is a duration in samples of each channel.
func pairs(d time.Duration) int64 { return int64(d) * sampleRate / int64(time.Second) }

// duration is the time that so many samples of each channel last.
func duration(pairs int64) time.Duration {
	return time.Duration(pairs) * time.Second / sampleRate
}
