// Package event makes the events that the benchmarks send, from the files of events/.
package event

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"kasir/bench/standin"
	"kasir/shared/doku"
	"kasir/shared/route"
)

// Source reads the event files of a folder.
type Source struct {
	Dir string
	Now func() time.Time
}

// payload is an event of API Gateway's HTTP API, payload 2.0, of which only what is changed here is named.
type payload map[string]any

// files names the event files of cases that have none of their own name.
var files = map[string]string{"unbind": "unbind-list", "resolve": "resolve-close", "notify-authorize": "notify"}

// Function is the function that a case is for: what its name says before the first hyphen.
func Function(name string) string {
	function, _, _ := strings.Cut(name, "-")
	return function
}

// Make returns the event of a case, such as "createpage" or "createpage-authorize", about an invoice. n tells events of one
// case about one invoice apart: the refunds of an order, the notifications of a payment.
func (s Source) Make(name, invoice string, n int) ([]byte, error) {
	file := name
	if files[name] != "" {
		file = files[name]
	}
	raw, err := os.ReadFile(filepath.Join(s.Dir, file+".json"))
	if err != nil {
		return nil, fmt.Errorf("reading an event: %w", err)
	}
	var e payload
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("reading %s.json: %w", file, err)
	}
	e.rename(invoice)
	e.authorize()
	header, _ := e["headers"].(map[string]any)
	switch name {
	case "notify-authorize":
		e["body"] = strings.Replace(authorized.Replace(fmt.Sprint(e["body"])), "AUTHORIZE-ID", invoice, 1)
		s.sign(e, header, n)
	case "notify":
		s.sign(e, header, n)
	case "refund":
		header["idempotency-key"] = fmt.Sprintf("bench-%s-%06d", invoice, n)
		e["body"] = `{"refund":{"amount":100}}`
	case "capture":
		e["body"] = "{}"
	}
	return json.Marshal(e)
}

// Notification returns the event of a notification that somebody has sent.
func (s Source) Notification(header http.Header, body []byte) ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(s.Dir, "notify.json"))
	if err != nil {
		return nil, fmt.Errorf("reading an event: %w", err)
	}
	var e payload
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("reading notify.json: %w", err)
	}
	headers := map[string]string{}
	for name, values := range header {
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	e["headers"], e["body"] = headers, string(body)
	return json.Marshal(e)
}

// authorized turns the notification of a paid SALE into that of an authorisation. Its id is the invoice number: a capture names
// only the id, and DOKU's stand-in keeps no book to look the invoice up in.
var authorized = strings.NewReplacer(`"type":"SALE"`, `"type":"AUTHORIZE"`, `"status":"SUCCESS"`, `"status":"PENDING"`,
	`"card_payment":{`, `"card_payment":{"authorize_id":"AUTHORIZE-ID",`)

// invoices is how the files of events/ number their orders.
var invoices = regexp.MustCompile(`INV-EVENT-\d{4}`)

// dates are those of payments. An authorisation must be fresh to be captured, and a repeat must say the same: today's beginning.
var dates = regexp.MustCompile(`"date":"[^"]*"`)

// rename puts the invoice number in place of the file's.
func (e payload) rename(invoice string) {
	if parameters, ok := e["pathParameters"].(map[string]any); ok && parameters["invoice_number"] != nil {
		parameters["invoice_number"] = invoice
	}
	if body, ok := e["body"].(string); ok {
		e["body"] = invoices.ReplaceAllString(body, invoice)
	}
}

// authorize gives the caller every scope, as a merchant's back end may have.
func (e payload) authorize() {
	var scopes []string
	for _, grant := range route.Grants {
		scopes = append(scopes, string(grant.Scope))
	}
	context, ok := e["requestContext"].(map[string]any)
	if !ok { // not of the HTTP API
		return
	}
	context["authorizer"] = map[string]any{"jwt": map[string]any{
		"claims": map[string]string{"sub": "bench", "client_id": "bench", "scope": strings.Join(scopes, " ")}, "scopes": nil,
	}}
}

// sign makes a genuine notification of a paid SALE, or of an authorisation.
func (s Source) sign(e payload, header map[string]any, n int) {
	body, _ := e["body"].(string)
	body = dates.ReplaceAllString(body, `"date":"`+s.Now().UTC().Truncate(24*time.Hour).Format(time.RFC3339)+`"`)
	e["body"] = body
	stamp := s.Now().UTC().Format(doku.TimestampLayout)
	id := fmt.Sprintf("CREDIT_CARD%064d", n) // as long as DOKU's
	header["client-id"], header["request-id"], header["request-timestamp"] = standin.ClientID, id, stamp
	header["signature"] = doku.Sign(standin.SecretKey, doku.Component{
		ClientID: standin.ClientID, RequestID: id, Timestamp: stamp, Target: "/notifications", Digest: doku.Digest([]byte(body)),
	})
}

// Samples are the orders that a function's event is about when it is sent again and again to a table that keeps nothing: one
// that is open, paid or held, so that the event does its work each time.
var Samples = map[string]string{
	"createpage": "BENCH-NEW", "getpayment": "BENCH-PAID", "capture": "BENCH-HELD", "refund": "BENCH-PAID", "notify": "BENCH-OPEN",
	"resolve": "BENCH-OPEN", "unbind": "", "reconcile": "", "publish": "",
}
