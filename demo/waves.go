package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

// The tide of calls: every few minutes more come than the colleagues can take,
// then fewer.
const (
	tide      = 4 * time.Minute
	calmRate  = 0.055 // calls a second at low tide
	surgeRate = 0.55  // and at high tide
	// opening is where the tide stands at the beginning: it rises, so that
	// something is to be seen at once.
	opening = 0.1
)

// rate is how many calls a second are expected at a time after the beginning.
func rate(elapsed time.Duration) float64 {
	phase := 2 * math.Pi * (elapsed.Seconds()/tide.Seconds() + opening)
	height := math.Max(0, math.Sin(phase))
	return calmRate + (surgeRate-calmRate)*height*height
}

// profile is one call from outside, as its caller means it to be.
type profile struct {
	number   string        // whom it comes from; empty when withheld
	name     string        // the display name; may be empty
	patience time.Duration // how long he waits to be served
	talk     time.Duration // how long he has to talk
	voice    melody
}

// newProfile makes up a call of somebody.
func newProfile(r *rand.Rand, who contact) profile {
	return profile{
		number: who.number, name: who.name,
		patience: between(r, 30*time.Second, 180*time.Second),
		talk:     between(r, 20*time.Second, 90*time.Second),
		voice:    sing(r, callerTimbre()),
	}
}

// between draws a duration.
func between(r *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(r.Float64()*float64(most-least))
}

// stillCalling says whether a caller goes on, who has been at it for a time and
// has talked for a part of it. One who cannot know whether he is served goes on
// for as long as both would take.
func (p profile) stillCalling(elapsed, talked time.Duration, known bool) bool {
	switch {
	case !known:
		return elapsed < p.patience+p.talk
	case talked > 0:
		return talked < p.talk
	}
	return elapsed < p.patience
}

// line is a number of the centre that callers dial.
type line struct {
	number string
	weight float64
}

// dial draws one of the lines, by their weights; false when there is none.
func dial(r *rand.Rand, lines []line) (string, bool) {
	total := 0.0
	for _, l := range lines {
		total += l.weight
	}
	at := r.Float64() * total
	for _, l := range lines {
		if at -= l.weight; at < 0 {
			return l.number, true
		}
	}
	return "", false
}

// contact is somebody outside.
type contact struct {
	number, name string
}

// contacts are the people and houses that call. Some have no name that their
// network would tell, and one withholds his number.
func contacts() []contact {
	return []contact{
		{"+33639980112", "Sophie Durand"},
		{"+33639980127", "Jean-Pierre Faure"},
		{"+33639980133", "Léa Marchand"},
		{"+33199004411", "Garage des Lilas"},
		{"+33261910205", "Boulangerie Petit"},
		{"+33639980158", ""},
		{"+33353010144", "Pharmacie du Marché"},
		{"+33639980164", "Olivier Renaud"},
		{"+33465710087", "Cabinet Brunet & Associés"},
		{"+33639980179", "Nathalie Picard"},
		{"", ""},
		{"+33536490031", "Mairie de Saint-Loup"},
		{"+33639980186", "Yannick Le Goff"},
		{"+33639980193", ""},
		{"+33199004427", "Menuiserie Caron"},
		{"+33639980204", "Éloïse Gauthier"},
		{"+33261910219", "Librairie Le Préau"},
		{"+33639980218", "Mehdi Cherif"},
		{"+33639980225", "Brigitte Collet"},
		{"+33353010158", "Hôtel de la Gare"},
		{"+33639980231", ""},
		{"+33639980246", "Paul Vidal"},
		{"+33465710093", "Clinique des Oliviers"},
		{"+33639980257", "Amélie Robin"},
		{"+33639980262", "Étienne Barbier"},
		{"+33199004438", "Fleurs & Jardins"},
		{"+33639980271", "Sarah Cohen"},
		{"+33536490047", ""},
		{"+33639980289", "Dominique Roy"},
		{"+33639980294", "Awa Diallo"},
		{"+33261910231", "École Jules-Ferry"},
		{"+33639980306", "Christophe Masson"},
		{"+33353010172", "Transports Hamon"},
		{"+33639980313", "Valérie Schmitt"},
		{"+33639980328", "Rémi Besson"},
		{"+33465710104", ""},
		{"+33639980337", "Isabelle Maillard"},
		{"+33199004446", "Restaurant La Treille"},
		{"+33639980341", "Hugo Lemaire"},
		{"+33639980352", "Martine Aubert"},
		{"+33536490053", "Coopérative du Gers"},
		{"+33639980365", "Bruno Charpentier"},
	}
}
