package audio

import (
	"encoding/binary"
	"errors"
	"math"

	"bandeau/media"
)

// The codes of the encodings in a WAV file that are read.
const (
	wavPCM        = 1
	wavFloat      = 3
	wavALaw       = 6
	wavMuLaw      = 7
	wavExtensible = 0xFFFE
)

// wavUnknownSize is the size that a program writes which cannot go back to fill
// it in: the audio reaches to the end of the file.
const wavUnknownSize = 0xFFFFFFFF

func isWAV(data []byte) bool {
	return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WAVE"
}

// wavFormat is the "fmt " chunk.
type wavFormat struct {
	encoding       int
	channels, rate int
	octets         int // of one sample of one channel
}

func decodeWAV(data []byte) (PCM, error) {
	var format wavFormat
	for rest := data[12:]; len(rest) >= 8; {
		size := int(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:min(8+size, len(rest))]
		switch string(rest[:4]) {
		case "fmt ":
			var err error
			if format, err = readFormat(body); err != nil {
				return PCM{}, err
			}
		case "data":
			if format.encoding == 0 {
				return PCM{}, refuse(Damaged, "a WAV file that does not say how its audio is encoded")
			}
			return format.decode(body, size)
		}
		rest = rest[min(8+size+size%2, len(rest)):]
	}
	return PCM{}, refuse(Damaged, "a WAV file without audio")
}

// readFormat reads the chunk that says how the audio is encoded.
func readFormat(b []byte) (wavFormat, error) {
	if len(b) < 16 {
		return wavFormat{}, refuse(Damaged, "a WAV file cut off in its description")
	}
	f := wavFormat{
		encoding: int(binary.LittleEndian.Uint16(b)),
		channels: int(binary.LittleEndian.Uint16(b[2:])),
		rate:     int(binary.LittleEndian.Uint32(b[4:])),
	}
	bits := int(binary.LittleEndian.Uint16(b[14:]))
	if f.encoding == wavExtensible {
		const guid = "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
		if len(b) < 40 || string(b[26:40]) != guid {
			return wavFormat{}, refuse(Unsupported, "WAV of an extensible format that is not read")
		}
		f.encoding = int(binary.LittleEndian.Uint16(b[24:]))
	}
	// Samples of other widths, such as 12 or 20 bits, lie at the upper end of
	// whole octets.
	f.octets = (bits + 7) / 8
	if err := inRange(f.rate, f.channels, 0); err != nil {
		return wavFormat{}, err
	}
	known := false
	switch f.encoding {
	case wavPCM:
		known = f.octets >= 1 && f.octets <= 4
	case wavFloat:
		known = f.octets == 4 || f.octets == 8
	case wavALaw, wavMuLaw:
		known = f.octets == 1
	default:
		return wavFormat{}, refuse(Unsupported, "WAV of format %d%s is not read", f.encoding, wavName(f.encoding))
	}
	if !known {
		return wavFormat{}, refuse(Unsupported, "WAV of format %d with %d bits is not read", f.encoding, bits)
	}
	return f, nil
}

// wavName names the encodings that are met in the wild.
func wavName(encoding int) string {
	switch encoding {
	case 0x02:
		return " (Microsoft ADPCM)"
	case 0x11:
		return " (IMA ADPCM)"
	case 0x31:
		return " (GSM 06.10)"
	case 0x40, 0x45, 0x64:
		return " (G.726)"
	case 0x50:
		return " (MPEG)"
	case 0x55:
		return " (MP3 in WAV)"
	case 0x83:
		return " (G.729)"
	case 0xFF, 0x1610:
		return " (AAC)"
	}
	return ""
}

// decode turns the audio into samples; size is what it should have in octets.
func (f wavFormat) decode(b []byte, size int) (PCM, error) {
	octets := f.octets * f.channels
	frames := len(b) / octets
	if size != wavUnknownSize && size > len(b) {
		return PCM{}, refuse(Damaged, "cut off after %s of %s", seconds(frames, f.rate), seconds(size/octets, f.rate))
	}
	if frames == 0 {
		return PCM{}, refuse(Damaged, "a WAV file without audio")
	}
	if err := inRange(f.rate, f.channels, frames); err != nil {
		return PCM{}, err
	}
	pcm := make([]int16, frames*f.channels)
	switch f.encoding {
	case wavALaw:
		media.DecodeA(pcm, b[:len(pcm)])
	case wavMuLaw:
		media.DecodeMu(pcm, b[:len(pcm)])
	default:
		for i := range pcm {
			pcm[i] = f.sample(b[i*f.octets:])
		}
	}
	return PCM{Rate: f.rate, Channels: f.channels, Samples: pcm, Format: "wav"}, nil
}

// sample reads one sample of linear audio.
func (f wavFormat) sample(b []byte) int16 {
	switch {
	case f.encoding == wavFloat && f.octets == 8:
		return fromFloat(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case f.encoding == wavFloat:
		return fromFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
	case f.octets == 1: // alone without a sign
		return (int16(b[0]) - 128) << 8
	}
	return int16(binary.LittleEndian.Uint16(b[f.octets-2:]))
}

// fromFloat turns a sample between -1 and 1 into one of 16 bits.
func fromFloat(v float64) int16 {
	switch {
	case math.IsNaN(v):
		return 0
	case v >= 1:
		return math.MaxInt16
	case v <= -1:
		return -math.MaxInt16
	}
	return int16(math.Round(v * math.MaxInt16))
}

// wavHeader is the length of the header that WAV16 writes.
const wavHeader = 44

// WAV16 writes samples at 8 kHz as a file of 16 bits and one channel, which
// every browser plays.
func WAV16(pcm []int16) []byte {
	b := make([]byte, 0, wavHeader+2*len(pcm))
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(wavHeader-8+2*len(pcm)))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, wavPCM)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint32(b, media.SampleRate)
	b = binary.LittleEndian.AppendUint32(b, 2*media.SampleRate)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(pcm)))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// ReadWAV16 reads what WAV16 wrote.
func ReadWAV16(data []byte) ([]int16, error) {
	if !isWAV(data) {
		return nil, errors.New("audio: not a WAV file")
	}
	pcm, err := decodeWAV(data)
	if err != nil {
		return nil, err
	}
	if pcm.Rate != media.SampleRate || pcm.Channels != 1 {
		return nil, errors.New("audio: not one channel at 8 kHz")
	}
	return pcm.Samples, nil
}
