package edge

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/route"
)

func defaultRoles(t *testing.T) []Role {
	t.Helper()
	roles, err := ParseRoles(DefaultRoles)
	if err == nil {
		roles, err = ParseLimits(DefaultRefunds+",admin=25000000", roles)
	}
	if err != nil {
		t.Fatal(err)
	}
	return roles
}

// A token of a staff client allows what both its scopes and its roles allow. Tokens of other clients do not change,
// whatever their claims hold.
func TestRolesLimitTheScopesOfStaff(t *testing.T) {
	staff := Staff{Clients: []string{"desk", "console"}, Claim: "cognito:groups", Roles: defaultRoles(t)}
	const all = "payments:read:all payments:refund payments:capture"
	for _, c := range []struct {
		name, claims string
		want         string // of the three scopes: those that are left
		most         int64
	}{
		{"no role", "client_id=desk", "", 0},
		{"an empty list", "client_id=desk cognito:groups=[]", "", 0},
		{"viewer", "client_id=desk cognito:groups=[viewer]", "payments:read:all", 0},
		{"one text", "client_id=desk cognito:groups=viewer", "payments:read:all", 0},
		{"two names in one text", "client_id=desk cognito:groups=viewer+admin", "", 0},
		{"support", "client_id=console cognito:groups=[x+support]", "payments:read:all payments:refund", 1_000_000},
		{"support and admin", "azp=desk cognito:groups=[support+admin]", all, 25_000_000},
		{"another case", "client_id=desk cognito:groups=[Admin]", "", 0},
		{"a part of a name", "client_id=desk cognito:groups=[leader+lea]", "", 0},
		{"null", "client_id=desk cognito:groups=<nil>", "", 0},
		{"another claim", "client_id=desk groups=[admin]", "", 0},
		{"two clients, one of them staff's", "client_id=other azp=desk", "", 0},
		{"the back end", "client_id=back-end", all, 0},
		{"the back end with a role", "client_id=back-end cognito:groups=[viewer]", all, 0},
		{"no client", "", all, 0},
	} {
		claims := map[string]string{"sub": "sari", "scope": all}
		for pair := range strings.FieldsSeq(c.claims) {
			name, value, _ := strings.Cut(pair, "=")
			claims[name] = strings.ReplaceAll(value, "+", " ")
		}
		event := events.APIGatewayV2HTTPRequest{}
		p := staff.limit(principal(event, claims, ""), event, claims)
		var left []string
		for _, scope := range p.scopes {
			left = append(left, string(scope))
		}
		if strings.Join(left, " ") != c.want || p.MaxRefund != c.most {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
	claims := map[string]string{"sub": "sari", "client_id": "desk", "cognito:groups": "[admin]",
		"scope": "payments:read"}
	if p := staff.limit(principal(events.APIGatewayV2HTTPRequest{}, claims, ""), events.APIGatewayV2HTTPRequest{},
		claims); p.May(route.PaymentsRefund) || !p.May(route.PaymentsRead) {
		t.Errorf("a role adds scopes to a token: %+v", p)
	}
	if got := greater(0, 5); got != 0 {
		t.Errorf("a role without limit is limited to %d", got)
	}
}

// A list of roles reaches the function as [a b]. A role whose name has a space in it is not two roles.
func TestAListOfRolesIsReadFromTheToken(t *testing.T) {
	staff := Staff{Clients: []string{"desk"}, Claim: "roles", Roles: defaultRoles(t)}
	for token, want := range map[string]bool{
		`{"roles":["x","admin"]}`: true, `{"roles":["x admin"]}`: false, `{"roles":[["admin"]]}`: false,
		`{"roles":"[x admin y]"}`: false,
	} {
		payload := base64.RawURLEncoding.EncodeToString([]byte(token))
		header := map[string]string{"authorization": "Bearer e30." + payload + ".c"}
		event := events.APIGatewayV2HTTPRequest{Headers: header}
		claims := map[string]string{"sub": "sari", "client_id": "desk", "scope": "payments:refund", "roles": "[x admin]"}
		if p := staff.limit(principal(event, claims, ""), event, claims); p.May(route.PaymentsRefund) != want {
			t.Errorf("%s: %+v", token, p)
		}
	}
}

// A person whose roles do not allow a call is told so.
func TestAForbiddenPersonIsToldOfTheRoles(t *testing.T) {
	e := Edge{Staff: Staff{Clients: []string{"desk"}, Claim: "roles", Roles: defaultRoles(t)}, ScopePrefix: "kasir/"}
	e.Function.Name = "refund"
	event := events.APIGatewayV2HTTPRequest{RouteKey: "POST /payments/{invoice_number}/refunds"}
	event.RequestContext.Authorizer = authorizer(map[string]string{"sub": "sari", "client_id": "desk",
		"scope": "kasir/payments:refund", "roles": "[viewer]"})
	_, err := e.admit(event)
	body, _ := json.Marshal(problem(err).Body)
	if problem(err).Status != 403 || !strings.Contains(string(body),
		"This needs the scope kasir/payments:refund, which your roles or your token do not have.") {
		t.Errorf("%v: %s", err, body)
	}
}

func TestWrongRolesAreNamed(t *testing.T) {
	for written, want := range map[string]string{
		"Admin=payments:read": `the role "Admin"`,
		"admin payments:read": `the role "admin payments:read"`,
		"":                    `the role ""`,
		"admin=payments:reed": `the scope "payments:reed", which does not exist`,
		"admin=":              "gives the role admin no scope",
		"admin=payments:read,admin=payments:refund": "has the role admin twice",
		"admin=payments:read,":                      `the role ""`,
	} {
		if _, err := ParseRoles(written); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", written, err, want)
		}
	}
	for written, want := range map[string]string{
		"boss=1": "must be a role of ROLES", "support": "an amount in whole rupiah", "support=0": "an amount",
		"support=1.5": "an amount", "support=1e6": "an amount", "support=99999999999999999999": "an amount",
		"viewer=5": "does not have the scope payments:refund", "support=1,support=2": "the role support twice",
	} {
		roles, _ := ParseRoles(DefaultRoles)
		if _, err := ParseLimits(written, roles); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", written, err, want)
		}
	}
}
