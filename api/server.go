package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"bandeau/internal/clock"
)

// prefix is where the resources stand.
const prefix = "/api/v1"

// Build says which program this is.
type Build struct {
	Version string `json:"version" doc:"The release."`
	Commit  string `json:"commit" doc:"The commit it was built from."`
	Go      string `json:"go" doc:"The Go release it was built with."`
}

// Config is what a server needs. Everything but the fields that say so is
// required.
type Config struct {
	Records Records
	Floors  Floors
	Calls   Calls
	// Browsers connects browser phones; nil for none.
	Browsers   Browsers
	History    History
	Recordings Recordings
	// Simulator answers what-if questions; nil for none.
	Simulator Simulator
	Passwords Passwords
	Clock     clock.Clock
	// Random gives cookies, tokens, passwords and call identifiers; it must be
	// fit for secrets.
	Random io.Reader
	Log    *slog.Logger
	Build  Build
	// Healthy says why the node cannot serve; nil for always healthy.
	Healthy func(ctx context.Context) error
	// Web is the front end as it was built, with index.html at its root; nil or
	// empty where nothing was.
	Web fs.FS
	// Metrics serves /metrics; nil for nothing.
	Metrics http.Handler
	// SecureCookies marks cookies Secure even when the connection is not TLS,
	// for a server behind a proxy that is.
	SecureCookies bool
	// Ping is the interval of the pings of live streams, 15 s when zero.
	Ping time.Duration
}

// Server answers HTTP requests. Make one with New.
type Server struct {
	cfg     Config
	rights  map[string]access
	api     huma.API
	mux     *http.ServeMux
	handler http.Handler
	cross   *http.CrossOriginProtection
	limiter *limiter
	signs   *signs
	streams *streams
	lines   lines
	ears    ears
	pops    *pops
	asking  asking
	// stopping is closed when the live streams are to end.
	stopping chan struct{}
	stop     sync.Once
}

const defaultPing = 15 * time.Second

// New returns a server. It fails when something required is missing.
func New(cfg Config) (*Server, error) {
	if cfg.Records == nil || cfg.Floors == nil || cfg.Calls == nil || cfg.History == nil || cfg.Recordings == nil ||
		cfg.Passwords == nil || cfg.Clock == nil || cfg.Random == nil || cfg.Log == nil {
		return nil, errors.New("api: incomplete configuration")
	}
	if cfg.Ping <= 0 {
		cfg.Ping = defaultPing
	}
	if cfg.Healthy == nil {
		cfg.Healthy = func(context.Context) error { return nil }
	}
	s := &Server{
		cfg: cfg, rights: rights(), mux: http.NewServeMux(),
		limiter: newLimiter(), signs: newSigns(), streams: newStreams(), pops: newPops(),
		lines: lines{who: map[PhoneOwner]*line{}}, ears: ears{browsers: map[PhoneOwner]bool{}},
		cross: http.NewCrossOriginProtection(), stopping: make(chan struct{}),
	}
	s.api = humago.New(s.mux, humaConfig(cfg.Build.Version))
	s.routes()
	if err := s.serveDocument(); err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	pages, err := newWeb(cfg.Web, cfg.Random)
	if err != nil {
		return nil, err
	}
	s.others(pages)
	s.cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, problem(http.StatusForbidden, codeCrossSite, "requests from other sites are refused"))
	}))
	s.handler = s.logged(s.hardened(s.cross.Handler(s.mux)))
	return s, nil
}

// humaConfig leaves out what the router would add by itself: its own document
// and schema routes, and links in answers.
func humaConfig(version string) huma.Config {
	config := huma.DefaultConfig("Bandeau", version)
	config.Info.Description = description
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	config.Transformers = []huma.Transformer{ownProblems}
	config.RejectUnknownQueryParameters = true
	return config
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the live streams; requests in progress go on. An http.Server that
// shuts down waits for event streams and does not know of WebSockets, so this
// comes first.
func (s *Server) Close() {
	s.stop.Do(func() { close(s.stopping) })
	s.streams.wait()
}

// routes registers every operation.
func (s *Server) routes() {
	s.accountRoutes()
	s.operatorRoutes()
	s.groupRoutes()
	s.pauseTypeRoutes()
	s.numberRoutes()
	s.soundRoutes()
	s.previewRoutes()
	s.simulationRoutes()
	s.trunkRoutes()
	s.phoneRoutes()
	s.userRoutes()
	s.tokenRoutes()
	s.centreRoutes()
	s.outboxRoutes()
	s.meRoutes()
	s.myPhoneRoutes()
	s.myCallRoutes()
	s.transferRoutes()
	s.pickUpRoutes()
	s.streamRoutes()
	s.floorRoutes()
	s.floorPhoneRoutes()
	s.eventRoutes()
	s.dayRoutes()
	s.callRoutes()
	s.versionRoutes()
}

// others serves what is no resource.
func (s *Server) others(pages http.Handler) {
	s.mux.HandleFunc("GET /healthz", s.health)
	if s.cfg.Metrics != nil {
		s.mux.Handle("GET /metrics", s.cfg.Metrics)
	}
	s.mux.HandleFunc("/api/", s.unknown)
	s.mux.Handle("/", pages)
}

func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := s.cfg.Healthy(r.Context()); err != nil {
		s.cfg.Log.WarnContext(r.Context(), "not healthy", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "unavailable\n")
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

// unknown answers for a path of the API that has no route: 405 when it has one
// with another method.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(probe); strings.HasPrefix(pattern, method+" ") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		writeProblem(w, problem(http.StatusNotFound, codeNotFound, "there is no such resource"))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	writeProblem(w, problem(http.StatusMethodNotAllowed, codeMethod, "allowed are "+strings.Join(allowed, ", ")))
}

type versionOutput struct{ Body Build }

func (s *Server) versionRoutes() {
	add(s, route{
		id: "version", method: http.MethodGet, path: "/version", tag: "Node",
		summary: "The version of the program",
	}, func(context.Context, *struct{}) (*versionOutput, error) {
		return &versionOutput{Body: s.cfg.Build}, nil
	})
}
