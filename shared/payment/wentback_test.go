package payment

import (
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// A report that a payment went back may be the first that kasir learns of the payment. A person may decide that it
// counts.
func TestAReportOfAPaymentsEndHoldsThePayment(t *testing.T) {
	s := &Service{Now: time.Now}
	for kind, want := range map[string]bool{"SALE": true, "REFUND": true, "AUTHORIZE": false} {
		o := order.Order{Invoice: "INV-1", Amount: 90000}
		if kind == "AUTHORIZE" { // kasir does not know the authorisation
			o.Plan.Type = kind
		}
		n := doku.Notification{InvoiceNumber: "INV-1", Type: kind, Status: "REFUNDED",
			Amount: doku.Amount{Rupiah: 90000, Valid: true}}
		news, _ := s.translateReport(n, o, true)
		if len(news.Conflicts) != 1 {
			t.Fatalf("%s: %+v", kind, news)
		}
		if held := news.Conflicts[0].News; (held != nil && held.Paid != nil && held.Paid.Amount == 90000) != want {
			t.Errorf("%s: the conflict holds %+v", kind, held)
		}
	}
}

// What is left of a payment after a refund is no other payment, unless it has another approval code.
func TestALowerAmountOfTheSamePaymentIsWhatIsLeft(t *testing.T) {
	s := &Service{Now: time.Now}
	for _, c := range []struct {
		known, reported string
		left            bool
	}{{"1", "1", true}, {"1", "", true}, {"", "1", true}, {"1", "2", false}} {
		o := order.Order{Invoice: "INV-1", Amount: 90000,
			Facts: order.Facts{Paid: &order.Payment{Amount: 90000, ApprovalCode: c.known}}}
		news, _ := s.translateReport(doku.Notification{InvoiceNumber: "INV-1", Type: "SALE", Status: "SUCCESS",
			ApprovalCode: c.reported, Amount: doku.Amount{Rupiah: 40000, Valid: true}}, o, true)
		if left := len(news.Movements) == 1 && news.Movements[0].Kind == order.MovedRest; left != c.left {
			t.Errorf("approval codes %q and %q: %+v", c.known, c.reported, news)
		}
	}
}
