package telephony

import (
	"bandeau/acd"
	"bandeau/media"
	"bandeau/media/prompts"
)

// sounds are the sources every call plays from; they are made once.
type sounds struct {
	music, ringback, busy, silence media.Source
	prompts                        prompts.Set
}

func newSounds(p prompts.Set) sounds {
	return sounds{
		prompts: p,
		music:   media.Music(), ringback: media.Ringback("FR"),
		busy: media.BusyOnce(), silence: media.Silence(),
	}
}

func (s sounds) source(sound acd.Sound) media.Source {
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

// prompt returns what is said, and whether it ends by itself.
func (s sounds) prompt(p acd.Prompt, language string) (src media.Source, ends bool) {
	switch p {
	case acd.PromptNotice:
		return s.prompts.Once(prompts.Notice, language), true
	case acd.PromptConfirm:
		return s.prompts.Repeated(prompts.Confirm, language), false
	}
	return s.silence, false
}
