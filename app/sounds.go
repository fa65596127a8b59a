package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/media"
	"bandeau/media/audio"
	"bandeau/store"
)

const (
	// soundMemory bounds the audio kept in memory, in bytes: about an hour.
	soundMemory = 64 << 20
	// soundSuffix is that of a complete file; one that is being written has
	// another.
	soundSuffix   = ".wav"
	partialSuffix = ".part"
)

// soundFiles keeps the audio of the centres' sounds, one file each, and the
// sources that are being played.
type soundFiles struct {
	dir string
	log *slog.Logger
	// converting is held by the one upload that is being converted: it takes a
	// processor for seconds, which calls need.
	converting chan struct{}

	mu     sync.Mutex
	played []playedSound // the one used last comes last
	memory int
	missed map[soundKey]bool // said once to be missing
}

// soundKey names a source.
type soundKey struct {
	centre string
	id     acd.SoundID
	loop   bool
}

// playedSound is a source in memory.
type playedSound struct {
	soundKey
	source media.Source
	bytes  int
}

func newSoundFiles(dir string, log *slog.Logger) *soundFiles {
	return &soundFiles{dir: dir, log: log, converting: make(chan struct{}, 1), missed: map[soundKey]bool{}}
}

// path is where a sound lies. Identifiers are ours, but one that came from
// elsewhere must not lead anywhere else.
func (f *soundFiles) path(centre, id string) (string, error) {
	for _, name := range []string{centre, id} {
		if name == "" || strings.ContainsAny(name, `/\.`) || !filepath.IsLocal(name) {
			return "", fmt.Errorf("sound %q of %q: %w", id, centre, fs.ErrNotExist)
		}
	}
	return filepath.Join(f.dir, centre, id+soundSuffix), nil
}

// convert turns an upload into what telephones carry.
func (f *soundFiles) convert(ctx context.Context, data []byte) (audio.PCM, []int16, error) {
	select {
	case f.converting <- struct{}{}:
		defer func() { <-f.converting }()
	case <-ctx.Done():
		return audio.PCM{}, nil, ctx.Err()
	}
	pcm, err := audio.Decode(data)
	if err != nil {
		return pcm, nil, err
	}
	return pcm, pcm.Telephone(), nil
}

// write keeps the audio of a sound: complete or not at all.
func (f *soundFiles) write(centre, id string, data []byte) (err error) {
	path, err := f.path(centre, id)
	if err != nil {
		return err
	}
	if err = os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	partial := path + partialSuffix
	defer func() {
		if err != nil {
			err = errors.Join(err, unlink(partial))
		}
	}()
	file, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(partial, path)
}

// unlink removes a file, if it is there.
func unlink(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// remove deletes the audio of a sound that has no record any more.
func (f *soundFiles) remove(centre, id string) error {
	path, err := f.path(centre, id)
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.played = slices.DeleteFunc(f.played, func(p playedSound) bool {
		gone := p.centre == centre && string(p.id) == id
		if gone {
			f.memory -= p.bytes
		}
		return gone
	})
	f.mu.Unlock()
	return unlink(path)
}

// Source implements telephony.Sounds. A sound that nobody has played lately is
// read from its file, of a few megabytes at most.
func (f *soundFiles) Source(centre string, id acd.SoundID, loop bool) (media.Source, bool) {
	key := soundKey{centre, id, loop}
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.IndexFunc(f.played, func(p playedSound) bool { return p.soundKey == key }); i >= 0 {
		found := f.played[i]
		f.played = append(slices.Delete(f.played, i, i+1), found)
		return found.source, true
	}
	pcm, err := f.read(centre, string(id))
	if err != nil {
		if !f.missed[key] {
			f.missed[key] = true
			f.log.Error("sound can not be played", "centre", centre, "sound", string(id), "error", err)
		}
		return nil, false
	}
	delete(f.missed, key)
	found := playedSound{soundKey: key, source: media.FromPCM(pcm, loop), bytes: 2 * len(pcm)}
	f.played = append(f.played, found)
	for f.memory += found.bytes; f.memory > soundMemory && len(f.played) > 1; {
		f.memory -= f.played[0].bytes
		f.played = slices.Delete(f.played, 0, 1)
	}
	return found.source, true
}

func (f *soundFiles) read(centre, id string) ([]int16, error) {
	path, err := f.path(centre, id)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path) //nolint:gosec // path lets no name lead elsewhere
	if err != nil {
		return nil, err
	}
	return audio.ReadWAV16(data)
}

// sweep removes what an upload that was cut off, or a removal, has left. It
// runs before anything is uploaded.
func (f *soundFiles) sweep(ctx context.Context, s store.Store, centre directory.ID) error {
	var sounds []directory.Sound
	if err := loadAll(ctx, s.Sounds(), centre, &sounds); err != nil {
		return err
	}
	folder := filepath.Join(f.dir, string(centre))
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var errs []error
	for _, file := range files {
		id, complete := strings.CutSuffix(file.Name(), soundSuffix)
		_, kept := find(sounds, func(s directory.Sound) bool { return string(s.ID) == id })
		if !complete || !kept {
			errs = append(errs, unlink(filepath.Join(folder, file.Name())))
		}
	}
	return errors.Join(append(errs, err)...)
}

// sounds adds the audio to the records.
type sounds struct{ resource[directory.Sound] }

// Sounds implements api.Records.
func (r *records) Sounds() api.Sounds {
	return sounds{resource[directory.Sound]{
		r, func(s store.Records) store.Repository[directory.Sound] { return s.Sounds() },
		func(s *directory.Sound) *directory.Meta { return &s.Meta },
	}}
}

// Create implements api.Sounds. The file is there before the record, so that
// what has a record can be played.
func (s sounds) Create(ctx context.Context, name string, centre directory.ID, data []byte) (directory.Sound, error) {
	var none directory.Sound
	files := s.of.sounds
	pcm, line, err := files.convert(ctx, data)
	if err != nil {
		return none, soundError(err)
	}
	wav := audio.WAV16(line)
	record := directory.Sound{
		Meta: directory.Meta{Centre: centre}, Name: name, Format: pcm.Format, Bytes: int64(len(wav)),
		Duration: time.Duration(len(line)) * time.Second / media.SampleRate,
	}
	record.Duration = record.Duration.Truncate(time.Millisecond)
	s.of.fresh(&record.Meta)
	id := string(record.ID)
	if err = files.write(string(centre), id, wav); err != nil {
		return none, fmt.Errorf("write sound: %w", err)
	}
	var created directory.Sound
	err = s.of.store.Tx(ctx, func(tx store.Records) error {
		all, problem := tx.Sounds().List(ctx, centre, store.Page{})
		if problem != nil {
			return problem
		}
		if len(all.Items) >= directory.MaxSounds {
			return &api.SoundError{
				Reason: fmt.Sprintf("a centre has at most %d sounds", directory.MaxSounds), Status: http.StatusConflict,
			}
		}
		created, problem = tx.Sounds().Create(ctx, record)
		return problem
	})
	if err != nil {
		return none, errors.Join(storeError(err), files.remove(string(centre), id))
	}
	return created, nil
}

// soundError says in the API's words why a file is not taken.
func soundError(err error) error {
	broken, ok := errors.AsType[*audio.Error](err)
	if !ok {
		return err
	}
	status := http.StatusUnprocessableEntity
	if broken.Kind == audio.Unknown || broken.Kind == audio.Unsupported {
		status = http.StatusUnsupportedMediaType
	}
	return &api.SoundError{Reason: broken.Reason, Status: status}
}

// Delete implements api.Sounds.
func (s sounds) Delete(ctx context.Context, centre, id directory.ID, revision int64) error {
	if err := s.of.store.Sounds().Delete(ctx, centre, id, revision); err != nil {
		return storeError(err)
	}
	if err := s.of.sounds.remove(string(centre), string(id)); err != nil {
		s.of.log.ErrorContext(ctx, "file of a deleted sound not removed", "sound", string(id), "error", err)
	}
	return nil
}

// Open implements api.Sounds.
func (s sounds) Open(ctx context.Context, centre, id directory.ID) (api.Recording, error) {
	record, err := s.of.store.Sounds().Get(ctx, centre, id)
	if err != nil {
		return nil, storeError(err)
	}
	path, err := s.of.sounds.path(string(centre), string(record.ID))
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path) //nolint:gosec // path lets no name lead elsewhere
	if err != nil {
		return nil, fmt.Errorf("read sound: %w", err)
	}
	return openSound{bytes.NewReader(data), record.CreatedAt}, nil
}

// openSound is the audio of a sound, which never changes.
type openSound struct {
	*bytes.Reader
	at time.Time
}

// Close implements api.Recording.
func (openSound) Close() error { return nil }

// ModTime implements api.Recording.
func (o openSound) ModTime() time.Time { return o.at }
