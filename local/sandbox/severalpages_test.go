package sandbox

import (
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox/faults"
)

// threePages opens three pages of one order. The first can still be paid, the second has ended, and the third is new.
func (b *bench) threePages() (pages [3]string) {
	b.t.Helper()
	b.faults(`{"page_lifetime":"48h"}`)
	pages[0] = b.create(simple("INV-1", 90000, ""))
	b.advance(2 * time.Hour)
	b.faults(`{}`)
	pages[1] = b.create(simple("INV-1", 90000, ""))
	b.advance(2 * time.Hour)
	pages[2] = b.create(simple("INV-1", 90000, ""))
	return pages
}

func TestAnyOfSeveralPagesIsPaid(t *testing.T) {
	for paid, page := range map[string]int{"create-1": 0, "create-3": 2} {
		b := newBench(t)
		pages := b.threePages()
		b.pay(pages[page], goodCard)
		n := b.next()
		if got := n.body.Transaction.OriginalRequestID; got != paid {
			t.Errorf("%s was paid, and the notification names %q", paid, got)
		}
		if got := b.status("INV-1"); got.Transaction == nil || got.Transaction.Status != "SUCCESS" ||
			got.Transaction.OriginalRequestID != paid || got.CardPayment.RequestID != paid {
			t.Errorf("%s was paid, and check status says %+v", paid, got.Transaction)
		}
		e := b.ledger("INV-1")
		if len(e.Pages) != 3 || e.Paid != 90000 || e.DoublePages != 0 {
			t.Errorf("%+v", e)
		}
		for _, p := range e.Pages {
			if wants := p.RequestID == paid; (p.Paid == 90000) != wants || (p.Status == statusPaid) != wants {
				t.Errorf("%s was paid, and the ledger has %+v", paid, p)
			}
		}
	}
}

func TestAPageThatEndedAmongSeveralIsNotPaid(t *testing.T) {
	b := newBench(t)
	pages := b.threePages()
	if a := b.get(pages[1]); a.status != 410 || !strings.Contains(string(a.body), "has expired") {
		t.Errorf("%d %s", a.status, a.body)
	}
	for i, want := range []string{statusOpen, statusExpired, statusOpen} {
		if got := b.ledger("INV-1").Pages[i].Status; got != want {
			t.Errorf("page %d is %s, want %s", i+1, got, want)
		}
	}
}

// Without a payment the newest page counts, even if a card was declined on an older one.
func TestStatusOfSeveralPagesIsTheNewest(t *testing.T) {
	b := newBench(t)
	pages := b.threePages()
	b.pay(pages[0], poorCard)
	if got := b.status("INV-1"); got.Order.Status != "ORDER_GENERATED" || got.Transaction != nil {
		t.Errorf("%+v", got)
	}
	if got := b.status("create-1"); got.Transaction == nil ||
		got.Transaction.Status != "FAILED" { // asked by its Request-Id
		t.Errorf("%+v", got)
	}
	b.advance(time.Hour)
	if got := b.status("INV-1"); got.Order.Status != "ORDER_EXPIRED" {
		t.Errorf("%+v", got)
	}
}

// A check status that lags answers with the earlier page.
func TestALaggingStatusHasTheEarlierPage(t *testing.T) {
	b := newBench(t)
	first := b.create(simple("INV-1", 90000, ""))
	b.pay(first, poorCard)
	b.advance(2 * time.Hour)
	b.create(simple("INV-1", 90000, ""))
	b.faults(`{"calls":{"status":{"` + faults.StatusLag + `":1,"lag":"1h"}}}`)
	if got := b.status("INV-1"); got.Transaction == nil || got.Transaction.Status != "FAILED" ||
		got.Transaction.OriginalRequestID != "create-1" {
		t.Errorf("an hour ago: %+v", got)
	}
	b.advance(time.Hour)
	if got := b.status("INV-1"); got.Order.Status != "ORDER_GENERATED" {
		t.Errorf("an hour ago there was the second page: %+v", got)
	}
}

// The money of the first page goes back under the Request-Id of that page alone.
func TestARefundNamesThePaidPage(t *testing.T) {
	b := newBench(t)
	pages := b.threePages()
	b.pay(pages[0], goodCard)
	var got refundAnswer
	b.call(refundPath, refundBodyOf("INV-1", "create-3", 90000), &got)
	if got.Refund.Status != "FAILED" {
		t.Errorf("of the newest page: %+v", got)
	}
	b.call(refundPath, refundBodyOf("INV-1", "create-1", 90000), &got)
	if e := b.ledger("INV-1"); got.Refund.Status != "SUCCESS" || e.Refunded != 90000 {
		t.Errorf("of the paid page: %+v, %+v", got, e)
	}
}
