package payment_test

import (
	"strings"
	"testing"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// declined changes the response code of a report.
func declined(code string) func(*report) {
	return func(r *report) {
		r.card = strings.Replace(r.card, `"response_code":"00"`, `"response_code":"`+code+`"`, 1)
	}
}

// Each word that DOKU may use is understood, or leaves a conflict or remark.
func TestBelieve2NoWordOfDOKUsIsLost(t *testing.T) {
	for name, c := range map[string]struct {
		report report
		want   order.Status
		remark order.AttentionKind
	}{
		"success":           {sale().with(func(r *report) { r.status = "success" }), order.Paid, ""},
		"sale":              {sale().with(func(r *report) { r.kind = "sale" }), order.Paid, ""},
		"no type":           {sale().with(func(r *report) { r.kind = "" }), order.Paid, ""},
		"PURCHASE":          {sale().with(func(r *report) { r.kind = "PURCHASE" }), order.NeedsReview, ""},
		"SETTLED":           {sale().with(func(r *report) { r.status = "SETTLED" }), order.NeedsReview, ""},
		"CHARGEBACK":        {sale().with(func(r *report) { r.kind = "CHARGEBACK" }), order.NeedsReview, ""},
		"charged back":      {sale().with(func(r *report) { r.status = "chargeback" }), order.NeedsReview, ""},
		"refunded":          {sale().with(func(r *report) { r.status = "REFUNDED" }), order.NeedsReview, ""},
		"REFUND":            {sale().with(func(r *report) { r.kind = "REFUND" }), order.NeedsReview, ""},
		"AUTHORIZE pending": {authorize(), order.Authorized, ""},
		"authorize": {authorize().with(func(r *report) { r.kind, r.status = "authorize", "pending" }),
			order.Authorized, ""},
		"AUTHORIZE success": {authorize().with(func(r *report) { r.status = "SUCCESS" }), order.Authorized, ""},
		"without an id":     {authorize().with(func(r *report) { r.card = sale().card }), order.Failed, ""},
		"declined with 05":  {authorize().with(declined("05")), order.Failed, ""},
		"declined with 51":  {authorize().with(declined("51")), order.Failed, ""},
		"declined with 54":  {authorize().with(declined("54")), order.Failed, ""},
		"declined with 61":  {authorize().with(declined("61")), order.Failed, ""},
		"declined with 91":  {authorize().with(declined("91")), order.Failed, ""},
		"an odd code":       {authorize().with(declined("01")), order.Authorized, order.RemarkOddCode},
		"FAILED":            {sale().with(func(r *report) { r.status = "failed" }), order.Failed, ""},
	} {
		b := pending(t)
		told := b.listen()
		n := b.hear(t, c.report)
		if got := b.status(t); got != c.want || n.Effect != payment.Applied {
			t.Errorf("%s: %s, %s, want %s", name, n.Effect, got, c.want)
		}
		if c.want == order.NeedsReview {
			kind := order.ConflictWord
			if len(b.order(t).Facts.Movements) > 0 {
				kind = order.ConflictWentBack
			}
			b.holds(t, name, kind)
			if heard(*told, order.ChangeAttention, order.ReasonConflict) != 1 {
				t.Errorf("%s: told %+v", name, *told)
			}
		}
		if remarks := b.order(t).Facts.Remarks; c.remark != "" && (len(remarks) != 1 || remarks[0].Kind != c.remark) ||
			heard(*told, order.ChangeAttention, c.remark) != len(remarks) {
			t.Errorf("%s: remarks %+v, told %+v", name, remarks, *told)
		}
	}
}

// A chargeback of a paid order is a case and an event, and nothing of it can be refunded. The order stays paid. A
// dispute that is not decided yet is a case.
func TestAChargebackOfAPaidOrderIsACase(t *testing.T) {
	b := bought(t)
	told := b.listen()
	b.hear(t, sale().with(func(r *report) { r.kind, r.status = "CHARGEBACK", "PENDING" }))
	if o := b.order(t); o.Refundable() != o.Captured() || len(o.Cases()) != 1 {
		t.Errorf("a dispute: refundable %d, cases %+v", o.Refundable(), o.Cases())
	}
	b.hear(t, sale().with(func(r *report) { r.status = "CHARGEBACK" }))
	o := b.order(t)
	if o.Status() != order.Paid || o.Refundable() != 0 || o.ChargedBack() != o.Captured() || len(o.Cases()) != 2 ||
		heard(*told, order.ChangeChargedBack, "") != 1 {
		t.Errorf("%s, refundable %d, cases %+v, told %+v", o.Status(), o.Refundable(), o.Cases(), *told)
	}
}

// The setting replaces the list of response codes by which banks decline.
func TestADeclineOfTheSettingIsAFailure(t *testing.T) {
	b := pending(t)
	b.DeclineCodes = []string{"01"}
	if b.hear(t, authorize().with(declined("01"))); b.status(t) != order.Failed {
		t.Errorf("a code that the setting lists: %s", b.status(t))
	}
}
