package app

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/directory"
)

// addSound stores the record of a sound.
func addSound(t *testing.T, b *bench, name string) directory.Sound {
	t.Helper()
	centre, err := b.store.Centres().ByName(t.Context(), "Lyon")
	if err != nil {
		t.Fatal(err)
	}
	sound, err := b.store.Sounds().Create(t.Context(), directory.Sound{
		Meta: newMeta(centre.ID, time.Unix(0, 0).UTC()), Name: name, Format: "wav", Duration: time.Second, Bytes: 16_044,
	})
	if err != nil {
		t.Fatal(err)
	}
	return sound
}

// A document names sounds, which an import finds and an export writes.
func TestExchangedSounds(t *testing.T) {
	b := newBench(t)
	b.mustImport(t, "bandeau: 1\ncentre: {name: Lyon}\n")
	chimes, hello := addSound(t, b, "Chimes"), addSound(t, b, "Hello: all")
	document := `
bandeau: 1
centre: {name: Lyon}
groups:
  - name: Sales
    holdMusic: Chimes
    announcements: {welcome: "Hello: all", periodic: Chimes}
`
	b.mustImport(t, document)
	centre, err := b.store.Centres().ByName(t.Context(), "Lyon")
	if err != nil {
		t.Fatal(err)
	}
	s, err := readSnapshot(t.Context(), b.store, centre)
	if err != nil {
		t.Fatal(err)
	}
	g := s.groups[0]
	if g.HoldMusic != chimes.ID || g.Announcements.Welcome != hello.ID || g.Announcements.Periodic != chimes.ID {
		t.Errorf("group %+v", g)
	}
	exported := b.mustExport(t)
	for _, text := range []string{"holdMusic: Chimes", `welcome: "Hello: all"`, "periodic: Chimes"} {
		if !strings.Contains(exported, text) {
			t.Errorf("no %s in\n%s", text, exported)
		}
	}
	if again := b.mustImport(t, exported); len(again.Changes) > 0 {
		t.Errorf("imported again: %v", again.Changes)
	}
	out := b.mustImport(t, `
bandeau: 1
centre: {name: Lyon}
groups: [{name: Sales, holdMusic: null, announcements: {welcome: Chimes}}]
`)
	want := `change group Sales: holdMusic "Chimes" → null, announcements.welcome "Hello: all" → "Chimes"`
	if len(out.Changes) != 1 || out.Changes[0].String() != want {
		t.Errorf("changes %v", out.Changes)
	}
}

// What is accepted though hardly meant is told with its line.
func TestImportWarns(t *testing.T) {
	b := newBench(t)
	out := b.mustImport(t, `bandeau: 1
centre: {name: Lyon}
operators:
  - {login: anna, fullName: Anna, email: anna@example.org, askPhoneAtLogin: true}
  - {login: ben, fullName: Ben, email: ben@example.org, askPhoneAtLogin: true}
groups:
  - name: Empty
  - name: Sales
    openingHours: {weekly: []}
    members:
      - {operator: ben, order: 1}
      - {operator: anna, order: 1}
`)
	var got []string
	for _, w := range out.Warnings {
		place, _, _ := strings.Cut(w.String(), ": ")
		got = append(got, place+" "+w.Path)
	}
	want := []string{
		"line 7 groups[0].members", "line 12 groups[1].members[1].order",
		"line 9 groups[1].openingHours.weekly", "line 9 groups[1].openingHours.exit",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v\n%s", out.Warnings, diff)
	}
	if !out.Applied {
		t.Error("a warning kept the document out")
	}
}
