package directory

// NewCentre returns a centre with the defaults of the product.
func NewCentre(name string) Centre {
	return Centre{
		Name:            name,
		Language:        French,
		TimeZone:        "Europe/Paris",
		DialCountry:     "FR",
		RecordingNotice: true,
		ShowListening:   true,
	}
}

// Normalize returns the record in its stored form.
func (c Centre) Normalize(_ Lookup) Centre {
	trim(&c.Name, &c.TimeZone)
	upper(&c.DialCountry)
	c.MainNumber = normalNumber(c.MainNumber, []string{c.DialCountry})
	return c
}

// Validate returns every rule the centre breaks.
func (c Centre) Validate(look Lookup) []Problem {
	check := &checker{look: look, self: c.ID}
	check.text("name", c.Name, 1, maxText)
	check.language("language", c.Language)
	check.timeZone("timeZone", c.TimeZone)
	check.country("dialCountry", c.DialCountry)
	if c.MainNumber != "" && !look.HasServiceNumber(c.MainNumber) {
		check.invalid("mainNumber", "must be one of the centre's service numbers, or null")
	}
	return check.problems
}

// NewNumber returns a service number with the defaults of the product.
func NewNumber(centre Centre) Number {
	return Number{
		Meta:        Meta{Centre: centre.ID},
		Destination: Destination{Type: ToHangup},
		Answer:      AnswerAtOnce,
	}
}

// Normalize returns the record in its stored form.
func (n Number) Normalize(look Lookup) Number {
	trim(&n.Label)
	countries := []string{look.Centre().DialCountry}
	n.Number = normalNumber(n.Number, countries)
	n.Destination = n.Destination.normalize(countries)
	n.Overflow = n.Overflow.normalize(countries)
	n.Hours = normalHours(n.Hours, countries)
	return n
}

// Validate returns every rule the service number breaks.
func (n Number) Validate(look Lookup) []Problem {
	c := &checker{look: look, self: n.ID}
	if n.Number == "" {
		c.invalid("number", "is required")
	}
	c.e164("number", n.Number)
	c.unique(UniqueNumber, "number", n.Number, "is already a service number or the direct number of an operator")
	c.text("label", n.Label, 0, maxText)
	if n.Destination.Type == ToNowhere {
		c.invalid("destination.type", "is required")
	}
	c.destination("destination", n.Destination,
		[]DestinationType{ToGroup, ToOperator, ToNumber, ToHangup}, ToIVR, ToVoicemail)
	c.overflow("overflow", n.Overflow)
	c.hours("openingHours", n.Hours)
	type exit struct {
		field string
		to    Destination
	}
	exits := []exit{{"destination.number", n.Destination}, {"overflow.number", n.Overflow}}
	if n.Hours != nil {
		exits = append(exits, exit{"openingHours.exit.number", n.Hours.Exit})
	}
	for _, d := range exits {
		if d.to.Type == ToNumber && n.Number != "" && d.to.Number == n.Number {
			c.refuse(Conflict, d.field, "must not be the number itself")
		}
	}
	oneOf(c, "answer", n.Answer, []Answer{AnswerAtOnce, AnswerOnOperator})
	return c.problems
}
