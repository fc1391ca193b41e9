// Package secret keeps kasir's one secret while a function runs: read at the start, renewed by age and when a signature fails,
// and kept as it was while Secrets Manager is down.
package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"kasir/shared/doku"
)

// Value is what the secret holds.
type Value struct {
	Keyring doku.Keyring
	Quote   []doku.Secret // the current key of quotes, then the previous one if there is one
}

// Where says how to fill the secret, for whoever reads that it is wrong.
const Where = `put {"client_id":"MCH-…","secret_key":"SK-…","quote_key":"at least 32 random characters"} into it: ` +
	`aws secretsmanager put-secret-value --secret-id <name> --secret-string file://secret.json`

const minQuoteKey = 32 // bytes, as package quote wants them

// Parse reads the secret's JSON: client_id, secret_key, quote_key, and while a key is being rotated previous_secret_key and
// previous_quote_key. The error says what is wrong and where to put the right one, and nothing of a key.
func Parse(text string) (Value, error) {
	var in struct {
		ClientID      string `json:"client_id"`
		SecretKey     string `json:"secret_key"`
		Previous      string `json:"previous_secret_key"`
		QuoteKey      string `json:"quote_key"`
		PreviousQuote string `json:"previous_quote_key"`
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()                            // a misspelt previous_secret_key would be missed only during a rotation
	if d.Decode(&in) != nil || d.Decode(&in) != io.EOF { // the decoder's own words may hold a part of it
		return Value{}, errors.New("the secret is not one JSON object of texts with kasir's names only: " + Where)
	}
	v := Value{Keyring: doku.Keyring{ClientID: in.ClientID, Current: doku.Secret(in.SecretKey), Previous: doku.Secret(in.Previous)}}
	if err := v.Keyring.Check(); err != nil {
		return Value{}, fmt.Errorf("in the secret, %w; %s", err, Where)
	}
	for name, key := range map[string]string{"quote_key": in.QuoteKey, "previous_quote_key": in.PreviousQuote} {
		if key == "" && name != "quote_key" {
			continue
		}
		if len(key) < minQuoteKey {
			return Value{}, fmt.Errorf("in the secret, %s has %d characters and must have at least %d; %s", name, len(key), minQuoteKey, Where)
		}
	}
	v.Quote = []doku.Secret{doku.Secret(in.QuoteKey)}
	if in.PreviousQuote != "" {
		v.Quote = append(v.Quote, doku.Secret(in.PreviousQuote))
	}
	return v, nil
}
