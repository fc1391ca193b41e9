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
)

// Step is a case about an invoice. A case is a function's name, with "-authorize" for an AUTHORIZE order, and with
// "-list" for a list of payments.
type Step struct{ Case, Invoice string }

// Function returns the name of the step's function.
func (s Step) Function() string {
	name, _, _ := strings.Cut(s.Case, "-")
	return name
}

// Source is a folder of event files.
type Source string

// files names the event file of a case if it has another name.
var files = map[string]string{"resolve": "resolve-close", "notify-authorize": "notify"}

// Make returns the event of a step. n makes events of one step different: it numbers refunds and notifications.
func (s Source) Make(step Step, n int) ([]byte, error) {
	raw, err := os.ReadFile(string(s) + "/" + cmp.Or(files[step.Case], step.Case) + ".json")
	if step.Invoice != "" {
		raw = invoices.ReplaceAllLiteral(raw, []byte(step.Invoice))
	}
	raw = callers.ReplaceAll(raw, []byte(`"$1": "bench"`))
	var e map[string]any // publish and reconcile have other fields than requests
	if err == nil {
		err = json.Unmarshal(raw, &e)
	}
	if err != nil {
		return nil, fmt.Errorf("reading an event: %w", err)
	}
	header, _ := e["headers"].(map[string]any)
	body, _ := e["body"].(string)
	switch step.Case {
	case "notify-authorize":
		e["body"] = sign(header, authorized.Replace(body), step.Invoice, n)
	case "notify":
		e["body"] = sign(header, body, step.Invoice, n)
	case "refund":
		header["idempotency-key"] = fmt.Sprintf("refund-of-the-benchmark-%d", n)
		e["body"] = `{"refund":{"amount":10000}}`
	case "capture":
		e["body"] = "{}"
	}
	return json.Marshal(e)
}

// These match the invoice numbers in the files, their callers except customers, and the date of a notification.
var (
	callers  = regexp.MustCompile(`"(sub|client_id)": "[a-z0-9-]*"`)
	invoices = regexp.MustCompile(`INV-EVENT-\d{4}`)
	date     = regexp.MustCompile(`"date":"[^"]*"`)
)

// authorized turns the notification of a paid SALE into that of an authorisation. Its id is the invoice number: a
// capture contains only the id, and DOKU's stand-in stores nothing.
var authorized = strings.NewReplacer(`"type":"SALE"`, `"type":"AUTHORIZE"`, `"status":"SUCCESS"`, `"status":"PENDING"`,
	`"card_payment":{`, `"card_payment":{"authorize_id":"AUTHORIZE-ID",`)

// sign returns the body of a genuine notification and sets its headers. An authorisation must be fresh to be captured,
// and a repeat must have the same date, so the date is the beginning of today.
func sign(header map[string]any, body, invoice string, n int) string {
	now := time.Now().UTC()
	body = date.ReplaceAllLiteralString(body, now.Truncate(24*time.Hour).Format(`"date":"2006-01-02T15:04:05Z"`))
	body = strings.Replace(body, "AUTHORIZE-ID", invoice, 1)
	c := doku.Component{ClientID: standin.ClientID, RequestID: fmt.Sprintf("CREDIT_CARD%064d", n), // as long as DOKU's
		Timestamp: now.Format(doku.TimestampLayout), Target: "/notifications", Digest: doku.Digest([]byte(body))}
	header["client-id"], header["request-id"], header["request-timestamp"] = c.ClientID, c.RequestID, c.Timestamp
	header["signature"] = doku.Sign(standin.SecretKey, c)
	return body
}
