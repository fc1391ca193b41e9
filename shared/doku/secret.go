package doku

import (
	"fmt"
	"log/slog"
)

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
