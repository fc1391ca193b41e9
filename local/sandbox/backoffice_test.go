package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// click does an act in the Back Office and returns the status of the answer, and the error's code and message.
func (b *bench) click(invoice, act string, amount int, more string) (status int, refusal string) {
	b.t.Helper()
	body := fmt.Sprintf(`{"invoice_number":%q,"act":%q%s`, invoice, act, more)
	if amount != 0 {
		body += fmt.Sprintf(`,"amount":%d`, amount)
	}
	var e errorBody
	status = b.control("POST", "/control/backoffice", body+"}", &e)
	if e.Error != nil {
		refusal = e.Error.Code + " " + e.Error.Message
	}
	return status, refusal
}

// clicks does an act that must succeed.
func (b *bench) clicks(invoice, act string, amount int) {
	b.t.Helper()
	if status, refusal := b.click(invoice, act, amount, ""); status != 200 {
		b.t.Fatalf("%s %s %d: %d %s", act, invoice, amount, status, refusal)
	}
}

// moved is the part of a notification that a Back Office act decides.
type moved struct {
	Order       struct{ Amount int64 }
	Transaction struct{ Type, Status string }
	Refund      *struct {
		Amount                           int64
		Type, Status, Message, RequestID string
	}
}

func (b *bench) nextMoved() moved {
	b.t.Helper()
	var m moved
	if err := json.Unmarshal(b.next().raw, &m); err != nil {
		b.t.Fatal(err)
	}
	return m
}

// The merchant's refunds in the Back Office and by the API share what can be refunded, in any order.
func TestBackOfficeRefunds(t *testing.T) {
	b := newBench(t)
	original := b.refundable("INV-1")
	b.clicks("INV-1", "refund", 50000)
	if m := b.nextMoved(); m.Transaction.Type != "REFUND" || m.Transaction.Status != "SUCCESS" ||
		m.Order.Amount != 50000 || m.Refund == nil || m.Refund.Amount != 50000 || m.Refund.Type != "PARTIAL_REFUND" {
		t.Errorf("the notification: %+v", m)
	}
	if status, why := b.click("INV-1", "refund", 40001, ""); status != 409 || !strings.Contains(why, "exceeds") {
		t.Errorf("more than is left: %d %s", status, why)
	}
	var own refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", original, 40001), &own)
	if own.Refund.Status != "FAILED" || own.Refund.Message != "Refund exceeds the captured amount" {
		t.Errorf("the API refunds more than is left: %+v", own)
	}
	b.call(refundPath, refundBodyOf("INV-1", original, 20000), &own)
	b.clicks("INV-1", "refund", 0) // the rest
	e := b.ledger("INV-1")
	if e.Refunded != 90000 || e.Status != statusRefunded || own.Refund.Status != "SUCCESS" {
		t.Errorf("%+v", e)
	}
	var elsewhere []int64
	for _, r := range e.Refunds {
		if r.Elsewhere {
			elsewhere = append(elsewhere, r.Amount)
		}
	}
	if fmt.Sprint(elsewhere) != "[50000 20000]" {
		t.Errorf("made in the Back Office: %v", elsewhere)
	}
	if e.DoubleRefunds != 0 || e.AlikeRefunds != 0 {
		t.Errorf("a person's refund of 20000 counts as a double of the API's: %+v", e)
	}
}

// DOKU's dashboard refunds settled payments only, and not during a dispute. People elsewhere may not care.
func TestBackOfficeRules(t *testing.T) {
	b := newBench(t)
	b.sale("INV-unsettled")
	b.refundable("INV-settled")
	b.refundable("INV-disputed")
	b.clicks("INV-disputed", "dispute", 30000)
	b.authorize("INV-reserved")
	b.create(simple("INV-open", 90000, ""))
	for _, c := range []struct {
		invoice, act string
		amount       int
		more         string
		status       int
		says         string
	}{
		{"INV-unsettled", "refund", 1000, "", 409, "Not settled"},
		{"INV-unsettled", "void", 1000, "", 409, "full amount"},
		{"INV-unsettled", "capture", 0, "", 409, "no authorization"},
		{"INV-unsettled", "dispute-won", 0, "", 409, "open dispute"},
		{"INV-unsettled", "reject-manual", 0, "", 404, "manual refund"},
		{"INV-settled", "void", 0, "", 409, "refunded"},
		{"INV-settled", "dispute", 90001, "", 409, "90000"},
		{"INV-disputed", "refund", 1000, "", 409, "dispute"},
		{"INV-disputed", "dispute-won", 1000, "", 409, "open dispute"},
		{"INV-reserved", "refund", 0, `,"anyway":true`, 409, "Nothing was captured"},
		{"INV-reserved", "dispute", 0, "", 409, "Nothing was captured"},
		{"INV-reserved", "capture", 90001, "", 409, "90000"},
		{"INV-open", "void", 0, "", 409, "Nothing was paid"},
		{"INV-open", "refund", 0, "", 409, "Nothing was captured"},
		{"INV-none", "refund", 0, "", 404, "invoice"},
		{"INV-settled", "refund", -5, "", 400, "amount"},
		{"INV-settled", "refunds", 0, "", 400, "act must be one of"},
		{"INV-settled", "refund", 0, `,"amounts":5`, 400, "amounts"},
		{"INV-unsettled", "refund", 1000, `,"anyway":true`, 200, ""},
		{"INV-unsettled", "void", 0, "", 409, "nothing went back"},
		{"INV-disputed", "refund", 90000, `,"anyway":true`, 200, ""},
	} {
		status, why := b.click(c.invoice, c.act, c.amount, c.more)
		if status != c.status || !strings.Contains(why, c.says) {
			t.Errorf("%s %s %d %s: %d %q, want %d %q",
				c.act, c.invoice, c.amount, c.more, status, why, c.status, c.says)
		}
	}
	if e := b.ledger("INV-disputed"); e.Refunded != 90000 || e.ChargedBack != 30000 {
		t.Errorf("more went back than was taken: %+v", e)
	}
}

func TestBackOfficeVoids(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-2")
	b.sale("INV-1")
	b.clicks("INV-1", "void", 0)
	b.clicks("INV-2", "void", 90000)
	for _, c := range []struct {
		invoice            string
		captured, refunded int64
	}{{"INV-1", 90000, 90000}, {"INV-2", 0, 0}} {
		e := b.ledger(c.invoice)
		if e.Status != statusVoided || e.Voided != 90000 || e.Captured != c.captured || e.Refunded != c.refunded {
			t.Errorf("%+v", e)
		}
		if st := b.status(c.invoice); st.Transaction.Status != "VOIDED" || st.Transaction.Type != "VOID" {
			t.Errorf("%s: check status %+v", c.invoice, st.Transaction)
		}
		if status, why := b.click(c.invoice, "void", 0, ""); status != 409 {
			t.Errorf("voided twice: %s", why)
		}
	}
	var got captureAnswer
	b.call(capturePath, captureBody(id, ""), &got)
	if got.Payment.Status != "FAILED" {
		t.Errorf("a voided authorisation was captured: %+v", got)
	}
	if n := b.notificationsOf("INV-2"); !strings.Contains(n, `"VOID"`) {
		t.Errorf("no notification of the void: %s", n)
	}
}

func TestBackOfficeCapture(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-1")
	b.clicks("INV-1", "capture", 60000)
	if m := b.nextMoved(); m.Transaction.Type != "CAPTURE" || m.Order.Amount != 60000 || m.Refund != nil {
		t.Errorf("the notification: %+v", m)
	}
	var own captureAnswer
	b.call(capturePath, captureBody(id, ""), &own)
	e := b.ledger("INV-1")
	if own.Payment.ResponseCode != "94" || e.Captured != 60000 || len(e.Captures) != 2 || !e.Captures[0].Elsewhere ||
		e.DoubleCaptures != 0 {
		t.Errorf("%+v\n%+v", own, e)
	}
	b.faults(`{"double_captures":true}`)
	b.call(capturePath, captureBody(id, "30000"), &own)
	if e := b.ledger("INV-1"); e.Captured != 90000 || e.DoubleCaptures != 0 {
		t.Errorf("a person's capture counts as a double of the API's: %+v", e)
	}
}

// An act never meets an operation of the API that is not decided.
func TestBackOfficeDuringAPendingCapture(t *testing.T) {
	b := newBench(t)
	id := b.authorize("INV-1")
	b.faults(`{"calls":{"capture":{"pending_first":1,"pending_for":"1h"}}}`)
	var own captureAnswer
	b.call(capturePath, captureBody(id, ""), &own)
	for _, act := range []string{"void", "capture"} {
		if status, why := b.click("INV-1", act, 0, ""); status != 409 {
			t.Errorf("%s: %d %s", act, status, why)
		}
	}
}

// A chargeback takes money that no longer can be refunded. The won dispute returns it.
func TestBackOfficeDisputes(t *testing.T) {
	b := newBench(t)
	b.refundable("INV-1")
	b.clicks("INV-1", "dispute", 60000)
	if m := b.nextMoved(); m.Transaction.Type != "CHARGEBACK" || m.Order.Amount != 60000 {
		t.Errorf("the notification: %+v", m)
	}
	var own refundAnswer
	refund := func(amount int) string {
		b.call(refundPath, refundBodyOf("INV-1", "create-1", amount), &own)
		return own.Refund.Status
	}
	if refund(30001) != "FAILED" {
		t.Error("money of the cardholder was refunded again")
	}
	if st := b.status("INV-1"); st.Transaction.Status != "CHARGEBACK" || st.Order.Amount != 60000 {
		t.Errorf("check status: %+v", st)
	}
	if e := b.ledger("INV-1"); e.Status != statusDisputed || e.ChargedBack != 60000 || len(e.Disputes) != 1 {
		t.Errorf("%+v", e)
	}
	b.clicks("INV-1", "dispute-won", 0)
	if m := b.nextMoved(); m.Transaction.Type != "CHARGEBACK_REVERSED" || m.Order.Amount != 60000 {
		t.Errorf("the notification: %+v", m)
	}
	if st := b.status("INV-1"); st.Transaction.Status != "SUCCESS" || st.Order.Amount != 90000 {
		t.Errorf("check status after the dispute: %+v", st)
	}
	if e := b.ledger("INV-1"); e.ChargedBack != 0 || e.Disputes[0].WonAt == "" || refund(90000) != "SUCCESS" {
		t.Errorf("%+v", e)
	}
}

func TestBackOfficeRejectsAManualRefund(t *testing.T) {
	b := newBench(t)
	b.control("POST", "/control/manual-refunds", `{"on":true}`, nil)
	b.refundable("INV-1")
	var r refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 1000), &r)
	b.clicks("INV-1", "reject-manual", 0)
	if m := b.nextMoved(); m.Transaction.Type != "REFUND" || m.Transaction.Status != "FAILED" {
		t.Errorf("the notification: %+v", m)
	}
	if e := b.ledger("INV-1"); e.Refunded != 0 {
		t.Errorf("%+v", e)
	}
}
