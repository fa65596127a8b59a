//go:build race

package acd_test

// raceEnabled shortens long runs: the detector makes them ten times slower.
const raceEnabled = true
