package sandbox

import (
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox/faults"
)

// The altered notifications are rightly signed. The merchant of these tests checks that.
func TestNotificationsAreOdd(t *testing.T) {
	for _, c := range []struct{ fault, form, says string }{
		{faults.OddAmount, "text", `"amount":"90000"`},
		{faults.OddAmount, "exponent", `"amount":9E+4`},
		{faults.OddAmount, "text_decimals", `"amount":"90000.00"`},
		{faults.OddDate, "local_z", `"date":"2026-08-27T17:00:00Z"`},
		{faults.OddDate, "year_9999", `"date":"9999-`},
		{faults.OddDate, "year_0", `"date":"0000-`},
		{faults.OddCase, "lower", `"status":"success"`},
		{faults.OddCase, "title", `"status":"Success"`},
		{faults.OddWords, "unknown_type", `"type":"SUBSCRIPTION"`},
		{faults.OddWords, "unknown_status", `"status":"SETTLING"`},
		{faults.OddWords, "chargeback", `"type":"CHARGEBACK"`},
		{faults.OddWords, "partial_refund", `"status":"REFUNDED"`},
		{faults.OddWords, "void", `"status":"VOIDED"`},
	} {
		b := newBench(t)
		b.merchant.lenient = true
		b.requestForm(faults.Notifications, c.fault, c.form)
		b.sale("INV-1")
		if n := b.next(); !strings.Contains(string(n.raw), c.says) {
			t.Errorf("%s %s: %s", c.fault, c.form, n.raw)
		}
		b.advance(0)
		if n := b.notification(0); n.State != delivered || n.Attempts[0].Fault != c.fault ||
			n.Attempts[0].Form != c.form {
			t.Errorf("%s %s: %+v", c.fault, c.form, n)
		}
		if e := b.ledger("INV-1"); e.Captured != 90000 || e.Status != statusPaid {
			t.Errorf("%s %s: %+v", c.fault, c.form, e)
		}
	}
}

// An extra notification has its own Request-Id. It comes before the right one, or after it if it is older.
func TestFurtherNotifications(t *testing.T) {
	for fault, odd := range map[string]func(n received) bool{
		faults.OtherChannel: func(n received) bool {
			return n.body.Channel.ID == "VIRTUAL_ACCOUNT_BCA" && n.body.Transaction.Status == "SUCCESS" &&
				n.body.Order.InvoiceNumber == "INV-1"
		},
		faults.OtherPage: func(n received) bool {
			return n.body.Transaction.OriginalRequestID == "page-of-another-system" &&
				n.body.Order.InvoiceNumber == "INV-1"
		},
		faults.UnknownOrder: func(n received) bool { return n.body.Order.InvoiceNumber == "UNKNOWN-ORDER-1" },
		faults.Older: func(n received) bool {
			return n.body.Transaction.Status == "FAILED" && n.body.CardPayment.ResponseCode == "51"
		},
	} {
		b := newBench(t)
		b.requestFault(faults.Notifications, fault)
		b.sale("INV-1")
		first, second := b.next(), b.next()
		if fault == faults.Older {
			first, second = second, first
		}
		if !odd(first) || odd(second) || second.body.Transaction.Status != "SUCCESS" ||
			first.requestID == second.requestID {
			t.Errorf("%s: %s\n%s", fault, first.raw, second.raw)
		}
		b.advance(0)
		b.silent("a third time")
		if n := b.notification(0); n.State != delivered || n.Attempts[0].Beside != 200 {
			t.Errorf("%s: %+v", fault, n)
		}
		if e := b.ledger("INV-1"); e.Captured != 90000 || len(e.Notifications) != 1 {
			t.Errorf("%s: %+v", fault, e)
		}
	}
}

func TestANotificationIsLateByDays(t *testing.T) {
	b := newBench(t)
	b.requestFault(faults.Notifications, faults.Late)
	b.sale("INV-1")
	b.advance(47 * time.Hour)
	b.silent("before two days are over")
	b.advance(time.Hour)
	b.next()
	b.faults(`{"notifications":{"late":1,"late_by":"24h"}}`)
	b.sale("INV-2")
	b.advance(23 * time.Hour)
	b.silent("before its day is over")
	b.advance(time.Hour)
	b.next()
	if got := b.suffered().Suffered["notifications"]; got[faults.Late] != 1 {
		t.Errorf("%v", got)
	}
}

// A customer can pay before the merchant has the answer to create page, because the control API lists the page.
func TestANotificationComesBeforeTheCreateAnswer(t *testing.T) {
	release := make(chan time.Time)
	b := newBench(t, func(c *Config) { c.after = func(time.Duration) <-chan time.Time { return release } })
	b.requestFault(faults.CreatePage, faults.Delay)
	answered := make(chan answer)
	go func() {
		a, _, _ := b.rough("POST", createPath, "r1", simple("INV-1", 90000, ""))
		answered <- a
	}()
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(string(b.get(b.url+"/control/payments").body),
		"INV-1"); {
		if time.Now().After(deadline) {
			t.Fatal("no page was opened")
		}
	}
	b.pay(b.payment("INV-1").PageURL, goodCard)
	b.next()
	close(release)
	if a := <-answered; a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
