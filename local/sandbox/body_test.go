package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestGuidesOwnSampleIsAccepted(t *testing.T) {
	b := newBench(t)
	raw, err := os.ReadFile("testdata/guide-create.json")
	if err != nil {
		t.Fatal(err)
	}
	a := b.post("/credit-card/v1/payment-page", "guide", string(raw))
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var got createAnswer
	if err := json.Unmarshal(a.body, &got); err != nil {
		t.Fatal(err)
	}
	if got.Order.InvoiceNumber != "INV-20210118-0001" || len(got.Order.LineItems) != 2 || got.Page.URL == "" ||
		len(got.Order.SessionID) == 0 || !strings.Contains(string(got.AdditionalInfo), "override_notification_url") {
		t.Errorf("%s", a.body)
	}
	if strings.Contains(string(a.body), `\u0026`) {
		t.Errorf("the page's address is escaped: %s", a.body)
	}
}

// Go's decoder would take "TYPE" for "type", which the rules have not checked.
func TestFieldNamesAreLowerCase(t *testing.T) {
	b := newBench(t)
	b.create(`{"order":{"invoice_number":"INV-1","amount":90000},"customer":{"email":"a@example.com"},
 "payment":{"TYPE":"BARTER"},"override_configuration":{"Promo":[{"bin":"557338","discount_amount":99999}]}}`)
	b.pay(b.payment("INV-1").PageURL, goodCard)
	if p := b.payment("INV-1"); p.Type != "SALE" || p.Paid != 90000 {
		t.Errorf("%+v", p)
	}
}

func TestBodiesThatAreNoObject(t *testing.T) {
	b := newBench(t)
	for i, body := range []string{"", "null", "[]", `"x"`, "{", "{}{}", "{} x", strings.Repeat("[", 60000)} {
		if a := b.post("/credit-card/v1/payment-page", fmt.Sprint(i), body); a.status != 400 ||
			a.code() != "INVALID_PARAMETER" {
			t.Errorf("%.20q: %d %s", body, a.status, a.body)
		}
	}
	// Two violations are both named.
	a := b.post("/credit-card/v1/payment-page", "two", `{"order":{"amount":0},"customer":{"email":"x"}}`)
	if m := a.message(); !strings.Contains(m, "order.amount") || !strings.Contains(m, "customer.email") {
		t.Error(m)
	}
}
