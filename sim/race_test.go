//go:build race

package sim_test

// raceEnabled shortens long runs: the detector makes them ten times slower.
const raceEnabled = true
