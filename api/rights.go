package api

import (
	"maps"
	"slices"

	"bandeau/directory"
)

// access is who may use a route.
type access struct {
	// public needs no credential.
	public bool
	// roles may use it.
	roles []directory.Role
	// locked is true for the few routes that a session may use whose password
	// must be replaced first.
	locked bool
	// cookie is true for what makes no sense with a program's token.
	cookie bool
}

func (a access) allows(role directory.Role) bool { return slices.Contains(a.roles, role) }

// rights is the one table of who may do what: operation × role. An operation
// that is not in it cannot be registered. What a role may see inside of an
// answer, and supervisors' restriction to their groups, is decided where the
// rows are made, by [principal].
func rights() map[string]access {
	const (
		technical     = directory.RoleTechnical
		administrator = directory.RoleAdministrator
		supervisor    = directory.RoleSupervisor
		operator      = directory.RoleOperator
	)
	public := access{public: true}
	everybody := []directory.Role{technical, administrator, supervisor, operator}
	operators := access{roles: []directory.Role{operator}, cookie: true}
	supervisors := access{roles: []directory.Role{technical, administrator, supervisor}}
	administrators := access{roles: []directory.Role{technical, administrator}}
	technicians := access{roles: []directory.Role{technical}}

	table := map[string]access{
		"login":    public,
		"logout":   {roles: everybody, locked: true, cookie: true},
		"password": {roles: everybody, locked: true, cookie: true},
		"version":  {roles: everybody},

		"get-me": {roles: everybody, locked: true},

		"get-floor":       supervisors,
		"get-events":      supervisors,
		"get-day":         supervisors,
		"get-quarters":    supervisors,
		"act-on-operator": supervisors,
		"floor-phone":     {roles: supervisors.roles, cookie: true},
		"floor-phones":    supervisors,
		"list-calls":      supervisors,
		"get-call":        supervisors,
		"get-timeline":    supervisors,
		"get-recording":   supervisors,

		"get-centre":             administrators,
		"patch-centre":           administrators,
		"send-operator-password": administrators,
		"send-user-password":     administrators,
		"new-phone-password":     administrators,
		"suggest-login":          administrators,
		"export-operators":       administrators,
		"import-operators":       administrators,
		"preview-group":          administrators,
		"simulate":               administrators,
		"get-sound-audio":        administrators,
		"list-outbox":            technicians,
		"get-outbox-mail":        technicians,
	}
	for _, banner := range bannerRoutes() {
		table[banner] = operators
	}
	read := map[string]access{
		"operator": supervisors, "group": supervisors, "pause-type": supervisors,
		"number": administrators, "sound": administrators, "trunk": administrators, "phone": administrators,
		"user": administrators, "token": administrators,
	}
	for _, kind := range slices.Sorted(maps.Keys(read)) {
		table["list-"+kind+"s"] = read[kind]
		table["get-"+kind] = read[kind]
		table["create-"+kind] = administrators
		table["patch-"+kind] = administrators
		table["delete-"+kind] = administrators
	}
	delete(table, "patch-token") // a token is made and removed, never changed
	// A token makes no tokens: else it would outlive itself.
	table["create-token"] = access{roles: administrators.roles, cookie: true}
	return table
}

// bannerRoutes are those of an operator about himself and his calls.
func bannerRoutes() []string {
	return []string{
		"put-presence", "put-phone", "get-my-phones", "act-on-wrap-up", "get-history", "stream", "get-transfer-targets", "get-pick-ups",
		"dial", "answer-call", "reject-call", "hang-up-call", "hold-call", "resume-call", "mute-call", "send-dtmf",
		"transfer-call", "consult-call", "swap-call", "complete-call", "cancel-call", "conference-call", "pickup-call",
		"record-call", "tag-call", "note-call",
	}
}
