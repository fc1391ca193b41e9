package promises

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox"
	"kasir/shared/doku"
)

// movement is a request that moves money once, with its order.
type movement struct {
	h              *fixture
	kind           string // refund or capture: the name of DOKU's endpoint
	invoice        string
	path, key      string
	body           string
	amount, moving int64 // of the order and of the request
}

// begin makes an order and the request for it. Check status lags: it always shows the order as it is at this moment.
func (h *fixture) begin(t *testing.T, kind string) movement {
	t.Helper()
	a := movement{h: h, kind: kind, invoice: freshInvoice(strings.ToUpper(kind)), amount: 90000, moving: 90000,
		body: `{}`}
	a.path = "/payments/" + a.invoice + "/capture"
	if kind == "refund" {
		a.path, a.key, a.body, a.moving = "/payments/"+a.invoice+"/refunds", rand.Text(),
			`{"refund":{"amount":30000}}`, 30000
		h.makeSale(t, a.invoice)
	} else {
		h.makeAuthorization(t, a.invoice, "")
	}
	h.lag(t, a.invoice)
	return a
}

// lag freezes check status for an order: it answers, but never shows a change.
func (h *fixture) lag(t *testing.T, invoice string) {
	t.Helper()
	path, at := "/orders/v1/status/"+invoice, time.Now().UTC().Format(doku.TimestampLayout)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.doku.doku+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	component := doku.Component{ClientID: sandbox.DefaultClientID, RequestID: "lag", Timestamp: at, Target: path}
	request.Header = http.Header{
		"Client-Id": {sandbox.DefaultClientID}, "Request-Id": {"lag"}, "Request-Timestamp": {at},
		"Signature": {doku.Sign(sandbox.DefaultSecretKey, component)},
	}
	now := send(request, h.doku.doku, nil)
	if now.status != 200 {
		t.Fatalf("check status of %s: %d %s", invoice, now.status, now.body)
	}
	h.doku.always("status", invoice, answerSigned(200, now.body))
}

func (a movement) send(t *testing.T) reply {
	t.Helper()
	return a.h.request(t, "POST", a.path, a.key, a.body)
}

// moved returns the amount that DOKU has moved.
func (a movement) moved(t *testing.T) int64 {
	t.Helper()
	if b := a.h.ledger(t, a.invoice); a.kind == "refund" {
		return b.Refunded
	} else {
		return b.Captured
	}
}

// checkOnce checks the promise: DOKU has moved the money at most once, under one Request-Id, and kasir does not offer
// it again.
func (a movement) checkOnce(t *testing.T, when string) {
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
	case a.kind == "capture" && strings.HasPrefix(fmt.Sprint(shown["status"]), "AUTHORI"):
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
	return fmt.Sprintf("%v captured %v refunded %v refundable %v refunds %v",
		shown["status"], shown["captured"], shown["refunded"], shown["refundable"], states)
}

// checkProcessing checks that a request with an unknown outcome is answered 202, or 409 while it must wait.
func (a movement) checkProcessing(t *testing.T, when string, r reply) {
	t.Helper()
	if r.status != 202 && r.status != 409 {
		t.Errorf("%s: answered %d %s, want 202: it is not known whether DOKU did it", when, r.status, r.text)
	}
}

// resend waits for the time of the next attempt, repeats the request, and waits until the attempt reaches the proxy.
func (a movement) resend(t *testing.T, d time.Duration, by func() reply) reply {
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

// checkEnd lets all delays pass, including the trust window. In the end both ledgers agree, or a person is asked to
// look.
func (a movement) checkEnd(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	agree := func() bool {
		shown, b := a.h.show(t, a.invoice), a.h.ledger(t, a.invoice)
		return number(shown, "captured") == b.Captured && number(shown, "refunded") == b.Refunded &&
			shown["status"] != "CAPTURING" && (b.Captured == 0 || number(shown, "refundable") == b.Captured-b.Refunded)
	}
	for _, d := range []time.Duration{2 * time.Minute, 6 * time.Minute, 11 * time.Minute, 65 * time.Minute} {
		a.h.age(t, a.invoice, d)
		ended := func() bool { a.h.reconcile(t); return agree() || a.h.attention(t, a.invoice) }
		if until(t, 300*time.Millisecond, ended) {
			break
		}
	}
	a.checkOnce(t, "at rest")
	if !agree() && !a.h.attention(t, a.invoice) {
		b := a.h.ledger(t, a.invoice)
		t.Errorf("at rest DOKU has captured %d, refunded %d; kasir: %s; nobody is called",
			b.Captured, b.Refunded, brief(a.h.show(t, a.invoice)))
	}
}
