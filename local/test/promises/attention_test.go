package promises

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// openCase is an entry of attention in an answer of the API.
type openCase struct {
	Kind     order.AttentionKind `json:"kind"`
	Since    time.Time           `json:"since"`
	Subject  string              `json:"subject"`
	Detail   string              `json:"detail"`
	WhatToDo string              `json:"what_to_do"`
	Where    string              `json:"where"`
}

// cases returns the open cases that the API shows of an order.
func (h *fixture) cases(t *testing.T, invoice string) []openCase {
	t.Helper()
	var shown struct{ Attention []openCase }
	got := h.request(t, "GET", "/payments/"+invoice, "", "")
	if err := json.Unmarshal([]byte(got.text), &shown); err != nil || got.status != 200 {
		t.Fatalf("GET %s: %d %v", invoice, got.status, err)
	}
	return shown.Attention
}

// hasCase reports whether the API shows an open case of a kind.
func (h *fixture) hasCase(t *testing.T, invoice string, kind order.AttentionKind) bool {
	t.Helper()
	return slices.ContainsFunc(h.cases(t, invoice), func(c openCase) bool { return c.Kind == kind })
}

// gauge runs reconcile and returns the number of orders with open cases that it counted.
func (h *fixture) gauge(t *testing.T) int {
	t.Helper()
	before := len(h.log.lines(`"OpenAttention":`))
	h.reconcile(t)
	var lines []string
	if !until(t, 5*time.Second, func() bool { // the log comes after the answer
		lines = h.log.lines(`"OpenAttention":`)
		return len(lines) > before
	}) {
		t.Fatal("reconcile counted no open cases")
	}
	last := lines[len(lines)-1]
	var line struct{ OpenAttention float64 }
	if err := json.Unmarshal([]byte(last[strings.Index(last, "{"):]), &line); err != nil {
		t.Fatal(err)
	}
	return int(line.OpenAttention)
}

// checkGauge checks the count of orders with open cases. The index may lag behind the last write.
func (h *fixture) checkGauge(t *testing.T, want int, when string) {
	t.Helper()
	n := 0
	if !until(t, 5*time.Second, func() bool { n = h.gauge(t); return n == want }) {
		t.Errorf("%s, %d orders are counted, want %d", when, n, want)
	}
}

// checkListed checks whether the list of a kind of attention has an order.
func (h *fixture) checkListed(t *testing.T, invoice string, kind order.AttentionKind, want bool) {
	t.Helper()
	got := h.request(t, "GET", "/payments?attention="+string(kind), "", "")
	if is := strings.Contains(got.text, `"`+invoice+`"`); got.status != 200 || is != want {
		t.Errorf("%s in the list of %s: %t, want %t: %d %s", invoice, kind, is, want, got.status, got.text)
	}
}

func notified(kind, status, more string) string {
	return fmt.Sprintf(`"type":%q,"status":%q,"date":%q%s`, kind, status,
		time.Now().UTC().Format("2006-01-02T15:04:05Z"), more)
}

const approved = `,"approval_code":"448998"`

// page makes an order with a page.
func (h *fixture) page(t *testing.T, invoice, more string) {
	t.Helper()
	if _, err := h.CreatePage(t.Context(), []byte(createBody(invoice, more))); err != nil {
		t.Fatal(err)
	}
}

// doubtful makes a sale with a refund whose first answer is lost. answers are DOKU's next answers.
func (h *fixture) doubtful(t *testing.T, invoice string, waits []time.Duration, answers func(movement) step) {
	t.Helper()
	a := movement{h: h, kind: "refund", invoice: invoice, amount: 90000, moving: 30000, key: rand.Text(),
		path: "/payments/" + invoice + "/refunds", body: `{"refund":{"amount":30000}}`}
	h.makeSale(t, invoice)
	h.lag(t, invoice)
	h.doku.always("refund", invoice, answers(a))
	h.doku.plan("refund", invoice, loseAnswer)
	a.checkProcessing(t, "the refund", a.send(t))
	for _, d := range waits {
		h.age(t, invoice, d)
		h.reconcile(t)
	}
}

// recipes make an order with an open case of each kind.
var recipes = map[order.AttentionKind]func(t *testing.T, h *fixture, invoice string){
	order.ReasonParked: func(t *testing.T, h *fixture, invoice string) {
		h.doubtful(t, invoice, []time.Duration{2 * time.Minute, 61 * time.Minute, 2 * time.Minute},
			func(movement) step { return loseAnswer })
	},
	order.ReasonRestored: func(t *testing.T, h *fixture, invoice string) {
		h.makeSale(t, invoice)
		o, err := h.orders.Get(t.Context(), invoice)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		o, _ = o.AfterRestore(order.Restored{To: now.Add(-5 * time.Minute), Sequence: 9, Back: 30000}, now)
		if err := h.orders.UpdateAbove(t.Context(), o.Schedule(order.Policy{}), 9); err != nil {
			t.Fatal(err)
		}
		h.reconcile(t)
	},
	order.ReasonRefusedInDoubt: func(t *testing.T, h *fixture, invoice string) {
		h.doubtful(t, invoice, []time.Duration{2 * time.Minute, 2 * time.Minute, 11 * time.Minute},
			func(a movement) step { return answerSigned(200, a.refusalBody()) })
	},
	order.ReasonConflict: func(t *testing.T, h *fixture, invoice string) {
		h.page(t, invoice, "")
		h.postGenuine(t, invoice, "80000", notified("SALE", "SUCCESS", ""), approved)
	},
	order.ReasonAutoCaptureFailed: func(t *testing.T, h *fixture, invoice string) {
		h.makeAuthorization(t, invoice, "")
		h.doku.always("capture", invoice, bankRefuses(invoice))
		h.age(t, invoice, nearlyLapsed)
		for range 12 {
			h.reconcile(t)
			h.age(t, invoice, 11*time.Minute)
		}
		h.reconcile(t)
	},
	order.ReasonAuthorizationExpiring: func(t *testing.T, h *fixture, invoice string) {
		h.makeAuthorization(t, invoice, "")
		h.age(t, invoice, 5*24*time.Hour+time.Hour)
		h.reconcile(t)
	},
	order.ReasonClosedPaid: func(t *testing.T, h *fixture, invoice string) {
		h.page(t, invoice, "")
		if got := h.request(t, "POST", "/payments/"+invoice+"/close", "", `{}`); got.status != 200 {
			t.Fatalf("close: %d %s", got.status, got.text)
		}
		h.postGenuine(t, invoice, "90000", notified("SALE", "SUCCESS", ""), approved)
	},
	order.ReasonLate: func(t *testing.T, h *fixture, invoice string) {
		h.page(t, invoice, "")
		h.age(t, invoice, 2*time.Hour)
		h.postGenuine(t, invoice, "90000", notified("SALE", "SUCCESS", ""), approved)
	},
	order.ReasonManualRefund: func(t *testing.T, h *fixture, invoice string) {
		h.makeSale(t, invoice)
		h.control(t, "manual-refunds", fmt.Sprintf(`{"on":true,"invoice_number":%q}`, invoice))
		if got := h.refund(t, invoice, rand.Text(), 30000); got.status != 201 {
			t.Fatalf("refund: %d %s", got.status, got.text)
		}
	},
	order.RemarkElsewhere: func(t *testing.T, h *fixture, invoice string) {
		h.makeSale(t, invoice)
		h.postGenuine(t, invoice, "90000", notified("CHARGEBACK", "SUCCESS", ""), "")
	},
	order.ReasonUnaccounted: func(t *testing.T, h *fixture, invoice string) {
		h.makeSale(t, invoice)
		h.postGenuine(t, invoice, "90000", notified("SALE", "REFUNDED", ""), approved)
	},
	order.ReasonOverdrawn: func(t *testing.T, h *fixture, invoice string) {
		h.makeSale(t, invoice)
		if got := h.refund(t, invoice, rand.Text(), 90000); got.status != 201 {
			t.Fatalf("refund: %d %s", got.status, got.text)
		}
		h.postGenuine(t, invoice, "90000", notified("CHARGEBACK", "SUCCESS", ""), "")
	},
	order.RemarkSettlement: func(t *testing.T, h *fixture, invoice string) {
		h.makeSale(t, invoice)
		h.applyReport(t, fmt.Sprintf("Batch ID_,B-%s\n\nNO,MERCHANT NAME,PAYMENT CHANNEL NAME,TRANSACTION DATE,"+
			"INVOICE NUMBER,AMOUNT,FEE,DISCOUNT,PAY TO MERCHANT,PAY OUT DATE,TRANSACTION TYPE\n"+
			"1,Toko,CREDIT CARD,02-05-2026,%s,91000,1000,0,90000,%s,Purchase\n", invoice, invoice,
			time.Now().Format("02-01-2006")))
	},
	order.ReasonAmountCorrected: func(t *testing.T, h *fixture, invoice string) {
		h.page(t, invoice, `,"override_configuration":{"promo":[{"bin":"557338","discount_amount":10000}]}`)
		h.postGenuine(t, invoice, "90000", notified("SALE", "SUCCESS", ""), approved)
		h.postGenuine(t, invoice, "80000", notified("SALE", "SUCCESS", ""), approved)
	},
	order.RemarkUnmatchedRequest: func(t *testing.T, h *fixture, invoice string) {
		h.page(t, invoice, "")
		h.postGenuine(t, invoice, "90000",
			notified("SALE", "SUCCESS", `,"original_request_id":"another-page-1"`), approved)
	},
	order.RemarkOddCode: func(t *testing.T, h *fixture, invoice string) {
		h.page(t, invoice, `,"payment":{"type":"AUTHORIZE"}`)
		h.postGenuine(t, invoice, "90000", notified("AUTHORIZE", "SUCCESS", ""),
			`,"authorize_id":"17","response_code":"01"`)
	},
	order.ReasonNotSettled: func(t *testing.T, h *fixture, invoice string) {
		h.makeSale(t, invoice)
		h.age(t, invoice, 30*24*time.Hour)
		batch := payment.Batch{ID: "0123456789ab", Name: "B-1", StartedAt: time.Now().AddDate(0, 0, -60)}
		if err := h.orders.PutBatch(t.Context(), batch); err != nil && !errors.Is(err, payment.ErrConflict) {
			t.Fatal(err)
		}
		h.reconcile(t)
	},
	order.ReasonUnconfirmed: func(t *testing.T, h *fixture, invoice string) {
		h.page(t, invoice, "")
		h.doku.always("status", invoice, dropCall)
		h.age(t, invoice, 26*time.Hour)
		h.reconcile(t)
	},
}

// settle ends a case over HTTP, as a person does who reads it.
func (h *fixture) settle(t *testing.T, invoice string, c openCase) {
	t.Helper()
	path, body := "/resolve", fmt.Sprintf(`{"attention":%q,"note":"seen"}`, c.Kind)
	switch {
	case c.Kind == order.ReasonUnaccounted:
		path, body = "/records",
			fmt.Sprintf(`{"kind":"withdrawal","movement":%q,"note":"seen"}`, h.movement(t, invoice))
	case c.Kind == order.ReasonConflict:
		body = fmt.Sprintf(`{"conflict":%q,"decision":"none","note":"seen"}`, c.Subject)
	case !order.FindAttention(c.Kind).Acknowledged:
		body = fmt.Sprintf(`{"operation":%q,"outcome":"done","note":"seen"}`, c.Subject)
	}
	if got := h.request(t, "POST", "/payments/"+invoice+path, rand.Text(), body); got.status != 200 {
		t.Errorf("%s: %s: %d %s", c.Kind, body, got.status, got.text)
	}
}

// movement returns the id of the first movement that the API shows of an order.
func (h *fixture) movement(t *testing.T, invoice string) string {
	t.Helper()
	var shown struct{ Elsewhere []struct{ ID string } }
	got := h.request(t, "GET", "/payments/"+invoice, "", "")
	if err := json.Unmarshal([]byte(got.text), &shown); err != nil || len(shown.Elsewhere) == 0 {
		t.Fatalf("%s has no movement: %s %v", invoice, got.text, err)
	}
	return shown.Elsewhere[0].ID
}

// Every kind of attention is made, counted, shown with what to do, and settled. The gauge follows each step to zero.
func TestEveryKindOfAttentionIsCountedAndSettled(t *testing.T) {
	t.Parallel()
	h, err := openFixture(map[string]string{"AUTO_CAPTURE_BEFORE": "2h", "SETTLE_WITHIN": "5"}, `{}`, false)
	if err != nil {
		t.Fatal(err)
	}
	made := map[order.AttentionKind]string{}
	h.checkGauge(t, 0, "before there are orders")
	for i, row := range order.Attentions {
		invoice := freshInvoice("ATTENTION")
		if recipes[row.Kind] == nil {
			t.Fatalf("no recipe for %s", row.Kind)
		}
		recipes[row.Kind](t, h, invoice)
		made[row.Kind] = invoice
		if !until(t, 5*time.Second, func() bool { return h.hasCase(t, invoice, row.Kind) }) {
			t.Fatalf("%s: the API shows %v, %s", row.Kind, h.cases(t, invoice), brief(h.show(t, invoice)))
		}
		h.checkGauge(t, i+1, "with "+string(row.Kind))
		h.checkListed(t, invoice, row.Kind, true)
	}
	left := len(made)
	for _, row := range order.Attentions {
		for _, c := range h.cases(t, made[row.Kind]) {
			if c.Since.IsZero() || c.Detail == "" || c.WhatToDo == "" || !strings.Contains(c.Where, "Back Office") ||
				!strings.Contains(order.FindAttention(c.Kind).Do, c.WhatToDo) {
				t.Errorf("%+v lacks a part", c)
			}
			h.settle(t, made[row.Kind], c)
		}
		if left--; len(h.cases(t, made[row.Kind])) > 0 {
			t.Errorf("%s is settled, and %v is open", row.Kind, h.cases(t, made[row.Kind]))
		}
		h.checkGauge(t, left, "after "+string(row.Kind))
		h.checkListed(t, made[row.Kind], row.Kind, false)
	}
}
