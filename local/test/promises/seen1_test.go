package promises

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

// common is the stack of most tests. It has the default times, and a DOKU that captures again under another Request-Id.
var common = lazyFixture(map[string]string{"AUTO_CAPTURE_BEFORE": "2h"}, `{"double_captures":true}`)

var invoices atomic.Int64

func freshInvoice(kind string) string { return fmt.Sprintf("%s-%d", kind, invoices.Add(1)) }

// foreignAnswers come from something between kasir and DOKU. Some look like DOKU's; none is signed.
var foreignAnswers = map[string]step{
	"400": answerUnsigned(400, noRoute), "401": answerUnsigned(401, noRoute), "403": answerUnsigned(403, noRoute),
	"404": answerUnsigned(404, noRoute),
	"405": answerUnsigned(405, noRoute), "410": answerUnsigned(410, noRoute), "413": answerUnsigned(413, noRoute),
	"421": answerUnsigned(421, noRoute),
	"425": answerUnsigned(425, noRoute), "429": answerUnsigned(429, noRoute), "499": answerUnsigned(499, noRoute),
	"errors shape": answerUnsigned(404, `{"errors":{"code":"NOT_FOUND","message":"no such resource"}}`),
	"error shape":  answerUnsigned(400, `{"error":{"code":"INVALID_PARAMETER","message":"bad request"}}`),
}

func eachAct(t *testing.T, h *fixture, run func(*testing.T, movement)) {
	for _, kind := range []string{"refund", "capture"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			run(t, h.begin(t, kind))
		})
	}
}

// The first call reached DOKU and its answer was lost. Something between answers the second.
func TestSeen1AForeignRefusalOfARepeatIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := common(t)
	for name, answers := range foreignAnswers {
		t.Run(name, func(t *testing.T) {
			eachAct(t, h, func(t *testing.T, a movement) { a.answerSecond(t, answers) })
		})
	}
}

// DOKU itself refuses the second call, rightly signed, although it did the first.
func TestSeen1ARefusalOfARepeatIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := common(t)
	const idempotent = `{"error":{"code":"idempotent_request","message":"Request-Id was used before"}}`
	for name, answers := range map[string]func(a movement) step{
		"idempotent_request signed":   func(movement) step { return answerSigned(400, idempotent) },
		"idempotent_request unsigned": func(movement) step { return answerUnsigned(400, idempotent) },
		"message as a list": func(
			movement) step {
			return answerSigned(400, `{"message":["It is being processed"]}`)
		},
		"FAILED": func(a movement) step { return answerSigned(200, a.refusalBody()) },
		"INVALID_PARAMETER": func(movement) step {
			return answerSigned(400, `{"error":{"code":"INVALID_PARAMETER","message":"already refunded"}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachAct(t, h, func(t *testing.T, a movement) { a.answerSecond(t, answers(a)) })
		})
	}
}

// refusalBody is DOKU's own refusal under HTTP 200.
func (a movement) refusalBody() string {
	if a.kind == "capture" {
		return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"payment":{"type":"CAPTURE",`+
			`"status":"FAILED",`+
			`"response_code":"94","response_message":"DUPLICATE CAPTURE"}}`, a.invoice)
	}
	return fmt.Sprintf(`{"order":{"invoice_number":%q},"refund":{"amount":30000,"type":"PARTIAL_REFUND",`+
		`"status":"FAILED","message":"Refund exceeds the captured amount"}}`, a.invoice)
}

func (a movement) answerSecond(t *testing.T, answers step) {
	a.h.doku.plan(a.kind, a.invoice, loseAnswer, answers)
	a.checkProcessing(t, "the first, whose answer was lost", a.send(t))
	a.checkProcessing(t, "the second", a.resend(t, 91*time.Second, func() reply { return a.send(t) }))
	a.checkOnce(t, "after the second")
	a.send(t)
	a.checkOnce(t, "after the third")
	a.h.age(t, a.invoice, 6*time.Minute)
	a.send(t)
	a.checkOnce(t, "after the fourth")
	a.checkEnd(t)
}

// The same, when only reconcile repeats the request.
func TestSeen1ReconcileDoesNotBelieveAForeignRefusal(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a movement) {
		a.h.doku.plan(a.kind, a.invoice, loseAnswer, answerUnsigned(404, noRoute))
		a.checkProcessing(t, "the first, whose answer was lost", a.send(t))
		a.resend(t, 91*time.Second, func() reply { a.h.reconcile(t); return reply{} })
		a.checkOnce(t, "after reconcile's call")
		a.checkEnd(t)
	})
}

// One fault alone: DOKU did the first call, and something between answered it. The client repeats the request as it was
// told.
func TestSeen1AForeignAnswerToACallThatWasDone(t *testing.T) {
	t.Parallel()
	h := common(t)
	for name, answers := range foreignAnswers {
		t.Run(name, func(t *testing.T) {
			eachAct(t, h, func(t *testing.T, a movement) {
				a.h.doku.plan(a.kind, a.invoice, doThen(answers))
				a.checkProcessing(t, "the first", a.send(t))
				a.checkOnce(t, "after the first")
				a.send(t)
				a.checkOnce(t, "after an early repeat")
				a.h.age(t, a.invoice, 91*time.Second)
				a.send(t)
				a.checkOnce(t, "after a repeat")
				a.checkEnd(t)
			})
		})
	}
}

// The first call arrives after DOKU has refused the second.
func TestSeen1AFreshFAILEDWhoseFirstArrivedLate(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a movement) {
		var late func() answer
		hold := func(x exchange) answer { late = x.forward; return answer{} }
		a.h.doku.plan(a.kind, a.invoice, hold, answerSigned(200, a.refusalBody()))
		a.checkProcessing(t, "the first, whose answer was lost", a.send(t))
		a.checkProcessing(t, "the second, refused", a.resend(t, 91*time.Second, func() reply { return a.send(t) }))
		if got := late(); got.status != 200 {
			t.Fatalf("the late call: %d %s", got.status, got.body)
		}
		a.checkOnce(t, "after the late call")
		a.send(t)
		a.checkOnce(t, "after the third")
		a.checkEnd(t)
	})
}

// DOKU has forgotten the first call, treats the repeat as another refund, and refuses it, signed, because too little is
// left.
func TestSeen1AForgetfulDOKUsRefusalIsNotBelieved(t *testing.T) {
	t.Parallel()
	h := forgetful(t)
	a := h.begin(t, "refund")
	a.body, a.moving = `{"refund":{"amount":50000}}`, 50000
	a.h.doku.plan(a.kind, a.invoice, loseAnswer)
	a.checkProcessing(t, "the first, whose answer was lost", a.send(t))
	a.checkProcessing(t, "the second", a.resend(t, 91*time.Second, func() reply { return a.send(t) }))
	a.checkOnce(t, "after the second")
	a.checkEnd(t)
}

// Before a request in doubt is sent again, kasir asks DOKU for its status.
func TestSeen1CheckStatusIsAskedBeforeAResend(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a movement) {
		a.h.doku.plan(a.kind, a.invoice, loseAnswer)
		a.checkProcessing(t, "the first, whose answer was lost", a.send(t))
		asked := len(a.h.doku.ids("status", a.invoice))
		a.resend(t, 91*time.Second, func() reply { a.h.reconcile(t); return reply{} })
		if len(a.h.doku.ids("status", a.invoice)) == asked {
			t.Error("sent again without asking check status")
		}
		a.checkEnd(t)
	})
}

// A refusal in doubt stops further attempts.
func TestSeen1ARefusalInDoubtStopsResending(t *testing.T) {
	t.Parallel()
	eachAct(t, common(t), func(t *testing.T, a movement) {
		a.h.doku.plan(a.kind, a.invoice, loseAnswer, answerSigned(200, a.refusalBody()))
		a.checkProcessing(t, "the first, whose answer was lost", a.send(t))
		a.resend(t, 91*time.Second, func() reply { return a.send(t) })
		for range 4 {
			a.h.age(t, a.invoice, 5*time.Minute+30*time.Second)
			a.h.reconcile(t)
			a.send(t)
		}
		if n := len(a.h.doku.ids(a.kind, a.invoice)); n != 2 {
			t.Errorf("sent %d times, want 2", n)
		}
		a.checkOnce(t, "after 22 minutes")
		if !a.h.attention(t, a.invoice) {
			t.Errorf("nobody is called: %s", brief(a.h.show(t, a.invoice)))
		}
	})
}
