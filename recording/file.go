package recording

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"bandeau/media"
)

var _ media.FrameSink = (*File)(nil)

// File is one recording being made: the sink that media writes to.
type File struct {
	library *Library
	name    string
	created time.Time     // by the library's clock
	offset  time.Duration // from the first sample's instant to created
	done    chan struct{}

	mu      sync.Mutex
	next    int64  // position of the next frame, in samples of each channel
	data    []byte // audio not yet written…
	spans   []span // …and where its stretches belong
	left    uint64 // frames left out because data was full
	ended   bool
	err     error // the first failure
	written int64 // samples of each channel in the file, as the header says

	disk backing // the writer's alone; nil until it is open
}

// span is a stretch of audio without a hole.
type span struct {
	at int64 // in samples of each channel
	n  int   // octets
}

// WriteFrame implements media.FrameSink. It never waits for the disk and returns
// an error only when nothing can be recorded any more.
func (f *File) WriteFrame(stereo []int16) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return ErrClosed
	}
	length := int64(len(stereo) / channels)
	stereo = stereo[:length*channels]
	// Missing time is silence: when nobody wrote for a while, the frame goes
	// where the clock says, less the delay that all frames have.
	if due := pairs(f.elapsed()-media.RecordDelay) - length; due > f.next+pairs(slack) {
		f.next = due
	}
	at := f.next
	f.next += length
	if f.next > maxPairs {
		f.next = maxPairs
		return ErrTooLong
	}
	last := len(f.spans) - 1
	follows := last >= 0 && f.spans[last].at+int64(f.spans[last].n/pairLen) == at
	size := len(stereo) * 2
	if len(f.data)+size > maxPending || !follows && len(f.spans) == maxSpans {
		f.left++ // its place stays silent
		return nil
	}
	if !follows {
		f.spans = append(f.spans, span{at: at})
		last++
	}
	f.spans[last].n += size
	for _, v := range stereo {
		f.data = append(f.data, byte(v), byte(uint16(v)>>8))
	}
	return nil
}

// elapsed is the time since the first sample's instant. It is measured from
// created, so that a change of the wall clock does not stretch the recording.
func (f *File) elapsed() time.Duration {
	return f.offset + f.library.now().Sub(f.created)
}

// Close implements media.FrameSink: the recording ends now, with silence where
// nothing came. It does not wait for the disk; Done tells when the file is whole.
func (f *File) Close() error {
	f.end(true)
	f.library.nudge()
	return nil
}

// end lets nothing follow; padded says whether silence fills the time until now.
func (f *File) end(padded bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return
	}
	f.ended = true
	if padded {
		f.next = min(max(f.next, pairs(f.elapsed())), maxPairs)
	}
}

func (f *File) hasEnded() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ended
}

// Done is closed once the recording has ended and its file is whole, or has
// failed for good.
func (f *File) Done() <-chan struct{} { return f.done }

// Err returns the first failure to write, or nil. Later audio may have been
// written all the same.
func (f *File) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// LeftOut returns how many frames the disk was too slow for.
func (f *File) LeftOut() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.left
}

// Duration returns how much of the recording is in the file.
func (f *File) Duration() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return duration(f.written)
}

// Path returns the file's name within the library.
func (f *File) Path() string { return f.name }

// nudge wakes the writer for a file that is new or has ended.
func (l *Library) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run is the writer.
func (l *Library) run() {
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			l.flush(false)
		case <-l.wake:
			l.flush(true)
		case <-l.stop:
			return
		}
	}
}

// flush writes the files' audio: all of them, or only those that are new or have
// ended.
func (l *Library) flush(urgent bool) {
	l.mu.Lock()
	files := slices.Clone(l.files)
	l.mu.Unlock()
	for _, f := range files {
		if urgent && f.disk != nil && !f.hasEnded() {
			continue
		}
		if !l.write(f) {
			continue
		}
		l.mu.Lock()
		l.files = slices.DeleteFunc(l.files, func(x *File) bool { return x == f })
		l.mu.Unlock()
		close(f.done)
	}
}

// write hands a file's audio to the system, and then the header that tells of
// it. It reports whether the file is finished.
func (l *Library) write(f *File) (finished bool) {
	if f.disk == nil {
		disk, held, err := l.open(f.name)
		if err != nil {
			f.fail(err)
			return f.hasEnded()
		}
		f.disk = disk
		f.follow(held)
	}

	f.mu.Lock()
	l.data, f.data = f.data, l.data[:0]
	l.span, f.spans = f.spans, l.span[:0]
	written, end, ended := f.written, f.next, f.ended
	f.mu.Unlock()

	before, data := written, l.data
	for _, s := range l.span {
		if _, err := f.disk.WriteAt(data[:s.n], headerLen+s.at*pairLen); err != nil {
			f.fail(err)
		} else {
			written = max(written, s.at+int64(s.n/pairLen))
		}
		data = data[s.n:]
	}
	if ended {
		if err := f.disk.Truncate(headerLen + end*pairLen); err != nil {
			f.fail(err)
		} else {
			written = end
		}
	}
	if written != before {
		if _, err := f.disk.WriteAt(header(written*pairLen), 0); err != nil {
			f.fail(err)
		} else {
			f.mu.Lock()
			f.written = written
			f.mu.Unlock()
		}
	}
	if ended {
		if err := f.disk.Close(); err != nil {
			f.fail(err)
		}
	}
	return ended
}

// follow moves what was recorded behind the audio that the file holds already.
func (f *File) follow(held int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written = held
	first := f.next
	if len(f.spans) > 0 {
		first = f.spans[0].at
	}
	if shift := held - first; shift > 0 {
		for i := range f.spans {
			f.spans[i].at += shift
		}
		f.next += shift
	}
}

// fail keeps the first failure and logs it.
func (f *File) fail(err error) {
	f.mu.Lock()
	first := f.err == nil
	if first {
		f.err = fmt.Errorf("recording: %w", err)
	}
	f.mu.Unlock()
	if first {
		f.library.log.Error("recording not written", "path", f.name, "err", err)
	}
}
