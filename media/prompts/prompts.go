// Package prompts is what Bandeau says to people on the telephone, in each of
// its languages. The product's own prompts are files beside this one (README.md
// has their texts and how they were made).
package prompts

import (
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"bandeau/media"
)

// Name says which prompt it is.
type Name string

// The prompts.
const (
	Notice  Name = "notice"  // the conversation may be recorded
	Confirm Name = "confirm" // press 1 to take the call
)

// fallback is the language of a prompt that is not there in the one asked for.
const fallback = "en"

// pause is what lies between two turns of a prompt that is repeated, in samples.
const pause = media.SampleRate

//go:embed *.wav
var files embed.FS

// Key is one prompt in one language.
type Key struct {
	Name     Name
	Language string // ISO 639-1, such as "fr"
}

// Set is prompts ready to be played.
type Set struct{ spoken map[Key]spoken }

type spoken struct{ once, repeated media.Source }

// Load returns the product's own prompts.
func Load() (Set, error) {
	names, err := fs.Glob(files, "*.wav")
	if err != nil {
		return Set{}, fmt.Errorf("prompts: %w", err)
	}
	audio := make(map[Key][]int16, len(names))
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return Set{}, fmt.Errorf("prompts: %w", err)
		}
		prompt, language, _ := strings.Cut(strings.TrimSuffix(name, ".wav"), ".")
		if audio[Key{Name(prompt), language}], err = readWAV(data); err != nil {
			return Set{}, fmt.Errorf("prompts: %s: %w", name, err)
		}
	}
	return Of(audio), nil
}

// Of returns a set of other prompts: samples at 8 kHz.
func Of(audio map[Key][]int16) Set {
	s := Set{spoken: make(map[Key]spoken, len(audio))}
	for key, pcm := range audio {
		turn := append(slices.Clip(pcm), make([]int16, pause)...)
		s.spoken[key] = spoken{media.FromPCM(pcm, false), media.FromPCM(turn, true)}
	}
	return s
}

// Once returns a prompt that is said once.
func (s Set) Once(name Name, language string) media.Source { return s.find(name, language).once }

// Repeated returns a prompt that is said again and again, with a pause between.
func (s Set) Repeated(name Name, language string) media.Source {
	return s.find(name, language).repeated
}

// find takes a prompt that is in no language for one that says nothing.
func (s Set) find(name Name, language string) spoken {
	if found, ok := s.spoken[Key{name, language}]; ok {
		return found
	}
	if found, ok := s.spoken[Key{name, fallback}]; ok {
		return found
	}
	return spoken{once: media.Once(media.Silence(), 0), repeated: media.Silence()}
}

// formatALaw is the code of G.711 A-law in a WAV file.
const formatALaw = 6

// readWAV reads a file of G.711 A-law: one channel at 8 kHz.
func readWAV(data []byte) ([]int16, error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return nil, errors.New("not a WAV file")
	}
	known := false
	for rest := data[12:]; len(rest) >= 8; {
		size := int(binary.LittleEndian.Uint32(rest[4:]))
		if size > len(rest)-8 {
			return nil, errors.New("cut off")
		}
		body := rest[8 : 8+size]
		switch string(rest[:4]) {
		case "fmt ":
			known = len(body) >= 16 && binary.LittleEndian.Uint16(body) == formatALaw &&
				binary.LittleEndian.Uint16(body[2:]) == 1 && binary.LittleEndian.Uint32(body[4:]) == media.SampleRate
		case "data":
			if !known {
				return nil, errors.New("not A-law, one channel at 8 kHz")
			}
			pcm := make([]int16, len(body))
			media.DecodeA(pcm, body)
			return pcm, nil
		}
		rest = rest[min(8+size+size%2, len(rest)):]
	}
	return nil, errors.New("without audio")
}
