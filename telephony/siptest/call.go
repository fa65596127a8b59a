package siptest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// State is how far a call is. It only moves forward.
//
//	Calling → Ringing → Early → Established → Ended
//
// Any of the first three may be left out, and any state may go to Ended.
type State int

// The states of a call.
const (
	// Calling is the state from the INVITE on.
	Calling State = iota
	// Ringing follows a 180 without a session description.
	Ringing
	// Early follows a provisional response with one: there may be early media.
	Early
	// Established follows the 200, sent or received.
	Established
	// Ended is final.
	Ended
)

// String returns the state's name.
func (s State) String() string {
	switch s {
	case Calling:
		return "calling"
	case Ringing:
		return "ringing"
	case Early:
		return "early"
	case Established:
		return "established"
	case Ended:
		return "ended"
	}
	return fmt.Sprintf("State(%d)", int(s))
}

// EndedBy says what ended a call.
type EndedBy int

// The ends of a call.
const (
	// NotEnded is the answer for a call that goes on.
	NotEnded EndedBy = iota
	// ByRemoteBye is a BYE received.
	ByRemoteBye
	// ByRemoteCancel is a CANCEL received before the call was answered.
	ByRemoteCancel
	// ByLocal is our own HangUp, Cancel or Reject, or Close.
	ByLocal
	// ByFailure is a final response of 300 or more to our INVITE.
	ByFailure
	// ByTimeout is no answer at all, or a transport that failed.
	ByTimeout
)

// String returns the name of the end.
func (e EndedBy) String() string {
	switch e {
	case NotEnded:
		return "not ended"
	case ByRemoteBye:
		return "remote bye"
	case ByRemoteCancel:
		return "remote cancel"
	case ByLocal:
		return "local"
	case ByFailure:
		return "failure"
	case ByTimeout:
		return "timeout"
	}
	return fmt.Sprintf("EndedBy(%d)", int(e))
}

// maxLog bounds the messages kept per call.
const maxLog = 500

// Call is one call of a phone or a trunk, in either direction. Its methods may
// be used from any goroutine.
type Call struct {
	agent     *agent
	link      *link
	media     *media
	outgoing  bool
	options   DialOptions
	server    *serverTx // the INVITE of an incoming call
	behaviour Behaviour
	callID    string
	localTag  string
	local     string // our From or To, without the tag
	remote    string // theirs
	sdpID     uint64

	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}
	talk   chan struct{} // a NOTIFY with Event: talk came

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced at each change
	state     State
	reached   State // the state before Ended
	ending    bool  // end has begun
	endedBy   EndedBy
	endedAt   time.Time
	status    int
	reason    string
	cancelled bool

	remoteTag string
	target    string // the other side's Contact
	routes    []string
	seq       uint32
	remoteSeq uint32
	invite    *Message          // sent or received
	provision bool              // a provisional response was received
	acks      map[uint32][]byte // our ACKs to 200s by CSeq
	awaiting  map[uint32]*serverTx
	reliable  uint32          // RSeq of our last reliable response
	pracks    map[uint32]bool // acknowledged RSeq of ours
	prackSeen uint32          // last RSeq of theirs that we acknowledged

	direction  string // that we want
	ours       []Codec
	sdpVersion uint64
	localSDP   []byte
	remoteSDP  []byte
	remoteInfo Session
	offered    bool // we made the offer that is open
	reoffering bool
	refreshing bool // a session timer is kept alive
	refuse     int  // status for re-INVITE and UPDATE, 0 accepts

	requests  []*Message
	responses []*Message
	digits    strings.Builder // received by INFO
}

func newCall(a *agent, l *link) (*Call, error) {
	m, err := newMedia(a.addr.Addr())
	if err != nil {
		return nil, fmt.Errorf("siptest: media socket: %w", err)
	}
	c := &Call{
		agent: a, link: l, media: m, localTag: newToken(), sdpID: uint64(time.Now().UnixNano()),
		ended: make(chan struct{}), talk: make(chan struct{}, 1), changed: make(chan struct{}),
		awaiting: make(map[uint32]*serverTx), pracks: make(map[uint32]bool),
		acks:      make(map[uint32][]byte),
		direction: SendRecv, ours: a.codecs, seq: 1,
	}
	c.ctx, c.cancel = context.WithCancel(a.ctx)
	return c, nil
}

// update changes the call under its lock and wakes those who wait.
func (c *Call) update(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	close(c.changed)
	c.changed = make(chan struct{})
}

// advance moves the state forward, never back.
func (c *Call) advance(to State) {
	c.update(func() {
		if c.state < to {
			c.state, c.reached = to, to
		}
	})
}

// end ends the call and frees what it holds, before anyone can see that it
// has ended. It reports whether it was the first to.
func (c *Call) end(by EndedBy, status int, reason string) bool {
	c.mu.Lock()
	first := !c.ending
	c.ending = true
	c.mu.Unlock()
	if !first {
		return false
	}
	c.cancel()
	c.media.close()
	c.agent.retire(c)
	c.update(func() {
		c.state, c.endedBy, c.endedAt = Ended, by, time.Now()
		if status != 0 {
			c.status = status
		}
		if reason != "" {
			c.reason = reason
		}
	})
	close(c.ended)
	return true
}

func (c *Call) endedBefore(t time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state == Ended && c.endedAt.Before(t)
}

func (c *Call) record(m *Message) {
	c.update(func() {
		if m.Status != 0 && len(c.responses) < maxLog {
			c.responses = append(c.responses, m)
		}
		if m.Status == 0 && len(c.requests) < maxLog {
			c.requests = append(c.requests, m)
		}
	})
}

// wait blocks until the condition, checked under the lock at every change,
// holds.
func (c *Call) wait(ctx context.Context, what string, condition func() (bool, error)) error {
	for {
		c.mu.Lock()
		done, err := condition()
		changed, state, status := c.changed, c.state, c.status
		c.mu.Unlock()
		if done || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("siptest: waiting for %s, call is %s (status %d): %w", what, state, status, ctx.Err())
		}
	}
}

// WaitState waits until the call has reached the state or one behind it, even
// if it has ended meanwhile. It fails when the call ends before.
func (c *Call) WaitState(ctx context.Context, want State) error {
	return c.wait(ctx, want.String(), func() (bool, error) {
		if c.state == Ended && c.reached < want && want != Ended {
			return false, fmt.Errorf("siptest: call ended (%s, status %d) before it was %s", c.endedBy, c.status, want)
		}
		return c.state >= want, nil
	})
}

// WaitRequest waits for the n-th request of a method within the call, counted
// from 1, and returns it. The INVITE of an incoming call is its first.
func (c *Call) WaitRequest(ctx context.Context, method string, n int) (*Message, error) {
	var found *Message
	err := c.wait(ctx, method, func() (bool, error) {
		seen := 0
		for _, m := range c.requests {
			if m.Method == method {
				if seen++; seen == n {
					found = m
					return true, nil
				}
			}
		}
		return false, nil
	})
	return found, err
}

// State returns the state now.
func (c *Call) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Ended is closed when the call has ended.
func (c *Call) Ended() <-chan struct{} { return c.ended }

// EndedBy says what ended the call.
func (c *Call) EndedBy() EndedBy {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.endedBy
}

// FinalStatus is the final response to the INVITE, received or sent; 0 when
// there was none yet, 408 when none came.
func (c *Call) FinalStatus() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// Reason is the Reason header of the BYE or CANCEL that ended the call, or the
// reason phrase of the response that did.
func (c *Call) Reason() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// Cancelled reports whether a CANCEL was received, even one too late, or, for
// an outgoing call, whether we gave it up.
func (c *Call) Cancelled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cancelled
}

// Outgoing reports whether we placed the call.
func (c *Call) Outgoing() bool { return c.outgoing }

// CallID returns the call's Call-ID.
func (c *Call) CallID() string { return c.callID }

// Invite returns the INVITE: the one received, or the last one sent.
func (c *Call) Invite() *Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.invite
}

// Called is the user part of the Request-URI of the INVITE.
func (c *Call) Called() string {
	user, _ := splitURI(c.Invite().URI)
	return user
}

// Requests returns the requests received within the call, in order, without
// repetitions; the INVITE of an incoming call is the first. At most 500 are
// kept.
func (c *Call) Requests() []*Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.requests)
}

// Responses returns the responses received within the call, in order,
// repetitions included. At most 500 are kept.
func (c *Call) Responses() []*Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.responses)
}

// RemoteSDP returns the last session description received, nil when none was.
func (c *Call) RemoteSDP() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remoteSDP
}

// RemoteSession returns what the last session description received says.
func (c *Call) RemoteSession() Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remoteInfo
}

// RemotelyHeld reports whether the other side's last description put us on
// hold.
func (c *Call) RemotelyHeld() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remoteInfo.held()
}

// RefuseOffers makes re-INVITE and UPDATE with an offer be refused with a
// status from now on, for instance 488 or 491; 0 accepts them again.
func (c *Call) RefuseOffers(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = status
}
