package directory

// MaxPauseTypes is the largest number of pause types in a centre.
const MaxPauseTypes = 50

// NewPauseType returns a pause type with the defaults of the product; it
// stands behind the others.
func NewPauseType(look Lookup) PauseType {
	last := 0
	for _, other := range look.PauseTypes() {
		last = max(last, other.Order)
	}
	return PauseType{
		Meta:   Meta{Centre: look.Centre().ID},
		Colour: "#475569",
		Order:  min(last+1, maxPauseOrder),
	}
}

const maxPauseOrder = 1000

// Normalize returns the record in its stored form.
func (p PauseType) Normalize(_ Lookup) PauseType {
	trim(&p.Names.FR, &p.Names.EN, &p.Names.IT, &p.Names.ES)
	lower(&p.Colour)
	return p
}

// Validate returns every rule the pause type breaks. A login pause takes the
// mark from the one that has it: the caller clears it there.
func (p PauseType) Validate(look Lookup) []Problem {
	c := &checker{look: look, self: p.ID}
	c.text("names.fr", p.Names.FR, 0, maxText)
	c.text("names.en", p.Names.EN, 0, maxText)
	c.text("names.it", p.Names.IT, 0, maxText)
	c.text("names.es", p.Names.ES, 0, maxText)
	c.colour("colour", p.Colour)
	c.within("order", p.Order, 1, maxPauseOrder)
	c.optionalWithin("maxMinutes", p.MaxMinutes, 1, 1440)
	known, otherLogin := false, false
	for _, other := range look.PauseTypes() {
		if other.ID == p.ID {
			known = true
		} else if other.Login {
			otherLogin = true
		}
	}
	if !p.Login && !otherLogin {
		c.refuse(Conflict, "login", "must stay true on one pause type: set it on another to move it")
	}
	if !known && len(look.PauseTypes()) >= MaxPauseTypes {
		c.refuse(Conflict, "names", "a centre has at most %d pause types", MaxPauseTypes)
	}
	return c.problems
}

// Shown reports whether the banner offers the pause type.
func (p PauseType) Shown() bool { return !p.Names.Empty() }

// DefaultPauseTypes returns the 15 pause types a new centre is provided with,
// without ids. The first is the login pause.
func DefaultPauseTypes(centre Centre) []PauseType {
	type row struct {
		fr, en, it, es, colour string
		maxMinutes             int
		productive             bool
	}
	rows := []row{
		{"Connexion", "Login", "Accesso", "Conexión", "#475569", 0, false},
		{"Pause", "Break", "Pausa", "Descanso", "#b45309", 15, false},
		{"Pause-café", "Coffee break", "Pausa caffè", "Pausa para el café", "#92400e", 10, false},
		{"Déjeuner", "Lunch", "Pranzo", "Almuerzo", "#c2410c", 60, false},
		{"Pause visuelle", "Screen break", "Pausa visiva", "Pausa visual", "#0f766e", 10, false},
		{"Réunion", "Meeting", "Riunione", "Reunión", "#1d4ed8", 120, true},
		{"Formation", "Training", "Formazione", "Formación", "#6d28d9", 240, true},
		{"Coaching", "Coaching", "Coaching", "Coaching", "#7e22ce", 60, true},
		{"Back office", "Back office", "Back office", "Back office", "#15803d", 0, true},
		{"E-mails", "E-mail", "E-mail", "Correo electrónico", "#0e7490", 0, true},
		{"Chat et réseaux sociaux", "Chat and social media", "Chat e social", "Chat y redes sociales", "#0369a1", 0, true},
		{"Appels sortants", "Outgoing calls", "Chiamate in uscita", "Llamadas salientes", "#4338ca", 0, true},
		{"Incident technique", "Technical problem", "Problema tecnico", "Incidencia técnica", "#b91c1c", 0, false},
		{"Administratif", "Administrative work", "Lavoro amministrativo", "Tareas administrativas", "#4d7c0f", 0, true},
		{"Délégation", "Staff representation", "Permesso sindacale", "Representación sindical", "#9d174d", 0, false},
	}
	types := make([]PauseType, len(rows))
	for i, r := range rows {
		types[i] = PauseType{
			Meta:       Meta{Centre: centre.ID},
			Names:      Names{FR: r.fr, EN: r.en, IT: r.it, ES: r.es},
			Colour:     r.colour,
			Order:      i + 1,
			Productive: r.productive,
			Login:      i == 0,
		}
		if r.maxMinutes > 0 {
			types[i].MaxMinutes = &rows[i].maxMinutes
		}
	}
	return types
}
