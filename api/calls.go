package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
)

// CallFacts are the members of a call that everyone who sees it sees.
type CallFacts struct {
	ID          string   `json:"id"`
	Direction   string   `json:"direction" enum:"in,out"`
	State       string   `json:"state" enum:"queued,ringing,dialing,talking,held,wrap_up,ended"`
	CallerName  *string  `json:"callerName" doc:"The display name, else a From user that is no number."`
	Service     *string  `json:"service" doc:"The service number of an inbound call; null for a direct number."`
	Group       *string  `json:"group" doc:"The identifier of the group it is in or was last in, or that was chosen for it."`
	Operator    *Person  `json:"operator" doc:"Who is offered it, talks, or spoke last."`
	ArrivedAt   Time     `json:"arrivedAt"`
	AnsweredAt  *Time    `json:"answeredAt"`
	EndedAt     *Time    `json:"endedAt"`
	WaitSeconds int      `json:"waitSeconds" doc:"From the arrival to the answer or the end."`
	TalkSeconds int      `json:"talkSeconds" doc:"From the answer to the end, holds included."`
	Outcome     *string  `json:"outcome" enum:"answered,abandoned,overflowed,no_answer,busy,failed,refused" doc:"Null while it goes on."`
	EndedBy     *string  `json:"endedBy" enum:"caller,operator,system" doc:"Null while it goes on; caller is the outside party."`
	Recording   string   `json:"recording" enum:"none,running,ready"`
	Tags        []string `json:"tags"`
	Note        string   `json:"note"`
}

// Person is an operator, with his name as it was at the time of the call.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Call is the answer about a call.
type Call struct {
	CallFacts

	Caller *string `json:"caller" doc:"Null when withheld."`
	Called *string `json:"called"`

	OfferedTo []Person `json:"offeredTo,omitempty" doc:"Whose phones ring for it, where more than one does."`

	ObservedBy []FloorObserver `json:"observedBy,omitempty" doc:"Supervisors who hear it; of the floor."`

	Quality []Quality `json:"quality,omitempty" doc:"How the browsers of operators heard it; of one call that is read."`
}

// Quality is how an operator's browser heard a call.
type Quality struct {
	Operator Person       `json:"operator"`
	Last     QualityFacts `json:"last" doc:"What was measured last."`
	Worst    QualityFacts `json:"worst" doc:"The worst of each."`
}

// QualityFacts are what a browser measured of the audio it got.
type QualityFacts struct {
	LossPercent float64 `json:"lossPercent"`
	JitterMs    int64   `json:"jitterMs"`
	RoundTripMs int64   `json:"roundTripMs"`
}

func qualityFacts(q PhoneQuality) QualityFacts {
	return QualityFacts{q.LossPercent, q.Jitter.Milliseconds(), q.RoundTrip.Milliseconds()}
}

// qualityOf is how the operators of a call heard it.
func (s *Server) qualityOf(ctx context.Context, who *principal, id acd.CallID) ([]Quality, error) {
	heard, err := s.cfg.History.Quality(ctx, string(who.centre), id)
	if err != nil {
		return nil, fmt.Errorf("quality of call: %w", err)
	}
	floor, err := s.floorOf(who.centre)
	if err != nil {
		return nil, err
	}
	var list []Quality
	for _, h := range heard {
		if h.Operator == "" {
			continue
		}
		view, _ := floor.Operator(h.Operator)
		list = append(list, Quality{
			Operator: Person{ID: string(h.Operator), Name: view.Name}, Last: qualityFacts(h.Last), Worst: qualityFacts(h.Worst),
		})
	}
	return list, nil
}

// LiveCall is a call as its operator's banner sees it.
type LiveCall struct {
	Call

	Muted     bool  `json:"muted"`
	RingsMine bool  `json:"ringsMine" doc:"His own phone rings: that of a call offered to him, or in an outgoing call his before the called party's."`
	RingUntil *Time `json:"ringUntil" doc:"When the ringing ends by itself."`
	// NumberHidden is true of a call back under OP-08.
	NumberHidden bool           `json:"numberHidden" doc:"He calls back a number that his record hides from him: called is null."`
	ScreenPop    *CallScreenPop `json:"screenPop" doc:"The page to open for this call, from the moment his phone rings; it does not change while the call lives. Null for none."`
	// Answerable is asked of telephony at each answer: a phone may register anew
	// while it rings.
	Answerable bool `json:"answerable" doc:"POST answer would be accepted now: his phone rings and can be answered from afar."`

	Part            string         `json:"part" enum:"owner,consulted" doc:"Consulted: a colleague whose call it is asks him, or talks with him and the other side."`
	Side            *CallSide      `json:"side" doc:"His second conversation: a transfer under way, a consultation, a conference; null for none."`
	LostUntil       *Time          `json:"lostUntil" doc:"His browser is gone; the other side hears music until it is back, and until then at most."`
	RecordingPaused bool           `json:"recordingPaused"`
	MayStopRecord   bool           `json:"mayStopRecording" doc:"POST record with on would be accepted: the call is recorded, and its group lets him."`
	MayKeepRecord   bool           `json:"mayKeepRecording" doc:"POST record with keep would be accepted."`
	RecordingKept   bool           `json:"recordingKept" doc:"An operator wants the recording kept."`
	Observers       []CallObserver `json:"observers" doc:"Supervisors who hear the call; empty where the centre does not show it."`
}

// HistoryCall is a line of an operator's history. Its numbers are absent when
// his record hides them.
type HistoryCall struct {
	CallFacts

	Caller Hidden `json:"caller,omitzero" doc:"Null when withheld, absent when hidden from the operator."`
	Called Hidden `json:"called,omitzero" doc:"Absent when hidden from the operator."`
	Mine   string `json:"mine" enum:"answered,missed,out"`

	Part HistoryPart `json:"part" doc:"His part in the call. A call that was offered to him more than once has a line for each."`
}

// HistoryPart is what of a call was the operator's own.
type HistoryPart struct {
	ID          string `json:"id" doc:"Unique in the history, where the call's identifier is not."`
	At          Time   `json:"at" doc:"When it rang at his phone, or he dialled."`
	AnsweredAt  *Time  `json:"answeredAt" doc:"When he was connected; null when he was not."`
	EndedAt     *Time  `json:"endedAt" doc:"Null while it lasts."`
	TalkSeconds int    `json:"talkSeconds" doc:"His own, holds included."`
}

// partBody answers with an operator's part in a call.
func partBody(p report.Part, now time.Time) HistoryPart {
	return HistoryPart{
		ID: strconv.FormatUint(p.Seq, 10), At: Time{p.OfferedAt.Time()}, AnsweredAt: instant(p.AnsweredAt), EndedAt: instant(p.EndedAt),
		TalkSeconds: seconds(p.Talk(acd.At(now))),
	}
}

func seconds(d time.Duration) int { return int(d / time.Second) }

func tagsOf(tags []string) []string { return append([]string{}, tags...) }

// callBody answers with the row of a call.
func callBody(c report.Call, now time.Time) Call {
	at := acd.At(now)
	body := Call{
		CallFacts: CallFacts{
			ID: string(c.ID), Direction: report.DirectionWord(c.Direction), State: callStateWord(c.State),
			CallerName: orNull(c.CallerName), Group: orNull(c.Group),
			ArrivedAt: Time{c.ArrivedAt.Time()}, AnsweredAt: instant(c.AnsweredAt), EndedAt: instant(c.EndedAt),
			WaitSeconds: seconds(c.Wait(at)), TalkSeconds: seconds(c.Talk(at)),
			Outcome: orNull(report.OutcomeWord(c.Outcome)), EndedBy: orNull(report.EndedByWord(c.EndedBy)),
			Recording: recordingWord(c.Recording), Tags: tagsOf(c.Tags), Note: c.Note,
		},
		Caller: orNull(c.Caller), Called: orNull(c.Called),
	}
	if c.Operator != "" {
		body.Operator = &Person{ID: string(c.Operator), Name: c.OperatorName}
	}
	if c.Service != "" {
		body.Service = orNull(c.Called)
	}
	return body
}

// floorCall answers with a call as the floor shows it.
func floorCall(floor Floor, c acd.CallView, now time.Time) Call {
	row := report.Call{
		ID: c.ID, Direction: c.Direction, State: c.State, Caller: c.Caller, CallerName: c.CallerName, Called: c.Called,
		Service: c.Service, Group: c.Group, Operator: c.Operator, ArrivedAt: c.ArrivedAt, AnsweredAt: c.AnsweredAt,
		EndedAt: c.EndedAt, Outcome: c.Outcome, EndedBy: c.EndedBy, Recording: c.Recording, Tags: c.Tags, Note: c.Note,
	}
	if view, ok := floor.Operator(c.Operator); ok {
		row.OperatorName = view.Name
	}
	body := callBody(row, now)
	if len(c.Offers) > 1 {
		for _, offer := range c.Offers {
			person := Person{ID: string(offer.Operator)}
			if view, ok := floor.Operator(offer.Operator); ok {
				person.Name = view.Name
			}
			body.OfferedTo = append(body.OfferedTo, person)
		}
	}
	return body
}

// bannerLook is what a banner shows of calls as the records have it.
type bannerLook struct {
	record directory.Operator
	// observers: it shows who listens.
	observers bool
	// group is what the record of a group lets its operators do.
	group func(acd.GroupID) directory.Group
}

// liveCall answers with a call as its operator's banner sees it.
func (s *Server) liveCall(floor Floor, look bannerLook, c acd.CallView, now time.Time) LiveCall {
	body := LiveCall{
		Call: operatorsCall(floor, c, now), Muted: c.Muted, RingsMine: c.PhoneRings, RingUntil: instant(c.RingUntil), NumberHidden: c.NumberHidden,
		ScreenPop: s.screenPop(floor, look.record, c), Answerable: s.answerable(floor, c),
		Part: "owner", LostUntil: instant(c.LostUntil), RecordingPaused: c.RecordingPaused, Observers: []CallObserver{},
		RecordingKept: c.KeepRecording,
	}
	if group := look.group(c.Group); !c.Consulted {
		body.MayStopRecord = c.Recording == acd.RecordingRunning && group.OperatorMayStopRecording
		body.MayKeepRecord = (c.Recording == acd.RecordingRunning || c.Recording == acd.RecordingReady) && group.OperatorMayKeepRecording
	}
	if look.observers {
		body.Observers = observersOf(c)
	}
	if c.Consulted {
		body.Part = "consulted"
		return body
	}
	body.Side = sideOf(floor, c)
	return body
}

// answerable reports whether the action answer would be accepted.
func (s *Server) answerable(floor Floor, c acd.CallView) bool {
	if c.State != acd.CallRinging || c.OperatorLeg == 0 {
		return false
	}
	view, ok := floor.Operator(c.Operator)
	switch {
	case !ok:
		return false
	case view.Phone.Kind == acd.PhoneBrowser:
		return view.Browser
	}
	return view.Phone.Kind == acd.PhoneCentrex && s.cfg.Calls.Answerable(view.Phone.Account)
}

type callsInput struct {
	Paged

	From      time.Time `query:"from" doc:"Arrived at or after."`
	To        time.Time `query:"to" doc:"Arrived before."`
	Direction string    `query:"direction" enum:"in,out"`
	Group     string    `query:"group" maxLength:"64" doc:"Of any group it visited, or that was chosen for it."`
	Operator  string    `query:"operator" maxLength:"64"`
	Number    string    `query:"number" maxLength:"40" doc:"The caller's or the called one, in any form."`
	Outcome   string    `query:"outcome" enum:"answered,abandoned,overflowed,no_answer,busy,failed,refused"`
}

func (s *Server) callRoutes() {
	add(s, route{
		id: "list-calls", method: http.MethodGet, path: "/calls", tag: "Calls", summary: "List calls, newest first",
		about: "A supervisor sees the calls of his groups.", errors: []int{http.StatusUnprocessableEntity},
	}, s.listCalls)
	add(s, route{
		id: "get-call", method: http.MethodGet, path: "/calls/{id}", tag: "Calls", summary: "Read a call",
	}, func(ctx context.Context, in *Identified) (*bodyOutput[Call], error) {
		r := from(ctx)
		call, err := s.callOf(ctx, r, in.ID)
		if err != nil {
			return nil, err
		}
		body := callBody(call, r.now)
		body.Quality, err = s.qualityOf(ctx, r.who, call.ID)
		return &bodyOutput[Call]{Body: body}, err
	})
	add(s, route{
		id: "get-timeline", method: http.MethodGet, path: "/calls/{id}/timeline", tag: "Calls",
		summary: "Every step of a call, with its time and reason",
	}, s.timeline)
	add(s, route{
		id: "get-recording", method: http.MethodGet, path: "/calls/{id}/recording", tag: "Calls",
		summary: "Listen to a call",
		about:   "Stereo: the outside party left, the operator right. Ranges are served. A supervisor needs the right to listen.",
		responses: map[string]*huma.Response{
			"200": {Description: "The recording.", Content: map[string]*huma.MediaType{"audio/wav": {}}},
			"206": {Description: "The part asked for.", Content: map[string]*huma.MediaType{"audio/wav": {}}},
			"416": {Description: "The recording has no such part."},
		},
	}, s.recording)
}

func (s *Server) listCalls(ctx context.Context, in *callsInput) (*listOutput[Call], error) {
	r := from(ctx)
	query := report.CallQuery{
		Direction: readDirection(in.Direction), Group: acd.GroupID(in.Group), Operator: acd.OperatorID(in.Operator),
		Outcome: readOutcome(in.Outcome), Limit: in.Limit, Cursor: in.Cursor,
	}
	if !in.From.IsZero() {
		query.From = acd.At(in.From)
	}
	if !in.To.IsZero() {
		query.To = acd.At(in.To)
	}
	if in.Number != "" {
		number, err := s.readNumber(ctx, r.who.centre, in.Number)
		if err != nil {
			return nil, refuse("query.number", "must be a telephone number or a short code")
		}
		query.Number = number
	}
	if r.who.groups != nil {
		query.Groups = []acd.GroupID{}
		for _, id := range r.who.groups {
			query.Groups = append(query.Groups, acd.GroupID(id))
		}
	}
	page, err := s.cfg.History.Calls(ctx, string(r.who.centre), query)
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	out := &listOutput[Call]{Body: List[Call]{Items: []Call{}, Next: page.Next}}
	for _, c := range page.Calls {
		out.Body.Items = append(out.Body.Items, callBody(c, r.now))
	}
	return out, nil
}

// readNumber reads a number as people type it in this centre.
func (s *Server) readNumber(ctx context.Context, centre directory.ID, input string, countries ...string) (string, error) {
	record, err := s.cfg.Records.Centres().Get(ctx, centre)
	if err != nil {
		return "", fmt.Errorf("read centre: %w", err)
	}
	return directory.ParseDialable(input, append(countries, record.DialCountry)...)
}

// callOf returns a call the requester may see.
func (s *Server) callOf(ctx context.Context, r *request, id string) (report.Call, error) {
	call, err := s.cfg.History.Call(ctx, string(r.who.centre), acd.CallID(id))
	if err != nil {
		return call, fmt.Errorf("read call: %w", err)
	}
	if r.who.groups == nil {
		return call, nil
	}
	groups, err := s.cfg.History.CallGroups(ctx, string(r.who.centre), call.ID)
	if err != nil {
		return call, fmt.Errorf("groups of call: %w", err)
	}
	if !r.who.seesAny(groups) {
		return call, ErrNotFound
	}
	return call, nil
}

type streamOutput struct{ Body func(huma.Context) }

func (s *Server) recording(ctx context.Context, in *Identified) (*streamOutput, error) {
	r := from(ctx)
	call, err := s.callOf(ctx, r, in.ID)
	if err != nil {
		return nil, err
	}
	if !r.who.rights.Listen {
		return nil, forbidden("this supervisor may not listen to calls")
	}
	file, err := s.cfg.Recordings.Open(ctx, r.who.centre, call.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, problem(http.StatusNotFound, codeNotFound, "the call has no complete recording")
	}
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	s.cfg.Log.InfoContext(ctx, "recording opened", "call", string(call.ID), "by", string(r.who.id))
	return s.serveWAV(ctx, r, file, string(call.ID)), nil
}

// fileName keeps what is safe in a header and on a disk.
func fileName(id string) string {
	safe := []rune(id)
	for i, c := range safe {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			safe[i] = '_'
		}
	}
	return string(safe)
}
