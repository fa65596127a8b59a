package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/report"
)

// FloorGroup is a group's row of the floor.
type FloorGroup struct {
	ID                 string        `json:"id"`
	Name               string        `json:"name"`
	Colour             string        `json:"colour"`
	ServiceLevel       ServiceTarget `json:"serviceLevel" doc:"The target."`
	Waiting            int           `json:"waiting" doc:"Calls no operator has answered, ringing ones included."`
	WaitingSince       *Time         `json:"waitingSince" doc:"Arrival of the oldest."`
	LongestWaitSeconds int           `json:"longestWaitSeconds"`
	// The wait is estimated from events, see acd.State.EstimateWait.
	EstimatedWaitSeconds *int  `json:"estimatedWaitSeconds" doc:"How long a caller who came now would probably wait; null while that is not known."`
	Open                 bool  `json:"open" doc:"Within its opening hours, or without any."`
	HoursChangeAt        *Time `json:"hoursChangeAt" doc:"When it opens or closes next; null when that is not foreseen."`

	LoggedIn  int         `json:"loggedIn"`
	Available int         `json:"available"`
	InCall    int         `json:"inCall"`
	WrapUp    int         `json:"wrapUp"`
	Paused    int         `json:"paused"`
	Today     GroupToday  `json:"today" doc:"Of the calls that entered the group since the centre's midnight."`
	Totals    GroupTotals `json:"totals" doc:"Since the group exists: offered = answered + abandoned + overflowed + waiting."`
}

// ServiceTarget is the share of calls that a group means to answer within a
// time.
type ServiceTarget struct {
	Seconds int `json:"seconds"`
	Percent int `json:"percent"`
}

// GroupToday are a group's figures of the day: of the calls that entered it
// since the centre's midnight. A call that comes back counts each time.
type GroupToday struct {
	Offered             int  `json:"offered" doc:"answered + abandoned + overflowed, and those that wait."`
	Answered            int  `json:"answered"`
	Abandoned           int  `json:"abandoned"`
	Overflowed          int  `json:"overflowed"`
	InLevel             int  `json:"inLevel" doc:"Answered within the seconds of the service level."`
	ServiceLevelPercent *int `json:"serviceLevelPercent" doc:"inLevel / (answered + abandoned), rounded down; null while both are zero."`
	AverageWaitSeconds  int  `json:"averageWaitSeconds" doc:"Of the answered calls; 0 without any."`
	AverageTalkSeconds  int  `json:"averageTalkSeconds" doc:"Of the operators' answered calls of the group that have ended; 0 without any."`
}

// OperatorToday are an operator's figures of the day: of the calls he was
// offered or placed since the centre's midnight.
type OperatorToday struct {
	Answered           int `json:"answered"`
	Out                int `json:"out" doc:"Calls he placed."`
	Missed             int `json:"missed" doc:"Offers that rang out."`
	TalkSeconds        int `json:"talkSeconds" doc:"Of the calls that have ended, holds included."`
	AverageTalkSeconds int `json:"averageTalkSeconds" doc:"Of the calls that have ended; 0 without any."`
}

// GroupTotals count the calls of a group.
type GroupTotals struct {
	Offered    uint64 `json:"offered"`
	Answered   uint64 `json:"answered"`
	Abandoned  uint64 `json:"abandoned"`
	Overflowed uint64 `json:"overflowed"`
}

// FloorOperator is an operator's row of the floor.
type FloorOperator struct {
	ID            string        `json:"id"`
	FullName      string        `json:"fullName"`
	LoggedInSince *Time         `json:"loggedInSince"`
	Presence      string        `json:"presence" enum:"logged_out,available,paused"`
	PauseType     *string       `json:"pauseType"`
	PresenceSince *Time         `json:"presenceSince"`
	PauseUntil    *Time         `json:"pauseUntil" doc:"When the pause reaches, or reached, the limit of its type."`
	PauseOverran  bool          `json:"pauseOverran" doc:"The limit has passed and a rule keeps him paused."`
	Activity      string        `json:"activity" enum:"idle,ringing,dialing,talking,held,wrap_up"`
	ActivitySince *Time         `json:"activitySince"`
	Pending       *Pending      `json:"pending"`
	Call          *string       `json:"call" doc:"The identifier of the call he is offered, in, or wrapping up."`
	Group         *string       `json:"group" doc:"Its group."`
	IgnoredUntil  *Time         `json:"ignoredUntil"`
	WrapUpUntil   *Time         `json:"wrapUpUntil"`
	Phone         MyPhone       `json:"phone"`
	Missed        int           `json:"missed" doc:"Consecutive missed calls."`
	Groups        []string      `json:"groups" doc:"Those the requester sees."`
	Suspended     []string      `json:"suspended" doc:"Of these groups, those he is suspended in."`
	Today         OperatorToday `json:"today"`
}

// FloorBody is the live state of the centre, as far as the requester sees it.
type FloorBody struct {
	Seq       uint64          `json:"seq" doc:"Of the last event it shows."`
	At        Time            `json:"at" doc:"The server's clock when it was made."`
	Groups    []FloorGroup    `json:"groups"`
	Operators []FloorOperator `json:"operators"`
	Calls     []Call          `json:"calls"`
}

// Removed lists rows that are gone, or no longer the requester's to see.
type Removed struct {
	Groups    []string `json:"groups"`
	Operators []string `json:"operators"`
	Calls     []string `json:"calls"`
}

// FloorDelta is what changed since the message before.
type FloorDelta struct {
	Seq       uint64          `json:"seq"`
	At        Time            `json:"at" doc:"The server's clock when it was made."`
	Groups    []FloorGroup    `json:"groups" doc:"The changed rows."`
	Operators []FloorOperator `json:"operators"`
	Calls     []Call          `json:"calls"`
	Removed   Removed         `json:"removed"`
}

// OperatorAction is the body of POST /floor/operators/{id}/actions.
type OperatorAction struct {
	Action    string  `json:"action" must:"true" enum:"pause,available,logout,release,suspend,unsuspend,listen,whisper,join,leave" doc:"Listen: hear his call; whisper: be heard by him alone; join: be heard by all; leave: no longer. One after another changes it."`
	PauseType *string `json:"pauseType" doc:"Required by pause."`
	Group     *string `json:"group" doc:"Required by suspend and unsuspend."`

	Phone *ListenPhone `json:"phone,omitempty" doc:"Of listen, whisper and join: the phone to hear him on; default: the browser."`
}

const tagFloor = "Floor"

func (s *Server) floorRoutes() {
	add(s, route{
		id: "get-floor", method: http.MethodGet, path: "/floor", tag: tagFloor, summary: "The live state of the floor",
		about: "A supervisor sees his groups, and operators only with the right to their detail.",
	}, func(ctx context.Context, _ *struct{}) (*bodyOutput[FloorBody], error) {
		r := from(ctx)
		floor, err := s.floorOf(r.who.centre)
		if err != nil {
			return nil, err
		}
		looks, err := s.looksOf(ctx, r.who.centre)
		if err != nil {
			return nil, err
		}
		return &bodyOutput[FloorBody]{Body: newSight(r.who, floor, looks).snapshot(floor.Snapshot(), r.now)}, nil
	})
	add(s, route{
		id: "act-on-operator", method: http.MethodPost, path: "/floor/operators/{id}/actions", tag: tagFloor,
		summary: "Act on an operator", about: "Answers with his row.",
		body: OperatorAction{}, required: []string{"action"}, errors: []int{http.StatusConflict},
	}, s.actOnOperator)
}

func (s *Server) actOnOperator(ctx context.Context, in *Identified) (*bodyOutput[FloorOperator], error) {
	r := from(ctx)
	body, err := decode[OperatorAction](r)
	if err != nil {
		return nil, err
	}
	if !r.who.rights.OperatorDetail {
		return nil, forbidden("this supervisor may not act on operators")
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
	command, err := actionCommand(r.who, id, body)
	if isObserving(body.Action) && err == nil {
		command, err = s.observe(ctx, r, floor, view, body)
	}
	if err != nil {
		return nil, err
	}
	if presence, ok := command.(acd.SetPresence); ok {
		if presence.LogoutAt, err = s.logoutAfter(ctx, r.who.centre, in.ID, r.now); err != nil {
			return nil, err
		}
		command = presence
	}
	if err := floor.Do(ctx, command); err != nil {
		return nil, err
	}
	if observe, ok := command.(acd.Observe); ok {
		s.ears.choose(PhoneOwner{Centre: r.who.centre, User: observe.User}, observe.Phone.Kind)
	}
	s.cfg.Log.InfoContext(ctx, "action on operator", "action", body.Action, "operator", in.ID, "by", string(r.who.id))
	view, _ = floor.Operator(id)
	return &bodyOutput[FloorOperator]{Body: newSight(r.who, floor, nil).operator(view)}, nil
}

// logoutAfter is the daily logout (OP-24) that comes next for an operator, should
// a supervisor take back the one that waits for the end of a call.
func (s *Server) logoutAfter(ctx context.Context, centre directory.ID, operator string, now time.Time) (acd.Instant, error) {
	record, err := s.cfg.Records.Operators().Get(ctx, centre, directory.ID(operator))
	if errors.Is(err, ErrNotFound) { // his record is gone and his call goes on
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read operator: %w", err)
	}
	return s.nextLogout(ctx, record, now)
}

// actionCommand is the command of a supervisor's action.
func actionCommand(who *principal, id acd.OperatorID, body OperatorAction) (acd.Command, error) {
	needsPause, needsGroup := body.Action == "pause", body.Action == "suspend" || body.Action == "unsuspend"
	allowed := []string{"pause", "available", "logout", "release", "suspend", "unsuspend", "listen", "whisper", "join", "leave"}
	var fields []ProblemField
	check := func(name string, given, needed bool) {
		switch {
		case needed && !given:
			fields = append(fields, ProblemField{Location: "body." + name, Message: "is required"})
		case given && !needed:
			fields = append(fields, ProblemField{Location: "body." + name, Message: "does not belong to this action"})
		}
	}
	if !slices.Contains(allowed, body.Action) {
		return nil, refuse("body.action", "must be one of "+strings.Join(allowed, ", "))
	}
	check("pauseType", body.PauseType != nil, needsPause)
	check("group", body.Group != nil, needsGroup)
	if body.Phone != nil && !isObserving(body.Action) {
		check("phone", true, false)
	}
	if len(fields) > 0 {
		return nil, invalid(fields...)
	}
	if isObserving(body.Action) {
		return nil, nil //nolint:nilnil // a command that needs more than the body: see observe
	}
	by := who.actor()
	switch body.Action {
	case "pause":
		return acd.SetPresence{
			Operator: id, Presence: acd.Paused, PauseType: orEmpty[acd.PauseTypeID](body.PauseType), By: by,
		}, nil
	case "available":
		return acd.SetPresence{Operator: id, Presence: acd.Available, By: by}, nil
	case "logout":
		return acd.Logout{Operator: id, Reason: acd.LogoutSupervisor, By: by}, nil
	case "release":
		return acd.Release{Operator: id, By: by}, nil
	}
	if !who.seesGroup(directory.ID(*body.Group)) {
		return nil, refuse("body.group", "is not a group of his")
	}
	return acd.Suspend{
		Operator: id, Group: acd.GroupID(*body.Group), Suspended: body.Action == "suspend", By: by,
	}, nil
}

// look is what a group's row takes from its record.
type look struct {
	Colour       string
	ServiceLevel directory.ServiceLevel
}

type looks map[acd.GroupID]look

// looksPage is how many groups are read at once.
const looksPage = 500

// looksOf reads the looks of a centre's groups.
func (s *Server) looksOf(ctx context.Context, centre directory.ID) (looks, error) {
	all := looks{}
	page := Page{Limit: looksPage}
	for {
		groups, next, err := s.cfg.Records.Groups().List(ctx, centre, page)
		if err != nil {
			return nil, fmt.Errorf("list groups: %w", err)
		}
		for _, g := range groups {
			all[acd.GroupID(g.ID)] = look{g.Colour, g.ServiceLevel}
		}
		if next == "" {
			return all, nil
		}
		page.Cursor = next
	}
}

// sight is what one reader sees of the floor. It remembers the rows it has
// shown, so that one that leaves his sight is told as removed. An operator's row
// is not shown again as it is: signs of life change the core's, and not what is
// seen of it.
type sight struct {
	who   *principal
	floor Floor
	// looks are what a group's row takes from its record.
	looks     looks
	groups    map[acd.GroupID]bool
	operators map[acd.OperatorID]FloorOperator
	calls     map[acd.CallID]bool
}

func newSight(who *principal, floor Floor, looks looks) *sight {
	return &sight{
		who: who, floor: floor, looks: looks, groups: map[acd.GroupID]bool{},
		operators: map[acd.OperatorID]FloorOperator{}, calls: map[acd.CallID]bool{},
	}
}

func (v *sight) seesOperator(o acd.OperatorView) bool {
	return v.who.rights.OperatorDetail && v.who.seesAny(o.Groups)
}

// seesCall: by its group, and a call without one by its operator.
func (v *sight) seesCall(c acd.CallView) bool {
	if v.who.groups == nil {
		return true
	}
	if c.Group != "" {
		return v.who.seesGroup(directory.ID(c.Group))
	}
	o, ok := v.floor.Operator(c.Operator)
	return ok && v.seesOperator(o)
}

func (v *sight) snapshot(rows Rows, now time.Time) FloorBody {
	clear(v.groups)
	clear(v.operators)
	clear(v.calls)
	d := v.delta(rows, now)
	return FloorBody{Seq: d.Seq, At: d.At, Groups: d.Groups, Operators: d.Operators, Calls: d.Calls}
}

// delta is the part of the rows that the reader sees.
func (v *sight) delta(rows Rows, now time.Time) FloorDelta {
	d := emptyDelta(rows.Seq, Time{now})
	for _, g := range rows.Groups {
		if v.who.seesGroup(directory.ID(g.ID)) {
			v.groups[g.ID] = true
			d.Groups = append(d.Groups, v.group(g, now))
		}
	}
	for _, o := range rows.Operators {
		if v.seesOperator(o) {
			row := v.operator(o)
			if shown, ok := v.operators[o.ID]; !ok || !reflect.DeepEqual(row, shown) {
				v.operators[o.ID] = row
				d.Operators = append(d.Operators, row)
			}
		} else {
			d.Removed.Operators = drop(v.operators, o.ID, d.Removed.Operators)
		}
	}
	for _, c := range rows.Calls {
		if v.seesCall(c) {
			v.calls[c.ID] = true
			d.Calls = append(d.Calls, v.call(c, now))
		} else {
			d.Removed.Calls = drop(v.calls, c.ID, d.Removed.Calls)
		}
	}
	for _, id := range rows.RemovedGroups {
		d.Removed.Groups = drop(v.groups, id, d.Removed.Groups)
	}
	for _, id := range rows.RemovedOperators {
		d.Removed.Operators = drop(v.operators, id, d.Removed.Operators)
	}
	for _, id := range rows.RemovedCalls {
		d.Removed.Calls = drop(v.calls, id, d.Removed.Calls)
	}
	return d
}

// call is a call's row, with who hears it.
func (v *sight) call(c acd.CallView, now time.Time) Call {
	row := floorCall(v.floor, c, now)
	for _, o := range c.Observers {
		row.ObservedBy = append(row.ObservedBy, FloorObserver{
			User: string(o.User), Name: o.Name, Operator: string(o.Operator), Mode: observeWord(o.Mode), Up: o.Up,
		})
	}
	return row
}

// drop forgets a row; if the reader has it he is told.
func drop[K ~string, V any](shown map[K]V, id K, removed []string) []string {
	if _, has := shown[id]; !has {
		return removed
	}
	delete(shown, id)
	return append(removed, string(id))
}

func emptyDelta(seq uint64, at Time) FloorDelta {
	return FloorDelta{
		Seq: seq, At: at, Groups: []FloorGroup{}, Operators: []FloorOperator{}, Calls: []Call{},
		Removed: Removed{Groups: []string{}, Operators: []string{}, Calls: []string{}},
	}
}

func (d FloorDelta) empty() bool {
	return len(d.Groups)+len(d.Operators)+len(d.Calls)+
		len(d.Removed.Groups)+len(d.Removed.Operators)+len(d.Removed.Calls) == 0
}

func (v *sight) group(g acd.GroupView, now time.Time) FloorGroup {
	look := v.looks[g.ID]
	row := FloorGroup{
		ID: string(g.ID), Name: g.Name, Colour: look.Colour, ServiceLevel: ServiceTarget(look.ServiceLevel),
		Today: groupToday(v.floor.Today().Group(g.ID)), Waiting: g.Waiting, WaitingSince: instant(g.OldestArrival),
		LoggedIn: g.LoggedIn, Available: g.Available, InCall: g.InCall, WrapUp: g.WrapUp, Paused: g.Paused,
		Open: !g.Closed, HoursChangeAt: instant(g.HoursChangeAt),
		Totals: GroupTotals{
			Offered: g.Offered, Answered: g.Answered, Abandoned: g.Abandoned, Overflowed: g.Overflowed,
		},
	}
	if g.EstimatedWait >= 0 {
		row.EstimatedWaitSeconds = &g.EstimatedWait
	}
	if g.OldestArrival != 0 {
		row.LongestWaitSeconds = seconds(max(acd.At(now).Sub(g.OldestArrival), 0))
	}
	return row
}

func operatorToday(c report.OperatorCounts) OperatorToday {
	return OperatorToday{
		Answered: c.In, Out: c.Out, Missed: c.Missed,
		TalkSeconds: seconds(c.Talk), AverageTalkSeconds: seconds(c.AverageTalk()),
	}
}

func groupToday(c report.GroupCounts) GroupToday {
	today := GroupToday{
		Offered: c.Offered, Answered: c.Answered, Abandoned: c.Abandoned, Overflowed: c.Overflowed, InLevel: c.InLevel,
		AverageWaitSeconds: seconds(c.AverageWait()), AverageTalkSeconds: seconds(c.AverageTalk()),
	}
	if decided := c.Answered + c.Abandoned; decided > 0 {
		percent := 100 * c.InLevel / decided
		today.ServiceLevelPercent = &percent
	}
	return today
}

func (v *sight) operator(o acd.OperatorView) FloorOperator {
	row := FloorOperator{
		ID: string(o.ID), FullName: o.Name, LoggedInSince: instant(o.LoggedInSince), Presence: presenceWord(o.Presence),
		PauseType: orNull(o.PauseType), PresenceSince: instant(o.PresenceSince),
		PauseUntil: instant(o.PauseUntil), PauseOverran: o.PauseOverran, Activity: activityWord(o.Activity),
		ActivitySince: instant(o.ActivitySince), Pending: pendingOf(o.Pending), Call: orNull(o.Call), Group: orNull(o.Group),
		IgnoredUntil: instant(o.IgnoredUntil), WrapUpUntil: instant(o.WrapUpUntil), Phone: phoneOf(o), Missed: o.Missed,
		Groups: v.seen(o.Groups), Suspended: v.seen(o.Suspended), Today: operatorToday(v.floor.Today().Operator(o.ID)),
	}
	if o.Group != "" && !v.who.seesGroup(directory.ID(o.Group)) {
		row.Call, row.Group = nil, nil // that he is busy is seen, not with what
	}
	return row
}

// seen leaves the groups the requester sees.
func (v *sight) seen(groups []acd.GroupID) []string {
	ids := []string{}
	for _, id := range groups {
		if v.who.seesGroup(directory.ID(id)) {
			ids = append(ids, string(id))
		}
	}
	return ids
}

// merge adds a later delta to an earlier one: of each row the last counts.
func (rows Rows) merge(later Rows) Rows {
	rows.Seq = later.Seq
	rows.Operators = replace(rows.Operators, later.Operators, func(o acd.OperatorView) string { return string(o.ID) })
	rows.Groups = replace(rows.Groups, later.Groups, func(g acd.GroupView) string { return string(g.ID) })
	rows.Calls = replace(rows.Calls, later.Calls, func(c acd.CallView) string { return string(c.ID) })
	rows.Operators = without(rows.Operators, later.RemovedOperators, func(o acd.OperatorView) acd.OperatorID { return o.ID })
	rows.Groups = without(rows.Groups, later.RemovedGroups, func(g acd.GroupView) acd.GroupID { return g.ID })
	rows.Calls = without(rows.Calls, later.RemovedCalls, func(c acd.CallView) acd.CallID { return c.ID })
	rows.RemovedOperators = append(slices.Clone(rows.RemovedOperators), later.RemovedOperators...)
	rows.RemovedGroups = append(slices.Clone(rows.RemovedGroups), later.RemovedGroups...)
	rows.RemovedCalls = append(slices.Clone(rows.RemovedCalls), later.RemovedCalls...)
	return rows
}

func replace[T any](rows, later []T, id func(T) string) []T {
	newer := make(map[string]bool, len(later))
	for _, row := range later {
		newer[id(row)] = true
	}
	kept := make([]T, 0, len(rows)+len(later))
	for _, row := range rows {
		if !newer[id(row)] {
			kept = append(kept, row)
		}
	}
	return append(kept, later...)
}

func without[T any, K comparable](rows []T, removed []K, id func(T) K) []T {
	return slices.DeleteFunc(rows, func(row T) bool { return slices.Contains(removed, id(row)) })
}
