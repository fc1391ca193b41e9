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

// keySource is where the keys come from: the secret, or the environment on one machine.
type keySource interface {
	doku.Keys
	QuoteKeys(ctx context.Context, failed bool) []doku.Secret
}

// fixed are keys from the environment.
type fixed struct {
	doku.Keys
	quote []doku.Secret
}

// Format prints them without the keys, which fmt would not ask.
func (f fixed) Format(s fmt.State, _ rune) { fmt.Fprint(s, f.LogValue()) }

// LogValue keeps the keys out of structured logs.
func (fixed) LogValue() slog.Value { return slog.StringValue("app.fixed") }

func (f fixed) QuoteKeys(context.Context, bool) []doku.Secret { return f.quote }

func keysOf(ctx context.Context, s Settings, log *slog.Logger) (keySource, error) {
	if s.SecretARN == "" {
		keys := doku.Keyring{ClientID: s.ClientID, Current: s.SecretKey, Previous: s.PreviousKey}
		return fixed{Keys: keys, quote: []doku.Secret{s.QuoteKey}}, keys.Check()
	}
	options := secretsmanager.Options{Region: s.Region, Credentials: Credentials(s), HTTPClient: Impatient(2 * time.Second)}
	if s.SecretsURL != "" {
		options.BaseEndpoint = &s.SecretsURL
	}
	return secret.Open(ctx, secret.Config{
		Fetch: secret.From(secretsmanager.New(options), s.SecretARN), MaxAge: s.SecretMaxAge, Now: time.Now, Log: log,
	})
}

// dynamoDB makes the client from Lambda's environment credentials. The SDK's config package would find them
// too, but it triples the time a function needs to start.
func dynamoDB(s Settings) *dynamodb.Client {
	options := dynamodb.Options{Region: s.Region, Credentials: Credentials(s), HTTPClient: Impatient(time.Second)}
	if s.DynamoDBURL != "" {
		options.BaseEndpoint = &s.DynamoDBURL
		options.DisableValidateResponseChecksum = true // a local stand-in sends no checksums
	}
	return dynamodb.New(options)
}

// Impatient ends an attempt after a time that the service hardly ever needs: a kept connection may have died while the
// function was frozen, and would else take the whole invocation. The SDK's second attempt opens another.
func Impatient(attempt time.Duration) aws.HTTPClient {
	return awshttp.NewBuildableClient().WithTimeout(attempt)
}

// Credentials are those that Lambda puts into the environment.
func Credentials(s Settings) aws.CredentialsProvider {
	return aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(s.AccessKeyID, string(s.AccessKey), string(s.SessionToken)))
}

// warmTable opens the connection to DynamoDB by reading what is never there. Errors are ignored: the first
// request will meet and report them.
func warmTable(ctx context.Context, table *store.DynamoDB) {
	ctx, cancel := context.WithTimeout(ctx, warmingTime)
	defer cancel()
	_, _ = table.Get(ctx, "warm")
}

// warmDOKU opens the connection to DOKU, two or three round trips from Lambda's region to DOKU's that no customer waits
// for.
func warmDOKU(ctx context.Context, client *http.Client, baseURL string) {
	ctx, cancel := context.WithTimeout(ctx, warmingTime)
	defer cancel()
	_ = doku.Connect(ctx, client, baseURL)
}

// warmingTime caps each: INIT is to be short also when somebody does not answer.
const warmingTime = 800 * time.Millisecond
