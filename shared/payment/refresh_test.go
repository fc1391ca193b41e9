package payment_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

var (
	buyer    = payment.Caller{Subject: "CUST-1"}
	stranger = payment.Caller{Subject: "CUST-2"}
)

// waiting returns a bench with an order of the buyer that nobody has paid. Its check status counts the questions.
func waiting(t *testing.T) (b *bench, asked *int) {
	t.Helper()
	b, asked = newBench(), new(int)
	r := request()
	r.Customer.ID = buyer.Subject
	if _, err := b.CreatePage(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	b.doku.told = func(invoice string) (doku.Status, error) {
		mu.Lock()
		defer mu.Unlock()
		*asked++
		return generated(invoice)
	}
	return b, asked
}

// refreshes checks the wait and the number of questions that a refresh leads to.
func (b *bench) refreshes(t *testing.T, c payment.Caller, wait time.Duration, asked *int, questions int) {
	t.Helper()
	before := *asked
	if _, got, err := b.Refresh(t.Context(), c, "INV-1"); err != nil || got != wait || *asked-before != questions {
		t.Fatalf("wait %s, %d questions, %v; want %s, %d", got, *asked-before, err, wait, questions)
	}
}

func TestDOKUIsAskedAtMostOnceAMinuteForACustomer(t *testing.T) {
	b, asked := waiting(t)
	b.now = b.now.Add(20 * time.Second)
	b.refreshes(t, buyer, 40*time.Second, asked, 0)
	b.now = b.now.Add(40 * time.Second)
	b.refreshes(t, buyer, 0, asked, 1)
	b.now = b.now.Add(15 * time.Second)
	b.refreshes(t, buyer, 45*time.Second, asked, 0)
	b.refreshes(t, backEnd, 0, asked, 1) // staff may ask after 10 s
	b.refreshes(t, backEnd, 10*time.Second, asked, 0)
	b.refreshes(t, buyer, time.Minute, asked, 0)
	if _, _, err := b.Refresh(t.Context(), stranger, "INV-1"); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("another's order: %v", err)
	}
}

func TestARefreshFindsThePaymentOfALostNotification(t *testing.T) {
	b, asked := waiting(t)
	b.now = b.now.Add(time.Minute)
	b.doku.told = counted(asked)
	b.refreshes(t, buyer, 0, asked, 1)
	if b.status(t) != order.Paid {
		t.Fatalf("it is %s", b.status(t))
	}
	b.refreshes(t, buyer, 0, asked, 0) // a paid order of one's own: nothing to ask
	b.now = b.now.Add(10 * time.Second)
	b.refreshes(t, backEnd, 0, asked, 1)
}

// One answer reports a payment that was not known, and a refund in the Back Office beside it.
func TestARefreshFindsThePaymentAndItsRefund(t *testing.T) {
	b, _ := waiting(t)
	b.now = b.now.Add(time.Minute)
	b.doku.told = func(invoice string) (doku.Status, error) {
		st, err := told("SALE", "SUCCESS", 90000)(invoice)
		st.Refund = doku.RefundReport{Amount: doku.Amount{Rupiah: 30000, Valid: true}, Status: "SUCCESS",
			RequestID: "BACKOFFICE1"}
		return st, err
	}
	if _, _, err := b.Refresh(t.Context(), buyer, "INV-1"); err != nil {
		t.Fatal(err)
	}
	if o := b.order(t); o.Captured() != 90000 || o.ElsewhereRefunded() != 30000 || o.Refundable() != 60000 {
		t.Errorf("captured %d, refunded elsewhere %d, refundable %d", o.Captured(), o.ElsewhereRefunded(),
			o.Refundable())
	}
}

// The time of a question is kept, also if DOKU gave no answer. Nothing else changes then.
func TestARefreshWithoutAnAnswerChangesNothing(t *testing.T) {
	b, asked := waiting(t)
	b.now = b.now.Add(time.Minute)
	b.doku.told = nil
	if _, _, err := b.Refresh(t.Context(), buyer, "INV-1"); !errors.Is(err, doku.ErrUnknown) {
		t.Fatalf("%v", err)
	}
	if o := b.order(t); o.Status() != order.Pending || !o.Watch.AskedAt.Equal(b.now) ||
		o.Watch.NextAt != (time.Time{}) {
		t.Errorf("%s, %+v", o.Status(), o.Watch)
	}
	b.refreshes(t, buyer, time.Minute, asked, 0)
}

func TestOfTwoRefreshesAtOnceOneAsks(t *testing.T) {
	b, asked := waiting(t)
	b.now = b.now.Add(time.Minute)
	var both sync.WaitGroup
	var waits [8]time.Duration
	for i := range waits {
		both.Go(func() { _, waits[i], _ = b.Refresh(t.Context(), buyer, "INV-1") })
	}
	both.Wait()
	free := 0
	for _, wait := range waits {
		if wait == 0 {
			free++
		}
	}
	if *asked != 1 || free != 1 {
		t.Errorf("%d questions, waits %v", *asked, waits)
	}
}
