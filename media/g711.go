package media

import "math/bits"

// G.711 as in ITU-T G.711 (11/88) tables 1a to 2b, computed rather than looked
// up: a sample is a handful of instructions, and the tables that the packet path
// wants are filled from these functions once for each plane.

// Octets of silence: the code of the smallest magnitude.
const (
	silenceA  = 0xD5
	silenceMu = 0xFF
)

const (
	muBias = 33   // added to 14-bit magnitudes, so that segments are powers of two
	muClip = 8158 // the largest 14-bit magnitude that has a code
)

// encodeA returns the A-law octet of a linear sample. The standard inverts the
// even bits of every octet.
func encodeA(sample int16) byte {
	v, mask := int(sample)>>3, byte(0xD5)
	if v < 0 {
		v, mask = -v-1, 0x55
	}
	segment := max(bits.Len(uint(v))-5, 0)
	code := segment << 4
	if segment < 2 {
		code |= v >> 1 & 0xF
	} else {
		code |= v >> segment & 0xF
	}
	return byte(code) ^ mask
}

// decodeA returns the linear sample of an A-law octet: the middle of its interval.
func decodeA(octet byte) int16 {
	octet ^= 0x55
	v := int16(octet&0xF) << 4
	switch segment := octet >> 4 & 7; segment {
	case 0:
		v += 8
	case 1:
		v += 0x108
	default:
		v = (v + 0x108) << (segment - 1)
	}
	if octet&0x80 == 0 {
		return -v
	}
	return v
}

// encodeMu returns the µ-law octet of a linear sample. The standard inverts all
// bits of every octet.
func encodeMu(sample int16) byte {
	v, mask := int(sample)>>2, byte(0xFF)
	if v < 0 {
		v, mask = -v, 0x7F
	}
	v = min(v, muClip) + muBias
	segment := bits.Len(uint(v)) - 6
	return byte(segment<<4|v>>(segment+1)&0xF) ^ mask
}

// decodeMu returns the linear sample of a µ-law octet: the middle of its interval.
func decodeMu(octet byte) int16 {
	octet = ^octet
	v := (int16(octet&0xF)<<3+muBias<<2)<<(octet>>4&7) - muBias<<2
	if octet&0x80 != 0 {
		return -v
	}
	return v
}

// EncodeA writes the A-law octets of src to dst, which is at least as long.
func EncodeA(dst []byte, src []int16) {
	for i, s := range src {
		dst[i] = encodeA(s)
	}
}

// DecodeA writes the samples of the A-law octets src to dst, which is at least
// as long.
func DecodeA(dst []int16, src []byte) {
	for i, o := range src {
		dst[i] = decodeA(o)
	}
}

// EncodeMu writes the µ-law octets of src to dst, which is at least as long.
func EncodeMu(dst []byte, src []int16) {
	for i, s := range src {
		dst[i] = encodeMu(s)
	}
}

// DecodeMu writes the samples of the µ-law octets src to dst, which is at least
// as long.
func DecodeMu(dst []int16, src []byte) {
	for i, o := range src {
		dst[i] = decodeMu(o)
	}
}

// tables are what the packet path looks up, filled once for each plane and
// never changed.
type tables struct {
	linearA, linearMu [256]int16
	aToMu, muToA      [256]byte
}

func newTables() *tables {
	t := new(tables)
	for i := range 256 {
		o := byte(i)
		t.linearA[i] = decodeA(o)
		t.linearMu[i] = decodeMu(o)
		t.aToMu[i] = encodeMu(decodeA(o))
		t.muToA[i] = encodeA(decodeMu(o))
	}
	return t
}

// linear returns the decoding table of a codec.
func (t *tables) linear(c Codec) *[256]int16 {
	if c == PCMU {
		return &t.linearMu
	}
	return &t.linearA
}

// transcode writes src, encoded as from, to dst encoded as to.
func (t *tables) transcode(dst, src []byte, from, to Codec) {
	if from == to {
		copy(dst, src)
		return
	}
	cross := &t.aToMu
	if to == PCMA {
		cross = &t.muToA
	}
	for i, o := range src {
		dst[i] = cross[o]
	}
}

// silence returns the octet of silence of a codec.
func silence(c Codec) byte {
	if c == PCMU {
		return silenceMu
	}
	return silenceA
}
