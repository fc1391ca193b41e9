package versions

import (
	"net/http"
	"slices"
	"testing"

	"kasir/shared/order"
)

const (
	pageFaults = `"createpage":{"lose_before":0.1,"lose_after":0.15,"error_after":0.15}`
	unreliably = `{"lose":0.2,"lose_answer":0.2,"duplicate":0.2,"reorder":0.1}`
	moneyLost  = `{"lose_before":0.1,"lose_after":0.2,"error_after":0.1}`
	moneyFault = `{"calls":{"capture":` + moneyLost + `,"refund":` + moneyLost + `}}`
)

// Two versions work on one table, as during a deployment. Each request, notification and run of reconcile goes to one
// of them at random. Answers of DOKU and notifications are lost. At the end the orders equal DOKU's ledger, and the new
// version still reads its own items after the old one has written them again.
func TestTwoVersionsOnOneTable(t *testing.T) {
	t.Parallel()
	b := startBoth(t)
	unnotified, notified := plans("LOST", 12), plans("MIX", 24)

	b.control(t, "faults", `{"calls":{`+pageFaults+`},"notifications":{"drop":1}}`)
	b.buyAll(t, unnotified)
	until(t, "all notifications of the first orders are dropped", func() bool {
		var now struct{ Suffered map[string]map[string]int }
		b.look(t, "faults", &now)
		return now.Suffered["notifications"]["drop"] >= len(unnotified)
	})
	b.countFaults(t)
	b.control(t, "faults", `{"calls":{`+pageFaults+`},"notifications":`+unreliably+`}`)
	b.buyAll(t, notified)
	until(t, "the orders know of their money", func() bool { return b.known(t, notified) })
	b.countFaults(t)
	b.moveMoney(t, notified)

	for _, p := range unnotified {
		b.age(t, p.invoice)
	}
	b.reconcileUntil(t, "reconcile finds the payments without notification",
		func() bool { return b.known(t, unnotified) })
	b.moveMoney(t, unnotified)

	b.compare(t, slices.Concat(unnotified, notified))
	for _, p := range slices.Concat(unnotified, notified) {
		b.rewrite(t, p.invoice)
	}
	b.logRuns(t)
}

func (b *both) buyAll(t *testing.T, all []plan) {
	t.Helper()
	if err := each(all, func(_ int, p plan) error { return b.buy(t.Context(), p) }); err != nil {
		t.Fatal(err)
	}
}

// known reports whether the orders have a payment or an authorisation.
func (b *both) known(t *testing.T, all []plan) bool {
	orders := b.all(t)
	return !slices.ContainsFunc(all, func(p plan) bool {
		o := orders[p.invoice]
		return o.Facts.Authorized == nil && o.Captured() == 0
	})
}

// moveMoney captures, settles and refunds.
func (b *both) moveMoney(t *testing.T, all []plan) {
	t.Helper()
	b.phase(t, all, plan.captureRequests)
	b.control(t, "settle", `{}`)
	for i := range 2 {
		b.phase(t, all, func(p plan) []request { return p.refundRequests(i) })
	}
}

// phase sends each request once while DOKU's answers are lost. Then the callers of one half repeat theirs, and
// reconcile finishes the other half.
func (b *both) phase(t *testing.T, all []plan, of func(plan) []request) {
	t.Helper()
	var requests []request
	for _, p := range all {
		requests = append(requests, of(p)...)
	}
	b.control(t, "faults", moneyFault)
	err := each(requests, func(_ int, r request) error { _, err := b.post(t.Context(), r); return err })
	b.countFaults(t)
	b.control(t, "faults", `{}`)
	if err != nil {
		t.Fatal(err)
	}
	err = each(requests, func(i int, r request) error {
		if i%2 == 0 {
			return nil
		}
		_, err := b.insist(t.Context(), r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.reconcileUntil(t, "no operation is open", func() bool { return b.open(t) == 0 })
	for _, r := range requests { // a person may look at one; compare counts those
		if answer, err := b.post(t.Context(), r); err != nil || answer.Status == http.StatusCreated {
			t.Errorf("%s again: %d %s %v, and it was settled", r.path, answer.Status, answer.Body, err)
		}
	}
}

// countFaults adds up the faults of DOKU's calls since the faults were set.
func (b *both) countFaults(t *testing.T) {
	t.Helper()
	var now struct{ Suffered map[string]map[string]int }
	b.look(t, "faults", &now)
	for endpoint, faults := range now.Suffered {
		for _, n := range faults {
			b.suffered[endpoint] += n
		}
	}
}

// open counts captures and refunds whose outcome is not known yet.
func (b *both) open(t *testing.T) int {
	n := 0
	for _, o := range b.all(t) {
		for _, op := range o.Operations {
			if op.State == order.Open && op.Kind != order.KindCreatePage {
				n++
			}
		}
	}
	return n
}

// compare compares the orders with DOKU's ledger and with the requests.
func (b *both) compare(t *testing.T, all []plan) {
	t.Helper()
	var books struct {
		Ledger []struct {
			Invoice        string `json:"invoice_number"`
			Captured       int64
			Refunded       int64
			DoubleCaptures int `json:"double_captures"`
			DoubleRefunds  int `json:"double_refunds"`
		}
	}
	b.look(t, "ledger", &books)
	orders, attention := b.all(t), 0
	if len(books.Ledger) != len(all) || len(orders) != len(all) {
		t.Errorf("%d invoices at DOKU and %d orders, want %d", len(books.Ledger), len(orders), len(all))
	}
	asked := map[string]plan{}
	for _, p := range all {
		asked[p.invoice] = p
	}
	for _, at := range books.Ledger {
		o, p := orders[at.Invoice], asked[at.Invoice]
		if at.DoubleCaptures+at.DoubleRefunds > 0 || at.Captured > p.taken() || at.Refunded > p.refunded() {
			t.Errorf("%s: too much was done at DOKU: %+v, asked for were %d and %d", at.Invoice, at, p.taken(),
				p.refunded())
		}
		if len(o.Review())+len(o.Facts.Conflicts) > 0 {
			attention++
			continue
		}
		if at.Captured != o.Captured() || at.Refunded != o.Refunded() {
			t.Errorf("%s: DOKU has captured %d and refunded %d; the order %d and %d",
				at.Invoice, at.Captured, at.Refunded, o.Captured(), o.Refunded())
		}
		if o.Captured() != p.taken() || o.Refunded() != p.refunded() {
			t.Errorf("%s: captured %d and refunded %d, asked for were %d and %d",
				at.Invoice, o.Captured(), o.Refunded(), p.taken(), p.refunded())
		}
	}
	t.Logf("%d orders agree with DOKU's ledger, %d wait for a person", len(all)-attention, attention)
	if attention > len(all)/10 {
		t.Errorf("%d of %d orders wait for a person: lost answers alone must not need one", attention, len(all))
	}
}
