package payment_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

func TestTheOrderIsStoredBeforeDOKUIsCalled(t *testing.T) {
	b := newBench()
	b.doku.answer = func() (string, error) {
		o, err := b.store.Get(t.Context(), "INV-1")
		if err != nil || o.Status() != order.Creating {
			t.Errorf("while DOKU is called the store holds %+v, %v", o, err)
		}
		return "https://pay.example/1", nil
	}
	page, err := b.CreatePage(t.Context(), request())
	if err != nil || page.Order.Status() != order.Pending || page.Replayed {
		t.Fatalf("%+v, %v", page, err)
	}
	f := page.Order.Facts.Page
	if f.URL != "https://pay.example/1" || !f.ExpiresAt.Equal(b.now.Add(time.Hour)) {
		t.Errorf("page %+v", f)
	}
}

func TestAStoreThatIsDownMeansDOKUIsNotCalled(t *testing.T) {
	b := newBench()
	b.store.create = errStore
	if _, err := b.CreatePage(t.Context(), request()); !errors.Is(err, payment.ErrStore) {
		t.Errorf("%v, want ErrStore", err)
	}
	if len(b.doku.asked) != 0 {
		t.Error("DOKU made a page that no order here knows of")
	}
}

func TestARepeatAnswersWithTheSamePage(t *testing.T) {
	b := newBench()
	first, err := b.CreatePage(t.Context(), request())
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.CreatePage(t.Context(), request())
	if err != nil || !second.Replayed || second.Order.Facts.Page.URL != first.Order.Facts.Page.URL {
		t.Errorf("%+v, %v", second, err)
	}
	if len(b.doku.asked) != 1 {
		t.Errorf("DOKU was called %d times", len(b.doku.asked))
	}
	other := request()
	other.Customer.Name = "Somebody else"
	var no *order.NotAllowed
	if _, err := b.CreatePage(t.Context(), other); !errors.As(err, &no) ||
		!strings.Contains(err.Error(), "stands until 2026-08-27T11:00:00Z") {
		t.Errorf("another body: %v, want until when the page stands", err)
	}
}

// A time-out, then a crash of the second attempt after DOKU answered: the third attempt finishes, and DOKU has
// seen one request three times.
func TestRetriesAfterAnUnknownOutcomeAndACrash(t *testing.T) {
	b := newBench()
	b.doku.answer = func() (string, error) { return "", errUnknown }
	page, err := b.CreatePage(t.Context(), request())
	if err != nil || !errors.Is(page.Unknown, doku.ErrUnknown) || b.status(t) != order.Creating {
		t.Fatalf("%+v, %v", page, err)
	}
	b.doku.answer = func() (string, error) { panic("crash") }
	func() {
		defer func() { recover() }()
		b.CreatePage(t.Context(), request())
	}()
	var busy *payment.Busy
	if _, err := b.CreatePage(t.Context(), request()); !errors.As(err, &busy) || busy.RetryAfter != order.Lease {
		t.Errorf("while the crashed attempt's lease lasts: %v", err)
	}
	b.now = b.now.Add(order.Lease)
	b.doku.answer = nil
	if page, err = b.CreatePage(t.Context(), request()); err != nil || page.Unknown != nil ||
		b.status(t) != order.Pending {
		t.Errorf("%+v, %v", page, err)
	}
	for i := range b.doku.asked {
		if b.doku.asked[i] != b.doku.asked[0] || b.doku.bodies[i] != b.doku.bodies[0] {
			t.Errorf("attempt %d was another request: %s %s", i+1, b.doku.asked[i], b.doku.bodies[i])
		}
	}
	if len(b.doku.asked) != 3 {
		t.Errorf("DOKU was called %d times, want 3", len(b.doku.asked))
	}
}

func TestAnOutcomeThatCouldNotBeWrittenIsOurFailure(t *testing.T) {
	b := newBench()
	b.store.update = errStore
	page, err := b.CreatePage(t.Context(), request())
	if !errors.Is(err, payment.ErrStore) {
		t.Fatalf("%+v, %v: the page is not in the store, so a repeat would not find it", page, err)
	}
	b.store.update, b.now = nil, b.now.Add(order.Lease)
	if page, err := b.CreatePage(t.Context(), request()); err != nil || page.Unknown != nil ||
		b.status(t) != order.Pending {
		t.Errorf("%+v, %v", page, err)
	}
	if b.doku.asked[0] != b.doku.asked[1] {
		t.Error("the repeat was another request")
	}
}

func TestARefusalIsToldAndACorrectedRequestIsANewOne(t *testing.T) {
	b := newBench()
	b.doku.answer = func() (string, error) { return "", &doku.Error{HTTPStatus: 400, Code: "INVALID_PARAMETER"} }
	var refused *doku.Error
	if _, err := b.CreatePage(t.Context(), request()); !errors.As(err, &refused) {
		t.Fatalf("%v, want the refusal", err)
	}
	b.doku.answer = nil
	corrected := request()
	corrected.Order.Amount = 50000
	page, err := b.CreatePage(t.Context(), corrected)
	if err != nil || page.Order.Amount != 50000 || b.doku.asked[0] == b.doku.asked[1] {
		t.Errorf("%+v, %v, asked as %q", page, err, b.doku.asked)
	}
}

func TestACallerWhoGoesAwayDoesNotLoseTheOutcome(t *testing.T) {
	b := newBench()
	ctx, leave := context.WithCancel(t.Context())
	b.doku.answer = func() (string, error) { leave(); return "https://pay.example/1", nil }
	if _, err := b.CreatePage(ctx, request()); err != nil || b.status(t) != order.Pending {
		t.Errorf("%v, %s", err, b.status(t))
	}
}

// The notification can arrive before the create call's own answer is written. Neither is lost.
func TestANotificationBetweenCallAndWrite(t *testing.T) {
	b := newBench()
	b.doku.answer = func() (string, error) {
		if n, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil || n.Effect != payment.Applied {
			t.Errorf("%+v, %v", n, err)
		}
		return "https://pay.example/1", nil
	}
	page, err := b.CreatePage(t.Context(), request())
	if err != nil || page.Order.Status() != order.Paid || page.Order.Facts.Page == nil || b.status(t) != order.Paid {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestADoubleClickAsksDOKUOnce(t *testing.T) {
	b := newBench()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := b.CreatePage(t.Context(), request())
			var busy *payment.Busy
			if err != nil && !errors.As(err, &busy) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(b.doku.asked) != 1 {
		t.Errorf("DOKU was called %d times", len(b.doku.asked))
	}
}

func TestURLsMustBeOfAllowedHosts(t *testing.T) {
	for _, test := range []struct {
		change func(*payment.PageRequest)
		want   string // pointer and a piece of the detail; empty: accepted
	}{
		{func(r *payment.PageRequest) { r.Order.CallbackURL = "https://shop.example:8443/back?x=1" }, ""},
		{func(r *payment.PageRequest) { r.Order.CallbackURL = "http://localhost:8081/order.html" }, ""},
		{func(r *payment.PageRequest) { r.Order.CallbackURL = "HTTPS://Shop.Example/Back" }, ""},
		{func(r *payment.PageRequest) { r.Order.CallbackURL = "http://shop.example/back" },
			"/order/callback_url must begin with https"},
		{func(r *payment.PageRequest) { r.Order.FailedURL = "https://evil.example/" },
			"/order/failed_url names a host that is not in the setting"},
		{func(r *payment.PageRequest) { r.Order.FailedURL = "https://shop.example.evil.example/" },
			"/order/failed_url names a host that is not in the setting"},
		{func(r *payment.PageRequest) {
			r.AdditionalInfo.OverrideNotificationURL = "https://hooks.example/notifications"
		}, ""},
		{func(r *payment.PageRequest) {
			r.AdditionalInfo.OverrideNotificationURL = "https://hooks.example/other"
		}, "override_notification_url must have exactly the path /notifications"},
		{func(r *payment.PageRequest) {
			r.AdditionalInfo.OverrideNotificationURL = "https://hooks.example/notifications?x=1"
		}, "override_notification_url must have exactly"},
		{func(r *payment.PageRequest) {
			r.AdditionalInfo.OverrideNotificationURL = "https://evil.example/notifications"
		}, "override_notification_url names a host that is not in the setting"},
	} {
		r, b := request(), newBench()
		test.change(&r)
		_, err := b.CreatePage(t.Context(), r)
		var invalid *payment.Invalid
		got := ""
		if errors.As(err, &invalid) {
			got = invalid.Violations[0].Pointer + " " + invalid.Violations[0].Detail
		}
		if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("%q, want %q", got, test.want)
		}
		if test.want != "" && len(b.doku.asked) != 0 {
			t.Errorf("%s: DOKU was called", test.want)
		}
	}
}

func TestNoCustomerDataIsStored(t *testing.T) {
	b := newBench()
	if _, err := b.CreatePage(t.Context(), request()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	o, err := b.Find(t.Context(), "INV-1")
	if err != nil {
		t.Fatal(err)
	}
	stored := fmt.Sprintf("%+v %+v %+v", o, o.Facts.Paid, o.Facts.Page)
	for _, private := range []string{"Budi", "budi@", "628112"} {
		if strings.Contains(stored, private) {
			t.Errorf("the order holds %q: %s", private, stored)
		}
	}
}

// While DOKU is slow, customers are asked to come again, and no order is stored. A page that is there is shown.
func TestWhileDOKUIsSlowNoPageIsRequested(t *testing.T) {
	b := newBench()
	b.Brake = &payment.Brake{}
	took := time.Second
	b.doku.answer = func() (string, error) {
		b.now = b.now.Add(took)
		if took >= 20*time.Second {
			return "", errUnknown
		}
		return "https://doku.example/page", nil
	}
	n := 0
	ask := func() (time.Duration, error) {
		t.Helper()
		n++
		r := request()
		r.Order.InvoiceNumber = fmt.Sprintf("SLOW-%d", n)
		_, err := b.CreatePage(t.Context(), r)
		var slow *payment.Slow
		if !errors.As(err, &slow) {
			return 0, err
		}
		if _, err := b.store.Get(t.Context(), r.Order.InvoiceNumber); !errors.Is(err, payment.ErrNotFound) {
			t.Errorf("an order was stored for a request that was refused: %v", err)
		}
		return slow.RetryAfter, nil
	}
	expect := func(what string, want time.Duration) {
		t.Helper()
		if got, err := ask(); got != want || err != nil {
			t.Errorf("%s: refused for %s (%v), want %s", what, got, err, want)
		}
	}
	expect("a call of a second", 0)
	took = 20 * time.Second
	expect("a slow call", 0)
	took = time.Second
	expect("after one slow call", 0)
	took = 20 * time.Second
	expect("a slow call", 0)
	expect("a second slow call in a row", 0)
	expect("after two slow calls", 10*time.Second)
	if answer, err := b.CreatePage(t.Context(), named("SLOW-1")); err != nil || !answer.Replayed {
		t.Errorf("a page that is there: %+v, %v", answer, err)
	}
	var slow *payment.Slow
	if _, err := b.CreatePage(t.Context(), named("SLOW-2")); !errors.As(err, &slow) && err == nil {
		t.Errorf("a page that was not received: %v", err)
	}
	b.now = b.now.Add(10 * time.Second)
	expect("the trial, which is slow", 0)
	expect("after a slow trial", 20*time.Second)
	b.now = b.now.Add(20 * time.Second)
	took = time.Second
	expect("the trial, which is fast", 0)
	expect("after it", 0)
}

func named(invoice string) payment.PageRequest {
	r := request()
	r.Order.InvoiceNumber = invoice
	return r
}
