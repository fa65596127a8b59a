//go:build !race

package acd_test

const raceEnabled = false
