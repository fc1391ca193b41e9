package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The console sends people to the addresses that the issuer's document names.
func TestAWrongSignInIsFoundBeforeTheDeployment(t *testing.T) {
	var server *httptest.Server
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			fmt.Fprint(w, `{"keys":[{"kty":"RSA"}]}`)
			return
		}
		fmt.Fprintf(w, `{"issuer":%[1]q,"jwks_uri":"%[1]s/keys","authorization_endpoint":"%[1]s/authorize",`+
			`"token_endpoint":"%[1]s/oauth/token"}`, server.URL)
	}))
	defer server.Close()
	for token, want := range map[string]string{"/oauth/token": "", "/token": `token_endpoint "` + server.URL} {
		in := &SignIn{Authorize: server.URL + "/authorize", Token: server.URL + token}
		err := checkIssuer(t.Context(), server.Client(), Stage{Name: "sandbox", Tokens: &Tokens{Issuer: server.URL},
			Staff: &Staff{SignIn: in}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", token, err)
		}
	}
}

// An issuer that API Gateway would refuse after minutes, or whose tokens it would always refuse, is found before
// anything is made.
func TestAWrongIssuerIsFoundBeforeTheDeployment(t *testing.T) {
	const rsa, elliptic = `{"keys":[{"kty":"RSA"}]}`, `{"keys":[{"kty":"EC"}]}`
	for name, c := range map[string]struct {
		issuer    string // relative to the server's URL
		discovery string // %s is the server's URL
		keys      string
		want      string
	}{
		"right":               {"", `{"issuer":"%[1]s","jwks_uri":"%[1]s/keys"}`, rsa, ""},
		"right, with a slash": {"/", `{"issuer":"%[1]s/","jwks_uri":"%[1]s/keys"}`, rsa, ""},
		"right, with a path":  {"/tenant", `{"issuer":"%[1]s/tenant","jwks_uri":"%[1]s/keys"}`, rsa, ""},
		"a slash too many": {"/", `{"issuer":"%[1]s","jwks_uri":"%[1]s/keys"}`, rsa,
			"including a slash at the end"},
		"a slash too few": {"", `{"issuer":"%[1]s/","jwks_uri":"%[1]s/keys"}`, rsa,
			"including a slash at the end"},
		"another issuer": {"", `{"issuer":"https://other.example","jwks_uri":"%[1]s/keys"}`, rsa,
			`names the issuer "https://other.example"`},
		"no discovery document": {"/nothing", ``, rsa, "answered 404 Not Found"},
		"a page instead":        {"", `<html>`, rsa, "is not JSON"},
		"keys over plain http": {"", `{"issuer":"%[1]s","jwks_uri":"http://keys.example"}`, rsa,
			"must be an https URL"},
		"keys that cannot be had":  {"", `{"issuer":"%[1]s","jwks_uri":"%[1]s/gone"}`, rsa, "its keys cannot be read"},
		"keys of another kind":     {"", `{"issuer":"%[1]s","jwks_uri":"%[1]s/keys"}`, elliptic, "it has no RSA key"},
		"a server that is nowhere": {"nowhere", ``, rsa, "its discovery document cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			server := httptest.NewTLSServer(mux)
			defer server.Close()
			answer := func(text string) http.HandlerFunc {
				return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
			}
			if c.discovery != "" {
				document := strings.ReplaceAll(c.discovery, "%[1]s", server.URL)
				mux.Handle(strings.TrimSuffix(c.issuer, "/")+"/.well-known/openid-configuration", answer(document))
			}
			mux.Handle("/keys", answer(c.keys))
			issuer := server.URL + c.issuer
			if c.issuer == "nowhere" {
				issuer = "https://127.0.0.1:1"
			}
			err := checkIssuer(t.Context(), server.Client(), Stage{Name: "sandbox", Tokens: &Tokens{Issuer: issuer}})
			if (err == nil) != (c.want == "") || err != nil &&
				(!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), issuer)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
