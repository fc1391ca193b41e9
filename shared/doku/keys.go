package doku

import (
	"context"
	"errors"
	"strings"
)

// Keyring is one merchant's access to DOKU at one moment.
type Keyring struct {
	ClientID string // "MCH-…", from DOKU's Back Office
	Current  Secret // "SK-…": signs, and is accepted
	Previous Secret // while a key is being rotated: accepted, and signs only what DOKU turned away under Current; may be empty
}

// Keys hands out the keyring to use. A Keyring itself is one that never changes.
type Keys interface {
	// Keyring is what to use now.
	Keyring(ctx context.Context) Keyring
	// Renewed is asked after a signature did not match under stale: the key may have been rotated meanwhile. It returns
	// a keyring that differs from stale, or false when there is none.
	Renewed(ctx context.Context, stale Keyring) (Keyring, bool)
}

// Keyring returns k.
func (k Keyring) Keyring(context.Context) Keyring { return k }

// Renewed returns false: k never changes.
func (k Keyring) Renewed(context.Context, Keyring) (Keyring, bool) { return k, false }

// accepts tells whether a signature over c was made with one of the keys.
func (k Keyring) accepts(signature string, c Component) bool {
	return Verify(signature, c, k.Current, k.Previous)
}

// Check refuses what can never sign: DOKU hands out two kinds of key, and only SK-… signs. The error says where to find the
// right one, and nothing of the key.
func (k Keyring) Check() error {
	if k.ClientID == "" {
		return errors.New("the client id is empty: it is the MCH-… or BRN-… in DOKU's Back Office")
	}
	if k.Current == "" {
		return errors.New("the secret key is empty, and an empty key would verify forgeries: it is the Secret Key that starts with SK- in DOKU's Back Office")
	}
	for _, key := range []Secret{k.Current, k.Previous} {
		switch {
		case strings.HasPrefix(string(key), "doku_"):
			return errors.New("a secret key is of the family doku_…: the Direct API needs the Secret Key that starts with SK- in DOKU's Back Office")
		case strings.TrimSpace(string(key)) != string(key):
			return errors.New("a secret key begins or ends with white space: copy the Secret Key from DOKU's Back Office again")
		}
	}
	return nil
}
