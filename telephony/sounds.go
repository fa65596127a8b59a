package telephony

import (
	"log/slog"
	"sync"

	"bandeau/acd"
	"bandeau/media"
	"bandeau/media/prompts"
)

// sounds are the sources every call plays from: those that are the same for all
// are made once.
type sounds struct {
	music, ringback, busy, silence media.Source
	prompts                        prompts.Set
	own                            Sounds // of the centres; may be nil
	log                            *slog.Logger

	mu   sync.Mutex
	gone map[ownSound]bool // those whose absence has been logged
}

// ownSound is a sound of a centre.
type ownSound struct {
	centre string
	id     acd.SoundID
}

func newSounds(cfg Config) *sounds {
	return &sounds{
		prompts: cfg.Prompts, own: cfg.Sounds, log: cfg.Log, gone: make(map[ownSound]bool),
		music: media.Music(), ringback: media.Ringback("FR"),
		busy: media.BusyOnce(), silence: media.Silence(),
	}
}

func (s *sounds) source(sound acd.Sound) media.Source {
	switch sound {
	case acd.SoundMusic:
		return s.music
	case acd.SoundRingback:
		return s.ringback
	case acd.SoundBusy:
		return s.busy
	}
	return s.silence
}

// played returns what a leg of a centre is to hear: the centre's own music where
// it has one, and that can be played.
func (s *sounds) played(centre string, e acd.PlayLeg) media.Source {
	if e.Sound == acd.SoundMusic && e.Music != "" {
		if src, ok := s.find(centre, e.Music, true); ok {
			return src
		}
	}
	return s.source(e.Sound)
}

// find returns a sound of a centre. One that is missing is logged once.
func (s *sounds) find(centre string, id acd.SoundID, loop bool) (media.Source, bool) {
	if s.own != nil {
		if src, ok := s.own.Source(centre, id, loop); ok {
			return src, true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sound := (ownSound{centre, id}); !s.gone[sound] {
		s.gone[sound] = true
		s.log.Warn("sound not played", "centre", centre, "sound", string(id))
	}
	return nil, false
}

// prompt returns what is said, and whether it ends by itself.
func (s *sounds) prompt(p acd.Prompt, language string) (src media.Source, ends bool) {
	switch p {
	case acd.PromptNotice:
		return s.prompts.Once(prompts.Notice, language), true
	case acd.PromptConfirm:
		return s.prompts.Repeated(prompts.Confirm, language), false
	}
	return s.silence, false
}

// announcement returns what an announcement says, and whether that is anything:
// a sound that is missing is left out.
func (s *sounds) announcement(centre string, e acd.Announce) (src media.Source, some bool) {
	var said []media.Source
	var phrases []prompts.Part
	tell := func() { // the phrases since the last sound
		if len(phrases) > 0 {
			said = append(said, s.prompts.Say(e.Language, phrases...))
			phrases = nil
		}
	}
	for _, part := range e.Says {
		switch part.Phrase {
		case acd.PhrasePosition:
			phrases = append(phrases, prompts.Position(part.Number))
		case acd.PhraseWait:
			phrases = append(phrases, prompts.Wait(part.Number))
		default:
			tell()
			if src, ok := s.find(centre, part.Sound, false); ok {
				said = append(said, src)
			}
		}
	}
	tell()
	return media.Sequence(said...), len(said) > 0
}
