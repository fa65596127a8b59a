package acd

import "time"

// What a group lets those hear who wait in it: its music, a welcome, and again
// and again how they stand. An announcement costs nobody his place and delays no
// offer: he is joined in the middle of it. It is made to whoever waits and is
// not offered just then, with the notice (OP-11) before it and never at the same
// time.

// Announcements are a group's.
type Announcements struct {
	Welcome       SoundID // heard once on entering; empty: none
	Position      bool    // "you are number two"
	EstimatedWait bool    // "the wait is about three minutes"
	Periodic      SoundID // heard with them; empty: none
	EverySeconds  int     // 15 to 3600; from one end to the next beginning
}

// Phrase is a spoken phrase with a number in it.
type Phrase uint8

// The phrases.
const (
	PhrasePosition Phrase = iota + 1 // place in the queue, from 1
	PhraseWait                       // estimated wait in minutes; 0: less than one; 61: more than sixty
)

// Spoken is one part of an announcement: a sound of the centre, or a phrase.
type Spoken struct {
	Sound  SoundID
	Phrase Phrase
	Number int
}

// Announce says something to a waiting caller instead of the music, once; then
// PromptEnded with this number is expected. PlayLeg and JoinLegs end it.
type Announce struct {
	Call     CallID
	Leg      LegID
	Says     []Spoken
	Language string
	Number   int
}

func (Announce) effect() {}

// Facts of announcements.
type (
	// AnnouncementStarted says that a waiting caller hears an announcement. One that
	// was due when there was nothing to say has no Until, and the number of the one
	// before.
	AnnouncementStarted struct {
		Call        CallID
		Group       GroupID
		Prompt      int  // its number among the call's prompts
		Welcome     bool // on entering the group
		Sound       SoundID
		Position    int // as it was said; 0: it was not
		WaitSeconds int // estimated; 0: not said
		Until       Instant
	}
	// AnnouncementEnded says that it is over.
	AnnouncementEnded struct{ Call CallID }
)

func (AnnouncementStarted) event() {}
func (AnnouncementEnded) event()   {}

func (e AnnouncementStarted) fold(s *State, at Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.Prompts, c.SayingUntil, c.AnnounceAt = e.Prompt, e.Until, 0
		if e.Until == 0 {
			c.AnnounceAt = s.nextAnnouncement(c, at)
		}
		if e.Welcome {
			c.Welcomed = e.Group
		}
		s.refreshCall(c)
	}
}

func (e AnnouncementEnded) fold(s *State, at Instant) {
	if c := s.calls.get(e.Call); c != nil {
		c.SayingUntil, c.AnnounceAt = 0, s.nextAnnouncement(c, at)
		s.refreshCall(c)
	}
}

// nextAnnouncement returns when a call that waits hears its group again, zero
// when it does not.
func (s *State) nextAnnouncement(c *call, at Instant) Instant {
	g := s.groups.get(c.Queue)
	if g == nil {
		return 0
	}
	a := g.Config.Announce
	if a.Periodic == "" && !a.Position && !a.EstimatedWait {
		return 0
	}
	return at.Add(max(time.Duration(a.EverySeconds)*time.Second, leastEvery))
}

// entered has a caller who stays in a group hear what it has to say, or its
// music if that is not what he hears already. After the notice it is his turn
// anyway.
func (t *step) entered(c *call, g *group, otherMusic bool) {
	if c.NoticeUntil != 0 || t.announce(c, g, true) {
		return
	}
	if c.SayingUntil != 0 { // the group he has left was speaking
		t.emit(AnnouncementEnded{Call: c.ID})
		otherMusic = true
	}
	if otherMusic {
		t.playMusic(c, c.customer())
	}
}

// playMusic lets a leg hear the hold music of the call's group.
func (t *step) playMusic(c *call, leg LegID) {
	t.do(PlayLeg{Call: c.ID, Leg: leg, Sound: SoundMusic, Music: t.s.holdMusic(c)})
}

func (s *State) holdMusic(c *call) SoundID {
	if g := s.groups.get(c.Group); g != nil {
		return g.Config.HoldMusic
	}
	return ""
}

// announce has a group speak to a caller, on entering or when it is time again,
// and says whether it had anything to say. On entering he is told how he stands
// unless his call is about to be offered.
func (t *step) announce(c *call, g *group, entering bool) bool {
	a := g.Config.Announce
	e := AnnouncementStarted{Call: c.ID, Group: g.Config.ID, Prompt: c.Prompts + 1, Sound: a.Periodic}
	if entering {
		e.Welcome = a.Welcome != "" && c.Welcomed != g.Config.ID
		if e.Sound = ""; e.Welcome {
			e.Sound = a.Welcome
		}
	}
	if place := g.queued.rank(c) + 1; !entering || place > g.eligible.len() {
		if a.Position {
			e.Position = place
		}
		if seconds, known := t.s.EstimateWait(g.Config.ID, place); known && a.EstimatedWait {
			e.WaitSeconds = max(seconds, 1)
		}
	}
	says := e.says()
	if says == nil {
		return false
	}
	e.Until = t.now.Add(announceLimit)
	t.emit(e)
	t.do(Announce{Call: c.ID, Leg: c.customer(), Says: says, Language: t.s.centre.Language, Number: e.Prompt})
	return true
}

// says puts into words what an announcement tells.
func (e AnnouncementStarted) says() []Spoken {
	var says []Spoken
	if e.Sound != "" {
		says = append(says, Spoken{Sound: e.Sound})
	}
	if e.Position > 0 {
		says = append(says, Spoken{Phrase: PhrasePosition, Number: e.Position})
	}
	if e.WaitSeconds > 0 {
		says = append(says, Spoken{Phrase: PhraseWait, Number: spokenMinutes(e.WaitSeconds)})
	}
	return says
}

// spokenMinutes is a wait as it is said: in whole minutes, rounded up.
func spokenMinutes(seconds int) int {
	if seconds < 60 {
		return 0
	}
	return min((seconds+59)/60, mostMinutes+1)
}

// announceDue carries out what is due of a call's announcements.
func (t *step) announceDue(c *call) {
	switch g := t.s.groups.get(c.Queue); {
	case c.SayingUntil != 0:
		t.announced(c)
	case !t.announce(c, g, false):
		t.emit(AnnouncementStarted{Call: c.ID, Group: c.Queue, Prompt: c.Prompts})
	}
}

// announced goes on after an announcement: with music, also for a caller who is
// being forwarded by now.
func (t *step) announced(c *call) {
	t.emit(AnnouncementEnded{Call: c.ID})
	t.playMusic(c, c.customer())
}

// announceDeadline returns when something of the call's announcements is due.
func (c *call) announceDeadline() Instant {
	switch {
	case c.SayingUntil != 0:
		return c.SayingUntil
	case c.offerable():
		return c.AnnounceAt
	}
	return 0
}
