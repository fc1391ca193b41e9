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

// tester is the caller of the tests' captures.
var tester = order.Act{By: "tester"}

// held returns an order whose money is authorised.
func held(t *testing.T) *bench {
	t.Helper()
	b := pending(t)
	if _, err := b.notify(t, "INV-1", 90000, "AUTHORIZE", "PENDING", `,"authorize_id":"17"`); err != nil {
		t.Fatal(err)
	}
	b.doku.asked, b.doku.bodies = nil, nil
	return b
}

func bought(t *testing.T) *bench {
	t.Helper()
	b := pending(t)
	if _, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	b.doku.asked, b.doku.bodies = nil, nil
	return b
}

func (b *bench) refund(t *testing.T, key string, amount int64) (payment.Answer, error) {
	t.Helper()
	return b.Refund(t.Context(), payment.RefundRequest{Invoice: "INV-1", Key: key, Amount: amount, Expected: -1})
}

func (b *bench) order(t *testing.T) order.Order {
	t.Helper()
	o, err := b.Find(t.Context(), "INV-1")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestACaptureIsStoredBeforeDOKUIsCalled(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) {
		if got := b.status(t); got != order.Capturing {
			t.Errorf("while DOKU is called the order is %s", got)
		}
		return "", nil
	}
	answer, err := b.Capture(t.Context(), "INV-1", 50000, tester)
	if err != nil || answer.Order.Captured() != 50000 || b.status(t) != order.Paid {
		t.Errorf("%+v, %v", answer, err)
	}
	want := `{"AuthorizeID":"17","Amount":50000,"InvoiceNumber":"INV-1","OrderAmounts":[90000,90000]}`
	if len(b.doku.bodies) != 1 || b.doku.bodies[0] != want {
		t.Errorf("asked %q, want %s", b.doku.bodies, want)
	}
	if again, err := b.Capture(t.Context(), "INV-1", 50000, tester); err != nil || !again.Replayed ||
		len(b.doku.asked) != 1 {
		t.Errorf("the same again: %+v, %v, asked %d times", again, err, len(b.doku.asked))
	}
	_, err = b.Capture(t.Context(), "INV-1", 40000, tester)
	var differs *payment.Mismatch
	if !errors.Is(err, payment.ErrMismatch) || !errors.As(err, &differs) || differs.Asked.Kind != order.KindCapture ||
		differs.Asked.Amount != 50000 {
		t.Errorf("another amount: %v, %+v", err, differs)
	}
}

// After a time-out, and a crash after the effect, the money is captured under one Request-Id.
func TestACaptureWhoseAnswerIsLostIsSentAgainAsItWas(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	answer, err := b.Capture(t.Context(), "INV-1", 0, tester)
	if err != nil || answer.Unknown == nil || b.status(t) != order.Capturing {
		t.Fatalf("%+v, %v", answer, err)
	}
	var busy *payment.Busy
	if _, err := b.Capture(t.Context(), "INV-1", 0, tester); !errors.As(err, &busy) ||
		busy.RetryAfter != order.DefaultResendAfter || answer.RetryAfter != busy.RetryAfter {
		t.Errorf("at once: %v: DOKU may still be working on the first", err)
	}
	b.now = b.now.Add(order.DefaultResendAfter)
	b.doku.money = func() (string, error) { panic("crash") }
	func() {
		defer func() { recover() }()
		b.Capture(t.Context(), "INV-1", 0, tester)
	}()
	b.now, b.doku.money = b.now.Add(5*time.Minute), nil
	if answer, err = b.Capture(t.Context(), "INV-1", 0, tester); err != nil || answer.Order.Captured() != 90000 {
		t.Errorf("%+v, %v", answer, err)
	}
	if len(b.doku.asked) != 3 || b.doku.asked[0] != b.doku.asked[2] || b.doku.bodies[0] != b.doku.bodies[2] {
		t.Errorf("asked as %q", b.doku.asked)
	}
}

func TestARefusedCaptureCanBeAskedOtherwise(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { return "", &doku.Error{HTTPStatus: 200, Code: "N8", Signed: true} }
	var refused *doku.Error
	if _, err := b.Capture(t.Context(), "INV-1", 0, tester); !errors.As(err, &refused) ||
		b.status(t) != order.Authorized {
		t.Fatalf("%v, %s", err, b.status(t))
	}
	b.doku.money = nil
	if _, err := b.Capture(t.Context(), "INV-1", 80000, tester); err != nil || b.doku.asked[0] == b.doku.asked[1] {
		t.Errorf("%v, asked as %q", err, b.doku.asked)
	}
}

func TestARefundIsDoneOncePerKey(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "PARTIAL_REFUND", nil }
	answer, err := b.refund(t, "a key of the caller 1", 30000)
	if err != nil || answer.Operation.Type != order.PartialRefund || answer.Order.Refundable() != 60000 {
		t.Fatalf("%+v, %v", answer, err)
	}
	page, _ := b.order(t).Operation(string(order.KindCreatePage))
	if want := `{"InvoiceNumber":"INV-1","OriginalRequestID":"` + page.RequestID +
		`","Amount":30000,"Whole":90000}`; b.doku.bodies[0] != want {
		t.Errorf("asked %s, want %s", b.doku.bodies[0], want)
	}
	if again, err := b.refund(t, "a key of the caller 1", 30000); err != nil || !again.Replayed ||
		len(b.doku.asked) != 1 {
		t.Errorf("the same key again: %+v, %v", again, err)
	}
	if _, err := b.refund(t, "a key of the caller 1", 20000); !errors.Is(err, payment.ErrMismatch) {
		t.Errorf("the same key, another amount: %v", err)
	}
	if _, err := b.refund(t, "a key of the caller 2", 60000); err != nil || b.status(t) != order.Refunded ||
		b.doku.asked[0] == b.doku.asked[1] {
		t.Errorf("the rest under another key: %v, %s", err, b.status(t))
	}
}

func TestAnUnknownRefundStaysReserved(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	if answer, err := b.refund(t, "a key of the caller 1", 60000); err != nil || answer.Unknown == nil {
		t.Fatalf("%+v, %v", answer, err)
	}
	var no *order.NotAllowed
	if _, err := b.refund(t, "a key of the caller 2", 60000); !errors.As(err, &no) || len(b.doku.asked) != 1 {
		t.Errorf("a second refund of the same money: %v, asked %d times", err, len(b.doku.asked))
	}
	b.now, b.doku.money = b.now.Add(order.DefaultResendAfter), nil
	if answer, err := b.refund(t, "a key of the caller 1", 60000); err != nil || answer.Order.Refunded() != 60000 ||
		b.doku.asked[0] != b.doku.asked[1] {
		t.Errorf("the retry: %+v, %v", answer, err)
	}
}

// Many refunds run at once, for more money than the order has. The requests to DOKU never exceed the captured amount.
func TestRacingRefundsNeverExceedWhatWasTaken(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "PARTIAL_REFUND", nil }
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			_, err := b.refund(t, "a key of the caller "+string(rune('a'+i)), 20000)
			var no *order.NotAllowed
			var busy *payment.Busy
			if err != nil && !errors.As(err, &no) && !errors.As(err, &busy) && !errors.Is(err, payment.ErrStore) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if sent := 20000 * len(b.doku.asked); sent > 90000 {
		t.Errorf("refunds of %d were sent for 90000", sent)
	}
	if o := b.order(t); o.Refunded() > 90000 || len(b.doku.asked) == 0 {
		t.Errorf("refunded %d, asked %d times", o.Refunded(), len(b.doku.asked))
	}
}

func TestUnbindForgetsOnlyTheCustomersOwnCard(t *testing.T) {
	b := newBench()
	b.doku.tokens = []doku.Token{{ID: "tok-1"}}
	if err := b.Unbind(t.Context(), backEnd, "CUST-1", "tok-2"); !errors.Is(err, payment.ErrNotYours) ||
		len(b.doku.asked) != 0 {
		t.Errorf("a token of somebody else: %v, asked %q", err, b.doku.bodies)
	}
	if err := b.Unbind(t.Context(), backEnd, "CUST-1", "tok-1"); err != nil || b.doku.bodies[0] != `"CUST-1 tok-1"` {
		t.Errorf("%v, asked %q", err, b.doku.bodies)
	}
	b.Unbind(t.Context(), backEnd, "CUST-1", "tok-1")
	if b.doku.asked[0] != b.doku.asked[1] {
		t.Error("a repeat is another request to DOKU")
	}
	var invalid *payment.Invalid
	if _, err := b.Tokens(t.Context(), backEnd, ""); !errors.As(err, &invalid) {
		t.Errorf("no customer: %v", err)
	}
}

func TestWhatAutoCaptureIsNotifiedAs(t *testing.T) {
	b := newBench()
	r := request()
	r.Payment = doku.PagePayment{Type: doku.Authorize, AutoCapture: true}
	if _, err := b.CreatePage(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := b.notify(t, "INV-1", 90000, "AUTHORIZE", "SUCCESS", `,"authorize_id":"17"`); err != nil ||
		b.status(t) != order.Paid {
		t.Errorf("%v, %s", err, b.status(t))
	}
}

func TestACaptureThatOnlyTheNotificationTells(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.Capture(t.Context(), "INV-1", 50000, tester)
	if _, err := b.notify(t, "INV-1", 50000, "CAPTURE", "SUCCESS", ""); err != nil || b.order(t).Captured() != 50000 {
		t.Errorf("%v, %+v", err, b.order(t).Facts)
	}
}

// For a capture made in DOKU's Back Office, DOKU's report gives the captured amount.
func TestACaptureThatNobodyAskedForHere(t *testing.T) {
	b := held(t)
	if _, err := b.notify(t, "INV-1", 70000, "CAPTURE", "SUCCESS", ""); err != nil || b.order(t).Captured() != 70000 {
		t.Errorf("%v, %+v", err, b.order(t).Facts)
	}
}

func TestHowLongAnUnansweredRefundIsLeftAloneIsASetting(t *testing.T) {
	b := bought(t)
	b.ResendAfter = 10 * order.DefaultResendAfter
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.refund(t, "a key of the caller 1", 1000)
	b.now = b.now.Add(b.ResendAfter - 1)
	var busy *payment.Busy
	if _, err := b.refund(t, "a key of the caller 1", 1000); !errors.As(err, &busy) || len(b.doku.asked) != 1 {
		t.Errorf("just before: %v, asked %d times", err, len(b.doku.asked))
	}
	b.now = b.now.Add(1)
	if b.refund(t, "a key of the caller 1", 1000); len(b.doku.asked) != 2 {
		t.Errorf("after it: asked %d times", len(b.doku.asked))
	}
}

// Words are compared without case.
func TestAManualRefundIsManualHoweverItIsWritten(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "Manual_Full_Refund", nil }
	answer, err := b.refund(t, "k", 90000)
	if err != nil || answer.Operation.Type != order.ManualFullRefund {
		t.Errorf("%+v, %v", answer.Operation, err)
	}
}
