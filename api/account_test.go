package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bandeau/acd"
	"bandeau/directory"
	"bandeau/internal/proof"
)

func TestLoginOfAUserSetsTheCookieOfTheContract(t *testing.T) {
	r := newRig(t)
	a := (&client{r: r}).do("POST", "/login", map[string]any{"login": "Administrator", "password": password, "centre": "MAIN"})
	a.is(http.StatusOK).has("administrator", "role").has(false, "mustChangePassword")
	header := a.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(header, part) {
			t.Errorf("cookie %q lacks %s", header, part)
		}
	}
	if strings.Contains(header, "Secure") {
		t.Errorf("cookie over plain HTTP is Secure: %q", header)
	}
	c := &client{r: r, cookie: a.cookie()}
	c.do("GET", "/me", nil).is(http.StatusOK).has("administrator", "login").has("administrator", "role")
	c.do("POST", "/logout", nil).is(http.StatusNoContent)
	c.do("GET", "/me", nil).is(http.StatusUnauthorized)
}

func TestWrongLoginsLookAlike(t *testing.T) {
	r := newRig(t)
	c := &client{r: r}
	o, _ := r.records.operators.Get(t.Context(), centreID, "op-ben")
	o.Enabled = false
	_, _ = r.records.operators.Update(t.Context(), o)
	var first string
	for _, body := range []map[string]any{
		{"login": "administrator", "password": "wrong"},
		{"login": "nobody", "password": password},
		{"login": "ben", "password": password}, // disabled
		{"login": "anna", "password": password, "centre": "other"},
	} {
		a := c.do("POST", "/login", body).is(http.StatusUnauthorized)
		if first == "" {
			first = string(a.body)
		}
		if string(a.body) != first {
			t.Errorf("%v is answered differently: %s and %s", body, a.body, first)
		}
		if a.header.Get("Set-Cookie") != "" {
			t.Errorf("%v: a cookie for a refused log-in", body)
		}
	}
}

func TestTenFailuresBlockLoginAndAddress(t *testing.T) {
	r := newRig(t)
	c := &client{r: r}
	wrong := map[string]any{"login": "anna", "password": "wrong"}
	for range 10 {
		c.do("POST", "/login", wrong).is(http.StatusUnauthorized)
	}
	a := c.do("POST", "/login", map[string]any{"login": "ANNA", "password": password}).is(http.StatusTooManyRequests)
	if got := a.header.Get("Retry-After"); got != "900" {
		t.Errorf("Retry-After %q, want 900", got)
	}
	r.as("ben") // another login from the same address
	r.clock.Advance(15*time.Minute - time.Second)
	c.do("POST", "/login", wrong).is(http.StatusTooManyRequests)
	r.clock.Advance(2 * time.Second)
	r.as("anna")
}

func TestFailuresAreForgottenAfterTheirWindowAndBySuccess(t *testing.T) {
	r := newRig(t)
	c := &client{r: r}
	wrong := map[string]any{"login": "anna", "password": "wrong"}
	for range 9 {
		c.do("POST", "/login", wrong).is(http.StatusUnauthorized)
	}
	r.clock.Advance(16 * time.Minute)
	c.do("POST", "/login", wrong).is(http.StatusUnauthorized)
	for range 8 {
		c.do("POST", "/login", wrong).is(http.StatusUnauthorized)
	}
	r.as("anna")
	for range 10 {
		c.do("POST", "/login", wrong).is(http.StatusUnauthorized)
	}
	c.do("POST", "/login", wrong).is(http.StatusTooManyRequests)
}

func TestOperatorsLoginStartsHisFloorSession(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	login, ok := r.floor.did()[0].(acd.Login)
	if !ok || login.Operator != "op-anna" || login.Session == "" {
		t.Fatalf("the floor was told %#v", r.floor.did()[0])
	}
	// 23:59 in Paris in winter is 22:59 UTC.
	if want := acd.At(time.Date(2026, 3, 2, 22, 59, 0, 0, time.UTC)); login.LogoutAt != want {
		t.Errorf("daily logout %v, want %v", login.LogoutAt.Time(), want.Time())
	}
	c.do("GET", "/me", nil).is(http.StatusOK).has("available", "presence")

	second := r.as("anna")
	c.do("GET", "/me", nil).is(http.StatusUnauthorized) // taken over
	second.do("GET", "/me", nil).is(http.StatusOK)

	second.do("POST", "/logout", nil).is(http.StatusNoContent)
	second.do("GET", "/me", nil).is(http.StatusUnauthorized)
	var logout acd.Logout
	for _, did := range r.floor.did() {
		if l, ok := did.(acd.Logout); ok {
			logout = l
		}
	}
	if logout.Reason != acd.LogoutManual || logout.Operator != "op-anna" {
		t.Errorf("logout was %#v", logout)
	}
}

func TestLogoutDuringACallIsPending(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	c.do("POST", "/me/calls", map[string]any{"number": "0170200200"}).is(http.StatusCreated)
	c.do("POST", "/logout", nil).is(http.StatusOK).has(true, "pending")
	c.do("GET", "/me", nil).is(http.StatusOK).has("logged_out", "pending", "presence")
}

func TestCookieDiesWithTheFloorSessionEvenWithoutNotice(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	v, _ := r.floor.Operator("op-anna")
	v.Presence = acd.LoggedOut
	r.floor.operators["op-anna"] = v
	c.do("GET", "/me", nil).is(http.StatusUnauthorized)
}

func TestSessionsEndWithoutRequests(t *testing.T) {
	for _, tc := range []struct {
		login string
		life  time.Duration
	}{{"administrator", 12 * time.Hour}, {"anna", 14 * time.Hour}} {
		r := newRig(t)
		c := r.as(tc.login)
		r.clock.Advance(tc.life - time.Minute)
		a := c.do("GET", "/me", nil).is(http.StatusOK)
		if a.cookie() != c.cookie {
			t.Errorf("%s: the cookie is not renewed", tc.login)
		}
		r.clock.Advance(tc.life - time.Minute)
		c.do("GET", "/me", nil).is(http.StatusOK)
		r.clock.Advance(tc.life)
		c.do("GET", "/me", nil).is(http.StatusUnauthorized)
		for _, did := range r.floor.did() {
			if _, ended := did.(acd.Logout); ended {
				t.Errorf("%s: the end of the cookie ended the floor session", tc.login)
			}
		}
	}
}

func TestMailedPasswordMustBeReplaced(t *testing.T) {
	proof.Of(t, "OP-02")
	r := newRig(t)
	admin := r.as("administrator")
	id, _ := admin.do("POST", "/operators", map[string]any{
		"login": "dora", "fullName": "Dora", "email": "dora@example.org",
		"phone": map[string]any{"kind": "external", "number": "0612345679"},
	}).is(http.StatusCreated).at("id").(string)
	mailed := r.records.operators.mailed[directory.ID(id)]
	if mailed.ExpiresAt.Sub(start) != 7*24*time.Hour || len(mailed.Plain.Reveal()) != 16 {
		t.Fatalf("mailed password until %v, %d characters", mailed.ExpiresAt, len(mailed.Plain.Reveal()))
	}
	c := &client{r: r}
	a := c.do("POST", "/login", map[string]any{"login": "dora", "password": mailed.Plain.Reveal()})
	c.cookie = a.is(http.StatusOK).has(true, "mustChangePassword").cookie()
	if n := len(r.floor.did()); n != 0 {
		t.Fatalf("the floor session started before the password was replaced: %v", r.floor.did())
	}
	c.do("GET", "/me", nil).is(http.StatusOK).has("logged_out", "presence")
	c.do("GET", "/me/history", nil).is(http.StatusForbidden).has("password_change_required", "code")
	for field, body := range map[string]map[string]any{
		"body.current": {"current": "wrong wrong wrong", "new": "a long new password"},
		"body.new":     {"current": mailed.Plain.Reveal(), "new": "short"},
	} {
		a := c.do("POST", "/password", body).is(http.StatusUnprocessableEntity)
		if got := a.locations(); len(got) != 1 || got[0] != field {
			t.Errorf("%v: refused %v, want %s", body, got, field)
		}
	}
	c.do("POST", "/password", map[string]any{"current": mailed.Plain.Reveal(), "new": mailed.Plain.Reveal()}).
		is(http.StatusUnprocessableEntity)
	c.do("POST", "/password", map[string]any{"current": mailed.Plain.Reveal(), "new": "a long new password"}).
		is(http.StatusNoContent)
	if login, ok := r.floor.did()[0].(acd.Login); !ok || string(login.Operator) != id {
		t.Fatalf("the floor session did not start: %v", r.floor.did())
	}
	c.do("GET", "/me/history", nil).is(http.StatusOK) // the same web session
	c.do("POST", "/login", map[string]any{"login": "dora", "password": mailed.Plain.Reveal()}).is(http.StatusUnauthorized)
}

func TestMailedPasswordExpires(t *testing.T) {
	proof.Of(t, "OP-02")
	r := newRig(t)
	r.as("administrator").do("POST", "/operators/op-ben/password", nil).is(http.StatusOK).has("pending", "passwordState")
	plain := r.records.operators.mailed["op-ben"].Plain.Reveal()
	r.clock.Advance(7*24*time.Hour + time.Second)
	(&client{r: r}).do("POST", "/login", map[string]any{"login": "ben", "password": plain}).is(http.StatusUnauthorized)
}

func TestANewPasswordEndsOtherSessions(t *testing.T) {
	r := newRig(t)
	one, two := r.as("administrator"), r.as("administrator")
	one.do("POST", "/password", map[string]any{"current": password, "new": "another long password"}).is(http.StatusNoContent)
	one.do("GET", "/me", nil).is(http.StatusOK)
	two.do("GET", "/me", nil).is(http.StatusUnauthorized)
}

func TestTokens(t *testing.T) {
	r := newRig(t)
	admin := r.as("administrator")
	body := map[string]any{"name": "board", "role": "supervisor", "expiresAt": start.Add(time.Hour).Format(time.RFC3339)}
	a := admin.do("POST", "/tokens", body).is(http.StatusCreated)
	value, _ := a.at("token").(string)
	id, _ := a.at("id").(string)
	if got := admin.do("GET", "/tokens/"+id, nil).is(http.StatusOK).at("token"); got != nil {
		t.Errorf("the token is shown twice: %v", got)
	}
	program := &client{r: r, bearer: value}
	program.do("GET", "/floor", nil).is(http.StatusOK)
	program.do("GET", "/users", nil).is(http.StatusForbidden)
	program.do("POST", "/logout", nil).is(http.StatusForbidden)
	(&client{r: r, bearer: value + "x"}).do("GET", "/floor", nil).is(http.StatusUnauthorized)
	body["role"] = "technical"
	if got := admin.do("POST", "/tokens", body).is(http.StatusUnprocessableEntity).locations(); len(got) != 1 || got[0] != "body.role" {
		t.Errorf("a token above its maker: %v", got)
	}
	// A token never does more than its maker may now, and ends with him.
	u, _ := r.records.users.Get(t.Context(), centreID, "u-administrator")
	body["role"] = "administrator"
	strong := &client{r: r, bearer: admin.do("POST", "/tokens", body).is(http.StatusCreated).at("token").(string)}
	strong.do("GET", "/users", nil).is(http.StatusOK)
	strong.do("POST", "/tokens", body).is(http.StatusForbidden)
	u.Role = directory.RoleSupervisor
	u, _ = r.records.users.Update(context.Background(), u)
	strong.do("GET", "/users", nil).is(http.StatusForbidden)
	_ = r.records.users.Delete(t.Context(), centreID, u.ID, 0)
	strong.do("GET", "/floor", nil).is(http.StatusUnauthorized)
	r.clock.Advance(time.Hour)
	program.do("GET", "/floor", nil).is(http.StatusUnauthorized)
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	r := newRig(t)
	c := r.as("anna")
	c.do("GET", "/me/history?token=very-secret", nil)
	c.do("POST", "/me/calls", map[string]any{"number": "+33170200200"})
	for _, secret := range []string{password, c.cookie, "very-secret", "33170200200"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(r.log.String(), "/api/v1/me/calls") {
		t.Error("the log has no line for a request")
	}
}

func TestRequestsFromOtherSitesAreRefused(t *testing.T) {
	r := newRig(t)
	admin := r.as("administrator")
	body := map[string]any{"name": "x"}
	admin.do("POST", "/groups", body, "Origin", "https://evil.example").is(http.StatusForbidden).has("cross_site", "code")
	admin.do("POST", "/groups", body, "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)
	admin.do("POST", "/groups", body, "Origin", r.http.URL).is(http.StatusCreated)
	anna := r.as("anna")
	anna.do("GET", "/me/stream", nil, "Origin", "https://evil.example", "Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==").is(http.StatusForbidden)
}

func TestCookieIsSecureOnTLS(t *testing.T) {
	r := newRig(t)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "https://localhost/api/v1/login",
		strings.NewReader(`{"login":"administrator","password":"`+password+`"}`))
	request.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	r.server.ServeHTTP(w, request)
	if header := w.Header().Get("Set-Cookie"); w.Code != http.StatusOK || !strings.Contains(header, "Secure") {
		t.Errorf("%d, cookie %q", w.Code, header)
	}
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security")
	}
}

func TestACentreMustBeNamedWhenThereAreSeveral(t *testing.T) {
	r := newRig(t)
	other := directory.NewCentre("second")
	other.ID = "centre-second"
	_, _ = r.records.centres.Create(t.Context(), other)
	c := &client{r: r}
	body := map[string]any{"login": "administrator", "password": password}
	if got := c.do("POST", "/login", body).is(http.StatusUnprocessableEntity).locations(); len(got) != 1 || got[0] != "body.centre" {
		t.Errorf("refused %v", got)
	}
	for centre, want := range map[string]int{"main": 200, "centre-main": 200, "second": 401, "third": 401} {
		body["centre"] = centre
		c.do("POST", "/login", body).is(want)
	}
}
