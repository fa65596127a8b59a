package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"bandeau/acd"
	"bandeau/api"
	"bandeau/directory"
	"bandeau/media"
	"bandeau/recording"
	"bandeau/report"
	"bandeau/store"
)

// recorder makes the files of recorded calls for call control.
type recorder struct{ library *recording.Library }

// Create implements telephony.Recorder.
func (r recorder) Create(
	centre string, call acd.CallID, started time.Time, stored func(lost bool),
) (media.FrameSink, error) {
	f, err := r.library.Create(centre, string(call), started)
	if err != nil {
		return nil, err
	}
	go func() { // ends with the file, which ends with the library at the latest
		<-f.Done()
		stored(f.Err() != nil)
	}()
	return f, nil
}

// takes opens recordings for the API.
type takes struct {
	library *recording.Library
	store   store.Store
}

// Open implements api.Recordings.
func (t takes) Open(ctx context.Context, centre directory.ID, call acd.CallID) (api.Recording, error) {
	row, err := t.store.Call(ctx, string(centre), call)
	if err != nil {
		return nil, storeError(err)
	}
	if row.Recording != acd.RecordingReady {
		return nil, api.ErrNotFound
	}
	file, err := openTake(t.library, string(centre), row)
	if err != nil {
		return nil, err
	}
	return take{file, row.EndedAt.Time()}, nil
}

// openTake finds the file of a call. It lies in the folder of the day on which
// the recording began: that of the answer, or, just past midnight, of the end.
func openTake(l *recording.Library, centre string, row report.Call) (io.ReadSeekCloser, error) {
	for _, day := range []acd.Instant{row.AnsweredAt, row.ArrivedAt, row.EndedAt} {
		if day == 0 {
			continue
		}
		file, _, err := l.Open(centre, string(row.ID), day.Time())
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, recording.ErrNotFound) {
			return nil, fmt.Errorf("open recording: %w", err)
		}
	}
	return nil, api.ErrNotFound
}

// take is an open recording.
type take struct {
	io.ReadSeekCloser
	at time.Time
}

// ModTime implements api.Recording.
func (t take) ModTime() time.Time { return t.at }
