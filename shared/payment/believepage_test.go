package payment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// ended returns an order whose page has ended and is unpaid at DOKU.
func ended(t *testing.T) *bench {
	t.Helper()
	b := pending(t)
	b.doku.told = generated
	b.now = b.now.Add(time.Hour)
	return b
}

// A page is returned until it ends. Then the same terms make the next page, after DOKU has reported the last as unpaid.
func TestBelieve7AfterAPagesEndTheSameTermsMakeTheNext(t *testing.T) {
	b := ended(t)
	b.now = b.now.Add(-time.Second)
	if page, err := b.CreatePage(t.Context(), request()); err != nil || !page.Replayed || len(b.doku.asked) != 1 {
		t.Fatalf("a second before its end: %+v, %v", page, err)
	}
	b.now = b.now.Add(time.Second)
	other := request()
	other.Customer.Name, other.Order.CallbackURL = "Budi S.", "https://shop.example/else"
	page, err := b.CreatePage(t.Context(), other)
	if err != nil || page.Replayed || page.Order.Status() != order.Pending || page.Order.Facts.Page.Generation != 2 {
		t.Fatalf("at its end: %+v, %v", page.Order.Facts.Page, err)
	}
	if len(b.doku.asked) != 2 || b.doku.asked[0] == b.doku.asked[1] ||
		!page.Order.Facts.Page.ExpiresAt.Equal(b.now.Add(time.Hour)) {
		t.Errorf("asked as %q, the next ends at %s", b.doku.asked, page.Order.Facts.Page.ExpiresAt)
	}
	if again, err := b.CreatePage(t.Context(), other); err != nil || !again.Replayed ||
		again.Order.Facts.Page.URL != page.Order.Facts.Page.URL {
		t.Errorf("the same again: %+v, %v", again.Order.Facts.Page, err)
	}
	b.RequireRequestID = true
	b.hear(t, sale().with(func(r *report) { r.page, r.date = b.doku.asked[0], "2026-08-27T10:59:00Z" }))
	if o := b.order(t); o.Status() != order.Paid || len(o.Conflicts())+len(o.Facts.Remarks) != 0 ||
		o.PaidPageID() != b.doku.asked[0] {
		t.Errorf("paid on the first page: %s %+v, a refund names %s", o.Status(), o.Conflicts(), o.PaidPageID())
	}
}

func TestBelieve7NoNextPageBesideMoney(t *testing.T) {
	var no *order.NotAllowed
	for name, c := range map[string]struct {
		told    func(string) (doku.Status, error)
		want    order.Status
		refused bool
	}{
		"paid":           {told("SALE", "SUCCESS", 90000), order.Paid, false},
		"authorised":     {told("AUTHORIZE", "PENDING", 90000), order.Authorized, false},
		"another amount": {told80000, order.NeedsReview, true},
	} {
		b := ended(t)
		b.doku.told = c.told
		page, err := b.CreatePage(t.Context(), request())
		if errors.As(err, &no) != c.refused || err != nil && !c.refused || b.status(t) != c.want ||
			len(b.doku.asked) != 1 {
			t.Errorf("%s: %s, %v, %d pages", name, page.Order.Status(), err, len(b.doku.asked))
		}
	}
	b := ended(t)
	b.doku.told = nil
	if _, err := b.CreatePage(t.Context(), request()); !errors.Is(err, doku.ErrUnknown) || len(b.doku.asked) != 1 {
		t.Errorf("no answer: %v, %d pages", err, len(b.doku.asked))
	}
	b.doku.told = func(string) (doku.Status, error) {
		return doku.Status{}, &doku.Error{HTTPStatus: 404, NotFound: true}
	}
	if _, err := b.CreatePage(t.Context(), request()); err != nil || len(b.doku.asked) != 2 {
		t.Errorf("DOKU knows of no payment: %v, %d pages", err, len(b.doku.asked))
	}
}

// A request with another body is answered before the page's end with that end, and after it with the terms to keep.
func TestBelieve7AnotherBodyIsToldWhatToDo(t *testing.T) {
	b := ended(t)
	b.now = b.now.Add(-time.Minute)
	other := request()
	other.Order.Amount = 50000
	for _, want := range []string{"which stands until 2026-08-27T11:00:00Z", "needs another invoice number"} {
		var no *order.NotAllowed
		if _, err := b.CreatePage(t.Context(), other); !errors.As(err, &no) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		b.now = b.now.Add(2 * time.Minute)
	}
	if len(b.doku.asked) != 1 {
		t.Errorf("%d pages were asked for", len(b.doku.asked))
	}
}

// A closed order gets no further page. Money that still comes counts, and a person must look.
func TestBelieve7ClosingEndsAnUnpaidOrder(t *testing.T) {
	b := pending(t)
	told := b.listen()
	for range 2 {
		if o, err := b.Close(t.Context(), "INV-1", sari); err != nil || o.Facts.Closed.By != sari.By || o.Version != 3 {
			t.Fatalf("%v, %+v, version %d", err, o.Facts.Closed, o.Version)
		}
	}
	b.doku.told = generated
	var no *order.NotAllowed
	for range 2 {
		if _, err := b.CreatePage(t.Context(), request()); !errors.As(err, &no) {
			t.Errorf("a page of a closed order: %v", err)
		}
		b.now = b.now.Add(2 * time.Hour)
	}
	b.hear(t, sale())
	if b.status(t) != order.Paid || heard(*told, order.ChangeAttention, order.ReasonClosedPaid) != 1 ||
		b.order(t).Refundable() != 90000 {
		t.Errorf("%s, told %+v", b.status(t), *told)
	}
	b = bought(t)
	if _, err := b.Close(t.Context(), "INV-1", sari); !errors.As(err, &no) {
		t.Errorf("closing a paid order: %v", err)
	}
	if _, err := b.Close(t.Context(), "INV-2", sari); !errors.Is(err, payment.ErrNotFound) {
		t.Errorf("closing what is not there: %v", err)
	}
}

// Money is late if it came after the page's end, even if that becomes known later.
func TestBelieve7MoneyAfterThePagesEndIsLate(t *testing.T) {
	for date, late := range map[string]bool{"2026-08-27T10:59:59Z": false, "2026-08-27T11:00:30Z": true} {
		b := ended(t)
		told := b.listen()
		b.now = b.now.Add(time.Minute)
		b.hear(t, sale().with(func(r *report) { r.date = date }))
		if b.order(t).Late() != late || (heard(*told, order.ChangeAttention, order.ReasonLate) == 1) != late {
			t.Errorf("paid at %s: late %t, told %+v", date, b.order(t).Late(), *told)
		}
	}
}

// A repeat is the same request. A refund that named the latest page still names it after DOKU has reported that another
// page was paid.
func TestBelieve7TheRepeatOfARefundNamesTheSamePage(t *testing.T) {
	b := ended(t)
	if _, err := b.CreatePage(t.Context(), request()); err != nil {
		t.Fatal(err)
	}
	first := b.doku.asked[0]
	b.hear(t, sale().with(func(r *report) { r.date = "2026-08-27T10:59:00Z" }))
	b.doku.asked, b.doku.bodies = nil, nil
	b.doku.money = func() (string, error) { return "", errUnknown }
	if _, err := b.refund(t, "a key of the caller 1", 90000); err != nil {
		t.Fatal(err)
	}
	b.hear(t, sale().with(func(r *report) { r.date, r.page = "2026-08-27T10:59:00Z", first }))
	if b.order(t).PaidPageID() != first {
		t.Fatal("the later report does not count")
	}
	b.now = b.now.Add(2 * time.Minute)
	b.refund(t, "a key of the caller 1", 90000)
	if n := len(b.doku.bodies); n != 2 || b.doku.bodies[0] != b.doku.bodies[1] || b.doku.asked[0] != b.doku.asked[1] {
		t.Errorf("asked %d times: %q", n, b.doku.bodies)
	}
}

// An answer of check status about another order proves nothing about this one. It stays unpaid and is asked about
// again.
func TestBelieve7AnAnswerAboutAnotherOrderEndsNoPage(t *testing.T) {
	b := ended(t)
	b.doku.told = func(string) (doku.Status, error) { return generated("INV-OTHER") }
	b.now = b.now.Add(10 * time.Minute)
	if _, err := b.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.decide(t, false); err != nil {
		t.Fatal(err)
	}
	if got := b.status(t); got != order.Pending {
		t.Errorf("%s, want it pending until DOKU has told of it", got)
	}
	b.doku.told = told("SALE", "SUCCESS", 90000)
	b.now = b.now.Add(time.Hour)
	if _, err := b.Reconcile(t.Context()); err != nil || b.status(t) != order.Paid {
		t.Errorf("asked again: %s, %v", b.status(t), err)
	}
}

// A capture names the authorisation that is kept, and a refund names its page.
func TestBelieve7AnAuthorisationKeepsItsPage(t *testing.T) {
	for _, ids := range [][2]string{{"17", "18"}, {"18", "17"}} {
		b := pending(t)
		b.hear(t, authorize().with(func(r *report) {
			r.card, r.page = strings.Replace(r.card, "17", ids[0], 1), "another"
		}))
		b.hear(t, authorize().with(func(r *report) { r.card = strings.Replace(r.card, "17", ids[1], 1) }))
		held := b.order(t).Facts.Authorized
		if want := map[bool]string{true: "another"}[ids[0] == "17"]; held.ID != "17" || held.PageID != want {
			t.Errorf("%v: kept %s of the page %q, want 17 of %q", ids, held.ID, held.PageID, want)
		}
	}
}

// There is no further page while a payment of the last one is under way.
func TestBelieve7NoNextPageBesideAPaymentUnderWay(t *testing.T) {
	for _, status := range []string{"PENDING", "REDIRECT", "TIMEOUT", "redirect"} {
		b := ended(t)
		b.now = b.now.Add(2 * time.Hour)
		b.doku.told = told("SALE", status, 90000)
		page, err := b.CreatePage(t.Context(), request())
		if !errors.Is(err, doku.ErrUnknown) {
			t.Errorf("%s: %+v, %v", status, page.Order.Facts.Page, err)
		}
		b.now = b.now.Add(24 * time.Hour)
		if page, err := b.CreatePage(t.Context(), request()); err != nil || page.Order.Facts.Page.Generation != 2 {
			t.Errorf("%s, a day later: %+v, %v", status, page.Order.Facts.Page, err)
		}
	}
}
