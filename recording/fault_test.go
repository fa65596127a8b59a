package recording

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A crash is a copy of the folder at any moment: everything flushed is there, in
// a file that plays as it is.
func TestCrash(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	d.frames(f, 25, 7, -7)
	d.l.flush(false)
	d.frames(f, 25, 8, -8)
	d.l.flush(false)
	d.frames(f, 20, 9, -9) // not flushed
	left, right := d.wav(f.Path())
	want(t, left, 0, 500, 7)
	want(t, left, 500, 1000, 8)
	want(t, right, 500, 1000, -8)
	if len(left) != 8000 {
		t.Errorf("%d samples", len(left))
	}
}

func TestRecover(t *testing.T) {
	d := newDesk(t)
	audio := bytes.Repeat([]byte{1, 2, 3, 4}, 1000)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for _, c := range []struct {
		name   string
		file   []byte
		pairs  int
		mended int
		bad    bool
	}{
		{"whole", join(header(4000), audio), 1000, 0, false},
		{"header behind", join(header(400), audio), 1000, 1, false},
		{"header ahead", join(header(8000), audio), 1000, 1, false},
		{"torn sample", join(header(4000), audio, []byte{5, 6, 7}), 1000, 1, false},
		{"torn header", header(0)[:20], 0, 1, false},
		{"nothing", nil, 0, 1, false},
		{"header never written", join(make([]byte, 44), audio), 1000, 1, false},
		{"not ours", []byte(strings.Repeat("text ", 20)), 0, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join(d.dir, "acme/2026/01/02/c.wav")
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			n, err := d.l.Recover()
			if n != c.mended || (err != nil) != c.bad {
				t.Fatalf("mended %d, %v", n, err)
			}
			if c.bad {
				if b, _ := os.ReadFile(name); !bytes.Equal(b, c.file) {
					t.Error("a file that is not ours was changed")
				}
				return
			}
			left, _ := d.wav("acme/2026/01/02/c.wav")
			if len(left) != c.pairs || len(left) > 0 && left[len(left)-1] != 0x0201 {
				t.Errorf("%d samples, want %d", len(left), c.pairs)
			}
			if n, err = d.l.Recover(); n != 0 || err != nil {
				t.Errorf("again: %d, %v", n, err)
			}
		})
	}
}

// disk is a file system that is slow or full.
type disk struct {
	backing
	mu    sync.Mutex
	fail  error
	block chan struct{}
}

func (d *disk) set(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = err
}

func (d *disk) WriteAt(b []byte, at int64) (int, error) {
	d.mu.Lock()
	fail, block := d.fail, d.block
	d.mu.Unlock()
	if block != nil {
		<-block
	}
	if fail != nil {
		n, _ := d.backing.WriteAt(b[:len(b)/3], at)
		return n, fail
	}
	return d.backing.WriteAt(b, at)
}

func (d *desk) onBadDisk() *disk {
	bad := &disk{}
	inner := d.l.open
	d.l.open = func(name string) (backing, int64, error) {
		f, held, err := inner(name)
		bad.backing = f
		return bad, held, err
	}
	return bad
}

func TestDiskFull(t *testing.T) {
	d := newDesk(t)
	bad := d.onBadDisk()
	f := d.create("c1")
	d.frames(f, 25, 7, 7)
	d.l.flush(false)
	bad.set(syscall.ENOSPC)
	for range 5 {
		d.frames(f, 25, 8, 8)
		d.l.flush(false)
	}
	if !errors.Is(f.Err(), syscall.ENOSPC) {
		t.Errorf("error %v", f.Err())
	}
	if n := strings.Count(d.log.String(), "level=ERROR"); n != 1 {
		t.Errorf("%d lines in the log, want 1:\n%s", n, d.log.String())
	}
	if f.Duration() != 500*time.Millisecond {
		t.Errorf("duration %v while the disk is full", f.Duration())
	}
	bad.set(nil) // somebody made room: later audio is in its place
	d.frames(f, 25, 9, 9)
	_ = f.Close()
	d.l.flush(true)
	left, _ := d.wav(f.Path())
	want(t, left, 0, 500, 7)
	want(t, left, 3000, 3500, 9)
}

func TestNoRoomForTheFileItself(t *testing.T) {
	d := newDesk(t)
	inner := d.l.open
	d.l.open = func(string) (backing, int64, error) { return nil, 0, syscall.ENOSPC }
	f := d.create("c1")
	d.frames(f, 25, 7, 7)
	d.l.flush(true)
	d.l.open = inner
	d.frames(f, 25, 8, 8)
	_ = f.Close()
	d.l.flush(true)
	left, _ := d.wav(f.Path())
	want(t, left, 0, 500, 7)
	want(t, left, 500, 1000, 8)
	if !errors.Is(f.Err(), syscall.ENOSPC) {
		t.Errorf("error %v", f.Err())
	}

	d.l.open = func(string) (backing, int64, error) { return nil, 0, syscall.ENOSPC }
	g := d.create("c2")
	_ = g.Close()
	d.l.flush(true)
	<-g.Done()
}

// The disk hangs for ten seconds: the audio's side never waits, the buffer stays
// within its bound, and what was left out is silence in its place.
func TestSlowDisk(t *testing.T) {
	d := newDesk(t)
	bad := d.onBadDisk()
	bad.block = make(chan struct{})
	f := d.create("c1")
	d.frames(f, 25, 7, 7)
	var writer sync.WaitGroup
	writer.Go(func() { d.l.flush(false) })
	for f.pending() > 0 { // the writer has taken the first half second
		time.Sleep(time.Millisecond)
	}
	d.frames(f, 500, 8, 8)
	if n := f.pending(); n != maxPending {
		t.Errorf("%d octets waiting, want the bound %d", n, maxPending)
	}
	close(bad.block)
	writer.Wait()
	d.l.flush(false)
	d.frames(f, 25, 9, 9)
	_ = f.Close()
	d.l.flush(true)
	if f.LeftOut() != 250 || f.Err() != nil {
		t.Errorf("%d left out, %v", f.LeftOut(), f.Err())
	}
	left, _ := d.wav(f.Path())
	want(t, left, 0, 500, 7)
	want(t, left, 500, 5500, 8)
	want(t, left, 5500, 10_500, 0)
	want(t, left, 10_500, 11_000, 9)
}

func (f *File) pending() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.data)
}
