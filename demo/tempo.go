package demo

import (
	"context"
	"time"
)

// tempo is the simulated time: as many times faster than the clock on the wall
// as it is told. The node keeps the time of the wall.
type tempo struct {
	began time.Time
	pace  float64
}

// elapsed is the simulated time since the beginning.
func (t tempo) elapsed() time.Duration {
	return time.Duration(float64(time.Since(t.began)) * t.pace)
}

// now is the simulated time.
func (t tempo) now() time.Time { return t.began.Add(t.elapsed()) }

// real is how long a simulated duration takes on the wall.
func (t tempo) real(d time.Duration) time.Duration { return time.Duration(float64(d) / t.pace) }

// wait lets a simulated duration pass, and returns false when the context ended
// first.
func (t tempo) wait(ctx context.Context, d time.Duration) bool { return sleep(ctx, t.real(d)) }

// sleep lets time pass on the wall, and returns false when the context ended
// first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
