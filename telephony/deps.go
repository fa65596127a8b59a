package telephony

import (
	"context"
	"time"

	"bandeau/acd"
	"bandeau/media"
)

// Core takes commands of one centre. *engine.Engine is one.
type Core interface {
	// Arrive asks the core to take a new call; an error refuses it.
	Arrive(ctx context.Context, c acd.Command) error
	// Do asks for something and returns when it is done; an error refuses it.
	Do(ctx context.Context, c acd.Command) error
	// Post reports something.
	Post(c acd.Command)
	// Ask reads the state.
	Ask(ctx context.Context, f func(*acd.State)) error
}

// Route is where a called number leads.
type Route struct {
	Service     acd.NumberID // empty for a direct number
	Number      string       // as it is stored
	Record      bool
	Overflow    acd.Exit
	Destination acd.Destination
	OnOperator  bool
	// Closed says why nobody is called at this hour, empty when it is open; such a
	// call takes ClosedExit.
	Closed     string
	ClosedExit acd.Exit
}

// TrunkRecord is what call control has to know of a trunk.
type TrunkRecord struct {
	MaxCalls int // 0 = no limit
	Codecs   []media.Codec
	// ForwardCaller presents the caller when an inbound call is forwarded; else
	// the service number, with the caller as asserted identity.
	ForwardCaller bool
}

// Directory answers what call control has to know of administered records. Its
// methods return at once and may be called from any goroutine.
type Directory interface {
	// Route resolves the number a trunk's call is for.
	Route(centre, called string) (Route, bool)
	// Caller reads a calling number, E.164 or a short code; empty when it is none.
	Caller(centre, user string) string
	// Dialled reads what was dialled on a phone, by the operator who is logged in
	// at it, if any.
	Dialled(centre string, operator acd.OperatorID, digits string) (number string, emergency bool, err error)
	// Target reads a number that a call is to be given to, by an operator: where a
	// number of the centre leads, or the number itself and, of an internal one, its
	// phone.
	Target(centre string, operator acd.OperatorID, digits string) (to acd.Destination, phone acd.AccountID, emergency bool, err error)
	// Extension returns the Centrex phone that has an internal number.
	Extension(centre, number string) (acd.AccountID, bool)
	// ForTrunk writes a number in the form a trunk wants.
	ForTrunk(trunk, number string) string
	// Trunk returns a trunk's record.
	Trunk(trunk string) (TrunkRecord, bool)
}

// Sounds are the sounds of the centres.
type Sounds interface {
	// Source returns a sound from its beginning, once or again and again; false
	// when there is none of that name, or none that can be played. It returns at
	// once and may be called from any goroutine.
	Source(centre string, id acd.SoundID, loop bool) (media.Source, bool)
}

// Browsers are the browser phones. Its methods may be called from any goroutine
// and return at once. Owners are named as [BrowserOwner] does.
type Browsers interface {
	// Reachable reports whether the browser could take a call now.
	Reachable(centre, owner string) bool
	// Attach makes the audio of a leg that of the browser's session, the present
	// one and those that take its place, until detach is called. A later leg of the
	// same owner takes over.
	Attach(centre, owner string, leg media.WireLeg) (detach func())
}

// Recorder makes the files of recorded calls.
type Recorder interface {
	// Create begins the file of a call. After the sink is closed, stored is
	// called once when the file is complete.
	Create(centre string, call acd.CallID, started time.Time, stored func(lost bool)) (media.FrameSink, error)
}
