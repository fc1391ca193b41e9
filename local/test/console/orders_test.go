package console

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"kasir/local/customer"
	"kasir/local/sandbox"
	"kasir/local/stack"
)

// has creates orders of 90000 that are paid with a card.
func (p *person) has(card customer.Card, invoices ...string) {
	p.t.Helper()
	for _, invoice := range invoices {
		page := p.asksFor(invoice)
		if err := customer.Pay(p.t.Context(), http.DefaultClient, page, card); err != nil {
			p.t.Fatal(err)
		}
		p.awaits(invoice, "PAID")
	}
}

// asksFor creates an order of 90000 and returns the address of its page.
func (p *person) asksFor(invoice string) string {
	p.t.Helper()
	page, err := p.api.CreatePage(p.t.Context(), fmt.Appendf(nil,
		`{"order":{"invoice_number":%q,"amount":90000},"customer":{"email":"budi@example.com"}}`, invoice))
	if err != nil {
		p.t.Fatal(err)
	}
	return page.CreditCardPaymentPage.URL
}

func (p *person) awaits(invoice, status string) {
	p.t.Helper()
	limited, cancel := context.WithTimeout(p.t.Context(), 45*time.Second)
	defer cancel()
	if got, err := p.api.Await(limited, invoice, status); err != nil {
		p.t.Fatalf("%s is %s: %v", invoice, got.Status, err)
	}
}

// shown is what the API shows of an order.
type shown struct {
	Status     string
	Refunded   int64
	Refundable int64
	Refunds    []struct {
		Amount int64
		Status string
	}
	Attention    []struct{ Kind string }
	Acknowledged []struct{ Kind, Username, Note string }
	Conflicts    []struct {
		Decision string
		Decided  struct{ Note string }
	}
}

func (p *person) reading(invoice string) shown {
	p.t.Helper()
	answer, err := p.api.Do(p.t.Context(), http.MethodGet, "/payments/"+invoice, nil, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	var s shown
	if err := json.Unmarshal(answer.Body, &s); err != nil {
		p.t.Fatal(err)
	}
	return s
}

// tells calls the sandbox's control API: the actions of time, banks and DOKU's staff. It returns the answer.
func (p *person) tells(path, body string) []byte {
	p.t.Helper()
	response, err := http.Post(p.stack.DOKU+path, "application/json", strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %s %s %v", path, body, response.Status, content, err)
	}
	return content
}

// reports sends a signed notification that an unpaid order was paid with an amount, as DOKU would.
func (p *person) reports(invoice string, amount int64) {
	p.t.Helper()
	now := time.Now().UTC().Format("2006-01-02T15:04:05Z")
	body := fmt.Appendf(nil, `{"order":{"invoice_number":%q,"amount":%d},"service":{"id":"CREDIT_CARD"},
		"channel":{"id":"CREDIT_CARD"},"transaction":{"type":"SALE","status":"SUCCESS","date":%q},
		"card_payment":{"masked_card_number":"557338******1101","approval_code":"123456","response_code":"00"}}`,
		invoice, amount, now)
	digest := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(sandbox.DefaultSecretKey))
	fmt.Fprintf(mac, "Client-Id:%s\nRequest-Id:report-1\nRequest-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
		sandbox.DefaultClientID, now, stack.NotificationTarget, base64.StdEncoding.EncodeToString(digest[:]))
	address := p.stack.API + stack.NotificationTarget
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Client-Id": {sandbox.DefaultClientID},
		"Request-Id": {"report-1"}, "Request-Timestamp": {now},
		"Signature": {"HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		p.t.Fatalf("a report of %d: %s", amount, response.Status)
	}
}
