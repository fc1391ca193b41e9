package sandbox

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// Nobody knows how DOKU's check status shows money that went back. Each way is a switch.
func TestCheckStatusOfMoneyThatWentBack(t *testing.T) {
	b := newBench(t)
	b.refundable("INV-1")
	b.clicks("INV-1", "refund", 50000)
	for _, c := range []struct {
		form   string
		status string
		amount int64
		block  bool
	}{
		{"", "SUCCESS", 90000, true}, {"block", "SUCCESS", 90000, true}, {"reduced", "SUCCESS", 40000, false},
		{"whole", "REFUNDED", 90000, false}, {"hidden", "SUCCESS", 90000, false},
	} {
		body := fmt.Sprintf(`{"partial_refunds":%q}`, c.form)
		if status := b.control("POST", "/control/backoffice/status", body, nil); status != 200 {
			t.Fatal(status)
		}
		st := b.status("INV-1")
		if st.Transaction.Status != c.status || st.Order.Amount != c.amount || (st.Refund != nil) != c.block {
			t.Errorf("%q: %+v %+v %+v", c.form, st.Order, st.Transaction, st.Refund)
		}
		if own := b.status(b.ledger("INV-1").Refunds[0].RequestID); own.Transaction.Status != "REFUNDED" {
			t.Errorf("%q: asked by the refund's own Request-Id: %+v", c.form, own.Transaction)
		}
	}
	b.clicks("INV-1", "dispute", 40000)
	b.control("POST", "/control/faults", `{"hide_chargebacks":true}`, nil)
	if st := b.status("INV-1"); st.Transaction.Status != "SUCCESS" {
		t.Errorf("a hidden chargeback: %+v", st.Transaction)
	}
	if status := b.control("POST", "/control/backoffice/status", `{"partial_refunds":"no"}`, nil); status != 400 {
		t.Errorf("an unknown form: %d", status)
	}
}

// A sandbox that never notifies sends neither what is new nor what waits for a retry.
func TestNeverNotify(t *testing.T) {
	b := newBench(t)
	b.merchant.answers(500)
	b.sale("INV-1")
	b.next()
	b.control("POST", "/control/notifications/never", `{"on":true}`, nil)
	b.advance(0) // waits until the first attempt is recorded
	if n := b.notification(0); n.State != kept || n.NextAttempt != "" {
		t.Errorf("a retry is still due: %+v", n)
	}
	b.merchant.answers(200)
	b.sale("INV-2")
	b.control("POST", "/control/settle", `{"invoice_number":"INV-2"}`, nil)
	b.clicks("INV-2", "refund", 1000)
	b.advance(48 * time.Hour)
	b.silent("never")
	b.control("POST", "/control/notifications/never", `{"on":false}`, nil)
	b.advance(48 * time.Hour)
	b.silent("switched off later")
	b.clicks("INV-2", "refund", 1000)
	if m := b.nextMoved(); m.Transaction.Type != "REFUND" {
		t.Errorf("%+v", m)
	}
	if status := b.control("POST", "/control/notifications/1/resend", "", nil); status != 200 {
		t.Fatal(status)
	}
	if n := b.notification(0); n.State != delivered || b.next().requestID != n.RequestID {
		t.Errorf("sent by hand: %+v", n)
	}
}

// The control route also takes a form, with the override in the query.
func TestBackOfficeForm(t *testing.T) {
	b := newBench(t)
	b.sale("INV-1")
	form := url.Values{"invoice_number": {"INV-1"}, "act": {"refund"}, "amount": {"1000"}}
	if a := b.submit(b.url+"/control/backoffice", form); a.status != 409 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := b.submit(b.url+"/control/backoffice?anyway=1", form); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if b.ledger("INV-1").Refunded != 1000 {
		t.Error("nothing was refunded")
	}
}

// A check status that lags shows the time before the acts.
func TestCheckStatusLagsBehindTheBackOffice(t *testing.T) {
	b := newBench(t)
	b.authorize("INV-reserved")
	b.refundable("INV-taken")
	b.advance(time.Hour)
	b.clicks("INV-reserved", "void", 0)
	b.clicks("INV-taken", "dispute", 0)
	b.advance(time.Minute)
	b.faults(`{"calls":{"status":{"status_lag":1,"lag":"3m"}}}`)
	if st := b.status("INV-reserved"); st.Transaction.Status != "PENDING" || st.Refund != nil {
		t.Errorf("%+v %+v", st.Transaction, st.Refund)
	}
	if st := b.status("INV-taken"); st.Transaction.Status != "SUCCESS" {
		t.Errorf("%+v", st.Transaction)
	}
	b.faults(`{}`)
	b.advance(time.Hour)
	b.clicks("INV-taken", "dispute-won", 0)
	b.faults(`{"calls":{"status":{"status_lag":1,"lag":"3m"}}}`)
	if st := b.status("INV-taken"); st.Transaction.Status != "CHARGEBACK" {
		t.Errorf("%+v", st.Transaction)
	}
}
