// Package sipua speaks SIP.
package sipua

import (
	"context"
	"net/netip"
	"time"
)

// UA is a SIP user agent.
type UA struct{}

// Dialog is one INVITE dialog, in either role.
type Dialog struct{}

// New binds the sockets.
func New(_ Config) (*UA, error) { return &UA{}, nil }

// Run serves until ctx ends.
func (u *UA) Run(_ context.Context) error { return nil }

// Close ends everything.
func (u *UA) Close() {}

// Addrs returns the real listen addresses.
func (u *UA) Addrs() []netip.AddrPort { return nil }

// SetAccounts replaces the accounts.
func (u *UA) SetAccounts(_ []Account) {}

// SetTrunks replaces the trunks.
func (u *UA) SetTrunks(_ []Trunk) {}

// TrunkOrder returns trunk ids in the order to be tried.
func (u *UA) TrunkOrder(_ string) []string { return nil }

// TrunkState returns a trunk's state.
func (u *UA) TrunkState(_ string) string { return TrunkDisabled }

// Contacts returns the current bindings of an account.
func (u *UA) Contacts(_ string) []Contact { return nil }

// LocalFor returns our address towards a target.
func (u *UA) LocalFor(_ Target) netip.Addr { return netip.Addr{} }

// Counters returns totals since the start.
func (u *UA) Counters() Counters { return Counters{} }

// Invite places a call.
func (u *UA) Invite(_ Outbound) *Dialog { return &Dialog{} }

// Bind sets the sink.
func (d *Dialog) Bind(_ func(Event)) {}

// Peer returns the other end.
func (d *Dialog) Peer() Peer { return Peer{} }

// CallID returns the Call-ID.
func (d *Dialog) CallID() string { return "" }

// Invite returns the INVITE's view (zero for outbound dialogs).
func (d *Dialog) Invite() *Invite { return &Invite{} }

// Header returns the first value of a header of the INVITE.
func (i *Invite) Header(_ string) string { return "" }

// LocalAddr returns our address towards the peer.
func (d *Dialog) LocalAddr() netip.Addr { return netip.Addr{} }

// Progress sends a provisional response.
func (d *Dialog) Progress(_ int, _ []byte) {}

// Accept answers 200.
func (d *Dialog) Accept(_ []byte) {}

// AckWith sends the ACK with our answer after an offerless INVITE of ours.
func (d *Dialog) AckWith(_ []byte) {}

// Reject refuses the INVITE.
func (d *Dialog) Reject(_ int, _ string, _ ...Header) {}

// HangUp ends the dialog in any state.
func (d *Dialog) HangUp(_ HangUpCause) {}

// Offer sends a new offer.
func (d *Dialog) Offer(_ []byte) error { return nil }

// AnswerOffer answers a RemoteOffer.
func (d *Dialog) AnswerOffer(_ []byte) {}

// RefuseOffer refuses a RemoteOffer.
func (d *Dialog) RefuseOffer(_ int) {}

// Notify sends NOTIFY with an event of talk or hold.
func (d *Dialog) Notify(_ string) error { return nil }

// SendInfoDigit sends a DTMF digit by INFO.
func (d *Dialog) SendInfoDigit(_ byte, _ time.Duration) error { return nil }

// RespondRefer answers a Referred event.
func (d *Dialog) RespondRefer(_ int) {}
