package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"bandeau/api"
)

const (
	builtPage = `<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><link nonce="__CSP_NONCE__">`
	script    = "/assets/index-1a2b.js"
)

func built(t *testing.T) fstest.MapFS {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("run()")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{
		"index.html": file(builtPage), "icon.svg": file("<svg/>"), "manifest.webmanifest": file("{}"),
		"index.html.gz":           {Data: packed.Bytes()},
		"assets/index-1a2b.js":    file("run()"),
		"assets/index-1a2b.js.gz": {Data: packed.Bytes()}, "assets/index-1a2b.js.br": file("(brotli)"),
		"assets/main-3c4d.css": file("a{}"), "assets/font-5e6f.woff2": file("font"), "assets/es-7a8b.json": file("{}"),
	}
}

// received is an answer whose body has been read.
type received struct {
	StatusCode    int
	Header        http.Header
	ContentLength int64
}

// get asks for something outside the API, compressed only as the header says.
func (r *rig) get(method, path string, headers ...string) (received, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.http.URL+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return received{response.StatusCode, response.Header, response.ContentLength}, string(body)
}

func TestThePageStandsAtEveryAddress(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.Web = built(t) })
	nonces := map[string]bool{}
	for _, path := range []string{"/", "/index.html", "/supervision", "/admin/operators/op-1.2/edit", "/apiary"} {
		a, body := r.get("GET", path, "Accept-Encoding", "gzip")
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "text/html; charset=utf-8" ||
			a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Etag") != "" {
			t.Errorf("%s: %d %v", path, a.StatusCode, a.Header)
		}
		m := regexp.MustCompile(`style-src 'self' 'nonce-([A-Za-z0-9_-]{20,})';`).FindStringSubmatch(a.Header.Get("Content-Security-Policy"))
		if m == nil || nonces[m[1]] {
			t.Fatalf("%s: policy %q", path, a.Header.Get("Content-Security-Policy"))
		}
		nonces[m[1]] = true
		if strings.Contains(body, "__CSP_NONCE__") || strings.Count(body, `nonce="`+m[1]+`"`) != 2 {
			t.Errorf("%s: page %s", path, body)
		}
	}
	a, body := r.get("HEAD", "/calls")
	if a.StatusCode != http.StatusOK || body != "" || a.ContentLength < int64(len(builtPage)) {
		t.Errorf("HEAD: %d, %d bytes, %q", a.StatusCode, a.ContentLength, body)
	}
}

func TestPoliciesOfPagesAndOfTheRest(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.Web = built(t) })
	policy := func(path string) string {
		a, _ := r.get("GET", path)
		return a.Header.Get("Content-Security-Policy")
	}
	for path, trusted := range map[string]string{"/": "bandeau default", script: "'none'", "/api/v1/me": "'none'", "/no.png": "'none'"} {
		p := policy(path)
		for _, want := range []string{
			"default-src 'none'", "script-src 'self'", "frame-src 'none'", "frame-ancestors 'none'", "base-uri 'none'",
			"require-trusted-types-for 'script'",
		} {
			if !strings.Contains(p, want+";") {
				t.Errorf("%s: the policy %q lacks %s", path, p, want)
			}
		}
		if !strings.HasSuffix(p, "trusted-types "+trusted) || strings.Contains(p, "unsafe") {
			t.Errorf("%s: the policy is %q", path, p)
		}
	}
}

func TestFilesOfTheFrontEnd(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.Web = built(t) })
	for path, kind := range map[string]string{
		script: "text/javascript; charset=utf-8", "/assets/main-3c4d.css": "text/css; charset=utf-8",
		"/assets/font-5e6f.woff2": "font/woff2", "/assets/es-7a8b.json": "application/json",
		"/icon.svg": "image/svg+xml", "/manifest.webmanifest": "application/manifest+json",
	} {
		a, _ := r.get("GET", path)
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.Header.Get("Content-Type"))
		}
		cache := "no-cache"
		if strings.HasPrefix(path, "/assets/") {
			cache = "public, max-age=31536000, immutable"
		}
		if got := a.Header.Get("Cache-Control"); got != cache {
			t.Errorf("%s: %s", path, got)
		}
		again, body := r.get("GET", path, "If-None-Match", a.Header.Get("Etag"))
		if again.StatusCode != http.StatusNotModified || body != "" {
			t.Errorf("%s: unchanged, and answered with %d", path, again.StatusCode)
		}
	}
	for _, path := range []string{"/assets/old-9c0d.js", "/assets/old", "/assets/", "/favicon.png", script + ".gz"} {
		a, body := r.get("GET", path)
		if a.StatusCode != http.StatusNotFound || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") || strings.Contains(body, "<") {
			t.Errorf("%s: %d %s", path, a.StatusCode, body)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		a, _ := r.get(method, "/supervision")
		if a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d %q", method, a.StatusCode, a.Header.Get("Allow"))
		}
	}
}

func TestFilesAreSentCompressedToThoseWhoTakeIt(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.Web = built(t) })
	tags := map[string]bool{}
	for accepted, want := range map[string]string{
		"identity": "", "gzip": "gzip", "gzip, deflate, br": "br", "br;q=0, gzip;q=0.5": "gzip", "gzip;q=0.0": "", "GZIP": "gzip",
	} {
		a, body := r.get("GET", script, "Accept-Encoding", accepted)
		if got := a.Header.Get("Content-Encoding"); got != want || a.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %q, vary %q", accepted, got, a.Header.Get("Vary"))
		}
		if a.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%s: %s", accepted, a.Header.Get("Content-Type"))
		}
		tags[a.Header.Get("Etag")] = true
		text := body
		if want == "gzip" {
			z, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			plain, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			text = string(plain)
		}
		if wanted := map[string]string{"": "run()", "gzip": "run()", "br": "(brotli)"}[want]; text != wanted {
			t.Errorf("%s: %q", accepted, text)
		}
	}
	if len(tags) != 3 {
		t.Errorf("three forms have the tags %v", tags)
	}
}

func TestWithoutAFrontEnd(t *testing.T) {
	for name, files := range map[string]fs.FS{"none": nil, "empty": fstest.MapFS{}, "without a page": fstest.MapFS{"a.js": {}}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(c *api.Config) { c.Web = files })
			a, body := r.get("GET", "/")
			if a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "make build") {
				t.Errorf("%d %s", a.StatusCode, body)
			}
			if a, _ := r.get("GET", "/healthz"); a.StatusCode != http.StatusOK {
				t.Errorf("healthz: %d", a.StatusCode)
			}
		})
	}
}

// TestThePopPageKeepsItsOpener: the window of the customer's pages begins with
// a page of ours, and its handle has to outlive the way to another site.
func TestThePopPageKeepsItsOpener(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.Web = built(t) })
	for path, want := range map[string]string{"/": "same-origin-allow-popups", "/banner": "same-origin-allow-popups", "/pop": ""} {
		a, _ := r.get("GET", path)
		if got := a.Header.Get("Cross-Origin-Opener-Policy"); got != want || a.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %q", path, got)
		}
	}
}
