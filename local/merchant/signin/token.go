package signin

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"kasir/local/merchant/issuer"
)

// token is OAuth's token endpoint. It changes a code for a person's tokens.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		deny(w, "invalid_request", "the form cannot be read")
		return
	}
	form := r.PostForm
	if form.Get("grant_type") != "authorization_code" {
		deny(w, "unsupported_grant_type", "grant_type must be authorization_code")
		return
	}
	g, ok := s.take(form.Get("code"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	verified := base64.RawURLEncoding.EncodeToString(sum[:])
	switch {
	case !ok:
		deny(w, "invalid_grant", "the code is unknown, was used before, or is older than a minute")
	case form.Get("client_id") != g.client:
		deny(w, "invalid_grant", "the code is for another client")
	case form.Get("redirect_uri") != g.redirect:
		deny(w, "invalid_grant", "redirect_uri is not that of the sign-in")
	case subtle.ConstantTimeCompare([]byte(verified), []byte(g.challenge)) != 1:
		deny(w, "invalid_grant", "code_verifier does not belong to the code_challenge")
	default:
		s.issue(w, g)
	}
}

// issue answers with an access token and an ID token of the person.
func (s *Server) issue(w http.ResponseWriter, g grant) {
	scopes, _ := s.kasirs(g.scopes) // authorize has checked them
	person := issuer.Request{
		Subject: "staff-" + g.role, Username: g.role, Client: g.client, Scopes: scopes, Lifetime: issuer.StaffTTL,
	}
	now := s.Now().Unix()
	about := map[string]any{
		"iss": s.Tokens.URL, "aud": g.client, "sub": person.Subject, "iat": now, "auth_time": now, "nonce": g.nonce,
		"exp": now + int64(issuer.StaffTTL.Seconds()), "token_use": "id", "preferred_username": g.role,
	}
	if g.role != Nobody {
		person.Roles, about[issuer.RolesClaim] = []string{g.role}, []string{g.role}
	}
	access, err := s.Tokens.Token(person)
	identity, unsigned := s.Tokens.Sign(about)
	if err := cmp.Or(err, unsigned); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, http.StatusOK, map[string]any{
		"access_token": access, "id_token": identity, "token_type": "Bearer",
		"expires_in": int(issuer.StaffTTL.Seconds()), "scope": strings.Join(g.scopes, " "),
	})
}

func deny(w http.ResponseWriter, code, description string) {
	write(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": description})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error means that the caller is gone
}
