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

// Check status settles a refund in doubt that it names, and no refund if the money may have gone back elsewhere.
func TestWhichRefundCheckStatusSettles(t *testing.T) {
	op := order.Operation{ID: "refund-1", Kind: order.KindRefund, Amount: 90000, RequestID: "ours", State: order.Open}
	o := order.Order{Invoice: "INV-1", Amount: 90000, Operations: []order.Operation{op},
		Facts: order.Facts{Paid: &order.Payment{Amount: 90000}}}
	elsewhere := o
	elsewhere.Facts.Movements = []order.Movement{{Kind: order.MovedRefund, Source: order.FromRecord, Amount: 50000}}
	whole := doku.Status{InvoiceNumber: "INV-1", TransactionStatus: "REFUNDED", Type: "REFUND", Signed: true}
	report := func(id, status string, amount int64) doku.Status {
		return doku.Status{InvoiceNumber: "INV-1", TransactionStatus: "SUCCESS", Type: "SALE", Signed: true,
			Refund: doku.RefundReport{RequestID: id, Status: status, Type: "MANUAL_FULL_REFUND",
				Amount: doku.Amount{Rupiah: amount, Valid: true}}}
	}
	unsigned := report("ours", "SUCCESS", 90000)
	unsigned.Signed = false
	for name, c := range map[string]struct {
		st   doku.Status
		o    order.Order
		want order.RefundType // empty: nothing is decided
	}{
		"all went back":             {whole, o, order.FullRefund},
		"some went back elsewhere":  {whole, elsewhere, ""},
		"ours, carried out by hand": {report("ours", "success", 90000), o, order.ManualFullRefund},
		"another refund":            {report("bo-1", "SUCCESS", 90000), o, ""},
		"another amount":            {report("ours", "SUCCESS", 50000), o, ""},
		"ours, failed":              {report("ours", "FAILED", 90000), o, ""},
		"ours, not signed":          {unsigned, o, ""},
	} {
		out, decided := statusOutcome(c.st, c.o, op, time.Now())
		if decided != (c.want != "") || out.Type != c.want {
			t.Errorf("%s: %t, %q", name, decided, out.Type)
		}
	}
}

// That DOKU's people will carry out a refund in doubt does not settle it: they may decline.
func TestAReportOfARefundByHandSettlesNothing(t *testing.T) {
	s := &Service{Now: time.Now}
	o := order.Order{Invoice: "INV-1", Amount: 90000, Facts: order.Facts{Paid: &order.Payment{Amount: 90000}},
		Operations: []order.Operation{{ID: "refund-1", Kind: order.KindRefund, Amount: 50000, RequestID: "ours"}}}
	for kind, want := range map[string]string{"PARTIAL_REFUND": "ours", "MANUAL_PARTIAL_REFUND": ""} {
		news, _ := s.translate(doku.Notification{InvoiceNumber: "INV-1", Type: "REFUND", Status: "SUCCESS",
			Refund: doku.RefundReport{RequestID: "ours", Type: kind, Status: "SUCCESS",
				Amount: doku.Amount{Rupiah: 50000, Valid: true}}}, o)
		if len(news.Movements) != 1 || news.Movements[0].Refund != want {
			t.Errorf("%s: %+v", kind, news.Movements)
		}
	}
}
