package api

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// recorder notes what was answered, for the log.
type recorder struct {
	http.ResponseWriter

	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(data []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(data)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Hijack implements http.Hijacker, for WebSockets.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	r.status = http.StatusSwitchingProtocols
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("hijack: %w", err)
	}
	return conn, rw, nil
}

// logged writes a line for each request: never its query, its headers or its
// body, which hold numbers, cookies and passwords. A panic is an answer of 500
// and a line of its own; it ends nothing else.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := s.cfg.Clock.Now()
		rec := &recorder{ResponseWriter: w}
		defer s.answered(r.Context(), rec, r, begin)
		next.ServeHTTP(rec, r)
	})
}

// answered is deferred: it logs a request that has ended, or that a panic
// ended.
func (s *Server) answered(ctx context.Context, rec *recorder, r *http.Request, begin time.Time) {
	if cause := recover(); cause != nil {
		s.cfg.Log.ErrorContext(ctx, "handler panicked", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
		if rec.status == 0 {
			writeProblem(rec, internal())
		}
	}
	level := slog.LevelInfo
	if r.URL.Path == "/healthz" || r.URL.Path == "/metrics" || strings.HasPrefix(r.URL.Path, "/"+assets) {
		level = slog.LevelDebug
	}
	s.cfg.Log.LogAttrs(ctx, level, "request",
		slog.String("method", clip(r.Method)), slog.String("path", clip(r.URL.Path)),
		slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes),
		slog.Int64("milliseconds", s.cfg.Clock.Now().Sub(begin).Milliseconds()),
		slog.String("remote", r.RemoteAddr))
}

const transportPolicy = 365 * 24 * time.Hour

// pagePolicy allows what a page needs: its own scripts and connections, sounds
// and pictures made in the page, and its own styles, to which belong the
// elements it marks with the nonce of its answer. Only the page's own policies
// make text into something that could be a script; the default one gives
// elements of style their text.
func pagePolicy(nonce string) string {
	return contentPolicy("'self' 'nonce-"+nonce+"'", "bandeau default")
}

// contentPolicy is that of an answer, where it allows styles, and the names of
// the policies of trusted types.
func contentPolicy(styles, trusted string) string {
	return "default-src 'none'; script-src 'self'; style-src " + styles + "; img-src 'self' data: blob:; " +
		"font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; " +
		"frame-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types " + trusted
}

// hardened sets the headers that narrow what a browser may do with an answer.
func (s *Server) hardened(next http.Handler) http.Handler {
	policy := contentPolicy("'self'", "'none'")
	strict := fmt.Sprintf("max-age=%d", int(transportPolicy.Seconds()))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin-allow-popups") // else a screen-pop window cannot be used again
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
		if r.TLS != nil || s.cfg.SecureCookies {
			h.Set("Strict-Transport-Security", strict)
		}
		next.ServeHTTP(w, r)
	})
}
