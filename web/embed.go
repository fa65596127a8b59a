// Package web holds the front end: administration, banner and supervision,
// built by Vite into dist and embedded here. The program compiles without it;
// then there is nothing to serve.
package web

import (
	"embed"
	"io/fs"
)

//go:generate sh -c "go run ../cmd/openapi > src/api/openapi.json && npm run --silent generate"

// The pattern also matches dist.txt, so that it matches something where nothing
// was built. The names of built files may begin with an underscore: all.
//
//go:embed all:dist*
var built embed.FS

// Files returns what was built, with index.html at its root. It is empty where
// nothing was.
func Files() fs.FS {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		panic("web: dist is a valid path: " + err.Error())
	}
	return files
}
