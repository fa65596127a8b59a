// Command rig is the world around the browser tests: the real binary in a
// process of its own, a small centre in it, and the telephones, the carrier and
// the post office that a centre has around it, all on the loopback interface.
// Only the node's pages may be elsewhere, for a browser in another network.
//
// It prints one line of JSON that says where everything is and who may log in,
// obeys the tests through HTTP, and ends when its standard input is closed, so
// that nothing is left when the tests die.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "rig:", err)
		os.Exit(1) //nolint:forbidigo // this is a main
	}
}

func run() error {
	binary := flag.String("binary", "", "the program under test, built with its front end")
	host := flag.String("host", loopback().Addr().String(), "where the node's pages and browser phones are")
	flag.Parse()
	if *binary == "" {
		return errors.New("-binary is missing")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // its end is all that counts
		stop()
	}()
	data, err := os.MkdirTemp("", "bandeau-browser-")
	if err != nil {
		return fmt.Errorf("a directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(data) }() // the system clears what is left there
	w, err := newWorld(ctx, *binary, *host, data)
	if err != nil {
		return err
	}
	defer w.close()
	if err := json.NewEncoder(os.Stdout).Encode(w.ready); err != nil {
		return fmt.Errorf("say that it is ready: %w", err)
	}
	<-ctx.Done()
	return nil
}
