package directory

import (
	"strings"
	"time"
)

// NewOperator returns an operator with the defaults of the specification,
// those of the centre included.
func NewOperator(centre Centre) Operator {
	return Operator{
		Meta:                 Meta{Centre: centre.ID},
		Enabled:              true,
		PasswordState:        PasswordPending,
		Language:             centre.Language,
		CallerID:             CallerID{Mode: CallerIDService},
		ScreenPop:            ScreenPop{Window: WindowSingle},
		ShowWaiting:          true,
		ShowNumbersInHistory: true,
		RingSeconds:          25,
		RetrySeconds:         30,
		AllowOutgoing:        true,
		LogoutAt:             "23:59",
		DialCountry:          centre.DialCountry,
	}
}

// Normalize returns the record in its stored form: texts trimmed, the login
// in lower case, numbers in E.164 where they can be read, a Centrex account
// given by its user name replaced by its id, and what does not belong to the
// chosen caller ID or kind of phone emptied.
func (o Operator) Normalize(look Lookup) Operator {
	trim(&o.FullName, &o.ScreenPop.IncomingURL, &o.ScreenPop.OutgoingURL, &o.LogoutAt)
	lower(&o.Login)
	upper(&o.DialCountry)
	o.Email = normalEmail(o.Email)
	countries := []string{o.DialCountry, look.Centre().DialCountry}
	o.DirectNumber = normalNumber(o.DirectNumber, countries)
	switch o.CallerID.Mode {
	case CallerIDService:
		o.CallerID.Number = normalNumber(o.CallerID.Number, countries)
	case CallerIDCustom:
		o.CallerID.Number = normalDialable(o.CallerID.Number, countries)
	case CallerIDAnonymous, CallerIDDirect:
		o.CallerID.Number = ""
	}
	o.Phone = o.Phone.Normalize(look, o.DialCountry)
	return o
}

// Normalize returns the phone in its stored form; the country is the
// operator's dialling country.
func (p PhoneChoice) Normalize(look Lookup, country string) PhoneChoice {
	switch p.Kind {
	case PhoneExternal:
		p.Account, p.Fallback = "", ""
		p.Number = normalDialable(p.Number, []string{country, look.Centre().DialCountry})
	case PhoneCentrex:
		p.Number, p.Fallback = "", ""
		p.Account = ID(strings.TrimSpace(string(p.Account)))
		if phone, ok := look.Phone(string(p.Account)); ok {
			p.Account = phone.ID
		}
	case PhoneBrowser:
		p.Number, p.Account = "", ""
		p.Fallback = normalDialable(p.Fallback, []string{country, look.Centre().DialCountry})
	case PhoneNone:
		p.Number, p.Account, p.Fallback = "", "", ""
	}
	return p
}

// Validate returns every rule the operator breaks.
func (o Operator) Validate(look Lookup) []Problem {
	c := &checker{look: look, self: o.ID}
	c.login(o.Login)
	c.text("fullName", o.FullName, 1, maxText)
	if c.email(o.Email, true) {
		c.unique(UniqueEmail, "email", strings.ToLower(o.Email), "is already the e-mail address of an operator of this centre")
	}
	c.language("language", o.Language)
	c.country("dialCountry", o.DialCountry)
	c.operatorNumbers(o)
	oneOf(c, "screenPop.window", o.ScreenPop.Window,
		[]ScreenPopWindow{WindowNone, WindowSingle, WindowMultiple, WindowTab})
	c.urlTemplate("screenPop.incomingUrl", o.ScreenPop.IncomingURL)
	c.urlTemplate("screenPop.outgoingUrl", o.ScreenPop.OutgoingURL)
	if o.Phone.Kind != PhoneNone || !o.AskPhoneAtLogin {
		c.phoneChoice("phone", o.Phone, o)
	}
	c.optionalWithin("wrapUpSeconds", o.WrapUpSeconds, 0, 3600)
	c.within("ringSeconds", o.RingSeconds, 5, 120)
	c.within("retrySeconds", o.RetrySeconds, 0, 3600)
	c.optionalWithin("idleLogoutMinutes", o.IdleLogoutMinutes, 1, 1440)
	c.optionalWithin("missedLogoutCount", o.MissedLogoutCount, 1, 100)
	if o.LogoutAt != "" && !isClock(o.LogoutAt) {
		c.invalid("logoutAt", "must be a time of day from 00:00 to 23:59 written HH:MM, or null")
	}
	return c.problems
}

// ValidatePhone returns every rule broken by a phone the operator gives
// himself, at login or from the banner. The fields are named "kind", "number",
// "account" and "fallback".
func (o Operator) ValidatePhone(choice PhoneChoice, look Lookup) []Problem {
	c := &checker{look: look, self: o.ID}
	c.phoneChoice("", choice, o)
	return c.problems
}

// operatorNumbers checks the direct number and the caller ID (OP-05).
func (c *checker) operatorNumbers(o Operator) {
	c.e164("directNumber", o.DirectNumber)
	c.unique(UniqueNumber, "directNumber", o.DirectNumber, "is already a service number or the direct number of another operator")
	oneOf(c, "callerId.mode", o.CallerID.Mode,
		[]CallerIDMode{CallerIDAnonymous, CallerIDDirect, CallerIDService, CallerIDCustom})
	number := o.CallerID.Number
	switch o.CallerID.Mode {
	case CallerIDDirect:
		if o.DirectNumber == "" {
			c.invalid("callerId.mode", "direct needs a directNumber")
		}
	case CallerIDService:
		if number != "" && !c.look.HasServiceNumber(number) {
			c.invalid("callerId.number", "must be one of the centre's service numbers, or null for the main number")
		}
	case CallerIDCustom:
		if number == "" {
			c.invalid("callerId.number", "is required by the mode custom")
		}
		c.dialable("callerId.number", number)
	case CallerIDAnonymous:
	}
}

// phoneChoice checks OP-12. The prefix is the path of the phone, empty where
// it is the whole body.
func (c *checker) phoneChoice(prefix string, p PhoneChoice, o Operator) {
	field := func(name string) string {
		if prefix == "" {
			return name
		}
		return prefix + "." + name
	}
	switch p.Kind {
	case PhoneNone:
		c.invalid(field("kind"), "is required unless the phone is asked for at login")
		return
	case PhoneExternal:
		c.telephone(field("number"), p.Number, o)
	case PhoneCentrex:
		if p.Account == "" {
			c.invalid(field("account"), "is required by the kind centrex")
		} else if phone, ok := c.look.Phone(string(p.Account)); !ok || phone.ID != p.Account {
			c.invalid(field("account"), "must be a phone of this centre")
		}
	case PhoneBrowser:
		if p.Fallback != "" {
			c.telephone(field("fallback"), p.Fallback, o)
		}
	default:
		oneOf(c, field("kind"), p.Kind, []PhoneKind{PhoneExternal, PhoneCentrex, PhoneBrowser})
	}
}

// telephone checks the number of a telephone an operator's calls ring on.
func (c *checker) telephone(field, number string, o Operator) {
	c.automaticNumber(field, number)
	if number != "" && (number == o.DirectNumber || c.look.HasServiceNumber(number)) {
		c.refuse(Conflict, field, "must not lead back into the centre: it is a service number or his direct number")
	}
}

// isClock reports whether a text is a time of day, HH:MM.
func isClock(hhmm string) bool {
	_, err := time.Parse("15:04", hhmm)
	return err == nil && len(hhmm) == len("15:04")
}

// normalNumber returns a number in E.164 if it can be read, else as typed for
// Validate to refuse.
func normalNumber(input string, countries []string) string {
	if number, err := ParseNumber(input, countries...); err == nil {
		return number
	}
	return strings.TrimSpace(input)
}

func normalDialable(input string, countries []string) string {
	if number, err := ParseDialable(input, countries...); err == nil {
		return number
	}
	return strings.TrimSpace(input)
}

const (
	ruleE164     = "must be a telephone number of a possible length, such as +33170200200"
	ruleDialable = "must be a telephone number of a possible length, such as +33170200200, or a short code of 2 to 6 digits"
)

// e164 checks a stored number; empty is accepted.
func (c *checker) e164(field, number string) {
	if number != "" && !IsE164(number) {
		c.invalid(field, ruleE164)
	}
}

// dialable checks a stored number or short code; empty is accepted.
func (c *checker) dialable(field, number string) {
	if number != "" && !IsShortCode(number) && !IsE164(number) {
		c.invalid(field, ruleDialable)
	}
}

// automaticNumber checks a required number the centre calls by itself: no
// machine may call the emergency services.
func (c *checker) automaticNumber(field, number string) {
	if number == "" {
		c.invalid(field, "is required")
		return
	}
	c.dialable(field, number)
	if IsEmergency(number, c.look.Centre().DialCountry) {
		c.invalid(field, "must not be an emergency number")
	}
}
