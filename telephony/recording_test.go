package telephony_test

import (
	"errors"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/telephony/siptest"
)

// side returns what one side of a recording holds: 0 the customer, 1 the operator.
func (f *file) side(i int) []int16 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]int16(nil), f.sides[i]...)
}

// length is how much has been recorded.
func (f *file) length() time.Duration {
	return time.Duration(len(f.side(0))) * time.Second / media.SampleRate
}

func (f *recorder) last() *file {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.files) == 0 {
		return nil
	}
	return f.files[len(f.files)-1]
}

// records waits until so much more has been recorded and returns both sides of it.
func (r *rig) records(f *file, more time.Duration) (customer, operator []int16) {
	r.t.Helper()
	from := len(f.side(0))
	r.eventually("it is recorded", func() bool {
		return time.Duration(len(f.side(0))-from)*time.Second/media.SampleRate >= more
	})
	return f.side(0)[from:], f.side(1)[from:]
}

// wantTone checks that a side holds one tone and no other. A machine that has
// much else to do makes gaps, but never another tone.
func wantTone(t *testing.T, samples []int16, tone float64, side string) {
	t.Helper()
	for _, freq := range []float64{callerTone, operatorTone, 2500} {
		share := siptest.Tone(samples, media.SampleRate, freq)
		if freq == tone && share < 0.6 || freq != tone && share > 0.05 {
			t.Errorf("%s: %.0f Hz has %.0f%% of the power, want %.0f Hz alone", side, freq, 100*share, tone)
		}
	}
}

func TestRecordingHoldsEachOnItsSide(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.eachOther(c)
	r.do(acd.StartRecording{Call: c.id, Customer: 1, Operator: 2})
	r.eventually("a file was made", func() bool { return r.files.last() != nil })
	f := r.files.last()
	r.want(c.id, f.call, "call of the file")
	r.records(f, 400*time.Millisecond) // the first frames precede what they hold
	customer, operator := r.records(f, time.Second)
	wantTone(t, customer, callerTone, "left")
	wantTone(t, operator, operatorTone, "right")
	none[acd.RecordingStored](r)

	// Another operator goes on in the same file.
	second := r.ring(c.id, 3, r.phone("bert"), "bert")
	await[acd.LegAnswered](r)
	second.SendTone(2500)
	r.do(acd.JoinLegs{Call: c.id, A: 1, B: 3}, acd.StartRecording{Call: c.id, Customer: 1, Operator: 3})
	r.hears(c.caller, 2500)
	r.records(f, 400*time.Millisecond)
	customer, operator = r.records(f, time.Second)
	wantTone(t, customer, callerTone, "left")
	wantTone(t, operator, 2500, "right, the second operator")

	r.do(acd.StopRecording{Call: c.id}, acd.StopRecording{Call: c.id})
	r.want(acd.RecordingStored{Call: c.id}, await[acd.RecordingStored](r), "report")
	none[acd.RecordingStored](r)
	r.want(1, len(r.files.files), "files")
	r.want(1, f.closed, "times the file was closed")
	length := f.length()
	r.eachOtherAgain(c.caller, second)
	r.want(length, f.length(), "length after the end")
	r.do(acd.HangUpLeg{Call: c.id, Leg: 3})
	r.clear(c.id)
}

// What an operator says to a colleague whom he asks is not the customer's: he is in
// the file when the customer hears him.
func TestRecordingLeavesOutAConsultation(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.do(acd.StartRecording{Call: c.id, Customer: 1, Operator: 2})
	r.eachOther(c)
	f := r.files.last()
	r.records(f, 400*time.Millisecond)
	_, house := r.records(f, 600*time.Millisecond)
	wantTone(t, house, operatorTone, "right, before")
	second := r.ring(c.id, 3, r.phone("bert"), "bert")
	await[acd.LegAnswered](r)
	second.SendTone(2500)
	for range 2 { // there and back again
		r.do(acd.PlayLeg{Call: c.id, Leg: 1, Sound: acd.SoundMusic}, acd.JoinLegs{Call: c.id, A: 3, B: 2})
		r.hears(second, operatorTone)
		r.hears(c.operator, 2500)
		r.records(f, 400*time.Millisecond)
		customer, house := r.records(f, 600*time.Millisecond)
		wantTone(t, customer, callerTone, "left, of who waits")
		if level := siptest.Level(house); level > 1 {
			t.Errorf("the consultation is recorded: level %.0f on the right", level)
		}
		r.do(acd.PlayLeg{Call: c.id, Leg: 3, Sound: acd.SoundMusic}, acd.JoinLegs{Call: c.id, A: 1, B: 2})
		r.eachOther(c)
		r.records(f, 400*time.Millisecond)
		_, house = r.records(f, 600*time.Millisecond)
		wantTone(t, house, operatorTone, "right, back again")
	}
	// On hold he talks with who stands beside him.
	r.do(acd.PartLegs{Call: c.id, A: 1, B: 2}, acd.PlayLeg{Call: c.id, Leg: 1, Sound: acd.SoundMusic})
	r.hearsMusic(c.caller)
	r.records(f, 400*time.Millisecond)
	if _, house := r.records(f, 600*time.Millisecond); siptest.Level(house) > 1 {
		t.Error("the operator is recorded while the customer is on hold")
	}
	r.do(acd.HangUpLeg{Call: c.id, Leg: 3}, acd.StopRecording{Call: c.id})
	r.clear(c.id)
}

func (r *rig) eachOtherAgain(caller, second *siptest.Call) {
	r.t.Helper()
	r.hears(caller, 2500)
	r.hears(second, callerTone)
}

// A call whose legs are gone and whose core forgets it leaves no file open.
func TestRecordingEndsWithItsCall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.talk(party{})
	r.do(acd.StartRecording{Call: c.id, Customer: 1, Operator: 2})
	r.eventually("a file was made", func() bool { return r.files.last() != nil })
	r.records(r.files.last(), 500*time.Millisecond)
	c.caller.HangUp()
	c.operator.HangUp()
	r.legEnded(1, acd.EndHungUp)
	r.legEnded(2, acd.EndHungUp)
	r.forget(c.id)
	r.want(acd.RecordingStored{Call: c.id}, await[acd.RecordingStored](r), "report")
	r.want(1, r.files.last().closed, "times the file was closed")
}

// An outgoing call: the called party is the customer, whatever its leg's number.
func TestRecordingOfAnOutgoingCall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	carrier, phone := r.trunk("t1"), r.phone("anna")
	operator := r.ring("out", 1, phone, "anna")
	await[acd.LegAnswered](r)
	r.do(placeNumber("out", 2, "+33155000000"))
	called := r.next(carrier)
	await[acd.LegAnswered](r)
	r.do(acd.JoinLegs{Call: "out", A: 1, B: 2}, acd.StartRecording{Call: "out", Customer: 2, Operator: 1})
	called.SendTone(callerTone)
	operator.SendTone(operatorTone)
	r.eachOther(conversation{"out", called, operator})
	r.records(r.files.last(), 400*time.Millisecond)
	left, right := r.records(r.files.last(), time.Second)
	wantTone(t, left, callerTone, "left")
	wantTone(t, right, operatorTone, "right")
	r.clear("out")
	r.want(false, await[acd.RecordingStored](r).Lost, "lost")
}

func TestRecordingThatCannotBegin(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.errs.tolerate("recording not started")
	r.files.err = errors.New("disk full")
	c := r.talk(party{})
	r.do(acd.StartRecording{Call: c.id, Customer: 1, Operator: 2})
	r.eachOther(c) // the call does not suffer
	none[acd.RecordingStored](r)
	r.do(acd.StopRecording{Call: c.id})
	r.want(acd.RecordingStored{Call: c.id, Lost: true}, await[acd.RecordingStored](r), "report")
	// Without legs nothing is recorded, and nothing is reported.
	r.do(acd.StartRecording{Call: c.id, Customer: 8, Operator: 9}, acd.StopRecording{Call: c.id})
	r.clear(c.id)
	none[acd.RecordingStored](r)
}
