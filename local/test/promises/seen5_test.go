package promises

import (
	"crypto/rand"
	"strings"
	"sync"
	"testing"
	"time"
)

// Forty people refund 1000 each of one order at the same time, each with a key of their own.
func TestSeen5FortyRefundsAtOnce(t *testing.T) {
	t.Parallel()
	h, invoice := crowd(t), freshInvoice("RUSH")
	h.makeSale(t, invoice)
	const people = 40
	keys, first := [people]string{}, [people]reply{}
	var all sync.WaitGroup
	for i := range people {
		keys[i] = rand.Text()
		all.Go(func() {
			first[i] = h.refund(t, invoice, keys[i], 1000)
		})
	}
	all.Wait()
	counts := map[int]int{}
	for _, r := range first {
		counts[r.status]++
	}
	if counts[409] > 0 {
		t.Errorf("%d of %d keys that were never seen before: 409, as if they were running already; all answers %v",
			counts[409], people, counts)
	}
	if lines := h.log.lines(invoice, `"blame":"doku"`); len(lines) > 0 {
		t.Errorf("DOKU answered all of them at once, and %d answers are blamed on it: %s", len(lines), lines[0])
	}
	for _, line := range h.log.lines(invoice, `"http_status":202`) {
		if !strings.Contains(line, `"blame":"us"`) || !strings.Contains(line, `"StoreFailures"`) {
			t.Errorf("an answer that is known and could not be written is our fault: %s", line)
			break
		}
	}
	for i := range people {
		if !until(t, 20*time.Second, func() bool {
			r := h.refund(t, invoice, keys[i], 1000)
			if r.status == 202 || r.status == 409 {
				h.age(t, invoice, 6*time.Minute)
			}
			return r.status == 200 || r.status == 201
		}) {
			t.Fatalf("refund %d does not end", i)
		}
	}
	b, shown := h.ledger(t, invoice), h.show(t, invoice)
	if b.Refunded != people*1000 || number(shown, "refunded") != people*1000 || b.DoubleRefunds > 0 {
		t.Errorf("DOKU refunded %d (%d twice), kasir: %s", b.Refunded, b.DoubleRefunds, brief(shown))
	}
}

// DOKU has refunded and answered. DynamoDB throttles the write of the answer.
func TestSeen5AThrottledWriteIsNotBlamedOnDOKU(t *testing.T) {
	t.Parallel()
	h, invoice := crowd(t), freshInvoice("THROTTLE")
	h.makeSale(t, invoice)
	h.doku.plan("refund", invoice, func(x exchange) answer { h.table.refuse(invoice); return x.forward() })
	key := rand.Text()
	got := h.refund(t, invoice, key, 30000)
	h.table.refuse("")
	if got.status != 202 && got.status != 503 {
		t.Errorf("answered %d %s, want 202 or 503: the outcome is not stored", got.status, got.text)
	}
	lines := h.log.lines(invoice, `"route":"POST /payments/{invoice_number}/refunds"`)
	if len(lines) != 1 || !strings.Contains(lines[0], `"blame":"us"`) ||
		!strings.Contains(lines[0], `"StoreFailures":1`) {
		t.Errorf("the log line must blame us and count StoreFailures: %s", lines)
	}
	h.age(t, invoice, 2*time.Minute)
	if again := h.refund(t, invoice, key, 30000); again.status != 200 && again.status != 201 {
		t.Errorf("repeated: %d %s", again.status, again.text)
	}
	if b := h.ledger(t, invoice); b.Refunded != 30000 || number(h.show(t, invoice), "refunded") != 30000 {
		t.Errorf("DOKU refunded %d, kasir: %s", b.Refunded, brief(h.show(t, invoice)))
	}
}
