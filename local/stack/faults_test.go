package stack_test

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/local/aws/lambda"
	"kasir/local/customer"
)

// A refund's answer is lost after its effect, then a function is killed before its answer. The caller repeats the
// request with the same key, and the money is refunded once.
func TestALostAnswerAndAKillGiveMoneyBackOnce(t *testing.T) {
	const resend = 1100 * time.Millisecond
	s := openMerchantStackWith(t, map[string]string{"DOKU_TIMEOUT": "1s", "RESEND_AFTER": resend.String()})
	s.buy(t, "FAULT-1", ``, customer.Visa)
	s.await(t, "FAULT-1", "PAID")
	s.control(t, "settle", `{}`)
	s.control(t, "faults/next", `{"endpoint":"refund","fault":"lose_after"}`)
	key, body := rand.Text(), `{"refund":{"amount":30000}}`
	if status, answer := s.request(t, "POST", "/payments/FAULT-1/refunds", key, body); status != 202 ||
		answer["status"] != "processing" {
		t.Fatalf("an answer that was lost: %d %v, want 202", status, answer)
	}
	time.Sleep(resend) // before that a repeat is answered 409 and sends nothing
	if err := s.Lambda.KillNext("refund", lambda.AfterAnswer); err != nil {
		t.Fatal(err)
	}
	answer, err := s.Do(t.Context(), http.MethodPost, "/payments/FAULT-1/refunds",
		http.Header{"Idempotency-Key": {key}}, []byte(body))
	if err != nil || answer.Status != 502 {
		t.Fatalf("a killed function: %d %s %v", answer.Status, answer.Body, err)
	}
	if status, answer := s.request(t, "POST", "/payments/FAULT-1/refunds", key, body); status != 200 {
		t.Fatalf("asked again: %d %v, want 200: it is done", status, answer)
	}
	s.agree(t, "FAULT-1", end{"PARTIALLY_REFUNDED", 90000, 30000, 60000, "SUCCESS", "SALE"})
}

// The same for the page: DOKU made it and its answer was lost. The customer gets that page.
func TestALostPageIsFoundAgain(t *testing.T) {
	s := openMerchantStack(t)
	s.control(t, "faults/next", `{"endpoint":"createpage","fault":"error_after"}`)
	body := `{"order":{"invoice_number":"FAULT-2","amount":90000},"customer":{"email":"budi@example.com"}}`
	if status, answer := s.request(t, "POST", "/payments", "", body); status != 202 {
		t.Fatalf("%d %v, want 202", status, answer)
	}
	if status, answer := s.request(t, "POST", "/payments", "",
		strings.Replace(body, "90000", "80000", 1)); status != 422 {
		t.Errorf("another body while the first is unknown: %d %v, want 422", status, answer)
	}
	if status, answer := s.request(t, "POST", "/payments", "", body); status != 201 || answer["status"] != "PENDING" {
		t.Errorf("the same again: %d %v", status, answer)
	}
	var listed struct{ Payments []any }
	control(t, s.DOKU+"/control/payments?invoice_number=FAULT-2", &listed)
	if len(listed.Payments) != 1 {
		t.Errorf("DOKU made %d pages", len(listed.Payments))
	}
}
