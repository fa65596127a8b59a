package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"bandeau/directory"
)

// route describes an operation. Who may use it stands in the table of rights,
// under its id.
type route struct {
	id      string
	method  string
	path    string // below the prefix
	tag     string
	summary string
	// about says more than the summary, in Markdown.
	about string
	// body is the zero value of what the request carries; nil for nothing.
	body any
	// raw are the media types of a body that is no JSON and that its handler
	// reads; rawLimit bounds it, in bytes.
	raw      []string
	rawLimit int64
	// required names the members a body must have; the others have defaults.
	required []string
	// status is that of success, 200 when zero and there is a body.
	status int
	// errors are the statuses of refusals beside those every route has.
	errors []int
	// responses document answers that are not JSON.
	responses map[string]*huma.Response
}

// request is what the handlers know of the request.
type request struct {
	http   *http.Request
	writer http.ResponseWriter
	who    *principal // nil on a public route
	tree   node       // the body
	data   []byte     // a body that is no JSON
	// look and soundUses are what answers about several records share.
	look      directory.Lookup
	soundUses map[directory.ID][]SoundUse
	// quiet keeps the session's last request as it is.
	quiet bool
	now   time.Time
}

type requestKey struct{}

// from returns the request a handler runs for.
func from(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// add registers an operation. An operation without an entry in the table of
// rights is a mistake in the program.
func add[I, O any](s *Server, r route, handle func(context.Context, *I) (*O, error)) {
	who, ok := s.rights[r.id]
	if !ok {
		panic("api: no rights for the operation " + r.id)
	}
	op := huma.Operation{
		OperationID: r.id, Method: r.method, Path: prefix + r.path, Tags: []string{r.tag},
		Summary: r.summary, Description: describe(r, who), DefaultStatus: r.status,
		Responses:   s.responses(r, who),
		Middlewares: huma.Middlewares{s.guard(r, who)},
	}
	if !who.public {
		op.Security = []map[string][]string{{"cookie": {}}}
		if !who.cookie {
			op.Security = append(op.Security, map[string][]string{"bearer": {}})
		}
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.told(ctx, r.id, err)
		}
		return out, nil
	})
	s.documentBody(r)
}

// told turns an error into the problem the client is told, and logs what
// nobody foresaw.
func (s *Server) told(ctx context.Context, operation string, err error) *problemError {
	p, unforeseen := asProblem(err)
	if unforeseen {
		s.cfg.Log.ErrorContext(ctx, "request failed", "operation", operation, "error", err)
	}
	return p
}

// describe ends an operation's text with who may use it.
func describe(r route, who access) string {
	text := r.about
	if text != "" {
		text += "\n\n"
	}
	if who.public {
		return text + "Needs no log-in."
	}
	roles := make([]string, len(who.roles))
	for i, role := range who.roles {
		roles[i] = string(role)
	}
	return text + "Roles: " + strings.Join(roles, ", ") + "."
}

func refusals(r route, who access) []int {
	statuses := slices.Clone(r.errors)
	if !who.public {
		statuses = append(statuses, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(r.path, "{") {
		statuses = append(statuses, http.StatusNotFound)
	}
	if r.body != nil || len(r.raw) > 0 {
		statuses = append(statuses, http.StatusBadRequest, http.StatusRequestEntityTooLarge,
			http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	slices.Sort(statuses)
	return slices.Compact(statuses)
}

// guard runs before the handler: who is it, may he, and what does he bring.
func (s *Server) guard(r route, who access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		hr, hw := humago.Unwrap(ctx)
		hw.Header().Set("Cache-Control", "no-store")
		req := &request{http: hr, writer: hw, now: s.cfg.Clock.Now()}
		goCtx := context.WithValue(hr.Context(), requestKey{}, req)
		if !who.public {
			principal, err := s.authenticate(goCtx, req)
			if err != nil {
				writeProblem(hw, s.told(goCtx, r.id, err))
				return
			}
			if p := admit(principal, who); p != nil {
				writeProblem(hw, p)
				return
			}
			req.who = principal
			s.noteSigns(goCtx, req)
		}
		if r.body != nil {
			tree, p := readBody(hw, hr, r.method == http.MethodPatch)
			if p != nil {
				writeProblem(hw, p)
				return
			}
			req.tree = tree
		}
		if len(r.raw) > 0 {
			data, p := readRaw(hw, hr, r.raw, r.rawLimit)
			if p != nil {
				writeProblem(hw, p)
				return
			}
			req.data = data
		}
		next(huma.WithContext(ctx, goCtx))
	}
}

// admit applies the table of rights.
func admit(p *principal, who access) *problemError {
	switch {
	case p.locked && !who.locked:
		return problem(http.StatusForbidden, codePasswordChange, "the password must be replaced first")
	case !who.allows(p.role):
		return forbidden("the role " + string(p.role) + " may not do this")
	case who.cookie && p.hash == nil:
		return forbidden("this needs a log-in, not a token")
	}
	return nil
}

const (
	// bodyTimeout bounds how long a body may take, so that a slow sender holds
	// nothing; a large one has the time of a line of 2 Mbit/s besides.
	bodyTimeout  = 10 * time.Second
	slowestBytes = 256 << 10 // in a second
)

func readBody(w http.ResponseWriter, r *http.Request, patch bool) (node, *problemError) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" && (!patch || media != "application/merge-patch+json") {
		detail := "the body must be application/json"
		if patch {
			detail += " or application/merge-patch+json"
		}
		return nil, problem(http.StatusUnsupportedMediaType, codeMediaType, detail)
	}
	data, p := readAll(w, r, maxBody)
	if p != nil {
		return nil, p
	}
	tree, err := parseJSON(data)
	if err != nil {
		return nil, malformed(err.Error())
	}
	return tree, nil
}

// readRaw reads a body that is no JSON.
func readRaw(w http.ResponseWriter, r *http.Request, want []string, limit int64) ([]byte, *problemError) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || !slices.Contains(want, media) {
		return nil, problem(http.StatusUnsupportedMediaType, codeMediaType, "the body must be "+strings.Join(want, " or "))
	}
	return readAll(w, r, limit)
}

func readAll(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, *problemError) {
	control := http.NewResponseController(w)
	// A writer without deadlines, as in tests, has no slow senders either.
	_ = control.SetReadDeadline(time.Now().Add(bodyTimeout + time.Duration(limit/slowestBytes)*time.Second))
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return nil, problem(http.StatusRequestEntityTooLarge, codeTooLarge,
				fmt.Sprintf("the body is longer than %d bytes", limit))
		}
		return nil, malformed("the body could not be read to its end")
	}
	return data, nil
}

// decode reads the body of an action into a struct whose zero value is its
// default.
func decode[T any](r *request) (T, error) {
	var into, defaults T
	if fields := bind(r.tree, &into, defaults); len(fields) > 0 {
		return into, invalid(fields...)
	}
	return into, nil
}

// etag is the entity tag of a revision.
func etag(revision int64) string { return `"` + strconv.FormatInt(revision, 10) + `"` }

// stale reports whether If-Match (RFC 9110 §13.1.1) names other revisions
// than this one. Without it nothing is stale.
func stale(header string, revision int64) bool {
	if header = strings.TrimSpace(header); header == "" || header == "*" {
		return false
	}
	for tag := range strings.SplitSeq(header, ",") {
		if strings.TrimSpace(tag) == etag(revision) {
			return false
		}
	}
	return true
}

func staleProblem() *problemError {
	return problem(http.StatusPreconditionFailed, codeStale, "the record has changed since it was read")
}

// Identified is the input of a route with one identifier.
type Identified struct {
	ID string `path:"id" maxLength:"64" doc:"The identifier of the record."`
}

// Conditional is the input of a route that honours If-Match.
type Conditional struct {
	Identified

	IfMatch string `header:"If-Match" doc:"Only if the record still has this ETag."`
}

// Paged is the input of a list.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"The most rows to answer."`
	Cursor string `query:"cursor" maxLength:"512" doc:"The next of the page before."`
}

func (p Paged) page() Page { return Page{Limit: p.Limit, Cursor: p.Cursor} }

// List is a page of a list.
type List[T any] struct {
	Items []T    `json:"items" doc:"The rows of this page."`
	Next  string `json:"next" doc:"The cursor of the next page, empty after the last."`
}

type listOutput[T any] struct{ Body List[T] }

type recordOutput[T any] struct {
	ETag string `header:"ETag" doc:"The version of the record, for If-Match."`
	Body T
}

type bodyOutput[T any] struct{ Body T }

// nothing is the output of an answer without a body.
type nothing struct{}

var _ slog.LogValuer = (*request)(nil)

// LogValue keeps a request out of the log but for its path.
func (r *request) LogValue() slog.Value { return slog.StringValue(r.http.URL.Path) }
