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
	fetchTimeout = time.Second      // of a renewal: it must not cost a request its time
	pause        = 30 * time.Second // between renewals that a failure asks for, and after one that failed
)

// Config says where the secret is and how long a copy is good.
type Config struct {
	Fetch  func(ctx context.Context) (string, error) // the secret's JSON
	MaxAge time.Duration                             // after which it is fetched again
	Now    func() time.Time
	Log    *slog.Logger
}

// Keeper hands out the secret. It is safe for concurrent use, and is a doku.Keys.
type Keeper struct {
	cfg Config

	mu      sync.Mutex
	value   Value
	fetched time.Time // when value was
	nextTry time.Time // until when no renewal is tried
}

var _ doku.Keys = (*Keeper)(nil)

// Open fetches the secret for the first time. The error says what is wrong with it and how to put it right.
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

// Format prints a keeper without the secret, whose fields fmt would not ask.
func (k *Keeper) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.LogValue()) }

// LogValue keeps the secret out of structured logs.
func (*Keeper) LogValue() slog.Value { return slog.StringValue("secret.Keeper") }

// Keyring is DOKU's part of the secret as of now; see doku.Keys.
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

// QuoteKeys are the keys of quotes; failed says that a quote did not match the last ones.
func (k *Keeper) QuoteKeys(ctx context.Context, failed bool) []doku.Secret {
	if failed {
		k.mu.Lock()
		k.renew(ctx)
		k.mu.Unlock()
	}
	return k.current(ctx).Quote
}

func (k *Keeper) current(ctx context.Context) Value {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cfg.Now().Sub(k.fetched) >= k.cfg.MaxAge {
		if k.renew(ctx) {
			k.nextTry = time.Time{} // a signature that fails right after may have it fetched again
		}
	}
	return k.value
}

// renew fetches the secret unless that was tried a moment ago, and tells whether it did. What cannot be fetched or used leaves the old
// one in place.
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
		k.cfg.Log.Warn("the secret cannot be read; the one at hand stays in use", "age_s", int(now.Sub(k.fetched).Seconds()))
		return false
	}
	value, err := Parse(text)
	if err == nil && value.Keyring.ClientID != k.value.Keyring.ClientID {
		err = errors.New("the secret is of another client id, whose orders these are not; deploy another stack for another merchant")
	}
	if err != nil {
		k.cfg.Log.Error("the new secret cannot be used; the one at hand stays in use", "reason", err.Error())
		return false
	}
	k.value, k.fetched = value, now
	return true
}
