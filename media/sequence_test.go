package media

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// plain is a source of n frames that says nothing of its length.
type plain struct {
	octet byte
	n     uint64
}

func (p plain) Frame(_ Codec, index uint64) ([]byte, bool) {
	if index >= p.n {
		return nil, false
	}
	return bytes.Repeat([]byte{p.octet}, FrameSamples), true
}

// TestSequencePlaysOneAfterTheOther compares with the parts themselves: clips,
// parts of clips, foreign sources and other sequences.
func TestSequencePlaysOneAfterTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []Source
		var want [][]byte
		for i := range rapid.IntRange(0, 5).Draw(t, "parts") {
			n := rapid.Uint64Range(0, 4).Draw(t, "frames")
			var part Source
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				part = plain{byte(i), n}
			case 1:
				part = Once(Busy(), n)
			case 2:
				part = FromPCM(make([]int16, int(n)*FrameSamples+1), false)
			default:
				part = Sequence(plain{byte(i), 1}, plain{byte(i + 100), n})
			}
			parts = append(parts, part)
			for k := uint64(0); ; k++ {
				frame, ok := part.Frame(PCMA, k)
				if !ok {
					break
				}
				want = append(want, frame)
			}
		}
		all := Sequence(parts...)
		for k, frame := range want {
			if got, ok := all.Frame(PCMA, uint64(k)); !ok || !bytes.Equal(got, frame) {
				t.Fatalf("frame %d is another one", k)
			}
		}
		if _, ok := all.Frame(PCMA, uint64(len(want))); ok {
			t.Fatal("it goes on")
		}
		if frames, ends := lengthOf(all); !ends || frames != uint64(len(want)) {
			t.Fatalf("%d frames long, want %d", frames, len(want))
		}
	})
}

// TestSequenceEndsInMusic: what has no end is the last that is heard.
func TestSequenceEndsInMusic(t *testing.T) {
	all := Sequence(plain{1, 2}, Music(), plain{2, 2})
	for _, k := range []uint64{0, 1, 100_000} {
		want, _ := Music().Frame(PCMA, k)
		if got, ok := all.Frame(PCMA, k+2); !ok || !bytes.Equal(got, want) {
			t.Errorf("frame %d of the music is another one", k)
		}
	}
	if _, ends := lengthOf(all); ends {
		t.Error("it has an end")
	}
	if endless := (plain{3, 1 << 40}); func() bool { _, ends := lengthOf(endless); return ends }() {
		t.Error("a source of more than ten minutes has an end")
	}
}

// TestRepeat plays a source, the pause, and the source again.
func TestRepeat(t *testing.T) {
	again := Repeat(plain{1, 3}, 2)
	quiet, _ := Silence().Frame(PCMA, 0)
	for k := range uint64(50) {
		want, ok := plain{1, 3}.Frame(PCMA, k%5)
		if !ok {
			want = quiet
		}
		if got, ok := again.Frame(PCMA, k); !ok || !bytes.Equal(got, want) {
			t.Fatalf("frame %d is another one", k)
		}
	}
	if got, ok := Repeat(Sequence(), 0).Frame(PCMA, 7); !ok || !bytes.Equal(got, quiet) {
		t.Error("nothing, repeated, is not silence")
	}
	if got, _ := Repeat(Music(), 2).Frame(PCMA, 1600); got == nil {
		t.Error("music, repeated, ended")
	}
}

// TestSequenceDoesNotAllocate: it is asked on the shared clock.
func TestSequenceDoesNotAllocate(t *testing.T) {
	all := Repeat(Sequence(Once(Busy(), 3), Once(Music(), 5), FromPCM(make([]int16, 999), false)), 10)
	k := uint64(0)
	if n := testing.AllocsPerRun(1000, func() { all.Frame(PCMU, k); k++ }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
