package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"kasir/shared/doku"
	"kasir/shared/secret"
)

// keySource returns the keys, from the secret or, on one machine, from the environment.
type keySource interface {
	doku.Keys
	QuoteKeys(ctx context.Context, failed bool) []doku.Secret
}

// fixedKeys are keys from the environment. They never change.
type fixedKeys struct {
	doku.Keys
	quote []doku.Secret
}

// Format prints no keys. fmt does not call the Format of the unexported fields that hold them.
func (f fixedKeys) Format(s fmt.State, _ rune) { fmt.Fprint(s, f.LogValue()) }

// LogValue keeps the keys out of structured logs.
func (fixedKeys) LogValue() slog.Value { return slog.StringValue("app.fixedKeys") }

func (f fixedKeys) QuoteKeys(context.Context, bool) []doku.Secret { return f.quote }

func keysOf(ctx context.Context, s Settings, log *slog.Logger) (keySource, error) {
	if s.SecretARN == "" {
		keys := doku.Keyring{ClientID: s.ClientID, Current: s.SecretKey, Previous: s.PreviousKey}
		return fixedKeys{Keys: keys, quote: []doku.Secret{s.QuoteKey}}, keys.Check()
	}
	options := secretsmanager.Options{
		Region: s.Region, Credentials: Credentials(s), HTTPClient: ShortTimeout(2 * time.Second),
	}
	if s.SecretsURL != "" {
		options.BaseEndpoint = &s.SecretsURL
	}
	return secret.Open(ctx, secret.Config{
		Fetch: secret.From(secretsmanager.New(options), s.SecretARN), MaxAge: s.SecretMaxAge, Now: time.Now, Log: log,
	})
}
