package edge

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Who may capture or refund any payment is not shown what only its readers, or those of every payment, may know.
func TestAPaymentIsShownToWhoMayReadIt(t *testing.T) {
	at := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	o := order.Order{
		Invoice: "INV-1", Amount: 90000, Readers: []string{order.ReaderOf("CUST-1")},
		Facts:      order.Facts{Page: &order.Page{URL: "https://pay.example/p?sign=s3cret", At: at, ExpiresAt: at}},
		Operations: []order.Operation{{ID: "refund-1", Kind: order.RefundPayment, Amount: 1000, RequestID: "req7", State: order.Parked, FirstAt: at}},
		History:    []order.Event{{At: at, What: "notification", Of: "N-77", Detail: "SALE SUCCESS"}},
	}
	const page, review, history = "s3cret", "req7", "N-77"
	for _, test := range []struct {
		name  string
		to    payment.Caller
		shown string
	}{
		{"a token to capture or refund with", payment.Caller{Subject: "BACK-1"}, ""},
		{"the customer", payment.Caller{Subject: "CUST-1"}, page},
		{"who reads every payment", payment.Caller{Subject: "BACK-1", ReadsAll: true}, page + review + history},
	} {
		text, err := json.Marshal(ShowPayment(test.to, o, time.Time{}))
		if err != nil || !strings.Contains(string(text), `"refund-1"`) {
			t.Fatal(err, string(text))
		}
		for _, piece := range []string{page, review, history} {
			if strings.Contains(string(text), piece) != strings.Contains(test.shown, piece) {
				t.Errorf("%s: %s, want of it %q", test.name, text, test.shown)
			}
		}
	}
}

// DOKU's reason for a refusal is shown; an operator's note is for the history, also where it was kept beside the refusal.
func TestARefundShowsNoOperatorsNote(t *testing.T) {
	for code, want := range map[string]string{"N8": "Not like this", order.ByOperator: ""} {
		v := ShowRefund(payment.Caller{}, order.Operation{ID: "refund-1", State: order.Refused, Refusal: order.Refusal{Code: code, Message: "Not like this"}})
		if v.Message != want || v.Status != "FAILED" {
			t.Errorf("%s: %+v", code, v)
		}
	}
}
