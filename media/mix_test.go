package media

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/pion/rtp"
)

// talker is a phone that says one tone as long as it has one.
type talker struct {
	*phone
	says  float64
	heard uint64 // packets read
}

// waiting reads the packets that have been sent to the talker.
func (x *talker) waiting() (all []*rtp.Packet) {
	for ; x.heard < x.leg.Stats().PacketsSent; x.heard++ {
		all = append(all, x.phone.next())
	}
	return all
}

// next is the next of them.
func (x *talker) next() *rtp.Packet {
	x.heard++
	return x.phone.next()
}

// talkers makes phones of both codecs, each with a tone of its own.
func (r *rig) talkers(tones ...float64) []*talker {
	all := make([]*talker, len(tones))
	for i, f := range tones {
		all[i] = &talker{r.phone([]Codec{PCMA, PCMU}[i%2], 101), f, 0}
	}
	return all
}

// talk lets everybody speak for n frames and returns what each hears.
func talk(all []*talker, n int) [][]int16 {
	heard := make([][]int16, len(all))
	for range n {
		for _, x := range all {
			if x.says != 0 && !x.leg.closed.Load() {
				x.inject(x.speech(x.says, FrameSamples))
			}
		}
		all[0].rig.step(1)
		for i, x := range all {
			for _, p := range x.waiting() {
				heard[i] = append(heard[i], hear(p)...)
			}
		}
	}
	return heard
}

// parties writes a mix down: hears[i] are the indices of those i hears.
func parties(all []*talker, hears ...[]int) []Party {
	list := make([]Party, len(hears))
	for i, of := range hears {
		list[i].Leg = all[i].leg
		for _, j := range of {
			list[i].Hears = append(list[i].Hears, all[j].leg)
		}
	}
	return list
}

// conference is a mix in which all hear all others.
func conference(all ...*talker) []Party {
	hears := make([][]int, len(all))
	for i := range all {
		for j := range all {
			if i != j {
				hears[i] = append(hears[i], j)
			}
		}
	}
	return parties(all, hears...)
}

func (r *rig) mix(parties []Party) {
	r.t.Helper()
	if err := r.p.Mix(parties); err != nil {
		r.t.Fatal(err)
	}
}

// wantHeard fails unless each hears exactly the tones of those it is to hear.
func wantHeard(t *testing.T, all []*talker, heard [][]int16, hears ...[]int) {
	t.Helper()
	const half = SampleRate / 2
	for i, of := range hears {
		if len(heard[i]) < half {
			t.Errorf("%d hears %d samples", i, len(heard[i]))
			continue
		}
		last := heard[i][len(heard[i])-half:]
		for j, x := range all {
			a := tone(last, x.says)
			if want := slices.Contains(of, j); want && (a < 3800 || a > 4200) || !want && a > 100 {
				t.Errorf("%d hears %d with amplitude %.0f, to be heard: %v", i, j, a, want)
			}
		}
	}
}

// wantQuiet fails when the end of what was heard, if anything, is not silence.
func wantQuiet(t *testing.T, who string, heard []int16) {
	t.Helper()
	for _, s := range heard[max(0, len(heard)-FrameSamples):] {
		if s > maxQuiet || s < -maxQuiet {
			t.Errorf("%s: hears something", who)
			return
		}
	}
}

func TestMixMatrix(t *testing.T) {
	const customer, operator, supervisor = 0, 1, 2
	for _, c := range []struct {
		name  string
		hears [][]int
	}{
		{"conference of three", [][]int{{1, 2}, {0, 2}, {0, 1}}},
		{"conference of four", [][]int{{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {0, 1, 2}}},
		{"listening", [][]int{{operator}, {customer}, {customer, operator}}},
		{"whispering", [][]int{{operator}, {customer, supervisor}, {customer, operator}}},
		{"deaf", [][]int{{1}, {}, {0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			all := r.talkers(500, 700, 1300, 1900)[:len(c.hears)]
			r.mix(parties(all, c.hears...))
			wantHeard(t, all, talk(all, 40), c.hears...)
		})
	}
}

// One who speaks alone is heard octet for octet, at his own level.
func TestMixKeepsOneTalkerWhole(t *testing.T) {
	r := newRig(t)
	all := r.talkers(0, 0, 0)
	a, b, c := all[0], all[1], all[2]
	r.mix(conference(all...))
	rng := rand.New(rand.NewPCG(1, 2))
	quiet := bytes.Repeat([]byte{silenceA}, FrameSamples)
	var said, heard []byte
	for range 50 {
		frame := make([]byte, FrameSamples)
		for i := range frame {
			frame[i] = byte(rng.Uint32())
		}
		said = append(said, frame...)
		a.inject(a.datagram(uint8(PCMA), frame, FrameSamples))
		b.inject(b.datagram(uint8(PCMA), quiet, FrameSamples))
		r.step(1)
		c.next()
		b.next()
		a.next()
	}
	c.codec = PCMA
	c.leg.Configure(Remote{Addr: addrPort(c.conn), Codec: PCMA, Send: true, Receive: true})
	for range 50 {
		frame := make([]byte, FrameSamples)
		for i := range frame {
			frame[i] = byte(rng.Uint32())
		}
		said = append(said, frame...)
		a.inject(a.datagram(uint8(PCMA), frame, FrameSamples))
		b.inject(b.datagram(uint8(PCMA), quiet, FrameSamples))
		r.step(1)
		heard = append(heard, c.next().Payload...)
	}
	if !bytes.Contains(said, heard) {
		t.Error("not what was said")
	}
}

func TestMixSaturates(t *testing.T) {
	r := newRig(t)
	all := r.talkers(0, 0, 0)
	r.mix(conference(all...))
	loud := bytes.Repeat([]byte{encodeA(-32000)}, FrameSamples)
	var last *rtp.Packet
	for range 10 {
		all[0].inject(all[0].datagram(uint8(PCMA), loud, FrameSamples))
		all[2].inject(all[2].datagram(uint8(PCMA), loud, FrameSamples))
		r.step(1)
		last = all[1].next()
	}
	for _, s := range hear(last) {
		if s > -30000 {
			t.Fatalf("the sum of two loud voices is %d", s)
		}
	}
}

// step returns the greatest difference of neighbouring samples.
func greatestStep(pcm []int16) int {
	worst := 0
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		worst = max(worst, d, -d)
	}
	return worst
}

// Whoever comes, goes, is hung up or is heard anew in the middle of a tone does
// not click. A tone of 200 Hz moves by at most 640 from sample to sample; cut at
// its peak, which lies on the border of every packet, it would jump by 4000.
func TestMixDoesNotClick(t *testing.T) {
	heard := func(r *rig, all []*talker) { r.mix(parties(all, []int{1, 2}, []int{0}, []int{0, 1})) }
	unheard := func(r *rig, all []*talker) { r.mix(parties(all, []int{1}, []int{0}, []int{0, 1})) }
	for _, c := range []struct {
		name          string
		begin         [][]int
		change        func(r *rig, all []*talker)
		before, after bool // the tone is heard
	}{
		{"join", [][]int{{1}, {0}}, func(r *rig, all []*talker) { r.mix(conference(all...)) }, false, true},
		{"leave", [][]int{{1, 2}, {0, 2}, {0, 1}}, func(r *rig, all []*talker) { r.mix(conference(all[0], all[1])) }, true, false},
		{"hung up", [][]int{{1, 2}, {0, 2}, {0, 1}}, func(_ *rig, all []*talker) { all[2].leg.Close() }, true, false},
		{"listen, then whisper", [][]int{{1}, {0}, {0, 1}}, heard, false, true},
		{"whisper, then listen", [][]int{{1, 2}, {0}, {0, 1}}, unheard, true, false},
		{"gone and back at once", [][]int{{1, 2}, {0}, {0, 1}}, func(r *rig, all []*talker) {
			unheard(r, all)
			heard(r, all)
		}, true, true},
		{"come and gone at once", [][]int{{1}, {0}, {0, 1}}, func(r *rig, all []*talker) {
			heard(r, all)
			unheard(r, all)
		}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			all := r.talkers(0, 0, 200)
			all[2].phase = SampleRate / 200 / 4
			r.mix(parties(all, c.begin...))
			pcm := talk(all, 20)[0]
			c.change(r, all)
			pcm = append(pcm, talk(all, 20)[0]...)
			if len(pcm) != 40*FrameSamples {
				t.Fatalf("%d samples in 40 frames", len(pcm))
			}
			for i, want := range []bool{c.before, c.after} {
				last := pcm[(20*i+15)*FrameSamples : (20*i+20)*FrameSamples]
				if a := tone(last, 200); want != (a > 3800) || !want && a > 100 {
					t.Errorf("the tone has amplitude %.0f, heard: %v", a, want)
				}
			}
			if worst := greatestStep(pcm); worst > 900 {
				t.Errorf("a step of %d", worst)
			}
		})
	}
}

// Packets of any length, and packets that come late, leave no hole.
func TestMixTakesPacketsAsTheyCome(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples int
		late    int // each third packet waits so many ticks
	}{
		{"10 ms", 80, 0}, {"30 ms", 240, 0}, {"60 ms", 480, 0}, {"20 ms late", FrameSamples, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			all := r.talkers(0, 0, 0)
			r.mix(conference(all...))
			spoken, count := 0, 0
			waiting := map[int][][]byte{}
			var heard []int16
			for tick := range 60 {
				for ; spoken+c.samples <= (tick+1)*FrameSamples; spoken += c.samples {
					at := tick
					if count++; count%3 == 2 {
						at += c.late
					}
					waiting[at] = append(waiting[at], all[0].speech(500, c.samples))
				}
				for _, b := range waiting[tick] {
					all[0].inject(b)
				}
				r.step(1)
				heard = append(heard, hear(all[1].next())...)
			}
			last := heard[len(heard)-SampleRate/2:]
			if a := tone(last, 500); a < 3900 || a > 4100 {
				t.Errorf("amplitude %.0f", a)
			}
			if worst := greatestStep(last); worst > 1800 { // 1571 by nature
				t.Errorf("a step of %d", worst)
			}
		})
	}
}

// From two to three and back, and into another pair: nobody hears who has gone,
// and every stream goes on as one.
func TestBridgeMixBridge(t *testing.T) {
	r := newRig(t)
	all := r.talkers(500, 700, 1300)
	streams := make([]uint32, len(all))
	for i, x := range all {
		streams[i] = x.leg.out.ssrc
	}
	_ = r.p.Bridge(all[0].leg, all[1].leg)
	wantHeard(t, all, talk(all, 30), []int{1}, []int{0})
	r.mix(conference(all...))
	wantHeard(t, all, talk(all, 40), []int{1, 2}, []int{0, 2}, []int{0, 1})
	_ = r.p.Bridge(all[0].leg, all[2].leg)
	heard := talk(all, 30)
	wantHeard(t, all, [][]int16{heard[0], heard[2]}, []int{2}, []int{0})
	wantQuiet(t, "left alone", heard[1])
	r.mix(conference(all...))
	wantHeard(t, all, talk(all, 40), []int{1, 2}, []int{0, 2}, []int{0, 1})
	r.p.Unbridge(all[0].leg, all[1].leg)
	heard = talk(all, 30)
	for i, x := range all {
		wantQuiet(t, "parted", heard[i])
		if x.leg.out.ssrc != streams[i] {
			t.Errorf("%d has another stream", i)
		}
	}
}

// What is played to one party is heard by that party alone, and then the mix goes
// on in the same stream.
func TestPlayInAMix(t *testing.T) {
	r := newRig(t)
	all := r.talkers(500, 700, 1300)
	r.mix(conference(all...))
	talk(all, 5)
	all[0].leg.Play(toneSource(1900))
	heard := talk(all, 30)
	wantTone(t, heard[0], 1900, 500, 700, 1300)
	wantHeard(t, all, [][]int16{heard[1]}, []int{0, 2})
	all[0].leg.Play(nil)
	first := true
	var last *rtp.Packet
	for range 10 {
		all[1].inject(all[1].speech(700, FrameSamples))
		r.step(1)
		p := all[0].next()
		if p.Marker != first {
			t.Errorf("marker %v on a packet of the mix, first %v", p.Marker, first)
		}
		if last != nil && (p.SequenceNumber != last.SequenceNumber+1 || p.Timestamp != last.Timestamp+FrameSamples) {
			t.Errorf("%d/%d after %d/%d", p.SequenceNumber, p.Timestamp, last.SequenceNumber, last.Timestamp)
		}
		first, last = false, p
	}
}

// On hold a party gets nothing.
func TestMixOnHold(t *testing.T) {
	r := newRig(t)
	all := r.talkers(500, 700, 1300)
	r.mix(conference(all...))
	talk(all, 5)
	all[0].leg.Configure(Remote{Addr: addrPort(all[0].conn), Codec: PCMA, Receive: true})
	if heard := talk(all, 5); len(heard[0]) != 0 || len(heard[1]) == 0 {
		t.Errorf("%d samples for the one on hold, %d for another", len(heard[0]), len(heard[1]))
	}
}

func TestRecordingOfAMix(t *testing.T) {
	r := newRig(t)
	all := r.talkers(500, 700, 1300)
	sink := &sinkMemory{}
	stop, err := r.p.Record(all[0].leg, all[1].leg, sink)
	if err != nil {
		t.Fatal(err)
	}
	r.mix(conference(all...))
	talk(all, 50)
	stop()
	wantTone(t, sink.channel(0), 500, 700, 1300)
	wantTone(t, sink.channel(1), 700, 500, 1300)
}

// A digit reaches those who hear the one who presses it, as an event of their
// own stream, and nobody else.
func TestDigitInAMix(t *testing.T) {
	r := newRig(t)
	var got events
	all := r.talkers(0, 0, 0)
	all[1] = &talker{r.phone(PCMA, 96, got.on), 0, 0}
	r.mix(parties(all, []int{1}, []int{0, 2}, []int{0, 1}))
	presses := all[1]
	start := presses.Timestamp
	for i := range 5 {
		b := make([]byte, eventLen)
		putEvent(b, 7, i == 4, uint16((i+1)*FrameSamples))
		presses.Timestamp = start
		presses.inject(presses.datagram(96, b, 0))
		r.step(1)
	}
	if all := got.all(); len(all) != 1 || all[0].Digit != '7' {
		t.Errorf("the owner was told %v", all)
	}
	r.step(digitFrames)
	for i, x := range all {
		events := 0
		for _, p := range x.waiting() {
			if p.PayloadType != uint8(PCMA) && p.PayloadType != uint8(PCMU) {
				events++
				if p.Payload[0] != 7 {
					t.Errorf("%d got event %d", i, p.Payload[0])
				}
			}
		}
		if want := []int{eventFrames + eventRepeats, 0, eventFrames + eventRepeats}[i]; events != want {
			t.Errorf("%d got %d packets of the event, want %d", i, events, want)
		}
	}
	r.mix(parties(all, []int{2}, []int{0, 2}, []int{0}))
	presses.Timestamp += 10 * FrameSamples
	b := make([]byte, eventLen)
	putEvent(b, 8, true, 800)
	presses.inject(presses.datagram(96, b, 0))
	for _, x := range all {
		if n := len(x.leg.out.digits); n != 0 {
			t.Errorf("%d digits for one who no longer hears the presser", n)
		}
	}
}

func TestMixRefuses(t *testing.T) {
	r, other := newRig(t), newRig(t)
	all := r.talkers(500, 700, 1300)
	x := other.phone(PCMA, 0).leg
	a, b, c := Leg(all[0].leg), Leg(all[1].leg), Leg(all[2].leg)
	many := make([]Party, maxParties+1)
	for name, list := range map[string][]Party{
		"foreign":         {{Leg: a}, {Leg: x}},
		"hears a foreign": {{Leg: a, Hears: []Leg{x}}},
		"none":            {{Leg: nil}},
		"twice":           {{Leg: a}, {Leg: a}},
		"itself":          {{Leg: a, Hears: []Leg{a}}},
		"stranger":        {{Leg: a, Hears: []Leg{c}}, {Leg: b}},
		"heard twice":     {{Leg: a, Hears: []Leg{b, b}}, {Leg: b}},
		"too many":        many,
	} {
		if err := r.p.Mix(list); err == nil {
			t.Errorf("%s: mixed", name)
		}
	}
	_ = r.p.Bridge(a, b)
	c.Close()
	if err := r.p.Mix([]Party{{Leg: a}, {Leg: b}, {Leg: c}}); !errors.Is(err, ErrClosed) {
		t.Errorf("closed leg: %v", err)
	}
	wantHeard(t, all[:2], talk(all[:2], 30), []int{1}, []int{0}) // and the bridge stands
	if err := r.p.Mix(nil); err != nil {
		t.Errorf("nobody: %v", err)
	}
}

// When everybody has left nothing of a mix remains, whatever way they went.
func TestNothingRemainsOfAMix(t *testing.T) {
	for name, end := range map[string]func(r *rig, all []*talker){
		"hung up": func(_ *rig, all []*talker) {
			for _, x := range all {
				x.leg.Close()
			}
		},
		"parted": func(r *rig, all []*talker) {
			_ = r.p.Bridge(all[0].leg, all[1].leg)
			r.p.Unbridge(all[0].leg, all[1].leg)
			all[2].leg.Close()
		},
		"into others": func(r *rig, all []*talker) {
			more := r.talkers(0, 0)
			_ = r.p.Bridge(more[0].leg, all[0].leg)
			_ = r.p.Bridge(more[1].leg, all[1].leg)
			all[2].leg.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			all := r.talkers(500, 700, 1300)
			r.mix(conference(all...))
			talk(all, 5)
			end(r, all)
			r.step(2)
			if n := len(*r.p.mixes.Load()); n != 0 {
				t.Errorf("%d mixes", n)
			}
			for i, x := range all {
				if x.leg.voice.Load() != nil || x.leg.out.voice != nil || len(*x.leg.taps.Load()) != 0 {
					t.Errorf("%d still has a voice", i)
				}
			}
		})
	}
}

// Two mixes of which one takes a leg of the other.
func TestMixTakesFromAnother(t *testing.T) {
	r := newRig(t)
	all := r.talkers(500, 700, 1300, 1900)
	r.mix(conference(all[0], all[1]))
	r.mix(conference(all[2], all[3]))
	wantHeard(t, all, talk(all, 40), []int{1}, []int{0}, []int{3}, []int{2})
	r.mix(conference(all[1], all[2], all[3]))
	heard := talk(all, 40)
	wantHeard(t, all, [][]int16{heard[1], heard[2], heard[3]}, []int{2, 3}, []int{1, 3}, []int{1, 2})
	if n := len(*r.p.mixes.Load()); n != 1 {
		t.Errorf("%d mixes", n)
	}
}

// After a stall of the clock the mix goes on with what is due then.
func TestMixAfterAStall(t *testing.T) {
	r := newRig(t)
	all := r.talkers(500, 700, 1300)
	r.mix(conference(all...))
	talk(all, 10)
	for range 30 { // 600 ms in which nothing is sent
		for _, x := range all {
			x.inject(x.speech(x.says, FrameSamples))
		}
		r.clock.advance(FrameTime)
		r.ticks++
	}
	wantHeard(t, all, talk(all, 40), []int{1, 2}, []int{0, 2}, []int{0, 1})
}

func TestMixAllocatesNothing(t *testing.T) {
	r := newRig(t)
	all := r.talkers(500, 700, 1300)
	r.mix(conference(all...))
	raw := make([][]byte, len(all))
	from := make([]netip.AddrPort, len(all))
	for i, x := range all {
		raw[i], from[i] = x.speech(x.says, FrameSamples), canonical(addrPort(x.conn))
	}
	if n := testing.AllocsPerRun(500, func() { r.round(all, raw, from) }); n != 0 {
		t.Errorf("%v allocations for a tick", n)
	}
	if all[0].leg.Stats().PacketsSent < 500 {
		t.Error("nothing was sent")
	}
}

// round is one tick in which everybody has said something, without garbage.
func (r *rig) round(all []*talker, raw [][]byte, from []netip.AddrPort) {
	for i, x := range all {
		next(raw[i])
		x.leg.receive(raw[i], from[i], r.p.elapsed())
	}
	r.clock.now = r.clock.now.Add(FrameTime)
	r.ticks++
	r.p.tick(r.ticks)
}

// next makes a packet the one after it.
func next(b []byte) {
	var p packet
	p.parse(b)
	putHeader(b, false, p.payloadType, p.sequence+1, p.timestamp+FrameSamples, p.ssrc)
}

// Everything at once, for the race detector: packets, the clock, changes of who
// hears whom, digits, and the end.
func TestMixInUse(t *testing.T) {
	r := newRig(t)
	all := r.talkers(500, 700, 1300, 1900)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for _, x := range all {
		wg.Go(func() {
			for b := x.speech(x.says, FrameSamples); ; next(b) {
				select {
				case <-stop:
					return
				default:
					x.inject(b)
					x.leg.SendDigits("1")
				}
			}
		})
	}
	wg.Go(func() {
		for range 200 {
			r.step(1)
		}
		close(stop)
	})
	for n := range 200 {
		switch n % 5 {
		case 0:
			r.mix(conference(all...))
		case 1:
			r.mix(conference(all[n%4], all[(n+1)%4]))
		case 2:
			_ = r.p.Bridge(all[n%4].leg, all[(n+1)%4].leg)
		case 3:
			r.mix(parties(all, []int{1}, []int{0}, []int{0, 1}))
		case 4:
			r.p.Unbridge(all[0].leg, all[1].leg)
		}
	}
	wg.Wait()
	for _, x := range all {
		x.leg.Close()
	}
}
