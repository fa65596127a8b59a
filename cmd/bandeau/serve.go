package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"bandeau/app"
)

func serveCommand() command {
	return command{
		name: "serve", summary: "run the whole system in the foreground",
		detail: `Each setting is taken from its flag, else from the environment, else from the
file of --config (the key is the name of the flag), else it is the default. Port 0
is accepted everywhere; the log tells the real address.

A first start on an empty store creates the centre "main" and the technical user
"admin", whose password is BANDEAU_SETUP_PASSWORD if that is set, else generated
and printed once.

SIGTERM or SIGINT lets running calls end, for --drain at most; a second one stops
at once.
`,
		flags: settingFlags(),
		run: func(t terminal, c call) error {
			opts, err := c.options(t)
			if err != nil {
				return err
			}
			ctx, hard, stop := untilSignalled()
			defer stop()
			return app.Run(ctx, hard, opts, t.stdout, newLogger(t.stderr, opts))
		},
	}
}

// newLogger returns a logger of the form and level chosen.
func newLogger(w io.Writer, opts app.Options) *slog.Logger {
	options := &slog.HandlerOptions{Level: opts.LogLevel}
	if opts.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// untilSignalled returns a context that ends with the first SIGINT or SIGTERM, or
// one of the others given, and one that ends with the second. A third has the
// effect it has on any process, in case the stop itself hangs.
func untilSignalled(others ...os.Signal) (ctx, hard context.Context, stop func()) {
	hard, cancelHard := context.WithCancel(context.Background())
	ctx, cancel := context.WithCancel(hard)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, append(others, syscall.SIGINT, syscall.SIGTERM)...)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer signal.Stop(signals)
		for _, end := range []context.CancelFunc{cancel, cancelHard} {
			select {
			case <-signals:
				end()
			case <-hard.Done():
				return
			}
		}
	})
	return ctx, hard, func() {
		cancelHard()
		cancel()
		wg.Wait()
	}
}
