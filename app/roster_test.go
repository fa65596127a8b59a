package app

import (
	"testing"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/media"
)

// twoCentres is a roster of a French and an Italian centre.
func twoCentres() *roster {
	meta := func(id, centre string) directory.Meta {
		return directory.Meta{ID: directory.ID(id), Centre: directory.ID(centre)}
	}
	most := 7
	r := newRoster(clock.System{})
	r.current.Store(newPicture([]centreRecords{
		{
			centre: directory.Centre{Meta: directory.Meta{ID: "paris"}, DialCountry: "FR"},
			operators: []directory.Operator{
				{Meta: meta("anna", "paris"), DirectNumber: "+33170200201", DialCountry: "ES"},
				{Meta: meta("ben", "paris"), DirectNumber: "+33170200200"},
			},
			numbers: []directory.Number{{
				Meta: meta("n1", "paris"), Number: "+33170200200", Record: true, Answer: directory.AnswerOnOperator,
				Destination: directory.Destination{Type: directory.ToGroup, ID: "sales"},
			}},
			phones: []directory.Phone{{Meta: meta("desk", "paris"), Number: "202"}, {Meta: meta("cabin", "paris")}},
			trunks: []directory.Trunk{{
				Meta: meta("t1", "paris"), Format: directory.FormatNational, MaxCalls: &most,
				Codecs: []directory.Codec{directory.PCMU, directory.PCMA}, ForwardCaller: true,
			}},
		},
		{
			centre: directory.Centre{Meta: directory.Meta{ID: "rome"}, DialCountry: "IT"},
			numbers: []directory.Number{{
				Meta: meta("n2", "rome"), Number: "+390669820000", Destination: directory.Destination{Type: directory.ToHangup},
			}},
			trunks: []directory.Trunk{{Meta: meta("t2", "rome"), Format: directory.FormatE164, Codecs: []directory.Codec{directory.PCMA}}},
		},
	}))
	return r
}

// TestRoute: a number is found in any form, by its own centre alone.
func TestRoute(t *testing.T) {
	r := twoCentres()
	for _, c := range []struct {
		centre, called string
		want           string // the number found; empty for none
	}{
		{"paris", "+33170200200", "+33170200200"},
		{"paris", "0170200200", "+33170200200"},
		{"paris", "0033170200200", "+33170200200"},
		{"paris", "33170200200", "+33170200200"},
		{"rome", "0669820000", "+390669820000"},
		{"rome", "+33170200200", ""}, // another centre's
		{"rome", "+33170200201", ""}, // and its operator's
		{"paris", "+390669820000", ""},
		{"paris", "+33170200299", ""},
		{"paris", "sales", ""},
		{"nowhere", "+33170200200", ""},
	} {
		route, ok := r.Route(c.centre, c.called)
		if ok != (c.want != "") || ok && route.Number != c.want {
			t.Errorf("%s, %q: got %+v, %v; want %q", c.centre, c.called, route, ok, c.want)
		}
	}
	service, _ := r.Route("paris", "+33170200200")
	if service.Service != "n1" || service.Destination.Kind != acd.ToGroup || !service.Record || !service.OnOperator {
		t.Errorf("a service number comes before the same direct number: %+v", service)
	}
	direct, _ := r.Route("paris", "+33170200201")
	if direct.Service != "" || direct.Destination != (acd.Destination{Kind: acd.ToOperator, Operator: "anna"}) {
		t.Errorf("direct number: %+v", direct)
	}
}

// TestDialled reads what is dialled by the operator's country, then the centre's.
func TestDialled(t *testing.T) {
	r := twoCentres()
	for _, c := range []struct {
		operator  acd.OperatorID
		digits    string
		want      string
		emergency bool
	}{
		{"anna", "912345678", "+34912345678", false}, // Spain, her own
		{"ben", "0142000000", "+33142000000", false},
		{"", "15", "15", true},
		{"anna", "061", "061", true}, // hers
		{"anna", "15", "15", true},   // the centre's
		{"ben", "061", "061", false},
		{"ben", "3639", "3639", false},
	} {
		number, emergency, err := r.Dialled("paris", c.operator, c.digits)
		if err != nil || number != c.want || emergency != c.emergency {
			t.Errorf("%s dials %s: %q, %v, %v", c.operator, c.digits, number, emergency, err)
		}
	}
	if number, _, err := r.Dialled("paris", "ben", "0142;ext=1"); err == nil {
		t.Errorf("read %q", number)
	}
}

// TestOfOneCentre: internal numbers and forms of numbers belong to a centre.
func TestOfOneCentre(t *testing.T) {
	r := twoCentres()
	if account, ok := r.Extension("paris", "202"); !ok || account != "desk" {
		t.Errorf("202 is %q, %v", account, ok)
	}
	for _, c := range [][2]string{{"rome", "202"}, {"paris", "203"}, {"paris", ""}} {
		if account, ok := r.Extension(c[0], c[1]); ok {
			t.Errorf("%s in %s is %q", c[1], c[0], account)
		}
	}
	if got := r.ForTrunk("t1", "+33142000000"); got != "0142000000" {
		t.Errorf("national form %q", got)
	}
	if got := r.ForTrunk("t2", "+33142000000"); got != "33142000000" {
		t.Errorf("e164 form %q", got)
	}
	if got := r.Caller("rome", "anonymous"); got != "" {
		t.Errorf("caller %q", got)
	}
	record, ok := r.Trunk("t1")
	if !ok || record.MaxCalls != 7 || !record.ForwardCaller || len(record.Codecs) != 2 || record.Codecs[0] != media.PCMU {
		t.Errorf("trunk %+v, %v", record, ok)
	}
	if _, ok := r.Trunk("t3"); ok {
		t.Error("a trunk nobody has")
	}
}
