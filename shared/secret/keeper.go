package secret

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"kasir/shared/doku"
)

const (
	openTimeout  = 5 * time.Second  // of the first fetch, in INIT
	fetchTimeout = time.Second      // of a renewal, which must not delay a request
	pause        = 30 * time.Second // between renewals after failed signatures, and after a failed renewal
)

// Config holds the source of the secret and the age at which a copy is renewed.
type Config struct {
	Fetch  func(ctx context.Context) (string, error) // returns the secret's JSON
	MaxAge time.Duration                             // age at which the secret is fetched again
	Now    func() time.Time
	Log    *slog.Logger
}

// Keeper holds the secret. It is safe for concurrent use, and implements doku.Keys.
type Keeper struct {
	cfg Config

	mu      sync.Mutex
	value   Value
	fetched time.Time // when value was fetched
	nextTry time.Time // when a renewal may be tried again
}

var _ doku.Keys = (*Keeper)(nil)

// Open fetches the secret for the first time. The error says how to correct the secret.
func Open(ctx context.Context, cfg Config) (*Keeper, error) {
	first, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	text, err := cfg.Fetch(first)
	if err != nil {
		return nil, fmt.Errorf("reading the secret: %w", err)
	}
	value, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return &Keeper{cfg: cfg, value: value, fetched: cfg.Now()}, nil
}

// Format writes a fixed text. Without it fmt would print the secret in the fields.
func (k *Keeper) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.LogValue()) }

// LogValue returns a fixed text, which keeps the secret out of structured logs.
func (*Keeper) LogValue() slog.Value { return slog.StringValue("secret.Keeper") }

// Keyring returns DOKU's part of the secret; see doku.Keys.
func (k *Keeper) Keyring(ctx context.Context) doku.Keyring { return k.current(ctx).Keyring }

// Renewed fetches the secret because a signature failed under stale, at most once in 30 s; see doku.Keys.
func (k *Keeper) Renewed(ctx context.Context, stale doku.Keyring) (doku.Keyring, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.value.Keyring == stale {
		k.renew(ctx)
	}
	return k.value.Keyring, k.value.Keyring != stale
}

// QuoteKeys returns the keys of quotes. failed asks for a fresh read, because the last keys did not verify a quote.
func (k *Keeper) QuoteKeys(ctx context.Context, failed bool) []doku.Secret {
	if failed {
		k.mu.Lock()
		k.renew(ctx)
		k.mu.Unlock()
	}
	return k.current(ctx).Quote
}

// current returns the secret, renewed if it is too old.
func (k *Keeper) current(ctx context.Context) Value {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cfg.Now().Sub(k.fetched) >= k.cfg.MaxAge {
		if k.renew(ctx) {
			k.nextTry = time.Time{} // a signature that fails right after this may renew it again
		}
	}
	return k.value
}

// renew fetches the secret, unless it was tried a moment ago, and reports whether it did. If the new secret cannot be
// fetched or used, the old one stays.
func (k *Keeper) renew(ctx context.Context) bool {
	now := k.cfg.Now()
	if now.Before(k.nextTry) {
		return false
	}
	k.nextTry = now.Add(pause)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	text, err := k.cfg.Fetch(ctx)
	if err != nil {
		age := int(now.Sub(k.fetched).Seconds())
		k.cfg.Log.Warn("the secret cannot be read; the current one stays in use", "age_s", age)
		return false
	}
	value, err := Parse(text)
	if err == nil && value.Keyring.ClientID != k.value.Keyring.ClientID {
		err = errors.New("the secret has another client_id, but the stored orders belong to this one; " +
			"deploy another stack for another merchant")
	}
	if err != nil {
		k.cfg.Log.Error("the new secret cannot be used; the current one stays in use", "reason", err.Error())
		return false
	}
	k.value, k.fetched = value, now
	return true
}
