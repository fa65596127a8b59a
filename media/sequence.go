package media

// maxUnknown bounds how far a source is asked for its length, when it is not one
// of ours: 10 minutes. What goes on then is taken for endless.
const maxUnknown = 10 * 60 * SampleRate / FrameSamples

// lengthOf returns how many frames a source has, if it ends.
func lengthOf(src Source) (frames uint64, ends bool) {
	switch src := src.(type) {
	case *clip:
		return src.frames, !src.loop
	case once:
		if frames, ends = lengthOf(src.src); ends {
			return min(frames, src.n), true
		}
		return src.n, true
	case *sequence:
		if len(src.ends) > 0 {
			frames = src.ends[len(src.ends)-1]
		}
		return frames, len(src.ends) == len(src.parts)
	case repeat:
		return 0, false
	}
	for ; frames < maxUnknown; frames++ {
		if _, ok := src.Frame(PCMA, frames); !ok {
			return frames, true
		}
	}
	return 0, false
}

// sequence is sources one after the other.
type sequence struct {
	parts []Source
	ends  []uint64 // of each part, in frames from the beginning; the last may have none
}

// Sequence returns a source that plays others one after the other and ends with
// the last of them. After one without an end nothing more is heard.
func Sequence(sources ...Source) Source {
	s := &sequence{parts: make([]Source, 0, len(sources)), ends: make([]uint64, 0, len(sources))}
	end := uint64(0)
	for _, src := range sources {
		frames, ends := lengthOf(src)
		s.parts = append(s.parts, src)
		if !ends {
			break
		}
		end += frames
		s.ends = append(s.ends, end)
	}
	return s
}

// Frame implements Source.
func (s *sequence) Frame(codec Codec, index uint64) ([]byte, bool) {
	begin := uint64(0)
	for i, end := range s.ends {
		if index < end {
			return s.parts[i].Frame(codec, index-begin)
		}
		begin = end
	}
	if len(s.parts) > len(s.ends) {
		return s.parts[len(s.ends)].Frame(codec, index-begin)
	}
	return nil, false
}

// repeat is a source that begins anew after a pause, for ever.
type repeat struct {
	once   Source
	frames uint64 // of one turn, the pause included
}

// Repeat returns a source that plays a finite one again and again, with so many
// frames of silence (20 ms each) after each turn.
func Repeat(src Source, pause uint64) Source {
	frames, ends := lengthOf(src)
	if !ends {
		return src
	}
	return repeat{Sequence(src, Once(Silence(), max(pause, 1))), frames + max(pause, 1)}
}

// Frame implements Source.
func (r repeat) Frame(codec Codec, index uint64) ([]byte, bool) {
	return r.once.Frame(codec, index%r.frames)
}
