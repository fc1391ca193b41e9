package doku

import (
	"context"
	"fmt"
	"strings"
)

// Keyring is what signs and verifies at one moment.
type Keyring struct {
	ClientID string // "MCH-…", from DOKU's Back Office
	Current  Secret // "SK-…", from DOKU's Back Office; signs
	Previous Secret // accepted too while a key is being rotated; signs only what DOKU turns away under Current; empty: none
}

// Keys hands out a keyring, which may be replaced while the program runs. A plain Keyring is one that never is.
// It is used by many goroutines at once. The ClientID must stay the same.
type Keys interface {
	// Keyring is the one to use now.
	Keyring(ctx context.Context) Keyring
	// Renew is told that no key of failed fitted. It returns a newer keyring; ok is false when there is none.
	Renew(ctx context.Context, failed Keyring) (newer Keyring, ok bool)
}

// Keyring is k.
func (k Keyring) Keyring(context.Context) Keyring { return k }

// Renew knows none newer than k.
func (k Keyring) Renew(context.Context, Keyring) (Keyring, bool) { return k, false }

// KeyringError names the field of a Keyring that can never work, and where the right value is. It shows no value.
type KeyringError struct {
	Field  string // "ClientID", "Current", "Previous"
	Detail string
}

func (e *KeyringError) Error() string { return fmt.Sprintf("%s %s", e.Field, e.Detail) }

const (
	whereClientID = "in DOKU's Back Office it is the Client ID, such as MCH-0001-…"
	whereKey      = "in DOKU's Back Office it is the Secret Key that starts with SK-"
)

// Check refuses what can never sign. DOKU hands out two kinds of key, and only SK-… signs. The error is a
// *[KeyringError].
func (k Keyring) Check() error {
	wrong := func(field, detail, where string) error { return &KeyringError{field, detail + ": " + where} }
	if flaw := flawOf(k.ClientID); flaw != "" {
		return wrong("ClientID", flaw, whereClientID)
	}
	if flaw := flawOf(string(k.Current)); flaw != "" {
		return wrong("Current", flaw, whereKey)
	}
	if k.Previous == "" {
		return nil
	}
	if flaw := flawOf(string(k.Previous)); flaw != "" {
		return wrong("Previous", flaw, whereKey)
	}
	return nil
}

// flawOf says what is wrong with a client id or key, or nothing.
func flawOf(value string) string {
	switch {
	case strings.TrimSpace(value) == "":
		return "is empty"
	case strings.HasPrefix(value, "doku_"):
		return "is of the family doku_…, which does not sign cards' requests"
	case placeholder(value):
		return "is a placeholder"
	case !plain(value) || strings.ContainsAny(value, `"'`):
		return "has a space, a quotation mark or another character that it cannot have, or is over 256 characters"
	}
	return ""
}

// placeholder recognises what examples and templates put where a value belongs.
func placeholder(value string) bool {
	lower := strings.ToLower(value)
	_, rest, dashed := strings.Cut(lower, "-")
	if dashed && strings.Trim(rest, "x-") == "" { // SK-, SK-xxxx
		return true
	}
	for _, word := range []string{"…", "...", "<", ">", "placeholder", "replace", "changeme", "change-me"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// inUse is the keyring of one call or notification: renewed at most once.
type inUse struct {
	source  Keys
	ring    Keyring
	signer  Secret // key that signs
	renewed bool
}

func use(ctx context.Context, source Keys) *inUse {
	ring := source.Keyring(ctx)
	return &inUse{source: source, ring: ring, signer: ring.Current}
}

// fits tells whether genuine holds of the keyring, or when it does not, of a newer one.
func (k *inUse) fits(ctx context.Context, genuine func(Keyring) bool) bool {
	return genuine(k.ring) || k.renew(ctx) && genuine(k.ring)
}

func (k *inUse) renew(ctx context.Context) bool {
	if k.renewed {
		return false
	}
	k.renewed = true
	newer, ok := k.source.Renew(ctx, k.ring)
	if ok {
		k.ring = newer
	}
	return ok
}

// another chooses a key to sign with that was not tried: the current one of a newer keyring, else the previous one, since DOKU
// may not have been switched to the current one yet. false when there is none.
func (k *inUse) another(ctx context.Context) bool {
	k.renew(ctx)
	for _, key := range []Secret{k.ring.Current, k.ring.Previous} {
		if key != "" && key != k.signer {
			k.signer = key
			return true
		}
	}
	return false
}
