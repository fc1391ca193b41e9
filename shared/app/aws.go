package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"kasir/shared/doku"
	"kasir/shared/secret"
	"kasir/shared/store"
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

// dynamoDB returns a client with the credentials in Lambda's environment. The SDK's config package would also find
// them, but it triples the time that a function needs to start.
func dynamoDB(s Settings) *dynamodb.Client {
	options := dynamodb.Options{Region: s.Region, Credentials: Credentials(s), HTTPClient: ShortTimeout(time.Second)}
	if s.DynamoDBURL != "" {
		options.BaseEndpoint = &s.DynamoDBURL
		options.DisableValidateResponseChecksum = true // a local stand-in sends no checksums
	}
	return dynamodb.New(options)
}

// ShortTimeout returns a client that ends each attempt after a time that the service hardly ever needs. A kept
// connection may have died while the function was frozen, and waiting for it would take the whole invocation. The SDK's
// second attempt opens a new connection.
func ShortTimeout(attempt time.Duration) aws.HTTPClient {
	return awshttp.NewBuildableClient().WithTimeout(attempt)
}

// Credentials returns the credentials that Lambda puts into the environment.
func Credentials(s Settings) aws.CredentialsProvider {
	return aws.NewCredentialsCache(
		credentials.NewStaticCredentialsProvider(s.AccessKeyID, string(s.AccessKey), string(s.SessionToken)))
}

// warmTable opens the connection to DynamoDB by reading an item that does not exist. Errors are ignored: the first
// request will meet and report them.
func warmTable(ctx context.Context, table *store.DynamoDB) {
	ctx, cancel := context.WithTimeout(ctx, warmingTime)
	defer cancel()
	_, _ = table.Get(ctx, "warm")
}

// warmDOKU opens the connection to DOKU. This takes two or three round trips from Lambda's region to DOKU's, for which
// no customer then waits. Errors are ignored: the first request will meet and report them.
func warmDOKU(ctx context.Context, client *http.Client, baseURL string) {
	ctx, cancel := context.WithTimeout(ctx, warmingTime)
	defer cancel()
	_ = doku.Connect(ctx, client, baseURL)
}

// warmingTime limits the opening of each connection, so that INIT is short even if a service does not answer.
const warmingTime = 800 * time.Millisecond
