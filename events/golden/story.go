package golden

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/doku"
	"kasir/shared/quote"
)

// step is one request of the story.
type step struct {
	name   string   // of its golden file
	file   string   // the event, a file of events/
	change []string // pairs of texts to replace in the file
	notify string   // body of the notification, in place of the file's
	quote  bool     // the caller may name no price, and brings a quote of quoteKey
	later  time.Duration
	doku   []answer // in order
}

func (s step) function() string {
	name, _, _ := strings.Cut(strings.TrimSuffix(s.file, ".json"), "-")
	return name
}

// event is the step's event.
func (s step) event(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, s.file))
	if err != nil {
		t.Fatal(err)
	}
	content = []byte(strings.NewReplacer(s.change...).Replace(string(content)))
	switch {
	case s.notify != "":
		return signed(t, content, s.notify, s.name)
	case s.quote:
		return quoted(t, content)
	}
	return content
}

func signed(t *testing.T, event []byte, body, requestID string) []byte {
	t.Helper()
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(event, &e); err != nil {
		t.Fatal(err)
	}
	c := doku.Component{
		ClientID: clientID, RequestID: requestID, Timestamp: "2026-08-27T10:25:01Z", Target: "/notifications",
		Digest: doku.Digest([]byte(body)),
	}
	e.Body, e.Headers["request-id"], e.Headers["signature"] = body, requestID, doku.Sign(secretKey, c)
	return encode(t, e)
}

// quoted gives an event a quote and the claims of a customer, who may not name a price.
func quoted(t *testing.T, event []byte) []byte {
	t.Helper()
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(event, &e); err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		t.Fatal(err)
	}
	items := []doku.LineItem{
		{Name: "T-Shirt Red", Price: 30000, Quantity: 2}, {Name: "Polo Navy", Price: 30000, Quantity: 1},
	}
	terms := quote.Terms{InvoiceNumber: "INV-EVENT-0007", Amount: 90000, CustomerID: "CUST-0001", LineItems: items}
	token, err := quote.Sign(quoteKey, terms, first.Add(15*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	body["quote"] = token
	claims := e.RequestContext.Authorizer.JWT.Claims
	claims["sub"], claims["scope"] = "CUST-0001", "payments:create payments:read"
	e.Body = string(encode(t, body))
	return encode(t, e)
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	content, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
