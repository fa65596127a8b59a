package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

const (
	// pageFile is the page of every address: the front end finds its way itself.
	pageFile = "index.html"
	// assets is the folder of files whose names change with their content.
	assets = "assets/"
	// popPage waits in the window of the customer's pages.
	popPage = "/pop"
	// nonceWord stands in the page where the nonce of its answer goes.
	nonceWord = "__CSP_NONCE__"
	nonceSize = 16
)

// web serves the front end. Its files are looked at once, when the server is
// made.
type web struct {
	files  fs.FS
	random io.Reader
	// page is the page as it was built; empty where nothing was.
	page  []byte
	known map[string]webFile
}

// webFile is what is known of a file.
type webFile struct {
	etag string
	// encodings are those it was compressed with when it was built, the best
	// first.
	encodings []encoding
}

// encoding is a content coding, the ending of files compressed with it, and the
// tag of such a file.
type encoding struct{ name, ending, etag string }

// encodings returns those a file may be compressed with, the best first.
func encodings() []encoding {
	return []encoding{{name: "br", ending: ".br"}, {name: "gzip", ending: ".gz"}}
}

// newWeb looks at the files; without any, or without a page, there is nothing
// to serve but a word about it.
func newWeb(files fs.FS, random io.Reader) (*web, error) {
	w := &web{files: files, random: random, known: map[string]webFile{}}
	if files == nil {
		return w, nil
	}
	if _, err := fs.Stat(files, pageFile); err != nil {
		return w, nil //nolint:nilerr // nothing was built
	}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		tag, err := tagOf(files, name)
		w.known[name] = webFile{etag: tag}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look at the front end: %w", err)
	}
	for _, e := range encodings() {
		for name, file := range w.known {
			compressed, there := w.known[name+e.ending]
			if !there {
				continue
			}
			e.etag = compressed.etag
			file.encodings = append(file.encodings, e)
			w.known[name] = file
			delete(w.known, name+e.ending) // it has no address of its own
		}
	}
	if w.page, err = fs.ReadFile(files, pageFile); err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	return w, nil
}

// tagOf is the entity tag of a file's content.
func tagOf(files fs.FS, name string) (string, error) {
	file, err := files.Open(name)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", name, err)
	}
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return `"` + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:12]) + `"`, nil
}

// ServeHTTP implements http.Handler.
func (s *web) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "allowed are GET, HEAD", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/") // the router has cleaned it
	file, known := s.known[name]
	switch {
	case len(s.page) == 0:
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "The front end is not part of this program: it was built without. "+
			"Run `make build` and start it again. The API is served.", http.StatusServiceUnavailable)
	case name == pageFile:
		s.servePage(w, r)
	case known:
		s.serveFile(w, r, name, file)
	case path.Ext(name) != "" || strings.HasPrefix(name, assets):
		http.NotFound(w, r)
	default:
		s.servePage(w, r)
	}
}

// servePage answers with the page. Elements of style that the page makes itself
// need a nonce, which is good for this answer only: so none is kept.
func (s *web) servePage(w http.ResponseWriter, r *http.Request) {
	secret := make([]byte, nonceSize)
	if _, err := io.ReadFull(s.random, secret); err != nil {
		http.Error(w, "no nonce", http.StatusInternalServerError)
		return
	}
	nonce := base64.RawURLEncoding.EncodeToString(secret)
	page := bytes.ReplaceAll(s.page, []byte(nonceWord), []byte(nonce))
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy(nonce))
	if r.URL.Path == popPage {
		// A page of another site that came after one with this policy would be cut
		// off from the banner, which has to send it to the next call's page.
		h.Del("Cross-Origin-Opener-Policy")
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", contentType(pageFile))
	h.Set("Content-Length", strconv.Itoa(len(page)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(page) // a client that has gone is nobody to tell
	}
}

// serveFile answers with a file, compressed as the client likes it best.
func (s *web) serveFile(w http.ResponseWriter, r *http.Request, name string, file webFile) {
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, assets) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	tag := file.etag
	if len(file.encodings) > 0 {
		h.Set("Vary", "Accept-Encoding")
		for _, e := range file.encodings {
			if accepts(r.Header.Values("Accept-Encoding"), e.name) {
				h.Set("Content-Encoding", e.name)
				name, tag = name+e.ending, e.etag
				break
			}
		}
	}
	h.Set("ETag", tag)
	content, err := s.files.Open(name)
	if err != nil {
		http.Error(w, "cannot be read", http.StatusInternalServerError)
		return
	}
	defer func() { _ = content.Close() }() // it was only read
	seeker, ok := content.(io.ReadSeeker)
	if !ok {
		http.Error(w, "cannot be read", http.StatusInternalServerError)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, seeker)
}

// accepts reports whether a client takes a content coding (RFC 9110 §12.5.3).
// None is sent that it does not name: "*" may mean one that it cannot read.
func accepts(headers []string, coding string) bool {
	for item := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		name, parameter, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, given := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		if !given {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

// contentType is that of a file, by its name; what the system knows of endings
// differs from machine to machine.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".wav":
		return "audio/wav"
	case ".mp3":
		return "audio/mpeg"
	case ".ogg", ".opus":
		return "audio/ogg"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
