package recording

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var day = time.Date(2026, 3, 9, 23, 30, 0, 0, time.UTC)

// desk is a library whose time and writer the test moves by hand.
type desk struct {
	t   *testing.T
	l   *Library
	dir string
	log bytes.Buffer
	now time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: filepath.Join(t.TempDir(), "recordings"), now: day}
	d.reopen()
	t.Cleanup(func() { _ = d.l.Close() })
	return d
}

// reopen is what the next process does.
func (d *desk) reopen() {
	d.t.Helper()
	l, err := newLibrary(d.dir, slog.New(slog.NewTextHandler(&d.log, nil)), func() time.Time { return d.now })
	if err != nil {
		d.t.Fatal(err)
	}
	d.l = l
}

func (d *desk) create(call string) *File {
	d.t.Helper()
	f, err := d.l.Create("acme", call, day)
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

// frames writes n frames of 20 ms, each as the clock does, 160 ms after its time.
func (d *desk) frames(f *File, n int, left, right int16) {
	d.t.Helper()
	stereo := make([]int16, 320)
	for i := range 160 {
		stereo[2*i], stereo[2*i+1] = left, right
	}
	for range n {
		d.now = d.now.Add(20 * time.Millisecond)
		if err := f.WriteFrame(stereo); err != nil {
			d.t.Fatal(err)
		}
	}
}

// wav checks a file's header as a player would and returns its channels.
func (d *desk) wav(name string) (left, right []int16) {
	d.t.Helper()
	b, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		d.t.Fatal(err)
	}
	return decode(d.t, b)
}

func decode(t *testing.T, b []byte) (left, right []int16) {
	t.Helper()
	if len(b) < 44 {
		t.Fatalf("file of %d octets", len(b))
	}
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(b[at:])) }
	if string(b[0:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || string(b[36:40]) != "data" {
		t.Fatalf("header %q", b[:44])
	}
	if u32(4) != len(b)-8 || u32(40) != len(b)-44 {
		t.Fatalf("header says %d and %d, the file has %d octets", u32(4), u32(40), len(b))
	}
	if u32(16) != 16 || u16(20) != 1 || u16(22) != 2 || u32(24) != 8000 || u32(28) != 32000 || u16(32) != 4 || u16(34) != 16 {
		t.Fatalf("format % x", b[16:36])
	}
	for at := 44; at+4 <= len(b); at += 4 {
		left = append(left, int16(u16(at)))
		right = append(right, int16(u16(at+2)))
	}
	return left, right
}

// want fails unless every sample of a stretch, in ms, has the value.
func want(t *testing.T, pcm []int16, from, to int, value int16) {
	t.Helper()
	if len(pcm) < to*8 {
		t.Fatalf("%d ms of audio, want %d", len(pcm)/8, to)
	}
	for i, v := range pcm[from*8 : to*8] {
		if v != value {
			t.Fatalf("sample %d at %d ms, want %d", v, from+i/8, value)
		}
	}
}

func TestStereoFile(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	d.frames(f, 50, 1000, -2000)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	d.l.flush(true)
	<-f.Done()
	left, right := d.wav("acme/2026/03/09/c1.wav")
	if len(left) != 8000 {
		t.Fatalf("%d samples, want a second", len(left))
	}
	want(t, left, 0, 1000, 1000)
	want(t, right, 0, 1000, -2000)
	if f.Err() != nil || f.LeftOut() != 0 || f.Duration() != time.Second || f.Path() != "acme/2026/03/09/c1.wav" {
		t.Errorf("%v, %d left out, %v, %s", f.Err(), f.LeftOut(), f.Duration(), f.Path())
	}
	if err := f.WriteFrame(make([]int16, 320)); !errors.Is(err, ErrClosed) {
		t.Errorf("write after the end: %v", err)
	}
	for name, mode := range map[string]os.FileMode{"": 0o700, "acme": 0o700, "acme/2026/03/09": 0o700, f.Path(): 0o600} {
		if info, err := os.Stat(filepath.Join(d.dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestSilentCallHasItsLength(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	d.now = day.Add(3 * time.Second)
	_ = f.Close()
	d.l.flush(true)
	left, right := d.wav(f.Path())
	if len(left) != 24000 {
		t.Fatalf("%d samples, want 3 s", len(left))
	}
	want(t, left, 0, 3000, 0)
	want(t, right, 0, 3000, 0)
}

// The recording is taken up again after a hold: the time in between is silence,
// and what follows is in its place.
func TestMissingTimeIsSilence(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	d.now = day.Add(160 * time.Millisecond)
	d.frames(f, 50, 7, 7) // 0 to 1 s
	d.l.flush(false)
	d.now = d.now.Add(4 * time.Second)
	d.frames(f, 50, 9, 9) // 5 to 6 s
	d.now = d.now.Add(2 * time.Second)
	_ = f.Close() // at 8.16 s
	d.l.flush(true)
	left, _ := d.wav(f.Path())
	want(t, left, 0, 1000, 7)
	want(t, left, 1000, 5000, 0)
	want(t, left, 5000, 6000, 9)
	want(t, left, 6000, 8160, 0)
	if len(left) != 8160*8 {
		t.Errorf("%d ms", len(left)/8)
	}
}

// The recording of a call that came first waits is as long as the call.
func TestCreatedAfterTheStart(t *testing.T) {
	d := newDesk(t)
	d.now = day.Add(10 * time.Second)
	f := d.create("c1")
	d.now = d.now.Add(160 * time.Millisecond)
	d.frames(f, 50, 7, 7)
	_ = f.Close()
	d.l.flush(true)
	left, _ := d.wav(f.Path())
	want(t, left, 0, 10_000, 0)
	want(t, left, 10_000, 11_000, 7)
}

func TestClockCatchingUpLeavesNoHole(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	d.now = day.Add(160 * time.Millisecond)
	d.frames(f, 10, 7, 7)
	d.now = d.now.Add(300 * time.Millisecond) // a stall, then all frames at once
	for range 15 {
		d.frames(f, 1, 7, 7)
		d.now = d.now.Add(-20 * time.Millisecond)
	}
	_ = f.Close()
	d.l.flush(true)
	left, _ := d.wav(f.Path())
	want(t, left, 0, 500, 7)
}

// A call that outlives the process goes on in the same file, in its place.
func TestNextProcessGoesOn(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	d.now = day.Add(160 * time.Millisecond)
	d.frames(f, 50, 7, 7)
	d.l.flush(false)
	d.frames(f, 10, 8, 8) // lost with the process
	d.reopen()
	if n, err := d.l.Recover(); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	d.now = day.Add(3*time.Second + 160*time.Millisecond)
	f = d.create("c1")
	d.frames(f, 50, 9, 9)
	_ = f.Close()
	d.l.flush(true)
	left, _ := d.wav(f.Path())
	want(t, left, 0, 1000, 7)
	want(t, left, 1000, 3000, 0)
	want(t, left, 3000, 4000, 9)
}

func TestSecondRecordingFollowsTheFirst(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	if _, err := d.l.Create("acme", "c1", day); !errors.Is(err, ErrInProgress) {
		t.Errorf("created twice: %v", err)
	}
	d.frames(f, 50, 7, 7)
	_ = f.Close()
	g := d.create("c1") // before the first is written out
	d.frames(g, 10, 9, 9)
	_ = g.Close()
	d.l.flush(true)
	left, _ := d.wav(f.Path())
	want(t, left, 0, 1000, 7)
	want(t, left, 1000, 1200, 9)
}

func TestWriteFrameDoesNotAllocate(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	stereo := make([]int16, 320)
	for range 2 { // both buffers have grown
		d.frames(f, 100, 7, 7)
		d.l.flush(false)
	}
	if n := testing.AllocsPerRun(50, func() { _ = f.WriteFrame(stereo) }); n != 0 {
		t.Errorf("%v allocations for a frame", n)
	}
}

func TestTooLong(t *testing.T) {
	d := newDesk(t)
	f := d.create("c1")
	d.now = day.Add(25 * time.Hour)
	if err := f.WriteFrame(make([]int16, 320)); !errors.Is(err, ErrTooLong) {
		t.Errorf("after 25 h: %v", err)
	}
	_ = f.Close()
	d.l.flush(true)
	info, err := os.Stat(filepath.Join(d.dir, f.Path()))
	if err != nil || info.Size() != headerLen+maxPairs*pairLen {
		t.Errorf("%v, %v", info.Size(), err)
	}
	if d.create("c2").offset != 24*time.Hour {
		t.Error("a start long ago is not bounded")
	}
}

func TestBadIDs(t *testing.T) {
	d := newDesk(t)
	for _, id := range []string{"", ".", "..", "../x", "a/b", `a\b`, "a\x00", ".hidden", "a.", "é", "a b", strings.Repeat("x", 101), "C:x"} {
		if _, err := d.l.Create(id, "c1", day); !errors.Is(err, ErrBadID) {
			t.Errorf("centre %q: %v", id, err)
		}
		if _, err := d.l.Create("acme", id, day); !errors.Is(err, ErrBadID) {
			t.Errorf("call %q: %v", id, err)
		}
		if _, _, err := d.l.Open("acme", id, day); !errors.Is(err, ErrBadID) {
			t.Errorf("open %q: %v", id, err)
		}
		if err := d.l.Delete(id, "c1", day); !errors.Is(err, ErrBadID) {
			t.Errorf("delete %q: %v", id, err)
		}
	}
}

// A link planted in the folder leads nowhere.
func TestLinksOutOfTheFolder(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(d.dir, "acme")); err != nil {
		t.Fatal(err)
	}
	f := d.create("c1")
	_ = f.Close()
	d.l.flush(true)
	if f.Err() == nil {
		t.Error("written through the link")
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 0 {
		t.Errorf("outside holds %v", entries)
	}
}

func TestOpenAndDelete(t *testing.T) {
	d := newDesk(t)
	if _, _, err := d.l.Open("acme", "c1", day); !errors.Is(err, ErrNotFound) {
		t.Errorf("open: %v", err)
	}
	if err := d.l.Delete("acme", "c1", day); !errors.Is(err, ErrNotFound) {
		t.Errorf("delete: %v", err)
	}
	f := d.create("c1")
	d.frames(f, 25, 7, 7)
	d.l.flush(false)
	r, size, err := d.l.Open("acme", "c1", day)
	if err != nil {
		t.Fatal(err)
	}
	d.frames(f, 25, 8, 8)
	d.l.flush(false)
	b, err := io.ReadAll(r) // ends where it had come to
	if err != nil || int64(len(b)) != size || size != 44+500*32 {
		t.Fatalf("%d octets of %d, %v", len(b), size, err)
	}
	if n, seekErr := r.Seek(44, io.SeekStart); n != 44 || seekErr != nil {
		t.Error(n, seekErr)
	}
	if err = r.Close(); err != nil {
		t.Error(err)
	}
	if err = d.l.Delete("acme", "c1", day); !errors.Is(err, ErrInProgress) {
		t.Errorf("deleted while being made: %v", err)
	}
	_ = f.Close()
	other := d.create("c2")
	_ = other.Close()
	d.l.flush(true)
	if err = d.l.Delete("acme", "c1", day); err != nil {
		t.Error(err)
	}
	if _, _, err = d.l.Open("acme", "c1", day); !errors.Is(err, ErrNotFound) {
		t.Errorf("open after delete: %v", err)
	}
	if _, err = os.Stat(filepath.Join(d.dir, other.Path())); err != nil {
		t.Error("the other one is gone:", err)
	}
	if err = d.l.Delete("acme", "c2", day); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(filepath.Join(d.dir, "acme")); len(entries) != 0 {
		t.Error("empty folders are left")
	}
	if err = os.WriteFile(filepath.Join(d.dir, "x.wav"), []byte("no"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err = os.MkdirAll(filepath.Join(d.dir, "acme/2026/03/09"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err = os.WriteFile(filepath.Join(d.dir, "acme/2026/03/09/c3.wav"), make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err = d.l.Open("acme", "c3", day); !errors.Is(err, ErrDamaged) {
		t.Errorf("opened a damaged file: %v", err)
	}
}

// With its own writer and the system's clock: flushed within a second while it
// is being made, and whole within a second after the end.
func TestWriterKeepsUp(t *testing.T) {
	dir := t.TempDir()
	l, err := New(dir, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	f, err := l.Create("acme", "c1", started)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if err = f.WriteFrame(make([]int16, 320)); err != nil {
			t.Fatal(err)
		}
	}
	for f.Duration() < 200*time.Millisecond {
		if time.Since(started) > 5*time.Second {
			t.Fatal("never flushed")
		}
		time.Sleep(5 * time.Millisecond)
	}
	_ = f.Close()
	select {
	case <-f.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("never whole")
	}
	g, err := l.Create("acme", "c2", started)
	if err != nil {
		t.Fatal(err)
	}
	_ = g.WriteFrame(make([]int16, 320))
	if err = l.Close(); err != nil {
		t.Error(err)
	}
	if err = l.Close(); err != nil {
		t.Error(err)
	}
	<-g.Done()
	if _, err = l.Create("acme", "c3", started); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	for _, x := range []*File{f, g} {
		b, err := os.ReadFile(filepath.Join(dir, x.Path()))
		if err != nil {
			t.Fatal(err)
		}
		if left, _ := decode(t, b); len(left) < 160 {
			t.Errorf("%s has %d samples", x.Path(), len(left))
		}
	}
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(file, nil, nil); err == nil {
		t.Error("a file was taken for a folder")
	}
}
