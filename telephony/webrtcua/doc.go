// Package webrtcua is the agent of all browser phones: one WebRTC session for each
// banner, idle until a call's leg is attached to it. It is the only package that
// knows pion/webrtc.
//
// # Sessions and legs
//
// An owner has at most one session, the page's, and at most one leg attached, the
// call's. Either comes and goes without the other: a page that is loaded anew gets
// the audio of the call it left, and a leg whose page is away plays into nothing
// until it is back. The leg is a media.WireLeg, so that a browser can be bridged,
// mixed, recorded and played to like any phone.
package webrtcua
