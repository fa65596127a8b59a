package telephony

import (
	"bandeau/acd"
	"bandeau/media"
)

// sounds are the sources every call plays from; they are made once.
type sounds struct {
	music, ringback, busy, silence media.Source
}

func newSounds() sounds {
	return sounds{
		music: media.Music(), ringback: media.Ringback("FR"),
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
