package siptest

import "math/bits"

// G.711 is computed here by the ITU's segment rule rather than taken from the
// product's media package: the tool that judges the product's audio may not
// share its tables.

const (
	muLawBias = 132
	muLawClip = 32635
)

func encodeMuLaw(sample int16) byte {
	v := int(sample)
	sign := byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, muLawClip) + muLawBias
	segment := bits.Len(uint(v)) - 8 // 0 to 7
	return ^(sign | byte(segment<<4) | byte(v>>(segment+3)&0x0f))
}

func decodeMuLaw(code byte) int16 {
	code = ^code
	segment := int(code>>4) & 7
	v := (int(code&0x0f)<<3+muLawBias)<<segment - muLawBias
	if code&0x80 != 0 {
		v = -v
	}
	return int16(v)
}

func encodeALaw(sample int16) byte {
	v := int(sample)
	sign := byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0
	}
	segment := max(bits.Len(uint(v))-8, 0)
	shift := max(segment+3, 4)
	return (sign | byte(segment<<4) | byte(v>>shift&0x0f)) ^ 0x55
}

func decodeALaw(code byte) int16 {
	code ^= 0x55
	segment := int(code>>4) & 7
	v := int(code&0x0f)<<4 + 8
	if segment > 0 {
		v = (v + 0x100) << (segment - 1)
	}
	if code&0x80 == 0 {
		v = -v
	}
	return int16(v)
}

// encodeG711 encodes samples by the codec's name.
func encodeG711(codec string, samples []int16) []byte {
	out := make([]byte, len(samples))
	for i, s := range samples {
		if codec == PCMU {
			out[i] = encodeMuLaw(s)
		} else {
			out[i] = encodeALaw(s)
		}
	}
	return out
}

// decodeG711 decodes a payload by the codec's name.
func decodeG711(codec string, payload []byte) []int16 {
	out := make([]int16, len(payload))
	for i, b := range payload {
		if codec == PCMU {
			out[i] = decodeMuLaw(b)
		} else {
			out[i] = decodeALaw(b)
		}
	}
	return out
}
