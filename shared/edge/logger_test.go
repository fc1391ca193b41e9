package edge_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/order"
)

// The log shows no private text, at any depth of any value.
func TestTheLogShowsNothingPrivate(t *testing.T) {
	const hush = "hush-hush"
	request := doku.CreatePageRequest{Order: doku.PageOrder{InvoiceNumber: "INV-1", Amount: 90000},
		Card:     doku.PageCard{Token: hush},
		Customer: doku.Customer{Name: hush, Email: hush, Phone: hush, Address: hush}}
	page := order.Page{URL: "https://pay.example/p?sign=" + hush}
	var absent *doku.CreatePageRequest
	for name, value := range map[string]any{
		"text": doku.Private(hush), "secret": doku.Secret(hush), "page": page, "absent": absent, "request": &request,
		"map": map[string]any{"a": map[string]any{"b": request, "c": doku.Private(hush),
			"d": []any{doku.Secret(hush)}}},
		"struct": struct{ Deep *struct{ Key []doku.Private } }{&struct{ Key []doku.Private }{[]doku.Private{hush}}},
		"key":    map[doku.Private]int{hush: 1}, "tokens": []doku.Token{{ID: hush}}, "facts": order.Facts{Page: &page},
		"bytes": []byte(hush), "raw": struct{ Body json.RawMessage }{json.RawMessage(`"` + hush + `"`)},
		"error": fmt.Errorf("trying: %w", errors.New("card 4761349999000039 of a@hush-hush.example")),
	} {
		var out bytes.Buffer
		edge.NewLog(&out).With("with", value).WithGroup("group").Info("x", "value", value)
		if text := out.String(); strings.Contains(text, "hush") || strings.Contains(text, "476134") ||
			!json.Valid(out.Bytes()) {
			t.Errorf("%s: %s", name, text)
		}
	}
	var out bytes.Buffer
	edge.NewLog(&out).Info("x", "plain", map[string]any{"n": 1}, "list", []string{"a"}, "request", request)
	const want = `"plain":"map[string]interface {}","list":["a"],"request":{"invoice_number":"INV-1","amount":90000}`
	if !strings.Contains(out.String(), want) {
		t.Errorf("%s, want %s", out.String(), want)
	}
}
