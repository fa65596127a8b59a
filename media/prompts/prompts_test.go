package prompts

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bandeau/media"
)

// played returns what a source gives in a codec, n frames at most.
func played(src media.Source, codec media.Codec, n uint64) (octets []byte) {
	for i := range n {
		frame, ok := src.Frame(codec, i)
		if !ok {
			break
		}
		octets = append(octets, frame...)
	}
	return octets
}

// TestPromptsArePlayedUnchanged compares what a leg is given with the octets of
// the files, for each prompt in each language.
func TestPromptsArePlayedUnchanged(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []Name{Notice, Confirm} {
		for _, language := range []string{"fr", "en", "it", "es"} {
			file := string(name) + "." + language + ".wav"
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(data) > 60<<10 {
				t.Errorf("%s has %d bytes", file, len(data))
			}
			at := bytes.Index(data, []byte("data")) + 8
			want := data[at : at+int(binary.LittleEndian.Uint32(data[at-4:]))]
			got := played(set.Once(name, language), media.PCMA, 1000)
			if len(got) < len(want) || len(got)-len(want) >= media.FrameSamples || !bytes.Equal(got[:len(want)], want) {
				t.Errorf("%s: %d octets are played, which are not the %d of the file", file, len(got), len(want))
			}
			again := played(set.Repeated(name, language), media.PCMA, 1000)
			period := ((len(want)+media.FrameSamples-1)/media.FrameSamples + pause) * media.FrameSamples
			if !bytes.Equal(again[:len(want)], want) || !bytes.Equal(again[period:period+len(want)], want) {
				t.Errorf("%s is not repeated as it is", file)
			}
			pcm := make([]int16, len(want))
			media.DecodeA(pcm, want)
			if level := level(pcm); level < -22 || level > -18 {
				t.Errorf("%s is at %.1f dBFS", file, level)
			}
		}
	}
}

// level is the mean power of samples in decibels below full scale, of a square
// wave.
func level(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(len(pcm))/(1<<30))
}

// TestReadmeHasTheTexts keeps the texts people read with those that are spoken.
func TestReadmeHasTheTexts(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := os.ReadFile("texts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(texts)) {
		words := strings.Split(strings.TrimSpace(line), "\t")
		if len(words) != 4 || !strings.Contains(string(readme), words[3]) {
			t.Errorf("README.md lacks %q", words)
		}
		lines++
	}
	if lines != 48 {
		t.Errorf("%d texts", lines)
	}
}

func TestUnknownPromptsAndLanguages(t *testing.T) {
	tone := make([]int16, 2*media.FrameSamples)
	for i := range tone {
		tone[i] = 1000
	}
	set := Of(map[Key][]int16{{Notice, "en"}: tone})
	if got := played(set.Once(Notice, "de"), media.PCMA, 9); len(got) != len(tone) {
		t.Errorf("%d octets in a language that is not there", len(got))
	}
	if got := played(set.Once(Confirm, "fr"), media.PCMA, 9); len(got) != 0 {
		t.Errorf("%d octets of a prompt that is not there", len(got))
	}
	if got := played(set.Repeated(Confirm, "fr"), media.PCMA, 9); len(got) != 9*media.FrameSamples {
		t.Errorf("%d octets of a prompt that is not there, repeated", len(got))
	}
}

func TestRead(t *testing.T) {
	good, err := os.ReadFile("notice.fr.wav")
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int, octet byte) []byte {
		b := bytes.Clone(good)
		b[at] = octet
		return b
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "no RIFF": changed(0, 'X'), "GSM": changed(20, 0x31), "stereo": changed(22, 2),
		"16 kHz": changed(25, 0x3e), "cut off": good[:1000], "no audio": good[:36],
	} {
		if _, err := read(data); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// TestEverySentenceIsThere says each position and each wait in each language, and
// hears the words of that language, at the level of the line.
func TestEverySentenceIsThere(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"fr", "en", "it", "es"} {
		for n := range 100 {
			for _, part := range []Part{Position(n), Wait(n)} {
				var want []byte
				for _, name := range set.phrases(part, language) {
					if _, ok := set.spoken[Key{name, language}]; !ok {
						t.Errorf("%+v lacks %s in %s", part, name, language)
					}
					want = append(want, played(set.Once(name, language), media.PCMA, 1000)...)
				}
				if got := played(set.Say(language, part), media.PCMA, 1000); !bytes.Equal(got, want) {
					t.Errorf("%+v in %s are other words", part, language)
				}
				if s := len(want) / media.SampleRate; s < 1 || s > 6 {
					t.Errorf("%+v in %s lasts %d s", part, language, s)
				}
			}
		}
	}
	for key, src := range set.spoken {
		octets := played(src, media.PCMA, 1000)
		pcm := make([]int16, len(octets))
		media.DecodeA(pcm, octets)
		if level := level(pcm); level < -27 || level > -18 {
			t.Errorf("%v is at %.1f dBFS", key, level)
		}
		if seconds := float64(len(octets)) / media.SampleRate; seconds < 0.2 || seconds > 5 {
			t.Errorf("%v lasts %.1f s", key, seconds)
		}
	}
}

// TestSentencesAreRight holds each language to its own way.
func TestSentencesAreRight(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		language string
		part     Part
		want     string
	}{
		{"fr", Position(1), "position_first"},
		{"fr", Position(2), "position numbers/2"},
		{"fr", Position(60), "position numbers/60"},
		{"fr", Position(61), "position_many"},
		{"fr", Wait(0), "wait_less"},
		{"fr", Wait(1), "wait_one"},
		{"fr", Wait(2), "wait numbers/2 wait_minutes"},
		{"fr", Wait(21), "wait minutes_21 wait_minutes"},
		{"es", Wait(51), "wait minutes_51 wait_minutes"},
		{"it", Wait(21), "wait numbers/21 wait_minutes"},
		{"en", Wait(41), "wait numbers/41 wait_minutes"},
		{"es", Position(21), "position numbers/21"},
		{"es", Wait(61), "wait_more"},
	} {
		var got []string
		for _, name := range set.phrases(c.part, c.language) {
			got = append(got, string(name))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v in %s: %v, want %s", c.part, c.language, got, c.want)
		}
	}
}

// TestSentencesFollowOneAnother takes a breath between them.
func TestSentencesFollowOneAnother(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(
		played(set.Say("it", Position(3)), media.PCMA, 1000),
		played(media.Silence(), media.PCMA, breath),
		played(set.Say("it", Wait(5)), media.PCMA, 1000),
	)
	if got := played(set.Say("it", Position(3), Wait(5)), media.PCMA, 1000); !bytes.Equal(got, want) {
		t.Errorf("%d octets, which are not the %d of the two sentences", len(got), len(want))
	}
	if got := played(set.Say("it"), media.PCMA, 10); len(got) != 0 {
		t.Errorf("%d octets of nothing", len(got))
	}
}

// TestTheFilesAreSmall keeps them fit for a repository and a program.
func TestTheFilesAreSmall(t *testing.T) {
	total := int64(0)
	for _, pattern := range []string{"*.wav", "numbers/*.wav"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			total += info.Size()
		}
	}
	if total > 2_500_000 {
		t.Errorf("%d bytes in all", total)
	}
}
