package promises

import (
	"fmt"
	"testing"
	"time"
)

// nearlyLapsed is the age of an authorisation with 1.5 h left. AUTO_CAPTURE_BEFORE is 2 h.
const nearlyLapsed = 7*24*time.Hour - 90*time.Minute

// bankRefuses is DOKU's refusal of a capture, rightly signed.
func bankRefuses(invoice string) step {
	return answerSigned(200, fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},`+
		`"payment":{"type":"CAPTURE","status":"FAILED","response_code":"91","response_message":"ISSUER UNAVAILABLE"}}`,
		invoice))
}

// awaitCaptured waits until reconcile has captured an order by itself.
func (h *fixture) awaitCaptured(t *testing.T, invoice string) {
	t.Helper()
	if !until(t, 5*time.Second, func() bool { h.reconcile(t); return h.ledger(t, invoice).Captured == 90000 }) {
		t.Fatalf("it was not captured: DOKU %+v, kasir: %s", h.ledger(t, invoice), brief(h.show(t, invoice)))
	}
	if !until(t, 5*time.Second, func() bool { return h.show(t, invoice)["status"] == "PAID" }) {
		t.Errorf("DOKU captured it, and kasir says %s", brief(h.show(t, invoice)))
	}
}

// awaitEnd lets time pass until reconcile captures by itself and that capture reaches its scripted end.
func (h *fixture) awaitEnd(t *testing.T, invoice string, answers ...step) {
	t.Helper()
	before := len(h.doku.ids("capture", invoice))
	h.doku.plan("capture", invoice, answers...)
	h.age(t, invoice, nearlyLapsed)
	sent := func() bool { h.reconcile(t); return len(h.doku.ids("capture", invoice)) >= before+len(answers) }
	if !until(t, 5*time.Second, sent) {
		t.Fatal("nothing was captured automatically")
	}
}

// One answer of a gateway does not end automatic capture. The call had not reached DOKU.
func TestSeen2AutoCaptureIsTriedAgainAfterA429(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("AUTO")
	h.makeAuthorization(t, invoice, "")
	h.lag(t, invoice)
	h.awaitEnd(t, invoice, answerUnsigned(429, `{"message":"slow down"}`))
	h.age(t, invoice, 2*time.Minute)
	h.awaitCaptured(t, invoice)
}

// DOKU refused the call because of its headers: it had no effect.
func TestSeen2AutoCaptureIsTriedAgainAfterBeingTurnedAway(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("AUTO")
	h.makeAuthorization(t, invoice, "")
	h.lag(t, invoice)
	h.awaitEnd(t, invoice, answerSigned(400, `{"error":{"code":"request_time_out_of_range","message":"clock"}}`))
	h.age(t, invoice, 61*time.Minute)
	h.awaitCaptured(t, invoice)
}

// DOKU refused automatic capture once.
func TestSeen2AutoCaptureIsTriedAgainAfterARefusal(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("AUTO")
	h.makeAuthorization(t, invoice, "")
	h.awaitEnd(t, invoice, bankRefuses(invoice))
	h.age(t, invoice, 61*time.Minute)
	h.awaitCaptured(t, invoice)
}

// DOKU refused the merchant's own capture, days before automatic capture.
func TestSeen2AutoCaptureFollowsARefusedCaptureOfTheMerchant(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("AUTO")
	h.makeAuthorization(t, invoice, "")
	h.doku.plan("capture", invoice, bankRefuses(invoice))
	if got := h.capture(t, invoice, `{}`); got.status != 422 {
		t.Fatalf("the merchant's capture: %d %s, want DOKU's refusal", got.status, got.text)
	}
	h.age(t, invoice, nearlyLapsed)
	h.awaitCaptured(t, invoice)
}

// Automatic capture was refused until the authorisation lapsed. A person is then asked to look.
func TestSeen2AutoCapturesLastFailureIsAttention(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("AUTO")
	h.makeAuthorization(t, invoice, "")
	h.doku.always("capture", invoice, bankRefuses(invoice))
	h.age(t, invoice, nearlyLapsed)
	for range 12 {
		h.reconcile(t)
		h.age(t, invoice, 11*time.Minute)
	}
	h.reconcile(t)
	if !h.attention(t, invoice) {
		t.Errorf("captured automatically %d times in vain, and nobody is called: %s",
			len(h.doku.ids("capture", invoice)), brief(h.show(t, invoice)))
	}
	if n := len(h.doku.ids("capture", invoice)); n < 3 || n > 30 {
		t.Errorf("tried %d times, want every 10 minutes in the last hour, and at most 30 times", n)
	}
}
