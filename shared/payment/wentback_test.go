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
	o := order.Order{Invoice: "INV-1", Amount: 90000}
	for kind, want := range map[string]bool{"SALE": true, "REFUND": false} {
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
