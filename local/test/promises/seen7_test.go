package promises

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"kasir/shared/app"
	"kasir/shared/function"
)

// DOKU refuses a hundred refunds of an order that is not settled. Once it is settled, it can be refunded.
func TestSeen7AHundredRefusedRefundsDoNotBlockTheNext(t *testing.T) {
	t.Parallel()
	h, invoice := common(t), freshInvoice("REFUSED")
	h.buy(t, invoice, "", "PAID")
	for i := range 100 {
		if got := h.refund(t, invoice, rand.Text(), 1000); got.status != 422 {
			t.Fatalf("refund %d: %d %s, want DOKU's refusal", i, got.status, got.text)
		}
	}
	h.control(t, "settle", fmt.Sprintf(`{"invoice_number":%q}`, invoice))
	if got := h.refund(t, invoice, rand.Text(), 1000); got.status != 201 {
		t.Errorf("after 100 refusals: %d %s, want 201", got.status, got.text)
	}
}

// Settings under which money could move twice make the start fail, and the error names them.
func TestSeen7FloorsOfTheTimes(t *testing.T) {
	t.Parallel()
	refund, ok := function.Find("refund")
	if !ok {
		t.Fatal("there is no function refund")
	}
	right := map[string]string{"AWS_REGION": "ap-southeast-3", "DOKU_ENVIRONMENT": "sandbox", "TABLE_NAME": "kasir",
		"DOKU_CLIENT_ID": "MCH-1", "DOKU_SECRET_KEY": "SK-1", "QUOTE_KEY": strings.Repeat("q", 32)}
	for name, c := range map[string]struct {
		set  map[string]string
		want string // the setting that the error must name; empty: no error
	}{
		"the defaults":                      {nil, ""},
		"resend after 1s":                   {map[string]string{"RESEND_AFTER": "1s"}, "RESEND_AFTER"},
		"resend as the longest call ends":   {map[string]string{"RESEND_AFTER": "20s"}, "RESEND_AFTER"},
		"resend after the longest call":     {map[string]string{"RESEND_AFTER": "3s", "DOKU_TIMEOUT": "2s"}, ""},
		"a window as long as the resend":    {map[string]string{"TRUST_WINDOW": "90s"}, "TRUST_WINDOW"},
		"a window that ends before":         {map[string]string{"TRUST_WINDOW": "10s"}, "TRUST_WINDOW"},
		"no window":                         {map[string]string{"TRUST_WINDOW": "0"}, ""},
		"a call longer than 20 s":           {map[string]string{"DOKU_TIMEOUT": "21s"}, "DOKU_TIMEOUT"},
		"a call without time":               {map[string]string{"DOKU_TIMEOUT": "0"}, "DOKU_TIMEOUT"},
		"unsigned refusals in another word": {map[string]string{"UNSIGNED_REFUSALS": "believe"}, "UNSIGNED_REFUSALS"},
	} {
		_, err := app.Load(func(name string) string {
			if value, set := c.set[name]; set {
				return value
			}
			return right[name]
		}, refund)
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q named", name, err, c.want)
		}
	}
}

// A refund in doubt is sent again after RESEND_AFTER and then every 5 minutes. Callers that repeat the request change
// nothing.
func TestSeen7AResendEveryFiveMinutes(t *testing.T) {
	t.Parallel()
	h := common(t)
	a := h.begin(t, "refund")
	h.doku.plan("refund", a.invoice, loseAnswer, dropCall, dropCall, dropCall, dropCall)
	a.checkProcessing(t, "the first", a.send(t))
	begin, sent := time.Duration(0), []string{}
	note := func() {
		for len(sent) < len(h.doku.ids("refund", a.invoice)) {
			sent = append(sent, begin.String())
		}
	}
	note()
	for range 28 {
		h.age(t, a.invoice, 30*time.Second)
		begin += 30 * time.Second
		h.reconcile(t)
		a.send(t)
		note()
	}
	if got := strings.Join(sent, " "); got != "0s 1m30s 6m30s 11m30s" {
		t.Errorf("sent %s, want 0s 1m30s 6m30s 11m30s", got)
	}
}
