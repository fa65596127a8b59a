package telephony

import (
	"time"

	"bandeau/acd"
	"bandeau/media"
)

// recording is the running recording of a call: the customer on the left, and on
// the right whom he hears of the house.
type recording struct {
	sink     media.FrameSink // nil when the file could not be made
	stop     func()
	customer *leg
	paused   bool
	// ear stands for several of the house who talk at once: it hears their mix
	// and is recorded as if it had said it. nil while there is one.
	ear media.WireLeg
}

// echo hands a leg what it hears as if it had come from its far side.
type echo struct{ media.WireLeg }

// Send implements media.Wire.
func (e echo) Send(packet []byte) error {
	e.Deliver(packet)
	return nil
}

// startRecording begins the file, or goes on in it with other legs.
func (c *call) startRecording(customer, operator *leg) {
	if customer == nil || operator == nil {
		return
	}
	if c.recording == nil {
		c.recording = &recording{stop: func() {}}
		core, id := c.core, c.id
		sink, err := c.sw.cfg.Recorder.Create(c.centre, c.id, time.Now(), func(lost bool) {
			core.Post(acd.RecordingStored{Call: id, Lost: lost})
		})
		if err != nil {
			c.log.Error("recording not started", "error", err)
		}
		c.recording.sink = sink
	}
	c.recording.customer = customer
	c.record()
}

// record puts into the running recording those who are to be in it now: who talks
// with another than the customer, as in a consultation, is not.
func (c *call) record() {
	r := c.recording
	if r == nil || r.sink == nil {
		return
	}
	left, right := r.customer.audio(), media.Leg(nil)
	house := audios(c.heardBy(r.customer))
	switch {
	case len(house) > 1:
		c.lendEar(r)
		if r.ear != nil {
			right = r.ear
		}
	case r.ear != nil:
		r.ear.Close()
		r.ear = nil
	}
	if len(house) == 1 {
		right = house[0]
	}
	if r.paused {
		left, right = nil, nil
	}
	stop, err := c.sw.cfg.Plane.Record(left, right, r.sink)
	if err != nil {
		c.log.Error("recording not started", "error", err)
		return
	}
	r.stop = stop
}

// lendEar lets the recording hear whom the customer hears.
func (c *call) lendEar(r *recording) {
	if r.ear == nil {
		ear, err := c.sw.cfg.Plane.Attach(media.Options{})
		if err != nil {
			c.log.Error("recording not complete", "error", err)
			return
		}
		ear.Configure(media.Remote{Codec: media.PCMA, Send: true, Receive: true})
		ear.Connect(echo{ear})
		r.ear = ear
	}
	c.remix()
}

// pauseRecording writes silence in place of what is said, or goes on.
func (c *call) pauseRecording(on bool) {
	if c.recording != nil {
		c.recording.paused = on
		c.record()
	}
}

func (c *call) stopRecording() {
	r := c.recording
	if r == nil {
		return
	}
	c.recording = nil
	r.stop()
	if r.ear != nil {
		r.ear.Close()
	}
	if r.sink == nil {
		c.core.Post(acd.RecordingStored{Call: c.id, Lost: true})
		return
	}
	if err := r.sink.Close(); err != nil {
		c.log.Error("recording not complete", "error", err)
	}
}
