package main

import (
	"net/url"
	"slices"
	"strings"

	"kasir/shared/app"
	"kasir/shared/edge"
	"kasir/shared/route"
)

// config is what the page must know before anybody has signed in. All of it is public. An address that begins with a
// slash is one of the page's own server.
type config struct {
	Path      string          `json:"path"` // of the console; the redirect URI is the page's origin and this path
	Authorize string          `json:"authorize"`
	Token     string          `json:"token"`
	Logout    string          `json:"logout"`        // empty: the page can only forget its token
	Return    string          `json:"logout_return"` // the parameter of logout that holds the redirect URI
	Issuer    string          `json:"issuer"`
	Client    string          `json:"client_id"`
	Audience  string          `json:"audience,omitempty"` // parameter of the sign-in
	Scopes    []string        `json:"scopes"`             // of the sign-in
	Prefix    string          `json:"scope_prefix"`       // before each scope of kasir in a token
	Claim     string          `json:"roles_claim"`
	Roles     map[string]role `json:"roles"`
	// Stage is the DOKU that the deployment calls: sandbox, production, or local for the sandbox of one machine.
	Stage      string `json:"stage"`
	BackOffice string `json:"back_office"` // DOKU's
}

// role is what a role allows.
type role struct {
	Scopes    []route.Scope `json:"scopes"`
	MaxRefund int64         `json:"max_refund,omitempty"` // of one order, in whole rupiah; absent if there is no limit
}

// backOffices are the addresses of DOKU's Back Office. The sandbox of one machine has a page in its place.
var backOffices = map[string]string{
	"sandbox": "https://sandbox.doku.com/bo/login", "production": "https://dashboard.doku.com/bo/login",
}

func configuration(s app.Settings) config {
	c := config{
		Path: s.Console.Path, Authorize: s.Console.SignIn, Token: s.Console.Token, Logout: s.Console.SignOut,
		Return: "post_logout_redirect_uri", Issuer: s.Console.Issuer, Client: s.Staff.Clients[0],
		Audience: s.Console.Audience, Scopes: s.Console.Scopes, Prefix: s.ScopePrefix, Claim: s.Staff.Claim,
		Roles: map[string]role{}, Stage: s.Environment, BackOffice: backOffices[s.Environment],
	}
	if strings.HasPrefix(c.Issuer, "https://cognito-idp.") {
		c.Return = "logout_uri"
	}
	if c.BackOffice == "" {
		c.Stage, c.BackOffice = "local", s.DOKUBaseURL+"/backoffice"
	}
	for _, r := range s.Staff.Roles {
		c.Roles[r.Name] = role{r.Scopes, r.MaxRefund}
	}
	if len(c.Scopes) == 0 {
		c.Scopes = scopesOf(s.Staff.Roles, s.ScopePrefix)
	}
	return c
}

// scopesOf returns openid and the scopes of all roles, as the issuer writes them.
func scopesOf(roles []edge.Role, prefix string) []string {
	all := []string{"openid"}
	for _, g := range route.Grants {
		if slices.ContainsFunc(roles, func(r edge.Role) bool { return slices.Contains(r.Scopes, g.Scope) }) {
			all = append(all, prefix+string(g.Scope))
		}
	}
	return all
}

// headersOf returns the headers of every answer. The page may run only its own files, and may call only its own server,
// the issuer's token endpoint and the bucket of settlement reports.
func headersOf(s app.Settings) map[string]string {
	connect := []string{"'self'"}
	for _, address := range []string{s.Console.Token, s.Console.Issuer, s.Console.Uploads} {
		if origin := originOf(address); origin != "" && !slices.Contains(connect, origin) {
			connect = append(connect, origin)
		}
	}
	return map[string]string{
		"content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
			"font-src 'self'; connect-src " + strings.Join(connect, " ") +
			"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
	}
}

// originOf returns the origin of an address, or "" for a path.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
