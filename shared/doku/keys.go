package doku

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Keyring is one merchant's access to DOKU at one moment.
type Keyring struct {
	ClientID string // "MCH-…", from DOKU's Back Office
	Current  Secret // "SK-…"; signs, and is accepted
	// Previous is set while a key is being rotated. It is accepted, and signs only requests that DOKU turned away under
	// Current.
	Previous Secret
}

// Keys returns the keyring to use. A Keyring is itself a Keys that never changes.
type Keys interface {
	// Keyring returns the keyring to use now.
	Keyring(ctx context.Context) Keyring
	// Renewed returns a keyring that differs from stale, or false if there is none. The client calls it after a
	// signature did not match under stale, since the key may have been rotated meanwhile.
	Renewed(ctx context.Context, stale Keyring) (Keyring, bool)
}

// Keyring returns k.
func (k Keyring) Keyring(context.Context) Keyring { return k }

// Renewed returns false, since k never changes.
func (k Keyring) Renewed(context.Context, Keyring) (Keyring, bool) { return k, false }

// accepts reports whether a signature over c was made with one of the keys.
func (k Keyring) accepts(signature string, c Component) bool {
	return Verify(signature, c, k.Current, k.Previous)
}

// Check returns an error if k can never make a signature that DOKU accepts. DOKU issues two kinds of key, of which only
// SK-… signs, and a key may have been damaged when it was copied. The error names the place of the right key and holds
// no part of the key.
func (k Keyring) Check() error {
	if k.ClientID == "" {
		return errors.New("the client id is empty: it is the MCH-… or BRN-… in DOKU's Back Office")
	}
	if flaw := copyFlaw(k.ClientID); flaw != "" {
		return fmt.Errorf("the client id %s: copy the MCH-… or BRN-… from DOKU's Back Office again", flaw)
	}
	if k.Current == "" {
		return errors.New("the secret key is empty, and an empty key would verify forgeries: it is the Secret Key " +
			"that starts with SK- in DOKU's Back Office")
	}
	for _, key := range []Secret{k.Current, k.Previous} {
		if flaw := copyFlaw(string(key)); flaw != "" {
			return fmt.Errorf("a secret key %s: copy the Secret Key from DOKU's Back Office again", flaw)
		}
		if strings.HasPrefix(string(key), "doku_") {
			return errors.New("a secret key is of the family doku_…: the Direct API needs the Secret Key that starts " +
				"with SK- in DOKU's Back Office")
		}
	}
	return nil
}

// copyFlaw describes a flaw of a client id or secret key that DOKU's own values never have, or returns "".
func copyFlaw(value string) string {
	if flaw := Secret(value).Flaw(); flaw != "" {
		return flaw
	}
	switch {
	case strings.ContainsFunc(value, unicode.IsSpace):
		return "has white space in it"
	case strings.ContainsAny(value, "\"'`,;{}"):
		return "has quotation marks or other punctuation in it"
	case strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII }):
		return "has a character that is not ASCII"
	}
	return ""
}

// Secret is a key that signs requests to DOKU. Printed, logged or encoded it is "[secret]". Only this package and
// package diagnose read its value.
type Secret string

const redacted = "[secret]"

// Format writes "[secret]" for every verb, also for %x and %#v.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// LogValue keeps the key out of structured logs.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText keeps the key out of JSON and other encodings.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Flaw describes how a key was damaged when it was copied, or returns "". It finds white space or quotation marks
// around the key, characters that cannot be seen, and the key twice in a row. The text holds no part of the key.
func (s Secret) Flaw() string {
	text := string(s)
	invisible := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
	}
	half := len(text) / 2
	switch {
	case strings.TrimSpace(text) != text:
		return "begins or ends with white space"
	case strings.ContainsFunc(text, invisible):
		return "has a character that cannot be seen, such as a byte order mark or a line break"
	case len(text) > 1 && strings.ContainsAny(text[:1], "\"'`") && text[:1] == text[len(text)-1:]:
		return "stands in quotation marks"
	case half >= 4 && text[:half] == text[half:] && strings.Trim(text, text[:1]) != "":
		return "is there twice in a row"
	}
	return ""
}
