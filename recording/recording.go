// Package recording turns the frames of recorded calls into files: stereo WAV,
// the caller on the left, the operator on the right. It keeps no index; a file is
// found by the centre, the call and the day the call started.
//
// # Off the audio's path
//
// Frames come from the media clock, which must never wait for a disk. WriteFrame
// only copies into a bounded buffer; one goroutine writes all files. What does
// not fit, because the disk is slow or full, is left out, counted, and heard as
// silence: every frame has its position in time, and what was never written
// between two frames is a hole in the file, which reads as zeros.
//
// # Complete after a crash
//
// Twice a second the audio so far is handed to the operating system, and after it
// the header with the new length. A header never promises more than there is; at
// worst it promises up to half a second less, which Recover mends at the next
// start. Files are not synced to the disk: this withstands the death of the
// process, and of the machine up to what the system had not yet written.
package recording

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Errors of a library.
var (
	// ErrNotFound: there is no recording of this call.
	ErrNotFound = errors.New("recording: not found")
	// ErrInProgress: the recording is still being made.
	ErrInProgress = errors.New("recording: in progress")
	// ErrClosed: the recording or the library has ended.
	ErrClosed = errors.New("recording: closed")
	// ErrTooLong: a recording reached its longest duration, 24 h.
	ErrTooLong = errors.New("recording: too long")
	// ErrBadID: an id that cannot be part of a path.
	ErrBadID = errors.New("recording: bad id")
	// ErrDamaged: a file that was not written here.
	ErrDamaged = errors.New("recording: not a recording")
)

const (
	// flushEvery is how often audio is handed to the operating system.
	flushEvery = 500 * time.Millisecond

	// maxPending bounds the audio waiting to be written for one call: 5 s.
	maxPending = 5 * sampleRate * pairLen

	// maxSpans bounds the stretches that audio consists of.
	maxSpans = 64

	// maxPairs bounds a recording to 24 h; the format ends at 37 h.
	maxPairs = 24 * 3600 * sampleRate

	// slack is by how much frames may be behind their time before that counts as
	// missing time: the clock catches up shorter stalls by itself.
	slack = 500 * time.Millisecond

	dirMode  = 0o700
	fileMode = 0o600
)

// Library is a folder of recordings.
type Library struct {
	root *os.Root // nothing outside it can be reached, by whatever name
	log  *slog.Logger
	now  func() time.Time
	open func(name string) (backing, int64, error) // of the file system; tests put a bad disk here

	mu     sync.Mutex
	files  []*File // being made, in the order of Create
	closed bool

	wake chan struct{} // a file is new or has ended
	stop chan struct{}
	wg   sync.WaitGroup
	data []byte // the writer's half of the pair of buffers that it swaps
	span []span
}

// backing is an open file.
type backing interface {
	io.WriterAt
	Truncate(size int64) error
	Close() error
}

// New opens a folder of recordings, creating it if need be, and starts its
// writer. now is the current time; nil is the system's clock.
func New(dir string, log *slog.Logger, now func() time.Time) (*Library, error) {
	l, err := newLibrary(dir, log, now)
	if err != nil {
		return nil, err
	}
	l.wg.Go(l.run)
	return l, nil
}

func newLibrary(dir string, log *slog.Logger, now func() time.Time) (*Library, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if now == nil {
		now = time.Now
	}
	l := &Library{root: root, log: log, now: now, wake: make(chan struct{}, 1), stop: make(chan struct{})}
	l.open = l.openFile
	return l, nil
}

// Create begins the recording of a call, or goes on with one that an earlier
// process began; started, the instant of its first sample, is the same then. It
// does not wait for the disk: a failure to write shows in File.Err.
func (l *Library) Create(centre, call string, started time.Time) (*File, error) {
	name, err := fileName(centre, call, started)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	if slices.ContainsFunc(l.files, func(f *File) bool { return f.name == name && !f.hasEnded() }) {
		return nil, fmt.Errorf("%w: %s", ErrInProgress, name)
	}
	now := l.now()
	f := &File{
		library: l, name: name, done: make(chan struct{}),
		created: now, offset: min(max(0, now.Sub(started)), duration(maxPairs)),
	}
	l.files = append(l.files, f)
	l.nudge()
	return f, nil
}

// inProgress says whether a file is being made or still being written out.
func (l *Library) inProgress(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.files, func(f *File) bool { return f.name == name })
}

// Open returns a call's recording and its size in octets, header included. One
// that is still being made ends where it had come to.
func (l *Library) Open(centre, call string, started time.Time) (io.ReadSeekCloser, int64, error) {
	name, err := fileName(centre, call, started)
	if err != nil {
		return nil, 0, err
	}
	f, err := l.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("recording: %w", err)
	}
	var head [headerLen]byte
	_, err = f.ReadAt(head[:], 0)
	audio, ok := audioLen(head[:])
	if err != nil || !ok {
		_ = f.Close()
		return nil, 0, fmt.Errorf("%w: %s", ErrDamaged, name)
	}
	size := headerLen + audio
	return &section{io.NewSectionReader(f, 0, size), f}, size, nil
}

// section is the part of a file that its header speaks of.
type section struct {
	*io.SectionReader
	io.Closer
}

// Delete removes a call's recording, which must have ended, and the folders of
// its day, month and year when they are empty.
func (l *Library) Delete(centre, call string, started time.Time) error {
	name, err := fileName(centre, call, started)
	if err != nil {
		return err
	}
	if l.inProgress(name) {
		return fmt.Errorf("%w: %s", ErrInProgress, name)
	}
	err = l.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	l.prune(path.Dir(name))
	return nil
}

// prune removes the folders of a day, its month and its year, as far as they are
// empty; a folder that holds something cannot be removed.
func (l *Library) prune(day string) {
	for dir, depth := day, 0; depth < 3 && l.root.Remove(dir) == nil; depth++ {
		dir = path.Dir(dir)
	}
}

// Recover mends the files that a crash has left: their headers then say how much
// audio there is, and half a sample at the end is cut off. It returns how many it
// has mended. Files that are not recordings are left alone.
func (l *Library) Recover() (mended int, err error) {
	var errs []error
	err = fs.WalkDir(l.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			errs = append(errs, err)
			return nil // collected: the other folders matter too
		}
		if !entry.Type().IsRegular() || !strings.HasSuffix(name, ".wav") {
			return nil
		}
		changed, err := l.mend(name)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		if changed {
			mended++
		}
		return nil
	})
	if err = errors.Join(append(errs, err)...); err != nil {
		return mended, fmt.Errorf("recording: recover: %w", err)
	}
	return mended, nil
}

// mend makes a file's header and length agree.
func (l *Library) mend(name string) (changed bool, err error) {
	if l.inProgress(name) {
		return false, nil
	}
	f, err := l.root.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return mendFile(f)
}

func mendFile(f *os.File) (changed bool, err error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	var head [headerLen]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	said, ok := audioLen(head[:])
	if !ok && strings.Trim(string(head[:n]), "\x00") != "" && n == headerLen {
		return false, ErrDamaged
	}
	audio := max(0, info.Size()-headerLen) / pairLen * pairLen
	if ok && said == audio && info.Size() == headerLen+audio {
		return false, nil
	}
	if _, err = f.WriteAt(header(audio), 0); err != nil {
		return false, err
	}
	return true, f.Truncate(headerLen + audio)
}

// openFile opens a file to write, and returns how many samples of each channel
// it holds already.
func (l *Library) openFile(name string) (backing, int64, error) {
	if err := l.root.MkdirAll(path.Dir(name), dirMode); err != nil {
		return nil, 0, err
	}
	f, err := l.root.OpenFile(name, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, 0, err
	}
	_, err = mendFile(f)
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, (info.Size() - headerLen) / pairLen, nil
}

// Close writes out what there is and ends the writer. Recordings still being
// made end where they have come to.
func (l *Library) Close() error {
	l.mu.Lock()
	already := l.closed
	l.closed = true
	l.mu.Unlock()
	if already {
		return nil
	}
	close(l.stop)
	l.wg.Wait()
	l.mu.Lock()
	files := l.files
	l.mu.Unlock()
	for _, f := range files {
		f.end(false)
	}
	l.flush(false)
	return l.root.Close()
}

// fileName is where a call's recording lies: <centre>/<yyyy>/<mm>/<dd>/<call>.wav
// by the day in UTC.
func fileName(centre, call string, started time.Time) (string, error) {
	for _, id := range []string{centre, call} {
		if !validID(id) {
			return "", fmt.Errorf("%w: %q", ErrBadID, id)
		}
	}
	return path.Join(centre, started.UTC().Format("2006/01/02"), call+".wav"), nil
}

// validID accepts what can be one element of a path everywhere.
func validID(id string) bool {
	for _, c := range []byte(id) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	return id != "" && len(id) <= 100 && id[0] != '.' && id[len(id)-1] != '.'
}
