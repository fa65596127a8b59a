package acd

// Announcements a group makes to those who wait in it: a welcome, and again and
// again how they stand.

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
	// AnnouncementStarted says that a waiting caller hears an announcement.
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

func (e AnnouncementStarted) fold(s *State, _ Instant) {
	if c := s.calls[e.Call]; c != nil {
		c.Prompts, c.SayingUntil, c.AnnounceAt = e.Prompt, e.Until, 0
		if e.Welcome {
			c.Welcomed = e.Group
		}
		s.refreshCall(c)
	}
}

func (e AnnouncementEnded) fold(s *State, _ Instant) {
	if c := s.calls[e.Call]; c != nil {
		c.SayingUntil = 0
		s.refreshCall(c)
	}
}

// entered has a caller who stays in a group hear what it has to say.
func (t *step) entered(*call, *group) {}

// announceDue carries out what is due of a call's announcements, and says
// whether anything was.
func (t *step) announceDue(*call) bool { return false }

// announceDeadline returns when something of the call's announcements is due.
func (c *call) announceDeadline() Instant { return 0 }
