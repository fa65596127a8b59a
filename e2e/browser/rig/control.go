package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"bandeau/media"
	"bandeau/telephony/siptest"
	"bandeau/telephony/webrtcua/webrtctest"
)

// listenTime bounds how long somebody listens for something.
const listenTime = 10 * time.Second

// routes is what the tests can ask for.
func (w *world) routes() http.Handler {
	mux := http.NewServeMux()
	serve(mux, "POST /calls", w.postCall)
	serve(mux, "GET /calls", w.getCalls)
	serve(mux, "GET /calls/{id}", func(_ context.Context, r *http.Request, _ struct{}) (any, error) {
		c, err := w.call(r.PathValue("id"))
		if err != nil {
			return nil, err
		}
		return c.describe(), nil
	})
	serve(mux, "POST /calls/{id}/hangup", func(_ context.Context, r *http.Request, _ struct{}) (any, error) {
		c, err := w.call(r.PathValue("id"))
		if err != nil {
			return nil, err
		}
		w.hangUp(c)
		return c.describe(), nil
	})
	serve(mux, "POST /calls/{id}/listen", w.postListen)
	serve(mux, "POST /phones/{username}", w.postPhone)
	serve(mux, "POST /outside", func(_ context.Context, _ *http.Request, in outside) (any, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.numbers[in.Number] = in.Behaviour
		return object{}, nil
	})
	serve(mux, "POST /node/stop", func(_ context.Context, _ *http.Request, in struct{ Kill bool }) (any, error) {
		return object{}, w.node.stop(in.Kill)
	})
	serve(mux, "POST /node/start", func(ctx context.Context, _ *http.Request, _ struct{}) (any, error) {
		return object{}, w.node.start(ctx)
	})
	serve(mux, "GET /mail", func(_ context.Context, r *http.Request, _ struct{}) (any, error) {
		return object{"text": w.post.letter(r.FormValue("to"))}, nil
	})
	serve(mux, "POST /load", w.postLoad)
	serve(mux, "DELETE /load", func(context.Context, *http.Request, struct{}) (any, error) {
		w.load.end()
		return w.load.describe()
	})
	serve(mux, "GET /load", func(context.Context, *http.Request, struct{}) (any, error) { return w.load.describe() })
	return mux
}

// serve answers a request with what do returns, as JSON.
func serve[In any](mux *http.ServeMux, pattern string, do func(context.Context, *http.Request, In) (any, error)) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		var in In
		var out any
		var err error
		if r.ContentLength > 0 {
			err = json.NewDecoder(r.Body).Decode(&in)
		}
		if err == nil {
			out, err = do(r.Context(), r, in)
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			w.WriteHeader(http.StatusConflict)
			out = object{"error": err.Error()}
		}
		_ = json.NewEncoder(w).Encode(out) // the reader is gone
	})
}

// outside says how people outside answer who are called at a number.
type outside struct{ Number, Behaviour string }

// calling asks for a call from outside.
type calling struct {
	To, Caller, Name string
	Tone             float64
	PatienceSeconds  float64
}

func (w *world) postCall(_ context.Context, _ *http.Request, in calling) (any, error) {
	c, err := w.place(in.To, cmp.Or(in.Caller, "+33612345678"), in.Name, cmp.Or(in.Tone, callerTone),
		time.Duration(in.PatienceSeconds*float64(time.Second)))
	if err != nil {
		return nil, err
	}
	return c.describe(), nil
}

// getCalls lists the calls, the newest last; at=phone:LOGIN, caller or carrier
// chooses.
func (w *world) getCalls(_ context.Context, r *http.Request, _ struct{}) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := []description{}
	for _, c := range w.calls {
		if at := r.FormValue("at"); at == "" || at == c.at {
			found = append(found, c.describe())
		}
	}
	return found, nil
}

// listening says what somebody should hear: a tone or several at once and
// nothing else, music with none of some tones in it, or silence.
type listening struct {
	Tone           float64
	Tones, Without []float64
	Music, Silence bool
}

func (w *world) postListen(ctx context.Context, r *http.Request, in listening) (any, error) {
	c, err := w.call(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, listenTime)
	defer cancel()
	switch {
	case in.Music:
		err = c.hearsMusic(ctx, in.Without)
	case in.Silence:
		err = c.HearsSilence(ctx)
	case len(in.Tones) > 0:
		err = webrtctest.HearsOnly(ctx, c.Heard, in.Tones...)
	default:
		err = c.HearsOnly(ctx, in.Tone)
	}
	d := c.describe()
	if first := c.FirstHeard(in.Tone); in.Tone > 0 && !first.IsZero() {
		d.HeardAt = first.UnixMilli()
	}
	return d, err
}

// hearsMusic waits for music, and judges what has been heard by then.
func (c *call) hearsMusic(ctx context.Context, without []float64) error {
	if err := c.HearsMusic(ctx); err != nil {
		return err
	}
	for _, freq := range without {
		if share := siptest.Tone(c.Heard(time.Second), media.SampleRate, freq); share > 0.1 {
			return fmt.Errorf("in the music, %g Hz have %.0f%% of the power", freq, 100*share)
		}
	}
	return nil
}

// phoneChange changes a telephone; what is left out stays.
type phoneChange struct {
	Behaviour  string
	Registered *bool
}

func (w *world) postPhone(ctx context.Context, r *http.Request, in phoneChange) (any, error) {
	w.mu.Lock()
	p := w.phones[r.PathValue("username")]
	w.mu.Unlock()
	if p == nil {
		return nil, errors.New("no such phone")
	}
	switch in.Behaviour {
	case "":
	case "talk", "answer", "ring", "busy":
		p.mu.Lock()
		p.behaviour = in.Behaviour
		p.mu.Unlock()
	default:
		return nil, fmt.Errorf("a phone cannot %q", in.Behaviour)
	}
	if in.Registered == nil {
		return object{}, nil
	}
	if *in.Registered {
		return object{}, p.Register(ctx)
	}
	return object{}, p.Unregister(ctx)
}

// description is a call as the tests see it. Instants are milliseconds since
// 1970 on this machine's clock, 0 for what has not happened.
type description struct {
	ID         string `json:"id"`
	At         string `json:"at"`
	State      string `json:"state"`
	Status     int    `json:"status"`
	Called     string `json:"called"`
	From       string `json:"from"`
	BeganAt    int64  `json:"beganAt"`
	AnsweredAt int64  `json:"answeredAt"`
	HeardAt    int64  `json:"heardAt,omitempty"` // the first packet of the tone that was listened for
	EndedAt    int64  `json:"endedAt"`
}

func (c *call) describe() description {
	d := description{
		ID: c.id, At: c.at, State: c.State().String(), Status: c.FinalStatus(), Called: c.Called(), BeganAt: millis(c.began),
	}
	if invite := c.Invite(); invite != nil {
		d.From = siptest.ParseAddress(invite.Get("From")).User
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	d.AnsweredAt, d.EndedAt = millis(c.answered), millis(c.ended)
	return d
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
