// Package event makes the events that the benchmarks send, from the files of events/.
package event

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"kasir/bench/standin"
	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/route"
)

// Step is a case about an invoice. A case is a function's name, with "-authorize" for an AUTHORIZE order, and with
// "-list" for a list of payments.
type Step struct{ Case, Invoice string }

// Function returns the name of the step's function.
func (s Step) Function() string {
	name, _, _ := strings.Cut(s.Case, "-")
	return name
}

// Source reads the event files of a folder.
type Source struct {
	Dir      string
	Merchant order.Merchant // owner of the pages that notifications name
}

// event has the fields of API Gateway's HTTP API, payload 2.0. publish and reconcile have others.
type event map[string]any

var files = map[string]string{"resolve": "resolve-close", "notify-authorize": "notify"}

// Make returns the event of a step. n makes events of one step different: it numbers refunds and notifications.
func (s Source) Make(step Step, n int) ([]byte, error) {
	file := cmp.Or(files[step.Case], step.Case)
	var e event
	raw, err := os.ReadFile(s.Dir + "/" + file + ".json")
	if err == nil {
		err = json.Unmarshal(raw, &e)
	}
	if err != nil {
		return nil, fmt.Errorf("reading an event: %w", err)
	}
	e.authorize()
	header, _ := e["headers"].(map[string]any)
	body, _ := e["body"].(string)
	body = invoices.ReplaceAllString(body, step.Invoice)
	if parameters, ok := e["pathParameters"].(map[string]any); ok && parameters["invoice_number"] != nil {
		parameters["invoice_number"] = step.Invoice
	}
	switch step.Case {
	case "notify-authorize":
		body = s.sign(header, authorized.Replace(body), step.Invoice, n)
	case "notify":
		body = s.sign(header, body, step.Invoice, n)
	case "refund":
		header["idempotency-key"] = fmt.Sprintf("refund-of-the-benchmark-%d", n)
		body = `{"refund":{"amount":10000}}`
	case "capture":
		body = "{}"
	}
	if body != "" {
		e["body"] = body
	}
	return json.Marshal(e)
}

// invoices matches the invoice numbers in the files of events/.
var invoices = regexp.MustCompile(`INV-EVENT-\d{4}`)

// authorize gives the caller every scope, as a merchant's back end may have.
func (e event) authorize() {
	var scopes []string
	for _, grant := range route.Grants {
		scopes = append(scopes, string(grant.Scope))
	}
	claims := map[string]string{"sub": "bench", "client_id": "bench", "scope": strings.Join(scopes, " ")}
	if context, ok := e["requestContext"].(map[string]any); ok {
		context["authorizer"] = map[string]any{"jwt": map[string]any{"claims": claims, "scopes": nil}}
	}
}

// authorized turns the notification of a paid SALE into that of an authorisation.
var authorized = strings.NewReplacer(`"type":"SALE"`, `"type":"AUTHORIZE"`, `"status":"SUCCESS"`, `"status":"PENDING"`,
	`"card_payment":{`, `"card_payment":{"authorize_id":"AUTHORIZE-ID",`)

// page and date match fields of a notification. An authorisation must be fresh to be captured, and a repeat must have
// the same date, so the date is the beginning of today.
var (
	page = regexp.MustCompile(`"original_request_id":"[^"]*"`)
	date = regexp.MustCompile(`"date":"[^"]*"`)
)

// sign returns the body of a genuine notification and sets its headers. The id of an authorisation is the invoice
// number: a capture contains only the id, and DOKU's stand-in stores nothing.
func (s Source) sign(header map[string]any, body, invoice string, n int) string {
	o := order.New(order.Intent{Invoice: invoice, Policy: order.Policy{Merchant: s.Merchant}}, time.Now())
	today := time.Now().UTC().Truncate(24 * time.Hour).Format(time.RFC3339)
	body = page.ReplaceAllLiteralString(body, `"original_request_id":"`+o.PageRequestIDs(s.Merchant)[0]+`"`)
	body = date.ReplaceAllLiteralString(body, `"date":"`+today+`"`)
	body = strings.Replace(body, "AUTHORIZE-ID", invoice, 1)
	stamp := time.Now().UTC().Format(doku.TimestampLayout)
	id := fmt.Sprintf("CREDIT_CARD%064d", n) // as long as DOKU's
	header["client-id"], header["request-id"], header["request-timestamp"] = standin.ClientID, id, stamp
	header["signature"] = doku.Sign(standin.SecretKey, doku.Component{
		ClientID: standin.ClientID, RequestID: id, Timestamp: stamp,
		Target: "/notifications", Digest: doku.Digest([]byte(body)),
	})
	return body
}
