package audio

// The frames of MP3 share their space: what one does not need the next may use,
// so its audio ("main data") may begin in the frames before. The side
// information says how many octets back.
//
// The decoder that is used here takes frames of the lower sampling rates (MPEG 2)
// for one octet too short when they are padded, and from then on finds all
// audio in the wrong place: it gives loud noise. MPEG 2.5 it does not know, whose
// two upper rates differ in nothing but the rate that is written down. Both are
// healed by writing the same audio into frames that it reads well.

// plain returns the frames as the decoder reads them.
func (s *mp3Stream) plain() ([]byte, error) {
	if s.first.version == 1 {
		return s.join(), nil
	}
	return s.rewrite()
}

// join puts the frames of MPEG 1 together. The first ones of a file that was cut
// out of another are made silent, as their audio begins in frames that are not
// there.
func (s *mp3Stream) join() []byte {
	var out []byte
	had, orphans := 0, true
	for _, frame := range s.frames {
		h, _ := readHeader(frame)
		from, to := len(out)+h.sideAt(), len(out)+h.sideAt()+h.sideLen()
		if out = append(out, frame...); to > len(out) || !orphans {
			continue
		}
		side := out[from:to]
		if orphans = int(side[0])<<1|int(side[1]>>7) > had; orphans {
			clear(side)
			side[0], side[1] = byte(had>>1), byte(had<<7) // the decoder keeps so much
			had = min(had+len(out)-to, maxBack1)
		}
	}
	return out
}

// maxBack1 and maxBack2 are how far back the audio of a frame may begin, in MPEG
// 1 and 2.
const (
	maxBack1 = 511
	maxBack2 = 255
)

// rewrite puts the audio of MPEG 2 or 2.5 into frames of the highest bit rate,
// without padding and checksums.
func (s *mp3Stream) rewrite() ([]byte, error) {
	const highest = 14 // the index of 160 kbit/s
	var out, audio []byte
	var heads [][]byte
	var room []int // of each frame, for audio
	free := 0
	var in []byte
	for i, frame := range s.frames {
		h, _ := readHeader(frame)
		if len(frame) < h.sideAt()+h.sideLen() {
			return nil, s.broken(i)
		}
		side := frame[h.sideAt() : h.sideAt()+h.sideLen()]
		begin := len(in) - int(side[0])
		in = append(in, frame[h.sideAt()+h.sideLen():]...)
		if begin < 0 { // cut out of another file, as in join
			begin, side = 0, make([]byte, len(side))
		}
		length := mainLength(side, h.channels)
		written := h
		written.bitrate, written.padding = 160000, 0
		if written.version == 25 {
			written.rate = 16000
		}
		space := written.size() - mp3HeaderLen - h.sideLen()
		if begin+length > len(in) || length > free+space {
			return nil, s.broken(i)
		}
		head := append([]byte{frame[0], frame[1], frame[2], frame[3]}, side...)
		head[1] |= 1 // no checksum
		head[2] = highest<<4 | head[2]&^0xF2
		if h.version == 25 {
			head[1] |= 0x10
			head[2] = head[2]&^0x0C | 2<<2
		}
		head[mp3HeaderLen] = byte(free)
		heads, room = append(heads, head), append(room, space)
		audio = append(audio, in[begin:begin+length]...)
		free += space - length
		if free > maxBack2 {
			audio = append(audio, make([]byte, free-maxBack2)...)
			free = maxBack2
		}
	}
	audio = append(audio, make([]byte, free)...)
	for i, head := range heads {
		out = append(append(out, head...), audio[:room[i]]...)
		audio = audio[room[i]:]
	}
	return out, nil
}

// broken says that so many frames were good, and no more.
func (s *mp3Stream) broken(frames int) error {
	return refuse(Damaged, "damaged after %s", seconds(frames*s.first.samples(), s.first.rate))
}

// mainLength reads from the side information of MPEG 2 how many octets of audio
// a frame has.
func mainLength(side []byte, channels int) int {
	const perChannel = 63 // bits of side information
	bits := 0
	for channel := range channels {
		at := 8 + channels + channel*perChannel
		for i := range 12 {
			bit := at + i
			bits += int(side[bit/8]>>(7-bit%8)&1) << (11 - i)
		}
	}
	return (bits + 7) / 8
}
