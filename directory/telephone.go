package directory

import (
	"errors"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// ErrNumber refuses a text that is no telephone number.
var ErrNumber = errors.New("not a telephone number of a possible length")

const (
	maxNumberInput = 40 // bytes of a number as typed, separators included
	maxE164        = 15 // digits, E.164 §6
	noCountry      = "ZZ"
)

// ParseNumber reads a telephone number as people write it and returns it in
// E.164 with a plus sign. The countries are ISO 3166 alpha-2, the operator's
// dialling country before the centre's; empty ones are ignored. The readings
// are tried in this order: with a plus sign; with a country's international
// prefix; 11 to 15 digits that begin with a country code; the national form
// of each country. Lengths are checked, not allocation.
func ParseNumber(input string, countries ...string) (string, error) {
	digits, plus, ok := digitsOf(input)
	if !ok {
		return "", ErrNumber
	}
	if plus {
		return international(digits)
	}
	for _, country := range countries {
		if n, ok := readIn(country, digits, phonenumbers.PhoneNumber_FROM_NUMBER_WITH_IDD); ok {
			return n, nil
		}
	}
	if len(digits) >= 11 && len(digits) <= maxE164 {
		if n, err := international(digits); err == nil {
			return n, nil
		}
	}
	for _, country := range countries {
		if n, ok := readIn(country, digits, phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY); ok {
			return n, nil
		}
	}
	return "", ErrNumber
}

// ParseDialable reads a number to be dialled or presented: a short code of 2
// to 6 digits, kept as typed, else as ParseNumber.
func ParseDialable(input string, countries ...string) (string, error) {
	if digits, plus, ok := digitsOf(input); ok && !plus && IsShortCode(digits) {
		return digits, nil
	}
	return ParseNumber(input, countries...)
}

// IsShortCode reports whether a number is a short code: 2 to 6 digits.
func IsShortCode(number string) bool {
	return len(number) >= 2 && len(number) <= 6 && !strings.ContainsFunc(number, notDigit)
}

// IsE164 reports whether a number stands in the stored form: a plus sign and
// digits of a possible length.
func IsE164(number string) bool {
	n, err := ParseNumber(number)
	return err == nil && n == number
}

// IsEmergency reports whether a dialled number is an emergency number in a
// country (ISO 3166 alpha-2). 112 and 911 are everywhere.
func IsEmergency(number, country string) bool {
	everywhere := []string{"112", "911"}
	if slices.Contains(everywhere, number) {
		return true
	}
	switch country {
	case "FR":
		return slices.Contains([]string{"15", "17", "18", "114", "115", "119", "191", "196"}, number)
	case "IT":
		return slices.Contains([]string{"113", "118"}, number)
	case "ES":
		return slices.Contains([]string{"061", "062", "091"}, number)
	case "GB":
		return number == "999"
	}
	return false
}

// FormatForTrunk writes a stored number in the form a trunk expects. A short
// code stays as it is. The national form of a number of another country than
// the given one begins with that one's international prefix.
func FormatForTrunk(number string, format NumberFormat, country string) string {
	if !strings.HasPrefix(number, "+") {
		return number
	}
	switch format {
	case FormatE164Plus:
		return number
	case FormatE164:
		return number[1:]
	case FormatNational:
		parsed, err := phonenumbers.Parse(number, noCountry)
		if err != nil || !knownCountry(country) {
			return number
		}
		if int(parsed.GetCountryCode()) == phonenumbers.GetCountryCodeForRegion(country) {
			return onlyDigits(phonenumbers.Format(parsed, phonenumbers.NATIONAL))
		}
		return onlyDigits(phonenumbers.FormatOutOfCountryCallingNumber(parsed, country))
	}
	return number
}

// digitsOf strips the separators people write in numbers. It refuses every
// other character, so that parameters, extensions, escapes, letters and the
// digits of other scripts never reach the number.
func digitsOf(input string) (digits string, plus, ok bool) {
	input = strings.Trim(input, " ")
	if len(input) > maxNumberInput {
		return "", false, false
	}
	input, plus = strings.CutPrefix(input, "+")
	var b strings.Builder
	for _, r := range input {
		switch r {
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			b.WriteRune(r)
		case ' ', '.', '-', '/', '(', ')', '\u00a0', '\u202f': // the last two are no-break spaces
		default:
			return "", false, false
		}
	}
	return b.String(), plus, b.Len() > 0
}

func international(digits string) (string, error) {
	if len(digits) > maxE164+1 { // one more for a zero written after the code
		return "", ErrNumber
	}
	parsed, err := phonenumbers.Parse("+"+digits, noCountry)
	if err != nil {
		return "", ErrNumber
	}
	return possible(parsed)
}

// readIn reads digits as dialled in a country, in one of the ways the
// metadata tells apart.
func readIn(country, digits string, way phonenumbers.PhoneNumber_CountryCodeSource) (string, bool) {
	if !knownCountry(country) {
		return "", false
	}
	parsed, err := phonenumbers.ParseAndKeepRawInput(digits, country)
	if err != nil || parsed.GetCountryCodeSource() != way {
		return "", false
	}
	number, err := possible(parsed)
	return number, err == nil
}

func possible(parsed *phonenumbers.PhoneNumber) (string, error) {
	// A length that is only possible inside an area is no E.164 number.
	if phonenumbers.IsPossibleNumberWithReason(parsed) != phonenumbers.IS_POSSIBLE {
		return "", ErrNumber
	}
	number := phonenumbers.Format(parsed, phonenumbers.E164)
	// Zeros alone are formatted as they were typed.
	if number[0] != '+' || len(number) > maxE164+1 || strings.ContainsFunc(number[1:], notDigit) {
		return "", ErrNumber
	}
	// A second zero after the country code would be stripped at the next
	// reading: such a number would not be the same twice.
	again, err := phonenumbers.Parse(number, noCountry)
	if err != nil || phonenumbers.Format(again, phonenumbers.E164) != number {
		return "", ErrNumber
	}
	return number, nil
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if notDigit(r) {
			return -1
		}
		return r
	}, s)
}
