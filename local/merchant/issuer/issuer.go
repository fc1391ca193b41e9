// Package issuer is a token issuer on one machine. It replaces the OpenID provider of a deployment. It gives any scope
// to every caller on this machine, and signs with a key of its own.
package issuer

import (
	"cmp"
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
	// DefaultTTL is the lifetime of a token that asks for none, and MaxTTL the longest lifetime.
	DefaultTTL = time.Hour
	MaxTTL     = 24 * time.Hour
	// DefaultClient is the client_id, and therefore the sub, of a token that names none.
	DefaultClient = "kasir-local"
	// StaffClient is the client at which the merchant's people sign in, and RolesClaim the claim of their roles, under
	// the name that Cognito has for it. StaffTTL is the lifetime of their tokens.
	StaffClient = "kasir-staff"
	RolesClaim  = "cognito:groups"
	StaffTTL    = 10 * time.Minute
)

// Config configures an Issuer.
type Config struct {
	URL         string           // of the issuer, iss in its tokens; its path is where it is mounted
	Audience    string           // aud of its tokens
	KeyFile     string           // keeps the key, so that tokens stay valid after a restart; empty makes a new key
	ScopePrefix string           // written before each scope, as Cognito's resource servers do
	Now         func() time.Time // time.Now when nil
}

// Issuer signs tokens and serves its documents.
type Issuer struct {
	Config
	key    *rsa.PrivateKey
	id     string // of the key
	routes *http.ServeMux
}

// New reads or makes the key. The error names the mistake in the URL or in the key's file.
func New(c Config) (*Issuer, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || strings.HasSuffix(c.URL, "/") {
		return nil, fmt.Errorf("issuer: %q is not an issuer's URL: it needs a host and no slash at its end", c.URL)
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

// Request describes a token.
type Request struct {
	Subject  string        // sub; the client if empty
	Client   string        // client_id; DefaultClient if empty
	Scopes   []route.Scope // exactly these; a token without scopes allows nothing
	Roles    []string      // of a person; a token with roles is StaffClient's if it names no client
	Username string        // of a person; left out if empty
	Lifetime time.Duration // DefaultTTL if zero, or StaffTTL with roles
}

// Token returns a signed token. Errors: *UnknownScopes, and a lifetime below a second or above MaxTTL.
func (i *Issuer) Token(r Request) (string, error) {
	r = r.withDefaults()
	if r.Lifetime < time.Second || r.Lifetime > MaxTTL {
		return "", fmt.Errorf("a token's lifetime must be from 1s to 24h, not %s", r.Lifetime)
	}
	if err := checkScopes(r.Scopes); err != nil {
		return "", err
	}
	now := i.Now()
	claims := map[string]any{
		"iss": i.URL, "aud": i.Audience, "sub": r.Subject, "client_id": r.Client, "scope": i.scopeClaim(r.Scopes),
		"iat": now.Unix(), "exp": now.Add(r.Lifetime).Unix(), "jti": rand.Text(),
	}
	if len(r.Roles) > 0 {
		claims[RolesClaim] = r.Roles
	}
	if r.Username != "" {
		claims["username"] = r.Username
	}
	return i.Sign(claims)
}

// withDefaults returns the request with values for what it leaves out.
func (r Request) withDefaults() Request {
	client, lifetime := DefaultClient, DefaultTTL
	if len(r.Roles) > 0 {
		client, lifetime = StaffClient, StaffTTL
	}
	r.Client = cmp.Or(r.Client, client)
	r.Subject = cmp.Or(r.Subject, r.Client)
	r.Lifetime = cmp.Or(r.Lifetime, lifetime)
	return r
}

// Sign signs any claims, valid or not, for tests of programs that check tokens.
func (i *Issuer) Sign(claims map[string]any) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(claims))
	token.Header["kid"] = i.id
	signed, err := token.SignedString(i.key)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return signed, nil
}

// scopeClaim returns the claim scope.
func (i *Issuer) scopeClaim(scopes []route.Scope) string {
	words := make([]string, len(scopes))
	for n, s := range scopes {
		words[n] = i.ScopePrefix + string(s)
	}
	return strings.Join(words, " ")
}

// UnknownScopes is the error of scopes that are not in route.Grants.
type UnknownScopes struct{ Scopes []route.Scope }

func (e *UnknownScopes) Error() string {
	return fmt.Sprintf("there is no scope %s; there are %s", joinScopes(e.Scopes), joinScopes(Scopes()))
}

func joinScopes(scopes []route.Scope) string {
	words := make([]string, len(scopes))
	for n, s := range scopes {
		words[n] = string(s)
	}
	return strings.Join(words, ", ")
}

// Scopes returns all scopes, in the order of route.Grants. A merchant's back end has all of them.
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
		"scopes_supported":         strings.Fields(i.scopeClaim(Scopes())),
		"grant_types_supported":    []string{"client_credentials"},
		"response_types_supported": []string{"token"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	n, e := jwkNumbers(&i.key.PublicKey)
	answer(w, http.StatusOK, map[string]any{"keys": []map[string]string{
		{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": i.id, "n": n, "e": e},
	}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error means that the caller is gone
}

func jwkNumbers(key *rsa.PublicKey) (n, e string) {
	encode := base64.RawURLEncoding.EncodeToString
	return encode(key.N.Bytes()), encode(big.NewInt(int64(key.E)).Bytes())
}

// thumbprint returns the key's id by RFC 7638. The same key has the same id after a restart.
func thumbprint(key *rsa.PublicKey) string {
	n, e := jwkNumbers(key)
	sum := sha256.Sum256([]byte(`{"e":"` + e + `","kty":"RSA","n":"` + n + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
