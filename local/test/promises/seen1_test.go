package promises

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kasir/local/sandbox"
	"kasir/shared/doku"
)

// common is the stack of most tests: default times, and a DOKU that captures again when it is asked under another Request-Id.
var common = opened(map[string]string{"AUTO_CAPTURE_BEFORE": "2h"}, `{"double_captures":true}`)

var invoices atomic.Int64

func freshInvoice(kind string) string { return fmt.Sprintf("%s-%d", kind, invoices.Add(1)) }

// act is a request that moves money once, with its order.
type act struct {
	h              *house
	kind           string // refund or capture: the name of DOKU's endpoint
	invoice        string
	path, key      string
	body           string
	amount, moving int64 // of the order; of the request
}

// begin makes an order and the request that is to be made of it. Check status lags: it always shows the order as it is now.
func (h *house) begin(t *testing.T, kind string) act {
	t.Helper()
	a := act{h: h, kind: kind, invoice: freshInvoice(strings.ToUpper(kind)), amount: 90000, moving: 90000, body: `{}`}
	a.path = "/payments/" + a.invoice + "/capture"
	if kind == "refund" {
		a.path, a.key, a.body, a.moving = "/payments/"+a.invoice+"/refunds", rand.Text(), `{"refund":{"amount":30000}}`, 30000
		h.sold(t, a.invoice)
	} else {
		h.reserved(t, a.invoice, "")
	}
	h.lag(t, a.invoice)
	return a
}

// lag freezes check status about an order: it was never silent, and never says anything new.
func (h *house) lag(t *testing.T, invoice string) {
	t.Helper()
	path, at := "/orders/v1/status/"+invoice, time.Now().UTC().Format(doku.TimestampLayout)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.doku.doku+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	component := doku.Component{ClientID: sandbox.DefaultClientID, RequestID: "lag", Timestamp: at, Target: path}
	request.Header = http.Header{"Client-Id": {sandbox.DefaultClientID}, "Request-Id": {"lag"}, "Request-Timestamp": {at},
		"Signature": {doku.Sign(sandbox.DefaultSecretKey, component)}}
	now := send(request, h.doku.doku, nil)
	if now.status != 200 {
		t.Fatalf("check status of %s: %d %s", invoice, now.status, now.body)
	}
	h.doku.always("status", invoice, signed(200, now.body))
}

func (a act) ask(t *testing.T) reply { t.Helper(); return a.h.say(t, "POST", a.path, a.key, a.body) }

// moved is how much DOKU has moved.
func (a act) moved(t *testing.T) int64 {
	t.Helper()
	if b := a.h.ledger(t, a.invoice); a.kind == "refund" {
		return b.Refunded
	} else {
		return b.Captured
	}
}

// held checks the promise: DOKU has moved the money at most once, under one Request-Id, and kasir offers none of what was
// moved again.
func (a act) held(t *testing.T, when string) {
	t.Helper()
	moved, shown := a.moved(t), a.h.show(t, a.invoice)
	if moved > a.moving {
		t.Errorf("%s: DOKU moved %d, %d was asked for; kasir: %s", when, moved, a.moving, brief(shown))
	}
	if ids := a.h.doku.ids(a.kind, a.invoice); len(slices.Compact(slices.Clone(ids))) > 1 {
		t.Errorf("%s: sent under several Request-Ids: %v", when, ids)
	}
	switch {
	case moved == 0:
	case a.kind == "refund" && number(shown, "refundable") > a.amount-moved:
		t.Errorf("%s: DOKU refunded %d, and kasir offers %s", when, moved, brief(shown))
	case a.kind == "capture" && (shown["status"] == "AUTHORIZED" || shown["status"] == "AUTHORIZATION_EXPIRED"):
		t.Errorf("%s: DOKU captured %d, and kasir offers it again: %s", when, moved, brief(shown))
	}
}

func brief(shown map[string]any) string {
	states := []any{}
	refunds, _ := shown["refunds"].([]any)
	for _, r := range refunds {
		if refund, ok := r.(map[string]any); ok {
			states = append(states, refund["status"])
		}
	}
	return fmt.Sprintf("%v captured %v refunded %v refundable %v refunds %v", shown["status"], shown["captured"], shown["refunded"], shown["refundable"], states)
}

// processing checks that a request whose outcome is in doubt is answered 202, or 409 while it waits.
func (a act) processing(t *testing.T, when string, r reply) {
	t.Helper()
	if r.status != 202 && r.status != 409 {
		t.Errorf("%s: answered %d %s, want 202: it is not known whether DOKU did it", when, r.status, r.text)
	}
}

// sentAgain lets the time of the next attempt come, asks again, and waits until the attempt has reached the proxy.
func (a act) sentAgain(t *testing.T, d time.Duration, by func() reply) reply {
	t.Helper()
	before := len(a.h.doku.ids(a.kind, a.invoice))
	a.h.age(t, a.invoice, d)
	var r reply
	if !until(t, 10*time.Second, func() bool {
		r = by()
		return len(a.h.doku.ids(a.kind, a.invoice)) > before
	}) {
		t.Fatalf("%v later it was not sent again: %d %s", d, r.status, r.text)
	}
	return r
}

// rest lets all times pass, trust window included. In the end both books agree, or a person is called.
func (a act) rest(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	agree := func() bool {
		shown, b := a.h.show(t, a.invoice), a.h.ledger(t, a.invoice)
		return number(shown, "captured") == b.Captured && number(shown, "refunded") == b.Refunded && shown["status"] != "CAPTURING" &&
			(b.Captured == 0 || number(shown, "refundable") == b.Captured-b.Refunded)
	}
	for _, d := range []time.Duration{2 * time.Minute, 6 * time.Minute, 11 * time.Minute, 65 * time.Minute} {
		a.h.age(t, a.invoice, d)
		if until(t, 300*time.Millisecond, func() bool { a.h.reconcile(t); return agree() || a.h.attention(t, a.invoice) }) {
			break
		}
	}
	a.held(t, "at rest")
	if !agree() && !a.h.attention(t, a.invoice) {
		b := a.h.ledger(t, a.invoice)
		t.Errorf("at rest DOKU has captured %d, refunded %d; kasir: %s; nobody is called", b.Captured, b.Refunded, brief(a.h.show(t, a.invoice)))
	}
}

// foreignAnswers come from something between kasir and DOKU. Some have the shape of DOKU's; none is signed.
var foreignAnswers = map[string]step{
	"400": foreign(400, noRoute), "401": foreign(401, noRoute), "403": foreign(403, noRoute), "404": foreign(404, noRoute), "405": foreign(405, noRoute),
	"410": foreign(410, noRoute), "413": foreign(413, noRoute), "421": foreign(421, noRoute), "425": foreign(425, noRoute), "429": foreign(429, noRoute), "499": foreign(499, noRoute),
	"errors shape": foreign(404, `{"errors":{"code":"NOT_FOUND","message":"no such resource"}}`),
	"error shape":  foreign(400, `{"error":{"code":"INVALID_PARAMETER","message":"bad request","type":"Invalid Parameter"}}`),
}

func eachAct(t *testing.T, h *house, run func(*testing.T, act)) {
	for _, kind := range []string{"refund", "capture"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			run(t, h.begin(t, kind))
		})
	}
}

// The first call reached DOKU and its answer was lost; something between answers the second.
func TestSeen1AForeignRefusalOfARepeatIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := common(t)
	for name, answers := range foreignAnswers {
		t.Run(name, func(t *testing.T) {
			eachAct(t, h, func(t *testing.T, a act) { a.secondAnsweredBy(t, answers) })
		})
	}
}

// DOKU itself refuses the second call, rightly signed, though it did the first.
func TestSeen1ARefusalOfARepeatIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := common(t)
	const idempotent = `{"error":{"code":"idempotent_request","message":"Request-Id was used before","type":"invalid_request_error"}}`
	for name, answers := range map[string]func(a act) step{
		"idempotent_request signed":   func(act) step { return signed(400, idempotent) },
		"idempotent_request unsigned": func(act) step { return foreign(400, idempotent) },
		"message as a list":           func(act) step { return signed(400, `{"message":["The transaction is being processed"]}`) },
		"FAILED":                      func(a act) step { return signed(200, a.failed()) },
		"INVALID_PARAMETER": func(act) step {
			return signed(400, `{"error":{"code":"INVALID_PARAMETER","message":"already refunded","type":"Invalid Parameter"}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachAct(t, h, func(t *testing.T, a act) { a.secondAnsweredBy(t, answers(a)) })
		})
	}
}

// failed is DOKU's own refusal under HTTP 200.
func (a act) failed() string {
	if a.kind == "capture" {
		return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"payment":{"type":"CAPTURE","response_code":"94","response_message":"DUPLICATE CAPTURE","status":"FAILED"}}`, a.invoice)
	}
	return fmt.Sprintf(`{"order":{"invoice_number":%q},"refund":{"amount":30000,"type":"PARTIAL_REFUND","status":"FAILED","message":"Refund exceeds the captured amount"}}`, a.invoice)
}

func (a act) secondAnsweredBy(t *testing.T, answers step) {
	a.h.doku.plan(a.kind, a.invoice, lost, answers)
	a.processing(t, "the first, whose answer was lost", a.ask(t))
	a.processing(t, "the second", a.sentAgain(t, 91*time.Second, func() reply { return a.ask(t) }))
	a.held(t, "after the second")
	a.ask(t)
	a.held(t, "after the third")
	a.h.age(t, a.invoice, 6*time.Minute)
	a.ask(t)
	a.held(t, "after the fourth")
	a.rest(t)
}

// The same, when nobody but reconcile repeats the request.
func TestSeen1ReconcileDoesNotBelieveAForeignRefusal(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a act) {
		a.h.doku.plan(a.kind, a.invoice, lost, foreign(404, noRoute))
		a.processing(t, "the first, whose answer was lost", a.ask(t))
		a.sentAgain(t, 91*time.Second, func() reply { a.h.reconcile(t); return reply{} })
		a.held(t, "after reconcile's call")
		a.rest(t)
	})
}

// One fault alone: DOKU did the first call, and something between answered it. The client repeats it as it was told to.
func TestSeen1AForeignAnswerToACallThatWasDone(t *testing.T) {
	t.Parallel()
	h := common(t)
	for name, answers := range foreignAnswers {
		t.Run(name, func(t *testing.T) {
			eachAct(t, h, func(t *testing.T, a act) {
				a.h.doku.plan(a.kind, a.invoice, after(answers))
				a.processing(t, "the first", a.ask(t))
				a.held(t, "after the first")
				a.ask(t)
				a.held(t, "after an early repeat")
				a.h.age(t, a.invoice, 91*time.Second)
				a.ask(t)
				a.held(t, "after a repeat")
				a.rest(t)
			})
		})
	}
}

// The first call arrives late: after DOKU has refused the second.
func TestSeen1AFreshFAILEDWhoseFirstArrivedLate(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a act) {
		var late func() answer
		a.h.doku.plan(a.kind, a.invoice, func(x exchange) answer { late = x.forward; return answer{} }, signed(200, a.failed()))
		a.processing(t, "the first, whose answer was lost", a.ask(t))
		a.processing(t, "the second, refused", a.sentAgain(t, 91*time.Second, func() reply { return a.ask(t) }))
		if got := late(); got.status != 200 {
			t.Fatalf("the late call: %d %s", got.status, got.body)
		}
		a.held(t, "after the late call")
		a.ask(t)
		a.held(t, "after the third")
		a.rest(t)
	})
}

// DOKU has forgotten the first call, takes the repeat for another refund, and refuses it, signed: too little is left.
func TestSeen1AForgetfulDOKUsRefusalIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := forgetful(t)
	a := h.begin(t, "refund")
	a.body, a.moving = `{"refund":{"amount":50000}}`, 50000
	a.h.doku.plan(a.kind, a.invoice, lost)
	a.processing(t, "the first, whose answer was lost", a.ask(t))
	a.processing(t, "the second", a.sentAgain(t, 91*time.Second, func() reply { return a.ask(t) }))
	a.held(t, "after the second")
	a.rest(t)
}

// Before a request in doubt is sent again, DOKU is asked what became of it.
func TestSeen1CheckStatusIsAskedBeforeAResend(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a act) {
		a.h.doku.plan(a.kind, a.invoice, lost)
		a.processing(t, "the first, whose answer was lost", a.ask(t))
		asked := len(a.h.doku.ids("status", a.invoice))
		a.sentAgain(t, 91*time.Second, func() reply { a.h.reconcile(t); return reply{} })
		if len(a.h.doku.ids("status", a.invoice)) == asked {
			t.Error("sent again without asking check status")
		}
		a.rest(t)
	})
}

// A refusal in doubt stops the resending.
func TestSeen1ARefusalInDoubtStopsResending(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a act) {
		a.h.doku.plan(a.kind, a.invoice, lost, signed(200, a.failed()))
		a.processing(t, "the first, whose answer was lost", a.ask(t))
		a.sentAgain(t, 91*time.Second, func() reply { return a.ask(t) })
		for range 4 {
			a.h.age(t, a.invoice, 5*time.Minute+30*time.Second)
			a.h.reconcile(t)
			a.ask(t)
		}
		if n := len(a.h.doku.ids(a.kind, a.invoice)); n != 2 {
			t.Errorf("sent %d times, want 2", n)
		}
		a.held(t, "after 22 minutes")
		if !a.h.attention(t, a.invoice) {
			t.Errorf("nobody is called: %s", brief(a.h.show(t, a.invoice)))
		}
	})
}
