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

// told makes check status answer with a transaction.
func told(transaction, status string, amount int64) func(string) (doku.Status, error) {
	return func(invoice string) (doku.Status, error) {
		return doku.Status{InvoiceNumber: invoice, Amount: doku.Amount{Rupiah: amount, Valid: amount > 0},
			Type: transaction, TransactionStatus: status,
			ApprovalCode: "1", AuthorizeID: "17"}, nil
	}
}

var generated = told("", "", 0) // DOKU knows the order, and nobody has paid

// run reconciles every minute for a duration.
func (b *bench) run(t *testing.T, lasting time.Duration) payment.ReconcileResult {
	t.Helper()
	var sum payment.ReconcileResult
	for end := b.now.Add(lasting); b.now.Before(end); {
		b.now = b.now.Add(time.Minute)
		r, err := b.Reconcile(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sum.Looked, sum.Settled, sum.Parked = sum.Looked+r.Looked, sum.Settled+r.Settled, sum.Parked+r.Parked
		sum.Paid, sum.Expiring, sum.Failed = sum.Paid+r.Paid, sum.Expiring+r.Expiring, sum.Failed+r.Failed
	}
	return sum
}

func TestAPaymentThatNoNotificationToldIsFoundAfterThePagesEnd(t *testing.T) {
	b := pending(t)
	b.doku.told = told("SALE", "SUCCESS", 90000)
	if sum := b.run(t, time.Hour-time.Minute); sum.Looked != 0 {
		t.Errorf("looked %d times while the page could still be paid", sum.Looked)
	}
	if sum := b.run(t, 4*time.Minute); sum.Paid != 1 || b.status(t) != order.Paid { // page end + 60 s + two periods
		t.Errorf("%+v, %s", sum, b.status(t))
	}
	if sum := b.run(t, 3*time.Hour); sum.Looked != 0 {
		t.Errorf("a paid order was looked at %d times more", sum.Looked)
	}
}

func TestAnUnpaidOrderExpiresAndIsAskedForAnotherDay(t *testing.T) {
	b := pending(t)
	b.doku.told = generated
	b.run(t, time.Hour+3*time.Minute)
	if b.status(t) != order.Expired {
		t.Fatalf("after the page's end: %s", b.status(t))
	}
	b.run(t, 10*time.Hour)
	b.doku.told = told("SALE", "SUCCESS", 90000)
	b.run(t, 15*time.Hour)
	if o := b.order(t); o.Status() != order.Paid || !o.Late() {
		t.Errorf("money that came late: %s, late %t", o.Status(), o.Late())
	}
	b = pending(t)
	b.doku.told = generated
	if sum := b.run(t, 26*time.Hour); sum.Looked != 3 {
		t.Errorf("asked %d times in a day, want 3", sum.Looked)
	}
	if sum := b.run(t, 48*time.Hour); sum.Looked != 0 {
		t.Errorf("still asked %d times after a day", sum.Looked)
	}
}

// A payment that was under way as the page ended, and whose notifications were lost, is found within the hour.
func TestAPaymentThatWasUnderWayAtThePagesEndIsFound(t *testing.T) {
	b := pending(t)
	b.doku.told = told("SALE", "REDIRECT", 90000)
	b.run(t, time.Hour+3*time.Minute)
	if b.status(t) != order.Expired {
		t.Fatalf("after the page's end: %s", b.status(t))
	}
	b.doku.told = told("SALE", "SUCCESS", 90000)
	if sum := b.run(t, 32*time.Minute); sum.Paid != 1 || b.status(t) != order.Paid {
		t.Errorf("half an hour later: %+v, %s", sum, b.status(t))
	}
}

func TestDOKUDownForADayIsCaughtUpWithinTenMinutes(t *testing.T) {
	b := pending(t)
	b.run(t, 25*time.Hour) // no answer at all
	if b.status(t) != order.Pending {
		t.Errorf("without an answer the order became %s", b.status(t))
	}
	b.doku.told = told("SALE", "SUCCESS", 90000)
	if b.run(t, 10*time.Minute); b.status(t) != order.Paid {
		t.Errorf("10 minutes after DOKU's return: %s", b.status(t))
	}
}

func TestAnUnknownRefundIsSentAgainUntilItIsKnown(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	if _, err := b.refund(t, "a key of the caller 1", 60000); err != nil {
		t.Fatal(err)
	}
	b.run(t, 5*time.Minute)
	b.doku.money = nil
	if sum := b.run(t, 10*time.Minute); sum.Settled != 1 || b.order(t).Refunded() != 60000 {
		t.Errorf("%+v, refunded %d", sum, b.order(t).Refunded())
	}
	for _, id := range b.doku.asked {
		if id != b.doku.asked[0] {
			t.Errorf("sent as %q: a second Request-Id is a second refund", b.doku.asked)
			break
		}
	}
	if sum := b.run(t, 3*time.Hour); sum.Looked != 0 {
		t.Errorf("looked at %d times more", sum.Looked)
	}
}

func TestAfterTheTrustWindowAnOperationIsParkedAndAPersonDecides(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.refund(t, "a key of the caller 1", 60000)
	if sum := b.run(t, 62*time.Minute); sum.Parked != 1 {
		t.Fatalf("%+v", sum)
	}
	sent := len(b.doku.asked)
	b.doku.money = nil
	b.run(t, 5*time.Hour)
	if _, err := b.refund(t, "a key of the caller 1", 60000); !errors.Is(err, payment.ErrInReview) {
		t.Errorf("the caller's retry: %v, want ErrInReview", err)
	}
	var no *order.NotAllowed
	if _, err := b.refund(t, "a key of the caller 2", 60000); !errors.As(err, &no) {
		t.Errorf("another refund of the same money: %v: a parked one must block", err)
	}
	if len(b.doku.asked) != sent {
		t.Errorf("%d calls after parking: DOKU may have forgotten the Request-Id", len(b.doku.asked)-sent)
	}
	o := b.order(t)
	if len(o.Review()) != 1 || o.Refundable() != 30000 {
		t.Fatalf("review %+v, refundable %d", o.Review(), o.Refundable())
	}
	resolve := payment.ResolveRequest{Invoice: "INV-1", Operation: o.Review()[0].ID, Done: true,
		Act: order.Act{By: "Sari", Note: "refunded, seen in the Back Office"}}
	if o, err := b.Resolve(t.Context(), resolve); err != nil || o.Refunded() != 60000 || len(o.Review()) != 0 {
		t.Errorf("%v, refunded %d", err, o.Refunded())
	}
	if _, err := b.Resolve(t.Context(), resolve); !errors.As(err, &no) {
		t.Errorf("a second time: %v", err)
	}
	history := ""
	for _, e := range b.order(t).History {
		history += e.What + " " + e.Detail + "\n"
	}
	if !strings.Contains(history, "parked") || !strings.Contains(history, "resolved done") ||
		strings.Contains(history, "Back Office") {
		t.Errorf("history:\n%s", history)
	}
	if op, _ := b.order(t).Operation(resolve.Operation); op.Resolved.By != "Sari" ||
		op.Resolved.Note != resolve.Act.Note {
		t.Errorf("settled by %+v", op.Resolved)
	}
}

func TestAParkedOperationThatWasNotDoneGivesItsMoneyBack(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.refund(t, "a key of the caller 1", 60000)
	b.run(t, 62*time.Minute)
	id := b.order(t).Review()[0].ID
	o, err := b.Resolve(t.Context(), payment.ResolveRequest{Invoice: "INV-1", Operation: id,
		Act: order.Act{By: "Sari", Note: "not there"}})
	if err != nil || o.Refundable() != 90000 {
		t.Errorf("%v, refundable %d", err, o.Refundable())
	}
	if op, _ := o.Operation(id); op.Refusal != (order.Refusal{Code: order.ByOperator}) { // callers are shown it
		t.Errorf("the refusal is %+v", op.Refusal)
	}
}

func TestACrashedCaptureIsFinishedByReconciliation(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { panic("crash") }
	func() {
		defer func() { recover() }()
		b.Capture(t.Context(), "INV-1", 50000, tester)
	}()
	b.doku.money = nil
	if sum := b.run(t, 3*time.Minute); sum.Settled != 1 || b.order(t).Captured() != 50000 ||
		b.doku.asked[0] != b.doku.asked[1] {
		t.Errorf("%+v, captured %d, asked %q", sum, b.order(t).Captured(), b.doku.asked)
	}
}

func TestAnAuthorisationIsWarnedOfCapturedByPolicyOrReleased(t *testing.T) {
	b := held(t)
	b.doku.told = told("AUTHORIZE", "PENDING", 90000)
	if sum := b.run(t, 5*24*time.Hour); sum.Expiring != 1 {
		t.Errorf("warned %d times before the last 48 hours", sum.Expiring)
	}
	if sum := b.run(t, 2*24*time.Hour+5*time.Minute); sum.Expiring != 0 || b.status(t) != order.AuthorizationExpired {
		t.Errorf("%+v, %s", sum, b.status(t))
	}
	b = held(t)
	b.AutoCaptureBefore = 12 * time.Hour
	b.run(t, 6*24*time.Hour)
	if b.status(t) != order.Authorized {
		t.Errorf("a day before: %s", b.status(t))
	}
	b.run(t, 13*time.Hour)
	if b.order(t).Captured() != 90000 || len(b.doku.asked) != 1 {
		t.Errorf("captured %d in %d calls", b.order(t).Captured(), len(b.doku.asked))
	}
}

func TestNoTimerFiresWhileACaptureIsOpen(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.doku.told = told("AUTHORIZE", "PENDING", 90000)
	b.Capture(t.Context(), "INV-1", 0, tester)
	b.run(t, 8*24*time.Hour)
	if b.status(t) != order.Capturing || len(b.order(t).Review()) != 1 {
		t.Errorf("%s, review %+v", b.status(t), b.order(t).Review())
	}
}

func TestAnAuthorisationThatOnlyCheckStatusTells(t *testing.T) {
	b := pending(t)
	b.doku.told = told("AUTHORIZE", "PENDING", 90000)
	b.run(t, time.Hour+4*time.Minute)
	if b.status(t) != order.Authorized {
		t.Errorf("%s", b.status(t))
	}
}

func TestAnOrphanIsJoinedWhenItsOrderAppears(t *testing.T) {
	b := newBench()
	if n, err := b.notify(t, "INV-1", 90000, "SALE", "SUCCESS", ""); err != nil || n.Effect != payment.Orphaned {
		t.Fatalf("%+v, %v", n, err)
	}
	var no *order.NotAllowed
	if _, err := b.CreatePage(t.Context(), request()); !errors.As(err, &no) || b.status(t) != order.Paid ||
		len(b.doku.asked) != 0 {
		t.Errorf("%v, %s, %d pages were asked for", err, b.status(t), len(b.doku.asked))
	}
}

func TestWhatDOKUKnowsThatDoesNotMatchIsAConflict(t *testing.T) {
	for name, answer := range map[string]func(string) (doku.Status, error){
		"another amount":    told("SALE", "SUCCESS", 5),
		"refunded, unknown": told("REFUND", "REFUNDED", 90000),
		"another invoice":   func(string) (doku.Status, error) { return doku.Status{InvoiceNumber: "INV-2"}, nil },
	} {
		b := pending(t)
		b.doku.told = answer
		b.run(t, time.Hour+3*time.Minute)
		if o := b.order(t); len(o.Conflicts()) != 1 || o.Captured() != 0 {
			t.Errorf("%s: %+v", name, o.Facts)
		}
	}
}

// DOKU may report the order's amount although less was captured.
func TestAReportOfAPartialCaptureIsOfWhatWasAsked(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.Capture(t.Context(), "INV-1", 50000, tester)
	if _, err := b.notify(t, "INV-1", 90000, "CAPTURE", "SUCCESS", ""); err != nil || b.order(t).Captured() != 50000 ||
		len(b.order(t).Conflicts()) != 0 {
		t.Errorf("%v, %+v", err, b.order(t).Facts)
	}
}

func TestAutoCaptureThatOnlyCheckStatusTells(t *testing.T) {
	b := newBench()
	r := request()
	r.Payment = doku.PagePayment{Type: doku.Authorize, AutoCapture: true}
	if _, err := b.CreatePage(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	b.doku.told = told("CAPTURE", "SUCCESS", 90000)
	if b.run(t, time.Hour+3*time.Minute); b.status(t) != order.Paid {
		t.Errorf("%s", b.status(t))
	}
}

func TestTwoRunsAtOnceSendNothingTwice(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.refund(t, "a key of the caller 1", 60000)
	b.now = b.now.Add(2 * time.Minute)
	inner := 0
	b.doku.money = func() (string, error) {
		inner++
		if inner == 1 { // while the first run is at DOKU, a second one starts
			b.doku.mu.Unlock()
			defer b.doku.mu.Lock()
			if _, err := b.Reconcile(t.Context()); err != nil {
				t.Error(err)
			}
		}
		return "PARTIAL_REFUND", nil
	}
	if _, err := b.Reconcile(t.Context()); err != nil || inner != 1 || b.order(t).Refunded() != 60000 {
		t.Errorf("%v, DOKU was called %d times, refunded %d", err, inner, b.order(t).Refunded())
	}
}
