package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"bandeau/acd"
	"bandeau/directory"
)

// Problem is the body of every error (RFC 9457).
type Problem struct {
	Type   string `json:"type" doc:"Always about:blank: the status and the code say what happened." example:"about:blank"`
	Title  string `json:"title" doc:"The name of the status."`
	Status int    `json:"status" doc:"The HTTP status."`
	Detail string `json:"detail,omitempty" doc:"What happened, in one English sentence."`
	// Code lets a program tell apart what has the same status.
	Code   string         `json:"code,omitempty" doc:"A word for programs, such as phone_required or password_change_required."`
	Errors []ProblemField `json:"errors,omitempty" doc:"Every value that was refused, all at once."`
}

// problemError is a [Problem] on its way to the client.
type problemError struct {
	Problem

	retryAfter time.Duration
}

// ProblemField is one refused value.
type ProblemField struct {
	Location string `json:"location" doc:"Where the value stands." example:"body.ringSeconds"`
	Message  string `json:"message" doc:"The rule it breaks."`
}

// Error implements the error interface.
func (p *problemError) Error() string { return fmt.Sprintf("api: %d %s", p.Status, p.Detail) }

// GetStatus gives the status to the router.
func (p *problemError) GetStatus() int { return p.Status }

// GetHeaders gives the headers that go with the problem to the router.
func (p *problemError) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		seconds := int64((p.retryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="bandeau"`)
	}
	return h
}

// ContentType gives the media type of the problem to the router.
func (p *problemError) ContentType(string) string { return "application/problem+json" }

func problem(status int, code, detail string, fields ...ProblemField) *problemError {
	return &problemError{Problem: Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: code, Detail: detail, Errors: fields,
	}}
}

// The words for programs that are not the core's own codes.
const (
	codeLogin          = "login_refused"
	codeUnauthorized   = "not_logged_in"
	codeForbidden      = "forbidden"
	codePasswordChange = "password_change_required"
	codeNotFound       = "not_found"
	codeMethod         = "method_not_allowed"
	codeMalformed      = "malformed"
	codeTooLarge       = "too_large"
	codeMediaType      = "unsupported_media_type"
	codeInvalid        = "invalid"
	codeConflict       = "conflict"
	codeStale          = "stale"
	codeInUse          = "in_use"
	codeRateLimit      = "too_many_attempts"
	codeCrossSite      = "cross_site"
	codeUnavailable    = "unavailable"
	codeInternal       = "internal"
	codeNotSupported   = "not_supported"
	codeLastLoginPause = "login_pause"
)

func notFound() *problemError {
	return problem(http.StatusNotFound, codeNotFound, "there is no such record")
}

func forbidden(detail string) *problemError {
	return problem(http.StatusForbidden, codeForbidden, detail)
}

func malformed(detail string) *problemError {
	return problem(http.StatusBadRequest, codeMalformed, detail)
}

func invalid(fields ...ProblemField) *problemError {
	return problem(http.StatusUnprocessableEntity, codeInvalid, "some values are refused", fields...)
}

func refuse(location, message string) *problemError {
	return invalid(ProblemField{Location: location, Message: message})
}

func internal() *problemError {
	return problem(http.StatusInternalServerError, codeInternal, "something went wrong here; it has been noted")
}

// coreStatus is the status of each refusal of the core. A code that is missing
// here fails a test.
func coreStatus(code acd.Code) int {
	switch code {
	case acd.ErrUnknownOperator, acd.ErrUnknownCall:
		return http.StatusNotFound
	case acd.ErrDisabled, acd.ErrPhoneChange, acd.ErrOutgoingNotAllowed:
		return http.StatusForbidden
	case acd.ErrUnknownGroup, acd.ErrUnknownPauseType, acd.ErrNotMember, acd.ErrOutOfRange:
		return http.StatusUnprocessableEntity
	case acd.ErrLoggedOut, acd.ErrPhoneRequired, acd.ErrPhoneInUse, acd.ErrPhoneUnreachable,
		acd.ErrNotIdle, acd.ErrInCall, acd.ErrNotWrappingUp, acd.ErrNoCallerID, acd.ErrNoGroup,
		acd.ErrWrongState, acd.ErrDuplicate, acd.ErrLimit, acd.ErrTransferToSelf, acd.ErrTargetBusy, acd.ErrTargetAway,
		acd.ErrTargetUnreachable, acd.ErrNobodyFree, acd.ErrRecordingNotYours, acd.ErrPickUpNotAllowed:
		return http.StatusConflict
	}
	return 0
}

// coreLocation names the value of the body that a refusal is about.
func coreLocation(code acd.Code) string {
	switch code { //nolint:exhaustive // the others are about no value of the body
	case acd.ErrUnknownGroup, acd.ErrNotMember:
		return "body.group"
	case acd.ErrUnknownPauseType:
		return "body.pauseType"
	case acd.ErrOutOfRange:
		return "body.seconds"
	}
	return "body"
}

func coreProblem(refused *acd.Error) *problemError {
	status := coreStatus(refused.Code)
	if status == 0 {
		status = http.StatusConflict
	}
	p := problem(status, string(refused.Code), refused.Detail)
	if status == http.StatusUnprocessableEntity {
		p.Errors = []ProblemField{{Location: coreLocation(refused.Code), Message: refused.Detail}}
	}
	return p
}

// asProblem turns any error of a handler into what the client is told. An
// error nobody foresaw tells him nothing and is reported as unforeseen.
func asProblem(err error) (p *problemError, unforeseen bool) {
	var (
		refused  *acd.Error
		conflict *ConflictError
		inUse    *InUseError
		rules    directory.ProblemsError
	)
	switch {
	case errors.As(err, &p):
		return p, p.Status == http.StatusInternalServerError
	case errors.As(err, &refused):
		return coreProblem(refused), coreStatus(refused.Code) == 0
	case errors.Is(err, ErrNotFound):
		return notFound(), false
	case errors.Is(err, ErrStale):
		return problem(http.StatusPreconditionFailed, codeStale, "the record has changed since it was read"), false
	case errors.As(err, &conflict):
		return problem(http.StatusConflict, codeConflict, conflict.Field+" is already in use",
			ProblemField{Location: "body." + conflict.Field, Message: "is already in use"}), false
	case errors.Is(err, ErrDangling):
		return problem(http.StatusConflict, codeConflict, "a record it names has just been deleted"), false
	case errors.As(err, &inUse):
		return problem(http.StatusConflict, codeInUse, "in use by "+strings.Join(inUse.Users, ", ")), false
	case errors.As(err, &rules):
		return ruleProblem(rules, nil), false
	case errors.Is(err, ErrBadCursor):
		return refuse("query.cursor", "is not a cursor this list gave"), false
	case errors.Is(err, ErrNotSupported):
		return problem(http.StatusConflict, codeNotSupported, "the phone cannot do this"), false
	case errors.Is(err, ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		p = problem(http.StatusServiceUnavailable, codeUnavailable, "not possible just now, try again")
		p.retryAfter = time.Second
		return p, false
	case errors.Is(err, context.Canceled):
		return problem(http.StatusServiceUnavailable, codeUnavailable, "the request was given up"), false
	}
	return internal(), true
}

// ruleProblem joins the values that cannot be read with the rules the others
// break. A body that only collides with other records is a conflict with the
// state (409); anything else is refused for its fields (422).
func ruleProblem(rules []directory.Problem, unreadable []ProblemField) *problemError {
	fields := slices.Clone(unreadable)
	onlyConflicts := len(unreadable) == 0
	for _, rule := range rules {
		location := "body." + rule.Field
		if covered(unreadable, location) {
			continue
		}
		fields = append(fields, ProblemField{Location: location, Message: rule.Rule})
		onlyConflicts = onlyConflicts && rule.Kind == directory.Conflict
	}
	if len(fields) == 0 {
		return nil
	}
	if onlyConflicts {
		return problem(http.StatusConflict, codeConflict, "another record stands against it", fields...)
	}
	return invalid(fields...)
}

// covered reports whether a value, or what holds it, or a part of it, is
// already refused.
func covered(fields []ProblemField, location string) bool {
	return slices.ContainsFunc(fields, func(f ProblemField) bool {
		return within(location, f.Location) || within(f.Location, location)
	})
}

// within reports whether path is outer or stands below it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// writeProblem answers outside the router's handlers.
func writeProblem(w http.ResponseWriter, p *problemError) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	// The client may have gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(p)
}
