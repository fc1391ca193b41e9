package payment_test

import (
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// signedly marks an answer of check status as signed by DOKU.
func signedly(told func(string) (doku.Status, error)) func(string) (doku.Status, error) {
	return func(invoice string) (doku.Status, error) {
		st, err := told(invoice)
		st.Signed = true
		return st, err
	}
}

// A capture of another amount than requested, or than DOKU may name instead, is not the capture in doubt.
func TestAReportOfAnotherCaptureIsNotTakenForOurs(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.Capture(t.Context(), "INV-1", 50000, tester)
	if _, err := b.notify(t, "INV-1", 30000, "CAPTURE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	if o := b.order(t); o.Captured() == 50000 || len(o.OpenConflicts()) == 0 {
		t.Errorf("a notification of 30000: captured %d, conflicts %+v", o.Captured(), o.OpenConflicts())
	}

	b = held(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.Capture(t.Context(), "INV-1", 50000, tester)
	b.doku.told = signedly(told("CAPTURE", "SUCCESS", 30000))
	b.now = b.now.Add(order.DefaultResendAfter)
	b.Capture(t.Context(), "INV-1", 50000, tester)
	if o := b.order(t); o.Captured() == 50000 {
		t.Errorf("check status of 30000: captured %d, conflicts %+v", o.Captured(), o.OpenConflicts())
	}
}

// Only a signed answer settles a capture in doubt, even if check status was asked for another reason.
func TestAnUnsignedStatusSettlesNoCapture(t *testing.T) {
	for _, signed := range []bool{false, true} {
		b := held(t)
		b.doku.money = func() (string, error) {
			b.doku.money = func() (string, error) { return "", errUnknown }
			return "", &doku.Error{HTTPStatus: 400, Code: "LIMIT", Signed: true}
		}
		b.Capture(t.Context(), "INV-1", 0, tester) // refused; check status is asked a minute later
		b.Capture(t.Context(), "INV-1", 0, tester) // not answered
		b.doku.told = func(string) (doku.Status, error) {
			return doku.Status{InvoiceNumber: "INV-1", Type: "CAPTURE", TransactionStatus: "SUCCESS",
				Signed: signed}, nil
		}
		b.now = b.now.Add(65 * time.Second)
		if _, err := b.Reconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := map[bool]order.Status{false: order.Capturing, true: order.Paid}[signed]
		if got := b.status(t); got != want {
			t.Errorf("signed %t: %s, want %s", signed, got, want)
		}
	}
}

// After a capture in the Back Office was notified with its amount, check status with the order's amount is no conflict.
func TestTheOrdersAmountAfterACaptureElsewhereIsNoConflict(t *testing.T) {
	b := held(t)
	if _, err := b.notify(t, "INV-1", 60000, "CAPTURE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	b.doku.told = signedly(told("CAPTURE", "SUCCESS", 90000))
	b.now = b.now.Add(time.Minute)
	if _, _, err := b.Refresh(t.Context(), backEnd, "INV-1"); err != nil {
		t.Fatal(err)
	}
	if o := b.order(t); o.Captured() != 60000 || len(o.OpenConflicts()) > 0 {
		t.Errorf("captured %d, conflicts %+v", o.Captured(), o.OpenConflicts())
	}
}
