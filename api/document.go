package api

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const description = "The contact centre's administration, banner and supervision.\n\n" +
	"Times are RFC 3339 in UTC with milliseconds. Lists are pages: `items`, and `next`, the cursor of the next page. " +
	"Errors are problem documents (RFC 9457) that list every refused value. Unknown fields are refused."

// documentBody adds the body of an operation to the document. The router does
// not know of it: bodies are read by this package, which names everything that
// is wrong with one at once.
func (s *Server) documentBody(r route) {
	if len(r.raw) > 0 {
		s.api.OpenAPI().Paths[prefix+r.path].Post.RequestBody = &huma.RequestBody{Required: true, Content: rawContent(r.raw)}
	}
	if r.body == nil {
		return
	}
	registry := s.api.OpenAPI().Components.Schemas
	t := reflect.TypeOf(r.body)
	name := strings.TrimSuffix(t.Name(), "Fields")
	required := r.required
	switch {
	case r.method == http.MethodPatch:
		name, required = name+"Patch", nil
	case strings.HasSuffix(t.Name(), "Fields"):
		name += "Create"
	default:
		name += "Body"
		for _, f := range bodyFields(t, nil) {
			if f.must && !slices.Contains(required, f.name) {
				required = append(required, f.name)
			}
		}
	}
	schema := inputSchema(registry, t, name, required)
	content := map[string]*huma.MediaType{"application/json": {Schema: schema}}
	if r.method == http.MethodPatch {
		content["application/merge-patch+json"] = &huma.MediaType{Schema: schema}
	}
	item := s.api.OpenAPI().Paths[prefix+r.path]
	body := &huma.RequestBody{Required: true, Content: content}
	switch r.method {
	case http.MethodPost:
		item.Post.RequestBody = body
	case http.MethodPut:
		item.Put.RequestBody = body
	case http.MethodPatch:
		item.Patch.RequestBody = body
	}
}

// rawContent documents a body that is no JSON.
func rawContent(types []string) map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, media := range types {
		schema := &huma.Schema{Type: huma.TypeString}
		switch {
		case media == mediaForm:
			schema = &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{
				"file": {Type: huma.TypeString, Format: "binary"}, "name": {Type: huma.TypeString},
			}}
		case strings.HasPrefix(media, "audio/"):
			schema.Format = "binary"
		}
		content[media] = &huma.MediaType{Schema: schema}
	}
	return content
}

// inputSchema documents a type as something that is written: nothing is
// required but what is named, since everything else has a default.
func inputSchema(registry huma.Registry, t reflect.Type, name string, required []string) *huma.Schema {
	if _, done := registry.Map()[name]; !done {
		source := huma.SchemaFromType(registry, t)
		schema := *source
		schema.Required = required
		schema.Properties = map[string]*huma.Schema{}
		registry.Map()[name] = &schema
		for property, value := range source.Properties {
			schema.Properties[property] = inputProperty(registry, value)
		}
		nullable(&schema, t)
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// inputProperty leads references to types as they are written.
func inputProperty(registry huma.Registry, s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		inner := registry.TypeFromRef(s.Ref)
		var required []string
		for _, f := range bodyFields(inner, nil) {
			if f.must {
				required = append(required, f.name)
			}
		}
		written := inputSchema(registry, inner, inner.Name()+"Input", required)
		written.Description = s.Description
		return written
	}
	if s.Items != nil {
		list := *s
		list.Items = inputProperty(registry, s.Items)
		return &list
	}
	return s
}

// nullable says of each member whether it may be null: pointers without
// omitempty may, lists may not unless they say so.
func nullable(s *huma.Schema, t reflect.Type) {
	for _, f := range bodyFields(t, nil) {
		property := s.Properties[f.name]
		if property == nil {
			continue
		}
		switch {
		case property.Type == huma.TypeArray:
			property.Nullable = f.nullable
		case f.nullable && property.Ref != "":
			s.Properties[f.name] = &huma.Schema{
				Description: property.Description,
				AnyOf:       []*huma.Schema{{Ref: property.Ref}, {Type: "null"}},
			}
		case property.Ref == "" && f.typ.Kind() == reflect.Pointer:
			property.Nullable = f.nullable
			if f.nullable && len(property.Enum) > 0 && !slices.Contains(property.Enum, nil) {
				property.Enum = append(slices.Clone(property.Enum), nil)
			}
		}
	}
}

// responses documents the refusals of an operation beside its other answers.
func (s *Server) responses(r route, who access) map[string]*huma.Response {
	registry := s.api.OpenAPI().Components.Schemas
	all := map[string]*huma.Response{}
	maps.Copy(all, r.responses)
	for _, status := range refusals(r, who) {
		if _, given := all[strconv.Itoa(status)]; given {
			continue
		}
		all[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content: map[string]*huma.MediaType{
				"application/problem+json": {Schema: registry.Schema(reflect.TypeFor[Problem](), true, "")},
			},
		}
	}
	return all
}

// ownProblems gives the router's own refusals, of parameters, the form of all
// others.
func ownProblems(_ huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := problem(model.Status, codeInvalid, "some values are refused")
	if model.Status != http.StatusUnprocessableEntity {
		p.Code, p.Detail = codeInternal, http.StatusText(model.Status)
	}
	for _, detail := range model.Errors {
		p.Errors = append(p.Errors, ProblemField{Location: detail.Location, Message: detail.Message})
	}
	return p, nil
}

// serveDocument serves the OpenAPI document.
func (s *Server) serveDocument() error {
	data, err := s.document()
	if err != nil {
		return err
	}
	s.mux.HandleFunc("GET "+prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		// A client that has gone is nobody to tell.
		_, _ = w.Write(data)
	})
	return nil
}

// document finishes the OpenAPI document and encodes it.
func (s *Server) document() ([]byte, error) {
	document := s.api.OpenAPI()
	registry := document.Components.Schemas
	registry.Schema(reflect.TypeFor[LoggedOut](), true, "")
	registry.Schema(reflect.TypeFor[StreamMessage](), true, "")
	registry.Schema(reflect.TypeFor[BannerMessage](), true, "")
	registry.Schema(reflect.TypeFor[PhoneStreamMessage](), true, "")
	for name, schema := range registry.Map() {
		if t := registry.TypeFromRef("#/components/schemas/" + name); t != nil {
			nullable(schema, t)
		}
	}
	// The router registers its own form of errors, which is never sent.
	delete(registry.Map(), "ErrorModel")
	delete(registry.Map(), "ErrorDetail")
	document.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"cookie": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "Set by POST /login."},
		"bearer": {Type: "http", Scheme: "bearer", Description: "A token made under /tokens."},
	}
	data, err := document.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return data, nil
}
