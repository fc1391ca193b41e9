package standin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"kasir/shared/doku"
)

// DOKU stands for DOKU's card API. Its answers are signed and as long as those in the guide.
type DOKU struct {
	Calls atomic.Int64      // signed requests; a warm-up has no Request-Id and is not counted
	Seen  func(path string) // if set, is called with the path of each such request when it comes
	Wait  time.Duration     // before each answer to such a request
}

// ServeHTTP answers every call of kasir's client with success.
func (d *DOKU) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	requestID := r.Header.Get("Request-Id")
	if requestID == "" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	d.Calls.Add(1)
	if d.Seen != nil {
		d.Seen(r.URL.Path)
	}
	time.Sleep(d.Wait)
	body = []byte(answer(r.URL.Path, requestID, body))
	c := doku.Component{ClientID: ClientID, RequestID: requestID, Target: r.URL.Path, Digest: doku.Digest(body),
		Timestamp: r.Header.Get("Request-Timestamp"), Response: true} // its clock is the function's
	for name, value := range map[string]string{"Content-Type": "application/json", "Client-Id": c.ClientID,
		"Request-Id": c.RequestID, "Response-Timestamp": c.Timestamp, "Signature": doku.Sign(SecretKey, c)} {
		w.Header().Set(name, value)
	}
	w.Write(body)
}

// page is an address in the form and the length of the guide's.
const page = "https://sandbox.doku.com/wt-frontend-transaction/dynamic-payment-page" +
	"?signature=OVVQVUZ6T3FKYzQ3YUp6RDlFU09UY1dnNlRNc2czbXFTUCtEblVPOEVORT0=" +
	"&clientId=" + ClientID + "&invoiceNumber=%s&requestId=%s"

// answer returns the body of a successful call.
func answer(target, requestID string, body []byte) string {
	var in struct {
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		}
		Refund  struct{ Amount int64 }
		Payment struct {
			AuthorizeID string `json:"authorize_id"` // the invoice number, see package event
		}
	}
	json.Unmarshal(body, &in) // a GET has no body
	last := path.Base(target)
	invoice, rest := cmp.Or(in.Order.InvoiceNumber, in.Payment.AuthorizeID, last), ""
	switch {
	case last == "payment-page":
		rest = fmt.Sprintf(`"credit_card_payment_page":{"url":%q}`, fmt.Sprintf(page, invoice, requestID))
	case last == "refund":
		rest = fmt.Sprintf(`"payment":{"status":"SUCCESS"},`+
			`"refund":{"amount":%d,"type":"PARTIAL_REFUND","status":"SUCCESS"}`, in.Refund.Amount)
	case last == "capture":
		rest = `"payment":{"status":"SUCCESS"},"acquirer":{"id":"BANK_MANDIRI"}`
	case strings.Contains(target, "/status/"):
		return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"transaction":{"status":"PENDING"}}`, last)
	default:
		return `{"status":"SUCCESS","tokens":[]}`
	}
	return fmt.Sprintf(`{"order":{"invoice_number":%q},%s}`, invoice, rest)
}
