package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bandeau/media"
)

// sine is a tone with a peak between 0 and 1.
func sine(frequency, peak float64) func(t float64) float64 {
	return func(t float64) float64 { return peak * math.Sin(2*math.Pi*frequency*t) }
}

// wavFile writes a second of a signal; samples of less than 16 bits are unsigned
// as the format wants it.
func wavFile(encoding, bits, channels, rate int, signal func(t float64) float64) []byte {
	var audio []byte
	for i := range rate {
		v := signal(float64(i) / float64(rate))
		for range channels {
			audio = appendSample(audio, encoding, bits, v)
		}
	}
	return riff(fmtChunk(encoding, bits, channels, rate), chunk("data", audio))
}

func appendSample(b []byte, encoding, bits int, v float64) []byte {
	linear := []int16{int16(math.Round(v * math.MaxInt16))}
	switch {
	case encoding == wavALaw:
		b = append(b, 0)
		media.EncodeA(b[len(b)-1:], linear)
	case encoding == wavMuLaw:
		b = append(b, 0)
		media.EncodeMu(b[len(b)-1:], linear)
	case encoding == wavFloat && bits == 64:
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	case encoding == wavFloat:
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	case bits == 8:
		b = append(b, byte(math.Round(v*127)+128))
	case bits == 16:
		b = binary.LittleEndian.AppendUint16(b, uint16(linear[0]))
	case bits == 24:
		s := uint32(int32(v * (1<<23 - 1)))
		b = append(b, byte(s), byte(s>>8), byte(s>>16))
	default:
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(v*(1<<31-1))))
	}
	return b
}

func fmtChunk(encoding, bits, channels, rate int) []byte {
	var b []byte
	b = binary.LittleEndian.AppendUint16(b, uint16(encoding))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*channels*bits/8))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels*bits/8))
	b = binary.LittleEndian.AppendUint16(b, uint16(bits))
	return chunk("fmt ", b)
}

func chunk(name string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func riff(chunks ...[]byte) []byte {
	return chunk("RIFF", append([]byte("WAVE"), bytes.Join(chunks, nil)...))
}

// power is the mean power of samples at 8 kHz, and of one frequency in them, in
// dBFS: a sine whose peak is full scale has -3. The edges are left out.
func power(pcm []int16, frequency float64) (all, one float64) {
	const edge = media.SampleRate / 20
	pcm = pcm[edge : len(pcm)-edge]
	pcm = pcm[:len(pcm)/800*800] // whole periods of multiples of 10 Hz
	var sum, re, im float64
	for i, s := range pcm {
		v := float64(s) / math.MaxInt16
		turn := 2 * math.Pi * frequency * float64(i) / media.SampleRate
		sum, re, im = sum+v*v, re+v*math.Cos(turn), im+v*math.Sin(turn)
	}
	n := float64(len(pcm))
	decibels := func(p float64) float64 { return 10 * math.Log10(p+1e-12) }
	return decibels(sum / n), decibels(2 * (re*re + im*im) / (n * n))
}

// wantTone wants a pure tone at a level.
func wantTone(t *testing.T, pcm []int16, frequency, level float64) {
	t.Helper()
	all, one := power(pcm, frequency)
	if math.Abs(one-level) > 0.2 {
		t.Errorf("%v Hz at %.2f dBFS, want %.2f", frequency, one, level)
	}
	if all-one > 0.05 { // everything else together is 19 dB down at least
		t.Errorf("%.2f dBFS in all, %.2f of them at %v Hz", all, one, frequency)
	}
}

// level is what a sine with a peak has.
func level(peak float64) float64 { return 20*math.Log10(peak) - 10*math.Log10(2) }

// TestEveryFormOfWAV plays 700 Hz from each of them on the line.
func TestEveryFormOfWAV(t *testing.T) {
	type form struct{ encoding, bits, channels, rate int }
	forms := []form{
		{wavPCM, 8, 1, 8000},
		{wavPCM, 8, 2, 11025},
		{wavPCM, 16, 1, 8000},
		{wavPCM, 16, 2, 44100},
		{wavPCM, 16, 1, 192000},
		{wavPCM, 24, 2, 48000},
		{wavPCM, 32, 2, 96000},
		{wavFloat, 32, 2, 44100},
		{wavFloat, 64, 1, 22050},
		{wavALaw, 8, 1, 8000},
		{wavALaw, 8, 2, 16000},
		{wavMuLaw, 8, 1, 8000},
		{wavPCM, 16, 1, 44101},
		{wavPCM, 16, 1, 8001},
	}
	for _, f := range forms {
		t.Run(fmt.Sprintf("%+v", f), func(t *testing.T) {
			pcm, err := Decode(wavFile(f.encoding, f.bits, f.channels, f.rate, sine(700, 0.5)))
			if err != nil {
				t.Fatal(err)
			}
			if pcm.Rate != f.rate || pcm.Channels != f.channels || pcm.Format != "wav" || pcm.Seconds() != 1 {
				t.Errorf("%d Hz, %d channels, %q, %v s", pcm.Rate, pcm.Channels, pcm.Format, pcm.Seconds())
			}
			line := pcm.Telephone()
			if len(line) != media.SampleRate {
				t.Errorf("%d samples of a second", len(line))
			}
			wantTone(t, line, 700, level(0.5))
		})
	}
}

// TestExtensibleWAV reads what other programs write for 24 bits.
func TestExtensibleWAV(t *testing.T) {
	plain := wavFile(wavPCM, 24, 2, 48000, sine(700, 0.5))
	body := bytes.Clone(plain[20:36])
	binary.LittleEndian.PutUint16(body, wavExtensible)
	body = append(body, 22, 0, 24, 0, 3, 0, 0, 0, wavPCM, 0)
	body = append(body, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	pcm, err := Decode(riff(chunk("LIST", []byte("odd")), chunk("fmt ", body), plain[36:]))
	if err != nil {
		t.Fatal(err)
	}
	wantTone(t, pcm.Telephone(), 700, level(0.5))
	body[30]++
	if _, err := Decode(riff(chunk("fmt ", body), plain[36:])); err == nil {
		t.Error("a format of somebody's own was read")
	}
}

// TestTheBandOfALine sends tones through: those of the band keep their level,
// and from above it nothing comes back as another tone, from below nothing
// hums.
func TestTheBandOfALine(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 44100, 48000} {
		for _, frequency := range []float64{300, 400, 1000, 2500, 3400} {
			pcm := PCM{Rate: rate, Channels: 1, Samples: render(rate, sine(frequency, 0.5))}
			wantTone(t, pcm.Telephone(), frequency, level(0.5))
		}
		for _, frequency := range []float64{0, 50, 100, 4000, 4500, 7300, 12000, 15700, 20000} {
			if frequency >= float64(rate)/2 {
				continue
			}
			shifted := func(t float64) float64 { return 0.5 * math.Cos(2*math.Pi*frequency*t) }
			pcm := PCM{Rate: rate, Channels: 1, Samples: render(rate, shifted)}
			if all, _ := power(pcm.Telephone(), 700); all > -60 {
				t.Errorf("%v Hz at %d Hz: %.1f dBFS are left", frequency, rate, all)
			}
		}
	}
}

// render makes 0.3 s of a signal.
func render(rate int, signal func(t float64) float64) []int16 {
	pcm := make([]int16, rate*3/10)
	for i := range pcm {
		pcm[i] = int16(math.Round(signal(float64(i)/float64(rate)) * math.MaxInt16))
	}
	return pcm
}

// TestChannelsAreMixed hears both sides of a stereo file.
func TestChannelsAreMixed(t *testing.T) {
	left, right := render(44100, sine(700, 0.6)), render(44100, sine(1500, 0.6))
	var both []int16
	for i := range left {
		both = append(both, left[i], right[i])
	}
	line := PCM{Rate: 44100, Channels: 2, Samples: both}.Telephone()
	for _, frequency := range []float64{700, 1500} {
		if _, one := power(line, frequency); math.Abs(one-level(0.3)) > 0.2 {
			t.Errorf("%v Hz at %.1f dBFS", frequency, one)
		}
	}
}

// TestPeaksAreLimited makes softer what the line would cut, and nothing else.
func TestPeaksAreLimited(t *testing.T) {
	line := PCM{Rate: 44100, Channels: 1, Samples: render(44100, sine(700, 1))}.Telephone()
	all, one := power(line, 700)
	if want := level(linePeak / float64(math.MaxInt16)); one < want-0.5 || one > want || all-one > 0.01 {
		t.Errorf("%.2f dBFS at 700 Hz, %.2f in all, want up to %.2f", one, all, want)
	}
	if peak := max(slices.Max(line), -slices.Min(line)); peak != linePeak {
		t.Errorf("a peak of %d", peak)
	}
}

// TestTheLineKeepsTime puts a click into a quarter of a second and finds it where it was.
func TestTheLineKeepsTime(t *testing.T) {
	for _, rate := range []int{8000, 22050, 44100, 48000} {
		pcm := make([]int16, rate/4)
		pcm[rate/8] = math.MaxInt16
		line := PCM{Rate: rate, Channels: 1, Samples: pcm}.Telephone()
		loudest := 0
		for i, s := range line {
			if s > line[loudest] {
				loudest = i
			}
		}
		if loudest < 999 || loudest > 1001 {
			t.Errorf("%d Hz: the click is at sample %d", rate, loudest)
		}
	}
}

// half is 6 dB below full scale.
const half = 0.5012

// TestEveryKindOfMP3 plays the files of testdata: 700 Hz, 6 dB below full scale.
func TestEveryKindOfMP3(t *testing.T) {
	for name, want := range map[string]struct {
		rate int
		peak float64
		told bool // the encoder has said how much silence it put around the tone
	}{
		"mpeg1-stereo": {44100, 0.95 * half, true}, "mpeg1-variable": {44100, half, true},
		"mpeg2-padded": {22050, 0.95 * half, false}, "mpeg2-mono": {16000, 0.95 * half, false},
		"mpeg25": {11025, 0.95 * half, false},
	} {
		t.Run(name, func(t *testing.T) {
			pcm, err := Decode(testFile(t, name))
			if err != nil {
				t.Fatal(err)
			}
			if pcm.Rate != want.rate || pcm.Format != "mp3" {
				t.Errorf("%d Hz, %q", pcm.Rate, pcm.Format)
			}
			if s := pcm.Seconds(); want.told && s != 1 || s < 1 || s > 1.2 {
				t.Errorf("%v s", s)
			}
			line := pcm.Telephone()
			wantTone(t, line[2000:7000], 700, level(want.peak))
			if want.told {
				wantTone(t, line, 700, level(want.peak))
			}
		})
	}
}

// TestMP3CutOutOfAnother is good from the first frame whose audio is whole, and
// silent before.
func TestMP3CutOutOfAnother(t *testing.T) {
	for name, loud := range map[string]float64{
		"mpeg1-stereo": 0.95 * half, "mpeg1-variable": half, "mpeg2-padded": 0.95 * half,
	} {
		whole, err := splitMP3(skipTags(testFile(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		pcm, err := Decode(bytes.Join(whole.frames[9:], nil))
		if err != nil {
			t.Fatal(err)
		}
		line := pcm.Telephone()
		if peak := slices.Max(line); peak > 20000 {
			t.Errorf("%s: a peak of %d", name, peak)
		}
		wantTone(t, line[3000:6400], 700, level(loud))
	}
}

func testFile(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".mp3"))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestRefusals wants a sentence for each file that cannot be used.
func TestRefusals(t *testing.T) {
	good := wavFile(wavPCM, 16, 1, 8000, sine(700, 0.5))
	mp3File := testFile(t, "mpeg1-stereo")
	frames := skipTags(mp3File)
	changed := func(data []byte, at int, octets ...byte) []byte {
		data = bytes.Clone(data)
		copy(data[at:], octets)
		return data
	}
	second := chunk("data", make([]byte, 16000))
	long := riff(fmtChunk(wavPCM, 8, 1, 8000), chunk("data", make([]byte, 301*8000)))
	for _, c := range []struct {
		data []byte
		kind Kind
		text string
	}{
		{nil, Damaged, "empty"},
		{[]byte("<svg xmlns=…"), Unknown, `not a WAV or MP3 file: it begins with "<svg xml"`},
		{[]byte("\x00\x01\x02\x03\x04"), Unknown, "not a WAV or MP3 file: it begins with the bytes 00 01 02 03"},
		{[]byte("OggS\x00\x02"), Unknown, "not a WAV or MP3 file: it is an Ogg file"},
		{[]byte("\x00\x00\x00\x20ftypM4A "), Unknown, "not a WAV or MP3 file: it is an MPEG-4 file (M4A or MP4)"},
		{[]byte("fLaC\x00"), Unknown, "not a WAV or MP3 file: it is a FLAC file"},
		{[]byte("RF64\xff\xff\xff\xffWAVE"), Unknown, "not a WAV or MP3 file: it is a RF64 file, a form of WAV that is not read"},
		{good[:44+3200], Damaged, "cut off after 0.2 s of 1 s"},
		{good[:30], Damaged, "a WAV file cut off in its description"},
		{good[:36], Damaged, "a WAV file without audio"},
		{riff(fmtChunk(wavPCM, 16, 1, 8000), chunk("data", nil)), Damaged, "a WAV file without audio"},
		{riff(second), Damaged, "a WAV file that does not say how its audio is encoded"},
		{riff(fmtChunk(0x55, 0, 1, 8000), second), Unsupported, "WAV of format 85 (MP3 in WAV) is not read"},
		{riff(fmtChunk(99, 16, 1, 8000), second), Unsupported, "WAV of format 99 is not read"},
		{riff(fmtChunk(wavPCM, 40, 1, 8000), second), Unsupported, "WAV of format 1 with 40 bits is not read"},
		{riff(fmtChunk(wavPCM, 16, 1, 500), second), Unsupported, "sampled at 500 Hz: at least 8000"},
		{riff(fmtChunk(wavPCM, 16, 1, 384000), second), Unsupported, "sampled at 384000 Hz: at most 192000"},
		{riff(fmtChunk(wavPCM, 16, 6, 48000), second), Unsupported, "with 6 channels: at most 2"},
		{riff(fmtChunk(wavPCM, 16, 0, 48000), second), Damaged, "without a channel"},
		{long, TooLong, "301 s long: at most 300 s"},
		{mp3File[:len(mp3File)/2], Damaged, "cut off after 0.5 s of 1 s"},
		{changed(frames, len(frames)/2, make([]byte, 300)...), Damaged, "damaged after 0.5 s"},
		{changed(frames, 1, 0xFD), Unsupported, "MPEG audio of layer 2 is not read, only MP3 (layer 3)"},
		{changed(frames, 2, frames[2]&0x0F), Unsupported, "MP3 of a free bit rate is not read"},
		{frames[:20], Damaged, "an MP3 file without audio"},
		{testFile(t, "mpeg25-8000"), Unsupported, "MP3 sampled at 8000 Hz is not read: at least 11025, or as WAV"},
		{bytes.Repeat(testFile(t, "mpeg2-mono")[:72], 301*1000/36), TooLong, "301 s long: at most 300 s"},
	} {
		_, err := Decode(c.data)
		var refused *Error
		if !errors.As(err, &refused) || refused.Kind != c.kind || err.Error() != c.text {
			t.Errorf("%.20q: kind %v, want %q\n%v", c.data, refused, c.text, err)
		}
	}
}

// TestWAVWithoutALength is what a program writes that cannot go back.
func TestWAVWithoutALength(t *testing.T) {
	pcm, err := Decode(unended(wavFile(wavPCM, 16, 1, 8000, sine(700, 0.5))))
	if err != nil || pcm.Seconds() != 1 {
		t.Errorf("%v s: %v", pcm.Seconds(), err)
	}
}

// unended makes a file into one that does not say how long it is.
func unended(data []byte) []byte {
	binary.LittleEndian.PutUint32(data[4:], wavUnknownSize)
	binary.LittleEndian.PutUint32(data[40:], wavUnknownSize)
	return data
}

// TestWAV16IsReadBack reads what it wrote, and nothing else.
func TestWAV16IsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pcm := rapid.SliceOfN(rapid.Int16(), 1, 300).Draw(t, "pcm")
		got, err := ReadWAV16(WAV16(pcm))
		if err != nil || !slices.Equal(got, pcm) {
			t.Fatalf("%v: %v", got, err)
		}
	})
	for name, data := range map[string][]byte{
		"an MP3 file": testFile(t, "mpeg25"), "nothing": nil, "a cut file": WAV16(make([]int16, 9))[:50],
		"stereo": wavFile(wavPCM, 16, 2, 8000, sine(700, 0.5)), "44.1 kHz": wavFile(wavPCM, 16, 1, 44100, sine(700, 0.5)),
	} {
		if _, err := ReadWAV16(data); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// FuzzDecode takes any file: it is refused with a sentence, or gives audio
// within the bounds that the line can carry.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"mpeg1-stereo", "mpeg1-variable", "mpeg2-padded", "mpeg25"} {
		f.Add(testFile(f, name)[:1000])
	}
	for _, bits := range []int{8, 16, 24, 32} {
		f.Add(unended(wavFile(wavPCM, bits, 2, 8000, sine(700, 0.5))[:300]))
	}
	f.Add(unended(wavFile(wavFloat, 32, 1, 8000, sine(700, 0.5))[:300]))
	f.Fuzz(func(t *testing.T, data []byte) {
		pcm, err := Decode(data)
		if err != nil {
			var refused *Error
			if !errors.As(err, &refused) || refused.Kind == 0 || strings.TrimSpace(refused.Reason) == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		if pcm.Seconds() <= 0 || pcm.Seconds() > MaxSeconds || pcm.Rate < MinRate || pcm.Rate > MaxRate ||
			len(pcm.Samples)%pcm.Channels != 0 {
			t.Fatalf("%v s at %d Hz", pcm.Seconds(), pcm.Rate)
		}
		if pcm.Seconds() > 1 {
			return // enough, and quickly
		}
		line := pcm.Telephone()
		if seconds := float64(len(line)) / media.SampleRate; math.Abs(seconds-pcm.Seconds()) > 0.001 {
			t.Fatalf("%v s became %v s", pcm.Seconds(), seconds)
		}
		for _, s := range line {
			if s > linePeak || s < -linePeak {
				t.Fatalf("a peak of %d", s)
			}
		}
		if again, err := ReadWAV16(WAV16(line)); err != nil || !slices.Equal(again, line) {
			t.Fatalf("not read back: %v", err)
		}
	})
}
