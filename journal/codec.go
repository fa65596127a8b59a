package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"bandeau/acd"
)

// Codec turns events into entries and back. Names and versions in its table
// are for ever: an event that gains a field keeps its version, since a missing
// field reads as zero; one whose meaning changes gets a new version beside the
// old one.
type Codec struct {
	byName map[string]kind
	byType map[reflect.Type]kind
}

// kind is a row of the codec's table.
type kind struct {
	name    string
	version int
	typ     reflect.Type
	decode  func(data []byte) (acd.Event, error)
	// about returns the call and the operator an event is about.
	about func(acd.Event) (acd.CallID, acd.OperatorID)
}

// NewCodec returns the codec of every event of the core.
func NewCodec() *Codec {
	c := &Codec{byName: map[string]kind{}, byType: map[reflect.Type]kind{}}
	for _, k := range kinds() {
		if _, taken := c.byName[k.name]; taken {
			panic("journal: two kinds of events are named " + k.name)
		}
		c.byName[k.name] = k
		c.byType[k.typ] = k
	}
	return c
}

// Kind describes a row of the codec's table.
type Kind struct {
	Name    string
	Version int
	Type    reflect.Type // of the event
}

// Kinds returns the codec's table.
func Kinds() []Kind {
	var all []Kind
	for _, k := range kinds() {
		all = append(all, Kind{Name: k.name, Version: k.version, Type: k.typ})
	}
	return all
}

func kinds() []kind {
	return []kind{
		of[acd.CentreConfigured]("centre_configured"),
		of[acd.OperatorConfigured]("operator_configured"),
		of[acd.OperatorRemoved]("operator_removed"),
		of[acd.GroupConfigured]("group_configured"),
		of[acd.GroupRemoved]("group_removed"),
		of[acd.PauseTypeConfigured]("pause_type_configured"),
		of[acd.PauseTypeRemoved]("pause_type_removed"),
		of[acd.MemberSuspended]("member_suspended"),
		of[acd.LoggedIn]("logged_in"),
		of[acd.TakenOver]("taken_over"),
		of[acd.LoggedOutOf]("logged_out"),
		of[acd.OperatorChanged]("operator_changed"),
		of[acd.WrapUpEnded]("wrap_up_ended"),
		of[acd.PendingSet]("pending_set"),
		of[acd.PhoneGiven]("phone_given"),
		of[acd.ReachabilityChanged]("reachability_changed"),
		of[acd.Ignored]("ignored"),
		of[acd.MissedCounted]("missed_counted"),
		of[acd.PauseOverran]("pause_overran"),
		of[acd.WasActive]("was_active"),
		of[acd.WasAlive]("was_alive"),
		of[acd.StreamChanged]("stream_changed"),
		of[acd.CallStarted]("call_started"),
		of[acd.Enqueued]("enqueued"),
		of[acd.Dequeued]("dequeued"),
		of[acd.Overflowed]("overflowed"),
		of[acd.OfferMade]("offer_made"),
		of[acd.OfferEnded]("offer_ended"),
		of[acd.LegPlaced]("leg_placed"),
		of[acd.LegRang]("leg_rang"),
		of[acd.LegWasAnswered]("leg_answered"),
		of[acd.LegGone]("leg_gone"),
		of[acd.Connected]("connected"),
		of[acd.ConfirmationAsked]("confirmation_asked"),
		of[acd.NoticeStarted]("notice_started"),
		of[acd.NoticeEnded]("notice_ended"),
		of[acd.HeldChanged]("held_changed"),
		of[acd.MuteChanged]("mute_changed"),
		of[acd.RecordingStarted]("recording_started"),
		of[acd.RecordingEnded]("recording_ended"),
		of[acd.RecordingKept]("recording_kept"),
		of[acd.RulesSet]("rules_set"),
		of[acd.DaysSet]("days_set"),
		of[acd.DayBegan]("day_began"),
		of[acd.HoursSet]("hours_set"),
		of[acd.HoursChanged]("hours_changed"),
		of[acd.AnnouncementStarted]("announcement_started"),
		of[acd.AnnouncementEnded]("announcement_ended"),
		of[acd.BrowserChanged]("browser_changed"),
		of[acd.LegLost]("leg_lost"),
		of[acd.LegRecovered]("leg_recovered"),
		of[acd.SideStarted]("side_started"),
		of[acd.SideChanged]("side_changed"),
		of[acd.SideEnded]("side_ended"),
		of[acd.OperatorLeft]("operator_left"),
		of[acd.PickedUp]("picked_up"),
		of[acd.RecordingPaused]("recording_paused"),
		of[acd.RecordingMarked]("recording_marked"),
		of[acd.ObserverPlaced]("observer_placed"),
		of[acd.ObserverChanged]("observer_changed"),
		of[acd.Tagged]("tagged"),
		of[acd.Noted]("noted"),
		of[acd.CallEnded]("call_ended"),
	}
}

// of is the row of an event in version 1. Its call and operator are the first
// fields of those types, or a configuration's identifier.
func of[E acd.Event](name string) kind {
	typ := reflect.TypeFor[E]()
	call, operator := -1, -1
	for i := range typ.NumField() {
		switch f := typ.Field(i); {
		case f.Type == reflect.TypeFor[acd.CallID]():
			call = i
		case operator < 0 && f.Type == reflect.TypeFor[acd.OperatorID]():
			operator = i
		}
	}
	return kind{
		name: name, version: 1, typ: typ,
		decode: func(data []byte) (acd.Event, error) {
			var e E
			if err := decodeStrictly(data, &e); err != nil {
				return nil, err
			}
			return e, nil
		},
		about: func(e acd.Event) (acd.CallID, acd.OperatorID) {
			if c, ok := e.(acd.OperatorConfigured); ok {
				return "", c.Config.ID
			}
			var callID acd.CallID
			var operatorID acd.OperatorID
			v := reflect.ValueOf(e)
			if call >= 0 {
				callID = acd.CallID(v.Field(call).String())
			}
			if operator >= 0 {
				operatorID = acd.OperatorID(v.Field(operator).String())
			}
			return callID, operatorID
		},
	}
}

// Encode returns the entry of an event.
func (c *Codec) Encode(r acd.Recorded) (Entry, error) {
	k, ok := c.byType[reflect.TypeOf(r.Event)]
	if !ok {
		return Entry{}, fmt.Errorf("journal: event %d: no kind for %T", r.Seq, r.Event)
	}
	data, err := json.Marshal(r.Event)
	if err != nil {
		return Entry{}, fmt.Errorf("journal: event %d: encode %s: %w", r.Seq, k.name, err)
	}
	entry := Entry{Seq: r.Seq, At: r.At, Type: k.name, Version: k.version, Data: data}
	entry.Call, entry.Operator = k.about(r.Event)
	return entry, nil
}

// Decode returns the event of an entry. A name, a version or a field that is
// not known is an error: a fact is never read in part.
func (c *Codec) Decode(e Entry) (acd.Recorded, error) {
	k, ok := c.byName[e.Type]
	if !ok {
		return acd.Recorded{}, fmt.Errorf("journal: event %d: unknown type %q", e.Seq, e.Type)
	}
	if e.Version != k.version {
		return acd.Recorded{}, fmt.Errorf("journal: event %d: %s has version %d, not %d", e.Seq, e.Type, e.Version, k.version)
	}
	event, err := k.decode(e.Data)
	if err != nil {
		return acd.Recorded{}, fmt.Errorf("journal: event %d: decode %s: %w", e.Seq, e.Type, err)
	}
	return acd.Recorded{Seq: e.Seq, At: e.At, Event: event}, nil
}

// decodeStrictly reads exactly one JSON value without unknown fields.
func decodeStrictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the value")
	}
	return nil
}
