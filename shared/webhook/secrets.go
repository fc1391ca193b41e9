package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"kasir/shared/doku"
)

// Pair holds the secrets of one endpoint. Both sign, so that the receiver can change over at any time.
type Pair struct {
	Current  doku.Secret
	Previous doku.Secret // empty except during a rotation
}

// Secrets holds the secrets of every endpoint, by its name.
type Secrets map[string]Pair

// written is the form of a Pair in the secret's JSON. A doku.Secret writes no key.
type written struct {
	Current  string `json:"current"`
	Previous string `json:"previous,omitempty"`
}

// ParseSecrets parses {"<endpoint>":{"current":"whsec_…","previous":"whsec_…"}}. An empty text has no secrets. The
// error contains no part of a secret.
func ParseSecrets(text string) (Secrets, error) {
	all := Secrets{}
	if text == "" {
		return all, nil
	}
	var in map[string]written
	if json.Unmarshal([]byte(text), &in) != nil {
		return nil, errors.New(`the secret of the webhooks must be JSON: {"<endpoint>":{"current":"whsec_…"}}`)
	}
	for name, pair := range in {
		all[name] = Pair{doku.Secret(pair.Current), doku.Secret(pair.Previous)}
	}
	return all, nil
}

// JSON returns the text that ParseSecrets parses. It contains the secrets.
func (s Secrets) JSON() string {
	out := map[string]written{}
	for name, pair := range s {
		out[name] = written{string(pair.Current), string(pair.Previous)}
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err) // strings always encode
	}
	return string(text)
}

// Of returns the secrets that sign for an endpoint, the current one first. The error describes the remedy.
func (s Secrets) Of(endpoint string) ([]doku.Secret, error) {
	pair := s[endpoint]
	if pair.Current == "" {
		return nil, fmt.Errorf("the endpoint %s has no secret yet: run kasir webhooks rotate %s", endpoint, endpoint)
	}
	all := []doku.Secret{pair.Current}
	if pair.Previous != "" {
		all = append(all, pair.Previous)
	}
	for _, secret := range all {
		if err := CheckSecret(secret); err != nil {
			return nil, fmt.Errorf("a secret of the endpoint %s %w: run kasir webhooks rotate %s",
				endpoint, err, endpoint)
		}
	}
	return all, nil
}

const (
	fetchTimeout = 3 * time.Second
	fetchPause   = 5 * time.Second // after a failed fetch
)

// Keeper reads the secrets when an event is delivered, and again when they are older than MaxAge. While they cannot be
// read, it keeps the old ones.
type Keeper struct {
	Fetch  func(ctx context.Context) (string, error) // returns the secret's JSON
	MaxAge time.Duration
	Now    func() time.Time
	Log    *slog.Logger

	mu      sync.Mutex
	held    Secrets // nil before the first successful fetch
	fetched time.Time
	nextTry time.Time
	failure error // of the last fetch
}

// Of returns the secrets that sign for an endpoint; see Secrets.Of.
func (k *Keeper) Of(ctx context.Context, endpoint string) ([]doku.Secret, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.Now()
	if (k.held == nil || now.Sub(k.fetched) >= k.MaxAge) && !now.Before(k.nextTry) {
		k.renew(ctx, now)
	}
	if k.held == nil {
		return nil, k.failure
	}
	return k.held.Of(endpoint)
}

func (k *Keeper) renew(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	text, err := k.Fetch(ctx)
	var secrets Secrets
	if err == nil {
		secrets, err = ParseSecrets(text)
	}
	if err != nil {
		k.failure, k.nextTry = fmt.Errorf("reading the secret of the webhooks: %w", err), now.Add(fetchPause)
		k.Log.Warn("the secret of the webhooks cannot be read; a secret that was read before stays in use",
			"cause", err.Error())
		return
	}
	k.held, k.fetched, k.failure = secrets, now, nil
}

// Format writes a fixed text. Without it fmt would print the secrets in the fields.
func (k *Keeper) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.LogValue()) }

// LogValue returns a fixed text, which keeps the secrets out of structured logs.
func (*Keeper) LogValue() slog.Value { return slog.StringValue("webhook.Keeper") }
