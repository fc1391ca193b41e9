// Package validate holds the rules of DOKU's guide on request bodies. It knows no payments and keeps nothing.
package validate

import (
	"errors"
	"slices"
	"strings"
)

// Table is a table of DOKU's guide: the fields of one request body.
type Table []row

// row is one line of a table.
type row struct {
	path  string
	need  need
	check func(v any) string // returns the mistake in v, or ""; never called for an absent value
}

// need is when the field of a row must be there.
type need int

const (
	optional   need = iota
	mandatory       // always
	withParent      // when the object around it is there
)

// Decode checks a body against t and gives it the Go types of into. The error names every mistake.
func (t Table) Decode(raw []byte, into any) error {
	doc, err := t.parse(raw)
	if err != nil {
		return err
	}
	return doc.decode(into)
}

// parse reads a body that follows t. The error names every mistake.
func (t Table) parse(raw []byte) (document, error) {
	doc, err := parse(raw)
	if err != nil {
		return nil, err
	}
	if wrong := t.mistakes(doc); len(wrong) > 0 {
		return nil, errors.New(strings.Join(wrong, "; "))
	}
	return doc, nil
}

// mistakes returns every complaint about doc, each once.
func (t Table) mistakes(doc document) []string {
	var all []string
	for _, r := range t {
		places, complaints := doc.find(r.path)
		for _, p := range places {
			switch {
			case p.value != nil:
				if wrong := r.check(p.value); wrong != "" {
					complaints = append(complaints, p.path+" "+wrong)
				}
			case r.need == mandatory, r.need == withParent && p.parent:
				complaints = append(complaints, p.path+" is mandatory")
			}
		}
		for _, c := range complaints {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// Capture is the guide's "Authorize Capture" table.
var Capture = Table{
	{"payment", mandatory, object},
	{"payment.authorize_id", mandatory, text(64)},
	{"payment.capture_amount", optional, wholeOrText}, // a string in the table, a number in the sample
}

// Refund is the guide's "Refund" table.
var Refund = Table{
	{"order.invoice_number", mandatory, text(64)},
	{"payment.original_request_id", mandatory, text(128)},
	{"refund.amount", mandatory, whole(1)},
}

// DeleteToken is the guide's "Unbind Token" table.
var DeleteToken = Table{
	{"token_id", mandatory, text(255)},
	{"customer_id", optional, text(50)},
}

// DeleteTokenV2 is the table of the same call in DOKU's newer documentation, which has another path and body.
var DeleteTokenV2 = Table{{"token", mandatory, object}, {"token.id", mandatory, text(255)}}

// ListTokens covers both documented ways to list a customer's tokens. The archived one has the kind of token in
// another field.
var ListTokens = Table{
	{"customer.id", mandatory, text(50)},
	{"token_data.type", optional, oneOf("DIRECT_DEBIT", "CREDIT_CARD")},
	{"channel.id", optional, text(64)},
}
