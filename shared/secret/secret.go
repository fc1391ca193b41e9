// Package secret holds kasir's one secret while a function runs. It reads the secret at the start, and renews it by
// age and when a signature fails. While Secrets Manager is down it keeps the old one.
package secret

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"kasir/shared/doku"
	"kasir/shared/quote"
)

// Value is the content of the secret.
type Value struct {
	Keyring doku.Keyring
	Quote   []doku.Secret // the current key of quotes, then the previous one if there is one
}

// Where describes how to fill the secret, for error messages.
const Where = `put {"client_id":"MCH-…","secret_key":"SK-…","quote_key":"at least 32 random characters"} into it: ` +
	`aws secretsmanager put-secret-value --secret-id <name> --secret-string file://secret.json`

// Parse parses the secret's JSON: client_id, secret_key and quote_key, and during a rotation also previous_secret_key
// and previous_quote_key. Its errors describe how to correct the secret and contain no part of a key.
func Parse(text string) (Value, error) {
	in, err := members(text)
	if err != nil {
		return Value{}, err
	}
	v := Value{Keyring: doku.Keyring{
		ClientID: in["client_id"], Current: doku.Secret(in["secret_key"]),
		Previous: doku.Secret(in["previous_secret_key"]),
	}}
	if err := v.Keyring.Check(); err != nil {
		return Value{}, fmt.Errorf("in the secret, %w; %s", err, Where)
	}
	for _, name := range []string{"quote_key", "previous_quote_key"} {
		key := doku.Secret(in[name])
		if key == "" && name != "quote_key" {
			continue
		}
		if len(key) < quote.MinKey {
			return Value{}, fmt.Errorf("in the secret, %s has %d characters and must have at least %d; %s",
				name, len(key),
				quote.MinKey, Where)
		}
		if flaw := key.Flaw(); flaw != "" {
			return Value{}, fmt.Errorf("in the secret, %s %s; %s", name, flaw, Where)
		}
		v.Quote = append(v.Quote, key)
	}
	return v, nil
}

// names are the names of the secret's members.
var names = []string{"client_id", "secret_key", "previous_secret_key", "quote_key", "previous_quote_key"}

// members parses the secret's JSON strictly: each name once, in the exact spelling, and each value a string.
// encoding/json alone accepts Secret_Key for secret_key, and takes the last of two. A misspelt previous_secret_key
// would then show only during a rotation. The errors of encoding/json are not passed on, since they may contain a part
// of a key.
func members(text string) (map[string]string, error) {
	wrong := func(format string, args ...any) (map[string]string, error) {
		return nil, fmt.Errorf("the secret "+format+": "+Where, args...)
	}
	if strings.HasPrefix(text, "\ufeff") {
		return wrong("begins with a byte order mark; save its file as UTF-8 without one")
	}
	notOne := "must be one JSON object of strings, with only the names that kasir knows"
	d := json.NewDecoder(strings.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return wrong(notOne)
	}
	in := map[string]string{}
	for d.More() {
		name, err := d.Token()
		known, _ := name.(string)
		if err != nil || !slices.Contains(names, known) {
			return wrong(notOne)
		}
		if _, twice := in[known]; twice {
			return wrong("has %s twice", known)
		}
		value, err := d.Token()
		held, ok := value.(string)
		if err != nil || !ok {
			return wrong(notOne)
		}
		in[known] = held
	}
	if _, err := d.Token(); err != nil { // the end of the object
		return wrong(notOne)
	}
	if _, err := d.Token(); err != io.EOF {
		return wrong(notOne)
	}
	return in, nil
}
