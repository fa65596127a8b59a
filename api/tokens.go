package api

import (
	"context"
	"fmt"

	"bandeau/directory"
)

// TokenFields is what can be written of a token.
type TokenFields struct {
	Name      string `json:"name" maxLength:"100"`
	Role      string `json:"role" enum:"technical,administrator,supervisor" doc:"At most the maker's."`
	ExpiresAt Time   `json:"expiresAt"`
}

// Token is the answer about a token.
type Token struct {
	Record
	TokenFields

	MadeBy string `json:"madeBy" readOnly:"true" doc:"The user who made it; it ends with him, and never does more than he may."`
	// Value is the token itself.
	Value string `json:"token,omitempty" readOnly:"true" doc:"Only in the answer to the creation: Authorization: Bearer <token>."`
}

func (s *Server) tokenRoutes() {
	register(s, kind[directory.Token, TokenFields, Token]{
		name: "token", path: "/tokens", tag: "Tokens", title: "a token", fixed: true,
		about:    "Tokens are made and removed, never changed.",
		required: []string{"role", "expiresAt"},
		store:    func() Resource[directory.Token] { return s.cfg.Records.Tokens() },
		meta:     func(t *directory.Token) *directory.Meta { return &t.Meta },
		fresh: func(look directory.Lookup) directory.Token {
			return directory.Token{Meta: directory.Meta{Centre: look.Centre().ID}}
		},
		fields: tokenFields,
		apply: func(t directory.Token, f TokenFields) directory.Token {
			t.Name, t.Role, t.ExpiresAt = f.Name, directory.Role(f.Role), f.ExpiresAt.Time
			return t
		},
		settle: func(t directory.Token, _ directory.Lookup) directory.Token { return t },
		rules: func(r *request, t directory.Token, _ directory.Lookup) []directory.Problem {
			return t.Validate(r.who.role, r.now)
		},
		answer: func(_ context.Context, _ *request, t directory.Token) (Token, error) { return tokenBody(t), nil },
		create: func(ctx context.Context, r *request, t directory.Token) (directory.Token, Token, error) {
			value, hash, err := directory.GenerateToken(s.cfg.Random)
			if err != nil {
				return t, Token{}, fmt.Errorf("make token: %w", err)
			}
			t.Hash, t.MadeBy = hash, r.who.id
			created, err := s.cfg.Records.Tokens().Create(ctx, t)
			body := tokenBody(created)
			body.Value = value
			return created, body, err
		},
		sees: func(r *request, t directory.Token) (bool, error) { return r.who.role.MayManage(t.Role), nil },
	})
}

func tokenFields(t directory.Token) TokenFields {
	return TokenFields{Name: t.Name, Role: string(t.Role), ExpiresAt: Time{t.ExpiresAt}}
}

func tokenBody(t directory.Token) Token {
	return Token{Record: recordOf(t.Meta), TokenFields: tokenFields(t), MadeBy: string(t.MadeBy)}
}
