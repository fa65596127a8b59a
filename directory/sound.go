package directory

import "time"

// MaxSounds is the largest number of sounds of a centre.
const MaxSounds = 200

// Sound is an uploaded piece of audio, kept in the form telephones hear it in:
// hold music, or what a group says to its callers.
type Sound struct {
	Meta
	Name string // once in the centre
	// Format is what it was uploaded as: wav or mp3.
	Format   string
	Duration time.Duration
	// Bytes is the size of the file it is kept in.
	Bytes int64
}

// Normalize returns the record in its stored form.
func (s Sound) Normalize(_ Lookup) Sound {
	trim(&s.Name)
	return s
}

// Validate returns every rule the sound breaks. What it sounds like was judged
// when it was uploaded.
func (s Sound) Validate(look Lookup) []Problem {
	c := &checker{look: look, self: s.ID}
	c.text("name", s.Name, 1, maxText)
	c.unique(UniqueSound, "name", s.Name, "is already the name of a sound of this centre")
	return c.problems
}

// sound refuses a sound the centre does not have; an empty one is none.
func (c *checker) sound(field string, id ID) {
	if id == "" {
		return
	}
	if _, ok := c.look.Sound(id); !ok {
		c.invalid(field, "must be a sound of this centre, or null")
	}
}
