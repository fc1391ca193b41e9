package doku

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

// An unsigned answer that turns a request away may come from somebody who let it through. DOKU's refusal of the request
// under another key may then be about a repeat, and proves no more than an unsigned refusal.
func TestARefusalAfterAnUnsignedTurningAwayProvesNothing(t *testing.T) {
	for _, signature := range []string{"none", ""} {
		sent := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent++
			if sent == 1 {
				answer{status: 400, body: `{"error":{"code":"invalid_signature"}}`, signature: signature}.send(w,
					r.URL.Path)
				return
			}
			answer{status: 400, body: `{"error":{"code":"ALREADY_REFUNDED"}}`}.send(w, r.URL.Path)
		}))
		defer server.Close()
		c := newClient(t, server.URL, func(cfg *Config) { cfg.PreviousSecretKey = "SK-previous" })
		_, err := c.Refund(t.Context(), testID,
			RefundRequest{InvoiceNumber: "INV-1", OriginalRequestID: "p", Amount: 90000, Whole: 90000})
		var refused *Error
		if !errors.As(err, &refused) || sent != 2 || refused.Signed != (signature == "") {
			t.Errorf("signature %q: %+v, %v, sent %d times", signature, refused, err, sent)
		}
	}
}
