package promises

import (
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"
)

// crowd is a stack with a DynamoDB that can be throttled.
var crowd = func() func(*testing.T) *fixture {
	open := sync.OnceValues(func() (*fixture, error) { return openFixture(nil, "{}", true) })
	return func(t *testing.T) *fixture { return found(t, open) }
}()

// many runs f for 0 to n-1, eight at a time.
func many(n int, f func(int)) {
	todo := make(chan int)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := range todo {
				f(i)
			}
		})
	}
	for i := range n {
		todo <- i
	}
	close(todo)
	workers.Wait()
}

// 160 abandoned pages are due, and DOKU takes 15 s to answer about each. A refund in doubt that is due later does not
// wait for them.
func TestSeen4ARefundInDoubtDoesNotQueueBehindPages(t *testing.T) {
	t.Parallel()
	h := crowd(t)
	refund := freshInvoice("MONEY")
	h.makeSale(t, refund)
	slow := func(x exchange) answer {
		select {
		case <-time.After(15 * time.Second):
		case <-x.Context().Done():
		}
		return answer{status: 504}
	}
	many(160, func(i int) {
		invoice := fmt.Sprintf("PAGES-%d", i)
		h.doku.always("status", invoice, slow)
		if got := h.request(t, "POST", "/payments", "", createBody(invoice, "")); got.status != 201 {
			t.Errorf("page %d: %d %s", i, got.status, got.text)
		}
		h.age(t, invoice, 3*time.Hour)
	})
	h.doku.plan("refund", refund, loseAnswer)
	got := h.refund(t, refund, rand.Text(), 30000)
	if got.status != 202 {
		t.Fatalf("the refund: %d %s", got.status, got.text)
	}
	h.age(t, refund, 2*time.Minute)
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { h.Reconcile(t.Context()) })
	begin := time.Now()
	settled := func() bool { return number(h.show(t, refund), "refunded") == 30000 }
	if !until(t, 70*time.Second, settled) { // the schedules run every minute
		t.Errorf("%.0f s after it was due, the refund in doubt is not settled: sent %d times, kasir: %s",
			time.Since(begin).Seconds(), len(h.doku.ids("refund", refund)), brief(h.show(t, refund)))
	}
}
