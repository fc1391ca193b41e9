// Package signin is the sign-in of the merchant's people on one machine. It replaces the hosted page of a deployment's
// issuer. Anybody on this machine may sign in under any role. The protocol is OpenID Connect's code flow with PKCE, and
// everything that a program could do wrong is refused, also what other issuers let pass.
package signin

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"kasir/local/loopback"
	"kasir/local/merchant/issuer"
	"kasir/shared/route"
)

// Paths of the sign-in.
const (
	AuthorizePath = "/oauth2/authorize"
	TokenPath     = "/oauth2/token"
	LogoutPath    = "/oauth2/logout"
	stylePath     = "/oauth2/style.css"
)

// Nobody is the choice of a person who has no role, and who may therefore do nothing.
const Nobody = "nobody"

const (
	codeLasts = time.Minute
	maxCodes  = 1000 // that wait; a program that asks for more gets none
	maxForm   = 16 << 10
)

// Config configures a sign-in. All fields are required.
type Config struct {
	Tokens  *issuer.Issuer
	Clients []string // ids of the clients at which people sign in
	Roles   []string // from which a person chooses
	Return  string   // path of the redirect URI, at the server that the browser calls
	Now     func() time.Time
}

// New returns the sign-in. It answers the paths of this package.
func New(c Config) *Server {
	s := &Server{Config: c, routes: http.NewServeMux(), codes: map[string]grant{}}
	s.routes.HandleFunc("GET "+AuthorizePath, s.authorize)
	s.routes.HandleFunc("POST "+TokenPath, s.token)
	s.routes.HandleFunc("GET "+LogoutPath, s.logout)
	s.routes.HandleFunc("GET "+stylePath, style)
	return s
}

// Server is an http.Handler.
type Server struct {
	Config
	routes *http.ServeMux

	mu    sync.Mutex
	codes map[string]grant
}

// grant is the sign-in that a code stands for.
type grant struct {
	client, redirect, challenge, nonce, role string
	scopes                                   []string
	at                                       time.Time
}

// Answers reports whether a path is one of the sign-in.
func Answers(path string) bool { return strings.HasPrefix(path, "/oauth2/") }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if !loopback.Near(r) {
		http.Error(w, "The sign-in is for this machine only: use localhost, without a proxy in between.",
			http.StatusForbidden)
		return
	}
	s.routes.ServeHTTP(w, r)
}

// keep keeps a grant under a new code. It forgets the codes that nobody used in time.
func (s *Server) keep(g grant) (code string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for code, old := range s.codes {
		if s.Now().Sub(old.at) >= codeLasts {
			delete(s.codes, code)
		}
	}
	if len(s.codes) >= maxCodes {
		return "", false
	}
	code, g.at = rand.Text(), s.Now()
	s.codes[code] = g
	return code, true
}

// take returns the grant of a code and forgets it, right or wrong: a code is good for one attempt.
func (s *Server) take(code string) (grant, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.codes[code]
	delete(s.codes, code)
	age := s.Now().Sub(g.at)
	return g, ok && age >= 0 && age < codeLasts
}

// isReturn reports whether an address is exactly the console's at the server that the browser calls.
func (s *Server) isReturn(address string, r *http.Request) bool {
	return address == "http://"+r.Host+s.Return
}

// kasirs returns the scopes of kasir among those that were asked for. ok is false if one does not exist.
func (s *Server) kasirs(asked []string) (scopes []route.Scope, ok bool) {
	for _, word := range asked {
		if slices.Contains([]string{"openid", "profile", "email"}, word) {
			continue
		}
		scope, ours := strings.CutPrefix(word, s.Tokens.ScopePrefix)
		if !ours || !slices.Contains(issuer.Scopes(), route.Scope(scope)) {
			return nil, false
		}
		scopes = append(scopes, route.Scope(scope))
	}
	return scopes, true
}

// redirect sends the browser back to the console.
func redirect(w http.ResponseWriter, r *http.Request, to string, parameters url.Values) {
	http.Redirect(w, r, to+"?"+parameters.Encode(), http.StatusFound)
}
