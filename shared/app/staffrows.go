package app

import (
	"slices"
	"strings"

	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/route"
)

// withTokens reports whether a function answers a route whose callers need a token.
func withTokens(f function.Function) bool {
	return slices.ContainsFunc(route.All, func(r route.Route) bool { return r.Function == f.Name && r.Scope != "" })
}

// withRoles reports whether a function knows the roles: to limit its callers, or to show what they may do.
func withRoles(f function.Function) bool { return withTokens(f) || f.Console }

// StaffVariables are the settings of the people who sign in, see docs/access.md.
var StaffVariables = []string{"STAFF_CLIENTS", "ROLES_CLAIM", "ROLES", "MAX_REFUND"}

// staffRows are the settings of the people who sign in. Reader.staff reads the limits, which belong to the roles.
func staffRows(s *Settings) []row {
	return []row{
		{"STAFF_CLIENTS", withRoles, words(&s.Staff.Clients)},
		{"ROLES_CLAIM", withRoles, text(&s.Staff.Claim, edge.DefaultClaim)},
		{"ROLES", withRoles, parsed(&s.Staff.Roles, func(written string) ([]edge.Role, error) {
			if strings.TrimSpace(written) == "" {
				written = edge.DefaultRoles
			}
			return edge.ParseRoles(written)
		})},
		{"MAX_REFUND", withRoles, func(*reader, string) {}},
	}
}

// staff reads the limits of the roles' refunds.
func (r *reader) staff(s *Settings) {
	limits := strings.TrimSpace(r.getenv("MAX_REFUND"))
	if limits == "" && strings.TrimSpace(r.getenv("ROLES")) == "" {
		limits = edge.DefaultRefunds
	}
	if r.isWrong("ROLES") {
		return // a limit of a role that cannot be read cannot be checked
	}
	roles, err := edge.ParseLimits(limits, s.Staff.Roles)
	if err != nil {
		r.wrong("MAX_REFUND", err.Error())
		return
	}
	s.Staff.Roles = roles
}

// words returns a reading of words, separated by commas.
func words(to *[]string) reading {
	return func(r *reader, name string) {
		for word := range strings.SplitSeq(r.getenv(name), ",") {
			if word = strings.TrimSpace(word); word != "" {
				*to = append(*to, word)
			}
		}
	}
}
