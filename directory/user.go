package directory

import (
	"fmt"
	"slices"
	"time"
)

// NewUser returns a user with the least role and the centre's language.
func NewUser(centre Centre) User {
	return User{
		Meta:          Meta{Centre: centre.ID},
		Language:      centre.Language,
		Role:          RoleSupervisor,
		Rights:        Rights{OperatorDetail: true},
		PasswordState: PasswordPending,
	}
}

// Normalize returns the record in its stored form; a user without a name is
// called by the login.
func (u User) Normalize(_ Lookup) User {
	trim(&u.Name)
	lower(&u.Login)
	u.Email = normalEmail(u.Email)
	if u.Name == "" {
		u.Name = u.Login
	}
	return u
}

// Validate returns every rule the user breaks. An e-mail address is not
// required: a password may also be set at the terminal.
func (u User) Validate(look Lookup) []Problem {
	c := &checker{look: look, self: u.ID}
	c.login(u.Login)
	c.text("name", u.Name, 1, maxText)
	c.email(u.Email, false)
	c.language("language", u.Language)
	oneOf(c, "role", u.Role, []Role{RoleTechnical, RoleAdministrator, RoleSupervisor})
	seen := map[ID]bool{}
	for i, id := range u.Groups {
		field := fmt.Sprintf("groups[%d]", i)
		if _, ok := look.Group(id); !ok {
			c.invalid(field, "must be a group of this centre")
		} else if seen[id] {
			c.invalid(field, "must not stand in the list twice")
		}
		seen[id] = true
	}
	return c.problems
}

// SeesGroup reports whether a supervisor's board shows a group.
func (u User) SeesGroup(id ID) bool {
	return u.Groups == nil || u.Role.MayAdminister() || slices.Contains(u.Groups, id)
}

// Validate returns every rule the token breaks at the time it is made, by
// somebody of a role.
func (t Token) Validate(maker Role, now time.Time) []Problem {
	c := &checker{self: t.ID}
	c.text("name", t.Name, 0, maxText)
	oneOf(c, "role", t.Role, []Role{RoleTechnical, RoleAdministrator, RoleSupervisor})
	if t.Role.OnLadder() && !maker.AtLeast(t.Role) {
		c.invalid("role", "must not be above the role of its maker")
	}
	if !t.ExpiresAt.After(now) {
		c.invalid("expiresAt", "must be in the future")
	}
	return c.problems
}

// Expired reports whether the token has ended.
func (t Token) Expired(now time.Time) bool { return !now.Before(t.ExpiresAt) }

// The time a web session lives without a request.
const (
	operatorSessionIdle = 14 * time.Hour
	userSessionIdle     = 12 * time.Hour
)

// ExpiresAt returns the instant the cookie dies if no request comes before.
func (s Session) ExpiresAt() time.Time {
	if s.Role == RoleOperator {
		return s.LastRequestAt.Add(operatorSessionIdle)
	}
	return s.LastRequestAt.Add(userSessionIdle)
}

// Expired reports whether the cookie has died.
func (s Session) Expired(now time.Time) bool { return !now.Before(s.ExpiresAt()) }
