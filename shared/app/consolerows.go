package app

import (
	"fmt"
	"net/url"
	"strings"

	"kasir/shared/function"
)

// Console holds the settings of the console. Its addresses are those of the issuer at which people sign in. An address
// may be a path, which is one of the console's own server.
type Console struct {
	Path     string   // below which the console is, as a browser sees it
	Issuer   string   // iss of the tokens
	SignIn   string   // the issuer's authorization endpoint
	Token    string   // the issuer's token endpoint
	SignOut  string   // the address that ends a person's session at the issuer; empty if there is none
	Audience string   // parameter audience of a sign-in, which some issuers need
	Scopes   []string // of a sign-in; empty means openid and those of the roles
	Uploads  string   // origin to which settlement reports are uploaded; empty if the stage has no settlements
}

func ofConsole(f function.Function) bool  { return f.Console }
func withScopes(f function.Function) bool { return useCases(f) || f.Console }
func withDOKU(f function.Function) bool   { return withKeys(f) || f.Console }

// consoleRows are the settings of the console.
func consoleRows(s *Settings) []row {
	c := &s.Console
	return []row{
		{"CONSOLE_PATH", ofConsole, path(&c.Path, "/console")},
		{"SIGN_IN_ISSUER", ofConsole, required(&c.Issuer, "the issuer of the tokens of the people who sign in")},
		{"SIGN_IN_URL", ofConsole, pageOf(&c.SignIn, "the issuer's authorization endpoint")},
		{"SIGN_IN_TOKEN_URL", ofConsole, pageOf(&c.Token, "the issuer's token endpoint")},
		{"SIGN_OUT_URL", ofConsole, pageOf(&c.SignOut, "")},
		{"SIGN_IN_AUDIENCE", ofConsole, unchanged(&c.Audience)},
		{"SIGN_IN_SCOPES", ofConsole, func(r *reader, name string) { c.Scopes = strings.Fields(r.getenv(name)) }},
		{"REPORTS_ORIGIN", ofConsole, pageOf(&c.Uploads, "")},
	}
}

// pageOf returns a reading of an address to which the console sends a browser. meaning is empty if it may be empty.
func pageOf(to *string, meaning string) reading {
	return func(r *reader, name string) {
		if *to = strings.TrimSpace(r.getenv(name)); *to == "" && meaning != "" {
			r.required(name, meaning)
		}
		u, err := url.Parse(*to)
		isPath := err == nil && u.Host == "" && u.Scheme == "" && strings.HasPrefix(u.Path, "/")
		isSafe := err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || onLoopback(*to))
		if *to != "" && !isPath && !isSafe {
			r.wrong(name, fmt.Sprintf("is %q; it must be an https address, or a path of the console's server", *to))
		}
	}
}
