package bearer

import (
	"cmp"
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// keysLast is the time for which API Gateway may keep an issuer's keys. maxDocument is the size of the largest
	// document that it accepts, in bytes.
	keysLast    = 2 * time.Hour
	maxDocument = 150_000
	// keysLimit is the time for fetching the keys. It is longer than AWS's 1.5 s, for a busy machine.
	keysLimit = 10 * time.Second
)

var (
	errKeys       = errors.New("fetching the issuer's keys")
	errUnknownKey = errors.New("the issuer has no such key")
)

// keys are an issuer's public keys. They are fetched when the first token comes.
type keys struct {
	issuer  string
	address string // address at which the issuer answers
	client  *http.Client
	now     func() time.Time

	mu      sync.Mutex
	known   map[string]*rsa.PublicKey // by kid
	fetched time.Time
}

func newKeys(issuer, address string, client *http.Client, now func() time.Time) *keys {
	if client == nil {
		client = &http.Client{Timeout: keysLimit}
	}
	issuer = strings.TrimSuffix(issuer, "/")
	return &keys{issuer: issuer, address: cmp.Or(strings.TrimSuffix(address, "/"), issuer), client: client, now: now}
}

// find returns the key with an id. For an unknown id it fetches the keys once more, since the issuer may have a new
// key. The error wraps errUnknownKey or errKeys.
func (k *keys) find(ctx context.Context, id string) (*rsa.PublicKey, error) {
	if id == "" {
		return nil, errUnknownKey
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if key := k.known[id]; key != nil && k.now().Sub(k.fetched) < keysLast {
		return key, nil
	}
	fresh, err := k.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKeys, err)
	}
	k.known, k.fetched = fresh, k.now()
	if key := k.known[id]; key != nil {
		return key, nil
	}
	return nil, errUnknownKey
}

func (k *keys) fetch(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	var discovery struct {
		URI string `json:"jwks_uri"`
	}
	if err := k.get(ctx, k.address+"/.well-known/openid-configuration", &discovery); err != nil {
		return nil, err
	}
	var set struct{ Keys []webKey }
	if path, below := strings.CutPrefix(discovery.URI, k.issuer); below {
		discovery.URI = k.address + path
	}
	if err := k.get(ctx, discovery.URI, &set); err != nil {
		return nil, err
	}
	all := make(map[string]*rsa.PublicKey)
	for _, w := range set.Keys {
		if key := w.rsa(); key != nil {
			all[w.ID] = key
		}
	}
	return all, nil
}

func (k *keys) get(ctx context.Context, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := k.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, response.Status)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, maxDocument))
	if err != nil {
		return fmt.Errorf("reading %s: %w", url, err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("decoding %s: %w", url, err)
	}
	return nil
}

// webKey is one key of RFC 7517.
type webKey struct {
	ID   string `json:"kid"`
	Type string `json:"kty"`
	Use  string `json:"use"`
	Alg  string `json:"alg"`
	N    string `json:"n"`
	E    string `json:"e"`
}

// rsa returns the key, or nil for one that cannot have signed an RS256 token.
func (w webKey) rsa() *rsa.PublicKey {
	if w.ID == "" || w.Type != "RSA" || (w.Use != "" && w.Use != "sig") || (w.Alg != "" && w.Alg != "RS256") {
		return nil
	}
	n, err := base64.RawURLEncoding.DecodeString(w.N)
	if err != nil {
		return nil
	}
	e, err := base64.RawURLEncoding.DecodeString(w.E)
	if err != nil || len(n) == 0 || len(e) == 0 || len(e) > 4 {
		return nil
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
}
