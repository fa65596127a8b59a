package app

import (
	"cmp"
	"sync/atomic"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/media"
	"bandeau/telephony"
	"bandeau/telephony/sipua"
)

// roster answers call control's questions about numbers and trunks. It is an
// immutable picture of every centre's records, replaced as a whole, so that a
// call never waits for the store.
type roster struct {
	current atomic.Pointer[picture]
	clock   clock.Clock // of the opening hours
}

// picture is the content of a roster.
type picture struct {
	centres  map[string]directory.Centre
	routes   map[string]centreRoute // by E.164
	trunks   map[string]directory.Trunk
	dialling map[acd.OperatorID]string // the operator's dialling country
	phones   map[extension]acd.AccountID
}

// extension is an internal number of a centre.
type extension struct{ centre, number string }

// centreRoute is where a number of the node leads.
type centreRoute struct {
	centre string
	route  telephony.Route
	// hours are the opening hours of a service number, nil for always open.
	hours *directory.Hours
	zone  *time.Location
}

func newRoster(c clock.Clock) *roster {
	r := &roster{clock: c}
	r.current.Store(&picture{})
	return r
}

// picture builds the routes of what has been read. Direct numbers come after
// service numbers, which win if both have one.
func newPicture(all []centreRecords) *picture {
	p := &picture{
		centres: make(map[string]directory.Centre), routes: make(map[string]centreRoute),
		trunks: make(map[string]directory.Trunk), dialling: make(map[acd.OperatorID]string),
		phones: make(map[extension]acd.AccountID),
	}
	for _, c := range all {
		id := string(c.centre.ID)
		p.centres[id] = c.centre
		for _, o := range c.operators {
			p.dialling[acd.OperatorID(o.ID)] = o.DialCountry
			if o.DirectNumber != "" {
				p.routes[o.DirectNumber] = centreRoute{centre: id, route: telephony.Route{
					Number:      o.DirectNumber,
					Destination: acd.Destination{Kind: acd.ToOperator, Operator: acd.OperatorID(o.ID)},
				}}
			}
		}
		for _, n := range c.numbers {
			p.routes[n.Number] = centreRoute{id, telephony.Route{
				Service: acd.NumberID(n.ID), Number: n.Number, Record: n.Record,
				Overflow: exit(n.Overflow), Destination: destination(n.Destination),
				OnOperator: n.Answer == directory.AnswerOnOperator,
			}, n.Hours, c.zone}
		}
		for _, phone := range c.phones {
			if phone.Number != "" {
				p.phones[extension{id, phone.Number}] = acd.AccountID(phone.ID)
			}
		}
		for _, t := range c.trunks {
			p.trunks[string(t.ID)] = t
		}
	}
	return p
}

// Route implements telephony.Directory. A number of another centre is as unknown
// as one that does not exist.
func (r *roster) Route(centre, called string) (telephony.Route, bool) {
	p := r.current.Load()
	number, err := directory.ParseNumber(called, p.centres[centre].DialCountry)
	if err != nil {
		return telephony.Route{}, false
	}
	found, ok := p.routes[number]
	if found.hours != nil {
		if open, cause := found.hours.At(found.zone, r.clock.Now()); !open {
			found.route.Closed, found.route.ClosedExit = cause, exit(found.hours.Exit)
		}
	}
	return found.route, ok && found.centre == centre
}

// Caller implements telephony.Directory.
func (r *roster) Caller(centre, user string) string {
	number, err := directory.ParseDialable(user, r.current.Load().centres[centre].DialCountry)
	if err != nil {
		return ""
	}
	return number
}

// Dialled implements telephony.Directory.
func (r *roster) Dialled(centre string, operator acd.OperatorID, digits string) (string, bool, error) {
	p := r.current.Load()
	country := p.centres[centre].DialCountry
	own := cmp.Or(p.dialling[operator], country)
	if directory.IsEmergency(digits, own) || directory.IsEmergency(digits, country) {
		return digits, true, nil
	}
	number, err := directory.ParseDialable(digits, own, country)
	return number, false, err
}

// Target implements telephony.Directory. A number of the centre leads where it
// leads for a caller, whatever the hour: who gives the call on has decided.
func (r *roster) Target(
	centre string, operator acd.OperatorID, digits string,
) (to acd.Destination, phone acd.AccountID, emergency bool, err error) {
	number, emergency, err := r.Dialled(centre, operator, digits)
	if emergency || err != nil {
		return acd.Destination{}, "", emergency, err
	}
	p := r.current.Load()
	if found, ok := p.routes[number]; ok && found.centre == centre && found.route.Destination.Kind != acd.ToHangUp {
		return found.route.Destination, "", false, nil
	}
	return acd.Destination{Kind: acd.ToNumber, Number: number}, p.phones[extension{centre, number}], false, nil
}

// Extension implements telephony.Directory.
func (r *roster) Extension(centre, number string) (acd.AccountID, bool) {
	account, ok := r.current.Load().phones[extension{centre, number}]
	return account, ok
}

// ForTrunk implements telephony.Directory.
func (r *roster) ForTrunk(trunk, number string) string {
	p := r.current.Load()
	t := p.trunks[trunk]
	return directory.FormatForTrunk(number, t.Format, p.centres[string(t.Centre)].DialCountry)
}

// Trunk implements telephony.Directory.
func (r *roster) Trunk(trunk string) (telephony.TrunkRecord, bool) {
	t, ok := r.current.Load().trunks[trunk]
	if !ok {
		return telephony.TrunkRecord{}, false
	}
	record := telephony.TrunkRecord{ForwardCaller: t.ForwardCaller}
	if t.MaxCalls != nil {
		record.MaxCalls = *t.MaxCalls
	}
	for _, c := range t.Codecs {
		record.Codecs = append(record.Codecs, codec(c))
	}
	return record, true
}

func codec(c directory.Codec) media.Codec {
	if c == directory.PCMU {
		return media.PCMU
	}
	return media.PCMA
}

// sipTrunk is a trunk as the user agent needs it.
func sipTrunk(t directory.Trunk) (sipua.Trunk, error) {
	out := sipua.Trunk{
		Centre: string(t.Centre), ID: string(t.ID), Name: t.Name, Host: t.Host, Port: uint16(t.Port),
		Transport: string(t.Transport), Username: t.Username, Password: t.Password.Reveal(),
		Digest: algorithm(t.Digest), Register: t.Register, Keepalive: seconds(t.KeepaliveSeconds),
		Priority: t.Priority, Enabled: t.Enabled,
	}
	for _, text := range t.Sources {
		source, err := directory.ParseSource(text)
		if err != nil {
			return sipua.Trunk{}, err
		}
		out.Sources = append(out.Sources, sipua.Source{Prefix: source.Prefix, Port: source.Port})
	}
	return out, nil
}

func algorithm(a directory.DigestAlgorithm) sipua.Algorithm {
	if a == directory.DigestSHA256 {
		return sipua.SHA256
	}
	return sipua.MD5
}
