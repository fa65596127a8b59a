// Package siptest holds telephones and carriers that behave as real ones, made
// to be rung, listened to and provoked.
//
// A [Phone] registers and makes and takes calls; a [Trunk] is a carrier that
// takes and places them; a [Peer] sends exactly the bytes it is given. They use
// real UDP and TCP sockets and real RTP, so the system under test cannot tell
// them from other people's equipment. The package has its own SIP parser,
// transactions and dialogs on purpose: a fault in the product's stack must not
// be shared by the peer that is meant to find it, and a peer must be able to
// misbehave (stay silent, answer after a CANCEL, forget an ACK) where a proper
// stack would refuse to.
//
// A call test listens. Every [Call] can send a tone and say what it hears, so
// that one-way audio, swapped legs or a leak between calls is found where a
// 200 OK proves nothing:
//
//	call, err := phone.NextCall(ctx)
//	...
//	call.SendTone(440)
//	err = call.HearsOnly(ctx, 620)
//
// Lifetimes follow a context: cancelling the one given to NewPhone, NewTrunk or
// NewPeer, or calling Close, ends every goroutine and closes every socket.
// Media costs one reading goroutine per call and one 20 ms clock per phone, so
// that one Phone can hold hundreds of calls for a load test.
package siptest
