package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Document returns the OpenAPI document of the API, as /openapi.json serves it,
// for generators of clients. It needs nothing that a server needs to run.
func Document(version string) ([]byte, error) {
	s := &Server{rights: rights(), mux: http.NewServeMux()}
	s.api = humago.New(s.mux, humaConfig(version))
	s.routes()
	return s.document()
}
