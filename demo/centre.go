package demo

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
)

// What the person who tries the system out logs in with.
const (
	// Newcomer is the login of the operator who is played by a person.
	Newcomer = "camille.martin"
	// Supervisor is the login of a supervisor.
	Supervisor = "superviseur"
	// Administrator is the login of the technical user.
	Administrator = "admin"
	// Password is that of all three.
	Password = "demonstration"
)

// observer is the login of the user through whom the simulation sees the floor.
const observer = "simulation"

// The groups, whose names others refer to.
const (
	reception = "Accueil"
	orders    = "Commandes"
	support   = "Support technique"
)

// The telephone numbers are of the ranges that ARCEP keeps for fiction.
const (
	receptionNumber = "+33199001000"
	ordersNumber    = "+33199002000"
	supportNumber   = "+33199003000"
	newcomerNumber  = "+33199001001"
)

// person is somebody who works in the centre, at a Centrex telephone.
type person struct {
	login, name string
	groups      []string
	pauseFirst  bool // logs in paused (OP-26)
}

// newcomer is the operator of the person who tries the system out.
func newcomer() person {
	return person{login: Newcomer, name: "Camille Martin", groups: []string{reception, orders}}
}

// colleagues are the others, in the order they are called in.
func colleagues() []person {
	return []person{
		{login: "julien.moreau", name: "Julien Moreau", groups: []string{reception}},
		{login: "fatima.benali", name: "Fatima Benali", groups: []string{reception, orders}},
		{login: "helene.girard", name: "Hélène Girard", groups: []string{reception}, pauseFirst: true},
		{login: "thomas.lefevre", name: "Thomas Lefèvre", groups: []string{orders}},
		{login: "ines.garcia", name: "Inès Garcia", groups: []string{orders}},
		{login: "mathieu.roux", name: "Mathieu Roux", groups: []string{orders, support}},
		{login: "aurelie.fontaine", name: "Aurélie Fontaine", groups: []string{orders}},
		{login: "karim.haddad", name: "Karim Haddad", groups: []string{support}},
		{login: "sophie.nguyen", name: "Sophie Nguyen", groups: []string{support}},
		{login: "lucas.perrin", name: "Lucas Perrin", groups: []string{support, reception}},
		{login: "chloe.dumont", name: "Chloé Dumont", groups: []string{support}},
		{login: "antoine.mercier", name: "Antoine Mercier", groups: []string{support}},
	}
}

// section is one entry of the document that configures the centre.
type section map[string]any

// document is the configuration of the demonstration's centre, as `bandeau
// import` takes it: JSON is YAML too. The carrier listens at the address given; the
// newcomer's calls ring in his banner, or at his desk telephone.
func document(carrier netip.AddrPort, deskPhone bool) ([]byte, error) {
	staff := append([]person{newcomer()}, colleagues()...)
	var phones, operators []section
	for i, p := range staff {
		phones = append(phones, section{"username": p.login, "label": fmt.Sprintf("Poste %d, %s", 201+i, p.name), "number": fmt.Sprint(201 + i)})
		operators = append(operators, operatorSection(p, deskPhone))
	}
	text, err := json.MarshalIndent(section{
		"bandeau": 1,
		"centre": section{
			"name": "Démonstration", "language": "fr", "timeZone": "Europe/Paris", "dialCountry": "FR",
			"mainNumber": receptionNumber,
		},
		"phones":    phones,
		"operators": operators,
		"groups":    groupSections(staff),
		"numbers": []section{
			numberSection(receptionNumber, "Standard", reception),
			numberSection(ordersNumber, orders, orders),
			numberSection(supportNumber, "Support", support),
			{
				"number": newcomerNumber, "label": "Ligne de Camille Martin",
				"destination": section{"type": "operator", "operator": Newcomer},
				"overflow":    section{"type": "group", "group": reception},
			},
		},
		"trunks": []section{{
			"name": "Opérateur télécom", "host": carrier.Addr().String(), "port": carrier.Port(),
			"sources": []string{fmt.Sprintf("%s/%d:%d", carrier.Addr(), carrier.Addr().BitLen(), carrier.Port())},
		}},
		"users": []section{
			{"login": Administrator, "name": "Équipe technique", "role": "technical"},
			{"login": Supervisor, "name": "Nadia Lambert", "role": "supervisor", "rights": section{"operatorDetail": true, "listen": true}},
			{"login": observer, "name": "Simulation", "role": "administrator", "rights": section{"operatorDetail": true}},
		},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the centre's document: %w", err)
	}
	return text, nil
}

// operatorSection is an operator with a Centrex telephone of the same name.
// Nobody is logged out by the clock: a demonstration may run over midnight. The
// newcomer has his browser for a telephone, unless he is to have the simulated
// one, and may choose the other in his banner.
func operatorSection(p person, deskPhone bool) section {
	s := section{
		"login": p.login, "fullName": p.name, "email": p.login + "@example.org",
		"phone":       section{"kind": "centrex", "account": p.login},
		"ringSeconds": 20, "retrySeconds": 15, "logoutAt": nil, "pauseAtLogin": p.pauseFirst,
	}
	if p.login == Newcomer {
		s["ringSeconds"], s["allowPhoneChange"] = 25, true
		if !deskPhone {
			s["phone"] = section{"kind": "browser"}
		}
	}
	return s
}

// groupSections are the groups. The newcomer is the first of the reception, so
// that the next call is surely his; the others wait for their turn.
func groupSections(staff []person) []section {
	group := func(name, colour, strategy, number string, wrapUp int, more section) section {
		var members []section
		for _, p := range staff {
			for _, g := range p.groups {
				if g == name {
					members = append(members, section{"operator": p.login})
				}
			}
		}
		s := section{
			"name": name, "colour": colour, "strategy": strategy, "outgoingNumber": number,
			"wrapUpSeconds": wrapUp, "members": members,
		}
		maps.Copy(s, more)
		return s
	}
	toReception := section{"type": "group", "group": reception}
	return []section{
		group(reception, "#1d4ed8", "fixed", receptionNumber, 10, section{
			"priority": 40, "serviceLevel": section{"seconds": 20, "percent": 80},
		}),
		group(orders, "#b45309", "longest_idle", ordersNumber, 15, section{
			"serviceLevel": section{"seconds": 30, "percent": 80},
			"maxWaiting":   8, "overflow": toReception,
		}),
		group(support, "#0f766e", "longest_idle", supportNumber, 12, section{
			"serviceLevel":   section{"seconds": 60, "percent": 75},
			"maxWaitSeconds": 120, "overflow": toReception,
		}),
	}
}

func numberSection(number, label, group string) section {
	return section{"number": number, "label": label, "destination": section{"type": "group", "group": group}}
}
