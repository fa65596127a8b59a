package directory

import (
	"errors"
	"strings"
	"testing"

	"bandeau/internal/proof"
)

func TestParseNumber(t *testing.T) {
	tests := []struct {
		name      string
		input     string
		countries []string
		want      string
	}{
		{"E.164", "+33170200200", nil, "+33170200200"},
		{"spaces of every usual kind", " +33 1.70-20/02(00) ", nil, "+33170200200"},
		{"no-break spaces", "+33\u00a01\u202f70 20 02 00", nil, "+33170200200"},
		{"zero written after the country code", "+33 (0)1 70 20 02 00", nil, "+33170200200"},
		{"international prefix", "0033170200200", []string{"FR"}, "+33170200200"},
		{"international prefix to elsewhere", "00442079460018", []string{"FR"}, "+442079460018"},
		{"international prefix of another country", "01133170200200", []string{"US"}, "+33170200200"},
		{"international prefix of the second country", "01133170200200", []string{"FR", "US"}, "+33170200200"},
		{"country code without plus", "33170200200", []string{"FR"}, "+33170200200"},
		{"country code without plus, no country", "33170200200", nil, "+33170200200"},
		{"country code before the national form", "39061234567", []string{"FR"}, "+39061234567"},
		{"national", "0170200200", []string{"FR"}, "+33170200200"},
		{"national without its zero", "170200200", []string{"FR"}, "+33170200200"},
		{"national, operator's country first", "0170200200", []string{"GB", "FR"}, "+44170200200"},
		{"national, centre's country second", "0170200200", []string{"ES", "FR"}, "+33170200200"},
		{"empty countries are ignored", "0170200200", []string{"", "FR"}, "+33170200200"},
		{"eleven digits that are national only", "07911 123456", []string{"GB"}, "+447911123456"},
		{"Italy keeps its zero", "06 1234 5678", []string{"IT"}, "+390612345678"},
		{"Italian mobile has none", "3123456789", []string{"IT"}, "+393123456789"},
		{"Italy keeps its zero in E.164", "+39 06 12345678", nil, "+390612345678"},
		{"Spain", "912345678", []string{"ES"}, "+34912345678"},
		{"unallocated but possible", "+33000000001", nil, "+33000000001"},
		{"North America without area", "5550123", []string{"US"}, ""},
		{"too short", "+331702", nil, ""},
		{"too long", "+3317020020012345", nil, ""},
		{"unknown country code", "+999123456789", nil, ""},
		{"national without a country", "0170200200", nil, ""},
		{"unknown country", "0170200200", []string{"XX"}, ""},
		{"short code", "3631", []string{"FR"}, ""},
		{"emergency with plus", "+112", []string{"FR"}, ""},
		{"zeros", "0000000000", []string{"FR"}, ""},
		{"empty", "", []string{"FR"}, ""},
		{"plus alone", "+", []string{"FR"}, ""},
		{"separators alone", "--", []string{"FR"}, ""},
		{"two plus signs", "++33170200200", nil, ""},
		{"plus inside", "33+170200200", nil, ""},
		{"letters", "0170 CALL ME", []string{"FR"}, ""},
		{"vanity", "+1800FLOWERS", nil, ""},
		{"escaped plus", "%2b33170200200", []string{"FR"}, ""},
		{"phone context", "0170200200;phone-context=+33", []string{"FR"}, ""},
		{"tel URI", "tel:+33170200200", nil, ""},
		{"extension", "+33170200200 x12", nil, ""},
		{"star code", "*31#0170200200", []string{"FR"}, ""},
		{"full-width plus", "＋33170200200", nil, ""},
		{"Arabic-Indic digits", "+٣٣١٧٠٢٠٠٢٠٠", nil, ""},
		{"full-width digits", "０１７０２００２００", []string{"FR"}, ""},
		{"tab", "+33\t170200200", nil, ""},
		{"line feed", "+33170200200\n", nil, ""},
		{"zero byte", "+33170200200\x00", nil, ""},
		{"over-long", "+33170200200" + strings.Repeat(" ", 30) + "1", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseNumber(tt.input, tt.countries...)
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Fatalf("ParseNumber(%q, %v) = %q, %v, want %q", tt.input, tt.countries, got, err, tt.want)
			}
			if err != nil && !errors.Is(err, ErrNumber) {
				t.Errorf("error %v is not ErrNumber", err)
			}
		})
	}
}

func TestParseDialable(t *testing.T) {
	for input, want := range map[string]string{
		"3631":       "3631",
		"15":         "15",
		"112":        "112",
		"36 31":      "3631",
		"061":        "061",
		"123456":     "123456",
		"0170200200": "+33170200200",
		"1":          "",
		"1234567":    "",
		"+3631":      "",
		"3631x":      "",
		"":           "",
	} {
		if got, err := ParseDialable(input, "FR"); got != want || (err == nil) != (want != "") {
			t.Errorf("ParseDialable(%q) = %q, %v, want %q", input, got, err, want)
		}
	}
}

func TestIsE164(t *testing.T) {
	for number, want := range map[string]bool{
		"+33170200200":      true,
		"33170200200":       false,
		"+33 170200200":     false,
		"+330170200200":     false,
		"3631":              false,
		"":                  false,
		"+390612345678":     true,
		"+3317020020012345": false,
	} {
		if got := IsE164(number); got != want {
			t.Errorf("IsE164(%q) = %v, want %v", number, got, want)
		}
	}
}

func TestIsEmergency(t *testing.T) {
	proof.Of(t, "OP-20")
	numbers := map[string][]string{
		"FR": {"15", "17", "18", "114", "115", "119", "191", "196"},
		"IT": {"113", "118"},
		"ES": {"061", "062", "091"},
		"GB": {"999"},
		"DE": nil,
		"":   nil,
	}
	for country, own := range numbers {
		for _, n := range append([]string{"112", "911"}, own...) {
			if !IsEmergency(n, country) {
				t.Errorf("IsEmergency(%q, %q) = false", n, country)
			}
		}
		for other, theirs := range numbers {
			for _, n := range theirs {
				if other != country && IsEmergency(n, country) {
					t.Errorf("IsEmergency(%q, %q) = true", n, country)
				}
			}
		}
		for _, n := range []string{"", "1", "3631", "+112", "+33170200200"} {
			if IsEmergency(n, country) {
				t.Errorf("IsEmergency(%q, %q) = true", n, country)
			}
		}
	}
}

func TestFormatForTrunk(t *testing.T) {
	tests := []struct {
		number  string
		format  NumberFormat
		country string
		want    string
	}{
		{"+33170200200", FormatE164Plus, "FR", "+33170200200"},
		{"+33170200200", FormatE164, "FR", "33170200200"},
		{"+33170200200", FormatNational, "FR", "0170200200"},
		{"+390612345678", FormatNational, "IT", "0612345678"},
		{"+393123456789", FormatNational, "IT", "3123456789"},
		{"+34912345678", FormatNational, "ES", "912345678"},
		{"+442079460018", FormatNational, "FR", "00442079460018"},
		{"+33170200200", FormatNational, "US", "01133170200200"},
		{"+33170200200", FormatNational, "", "+33170200200"},
		{"3631", FormatNational, "FR", "3631"},
		{"112", FormatE164Plus, "FR", "112"},
		{"112", FormatE164, "FR", "112"},
	}
	for _, tt := range tests {
		if got := FormatForTrunk(tt.number, tt.format, tt.country); got != tt.want {
			t.Errorf("FormatForTrunk(%q, %q, %q) = %q, want %q", tt.number, tt.format, tt.country, got, tt.want)
		}
	}
}

// What a trunk is sent must be read back as the same number.
func TestFormatIsReadBack(t *testing.T) {
	for _, number := range []string{"+33170200200", "+390612345678", "+34912345678", "+442079460018", "+12025550123", "+4915112345678"} {
		for _, format := range []NumberFormat{FormatE164Plus, FormatE164, FormatNational} {
			for _, country := range []string{"FR", "IT", "ES", "GB", "US"} {
				sent := FormatForTrunk(number, format, country)
				if got, err := ParseNumber(sent, country); err != nil || got != number {
					t.Errorf("%s as %s in %s is %q, read back as %q, %v", number, format, country, sent, got, err)
				}
			}
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"+33170200200", "0033170200200", "33170200200", "0170200200", "3631", "+39 06 1234", "011441", "%2b33", "+1;ext=2", "٣٣"} {
		f.Add(seed, "FR", "IT")
	}
	f.Fuzz(func(t *testing.T, input, first, second string) {
		number, err := ParseNumber(input, first, second)
		if err != nil {
			if number != "" {
				t.Fatalf("refused %q and returned %q", input, number)
			}
			return
		}
		if len(number) < 4 || len(number) > 16 || number[0] != '+' || strings.Trim(number[1:], "0123456789") != "" {
			t.Fatalf("ParseNumber(%q) = %q is not E.164", input, number)
		}
		again, err := ParseNumber(number)
		if err != nil || again != number {
			t.Fatalf("ParseNumber(%q) = %q, read again %q, %v", input, number, again, err)
		}
	})
}
