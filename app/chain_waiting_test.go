package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/internal/clock"
	"bandeau/media"
	"bandeau/media/audio"
	"bandeau/telephony/siptest"
)

// tone is a WAV file of a pure tone.
func tone(hertz float64, seconds int) []byte {
	pcm := make([]int16, seconds*media.SampleRate)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/media.SampleRate))
	}
	return audio.WAV16(pcm)
}

// upload sends a file as the administration's page does.
func (v *visitor) upload(name string, file []byte, status int) (id string) {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name+".wav")
	must(v.t, err)
	_, err = part.Write(file)
	must(v.t, errors.Join(err, form.Close()))
	request, err := http.NewRequestWithContext(v.ctx, http.MethodPost, v.base+"/sounds", &body)
	must(v.t, err)
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := v.http.Do(request)
	must(v.t, err)
	data, err := io.ReadAll(response.Body)
	must(v.t, errors.Join(err, response.Body.Close()))
	if response.StatusCode != status {
		v.t.Fatalf("upload: status %d, want %d: %s", response.StatusCode, status, data)
	}
	var record struct{ ID string }
	must(v.t, json.Unmarshal(data, &record))
	return record.ID
}

// TestChainUploadedSounds: what is uploaded is what a waiting caller hears, until
// it is taken away.
func TestChainUploadedSounds(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	anna.pause()
	music, welcome := s.admin.upload("music", tone(600, 2), http.StatusCreated), s.admin.upload("welcome", tone(900, 4), http.StatusCreated)
	status, wav := s.admin.request(http.MethodGet, "/sounds/"+music+"/audio", nil)
	equal(t, "status of the audio", status, http.StatusOK)
	samples, err := audio.ReadWAV16(wav)
	must(t, err)
	equal(t, "samples", len(samples), 2*media.SampleRate)
	s.admin.upload("music", tone(700, 1), http.StatusConflict) // a name stands once
	s.admin.upload("broken", tone(700, 1)[:3000], http.StatusUnprocessableEntity)
	s.admin.upload("picture", []byte("<svg/>"), http.StatusUnsupportedMediaType)

	s.admin.patch("/groups/"+s.group, fields{"holdMusic": music, "announcements": fields{"welcome": welcome}})
	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.HearsOnly(s.ctx, 900))
	must(t, caller.HearsOnly(s.ctx, 600))
	s.admin.refused(http.MethodDelete, "/sounds/"+music, nil, http.StatusConflict, "in_use")
	anna.available() // the music never delays an offer
	ring := s.rings(anna.phone)
	ring.Answer()
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	caller.HangUp()
	s.over(ring.Invite().Get("X-Bandeau-Call"), "answered", "caller")

	anna.pause()
	s.admin.patch("/groups/"+s.group, fields{"holdMusic": nil, "announcements": fields{"welcome": nil}})
	s.admin.send(http.MethodDelete, "/sounds/"+music, nil, http.StatusNoContent, nil)
	files, err := filepath.Glob(filepath.Join(s.opts.Data, "sounds", "*", "*"))
	must(t, err)
	equal(t, "files left", len(files), 1)
	caller = s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.HearsMusic(s.ctx))
	caller.HangUp()
	s.until("the caller to be gone", func() bool { return s.floorGroup(s.group).Waiting == 0 })
	s.reconciles()
}

// closedNow are opening hours that are over, whatever the hour.
func closedNow(exit any) fields {
	exceptions := []fields{}
	for shift := -1; shift <= 1; shift++ {
		exceptions = append(exceptions, fields{"date": time.Now().AddDate(0, 0, shift).Format(time.DateOnly)})
	}
	return fields{
		"weekly":     []fields{{"days": []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, "from": "00:00", "to": "24:00"}},
		"exceptions": exceptions, "exit": exit,
	}
}

// TestChainClosed calls groups and numbers outside of their hours.
func TestChainClosed(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	night := s.newGroup("Night", nil)
	s.members(night, anna)
	s.admin.patch("/groups/"+s.group, fields{"openingHours": closedNow(nil)})

	caller := s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	equal(t, "status of a closed group that hangs up", caller.FinalStatus(), 480)

	toNight := fields{"type": "group", "id": night}
	s.admin.patch("/groups/"+s.group, fields{"openingHours": closedNow(toNight)})
	s.admin.refused(http.MethodDelete, "/groups/"+night, nil, http.StatusConflict, "in_use")
	caller = s.call(serviceNumber, siptest.DialOptions{})
	ring := s.rings(anna.phone)
	ring.Answer()
	must(t, caller.WaitState(s.ctx, siptest.Established))
	s.until("anna to talk", func() bool { return anna.is("available talking") })
	caller.HangUp()
	id := ring.Invite().Get("X-Bandeau-Call")
	s.over(id, "answered", "caller")
	steps := s.tells(id, "queued", "overflowed group", "queued", "offered anna", "ended answered")
	equal(t, "reason", findStep(t, steps, "overflowed group").Reason, "closed")

	// A number judges for itself, before any group.
	s.admin.patch("/groups/"+s.group, fields{"openingHours": nil})
	var numbers struct{ Items []struct{ ID string } }
	s.admin.get("/numbers", &numbers)
	number := "/numbers/" + numbers.Items[0].ID
	s.admin.patch(number, fields{"openingHours": closedNow(nil)})
	caller = s.call(serviceNumber, siptest.DialOptions{})
	must(t, caller.WaitState(s.ctx, siptest.Ended))
	equal(t, "status of a closed number", caller.FinalStatus(), 480)
	s.admin.patch(number, fields{"openingHours": closedNow(toNight)})
	s.until("anna to be free", func() bool { return anna.is("available idle") })
	caller = s.call(serviceNumber, siptest.DialOptions{})
	ring = s.rings(anna.phone)
	caller.Cancel()
	must(t, ring.WaitState(s.ctx, siptest.Ended))
	s.until("anna to be free", func() bool { return anna.is("available idle") })

	s.admin.patch(number, fields{"openingHours": nil})
	caller = s.call(serviceNumber, siptest.DialOptions{})
	s.until("the caller to wait in the open group", func() bool { return s.floorGroup(s.group).Waiting == 1 })
	caller.HangUp()
	s.until("the caller to be gone", func() bool { return s.floorGroup(s.group).Waiting == 0 })
	s.reconciles()
}

// TestChainDeletedGroup: those who wait in a group that is deleted take its
// overflow.
func TestChainDeletedGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	anna := s.newOperator("anna", nil)
	s.members(s.group, anna)
	short := s.newGroup("Short", fields{"overflow": fields{"type": "group", "id": s.group}})
	number := s.admin.create("/numbers", fields{"number": otherNumber, "destination": fields{"type": "group", "id": short}})
	caller := s.call(otherNumber, siptest.DialOptions{})
	s.until("the caller to wait", func() bool { return s.floorGroup(short).Waiting == 1 })
	must(t, caller.HearsMusic(s.ctx))
	s.admin.refused(http.MethodDelete, "/groups/"+short, nil, http.StatusConflict, "in_use")
	s.admin.patch("/numbers/"+number, fields{"destination": fields{"type": "hangup"}})
	s.admin.send(http.MethodDelete, "/groups/"+short, nil, http.StatusNoContent, nil)
	ring := s.rings(anna.phone)
	ring.Answer()
	ring.SendTone(700)
	must(t, caller.HearsOnly(s.ctx, 700))
	caller.HangUp()
	id := ring.Invite().Get("X-Bandeau-Call")
	s.over(id, "answered", "caller")
	steps := s.tells(id, "queued", "overflowed group", "queued", "offered anna")
	equal(t, "reason", findStep(t, steps, "overflowed group").Reason, "group_removed")
	s.reconciles()
}

// TestHoursFollowTheClock opens and closes a group over both changes of the
// clock, told to the core ahead and renewed.
func TestHoursFollowTheClock(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ start, opens, closes string }{
		"spring": {"2026-03-28T12:00:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:15:00Z"},
		"autumn": {"2026-10-24T12:00:00Z", "2026-10-24T23:30:00Z", "2026-10-25T02:15:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := func(text string) time.Time {
				instant, err := time.Parse(time.RFC3339, text)
				must(t, err)
				return instant
			}
			clk := clock.NewManual(at(c.start))
			s := &stage{t: t, ctx: testContext(t), opts: quietOptions(t)}
			s.node = startNode(s.ctx, t, s.opts, clk)
			s.admin = s.visit()
			s.admin.login("admin", adminPassword)
			s.group = s.newGroup("Night", fields{"openingHours": fields{
				"weekly": []fields{{"days": []string{"sun"}, "from": "01:30", "to": "03:15"}},
			}})
			closed := func() bool {
				all, err := s.node.store.Centres().List(s.ctx)
				must(t, err)
				e, _ := s.node.engine(string(all[0].ID))
				g, ok := e.Group(acd.GroupID(s.group))
				return ok && g.Closed
			}
			for _, step := range []struct {
				to     time.Time
				closed bool
			}{
				{at(c.opens).Add(-time.Second), true},
				{at(c.opens), false},
				{at(c.closes).Add(-time.Second), false},
				{at(c.closes), true},
			} {
				clk.Advance(step.to.Sub(clk.Now()))
				s.until("the group to be as its hours say at "+step.to.String(), func() bool { return closed() == step.closed })
			}
		})
	}
}

// TestSoundFiles: what is left over goes, what is gone is not played, and the
// memory is bounded.
func TestSoundFiles(t *testing.T) {
	db := openTestStore(t)
	stored := newMeta("main", time.Unix(0, 0))
	_, err := db.Centres().Create(t.Context(), directory.Centre{Meta: directory.Meta{ID: "main", CreatedAt: stored.CreatedAt, UpdatedAt: stored.UpdatedAt}, Name: "main"})
	must(t, err)
	var log bytes.Buffer
	f := newSoundFiles(t.TempDir(), slog.New(slog.NewTextHandler(&log, nil)))
	must(t, f.sweep(t.Context(), db, "main"))
	for _, id := range []string{"kept", "orphan"} {
		must(t, f.write("main", id, tone(500, 1)))
	}
	must(t, os.WriteFile(filepath.Join(f.dir, "main", "x.wav.part"), []byte("RIFF"), 0o600))
	stored.ID = "kept"
	_, err = db.Sounds().Create(t.Context(), directory.Sound{Meta: stored, Name: "kept"})
	must(t, err)
	must(t, f.sweep(t.Context(), db, "main"))
	files, err := os.ReadDir(filepath.Join(f.dir, "main"))
	must(t, err)
	if len(files) != 1 || files[0].Name() != "kept.wav" {
		t.Errorf("left %v", files)
	}

	once, ok := f.Source("main", "kept", false)
	if _, more := once.Frame(media.PCMA, 50); !ok || more {
		t.Error("a second of sound has more than 50 frames")
	}
	loop, ok := f.Source("main", "kept", true)
	if _, more := loop.Frame(media.PCMA, 50); !ok || !more {
		t.Error("a loop ends")
	}
	if again, _ := f.Source("main", "kept", true); again != loop {
		t.Error("what is in memory was read again")
	}
	for _, id := range []acd.SoundID{"orphan", "orphan", "../main/kept", "", "kept.wav", "/etc/passwd"} {
		if _, ok := f.Source("main", id, true); ok {
			t.Errorf("%q is played", id)
		}
	}
	if n := bytes.Count(log.Bytes(), []byte("sound=orphan")); n != 1 {
		t.Errorf("said %d times: %s", n, log.Bytes())
	}
	must(t, os.WriteFile(filepath.Join(f.dir, "main", "broken.wav"), []byte("RIFF"), 0o600))
	if _, ok := f.Source("main", "broken", false); ok {
		t.Error("a broken file is played")
	}
	must(t, f.remove("main", "kept"))
	must(t, f.remove("main", "kept"))
	if _, ok := f.Source("main", "kept", true); ok || f.memory != 0 || len(f.played) != 0 {
		t.Errorf("a removed sound is played: %d bytes", f.memory)
	}

	most := soundMemory / (2 * media.SampleRate * 300)
	long := make([]int16, 300*media.SampleRate)
	must(t, f.write("main", "long", audio.WAV16(long)))
	for i := range most + 3 {
		id := acd.SoundID(rune('a' + i))
		must(t, os.Link(filepath.Join(f.dir, "main", "long.wav"), filepath.Join(f.dir, "main", string(id)+".wav")))
		if _, ok := f.Source("main", id, true); !ok {
			t.Fatalf("%s is not played", id)
		}
		f.Source("main", "a", true) // stays, being used
	}
	if f.memory > soundMemory || len(f.played) != most || f.memory != most*2*len(long) || f.played[most-1].id != "a" {
		t.Errorf("%d sources of %d bytes in memory, %d at most", len(f.played), f.memory, most)
	}
}
