package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
)

// OperatorDay is what an operator did since the centre's midnight.
type OperatorDay struct {
	Operator  Person        `json:"operator"`
	From      Time          `json:"from" doc:"The centre's midnight."`
	To        Time          `json:"to" doc:"Now."`
	Intervals []DayInterval `json:"intervals" doc:"Oldest first; those of a session leave no gap."`
	Sessions  []DaySession  `json:"sessions" doc:"Oldest first."`
	Totals    DayTotals     `json:"totals"`
	Today     OperatorToday `json:"today" doc:"As in his row of the floor."`
	Calls     []DayCall     `json:"calls" doc:"Newest first, at most 200."`
}

// DayInterval is a time during which an operator's presence and activity did
// not change.
type DayInterval struct {
	From      Time     `json:"from" doc:"Not before the centre's midnight."`
	To        *Time    `json:"to" doc:"Null while it lasts."`
	Presence  string   `json:"presence" enum:"available,paused"`
	PauseType *string  `json:"pauseType"`
	Activity  string   `json:"activity" enum:"idle,ringing,dialing,talking,held,wrap_up"`
	Call      *string  `json:"call" doc:"The identifier of the call it was about; null also for a call of a group the requester does not see."`
	Group     *string  `json:"group" doc:"Its group."`
	Cause     string   `json:"cause" doc:"Why it began, a word such as login, manual, offer, answer, wrap_up_over; may be empty."`
	By        DayActor `json:"by"`
}

// DayActor is who caused something.
type DayActor struct {
	Kind string  `json:"kind" enum:"system,operator,supervisor,rule,caller"`
	Name *string `json:"name" doc:"Of the operator, the user, the token, or the rule; null when it is not known."`
}

// DaySession is a floor session, from log-in to logout.
type DaySession struct {
	From   Time     `json:"from" doc:"The log-in, which may be before the centre's midnight."`
	To     *Time    `json:"to" doc:"Null while it lasts."`
	Reason *string  `json:"reason" enum:"manual,window,silence,idle,missed,clock,supervisor,disabled" doc:"Of the logout; null while it lasts."`
	By     DayActor `json:"by" doc:"Who ended it."`
}

// DayTotals are the seconds of the day, each rounded down. The time logged in
// falls into the other five: while he does nothing else it is available or
// paused.
type DayTotals struct {
	LoggedIn  int `json:"loggedIn"`
	Available int `json:"available" doc:"And idle."`
	Paused    int `json:"paused" doc:"And idle."`
	Ringing   int `json:"ringing"`
	Talking   int `json:"talking" doc:"Dialling and holds included."`
	WrapUp    int `json:"wrapUp"`
}

// DayCall is an operator's part in a call: an offer he answered or missed, or a
// call he placed.
type DayCall struct {
	Mine        string `json:"mine" enum:"answered,missed,out"`
	At          Time   `json:"at" doc:"When it rang, or he dialled."`
	TalkSeconds int    `json:"talkSeconds" doc:"His own, holds included."`
	Call        *Call  `json:"call" doc:"Null for a call of a group the requester does not see."`
}

// Quarters are a day's quarters of an hour.
type Quarters struct {
	Group *string   `json:"group" doc:"Null for all groups the requester sees, together."`
	From  Time      `json:"from" doc:"The centre's midnight."`
	To    Time      `json:"to" doc:"Now."`
	Items []Quarter `json:"items" doc:"Oldest first; the last one is running. The days on which clocks change have 92 or 100."`
}

// Quarter counts the calls that entered in a quarter of an hour, and what has
// become of them since.
type Quarter struct {
	From       Time `json:"from"`
	Offered    int  `json:"offered" doc:"answered + abandoned + overflowed, and those that still wait."`
	Answered   int  `json:"answered"`
	Abandoned  int  `json:"abandoned"`
	Overflowed int  `json:"overflowed"`
	Waiting    int  `json:"waiting" doc:"Calls waiting at the quarter's end; now, for the running one."`
}

// maxDayCalls bounds the calls of a day's answer.
const maxDayCalls = 200

type quartersInput struct {
	Group string `query:"group" maxLength:"64" doc:"One group; without it, all the requester sees together."`
}

func (s *Server) dayRoutes() {
	add(s, route{
		id: "get-day", method: http.MethodGet, path: "/floor/operators/{id}/day", tag: tagFloor,
		summary: "What an operator did today",
		about:   "From the centre's midnight to now. A supervisor needs the right to operators' detail.",
	}, s.operatorDay)
	add(s, route{
		id: "get-quarters", method: http.MethodGet, path: "/floor/quarters", tag: tagFloor,
		summary: "Today's quarters of an hour",
		about:   "By the quarter in which calls entered the group, from the centre's midnight to now.",
		errors:  []int{http.StatusNotFound, http.StatusUnprocessableEntity},
	}, s.quarters)
}

// dayOf is the day of a centre that an instant belongs to.
func (s *Server) dayOf(ctx context.Context, centre directory.ID, now time.Time) (report.Day, error) {
	record, err := s.cfg.Records.Centres().Get(ctx, centre)
	if err != nil {
		return report.Day{}, fmt.Errorf("read centre: %w", err)
	}
	zone, err := time.LoadLocation(record.TimeZone)
	if err != nil {
		return report.Day{}, fmt.Errorf("time zone of the centre: %w", err)
	}
	return report.DayOf(now, zone), nil
}

func (s *Server) operatorDay(ctx context.Context, in *Identified) (*bodyOutput[OperatorDay], error) {
	r := from(ctx)
	if !r.who.rights.OperatorDetail {
		return nil, forbidden("this supervisor may not see operators")
	}
	floor, err := s.floorOf(r.who.centre)
	if err != nil {
		return nil, err
	}
	id := acd.OperatorID(in.ID)
	view, ok := floor.Operator(id)
	if !ok || !r.who.seesAny(view.Groups) {
		return nil, ErrNotFound
	}
	day, err := s.dayOf(ctx, r.who.centre, r.now)
	if err != nil {
		return nil, err
	}
	centre, now := string(r.who.centre), acd.At(r.now)
	sessions, err := s.cfg.History.Sessions(ctx, centre, id, day.From, now)
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	intervals, err := s.cfg.History.Intervals(ctx, centre, id, day.From, now)
	if err != nil {
		return nil, fmt.Errorf("read intervals: %w", err)
	}
	names := &actorNames{server: s, centre: r.who.centre, known: map[acd.Actor]*string{}}
	body := OperatorDay{
		Operator: Person{ID: in.ID, Name: view.Name}, From: Time{day.From.Time()}, To: Time{r.now},
		Totals: dayTotals(report.Times(sessions, intervals, day.From, now)),
		Today:  operatorToday(floor.Today().Operator(id)),
	}
	if body.Intervals, err = dayIntervals(ctx, r.who, names, day, intervals); err != nil {
		return nil, err
	}
	if body.Sessions, err = daySessions(ctx, names, sessions); err != nil {
		return nil, err
	}
	body.Calls, err = s.dayCalls(ctx, r, id, day)
	return &bodyOutput[OperatorDay]{Body: body}, err
}

func dayIntervals(
	ctx context.Context, who *principal, names *actorNames, day report.Day, rows []report.Interval,
) ([]DayInterval, error) {
	list := make([]DayInterval, 0, len(rows))
	for _, i := range rows {
		by, err := names.of(ctx, i.By)
		if err != nil {
			return nil, err
		}
		interval := DayInterval{
			From: Time{max(i.From, day.From).Time()}, To: instant(i.To), Presence: presenceWord(i.Presence),
			PauseType: orNull(i.PauseType), Activity: activityWord(i.Activity), Cause: i.Cause, By: by,
		}
		if i.Group == "" || who.seesGroup(directory.ID(i.Group)) {
			interval.Call, interval.Group = orNull(i.Call), orNull(i.Group)
		}
		list = append(list, interval)
	}
	return list, nil
}

func daySessions(ctx context.Context, names *actorNames, rows []report.Session) ([]DaySession, error) {
	list := make([]DaySession, 0, len(rows))
	for _, row := range rows {
		by, err := names.of(ctx, row.By)
		if err != nil {
			return nil, err
		}
		list = append(list, DaySession{
			From: Time{row.From.Time()}, To: instant(row.To), Reason: orNull(report.LogoutReasonWord(row.Reason)), By: by,
		})
	}
	return list, nil
}

func dayTotals(t report.StateTimes) DayTotals {
	return DayTotals{
		LoggedIn: seconds(t.LoggedIn), Available: seconds(t.Available), Paused: seconds(t.Paused),
		Ringing: seconds(t.Ringing), Talking: seconds(t.Talking), WrapUp: seconds(t.WrapUp),
	}
}

// dayCalls are an operator's parts of a day. Of a call the requester may not
// read it is told that it was, and nothing else.
func (s *Server) dayCalls(ctx context.Context, r *request, id acd.OperatorID, day report.Day) ([]DayCall, error) {
	items, err := s.cfg.History.History(ctx, string(r.who.centre), id, maxDayCalls)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	calls := []DayCall{}
	for _, item := range items {
		if item.Part.OfferedAt < day.From {
			break
		}
		line := DayCall{
			Mine: string(item.Part.Mine), At: Time{item.Part.OfferedAt.Time()},
			TalkSeconds: seconds(item.Part.Talk(acd.At(r.now))),
		}
		mayRead, err := s.mayRead(ctx, r, item)
		if err != nil {
			return nil, err
		}
		if mayRead {
			call := callBody(item.Call, r.now)
			line.Call = &call
		}
		calls = append(calls, line)
	}
	return calls, nil
}

// mayRead reports whether the requester may read the call of a part, as GET
// /calls/{id} has it: most of the time one of its groups known here is his.
func (s *Server) mayRead(ctx context.Context, r *request, item report.HistoryItem) (bool, error) {
	if r.who.groups == nil {
		return true, nil
	}
	if r.who.seesAny(slices.DeleteFunc([]acd.GroupID{item.Part.Group, item.Call.Group}, func(id acd.GroupID) bool { return id == "" })) {
		return true, nil
	}
	groups, err := s.cfg.History.CallGroups(ctx, string(r.who.centre), item.Call.ID)
	if err != nil {
		return false, fmt.Errorf("groups of call: %w", err)
	}
	return r.who.seesAny(groups), nil
}

// actorNames finds the names of those who did something, each once.
type actorNames struct {
	server *Server
	centre directory.ID
	known  map[acd.Actor]*string
}

func (n *actorNames) of(ctx context.Context, who acd.Actor) (DayActor, error) {
	actor := DayActor{Kind: actorWord(who.Kind)}
	if who.ID == "" {
		return actor, nil
	}
	name, known := n.known[who]
	if !known {
		var err error
		if name, err = n.find(ctx, who); err != nil {
			return actor, fmt.Errorf("read the name of who did it: %w", err)
		}
		n.known[who] = name
	}
	actor.Name = name
	return actor, nil
}

// find reads a name from the records; those of records that are gone are not
// known any more.
func (n *actorNames) find(ctx context.Context, who acd.Actor) (*string, error) {
	records, id := n.server.cfg.Records, directory.ID(who.ID)
	switch who.Kind {
	case acd.ByRule:
		return orNull(who.ID), nil
	case acd.ByOperator:
		operator, err := records.Operators().Get(ctx, n.centre, id)
		return nameOrNull(operator.FullName, err)
	case acd.BySupervisor:
		user, err := records.Users().Get(ctx, n.centre, id)
		if errors.Is(err, ErrNotFound) { // a program's token
			var token directory.Token
			token, err = records.Tokens().Get(ctx, n.centre, id)
			return nameOrNull(token.Name, err)
		}
		return nameOrNull(user.Name, err)
	case acd.BySystem, acd.ByCaller:
	}
	return nil, nil
}

func nameOrNull(name string, err error) (*string, error) {
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return orNull(name), err
}

func (s *Server) quarters(ctx context.Context, in *quartersInput) (*bodyOutput[Quarters], error) {
	r := from(ctx)
	day, err := s.dayOf(ctx, r.who.centre, r.now)
	if err != nil {
		return nil, err
	}
	var groups []acd.GroupID // nil for all
	if r.who.groups != nil {
		groups = []acd.GroupID{}
		for _, id := range r.who.groups {
			groups = append(groups, acd.GroupID(id))
		}
	}
	if in.Group != "" {
		var floor Floor
		if floor, err = s.floorOf(r.who.centre); err != nil {
			return nil, err
		}
		if _, ok := floor.Group(acd.GroupID(in.Group)); !ok || !r.who.seesGroup(directory.ID(in.Group)) {
			return nil, ErrNotFound
		}
		groups = []acd.GroupID{acd.GroupID(in.Group)}
	}
	now := acd.At(r.now)
	visits, err := s.cfg.History.Visits(ctx, string(r.who.centre), groups, day.From, now)
	if err != nil {
		return nil, fmt.Errorf("read visits: %w", err)
	}
	body := Quarters{Group: orNull(in.Group), From: Time{day.From.Time()}, To: Time{r.now}, Items: []Quarter{}}
	for _, q := range report.Quarters(visits, day.From, now) {
		body.Items = append(body.Items, Quarter{
			From: Time{q.From.Time()}, Offered: q.Offered, Answered: q.Answered, Abandoned: q.Abandoned,
			Overflowed: q.Overflowed, Waiting: q.Waiting,
		})
	}
	return &bodyOutput[Quarters]{Body: body}, nil
}
