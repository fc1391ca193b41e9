// Package service builds the use cases as a function does, with the parts that a benchmark wants to see through: the store's
// HTTP client, or another store.
package service

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/bench/standin"
	"kasir/shared/app"
	"kasir/shared/doku"
	"kasir/shared/function"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// New builds the use cases; the store is in memory and DOKU answers without a network until they are replaced.
func New() (*payment.Service, error) {
	f := function.Function{Name: "bench", Secret: true} // no table and no DOKU, or INIT would look for them
	env := map[string]string{
		"DOKU_ENVIRONMENT": "http://127.0.0.1:9", "DOKU_CLIENT_ID": standin.ClientID, "DOKU_SECRET_KEY": standin.SecretKey, "QUOTE_KEY": standin.QuoteKey,
		"AWS_REGION": "us-east-1", "CALLBACK_HOSTS": "localhost",
	}
	settings, err := app.Load(func(name string) string { return env[name] }, f)
	if err != nil {
		return nil, err
	}
	service, err := app.New(context.Background(), settings, f, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	service.Store = &store.Memory{}
	service.DOKU, err = doku.New(doku.Config{
		BaseURL: "http://doku.invalid", ClientID: standin.ClientID, SecretKey: standin.SecretKey, Now: service.Now, HTTP: &http.Client{Transport: atOnce{}},
	})
	return service, err
}

// DynamoDB is a store behind url whose requests go through transport.
func DynamoDB(url string, transport http.RoundTripper) *store.DynamoDB {
	client := dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(url), DisableValidateResponseChecksum: true,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		HTTPClient:  &http.Client{Transport: transport},
	})
	return &store.DynamoDB{Client: client, Table: standin.TableName, NewID: rand.Text}
}

// atOnce answers DOKU's calls where they are made.
type atOnce struct{}

func (atOnce) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	answer := standin.Answer(r.URL.Path, r.Header.Get("Request-Id"), body)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)), Request: r,
	}, nil
}
