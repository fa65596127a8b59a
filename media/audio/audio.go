// Package audio reads the sounds people upload, WAV and MP3 files of any usual
// kind, and turns them into what a telephone line carries. What it refuses, it
// refuses with a sentence about the file.
package audio

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of what is read.
const (
	// MaxSeconds is the longest sound.
	MaxSeconds = 300
	// MinRate and MaxRate bound the sampling rate: below the first there is less
	// than a telephone line carries.
	MinRate = 8000
	MaxRate = 192000
	// maxChannels is stereo: how more of them are to be mixed is not said by all
	// files.
	maxChannels = 2
)

// PCM is decoded audio.
type PCM struct {
	Rate, Channels int
	Samples        []int16 // channels interleaved
	Format         string  // of the file it came from: "wav" or "mp3"
}

// Seconds returns how long it lasts.
func (p PCM) Seconds() float64 {
	return float64(len(p.Samples)/p.Channels) / float64(p.Rate)
}

// Kind says in which way a file cannot be used.
type Kind uint8

// The ways in which a file cannot be used.
const (
	Unknown     Kind = iota + 1 // neither WAV nor MP3
	Unsupported                 // WAV or MP3 of a kind that is not read
	Damaged                     // cut off, or with wrong contents
	TooLong                     // more than MaxSeconds
)

// Error says why a file is not read. Its text goes on a sentence that begins
// with the file: "cut off after 3.2 s of 10 s".
type Error struct {
	Kind   Kind
	Reason string
}

// Error implements error.
func (e *Error) Error() string { return e.Reason }

func refuse(kind Kind, format string, args ...any) error {
	return &Error{kind, fmt.Sprintf(format, args...)}
}

// Decode reads a WAV or MP3 file. What is wrong with it is an *Error.
func Decode(data []byte) (PCM, error) {
	switch {
	case len(data) == 0:
		return PCM{}, refuse(Damaged, "empty")
	case isWAV(data):
		return decodeWAV(data)
	case isMP3(data):
		return decodeMP3(data)
	}
	if name := otherFormat(data); name != "" {
		return PCM{}, refuse(Unknown, "not a WAV or MP3 file: it is %s", name)
	}
	return PCM{}, refuse(Unknown, "not a WAV or MP3 file: it begins with %s", beginning(data))
}

// otherFormat names the formats that are often mistaken for the two.
func otherFormat(data []byte) string {
	at := func(offset int, magic string) bool {
		return len(data) >= offset+len(magic) && string(data[offset:offset+len(magic)]) == magic
	}
	switch {
	case at(0, "OggS"):
		return "an Ogg file"
	case at(0, "fLaC"):
		return "a FLAC file"
	case at(4, "ftyp"):
		return "an MPEG-4 file (M4A or MP4)"
	case at(0, "FORM"):
		return "an AIFF file"
	case at(0, "RIFF") && at(8, "AVI "):
		return "an AVI file"
	case at(0, "RF64") || at(0, "BW64") || at(0, "RIFX"):
		return "a " + string(data[:4]) + " file, a form of WAV that is not read"
	case at(0, "\x30\x26\xb2\x75"):
		return "a Windows Media file"
	case at(0, "#!AMR"):
		return "an AMR file"
	case at(0, ".snd"):
		return "an AU file"
	case at(0, "\x1a\x45\xdf\xa3"):
		return "a Matroska or WebM file"
	}
	return ""
}

// beginning quotes the first characters of a file as far as they are text.
func beginning(data []byte) string {
	const enough = 8
	var text strings.Builder
	for rest := data; len(rest) > 0 && text.Len() < enough; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			break
		}
		text.WriteRune(r)
		rest = rest[size:]
	}
	if text.Len() == 0 {
		return fmt.Sprintf("the bytes % x", data[:min(len(data), 4)])
	}
	return fmt.Sprintf("%q", text.String())
}

// inRange checks what both formats say about their samples. frames is what the
// file holds or claims to hold, in samples of one channel.
func inRange(rate, channels, frames int) error {
	switch {
	case rate < MinRate:
		return refuse(Unsupported, "sampled at %d Hz: at least %d", rate, MinRate)
	case rate > MaxRate:
		return refuse(Unsupported, "sampled at %d Hz: at most %d", rate, MaxRate)
	case channels < 1:
		return refuse(Damaged, "without a channel")
	case channels > maxChannels:
		return refuse(Unsupported, "with %d channels: at most %d", channels, maxChannels)
	case frames > MaxSeconds*rate:
		return refuse(TooLong, "%s long: at most %d s", seconds(frames, rate), MaxSeconds)
	}
	return nil
}

// seconds writes a length as "3.2 s".
func seconds(frames, rate int) string {
	text := fmt.Sprintf("%.1f", float64(frames)/float64(rate))
	return strings.TrimSuffix(text, ".0") + " s"
}
