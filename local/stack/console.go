package stack

import (
	"maps"
	"net/http"

	"kasir/local/aws/gateway"
	"kasir/local/loopback"
	"kasir/local/merchant/signin"
	"kasir/shared/app"
	"kasir/shared/function"
)

// consolePath is the path of the console.
const consolePath = "/console"

// consoleSettings are the settings of the console. The sign-in is on the console's own port, so its addresses are
// paths: the console then works under each name of this machine.
func consoleSettings(s *Stack) map[string]string {
	return map[string]string{
		"CONSOLE_PATH": consolePath, "SIGN_IN_ISSUER": s.Issuer, "SIGN_IN_URL": signin.AuthorizePath,
		"SIGN_IN_TOKEN_URL": signin.TokenPath, "SIGN_OUT_URL": signin.LogoutPath, "REPORTS_ORIGIN": s.reportsURL,
	}
}

// startConsole serves the console, its sign-in and the API on the console's port, where they have one origin as in a
// deployment.
func (s *Stack) startConsole(api http.Handler, ports *listeners) error {
	row, _ := function.Find("console")
	env := maps.Clone(environmentOf(row.Name, s.Environment))
	env["AWS_REGION"] = "local" // Lambda sets it; nothing here depends on its value
	settings, err := app.Load(func(name string) string { return env[name] }, row)
	if err != nil {
		return err
	}
	var roles []string
	for _, role := range settings.Staff.Roles {
		roles = append(roles, role.Name)
	}
	people := signin.New(signin.Config{
		Tokens: s.Tokens, Clients: settings.Staff.Clients, Roles: roles, Return: consolePath, Now: s.Clock.Now,
	})
	both := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if signin.Answers(r.URL.Path) {
			people.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
	s.Console = s.serve(ports.console, gateway.Server(both), loopback.Guard{}) + consolePath
	return nil
}
