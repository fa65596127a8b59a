package app

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"bandeau/telephony/siptest"
)

// callRow is a call as the API writes it. Members of /me and of the history
// are in it too.
type callRow struct {
	ID, Direction, State                string
	Caller, CallerName, Called, Service *string
	Group                               *string
	Operator                            *struct{ ID, Name string }
	ArrivedAt                           time.Time
	AnsweredAt, EndedAt                 *time.Time
	WaitSeconds, TalkSeconds            int
	Outcome, EndedBy                    *string
	Recording                           string
	Tags                                []string
	Note                                string
	Muted, Answerable, NumberHidden     bool
	RingsMine, RecordingPaused          bool
	MayStopRecording, MayKeepRecording  bool
	RecordingKept                       bool
	Part                                json.RawMessage // a word, or of the history an object
	Side                                *sideRow
	LostUntil                           *time.Time
	Observers                           []struct{ Mode, Name string }
	ScreenPop                           *struct{ URL, Window string }
	Mine                                string
}

// sideRow is the second conversation of a call.
type sideRow struct {
	Kind, State, Front string
	To                 struct {
		Type             string
		ID, Number, Name *string
	}
}

// step is one step of a timeline.
type step struct {
	Seq                           uint64
	At                            time.Time
	Kind, Reason, Outcome, Number string
	EndedBy, Role, Group          string
	Operator                      *struct{ ID, Name string }
	SIPStatus                     int
	Until                         *time.Time
	Skipped                       []struct{ Operator, Reason string }
}

// word is the step in short, for comparison.
func (s step) word() string {
	word := s.Kind
	if s.Outcome != "" {
		word += " " + s.Outcome
	}
	if s.Operator != nil && (s.Kind == "offered" || s.Kind == "connected" || s.Kind == "offer_ended") {
		word += " " + strings.ToLower(strings.Fields(s.Operator.Name)[0])
	}
	return word
}

// meRow is the answer about an operator to himself.
type meRow struct {
	ID, Presence, Activity    string
	PauseType                 *string
	ActivitySince             *time.Time
	Pending                   *struct{ Presence string }
	IgnoredUntil, WrapUpUntil *time.Time
	Phone                     struct {
		Kind, Account, Number, Fallback, Browser *string
		State                                    string
	}
	Calls  []callRow
	Groups []struct {
		ID, Name string
		Waiting  *int
		Present  int
	}
	PauseTypes []struct {
		ID    string
		Login bool
	}
}

// floorRow is the live state.
type floorRow struct {
	Seq       uint64
	Groups    []floorGroup
	Operators []floorOperator
	Calls     []callRow
}

type floorGroup struct {
	ID, Name                                             string
	Waiting, LoggedIn, Available, InCall, WrapUp, Paused int
	Totals                                               struct{ Offered, Answered, Abandoned, Overflowed int }
}

type floorOperator struct {
	ID, FullName, Presence, Activity string
	Call                             *string
	Missed                           int
	IgnoredUntil, WrapUpUntil        *time.Time
	Groups, Suspended                []string
}

func (o *operator) me() (me meRow) {
	o.t.Helper()
	o.get("/me", &me)
	return me
}

// is says whether the operator stands as told, as in "available idle".
func (o *operator) is(state string) bool {
	o.t.Helper()
	me := o.me()
	return me.Presence+" "+me.Activity == state
}

func (o *operator) history() []callRow {
	o.t.Helper()
	var list struct{ Items []callRow }
	o.get("/me/history", &list)
	return list.Items
}

// pauseType returns a pause type that is not the login pause.
func (o *operator) pauseType() string {
	o.t.Helper()
	for _, p := range o.me().PauseTypes {
		if !p.Login {
			return p.ID
		}
	}
	o.t.Fatal("no pause type")
	return ""
}

func (o *operator) pause() {
	o.t.Helper()
	o.send(http.MethodPut, "/me/presence", fields{"presence": "paused", "pauseType": o.pauseType()}, http.StatusOK, nil)
}

func (o *operator) available() {
	o.t.Helper()
	o.send(http.MethodPut, "/me/presence", fields{"presence": "available"}, http.StatusOK, nil)
}

// act does something with a call of his.
func (o *operator) act(call, action string, body any) {
	o.t.Helper()
	o.send(http.MethodPost, "/me/calls/"+call+"/"+action, body, http.StatusOK, nil)
}

// dial places a call and returns its identifier.
func (o *operator) dial(body fields) string {
	o.t.Helper()
	return o.create("/me/calls", body)
}

func (s *stage) floor() (f floorRow) {
	s.t.Helper()
	s.admin.get("/floor", &f)
	return f
}

func (s *stage) floorGroup(id string) floorGroup {
	s.t.Helper()
	groups := s.floor().Groups
	i := slices.IndexFunc(groups, func(g floorGroup) bool { return g.ID == id })
	if i < 0 {
		s.t.Fatalf("group %s is not on the floor", id)
	}
	return groups[i]
}

func (s *stage) floorOperator(o *operator) floorOperator {
	s.t.Helper()
	operators := s.floor().Operators
	i := slices.IndexFunc(operators, func(f floorOperator) bool { return f.ID == o.id })
	if i < 0 {
		s.t.Fatalf("%s is not on the floor", o.name)
	}
	return operators[i]
}

// calls lists the calls there are, newest first.
func (s *stage) calls(query string) []callRow {
	s.t.Helper()
	var list struct{ Items []callRow }
	s.admin.get("/calls?limit=500"+query, &list)
	return list.Items
}

func (s *stage) row(id string) (row callRow) {
	s.t.Helper()
	s.admin.get("/calls/"+id, &row)
	return row
}

// over waits for the end of a call and checks how it ended.
func (s *stage) over(id, outcome, endedBy string) callRow {
	s.t.Helper()
	s.until("call "+id+" to end", func() bool { return s.row(id).Outcome != nil })
	row := s.row(id)
	if *row.Outcome != outcome || row.EndedBy == nil || *row.EndedBy != endedBy || row.EndedAt == nil {
		s.t.Fatalf("call ended %s by %v, want %s by %s\n%s", *row.Outcome, value(row.EndedBy), outcome, endedBy,
			strings.Join(stepWords(s.timeline(id)), "\n"))
	}
	return row
}

func (s *stage) timeline(id string) []step {
	s.t.Helper()
	var list struct{ Items []step }
	s.admin.get("/calls/"+id+"/timeline", &list)
	return list.Items
}

func stepWords(steps []step) (words []string) {
	for _, step := range steps {
		words = append(words, step.word())
	}
	return words
}

// tells checks that the timeline holds the steps given, in that order, and
// that time and place in the journal only grow.
func (s *stage) tells(id string, want ...string) []step {
	s.t.Helper()
	steps := s.timeline(id)
	rest := want
	for i, step := range steps {
		if len(rest) > 0 && step.word() == rest[0] {
			rest = rest[1:]
		}
		if i > 0 && (step.Seq <= steps[i-1].Seq || step.At.Before(steps[i-1].At)) {
			s.t.Fatalf("step %d of %s is out of order", i, id)
		}
	}
	if len(rest) > 0 {
		s.t.Fatalf("timeline lacks %q after the steps before it:\n%s", rest[0], strings.Join(stepWords(steps), "\n"))
	}
	return steps
}

// find returns the first step with the words.
func findStep(t *testing.T, steps []step, word string) step {
	t.Helper()
	i := slices.IndexFunc(steps, func(s step) bool { return s.word() == word })
	if i < 0 {
		t.Fatalf("no step %q in\n%s", word, strings.Join(stepWords(steps), "\n"))
	}
	return steps[i]
}

// value shows a text that may be null.
func value(text *string) string {
	if text == nil {
		return "null"
	}
	return *text
}

// stereo downloads a recording and returns its two sides.
func (s *stage) stereo(id string) (caller, operator []int16, rate int) {
	s.t.Helper()
	status, data := s.admin.request(http.MethodGet, "/calls/"+id+"/recording", nil)
	equal(s.t, "status of the recording", status, http.StatusOK)
	return readWAV(s.t, data)
}

// readWAV reads 16-bit stereo PCM, or stereo A-law or µ-law expanded to it.
func readWAV(t *testing.T, data []byte) (left, right []int16, rate int) {
	t.Helper()
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		t.Fatalf("%d bytes that are no WAV file", len(data))
	}
	var format, channels, bits uint16
	for rest := data[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:min(8+size, len(rest))]
		switch name {
		case "fmt ":
			format, channels = binary.LittleEndian.Uint16(body), binary.LittleEndian.Uint16(body[2:])
			rate, bits = int(binary.LittleEndian.Uint32(body[4:])), binary.LittleEndian.Uint16(body[14:])
		case "data":
			if format != 1 || channels != 2 || bits != 16 {
				t.Fatalf("WAV of format %d, %d channels, %d bits", format, channels, bits)
			}
			samples := make([]int16, len(body)/2)
			must(t, binary.Read(bytes.NewReader(body), binary.LittleEndian, samples))
			for i := 0; i+1 < len(samples); i += 2 {
				left, right = append(left, samples[i]), append(right, samples[i+1])
			}
			return left, right, rate
		}
		rest = rest[min(8+size+size%2, len(rest)):]
	}
	t.Fatal("WAV file without audio")
	return nil, nil, 0
}

// holds checks that a side of a recording holds a tone, and not the other one.
func holds(t *testing.T, side string, samples []int16, rate int, tone, other float64) {
	t.Helper()
	if len(samples) < rate/4 {
		t.Fatalf("%s side: only %d samples", side, len(samples))
	}
	freq, _ := siptest.DominantTone(samples, rate)
	if freq < tone-5 || freq > tone+5 || siptest.Tone(samples, rate, other) > 0.02 {
		t.Fatalf("%s side: %.0f Hz, want %.0f and no %.0f", side, freq, tone, other)
	}
}
