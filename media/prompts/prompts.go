// Package prompts is what Bandeau says to people on the telephone, in each of
// its languages. The product's own prompts are files beside this one (README.md
// has their texts and how they were made).
package prompts

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"bandeau/media"
	"bandeau/media/audio"
)

// Name says which prompt it is.
type Name string

// The prompts.
const (
	Notice  Name = "notice"  // the conversation may be recorded
	Confirm Name = "confirm" // press 1 to take the call
)

// The phrases that Say puts together. Those with a number end where it follows.
const (
	position      Name = "position" // and a number
	positionFirst Name = "position_first"
	positionMany  Name = "position_many" // MaxNumber are before
	wait          Name = "wait"          // a number, and waitMinutes
	waitMinutes   Name = "wait_minutes"
	waitLess      Name = "wait_less" // than one minute
	waitOne       Name = "wait_one"
	waitMore      Name = "wait_more" // than MaxNumber minutes
)

// MaxNumber is the highest number that is spoken.
const MaxNumber = 60

// fallback is the language of a prompt that is not there in the one asked for.
const fallback = "en"

// pause is what lies between two turns of a prompt that is repeated, and breath
// what lies between two sentences, in frames.
const (
	pause  = media.SampleRate / media.FrameSamples
	breath = 3 * pause / 10
)

//go:embed *.wav numbers/*.wav
var files embed.FS

// Key is one prompt in one language.
type Key struct {
	Name     Name
	Language string // ISO 639-1, such as "fr"
}

// Set is prompts ready to be played.
type Set struct{ spoken map[Key]media.Source }

// Load returns the product's own prompts.
func Load() (Set, error) {
	spoken := make(map[Key][]int16)
	for _, pattern := range []string{"*.wav", "numbers/*.wav"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return Set{}, fmt.Errorf("prompts: %w", err)
		}
		for _, name := range names {
			data, err := files.ReadFile(name)
			if err != nil {
				return Set{}, fmt.Errorf("prompts: %w", err)
			}
			prompt, language, _ := strings.Cut(strings.TrimSuffix(name, ".wav"), ".")
			if spoken[Key{Name(prompt), language}], err = read(data); err != nil {
				return Set{}, fmt.Errorf("prompts: %s: %w", name, err)
			}
		}
	}
	return Of(spoken), nil
}

// read reads a file of what goes onto the line: one channel at 8 kHz.
func read(data []byte) ([]int16, error) {
	pcm, err := audio.Decode(data)
	if err != nil {
		return nil, err
	}
	if pcm.Rate != media.SampleRate || pcm.Channels != 1 {
		return nil, errors.New("not one channel at 8 kHz")
	}
	return pcm.Samples, nil
}

// Of returns a set of other prompts: samples at 8 kHz.
func Of(spoken map[Key][]int16) Set {
	s := Set{spoken: make(map[Key]media.Source, len(spoken))}
	for key, pcm := range spoken {
		s.spoken[key] = media.FromPCM(pcm, false)
	}
	return s
}

// Once returns a prompt that is said once.
func (s Set) Once(name Name, language string) media.Source {
	if found, ok := s.spoken[Key{name, language}]; ok {
		return found
	}
	if found, ok := s.spoken[Key{name, fallback}]; ok {
		return found
	}
	return media.Sequence()
}

// Repeated returns a prompt that is said again and again, with a pause between.
func (s Set) Repeated(name Name, language string) media.Source {
	return media.Repeat(s.Once(name, language), pause)
}

// Part is a sentence with a number in it.
type Part struct {
	about  Name
	number int
}

// Position says at which place of the queue a call is, from 1.
func Position(place int) Part { return Part{position, place} }

// Wait says how long a call will wait, in whole minutes; 0 is less than one.
func Wait(minutes int) Part { return Part{wait, minutes} }

// Say returns sentences that are said once, one after the other.
func (s Set) Say(language string, parts ...Part) media.Source {
	var said []media.Source
	for i, part := range parts {
		if i > 0 {
			said = append(said, media.Once(media.Silence(), breath))
		}
		for _, name := range s.phrases(part, language) {
			said = append(said, s.Once(name, language))
		}
	}
	return media.Sequence(said...)
}

// phrases puts a sentence together. What a language says otherwise than with the
// bare number has a phrase of its own: nobody is "at position 1", and no
// Frenchman waits "vingt et un minutes".
func (s Set) phrases(p Part, language string) []Name {
	number := Name("numbers/" + strconv.Itoa(p.number))
	switch {
	case p.about == position && p.number > MaxNumber:
		return []Name{positionMany}
	case p.about == position && p.number > 1:
		return []Name{position, number}
	case p.about == position:
		return []Name{positionFirst}
	case p.number > MaxNumber:
		return []Name{waitMore}
	case p.number == 1:
		return []Name{waitOne}
	case p.number < 1:
		return []Name{waitLess}
	}
	own := Name("minutes_" + strconv.Itoa(p.number))
	if _, ok := s.spoken[Key{own, language}]; ok {
		number = own
	}
	return []Name{wait, number, waitMinutes}
}
