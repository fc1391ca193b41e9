package signin

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

//go:embed picker.html
var pickerPage string

//go:embed picker.css
var pickerStyle []byte

var picker = template.Must(template.New("picker").Parse(pickerPage))

// sessionCookie keeps the role of the person who signed in, as the session of an issuer does. Another program of this
// machine may read it, and could choose the role anyway.
const sessionCookie = "kasir-role"

// challenge is the form of an S256 challenge: 32 bytes in base64url.
var challenge = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// authorize is OAuth's authorization endpoint. Without a session and without login_hint it shows the picker. A wrong
// client or redirect URI gets a page and no redirect, because the caller may not be the console.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !slices.Contains(s.Clients, q.Get("client_id")) {
		refuse(w, fmt.Sprintf("client_id is %q; it must be %s.", q.Get("client_id"), strings.Join(s.Clients, " or ")))
		return
	}
	if !s.isReturn(q.Get("redirect_uri"), r) {
		refuse(w, fmt.Sprintf("redirect_uri is %q; it must be exactly http://%s%s.", q.Get("redirect_uri"), r.Host,
			s.Return))
		return
	}
	fail := func(code, description string) {
		answer := url.Values{"error": {code}, "error_description": {description}}
		if q.Has("state") {
			answer.Set("state", q.Get("state"))
		}
		redirect(w, r, q.Get("redirect_uri"), answer)
	}
	if code, description := s.flaw(q); code != "" {
		fail(code, description)
		return
	}
	role := s.chosen(r)
	if role == "" && q.Get("prompt") == "none" {
		fail("login_required", "nobody is signed in")
		return
	}
	if role == "" {
		s.pick(w, q)
		return
	}
	code, ok := s.keep(grant{
		client: q.Get("client_id"), redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"),
		nonce: q.Get("nonce"), role: role, scopes: strings.Fields(q.Get("scope")),
	})
	if !ok {
		fail("temporarily_unavailable", "too many codes wait to be used")
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: role, Path: "/oauth2", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	redirect(w, r, q.Get("redirect_uri"), url.Values{"code": {code}, "state": {q.Get("state")}})
}

// flaw returns OAuth's code and a description of the first flaw of a request, or "".
func (s *Server) flaw(q url.Values) (code, description string) {
	_, known := s.kasirs(strings.Fields(q.Get("scope")))
	switch {
	case q.Get("response_type") != "code":
		return "unsupported_response_type", "response_type must be code"
	case q.Get("state") == "":
		return "invalid_request", "state is missing; without it, another page could sign the person in"
	case q.Get("code_challenge_method") != "S256":
		return "invalid_request", "code_challenge_method must be S256"
	case !challenge.MatchString(q.Get("code_challenge")):
		return "invalid_request", "code_challenge must be the SHA-256 of the verifier in base64url, 43 characters"
	case !slices.Contains(strings.Fields(q.Get("scope")), "openid"):
		return "invalid_scope", "scope must contain openid"
	case !known:
		return "invalid_scope", "scope names a scope that does not exist"
	case q.Get("nonce") == "":
		return "invalid_request", "nonce is missing"
	}
	return "", ""
}

// chosen returns the role of the person: the one in login_hint, or that of the session. It returns "" if the person
// must choose. A link on a page of another site chooses no role.
func (s *Server) chosen(r *http.Request) string {
	valid := func(role string) bool { return role == Nobody || slices.Contains(s.Roles, role) }
	if hint := r.URL.Query().Get("login_hint"); valid(hint) && r.Header.Get("Sec-Fetch-Site") != "cross-site" {
		return hint
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil || r.URL.Query().Get("prompt") == "login" || !valid(cookie.Value) {
		return ""
	}
	return cookie.Value
}

// pick shows the roles. A choice sends the same request again, with the role in login_hint.
func (s *Server) pick(w http.ResponseWriter, q url.Values) {
	q.Del("login_hint")
	setPolicy(w, "; form-action 'self'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = picker.Execute(w, map[string]any{ // an error means that the browser is gone
		"Action": AuthorizePath, "Style": stylePath, "Parameters": q, "Roles": s.Roles, "Nobody": Nobody,
	})
}

// logout ends the session and sends the browser back.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back := q.Get("post_logout_redirect_uri")
	if !slices.Contains(s.Clients, q.Get("client_id")) || !s.isReturn(back, r) {
		refuse(w, fmt.Sprintf("client_id must be %s, and post_logout_redirect_uri exactly http://%s%s.",
			strings.Join(s.Clients, " or "), r.Host, s.Return))
		return
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/oauth2", MaxAge: -1, HttpOnly: true})
	if state := q.Get("state"); state != "" {
		redirect(w, r, back, url.Values{"state": {state}})
		return
	}
	http.Redirect(w, r, back, http.StatusFound)
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(pickerStyle)
}

func refuse(w http.ResponseWriter, problem string) {
	setPolicy(w, "")
	http.Error(w, "The sign-in was not started by the console: "+problem, http.StatusBadRequest)
}

func setPolicy(w http.ResponseWriter, more string) {
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"+more)
}
