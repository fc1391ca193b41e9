package standin

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"kasir/shared/doku"
)

// DOKU stands for DOKU's card API. Its answers are signed and as long as those in the guide.
type DOKU struct {
	Calls atomic.Int64 // signed requests; a warm-up has no Request-Id and is not counted
	// Seen, if set, is called with the path of each such request when it comes.
	Seen func(path string)
	Wait time.Duration // before each answer to such a request
}

// ServeHTTP answers every call of kasir's client with success.
func (d *DOKU) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	requestID := r.Header.Get("Request-Id")
	if err != nil || requestID == "" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	d.Calls.Add(1)
	if d.Seen != nil {
		d.Seen(r.URL.Path)
	}
	time.Sleep(d.Wait)
	answer := []byte(Answer(r.URL.Path, requestID, body))
	stamp := r.Header.Get("Request-Timestamp") // its clock is the function's
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Client-Id", ClientID)
	h.Set("Request-Id", requestID)
	h.Set("Response-Timestamp", stamp)
	h.Set("Signature", doku.Sign(SecretKey, doku.Component{
		ClientID: ClientID, RequestID: requestID, Timestamp: stamp,
		Target: r.URL.Path, Digest: doku.Digest(answer), Response: true,
	}))
	w.Write(answer)
}

// Answer returns the body of a successful call.
func Answer(path, requestID string, body []byte) string {
	var in struct {
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		} `json:"order"`
		Refund struct {
			Amount int64 `json:"amount"`
		} `json:"refund"`
		Payment struct {
			AuthorizeID string `json:"authorize_id"` // the invoice number, see package event
		} `json:"payment"`
	}
	json.Unmarshal(body, &in) // a GET has no body
	order := fmt.Sprintf(`{"order":{"invoice_number":%q}`, in.Order.InvoiceNumber)
	switch {
	case strings.HasSuffix(path, "/payment-page"):
		page := pageURL(in.Order.InvoiceNumber, requestID)
		return order + fmt.Sprintf(`,"credit_card_payment_page":{"url":%q}}`, page)
	case strings.HasSuffix(path, "/refund"):
		return order + fmt.Sprintf(`,"payment":{"status":"SUCCESS"},`+
			`"refund":{"amount":%d,"type":"PARTIAL_REFUND","status":"SUCCESS"}}`, in.Refund.Amount)
	case strings.HasSuffix(path, "/capture"):
		return fmt.Sprintf(`{"order":{"invoice_number":%q},"payment":{"status":"SUCCESS"},`+
			`"acquirer":{"id":"BANK_MANDIRI"}}`, in.Payment.AuthorizeID)
	case strings.Contains(path, "/status/"):
		return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"transaction":{"status":"PENDING"}}`,
			path[strings.LastIndex(path, "/")+1:])
	}
	return `{"status":"SUCCESS","tokens":[]}`
}

// pageURL returns an address in the form and the length of the guide's.
func pageURL(invoice, requestID string) string {
	const page = "https://sandbox.doku.com/wt-frontend-transaction/dynamic-payment-page"
	return page + "?signature=OVVQVUZ6T3FKYzQ3YUp6RDlFU09UY1dnNlRNc2czbXFTUCtEblVPOEVORT0=" +
		"&clientId=" + ClientID + "&invoiceNumber=" + invoice + "&requestId=" + requestID
}
