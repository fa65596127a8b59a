package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
)

// DialRequest is the body of POST /me/calls: a number, or a call of one's
// history to call back.
type DialRequest struct {
	Number *string `json:"number,omitempty" doc:"In any form: +…, 00…, national, a short code."`
	CallID *string `json:"callId,omitempty" doc:"A call of /me/history; its number is used even when it is hidden."`
	Group  *string `json:"group" doc:"One of his: its number is presented."`
}

// Switch is the body of what is turned on and off.
type Switch struct {
	On bool `json:"on" must:"true"`
}

// Digits is the body of the action dtmf.
type Digits struct {
	Digits string `json:"digits" must:"true" pattern:"^[0-9*#A-D]{1,32}$"`
}

// Tags is the body of the action tags.
type Tags struct {
	Tags []string `json:"tags" must:"true" maxItems:"20" doc:"They replace those there are; each of 1 to 50 characters."`
}

// Note is the body of the action note.
type Note struct {
	Text string `json:"text" must:"true" maxLength:"4000"`
}

const (
	maxDigits = 32
	maxTags   = 20
	maxTag    = 50   // characters
	maxNote   = 4000 // characters
)

func (s *Server) myCallRoutes() {
	add(s, route{
		id: "dial", method: http.MethodPost, path: "/me/calls", tag: tagMe, summary: "Place a call",
		about: "Rings his own phone first, then dials.", body: DialRequest{}, status: http.StatusCreated,
		errors: []int{http.StatusConflict},
	}, s.dial)
	action := func(id, name, summary string, body any, handle func(context.Context, *request, Floor, acd.CallView) error) {
		add(s, route{
			id: id, method: http.MethodPost, path: "/me/calls/{id}/" + name, tag: tagMe, summary: summary,
			body: body, errors: []int{http.StatusConflict},
		}, func(ctx context.Context, in *Identified) (*bodyOutput[LiveCall], error) {
			return s.onMyCall(ctx, in.ID, handle)
		})
	}
	action("answer-call", "answer", "Answer on the phone that rings", nil, s.answerCall)
	action("reject-call", "reject", "Refuse the call that rings", nil, s.plain(func(r *request, c acd.CallID) acd.Command {
		return acd.Reject{Call: c, Operator: r.who.operator()}
	}))
	action("hang-up-call", "hangup", "Hang up", nil, s.plain(func(r *request, c acd.CallID) acd.Command {
		return acd.HangUp{Call: c, Operator: r.who.operator(), By: r.who.actor()}
	}))
	action("hold-call", "hold", "Put the other side on hold", nil, s.plain(func(r *request, c acd.CallID) acd.Command {
		return acd.Hold{Call: c, Operator: r.who.operator()}
	}))
	action("resume-call", "resume", "End the hold", nil, s.plain(func(r *request, c acd.CallID) acd.Command {
		return acd.Resume{Call: c, Operator: r.who.operator()}
	}))
	action("mute-call", "mute", "Stop my voice towards the other side", Switch{}, s.muteCall)
	action("send-dtmf", "dtmf", "Send digits to the other side", Digits{}, s.sendDigits)
	action("tag-call", "tags", "Qualify the call", Tags{}, s.tagCall)
	action("note-call", "note", "Write a note", Note{}, s.noteCall)
}

func (s *Server) dial(ctx context.Context, _ *struct{}) (*bodyOutput[LiveCall], error) {
	r := from(ctx)
	body, err := decode[DialRequest](r)
	if err != nil {
		return nil, err
	}
	record, err := s.cfg.Records.Operators().Get(ctx, r.who.centre, r.who.id)
	if err != nil {
		return nil, fmt.Errorf("read operator: %w", err)
	}
	number, err := s.numberToDial(ctx, r, body, record)
	if err != nil {
		return nil, err
	}
	centre, err := s.cfg.Records.Centres().Get(ctx, r.who.centre)
	if err != nil {
		return nil, fmt.Errorf("read centre: %w", err)
	}
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	id, err := s.newID()
	if err != nil {
		return nil, err
	}
	command := acd.Dial{
		Call: acd.CallID(id), Operator: r.who.operator(), Number: number, Group: orEmpty[acd.GroupID](body.Group),
		Emergency:    directory.IsEmergency(number, record.DialCountry) || directory.IsEmergency(number, centre.DialCountry),
		NumberHidden: body.CallID != nil && !record.ShowNumbersInHistory, // OP-08
	}
	if err := floor.Do(ctx, command); err != nil {
		return nil, err
	}
	r.writer.Header().Set("Location", prefix+"/calls/"+id)
	return s.myCall(ctx, r, floor, command.Call, command.NumberHidden)
}

// numberToDial is the number given, or that of a call of his history.
func (s *Server) numberToDial(ctx context.Context, r *request, body DialRequest, record directory.Operator) (string, error) {
	switch {
	case body.Number != nil && body.CallID != nil:
		return "", refuse("body.callId", "goes without number")
	case body.Number != nil:
		number, err := s.readNumber(ctx, r.who.centre, *body.Number, record.DialCountry)
		if errors.Is(err, directory.ErrNumber) {
			return "", refuse("body.number", "must be a telephone number of a possible length, or a short code of 2 to 6 digits")
		}
		return number, err
	case body.CallID == nil:
		return "", refuse("body.number", "is required, or callId")
	}
	items, err := s.cfg.History.History(ctx, string(r.who.centre), r.who.operator(), maxHistory)
	if err != nil {
		return "", fmt.Errorf("read history: %w", err)
	}
	for _, item := range items {
		if string(item.Call.ID) != *body.CallID {
			continue
		}
		number := item.Call.Caller
		if item.Call.Direction == acd.Outbound {
			number = item.Call.Called
		}
		if number == "" {
			return "", refuse("body.callId", "the caller withheld the number")
		}
		return number, nil
	}
	return "", refuse("body.callId", "must be a call of the history")
}

// onMyCall runs an action on a call of the requester's and answers with the
// call after it.
func (s *Server) onMyCall(
	ctx context.Context, id string, handle func(context.Context, *request, Floor, acd.CallView) error,
) (*bodyOutput[LiveCall], error) {
	r := from(ctx)
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	view, ok := floor.Call(acd.CallID(id))
	view = view.For(r.who.operator())
	if !ok || view.Operator != r.who.operator() {
		return nil, s.notMyCall(ctx, r, acd.CallID(id))
	}
	if err := handle(ctx, r, floor, view); err != nil {
		return nil, err
	}
	return s.myCall(ctx, r, floor, view.ID, view.NumberHidden)
}

// notMyCall tells a call of his that is over from one he knows nothing of.
func (s *Server) notMyCall(ctx context.Context, r *request, id acd.CallID) error {
	items, err := s.cfg.History.History(ctx, string(r.who.centre), r.who.operator(), maxHistory)
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	for _, item := range items {
		if item.Call.ID == id {
			return wrongState("the call is no longer his: it is " + callStateWord(item.Call.State))
		}
	}
	return ErrNotFound
}

func wrongState(detail string) *problemError {
	return problem(http.StatusConflict, string(acd.ErrWrongState), detail)
}

// myCall answers with a call, also with one that has just gone from the floor,
// of which only the caller knows whether its number is hidden.
func (s *Server) myCall(
	ctx context.Context, r *request, floor Floor, id acd.CallID, hidden bool,
) (*bodyOutput[LiveCall], error) {
	if view, ok := floor.Call(id); ok {
		k, err := s.knownOf(ctx, r.who)
		if err != nil {
			return nil, err
		}
		return &bodyOutput[LiveCall]{Body: s.liveCall(floor, k.look(), view.For(r.who.operator()), r.now)}, nil
	}
	row, err := s.cfg.History.Call(ctx, string(r.who.centre), id)
	if errors.Is(err, ErrNotFound) {
		row, err = report.Call{ID: id, State: acd.CallOver}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read call: %w", err)
	}
	body := LiveCall{Call: callBody(row, r.now), NumberHidden: hidden, Part: "owner", Observers: []CallObserver{}}
	if hidden {
		body.Called = nil
	}
	return &bodyOutput[LiveCall]{Body: body}, nil
}

// plain is an action that is one command without a body.
func (s *Server) plain(
	command func(*request, acd.CallID) acd.Command,
) func(context.Context, *request, Floor, acd.CallView) error {
	return func(ctx context.Context, r *request, floor Floor, call acd.CallView) error {
		return floor.Do(ctx, command(r, call.ID))
	}
}

func (s *Server) answerCall(ctx context.Context, r *request, _ Floor, call acd.CallView) error {
	if call.State != acd.CallRinging || call.OperatorLeg == 0 {
		return wrongState("the call does not ring: it is " + callStateWord(call.State))
	}
	return s.cfg.Calls.Answer(ctx, r.who.centre, call.ID, call.OperatorLeg)
}

func (s *Server) muteCall(ctx context.Context, r *request, floor Floor, call acd.CallView) error {
	body, err := decode[Switch](r)
	if err != nil {
		return err
	}
	return floor.Do(ctx, acd.Mute{Call: call.ID, Operator: r.who.operator(), On: body.On})
}

func (s *Server) sendDigits(ctx context.Context, r *request, _ Floor, call acd.CallView) error {
	body, err := decode[Digits](r)
	if err != nil {
		return err
	}
	if body.Digits == "" || len(body.Digits) > maxDigits || strings.Trim(body.Digits, "0123456789*#ABCD") != "" {
		return refuse("body.digits", "must be 1 to 32 of 0-9, *, #, A-D")
	}
	// Whom he consults may be a machine that asks for a key, too.
	consults := call.State == acd.CallHeld && call.Side != nil && call.Side.Front && call.Side.Up
	if call.State != acd.CallTalking && !consults || call.OperatorLeg == 0 {
		return wrongState("nobody is there to hear digits: the call is " + callStateWord(call.State))
	}
	return s.cfg.Calls.SendDigits(ctx, r.who.centre, call.ID, call.OperatorLeg, body.Digits)
}

func (s *Server) tagCall(ctx context.Context, r *request, floor Floor, call acd.CallView) error {
	body, err := decode[Tags](r)
	if err != nil {
		return err
	}
	if len(body.Tags) > maxTags {
		return refuse("body.tags", "must be at most 20")
	}
	var fields []ProblemField
	for i, tag := range body.Tags {
		body.Tags[i] = strings.TrimSpace(tag)
		if n := utf8.RuneCountInString(body.Tags[i]); n < 1 || n > maxTag || strings.ContainsFunc(tag, unicode.IsControl) {
			fields = append(fields, ProblemField{
				Location: fmt.Sprintf("body.tags[%d]", i), Message: "must have 1 to 50 characters and no control character",
			})
		}
	}
	if len(fields) > 0 {
		return invalid(fields...)
	}
	return floor.Do(ctx, acd.Tag{Call: call.ID, Operator: r.who.operator(), Tags: body.Tags})
}

func (s *Server) noteCall(ctx context.Context, r *request, floor Floor, call acd.CallView) error {
	body, err := decode[Note](r)
	if err != nil {
		return err
	}
	control := func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t' }
	if utf8.RuneCountInString(body.Text) > maxNote || strings.ContainsFunc(body.Text, control) {
		return refuse("body.text", "must have at most 4000 characters and no control character but line ends and tabs")
	}
	return floor.Do(ctx, acd.Note{Call: call.ID, Operator: r.who.operator(), Text: body.Text})
}
