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

// accepts reports whether a signature over c was made with one of the keys.
func (k Keyring) accepts(signature string, c Component) bool {
	return Verify(signature, c, k.Current, k.Previous)
}

// Check refuses what can never sign: DOKU hands out two kinds of key, and only SK-… signs, and a value that was
// damaged on its way here signs nothing that DOKU accepts. The error says where to find the right one, and nothing
// of the key.
func (k Keyring) Check() error {
	if k.ClientID == "" {
		return errors.New("the client id is empty: it is the MCH-… or BRN-… in DOKU's Back Office")
	}
	if flaw := misread(k.ClientID); flaw != "" {
		return fmt.Errorf("the client id %s: copy the MCH-… or BRN-… from DOKU's Back Office again", flaw)
	}
	if k.Current == "" {
		return errors.New("the secret key is empty, and an empty key would verify forgeries: it is the Secret Key that starts with SK- in DOKU's Back Office")
	}
	for _, key := range []Secret{k.Current, k.Previous} {
		if flaw := misread(string(key)); flaw != "" {
			return fmt.Errorf("a secret key %s: copy the Secret Key from DOKU's Back Office again", flaw)
		}
		if strings.HasPrefix(string(key), "doku_") {
			return errors.New("a secret key is of the family doku_…: the Direct API needs the Secret Key that starts with SK- in DOKU's Back Office")
		}
	}
	return nil
}

// misread says what is in a client id or secret key that DOKU never puts there, or nothing.
func misread(value string) string {
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

// Secret is a key that signs requests to DOKU. However it is printed, logged or encoded, it shows as
// "[secret]"; only this package reads its value.
type Secret string

const redacted = "[secret]"

// Format writes "[secret]" for every verb, so that not even %x or %#v reveals the key.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// LogValue keeps the key out of structured logs.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText keeps the key out of JSON and other encodings.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Flaw says how a key was damaged when it was copied, or nothing: white space or quotation marks around it, characters
// that cannot be seen, or the key twice. The text holds nothing of the key.
func (s Secret) Flaw() string {
	text := string(s)
	invisible := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError }
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
