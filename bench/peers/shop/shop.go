// Package shop does createpage and notify as they are usually written in Go, for programs that kasir is compared with.
// It uses the SDK's default configuration and one item for each order, and writes before and after the call of DOKU. It
// does not handle a crash or a lost answer, so it is not for use.
package shop

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Order is an order as it is stored.
type Order struct {
	Key     string `dynamodbav:"pk"`
	Amount  int64  `dynamodbav:"amount"`
	Status  string `dynamodbav:"status"`
	URL     string `dynamodbav:"url,omitempty"`
	Version int64  `dynamodbav:"version,omitempty"`
}

// Set changes an order in one of the usual ways: after its page was made, or after DOKU has reported a payment; then
// url is empty.
type Set func(ctx context.Context, db *dynamodb.Client, o Order, status, url string) error

// Shop answers the API's events.
type Shop struct {
	Config              aws.Config
	DB                  *dynamodb.Client
	Set                 Set
	ClientID, SecretKey string
}

// New returns a shop with the keys of the environment.
func New(set Set) *Shop {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	return &Shop{Config: cfg, DB: dynamodb.NewFromConfig(cfg), Set: set, ClientID: os.Getenv("DOKU_CLIENT_ID"),
		SecretKey: os.Getenv("DOKU_SECRET_KEY")}
}

type (
	request  = events.APIGatewayV2HTTPRequest
	response = events.APIGatewayV2HTTPResponse
)

type page struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"`
	} `json:"order"`
	Page struct {
		URL string `json:"url"`
	} `json:"credit_card_payment_page"`
	Transaction struct {
		Status string `json:"status"`
	} `json:"transaction"`
}

// Start answers events until the process ends.
func (s *Shop) Start() {
	lambda.Start(func(ctx context.Context, e request) (response, error) {
		handle := s.createPage
		if e.RouteKey == "POST /notifications" {
			handle = s.notify
		}
		status, body, err := handle(ctx, e)
		if err != nil {
			return response{}, err
		}
		encoded, err := json.Marshal(body)
		header := map[string]string{"content-type": "application/json"}
		return response{StatusCode: status, Headers: header, Body: string(encoded)}, err
	})
}

func (s *Shop) createPage(ctx context.Context, e request) (int, map[string]string, error) {
	var asked page
	err := json.Unmarshal([]byte(e.Body), &asked)
	if err != nil || asked.Order.InvoiceNumber == "" || asked.Order.Amount <= 0 {
		return 400, map[string]string{"error": "invalid order"}, nil
	}
	o := Order{Key: "order#" + asked.Order.InvoiceNumber, Amount: asked.Order.Amount, Status: "CREATING", Version: 1}
	if err := put(ctx, s.DB, o, "attribute_not_exists(pk)", nil); err != nil {
		return 0, nil, err
	}
	made, err := s.callDOKU(ctx, "/credit-card/v1/payment-page", []byte(e.Body))
	if err != nil {
		return 0, nil, err
	}
	err = s.Set(ctx, s.DB, o, "PENDING", made.Page.URL)
	return 201, map[string]string{"url": made.Page.URL, "status": "PENDING"}, err
}

func (s *Shop) notify(ctx context.Context, e request) (int, map[string]string, error) {
	want := s.sign(e.Headers["request-id"], e.Headers["request-timestamp"], "/notifications", []byte(e.Body))
	if !hmac.Equal([]byte(want), []byte(e.Headers["signature"])) {
		return 401, map[string]string{"error": "invalid signature"}, nil
	}
	var told page
	if err := json.Unmarshal([]byte(e.Body), &told); err != nil {
		return 400, map[string]string{"error": "invalid notification"}, nil
	}
	status := "FAILED"
	if told.Transaction.Status == "SUCCESS" {
		status = "PAID"
	}
	o := Order{Key: "order#" + told.Order.InvoiceNumber}
	return 200, map[string]string{"status": "ok"}, s.Set(ctx, s.DB, o, status, "")
}

func (s *Shop) callDOKU(ctx context.Context, path string, body []byte) (page, error) {
	var out page
	address := os.Getenv("DOKU_ENVIRONMENT") + path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	id, at := rand.Text(), time.Now().UTC().Format("2006-01-02T15:04:05Z")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Client-Id", s.ClientID)
	request.Header.Set("Request-Id", id)
	request.Header.Set("Request-Timestamp", at)
	request.Header.Set("Signature", s.sign(id, at, path, body))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return out, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return out, fmt.Errorf("DOKU answered %d", answer.StatusCode)
	}
	return out, json.NewDecoder(answer.Body).Decode(&out)
}

func (s *Shop) sign(id, at, target string, body []byte) string {
	digest := sha256.Sum256(body)
	h := hmac.New(sha256.New, []byte(s.SecretKey))
	fmt.Fprintf(h, "Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
		s.ClientID, id, at, target, base64.StdEncoding.EncodeToString(digest[:]))
	return "HMACSHA256=" + base64.StdEncoding.EncodeToString(h.Sum(nil))
}
