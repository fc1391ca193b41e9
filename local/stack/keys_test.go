package stack_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"kasir/local/customer"
)

// points expects 422 with a pointer and a detail.
func (s merchantStack) points(t *testing.T, path, key, body, pointer string) {
	t.Helper()
	status, answer := s.request(t, "POST", path, key, body)
	wrong, _ := answer["errors"].([]any)
	if status != 422 || !strings.Contains(fmt.Sprint(wrong), "pointer:"+pointer+"]") {
		t.Errorf("%s %s: %d %v, want 422 at %q", path, body, status, answer, pointer)
	}
}

// A null or an empty value is not treated as an absent field: that would capture everything, charge at once or let
// every card pay.
func TestNullIsNotTakenForAbsent(t *testing.T) {
	s := openMerchantStack(t)
	s.buy(t, "NULL-1", `,"payment":{"type":"AUTHORIZE"}`, customer.Visa)
	s.await(t, "NULL-1", "AUTHORIZED")
	for body, pointer := range map[string]string{
		`{"payment":null}`: "/payment", `{"payment":{}}`: "/payment", ``: "", "\n": "",
		`{"payment":{"capture_amount":null}}`: "/payment/capture_amount",
		`{"payment":{"capture_amount":0}}`:    "/payment/capture_amount",
	} {
		s.points(t, "/payments/NULL-1/capture", "", body, pointer)
	}
	s.agree(t, "NULL-1", end{"AUTHORIZED", 0, 0, 0, "PENDING", "AUTHORIZE"})
	if status, answer := s.request(t, "POST", "/payments/NULL-1/capture", "no key", `{}`); status != 200 ||
		answer["captured"] != 90000.0 {
		t.Errorf("{} under a header that is not read: %d %v", status, answer)
	}
	for body, pointer := range map[string]string{
		`{"refund":{"amount":90000},"expected_refundable":null}`: "/expected_refundable", `{"refund":null}`: "/refund",
		`{"refund":{"amount":90000},"expected_refundable":-1}`: "/expected_refundable",
		`{"refund":{"amount":null}}`:                           "/refund/amount",
	} {
		s.points(t, "/payments/NULL-1/refunds", rand.Text(), body, pointer)
	}
	s.agree(t, "NULL-1", end{"PAID", 90000, 0, 90000, "SUCCESS", "CAPTURE"})
	for body, pointer := range map[string]string{
		`"payment":{"type":null}`: "/payment/type", `"payment":{"type":""}`: "/payment/type",
		`"payment":null`: "/payment", `"payment":{}`: "/payment",
		`"override_configuration":{"allow_bin":[]}`:   "/override_configuration/allow_bin",
		`"override_configuration":{"allow_tenor":[]}`: "/override_configuration/allow_tenor",
		`"override_configuration":{"promo":null}`:     "/override_configuration/promo",
		`"additional_info":{"settlement":[]}`:         "/additional_info/settlement",
		`"quote":null`:                                "/quote", `"quote":""`: "/quote",
	} {
		s.points(t, "/payments", "",
			`{"order":{"invoice_number":"NULL-2","amount":1},"customer":{"email":"a@b.example"},`+body+`}`, pointer)
	}
	if status, answer := s.request(t, "GET", "/payments/NULL-2", "", ""); status != 404 {
		t.Errorf("an order was made: %d %v", status, answer)
	}
}

// The invoice number is the key of create and capture. The header changes nothing. Without a number the header's key
// names the order. A refund's key belongs to its amount, and expected_refundable is compared once.
func TestWhatAKeyStandsFor(t *testing.T) {
	s := openMerchantStack(t)
	body := `{"order":{"invoice_number":"KEY-1","amount":90000},"customer":{"id":"CUST-1",` +
		`"email":"budi@example.com"},"payment":{"type":"AUTHORIZE"}}`
	for i, want := range []int{201, 200, 200} {
		if status, answer := s.request(t, "POST", "/payments", []string{"short", "", "a-key-that-is-another"}[i],
			body); status != want {
			t.Errorf("create %d: %d %v", i, status, answer)
		}
	}
	nameless := strings.Replace(body, `"invoice_number":"KEY-1",`, "", 1)
	var names []any
	for i, want := range []int{201, 200} {
		status, answer := s.request(t, "POST", "/payments", "a-key-that-names-it", nameless)
		order, _ := answer["order"].(map[string]any)
		if names = append(names, order["invoice_number"]); status != want || names[0] != names[i] || names[i] == nil {
			t.Errorf("named by its key: %d %v", status, answer)
		}
	}
	if status, answer := s.request(t, "POST", "/payments", "a-key-that-names-it",
		strings.Replace(nameless, "90000", "80000", 1)); status != 409 {
		t.Errorf("the key for another order: %d %v", status, answer)
	}
	if status, answer := s.request(t, "POST", "/payments", "short", nameless); status != 400 {
		t.Errorf("no number and no good key: %d %v", status, answer)
	}
	s.points(t, "/payments", "", nameless, "/order/invoice_number")

	s.buy(t, "KEY-2", ``, customer.Visa)
	s.await(t, "KEY-2", "PAID")
	s.control(t, "settle", `{"invoice_number":"KEY-2"}`)
	const refunds, key, first = "/payments/KEY-2/refunds", "a-key-of-a-refund",
		`{"refund":{"amount":30000},"expected_refundable":90000}`
	for _, want := range []int{201, 200} {
		if status, answer := s.request(t, "POST", refunds, key, first); status != want {
			t.Errorf("the first refund: %d %v, want %d", status, answer, want)
		}
	}
	s.points(t, refunds, "another-key-of-refunds", first, "/expected_refundable")
	if status, answer := s.request(t, "POST", refunds, key,
		strings.Replace(first, "30000", "20000", 1)); status != 422 {
		t.Errorf("the key for another amount: %d %v", status, answer)
	}
	s.agree(t, "KEY-2", end{"PARTIALLY_REFUNDED", 90000, 30000, 60000, "SUCCESS", "SALE"})
}

// A text that was damaged on the way is refused, and not stored as another text.
func TestADamagedTextIsRefused(t *testing.T) {
	s := openMerchantStack(t)
	for i, name := range []string{"Budi \xff", `Budi \ud800`, `\udc00 Budi`, "Budi \ufffd"} {
		body := fmt.Sprintf(`{"order":{"invoice_number":"DAMAGED-%d","amount":90000},"customer":{"name":"%s",`+
			`"email":"budi@example.com"}}`, i, name)
		if status, answer := s.request(t, "POST", "/payments", "", body); status != 400 {
			t.Errorf("%q: %d %v, want 400", name, status, answer)
		}
	}
	if status, answer := s.request(t, "GET", "/customers/%FF/tokens", "", ""); status != 404 {
		t.Errorf("a damaged customer id: %d %v", status, answer)
	}
}
