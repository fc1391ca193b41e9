package edge

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/route"
)

// Role is a job of the merchant's people, with the scopes that it needs.
type Role struct {
	Name      string
	Scopes    []route.Scope
	MaxRefund int64 // in whole rupiah, of one order; 0 means no limit
}

// Staff says who signs in as one of the merchant's people. A token of one of the clients allows no more than the roles
// in its claim. The tokens of other clients allow their scopes.
type Staff struct {
	Clients []string // client ids
	Claim   string   // of the token that holds the roles
	Roles   []Role
}

// The settings of roles that a merchant need not write. DefaultRefunds belongs to DefaultRoles.
const (
	DefaultClaim = "cognito:groups" // Cognito's
	DefaultRoles = "viewer=payments:read payments:read:all settlements:read," +
		"support=payments:read payments:read:all payments:refund payments:close tokens:read tokens:unbind tokens:all," +
		"finance=payments:read payments:read:all payments:resolve settlements:read settlements:write," +
		"admin=payments:read payments:read:all payments:capture payments:refund payments:close payments:resolve " +
		"settlements:read settlements:write tokens:read tokens:unbind tokens:all"
	DefaultRefunds = "support=1000000"
)

// limit returns the principal with the scopes that both its token and its roles allow, if it is one of the staff.
func (s Staff) limit(p Principal, event events.APIGatewayV2HTTPRequest, claims map[string]string) Principal {
	if !slices.Contains(s.Clients, claims["client_id"]) && !slices.Contains(s.Clients, claims["azp"]) {
		return p
	}
	var allowed []route.Scope
	p.staff, p.MaxRefund = true, -1
	held := rolesIn(event, claims, s.Claim)
	for _, role := range s.Roles {
		if !slices.Contains(held, role.Name) {
			continue
		}
		allowed = append(allowed, role.Scopes...)
		if slices.Contains(role.Scopes, route.PaymentsRefund) {
			p.MaxRefund = greater(p.MaxRefund, role.MaxRefund)
		}
	}
	p.scopes = slices.DeleteFunc(p.scopes, func(scope route.Scope) bool { return !slices.Contains(allowed, scope) })
	p.MaxRefund = max(p.MaxRefund, 0) // without a role that refunds, the scope is missing
	return p
}

// greater returns the greater of two limits, of which 0 is none. -1 is less than every limit.
func greater(a, b int64) int64 {
	if a == 0 || b == 0 {
		return 0
	}
	return max(a, b)
}

// rolesIn returns the roles in a claim, which is a list, or the text of one role.
func rolesIn(event events.APIGatewayV2HTTPRequest, claims map[string]string, name string) []string {
	claim := claims[name]
	if isList(claim) {
		return listed(event, claim, name, oneRole)
	}
	return oneRole(text(claim))
}

// oneRole returns the role of a claim that is a text: it is one name, also if it has blanks.
func oneRole(text string) []string { return []string{text} }

var roleName = regexp.MustCompile(`^[a-z-]+$`)

// ParseRoles reads roles such as "viewer=payments:read:all,support=payments:read:all payments:refund". The error is the
// rest of a sentence about the setting.
func ParseRoles(setting string) ([]Role, error) {
	var roles []Role
	for pair := range strings.SplitSeq(setting, ",") {
		name, scopes, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if !roleName.MatchString(name) {
			return nil, fmt.Errorf("has the role %q; a role is a name of lower-case letters and dashes, then = and "+
				"its scopes, such as viewer=payments:read:all", name)
		}
		if slices.ContainsFunc(roles, func(r Role) bool { return r.Name == name }) {
			return nil, fmt.Errorf("has the role %s twice", name)
		}
		role := Role{Name: name}
		for word := range strings.FieldsSeq(scopes) {
			if !slices.ContainsFunc(route.Grants, func(g route.Grant) bool { return string(g.Scope) == word }) {
				return nil, fmt.Errorf("gives the role %s the scope %q, which does not exist", name, word)
			}
			role.Scopes = append(role.Scopes, route.Scope(word))
		}
		if len(role.Scopes) == 0 {
			return nil, fmt.Errorf("gives the role %s no scope", name)
		}
		roles = append(roles, role)
	}
	return roles, nil
}

// ParseLimits reads limits of refunds such as "support=1000000,admin=25000000", and returns the roles with them. The
// error is the rest of a sentence about the setting.
func ParseLimits(setting string, roles []Role) ([]Role, error) {
	roles = slices.Clone(roles)
	if strings.TrimSpace(setting) == "" {
		return roles, nil
	}
	for pair := range strings.SplitSeq(setting, ",") {
		name, written, _ := strings.Cut(strings.TrimSpace(pair), "=")
		i := slices.IndexFunc(roles, func(r Role) bool { return r.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("has %q; the left side must be a role of ROLES", pair)
		}
		amount, err := strconv.ParseInt(written, 10, 64)
		switch {
		case errors.Is(err, strconv.ErrSyntax), errors.Is(err, strconv.ErrRange), amount <= 0:
			return nil, fmt.Errorf("has %q; the right side must be an amount in whole rupiah, such as %s=1000000", pair,
				name)
		case !slices.Contains(roles[i].Scopes, route.PaymentsRefund):
			return nil, fmt.Errorf("has %q, but the role %s does not have the scope %s", pair, name,
				route.PaymentsRefund)
		case roles[i].MaxRefund != 0:
			return nil, fmt.Errorf("has the role %s twice", name)
		}
		roles[i].MaxRefund = amount
	}
	return roles, nil
}
