package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bandeau/directory"
)

// maxSound bounds an upload, in bytes: five minutes of the largest WAV fit.
const maxSound = 32 << 20

const mediaForm = "multipart/form-data"

// soundTypes are the media types a sound is uploaded as. The contents say what
// it is.
func soundTypes() []string {
	return []string{
		mediaForm, "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/mpeg", "audio/mp3",
	}
}

// SoundFields is what can be written of a sound.
type SoundFields struct {
	Name string `json:"name" minLength:"1" maxLength:"100" doc:"Once in the centre."`
}

// Sound is the answer about an uploaded sound.
type Sound struct {
	Record
	SoundFields

	DurationSeconds float64    `json:"durationSeconds"`
	Format          string     `json:"format" enum:"wav,mp3" doc:"What it was uploaded as."`
	Bytes           int64      `json:"bytes" doc:"Of the file as it is kept and listened to: WAV, 8 kHz, 16 bits, one channel."`
	UsedBy          []SoundUse `json:"usedBy" doc:"The groups that play it."`
}

// SoundUse is a group that plays a sound.
type SoundUse struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type soundInput struct {
	Name string `query:"name" maxLength:"100" doc:"The name, when the body is the audio alone."`
}

func (s *Server) soundKind() kind[directory.Sound, SoundFields, Sound] {
	return kind[directory.Sound, SoundFields, Sound]{
		name:   "sound",
		path:   "/sounds",
		store:  func() Resource[directory.Sound] { return s.cfg.Records.Sounds() },
		meta:   func(x *directory.Sound) *directory.Meta { return &x.Meta },
		fresh:  func(directory.Lookup) directory.Sound { return directory.Sound{} },
		fields: func(x directory.Sound) SoundFields { return SoundFields{Name: x.Name} },
		apply: func(x directory.Sound, f SoundFields) directory.Sound {
			x.Name = f.Name
			return x
		},
		settle: directory.Sound.Normalize,
		rules: func(_ *request, x directory.Sound, look directory.Lookup) []directory.Problem {
			return x.Validate(look)
		},
		answer: s.soundBody,
	}
}

func (s *Server) soundRoutes() {
	k := s.soundKind()
	add(s, route{
		id: "list-sounds", method: http.MethodGet, path: "/sounds", tag: "Sounds", summary: "List sounds",
		errors: []int{http.StatusUnprocessableEntity},
	}, func(ctx context.Context, in *Paged) (*listOutput[Sound], error) { return k.list(ctx, in.page()) })
	add(s, route{
		id: "create-sound", method: http.MethodPost, path: "/sounds", tag: "Sounds", summary: "Upload a sound",
		about: "A WAV or MP3 file of at most 300 seconds and 32 MiB. It is converted once to what telephones carry. As a " +
			"form: `file`, and `name` (default: that of the file). As the body alone: the name stands in the query. A file " +
			"that cannot be read is refused with what is wrong with it, at `body.file`. A centre has at most 200 sounds.",
		raw: soundTypes(), rawLimit: maxSound, status: http.StatusCreated, errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *soundInput) (*recordOutput[Sound], error) {
		return s.createSound(ctx, in.Name, k)
	})
	add(s, route{
		id: "get-sound", method: http.MethodGet, path: "/sounds/{id}", tag: "Sounds", summary: "Read a sound's record",
	}, func(ctx context.Context, in *Identified) (*recordOutput[Sound], error) { return k.get(ctx, in.ID) })
	add(s, route{
		id: "patch-sound", method: http.MethodPatch, path: "/sounds/{id}", tag: "Sounds", summary: "Rename a sound",
		about: patchAbout, body: SoundFields{}, errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
	}, func(ctx context.Context, in *Conditional) (*recordOutput[Sound], error) { return k.patch(ctx, s, in) })
	add(s, route{
		id: "delete-sound", method: http.MethodDelete, path: "/sounds/{id}", tag: "Sounds", summary: "Delete a sound",
		status: http.StatusNoContent, errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
	}, func(ctx context.Context, in *Conditional) (*nothing, error) { return k.remove(ctx, s, in) })
	add(s, route{
		id: "get-sound-audio", method: http.MethodGet, path: "/sounds/{id}/audio", tag: "Sounds", summary: "Listen to a sound",
		responses: map[string]*huma.Response{
			"200": {Description: "The sound.", Content: map[string]*huma.MediaType{mediaWAV: {}}},
			"206": {Description: "The part that was asked for.", Content: map[string]*huma.MediaType{mediaWAV: {}}},
			"416": {Description: "The sound has no such part."},
		},
	}, s.soundAudio)
}

const mediaWAV = "audio/wav"

func (s *Server) soundBody(ctx context.Context, r *request, x directory.Sound) (Sound, error) {
	body := Sound{
		Record: recordOf(x.Meta), SoundFields: SoundFields{Name: x.Name}, DurationSeconds: x.Duration.Seconds(),
		Format: x.Format, Bytes: x.Bytes, UsedBy: []SoundUse{},
	}
	if r.soundUses == nil {
		groups, err := everyRecord(ctx, r.who.centre, s.cfg.Records.Groups())
		if err != nil {
			return body, fmt.Errorf("list groups: %w", err)
		}
		r.soundUses = soundUses(groups)
	}
	body.UsedBy = append(body.UsedBy, r.soundUses[x.ID]...)
	return body, nil
}

// soundUses tells which groups play each sound.
func soundUses(groups []directory.Group) map[directory.ID][]SoundUse {
	uses := map[directory.ID][]SoundUse{}
	for _, g := range groups {
		told := map[directory.ID]bool{"": true}
		for _, id := range []directory.ID{g.HoldMusic, g.Announcements.Welcome, g.Announcements.Periodic} {
			if !told[id] {
				told[id] = true
				uses[id] = append(uses[id], SoundUse{ID: string(g.ID), Name: g.Name})
			}
		}
	}
	return uses
}

func (s *Server) createSound(
	ctx context.Context, name string, k kind[directory.Sound, SoundFields, Sound],
) (*recordOutput[Sound], error) {
	r := from(ctx)
	data := r.data
	media, parameters, _ := mime.ParseMediaType(r.http.Header.Get("Content-Type"))
	if media == mediaForm {
		var refused *problemError
		if name, data, refused = readForm(r.data, parameters["boundary"], name); refused != nil {
			return nil, refused
		}
	}
	look, err := s.lookup(ctx, r)
	if err != nil {
		return nil, err
	}
	record := directory.Sound{Meta: directory.Meta{Centre: r.who.centre}, Name: name}.Normalize(look)
	if p := ruleProblem(record.Validate(look), nil); p != nil {
		return nil, p
	}
	created, err := s.cfg.Records.Sounds().Create(ctx, record.Name, r.who.centre, data)
	if broken, ok := errors.AsType[*SoundError](err); ok {
		return nil, broken.problem()
	}
	if err != nil {
		return nil, fmt.Errorf("create sound: %w", err)
	}
	s.Changed(ctx, r.who.centre)
	r.writer.Header().Set("Location", prefix+"/sounds/"+string(created.ID))
	return k.output(ctx, r, created)
}

// problem tells the client why his file is not taken.
func (e *SoundError) problem() *problemError {
	code, detail := codeInvalid, "the file cannot be used"
	switch e.Status {
	case http.StatusUnsupportedMediaType:
		code = codeMediaType
	case http.StatusConflict:
		code, detail = codeConflict, "there is no room for another sound"
	}
	return problem(e.Status, code, detail, ProblemField{Location: "body.file", Message: e.Reason})
}

// readForm takes a form's two fields apart. A name in the form goes before one
// in the query, and before that of the file.
func readForm(data []byte, boundary, name string) (string, []byte, *problemError) {
	if boundary == "" {
		return "", nil, malformed("the form has no boundary")
	}
	form := multipart.NewReader(bytes.NewReader(data), boundary)
	var file []byte
	found, named := false, ""
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", nil, malformed("the form could not be read")
		}
		content, err := io.ReadAll(part)
		switch field := part.FormName(); {
		case err != nil:
			return "", nil, malformed("the form could not be read")
		case field == "file" && !found:
			file, found = content, true
			if name == "" {
				base := path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
				name = strings.TrimSuffix(base, path.Ext(base))
			}
		case field == "name" && named == "":
			named = string(content)
		default:
			return "", nil, refuse("body."+clip(field), "is not a field of the form, or stands there twice")
		}
	}
	if !found {
		return "", nil, refuse("body.file", "is required")
	}
	if named != "" {
		name = named
	}
	return name, file, nil
}

func (s *Server) soundAudio(ctx context.Context, in *Identified) (*streamOutput, error) {
	r := from(ctx)
	file, err := s.cfg.Records.Sounds().Open(ctx, r.who.centre, directory.ID(in.ID))
	if err != nil {
		return nil, fmt.Errorf("open sound: %w", err)
	}
	return s.serveWAV(ctx, r, file, in.ID), nil
}

// serveWAV answers with a file, or the part of it that was asked for.
func (s *Server) serveWAV(ctx context.Context, r *request, file Recording, name string) *streamOutput {
	return &streamOutput{Body: func(huma.Context) {
		defer func() {
			if err := file.Close(); err != nil {
				s.cfg.Log.WarnContext(ctx, "file not closed", "error", err)
			}
		}()
		h := r.writer.Header()
		h.Set("Content-Type", mediaWAV)
		h.Set("Content-Disposition", `inline; filename="`+fileName(name)+`.wav"`)
		http.ServeContent(r.writer, r.http, "", file.ModTime(), file)
	}}
}
