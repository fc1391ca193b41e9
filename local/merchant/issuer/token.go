package issuer

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"kasir/local/loopback"
	"kasir/shared/route"
)

const maxForm = 16 << 10 // bytes

// parameters are the token endpoint's parameters. OAuth's grant_type and client_secret may be sent and have no effect.
var parameters = []string{"scope", "sub", "client_id", "roles", "ttl", "grant_type", "client_secret"}

// token is OAuth's token endpoint without client authentication: a caller on this machine is enough.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !loopback.Near(r) {
		refuse(w, r, http.StatusForbidden, "access_denied",
			"tokens are for this machine only: use localhost, without a proxy in between")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		refuse(w, r, http.StatusBadRequest, "invalid_request", "the form cannot be read")
		return
	}
	asked, err := parse(r)
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	token, err := i.Token(asked)
	if _, unknown := errors.AsType[*UnknownScopes](err); unknown {
		refuse(w, r, http.StatusBadRequest, "invalid_scope", err.Error())
		return
	}
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	if wantsText(r) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, token) // without a newline, for $(curl …) and for files
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int(asked.Lifetime.Seconds()),
		"scope": i.scopeClaim(asked.Scopes),
	})
}

// parse reads the form or the query. Without the parameter scope the token gets every scope; an empty one gives none.
func parse(r *http.Request) (Request, error) {
	for name := range r.Form {
		if !slices.Contains(parameters, name) {
			known := strings.Join(parameters[:5], ", ")
			return Request{}, fmt.Errorf("there is no parameter %q; there are %s", name, known)
		}
	}
	asked := Request{
		Subject: r.Form.Get("sub"), Client: r.Form.Get("client_id"), Roles: strings.Fields(r.Form.Get("roles")),
		Scopes: Scopes(),
	}
	asked = asked.withDefaults()
	if r.Form.Has("scope") {
		asked.Scopes = nil
		for word := range strings.FieldsSeq(r.Form.Get("scope")) {
			asked.Scopes = append(asked.Scopes, route.Scope(word))
		}
	}
	if text := r.Form.Get("ttl"); text != "" {
		ttl, err := time.ParseDuration(text)
		if err != nil || ttl < time.Second || ttl > MaxTTL {
			return asked, fmt.Errorf("ttl is %q; it must be a duration from 1s to 24h, such as 1h", text)
		}
		asked.Lifetime = ttl
	}
	return asked, nil
}

// refuse answers as OAuth does. For an invalid scope it adds the list of scopes and their permissions.
func refuse(w http.ResponseWriter, r *http.Request, status int, code, description string) {
	grants := route.Grants
	if code != "invalid_scope" {
		grants = nil
	}
	if wantsText(r) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, description)
		for _, g := range grants {
			fmt.Fprintf(w, "  %-18s %s\n", g.Scope, g.Allows)
		}
		return
	}
	body := map[string]any{"error": code, "error_description": description}
	if grants != nil {
		allows := make(map[route.Scope]string, len(grants))
		for _, g := range grants {
			allows[g.Scope] = g.Allows
		}
		body["scopes"] = allows
	}
	answer(w, status, body)
}

func wantsText(r *http.Request) bool {
	return strings.HasPrefix(strings.TrimSpace(r.Header.Get("Accept")), "text/plain")
}
