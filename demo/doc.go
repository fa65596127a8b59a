// Package demo shows the whole system at work on one machine: a real node on a
// temporary store, and around it the world it is made for. Colleagues sit at
// telephones and banners of their own, callers come in waves through a carrier,
// and the newcomer's desk telephone waits for the person who tries the system
// out.
//
// Nothing in the node knows of the demonstration. Everybody reaches it as from
// outside: over SIP, RTP and the HTTP interface, on loopback.
//
// What people do is decided by pure functions of a seeded generator
// (temperament.go, waves.go, audio.go); the rest of the package carries it out.
// Whatever fails is counted and tried again: a demonstration goes on.
package demo
