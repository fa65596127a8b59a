package node

import (
	"fmt"
	"net/netip"
	"strconv"
	"testing"
)

// ServiceNumber is the number of the group that Floor makes.
const ServiceNumber = "+33170200200"

// operatorPassword is the password of every operator that Floor makes.
const operatorPassword = "secret of an operator"

// FloorConfig says what Floor makes.
type FloorConfig struct {
	// Operators is how many operators there are, each with a phone.
	Operators int
	// Record has the calls of the group recorded.
	Record bool
	// Trunks are the addresses inbound calls come from.
	Trunks []netip.AddrPort
}

// Floor is a centre at work: a group behind a service number, and its members.
type Floor struct {
	// Admin is the technical user, logged in.
	Admin *Visitor
	// Group is the identifier of the group.
	Group string
	// Seats are the members of the group.
	Seats []Seat
}

// Seat is an operator and his phone.
type Seat struct {
	// Operator and Phone are identifiers, Login the operator's.
	Operator, Phone, Login string
	// Username and Password are the SIP account of the phone.
	Username, Password string
}

// Floor configures a centre. Nobody is logged in and no phone is registered.
func (n *Node) Floor(tb testing.TB, config FloorConfig) *Floor {
	tb.Helper()
	f := &Floor{Admin: n.Admin(tb)}
	// There is no spoken notice to wait for.
	f.Admin.Do(tb, "PATCH", "/centre", Object{"recordingNotice": false})
	for i, addr := range config.Trunks {
		f.Admin.Do(tb, "POST", "/trunks", Object{
			"name": fmt.Sprintf("carrier %d", i+1), "host": addr.Addr().String(), "port": addr.Port(),
			"sources": []string{fmt.Sprintf("%s/32:%d", addr.Addr(), addr.Port())}, "keepaliveSeconds": 0,
		})
	}
	members := []Object{}
	for i := range config.Operators {
		seat := f.seat(tb, n, i+1)
		f.Seats = append(f.Seats, seat)
		members = append(members, Object{"operator": seat.Operator})
	}
	group := f.Admin.Do(tb, "POST", "/groups", Object{
		"name": "Sales", "wrapUpSeconds": 0, "record": Object{"inbound": config.Record, "outbound": false},
		"members": members,
	})
	f.Group = group.Text("id")
	f.Admin.Do(tb, "POST", "/numbers", Object{
		"number": ServiceNumber, "destination": Object{"type": "group", "id": f.Group},
	})
	return f
}

func (f *Floor) seat(tb testing.TB, n *Node, number int) Seat {
	tb.Helper()
	s := Seat{Login: "op" + strconv.Itoa(number)}
	phone := f.Admin.Do(tb, "POST", "/phones", Object{"label": "desk " + strconv.Itoa(number), "username": "desk" + strconv.Itoa(number)})
	s.Phone, s.Username, s.Password = phone.Text("id"), phone.Text("username"), phone.Text("password")
	operator := f.Admin.Do(tb, "POST", "/operators", Object{
		"login": s.Login, "fullName": "Operator " + strconv.Itoa(number), "email": s.Login + "@example.org",
		"phone": Object{"kind": "centrex", "account": s.Phone}, "retrySeconds": 0, "logoutAt": nil,
	})
	s.Operator = operator.Text("id")
	n.SetPassword(tb, s.Login, operatorPassword)
	return s
}

// LogIn logs the operator of a seat in: he is available from then on, as soon
// as his phone is registered.
func (s Seat) LogIn(tb testing.TB, n *Node) *Visitor {
	tb.Helper()
	return n.Login(tb, s.Login, operatorPassword)
}
