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
//
// # What a browser needs, as measured with Chromium 156
//
//   - The offer may be sent as soon as it is made: candidates are not looked at,
//     and gathering them takes the browser 130 ms. It answers in 1 ms here, and the
//     browser is connected 55 to 75 ms after it has the answer (the first time
//     140 ms), when it begins the handshake itself: a=setup:active put in place of
//     actpass.
//   - Answered with PCMA alone it sends PCMA, and takes telephone-event as its own
//     offer numbers it (126 at 8 kHz; 110 is for 48 kHz). Digits of
//     RTCDTMFSender.insertDTMF come with their length.
//   - An idle session, replaceTrack(null), sends no RTP; it stays connected by the
//     consent checks. Switching the microphone onto it takes 12 ms. What we send is
//     heard before it has a microphone at all.
//   - A page whose main thread hangs goes on speaking but answers no ping: it counts
//     as unreachable 4.9 s later, and as reachable at its first answer. A browser
//     that is killed says nothing; without the end of its stream it is noticed by
//     the same rule. One that closes its connection says so, at once.
//   - A page that is loaded anew in a call has its audio back 200 ms after its
//     script runs.
//   - Its first report with a round trip comes some 7 s into a call.
//
// # Trusting nothing
//
// Of an offer only what was checked reaches the library, in a description of our
// own writing: no candidate of it is ever looked up or sent to. The agent is
// ICE-lite on one UDP socket and speaks only to who has proved to know its
// credentials; there is no STUN server, no mDNS and no other socket. The library's
// log goes to debug, for strangers can make it talk.
package webrtcua
