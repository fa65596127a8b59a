package api

import (
	"context"
	"fmt"
	"net/http"

	"bandeau/directory"
)

// UserFields is what can be written of a user.
type UserFields struct {
	Login    string   `json:"login" minLength:"1" maxLength:"32" doc:"Unique in the centre over operators and users, whatever the case."`
	Name     string   `json:"name" minLength:"1" maxLength:"100" doc:"Default: the login."`
	Email    *string  `json:"email" format:"email" doc:"Receives the password; without one it is set on the command line."`
	Language string   `json:"language" enum:"fr,en,it,es" doc:"Default: the centre's."`
	Role     string   `json:"role" enum:"technical,administrator,supervisor" doc:"Default supervisor; technical only by the technical team."`
	Groups   []string `json:"groups" nullable:"true" doc:"Those a supervisor sees; null for all."`
	Rights   Rights   `json:"rights"`
}

// Rights are what a supervisor may do beyond the board of groups.
type Rights struct {
	OperatorDetail bool `json:"operatorDetail" doc:"Default true."`
	Listen         bool `json:"listen" doc:"To calls that go on and to recordings."`
}

// User is the answer about a user.
type User struct {
	Record
	UserFields

	PasswordState string `json:"passwordState" enum:"pending,delivered,failed,set" readOnly:"true"`
}

func (s *Server) userKind() kind[directory.User, UserFields, User] {
	return kind[directory.User, UserFields, User]{
		name: "user", path: "/users", tag: "Users", title: "a user",
		about:    "Users of role technical exist for the technical team only.",
		required: []string{"login", "role"},
		store:    func() Resource[directory.User] { return s.cfg.Records.Users() },
		meta:     func(u *directory.User) *directory.Meta { return &u.Meta },
		fresh:    func(look directory.Lookup) directory.User { return directory.NewUser(look.Centre()) },
		fields:   userFields,
		apply:    applyUser,
		settle:   directory.User.Normalize,
		rules: func(_ *request, u directory.User, look directory.Lookup) []directory.Problem {
			return u.Validate(look)
		},
		answer: func(_ context.Context, _ *request, u directory.User) (User, error) { return userBody(u), nil },
		create: func(ctx context.Context, r *request, u directory.User) (directory.User, User, error) {
			password, err := s.firstPassword(ctx, r)
			if err != nil {
				return u, User{}, err
			}
			created, err := s.cfg.Records.Users().Create(ctx, u, password)
			return created, userBody(created), err
		},
		sees:     func(r *request, u directory.User) (bool, error) { return r.who.role.MayManage(u.Role), nil },
		mayWrite: mayWriteUser,
		mayDelete: func(r *request, u directory.User) error {
			if u.ID == r.who.id {
				return problem(http.StatusConflict, codeConflict, "nobody deletes himself")
			}
			return nil
		},
	}
}

func (s *Server) userRoutes() {
	k := s.userKind()
	register(s, k)
	add(s, route{
		id: "send-user-password", method: http.MethodPost, path: "/users/{id}/password", tag: "Users",
		summary: "Mail a user a new password", errors: []int{http.StatusConflict},
		about: "The present password ends at once, and with it every web session of the user but the one that asks; the new one " +
			"is valid until it is replaced, 7 days at most.",
	}, func(ctx context.Context, in *Identified) (*recordOutput[User], error) {
		r := from(ctx)
		record, err := k.read(ctx, r, in.ID)
		if err != nil {
			return nil, err
		}
		if record.Email == "" {
			return nil, problem(http.StatusConflict, codeConflict, "the user has no e-mail address")
		}
		password, err := s.firstPassword(ctx, r)
		if err != nil {
			return nil, err
		}
		record, err = s.cfg.Records.Users().SendPassword(ctx, r.who.centre, record.ID, password, r.who.hash)
		if err != nil {
			return nil, fmt.Errorf("send password: %w", err)
		}
		s.LoggedOut(ctx, record.Centre, record.ID)
		return k.output(ctx, r, record)
	})
}

// mayWriteUser keeps users of role technical to the technical team, and a
// user's own role to somebody else: so there is always one left who may.
func mayWriteUser(r *request, before, after *directory.User) error {
	if after.Role.OnLadder() && !r.who.role.MayManage(after.Role) {
		return forbidden("only the technical team makes users of role technical")
	}
	if before != nil && before.ID == r.who.id && before.Role != after.Role {
		return problem(http.StatusConflict, codeConflict, "nobody changes his own role")
	}
	return nil
}

func userBody(u directory.User) User {
	return User{Record: recordOf(u.Meta), UserFields: userFields(u), PasswordState: string(u.PasswordState)}
}

func userFields(u directory.User) UserFields {
	f := UserFields{
		Login: u.Login, Name: u.Name, Email: orNull(u.Email), Language: string(u.Language), Role: string(u.Role),
		Rights: Rights{OperatorDetail: u.Rights.OperatorDetail, Listen: u.Rights.Listen},
	}
	if u.Groups != nil {
		f.Groups = make([]string, 0, len(u.Groups))
		for _, id := range u.Groups {
			f.Groups = append(f.Groups, string(id))
		}
	}
	return f
}

func applyUser(u directory.User, f UserFields) directory.User {
	u.Login, u.Name, u.Email = f.Login, f.Name, orEmpty[string](f.Email)
	u.Language, u.Role = directory.Language(f.Language), directory.Role(f.Role)
	u.Rights = directory.Rights{OperatorDetail: f.Rights.OperatorDetail, Listen: f.Rights.Listen}
	u.Groups = nil
	if f.Groups != nil {
		u.Groups = make([]directory.ID, 0, len(f.Groups))
		for _, id := range f.Groups {
			u.Groups = append(u.Groups, directory.ID(id))
		}
	}
	return u
}
