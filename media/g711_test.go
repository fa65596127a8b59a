package media

import (
	"math"
	"testing"
)

// The quantising error of G.711 is at most half an interval: in every segment the
// interval is about a sixteenth of the magnitude where the segment begins.
func TestG711ErrorBounds(t *testing.T) {
	for v := math.MinInt16; v <= math.MaxInt16; v++ {
		magnitude := math.Abs(float64(v))
		// A-law: 16 at the bottom, else 1/32 of the magnitude; µ-law: 8 at the
		// bottom with its bias of 132. The top of the range is clipped.
		errA := math.Abs(float64(decodeA(encodeA(int16(v)))) - float64(v))
		if limit := max(16, magnitude/32+8); errA > limit {
			t.Fatalf("A-law of %d is off by %v, limit %v", v, errA, limit)
		}
		errMu := math.Abs(float64(decodeMu(encodeMu(int16(v)))) - float64(v))
		limit := (magnitude+132)/32 + 4
		if magnitude > 32635 {
			limit = 32768 - 32124
		}
		if errMu > limit {
			t.Fatalf("µ-law of %d is off by %v, limit %v", v, errMu, limit)
		}
	}
}

// ITU-T G.711 tables 1a and 2a, scaled to 16 bits.
func TestG711KnownValues(t *testing.T) {
	for _, c := range []struct {
		octet  byte
		linear int16
		decode func(byte) int16
		encode func(int16) byte
	}{
		{0xD5, 8, decodeA, encodeA},
		{0x55, -8, decodeA, encodeA},
		{0xAA, 32256, decodeA, encodeA},
		{0x2A, -32256, decodeA, encodeA},
		{0x80, 5504, decodeA, encodeA},
		{0xFF, 0, decodeMu, encodeMu},
		{0x80, 32124, decodeMu, encodeMu},
		{0x00, -32124, decodeMu, encodeMu},
		{0xFE, 8, decodeMu, encodeMu},
		{0xF0, 120, decodeMu, encodeMu},
		{0xEF, 132, decodeMu, encodeMu},
	} {
		if got := c.decode(c.octet); got != c.linear {
			t.Errorf("decode %#x = %d, want %d", c.octet, got, c.linear)
		}
		if got := c.encode(c.linear); got != c.octet {
			t.Errorf("encode %d = %#x, want %#x", c.linear, got, c.octet)
		}
	}
}

func TestG711CodesSurvive(t *testing.T) {
	for i := range 256 {
		o := byte(i)
		if got := encodeA(decodeA(o)); got != o {
			t.Errorf("A-law %#x comes back as %#x", o, got)
		}
		if got := encodeMu(decodeMu(o)); got != o && o != 0x7F { // 0x7F is a second zero
			t.Errorf("µ-law %#x comes back as %#x", o, got)
		}
	}
}

func TestG711Frames(t *testing.T) {
	src := []int16{0, 1000, -1000, 32767, -32768}
	octets, back := make([]byte, len(src)), make([]int16, len(src))
	EncodeA(octets, src)
	DecodeA(back, octets)
	for i := range src {
		if octets[i] != encodeA(src[i]) || back[i] != decodeA(octets[i]) {
			t.Errorf("A-law frame differs at %d", i)
		}
	}
	EncodeMu(octets, src)
	DecodeMu(back, octets)
	for i := range src {
		if octets[i] != encodeMu(src[i]) || back[i] != decodeMu(octets[i]) {
			t.Errorf("µ-law frame differs at %d", i)
		}
	}
}
