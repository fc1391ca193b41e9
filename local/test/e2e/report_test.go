package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kasir/local/sandbox"
	"kasir/local/stack"
)

// reports sends a signed notification that an order was paid with an amount, as DOKU would.
func (s *shopper) reports(invoice string, amount int64) {
	s.t.Helper()
	now := time.Now().UTC().Format("2006-01-02T15:04:05Z")
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"service":{"id":"CREDIT_CARD"},"channel":{"id":"CREDIT_CARD"},
		"transaction":{"type":"SALE","status":"SUCCESS","date":%q,"original_request_id":%q},
		"card_payment":{"masked_card_number":"557338******1101","approval_code":"123456","response_code":"00","brand":"MASTER"}}`,
		invoice, amount, now, s.dokuPayments(invoice)[0].RequestID)
	digest := sha256.Sum256([]byte(body))
	mac := hmac.New(sha256.New, []byte(sandbox.DefaultSecretKey))
	fmt.Fprintf(mac, "Client-Id:%s\nRequest-Id:report-1\nRequest-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
		sandbox.DefaultClientID, now, stack.NotificationTarget, base64.StdEncoding.EncodeToString(digest[:]))
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.stack.API+stack.NotificationTarget,
		strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header = http.Header{
		"Content-Type": {"application/json"}, "Client-Id": {sandbox.DefaultClientID}, "Request-Id": {"report-1"},
		"Request-Timestamp": {now},
		"Signature":         {"HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		s.t.Fatalf("a report of %d: %s", amount, response.Status)
	}
}
