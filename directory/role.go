package directory

// Role is what a person or a program may do. Technical, administrator and
// supervisor form a ladder, each holding the rights of the next; operator
// stands beside it.
type Role string

// The roles.
const (
	RoleTechnical     Role = "technical"
	RoleAdministrator Role = "administrator"
	RoleSupervisor    Role = "supervisor"
	RoleOperator      Role = "operator"
)

// rank is the height on the ladder, 0 beside it.
func (r Role) rank() int {
	switch r {
	case RoleTechnical:
		return 3
	case RoleAdministrator:
		return 2
	case RoleSupervisor:
		return 1
	case RoleOperator:
		return 0
	}
	return 0
}

// Valid reports whether the role exists.
func (r Role) Valid() bool { return r == RoleOperator || r.rank() > 0 }

// OnLadder reports whether the role is a user's: any but operator.
func (r Role) OnLadder() bool { return r.rank() > 0 }

// AtLeast reports whether the role holds every right of other. Operator is at
// least operator and nothing else, and nobody else is at least operator.
func (r Role) AtLeast(other Role) bool {
	if r.rank() == 0 || other.rank() == 0 {
		return r == other && r.Valid()
	}
	return r.rank() >= other.rank()
}

// MayAdminister reports whether the role changes the centre's records.
func (r Role) MayAdminister() bool { return r.AtLeast(RoleAdministrator) }

// MaySupervise reports whether the role sees the board and acts on operators.
func (r Role) MaySupervise() bool { return r.AtLeast(RoleSupervisor) }

// MaySeeScreenPopURLs reports whether the role sees and edits the URL
// templates of operators.
func (r Role) MaySeeScreenPopURLs() bool { return r.AtLeast(RoleTechnical) }

// MaySeeOutbox reports whether the role sees the waiting mails.
func (r Role) MaySeeOutbox() bool { return r.AtLeast(RoleTechnical) }

// MayManage reports whether the role may create, change or delete a user or a
// token of role other: an administrator's, but only the technical team's for
// the technical team, and never for operators, who are not users.
func (r Role) MayManage(other Role) bool {
	return r.MayAdminister() && r.AtLeast(other)
}
