package media

import "encoding/binary"

// headerLen is the length of an RTP header without CSRCs and extension.
const headerLen = 12

// packet is an RTP packet taken apart; its payload lies in the buffer it was
// read into.
type packet struct {
	marker      bool
	payloadType uint8
	sequence    uint16
	timestamp   uint32
	ssrc        uint32
	payload     []byte
}

// parse takes an RTP packet apart and reports whether it is one (RFC 3550 §5.1).
// CSRCs, a header extension and padding are checked and left out of the payload.
func (p *packet) parse(b []byte) bool {
	if len(b) < headerLen || b[0]>>6 != 2 {
		return false
	}
	p.marker = b[1]&0x80 != 0
	p.payloadType = b[1] & 0x7F
	p.sequence = binary.BigEndian.Uint16(b[2:])
	p.timestamp = binary.BigEndian.Uint32(b[4:])
	p.ssrc = binary.BigEndian.Uint32(b[8:])

	start := headerLen + 4*int(b[0]&0xF)
	if b[0]&0x10 != 0 { // §5.3.1: one header extension, its length in words
		if len(b) < start+4 {
			return false
		}
		start += 4 + 4*int(binary.BigEndian.Uint16(b[start+2:]))
	}
	end := len(b)
	if b[0]&0x20 != 0 { // the last octet counts the padding, itself included
		padding := int(b[end-1])
		if padding == 0 {
			return false
		}
		end -= padding
	}
	if start > end {
		return false
	}
	p.payload = b[start:end]
	return true
}

// putHeader writes a header without CSRCs and extension.
func putHeader(b []byte, marker bool, payloadType uint8, sequence uint16, timestamp, ssrc uint32) {
	b[0] = 0x80
	b[1] = payloadType
	if marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], sequence)
	binary.BigEndian.PutUint32(b[4:], timestamp)
	binary.BigEndian.PutUint32(b[8:], ssrc)
}
