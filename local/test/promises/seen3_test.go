package promises

import (
	"strings"
	"testing"
	"time"
)

// forgetful is a stack whose DOKU forgets every Request-Id at once, and whose check status has another path.
var forgetful = lazyFixture(map[string]string{"DOKU_PATH_STATUS": "/orders/v9/status"},
	`{"forget_after":"1ms"}`)

// No notification arrives, and check status is called at a path that DOKU does not have.
func TestSeen3AWrongStatusPathIsNotAnAnswer(t *testing.T) {
	t.Parallel()
	h := forgetful(t)
	for name, answers := range map[string]step{
		"the sandbox's 404":  exchange.pass,
		"no static resource": answerUnsigned(404, `{"message":"No static resource orders/v9/status."}`),
		"a gateway's 404":    answerUnsigned(404, noRoute),
		"a gateway's 403":    answerUnsigned(403, `<html>forbidden</html>`),
	} {
		t.Run(strings.ReplaceAll(name, "'", ""), func(t *testing.T) {
			t.Parallel()
			invoice := freshInvoice("PATH")
			h.doku.always("status", invoice, answers)
			h.doku.always("notification", invoice, dropCall)
			h.buy(t, invoice, "", "")
			if got := h.ledger(t, invoice).Captured; got != 90000 {
				t.Fatalf("DOKU has captured %d", got)
			}
			asked := func() bool { h.reconcile(t); return len(h.doku.ids("status", invoice)) > 0 }
			h.age(t, invoice, 70*time.Minute)
			if !until(t, 10*time.Second, asked) {
				t.Fatal("check status was not asked")
			}
			if shown := h.show(t, invoice); shown["status"] != "PENDING" {
				t.Errorf("DOKU was paid 90000, and 10 minutes after the page's end kasir says %v", shown["status"])
			}
			before := len(h.doku.ids("status", invoice))
			h.age(t, invoice, 25*time.Hour)
			again := func() bool { h.reconcile(t); return len(h.doku.ids("status", invoice)) > before }
			until(t, 10*time.Second, again)
			h.reconcile(t)
			if shown := h.show(t, invoice); shown["status"] == "EXPIRED" && shown["unconfirmed"] != true {
				t.Errorf("a day after the page's end: %v unconfirmed %v", shown["status"], shown["unconfirmed"])
			}
			if len(h.log.lines(`"StatusUnanswered":`)) == 0 {
				t.Error("no log line counts StatusUnanswered, which its alarm reads")
			}
		})
	}
}
