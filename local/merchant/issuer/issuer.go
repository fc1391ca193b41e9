// Package issuer is a token issuer on one machine, in place of the OpenID provider that a deployment names: it hands out
// any scope to whoever asks on this machine, signed with a key of its own.
package issuer

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kasir/shared/route"
)

const (
	// DefaultTTL is how long a token lives when nothing is said, and MaxTTL the longest.
	DefaultTTL = time.Hour
	MaxTTL     = 24 * time.Hour
	// DefaultClient is the client_id, and with it the sub, of a token that names none.
	DefaultClient = "kasir-local"
)

// Config says who issues, and for whom.
type Config struct {
	URL         string           // of the issuer, iss in its tokens; its path is where it is mounted
	Audience    string           // aud of its tokens
	KeyFile     string           // keeps the key, so that tokens outlive a restart; empty: a fresh key
	ScopePrefix string           // written before each scope, as Cognito's resource servers do
	Now         func() time.Time // time.Now when nil
}

// Issuer signs tokens and serves its documents.
type Issuer struct {
	Config
	key    *rsa.PrivateKey
	id     string // the key's
	routes *http.ServeMux
}

// New reads or makes the key. The error names what is wrong with the URL or the key's file.
func New(c Config) (*Issuer, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || strings.HasSuffix(c.URL, "/") {
		return nil, fmt.Errorf("issuer: %q is no URL of an issuer: it needs a host, and no slash at its end", c.URL)
	}
	if c.Audience == "" {
		return nil, errors.New("issuer: an audience is needed")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	i := &Issuer{Config: c, routes: http.NewServeMux()}
	if i.key, err = loadKey(c.KeyFile); err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	i.id = thumbprint(&i.key.PublicKey)
	i.routes.HandleFunc("GET "+u.Path+"/.well-known/openid-configuration", i.discovery)
	i.routes.HandleFunc("GET "+u.Path+"/.well-known/jwks.json", i.keys)
	i.routes.HandleFunc("GET "+u.Path+"/token", i.token)
	i.routes.HandleFunc("POST "+u.Path+"/token", i.token)
	return i, nil
}

func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) { i.routes.ServeHTTP(w, r) }

// Request is what a token is asked for.
type Request struct {
	Subject  string        // sub; default the client
	Client   string        // client_id; default DefaultClient
	Scopes   []route.Scope // exactly these; none makes a token that allows nothing
	Lifetime time.Duration // default DefaultTTL
}

// Token makes a token. Errors: *UnknownScopes, and a lifetime that is below a second or above MaxTTL.
func (i *Issuer) Token(r Request) (string, error) {
	if r.Client == "" {
		r.Client = DefaultClient
	}
	if r.Subject == "" {
		r.Subject = r.Client
	}
	if r.Lifetime == 0 {
		r.Lifetime = DefaultTTL
	}
	if r.Lifetime < time.Second || r.Lifetime > MaxTTL {
		return "", fmt.Errorf("a token cannot live %s: it is from 1s to 24h", r.Lifetime)
	}
	if err := checkScopes(r.Scopes); err != nil {
		return "", err
	}
	now := i.Now()
	return i.Sign(map[string]any{
		"iss": i.URL, "aud": i.Audience, "sub": r.Subject, "client_id": r.Client, "scope": i.text(r.Scopes),
		"iat": now.Unix(), "exp": now.Add(r.Lifetime).Unix(), "jti": rand.Text(),
	})
}

// Sign signs claims as they are, good or not, for tests of whoever checks tokens.
func (i *Issuer) Sign(claims map[string]any) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(claims))
	token.Header["kid"] = i.id
	signed, err := token.SignedString(i.key)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return signed, nil
}

// text is the claim scope.
func (i *Issuer) text(scopes []route.Scope) string {
	words := make([]string, len(scopes))
	for n, s := range scopes {
		words[n] = i.ScopePrefix + string(s)
	}
	return strings.Join(words, " ")
}

// UnknownScopes are scopes that are not in route.Grants.
type UnknownScopes struct{ Scopes []route.Scope }

func (e *UnknownScopes) Error() string {
	return fmt.Sprintf("there is no scope %s; there are %s", join(e.Scopes), join(Scopes()))
}

func join(scopes []route.Scope) string {
	words := make([]string, len(scopes))
	for n, s := range scopes {
		words[n] = string(s)
	}
	return strings.Join(words, ", ")
}

// Scopes are all that there are, in the order of route.Grants: a merchant's back end has them all.
func Scopes() []route.Scope {
	all := make([]route.Scope, len(route.Grants))
	for n, g := range route.Grants {
		all[n] = g.Scope
	}
	return all
}

func checkScopes(asked []route.Scope) error {
	var unknown []route.Scope
	for _, s := range asked {
		if !slices.Contains(Scopes(), s) {
			unknown = append(unknown, s)
		}
	}
	if len(unknown) > 0 {
		return &UnknownScopes{unknown}
	}
	return nil
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": i.URL, "jwks_uri": i.URL + "/.well-known/jwks.json", "token_endpoint": i.URL + "/token",
		"scopes_supported": strings.Fields(i.text(Scopes())), "grant_types_supported": []string{"client_credentials"},
		"response_types_supported": []string{"token"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	n, e := numbers(&i.key.PublicKey)
	answer(w, http.StatusOK, map[string]any{"keys": []map[string]string{
		{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": i.id, "n": n, "e": e},
	}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the reader went away: nobody is left to tell
}

func numbers(key *rsa.PublicKey) (n, e string) {
	encode := base64.RawURLEncoding.EncodeToString
	return encode(key.N.Bytes()), encode(big.NewInt(int64(key.E)).Bytes())
}

// thumbprint is the key's id of RFC 7638: the same key has the same id after a restart.
func thumbprint(key *rsa.PublicKey) string {
	n, e := numbers(key)
	sum := sha256.Sum256([]byte(`{"e":"` + e + `","kty":"RSA","n":"` + n + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
