package api_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bandeau/directory"
)

const workingWeek = `{"weekly":[{"days":["mon","fri"],"from":"09:00","to":"24:00"},{"days":["sun"],"from":"22:00","to":"05:30"}],` +
	`"holidays":[{"month":12,"day":25,"name":"Noël"}],` +
	`"exceptions":[{"date":"2026-12-24","slots":[{"from":"09:00","to":"12:00"}],"name":""},{"date":"2026-12-31","slots":[],"name":"x"}],` +
	`"exit":{"type":"group","id":"g-help"}}`

func (r *rig) addSound(name string) string {
	r.t.Helper()
	s, err := r.records.sounds.Create(context.Background(), directory.Sound{Meta: directory.Meta{Centre: centreID}, Name: name, Format: "wav"})
	if err != nil {
		r.t.Fatal(err)
	}
	return string(s.ID)
}

// What is written of hours, music and announcements is what is read, on groups
// and on numbers; a merge patch changes a part of it.
func TestHoursAndAnnouncements(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	sound := r.addSound("Chimes")
	announcements := fmt.Sprintf(`{"welcome":%q,"position":true,"estimatedWait":true,"periodic":null,"everySeconds":45}`, sound)
	body := fmt.Sprintf(`{"name":"vip","strategy":"everyone","holdMusic":%q,"announcements":%s,"openingHours":%s}`, sound, announcements, workingWeek)
	for _, tc := range []struct{ path, body string }{
		{"/groups", body}, {"/numbers", `{"number":"0170200201","openingHours":` + workingWeek + `}`},
	} {
		a := c.do("POST", tc.path, tc.body).is(http.StatusCreated)
		path := tc.path + "/" + a.at("id").(string)
		a = c.do("GET", path, nil).is(http.StatusOK)
		if !strings.Contains(string(a.body), `"openingHours":`+workingWeek) {
			t.Errorf("%s: hours are not as written: %s", path, a.body)
		}
		b := c.do("PATCH", path, `{"openingHours":{"exit":null,"holidays":[]}}`).is(http.StatusOK).
			has(nil, "openingHours", "exit").has([]any{}, "openingHours", "holidays")
		if weekly, _ := b.at("openingHours", "weekly").([]any); len(weekly) != 2 {
			t.Errorf("a change of the holidays left %v", weekly)
		}
		c.do("PATCH", path, `{"openingHours":null}`).is(http.StatusOK).has(nil, "openingHours")
		c.do("PATCH", path, `{"openingHours":{}}`).is(http.StatusOK).has([]any{}, "openingHours", "weekly")
		if tc.path == "/groups" {
			if !strings.Contains(string(a.body), `"announcements":`+announcements) {
				t.Errorf("announcements are not as written: %s", a.body)
			}
			a.has(sound, "holdMusic").has("everyone", "strategy")
			c.do("PATCH", path, `{"holdMusic":null,"announcements":{"welcome":null,"everySeconds":null}}`).is(http.StatusOK).
				has(nil, "holdMusic").has(nil, "announcements", "welcome").has(60, "announcements", "everySeconds").
				has(true, "announcements", "position")
		}
	}
}

// Every way of writing the new fields wrongly, on both records.
func TestBadHours(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	number, _ := c.do("POST", "/numbers", `{"number":"0170200201"}`).is(http.StatusCreated).at("id").(string)
	hours := []struct{ value, location string }{
		{`"9-5"`, "openingHours"},
		{`[]`, "openingHours"},
		{`{"closed":true}`, "openingHours.closed"},
		{`{"weekly":{}}`, "openingHours.weekly"},
		{`{"weekly":[7]}`, "openingHours.weekly[0]"},
		{`{"weekly":[null]}`, "openingHours.weekly[0]"},
		{`{"weekly":[{"from":"09:00","to":"10:00"}]}`, "openingHours.weekly[0].days"},
		{`{"weekly":[{"days":[],"from":"09:00","to":"10:00"}]}`, "openingHours.weekly[0].days"},
		{`{"weekly":[{"days":"mon","from":"09:00","to":"10:00"}]}`, "openingHours.weekly[0].days"},
		{`{"weekly":[{"days":["Monday"],"from":"09:00","to":"10:00"}]}`, "openingHours.weekly[0].days[0]"},
		{`{"weekly":[{"days":["mon","mon"],"from":"09:00","to":"10:00"}]}`, "openingHours.weekly[0].days[1]"},
		{`{"weekly":[{"days":["mon"],"to":"10:00"}]}`, "openingHours.weekly[0].from"},
		{`{"weekly":[{"days":["mon"],"from":"9:00","to":"10:00"}]}`, "openingHours.weekly[0].from"},
		{`{"weekly":[{"days":["mon"],"from":9,"to":"10:00"}]}`, "openingHours.weekly[0].from"},
		{`{"weekly":[{"days":["mon"],"from":"09:00","to":"25:00"}]}`, "openingHours.weekly[0].to"},
		{`{"weekly":[{"days":["mon"],"from":"09:00","to":"09:00"}]}`, "openingHours.weekly[0].to"},
		{`{"weekly":[{"days":["mon"],"from":"09:00","to":"12:00"},{"days":["mon"],"from":"11:59","to":"13:00"}]}`, "openingHours.weekly[1]"},
		{`{"holidays":[{"month":2,"day":30}]}`, "openingHours.holidays[0].day"},
		{`{"holidays":[{"month":"2","day":1}]}`, "openingHours.holidays[0].month"},
		{`{"holidays":[{"day":1}]}`, "openingHours.holidays[0].month"},
		{`{"holidays":[{"month":1,"day":1,"name":"a\u0000"}]}`, "openingHours.holidays[0].name"},
		{`{"exceptions":[{"slots":[]}]}`, "openingHours.exceptions[0].date"},
		{`{"exceptions":[{"date":"24/12/2026"}]}`, "openingHours.exceptions[0].date"},
		{`{"exceptions":[{"date":"2026-02-29"}]}`, "openingHours.exceptions[0].date"},
		{`{"exceptions":[{"date":"2026-12-24"},{"date":"2026-12-24"}]}`, "openingHours.exceptions[1].date"},
		{`{"exceptions":[{"date":"2026-12-24","slots":[{"from":"09:00"}]}]}`, "openingHours.exceptions[0].slots[0].to"},
		{`{"exit":"hangup"}`, "openingHours.exit"},
		{`{"exit":{}}`, "openingHours.exit.type"},
		{`{"exit":{"id":"g-help"}}`, "openingHours.exit.type"},
		{`{"exit":{"type":"operator","id":"op-anna"}}`, "openingHours.exit.type"},
		{`{"exit":{"type":"voicemail"}}`, "openingHours.exit.type"},
		{`{"exit":{"type":"group","id":"nowhere"}}`, "openingHours.exit.id"},
		{`{"exit":{"type":"number","number":"112"}}`, "openingHours.exit.number"},
	}
	check := func(path, body, location string) {
		t.Helper()
		got := c.do("PATCH", path, body).is(http.StatusUnprocessableEntity).locations()
		if !slices.Contains(got, "body."+location) {
			t.Errorf("%s %s: refused %v, want %s", path, body, got, location)
		}
	}
	for _, tc := range hours {
		for _, path := range []string{"/groups/g-sales", "/numbers/" + number} {
			check(path, `{"openingHours":`+tc.value+`}`, tc.location)
		}
	}
	for _, tc := range []struct{ body, location string }{
		{`{"holdMusic":"nothing"}`, "holdMusic"},
		{`{"holdMusic":7}`, "holdMusic"},
		{`{"announcements":[]}`, "announcements"},
		{`{"announcements":{"welcome":"nothing"}}`, "announcements.welcome"},
		{`{"announcements":{"periodic":false}}`, "announcements.periodic"},
		{`{"announcements":{"position":"yes"}}`, "announcements.position"},
		{`{"announcements":{"everySeconds":14}}`, "announcements.everySeconds"},
		{`{"announcements":{"everySeconds":3601}}`, "announcements.everySeconds"},
		{`{"announcements":{"volume":11}}`, "announcements.volume"},
		{`{"warnings":[]}`, "warnings"},
		{`{"strategy":"Random"}`, "strategy"},
	} {
		check("/groups/g-sales", tc.body, tc.location)
	}
	c.do("GET", "/groups/g-sales", nil).has(nil, "openingHours").has(nil, "holdMusic")
	// A way out that comes back is a conflict, whichever exit it takes.
	c.do("PATCH", "/groups/g-help", `{"openingHours":{"exit":{"type":"group","id":"g-sales"}}}`).is(http.StatusOK)
	got := c.do("PATCH", "/groups/g-sales", `{"overflow":{"type":"group","id":"g-help"}}`).is(http.StatusConflict).locations()
	if !slices.Equal(got, []string{"body.overflow.id"}) {
		t.Errorf("ring refused at %v", got)
	}
	got = c.do("PATCH", "/numbers/"+number, `{"openingHours":{"exit":{"type":"number","number":"0170200201"}}}`).is(http.StatusConflict).locations()
	if !slices.Equal(got, []string{"body.openingHours.exit.number"}) {
		t.Errorf("number to itself refused at %v", got)
	}
}

// A warning stands in every answer about the record and keeps nothing out.
func TestWarnings(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	locations := func(a *answer) []string {
		var got []string
		warnings, ok := a.at("warnings").([]any)
		if !ok {
			t.Fatalf("no warnings in %s", a.body)
		}
		for _, w := range warnings {
			row, _ := w.(map[string]any)
			location, _ := row["location"].(string)
			if message, _ := row["message"].(string); message == "" {
				t.Errorf("warning %v", row)
			}
			got = append(got, location)
		}
		return got
	}
	want := []string{"members[1].order", "openingHours.weekly", "openingHours.exit"}
	a := c.do("POST", "/groups", `{"name":"odd","openingHours":{},"members":[{"operator":"op-anna","order":1},{"operator":"op-ben","order":1}]}`).is(http.StatusCreated)
	if diff := cmp.Diff(want, locations(a)); diff != "" {
		t.Error(diff)
	}
	path := "/groups/" + a.at("id").(string)
	if diff := cmp.Diff(want, locations(c.do("GET", path, nil))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"members"}, locations(c.do("PATCH", path, `{"members":[],"openingHours":null}`).is(http.StatusOK))); diff != "" {
		t.Error(diff)
	}
	for _, supervisor := range []bool{false, true} {
		if supervisor {
			c = r.as("supervisor")
		}
		items, _ := c.do("GET", "/groups", nil).is(http.StatusOK).at("items").([]any)
		row, _ := items[0].(map[string]any)
		if list, _ := row["warnings"].([]any); len(list) != 1 {
			t.Errorf("listed: %v", row)
		}
	}
	c = r.as("administrator")
	a = c.do("POST", "/numbers", `{"number":"0170200201","destination":{"type":"group","id":"g-sales"},"openingHours":{}}`).is(http.StatusCreated)
	if diff := cmp.Diff([]string{"destination.id", "openingHours.weekly"}, locations(a)); diff != "" {
		t.Error(diff)
	}
	if lookups := r.records.lookups.Load(); lookups > 0 {
		c.do("GET", "/groups", nil).is(http.StatusOK)
		if again := r.records.lookups.Load() - lookups; again != 1 {
			t.Errorf("a list looked up the other records %d times", again)
		}
	}
}

// upload sends a form.
func (c *client) upload(fields ...[3]string) *answer {
	c.r.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range fields { // name, file name, content
		var part io.Writer
		var err error
		if f[1] != "" {
			part, err = form.CreateFormFile(f[0], f[1])
		} else {
			part, err = form.CreateFormField(f[0])
		}
		if err == nil {
			_, err = part.Write([]byte(f[2]))
		}
		if err != nil {
			c.r.t.Fatal(err)
		}
	}
	_ = form.Close()
	return c.do("POST", "/sounds", body.String(), "Content-Type", form.FormDataContentType())
}

func TestSounds(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	a := c.upload([3]string{"name", "", " Chimes "}, [3]string{"file", `C:\music\a.b.MP3`, "sound"}).is(http.StatusCreated).
		has("Chimes", "name").has("mp3", "format").has(1.5, "durationSeconds").has(5, "bytes").has([]any{}, "usedBy")
	id, _ := a.at("id").(string)
	if a.header.Get("Location") != "/api/v1/sounds/"+id || a.header.Get("ETag") != `"1"` {
		t.Errorf("created with %v", a.header)
	}
	c.upload([3]string{"file", `C:\music\a.b.MP3`, "sound"}).is(http.StatusCreated).has("a.b", "name")
	c.do("POST", "/sounds?name=Raw", "sound", "Content-Type", "audio/mpeg").is(http.StatusCreated).has("Raw", "name")

	c.do("PATCH", "/groups/g-sales", fmt.Sprintf(`{"holdMusic":%q,"announcements":{"welcome":%q}}`, id, id)).is(http.StatusOK)
	c.do("PATCH", "/groups/g-help", fmt.Sprintf(`{"announcements":{"periodic":%q}}`, id)).is(http.StatusOK)
	used := []any{map[string]any{"id": "g-help", "name": "help"}, map[string]any{"id": "g-sales", "name": "sales"}}
	c.do("GET", "/sounds/"+id, nil).is(http.StatusOK).has(used, "usedBy")
	c.do("PATCH", "/sounds/"+id, `{"name":"Bells"}`).is(http.StatusOK).has("Bells", "name").has(used, "usedBy")
	if got := c.do("PATCH", "/sounds/"+id, `{"name":"Raw"}`).is(http.StatusConflict).locations(); !slices.Equal(got, []string{"body.name"}) {
		t.Errorf("a name twice: %v", got)
	}
	c.do("PATCH", "/sounds/"+id, `{"bytes":7}`).is(http.StatusUnprocessableEntity)
	items, _ := c.do("GET", "/sounds", nil).is(http.StatusOK).at("items").([]any)
	if len(items) != 3 {
		t.Errorf("listed %v", items)
	}

	a = c.do("GET", "/sounds/"+id+"/audio", nil).is(http.StatusOK)
	if string(a.body) != "sound" || a.header.Get("Content-Type") != "audio/wav" {
		t.Errorf("audio %q, %v", a.body, a.header)
	}
	if a = c.do("GET", "/sounds/"+id+"/audio", nil, "Range", "bytes=1-2").is(http.StatusPartialContent); string(a.body) != "ou" {
		t.Errorf("part %q", a.body)
	}
	c.do("GET", "/sounds/nothing/audio", nil).is(http.StatusNotFound)
	r.records.sounds.inUse[directory.ID(id)] = []string{"group sales"}
	c.do("DELETE", "/sounds/"+id, nil).is(http.StatusConflict)
	r.records.sounds.inUse = nil
	c.do("DELETE", "/sounds/"+id, nil).is(http.StatusNoContent)
}

func TestBadSounds(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	r.addSound("Taken")
	file := func(content string) [3]string { return [3]string{"file", "a.wav", content} }
	refused := func(a *answer, status int, location, message string) {
		t.Helper()
		a.is(status)
		if got := a.locations(); !slices.Equal(got, []string{location}) || !strings.Contains(string(a.body), message) {
			t.Errorf("refused %v: %s", got, a.body)
		}
	}
	refused(c.upload(file("noise")), http.StatusUnprocessableEntity, "body.file", "cut off after 3.2 s")
	refused(c.upload(file("<svg/>")), http.StatusUnsupportedMediaType, "body.file", "not a WAV or MP3 file")
	refused(c.upload(file("full")), http.StatusConflict, "body.file", "at most 200")
	refused(c.upload([3]string{"name", "", "x"}), http.StatusUnprocessableEntity, "body.file", "is required")
	refused(c.upload(file("sound"), file("sound")), http.StatusUnprocessableEntity, "body.file", "twice")
	refused(c.upload(file("sound"), [3]string{"title", "", "x"}), http.StatusUnprocessableEntity, "body.title", "not a field")
	refused(c.upload(file("sound"), [3]string{"name", "", "Taken"}), http.StatusConflict, "body.name", "already")
	refused(c.upload(file("sound"), [3]string{"name", "", "a\nb"}), http.StatusUnprocessableEntity, "body.name", "one line")
	refused(c.upload(file("sound"), [3]string{"name", "", strings.Repeat("é", 101)}), http.StatusUnprocessableEntity, "body.name", "100")
	refused(c.do("POST", "/sounds", "sound", "Content-Type", "audio/wav"), http.StatusUnprocessableEntity, "body.name", "is required")
	c.do("POST", "/sounds?name=x", "sound", "Content-Type", "audio/ogg").is(http.StatusUnsupportedMediaType)
	c.do("POST", "/sounds?name=x", `{}`).is(http.StatusUnsupportedMediaType)
	c.do("POST", "/sounds", "x", "Content-Type", "multipart/form-data").is(http.StatusBadRequest)
	refused(c.do("POST", "/sounds", "x", "Content-Type", "multipart/form-data; boundary=b"), http.StatusUnprocessableEntity, "body.file", "is required")
	c.do("POST", "/sounds", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nso", "Content-Type", "multipart/form-data; boundary=b").
		is(http.StatusBadRequest)
	c.do("POST", "/sounds?name=x", strings.Repeat("x", 32<<20+1), "Content-Type", "audio/wav").is(http.StatusRequestEntityTooLarge)
	if n := len(r.records.sounds.all()); n != 1 {
		t.Errorf("%d sounds are stored", n)
	}
}

func TestPreview(t *testing.T) {
	r := newRig(t)
	c := r.as("administrator")
	members := `"members":[{"operator":"op-ben"},{"operator":"op-anna","level":3},{"operator":"op-carla"}]`
	a := c.do("POST", "/groups/preview", `{"strategy":"fixed",`+members+`}`).is(http.StatusOK).
		has("fixed", "strategy").has([]any{"op-ben"}, "next").has(false, "equallyLikely")
	candidates, _ := a.at("candidates").([]any)
	want := []any{
		map[string]any{"operator": map[string]any{"id": "op-anna", "name": "Name of op-anna"}, "rank": 2.0, "reason": nil, "order": 2.0, "level": 3.0, "idleSince": "2026-03-02T09:00:00.123Z", "answeredToday": 3.0},
		map[string]any{"operator": map[string]any{"id": "op-carla", "name": "Name of op-carla"}, "rank": nil, "reason": "paused", "order": 3.0, "level": 1.0, "idleSince": nil, "answeredToday": 3.0},
	}
	if diff := cmp.Diff(want, candidates[1:]); diff != "" {
		t.Error(diff)
	}
	c.do("POST", "/groups/preview", `{"strategy":"everyone",`+members+`}`).is(http.StatusOK).has([]any{"op-ben", "op-anna"}, "next")
	c.do("POST", "/groups/preview", `{"strategy":"random","id":"g-sales",`+members+`}`).is(http.StatusOK).
		has([]any{"op-ben", "op-anna"}, "next").has(true, "equallyLikely")
	// A draft may lack a name, or have another mistake; what it asks about may not.
	c.do("POST", "/groups/preview", `{"name":"","overflow":{"type":"group","id":"nowhere"}}`).is(http.StatusOK).has([]any{}, "next")
	for body, location := range map[string]string{
		`{"strategy":"best"}`:                             "body.strategy",
		`{"members":[{"operator":"nobody"}]}`:             "body.members[0].operator",
		`{"members":[{"operator":"op-anna","level":10}]}`: "body.members[0].level",
		`{"members":[{"level":1}]}`:                       "body.members[0].operator",
		`{"members":7}`:                                   "body.members",
		`{"planet":"Mars"}`:                               "body.planet",
	} {
		if got := c.do("POST", "/groups/preview", body).is(http.StatusUnprocessableEntity).locations(); !slices.Contains(got, location) {
			t.Errorf("%s: refused %v", body, got)
		}
	}
}
