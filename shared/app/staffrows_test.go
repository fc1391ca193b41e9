package app

import (
	"strings"
	"testing"

	"kasir/shared/function"
)

// The functions of the routes with a token read the roles. The defaults apply only together.
func TestRolesAreRead(t *testing.T) {
	refund, _ := function.Find("refund")
	for name, c := range map[string]struct {
		env   map[string]string
		roles int
		most  int64 // of the role support
	}{
		"none":       {nil, 4, 1_000_000},
		"blanks":     {map[string]string{"MAX_REFUND": " "}, 4, 1_000_000},
		"own limits": {map[string]string{"MAX_REFUND": "support=5000,admin=9"}, 4, 5000},
		"own roles":  {map[string]string{"ROLES": "support=payments:refund,x=payments:read"}, 2, 0},
		"both": {map[string]string{"ROLES": "support=payments:refund", "MAX_REFUND": "support=7"}, 1,
			7},
	} {
		s, err := Load(environment(c.env), refund)
		if err != nil || len(s.Staff.Roles) != c.roles || s.Staff.Claim != "cognito:groups" {
			t.Errorf("%s: %+v, %v", name, s.Staff, err)
			continue
		}
		for _, role := range s.Staff.Roles {
			if role.Name == "support" && role.MaxRefund != c.most {
				t.Errorf("%s: support may refund %d, want %d", name, role.MaxRefund, c.most)
			}
		}
	}
	for name, value := range map[string]string{"ROLES": "Admin=payments:read", "MAX_REFUND": "admin=all"} {
		if _, err := Load(environment(map[string]string{name: value}), refund); err == nil ||
			!strings.Contains(err.Error(), "setting "+name+" has ") {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
	s, err := Load(environment(map[string]string{"STAFF_CLIENTS": "a1, b2,", "ROLES_CLAIM": "roles"}), refund)
	if err != nil || len(s.Staff.Clients) != 2 || s.Staff.Clients[1] != "b2" || s.Staff.Claim != "roles" {
		t.Errorf("%+v, %v", s.Staff, err)
	}
	if notify, _ := function.Find("notify"); withTokens(notify) {
		t.Error("notifications have no token, and the function is given roles")
	}
}
