//go:build race

package whatif

const raceDetector = true
