package shop_test

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// lookUp opens the merchant's page for an order of the given amount, which how has changed.
func (v *shopper) lookUp(invoice string, amount int64, how func(map[string]any)) {
	v.t.Helper()
	v.api.put(invoice, amount, how)
	v.open("/merchant.html")
	v.fill("#invoice", invoice)
	v.click("#lookup .button")
	v.until(`document.querySelector("#order-title").textContent === ` + quote(invoice))
}

func TestCapture(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 1250000, authorized)
	v.sees("Reserved, not charged. Capture it before")
	v.looks("30-merchant-authorized")
	v.click("#capture-button")
	v.sees("Captured Rp1.250.000.")
	v.until(`document.querySelector("#order").dataset.status === "PAID"`)
	v.sees("Refundable")
	v.looks("31-merchant-captured")
	v.operations("/payments/KOPI-1/capture", `{}`)
}

func TestCaptureAPart(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 1250000, authorized)
	v.fill("#capture-amount", "1.000.000")
	v.click("#capture-button")
	v.sees("Captured Rp1.000.000.")
	v.operations("/payments/KOPI-1/capture", `{"payment":{"capture_amount":1000000}}`)
}

func TestRefunds(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, captured)
	v.sees("Until DOKU has settled the payment, only all of it can go back")
	v.fill("#refund-amount", "Rp40.000")
	v.click("#refund-button")
	v.sees("Refunded Rp40.000.")
	v.until(`document.querySelector("#refund-amount").value === ""`) // a second press after this has no effect
	v.sees("Partial refund")
	v.looks("32-merchant-refunded")
	v.click("#refund-button")
	v.sees("Please give an amount in whole rupiah.")
	v.fill("#refund-amount", "50000")
	v.click("#refund-button")
	v.sees("Refunded Rp50.000.")
	v.until(`document.querySelector("#order").dataset.status === "REFUNDED"`)
	got := v.operations("/payments/KOPI-1/refunds", `{"refund":{"amount":40000},"expected_refundable":90000}`,
		`{"refund":{"amount":50000},"expected_refundable":50000}`)
	if got[0].key == got[1].key || len(got[0].key) < 16 || len(got[0].key) > 128 {
		t.Errorf("keys %q and %q", got[0].key, got[1].key)
	}
	v.open("/order.html?invoice=KOPI-1")
	v.sees("Your payment was refunded")
	v.sees("Partial refund")
	v.looks("33-order-refunded")
}

// The answer is lost after the effect and the page is loaded again. There is still one refund.
// Money that went back outside kasir is shown, so that the amounts add up.
func TestMoneyThatWentBackElsewhereIsShown(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, func(order map[string]any) {
		captured(order)
		order["refunded_elsewhere"], order["charged_back"], order["refundable"] = int64(20000), int64(30000),
			int64(40000)
	})
	for _, shown := range []string{"Refunded elsewhere\nRp20.000", "Charged back\nRp30.000", "Refundable\nRp40.000"} {
		v.until(`document.querySelector("#amounts").innerText.includes(` + quote(shown) + `)`)
	}
}

func TestALostAnswerNeverRefundsTwice(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, captured)
	v.api.script = slices.Repeat([]answer{{status: 0, effect: true}}, 50) // a browser may repeat a lost POST by itself
	v.fill("#refund-amount", "40000")
	v.click("#refund-button")
	v.until(`document.querySelector("#refund-outcome").textContent.includes("Being confirmed")`)
	v.api.set(func() { v.api.script = nil })
	v.do(chromedp.Reload())
	v.sees("Refunded Rp40.000.")
	body := `{"refund":{"amount":40000},"expected_refundable":90000}`
	got := v.api.operated()
	for _, o := range got {
		if o.body != body || o.key != got[0].key {
			t.Errorf("another request: %+v, first %+v", o, got[0])
		}
	}
	v.until(`document.querySelectorAll("#refund-list li").length === 1`)
	if kept := asks[bool](v, `localStorage.getItem("refund:KOPI-1") !== null`); kept {
		t.Error("the refund is done and still kept as open")
	}
}

func TestProcessingIsConfirmedLater(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, captured)
	v.api.set(func() {
		v.api.script = []answer{{status: 202, retryAfter: "1", body: map[string]any{"status": "processing"}}}
	})
	v.fill("#refund-amount", "40000")
	v.click("#refund-button")
	v.sees("Being confirmed: DOKU has not said yet")
	if !asks[bool](v, `document.querySelector("#refund-amount").readOnly`) {
		t.Error("the amount of an open refund can be changed")
	}
	v.looks("34-merchant-processing")
	key := v.api.operated()[0].key
	v.api.set(func() { v.api.apply("KOPI-1", key, []byte(v.api.operations[0].body)) }) // the API finishes it by itself
	v.sees("Refunded Rp40.000.")
	v.operations("/payments/KOPI-1/refunds", v.api.operated()[0].body, v.api.operated()[0].body)
}

func TestARefusedRefundIsOver(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, captured)
	v.api.script = []answer{{status: 422, body: map[string]any{"title": "Not valid", "status": 422,
		"errors": []map[string]string{{"pointer": "/refund/amount", "detail": "is above what can be refunded"}}}}}
	v.fill("#refund-amount", "900000")
	v.click("#refund-button")
	v.until(`document.querySelector("#refund-amount-error").textContent === "is above what can be refunded"`)
	v.looks("35-merchant-refused")
	v.fill("#refund-amount", "90000")
	v.click("#refund-button")
	v.sees("Refunded Rp90.000.")
	if got := v.api.operated(); len(got) != 2 || got[0].key == got[1].key {
		t.Errorf("operations %+v", got)
	}
}

// A 409 without Retry-After may or may not be a refusal. Only the merchant may give the refund up.
func TestAnUndecidedConflictIsKept(t *testing.T) {
	v := newShopper(t)
	v.lookUp("KOPI-1", 90000, captured)
	v.api.script = []answer{{status: 409,
		body: map[string]any{"title": "Conflict", "status": 409, "detail": "The refundable amount has changed."}}}
	v.click("#refund-button")
	v.sees("The refundable amount has changed.")
	v.until(`document.querySelector("#refund-button").textContent === "Ask again"`)
	v.click("#refund-problem button")
	v.until(`document.querySelector("#refund-button").textContent === "Refund"`)
	v.click("#refund-button")
	v.sees("Refunded Rp90.000.")
	if got := v.api.operated(); len(got) != 2 || got[0].key == got[1].key {
		t.Errorf("operations %+v", got)
	}
}

func TestLookingUpNothing(t *testing.T) {
	v := newShopper(t)
	v.open("/merchant.html?invoice=KOPI-0")
	v.sees("There is no order with this number.")
	v.looks("36-merchant-not-found")
}

// operations checks the captures and refunds that arrived, and returns them.
func (v *shopper) operations(path string, bodies ...string) []operation {
	v.t.Helper()
	got := v.api.operated()
	if len(got) != len(bodies) {
		v.t.Fatalf("operations %+v, want %s", got, bodies)
	}
	for i, o := range got {
		if o.path != path || o.body != bodies[i] {
			v.t.Errorf("%+v, want %s %s", o, path, bodies[i])
		}
	}
	return got
}
