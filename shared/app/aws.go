package app

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/shared/doku"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// dynamoDB returns a client with the credentials in Lambda's environment. The SDK's config package would also find
// them, but it triples the time that a function needs to start.
func dynamoDB(s Settings) *dynamodb.Client {
	transport := awshttp.NewBuildableClient().GetTransport()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 0, payment.MostLooks // reconciliation's, at the same time
	options := dynamodb.Options{Region: s.Region, Credentials: Credentials(s),
		HTTPClient: attempts{transport, time.Second}}
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
	return attempts{awshttp.NewBuildableClient().GetTransport(), attempt}
}

// attempts sends each request once, for a time at most. The SDK repeats requests itself, and AWS sends neither
// redirects nor cookies, so it needs no http.Client.
type attempts struct {
	transport *http.Transport
	most      time.Duration // of an attempt, with its answer's body
}

// Do sends a request.
func (a attempts) Do(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), a.most)
	answer, err := a.transport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	answer.Body = limitedBody{answer.Body, cancel}
	return answer, nil
}

// limitedBody is the body of an answer. Its time ends when it is closed.
type limitedBody struct {
	io.ReadCloser
	end context.CancelFunc
}

// Close closes the body.
func (b limitedBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
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
