package demo

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// counts tells how the simulation fares.
type counts struct {
	log *slog.Logger

	placed, served, gaveUp, out, failures atomic.Int64
}

// failed takes note of something that will be tried again; what ends with the
// simulation is no failure.
func (c *counts) failed(ctx context.Context, what string, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	c.failures.Add(1)
	c.log.DebugContext(ctx, "simulation: tried again later", "what", what, "error", err)
}
