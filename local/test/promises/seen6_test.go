package promises

import (
	"crypto/rand"
	"testing"
)

// A null, which JSON.stringify writes for NaN, is not treated as an absent field.
func TestSeen6NullsAreRefused(t *testing.T) {
	t.Parallel()
	h := common(t)
	reserved, sale := freshInvoice("NULL"), freshInvoice("NULL")
	h.makeAuthorization(t, reserved, "")
	h.makeSale(t, sale)
	capture, refund, page := "/payments/"+reserved+"/capture", "/payments/"+sale+"/refunds", "/payments"
	override := func(field string) string {
		return createBody(freshInvoice("NULL"), `,"override_configuration":{`+field+`}`)
	}
	const ofPage = "/override_configuration"
	for name, c := range map[string]struct{ path, body, pointer string }{
		"capture_amount":       {capture, `{"payment":{"capture_amount":null}}`, "/payment/capture_amount"},
		"payment of a capture": {capture, `{"payment":null}`, "/payment"},
		"an empty payment":     {capture, `{"payment":{}}`, "/payment"},
		"an empty body":        {capture, ``, ""},
		"expected_refundable": {refund, `{"refund":{"amount":1000},"expected_refundable":null}`,
			"/expected_refundable"},
		"payment.type":      {page, createBody(freshInvoice("NULL"), `,"payment":{"type":null}`), "/payment/type"},
		"payment of a page": {page, createBody(freshInvoice("NULL"), `,"payment":null`), "/payment"},
		"allow_bin":         {page, override(`"allow_bin":[]`), ofPage + "/allow_bin"},
		"allow_bin null":    {page, override(`"allow_bin":null`), ofPage + "/allow_bin"},
		"allow_tenor":       {page, override(`"allow_tenor":[]`), ofPage + "/allow_tenor"},
	} {
		t.Run(name, func(t *testing.T) {
			got := h.request(t, "POST", c.path, rand.Text(), c.body)
			if got.status != 422 {
				t.Errorf("%s: answered %d %.200s, want 422", c.body, got.status, got.text)
			}
			if named := pointers(got); c.pointer != "" && !named[c.pointer] {
				t.Errorf("%s: the answer names %v, want %s", c.body, named, c.pointer)
			}
		})
	}
	if b := h.ledger(t, reserved); b.Captured != 0 {
		t.Errorf("DOKU captured %d", b.Captured)
	}
	if b := h.ledger(t, sale); b.Refunded != 0 {
		t.Errorf("DOKU refunded %d", b.Refunded)
	}
	whole := freshInvoice("NULL")
	h.makeAuthorization(t, whole, "")
	if got := h.capture(t, whole, `{}`); got.status != 200 || h.ledger(t, whole).Captured != 90000 {
		t.Errorf("{} captures everything: %d %s", got.status, got.text)
	}
}

// pointers returns the fields that a problem names.
func pointers(r reply) map[string]bool {
	named := map[string]bool{}
	errors, _ := r.body["errors"].([]any)
	for _, e := range errors {
		field, _ := e.(map[string]any)
		pointer, _ := field["pointer"].(string)
		named[pointer] = true
	}
	return named
}
