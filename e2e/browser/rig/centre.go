package main

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
)

// person is somebody who may log in, as the tests are told.
type person struct {
	ID       string `json:"id"`
	Login    string `json:"login"`
	Password string `json:"password"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Role     string `json:"role"`
}

// place is a group and the number that leads to it.
type place struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Number string `json:"number"`
}

// ready is what the tests are told first.
type ready struct {
	Control string            `json:"control"`
	URL     string            `json:"url"`
	People  map[string]person `json:"people"` // by login
	Groups  map[string]place  `json:"groups"` // by name
	// SparePhone is the label of a registered phone that no operator has.
	SparePhone string `json:"sparePhone"`
}

// The centre: few people, so that a test knows who gets a call. One operator
// and one user of the technical team read each language.
func operators() []person {
	return []person{
		{Login: "camille-martin", Name: "Camille Martin", Language: "fr"},
		{Login: "hugo-bernard", Name: "Hugo Bernard", Language: "fr"},
		{Login: "ines-moreau", Name: "Inès Moreau", Language: "fr"},
		{Login: "emma-taylor", Name: "Emma Taylor", Language: "en"},
		{Login: "giulia-rossi", Name: "Giulia Rossi", Language: "it"},
		{Login: "lucia-garcia", Name: "Lucía García", Language: "es"},
	}
}

func users() []person {
	return []person{
		{Login: "claire-dubois", Name: "Claire Dubois", Language: "fr", Role: "supervisor"},
		{Login: "marc-lefevre", Name: "Marc Lefèvre", Language: "fr", Role: "administrator"},
		{Login: "tech-fr", Name: "Théo Girard", Language: "fr", Role: "technical"},
		{Login: "tech-en", Name: "Oliver Smith", Language: "en", Role: "technical"},
		{Login: "tech-it", Name: "Marco Bianchi", Language: "it", Role: "technical"},
		{Login: "tech-es", Name: "Pablo Romero", Language: "es", Role: "technical"},
	}
}

// team is a group to be made: its members are logins, in order.
type team struct {
	place
	colour, strategy string
	wrapUp           int
	members          []string
}

// A group for each thing that the tests do at the same time.
func teams() []team {
	return []team{
		{place{Name: "Accueil", Number: "+33199001001"}, "#0b7f81", "fixed", 30, []string{"camille-martin", "hugo-bernard"}},
		{place{Name: "Conseil", Number: "+33199001002"}, "#e8590c", "longest_idle", 0, []string{"ines-moreau"}},
		{place{Name: "International", Number: "+33199001003"}, "#5f3dc4", "longest_idle", 15, []string{"emma-taylor", "giulia-rossi", "lucia-garcia"}},
	}
}

// makeCentre configures the node as its technical team would and registers a
// phone for each operator, and one more.
func (w *world) makeCentre(ctx context.Context) error {
	admin, err := w.node.logIn(ctx, "admin", setupPassword)
	if err != nil {
		return err
	}
	w.admin = admin
	// There is no spoken notice to wait for.
	if _, err = admin.do(ctx, http.MethodPatch, "/centre", object{"name": "Maison Lavande", "recordingNotice": false}); err != nil {
		return err
	}
	if err = w.makeTrunk(ctx); err != nil {
		return err
	}
	for _, p := range operators() {
		if err = w.makeOperator(ctx, p); err != nil {
			return err
		}
	}
	for _, p := range users() {
		if err = w.makeUser(ctx, p); err != nil {
			return err
		}
	}
	for _, t := range teams() {
		if err = w.makeTeam(ctx, t); err != nil {
			return err
		}
	}
	w.ready.SparePhone = "Poste libre"
	_, err = w.makePhone(ctx, "libre", w.ready.SparePhone)
	return err
}

func (w *world) makeTrunk(ctx context.Context) error {
	addr := w.trunk.Addr()
	_, err := w.admin.do(ctx, http.MethodPost, "/trunks", object{
		"name": "Opérateur", "host": addr.Addr().String(), "port": addr.Port(), "keepaliveSeconds": 1,
		"sources": []string{fmt.Sprintf("%s/32:%d", addr.Addr(), addr.Port())},
	})
	return err
}

func (w *world) makeOperator(ctx context.Context, p person) error {
	phone, err := w.makePhone(ctx, p.Login, "Poste de "+p.Name)
	if err != nil {
		return err
	}
	made, err := w.admin.do(ctx, http.MethodPost, "/operators", object{
		"login": p.Login, "fullName": p.Name, "email": p.Login + "@example.org", "language": p.Language,
		"phone": object{"kind": "centrex", "account": phone}, "retrySeconds": 0, "logoutAt": nil,
	})
	if err != nil {
		return err
	}
	p.Role = "operator"
	return w.admit(ctx, p, made.text("id"))
}

func (w *world) makeUser(ctx context.Context, p person) error {
	made, err := w.admin.do(ctx, http.MethodPost, "/users", object{
		"login": p.Login, "name": p.Name, "role": p.Role, "language": p.Language,
	})
	if err != nil {
		return err
	}
	return w.admit(ctx, p, made.text("id"))
}

// admit gives somebody a password and tells the tests of him.
func (w *world) admit(ctx context.Context, p person, id string) error {
	p.ID, p.Password = id, "le secret de "+p.Login
	w.ready.People[p.Login] = p
	return w.node.setPassword(ctx, p.Login, p.Password)
}

func (w *world) makeTeam(ctx context.Context, t team) error {
	members := []object{}
	for _, login := range t.members {
		members = append(members, object{"operator": w.ready.People[login].ID})
	}
	made, err := w.admin.do(ctx, http.MethodPost, "/groups", object{
		"name": t.Name, "colour": t.colour, "strategy": t.strategy, "wrapUpSeconds": t.wrapUp, "members": members,
	})
	if err != nil {
		return err
	}
	t.ID = made.text("id")
	w.ready.Groups[t.Name] = t.place
	_, err = w.admin.do(ctx, http.MethodPost, "/numbers", object{
		"number": t.Number, "label": t.Name, "destination": object{"type": "group", "id": t.ID},
	})
	return err
}

// makePhone makes an account and a telephone that is registered with it.
func (w *world) makePhone(ctx context.Context, username, label string) (id string, err error) {
	made, err := w.admin.do(ctx, http.MethodPost, "/phones", object{"label": label, "username": username})
	if err != nil {
		return "", err
	}
	return made.text("id"), w.addPhone(username, made.text("password"))
}

// loopback is where everything listens.
func loopback() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:0") }
