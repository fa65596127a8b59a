package prompts

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
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
			period := (len(want) + pause + media.FrameSamples - 1) / media.FrameSamples * media.FrameSamples
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
	if lines != 8 {
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

func TestReadWAV(t *testing.T) {
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
		"nothing": nil, "no RIFF": changed(0, 'X'), "µ-law": changed(20, 7), "stereo": changed(22, 2),
		"16 kHz": changed(25, 0x3e), "cut off": good[:1000], "no audio": good[:36],
	} {
		if _, err := readWAV(data); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}
