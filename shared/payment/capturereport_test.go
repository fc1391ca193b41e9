package payment_test

import (
	"testing"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// signedly makes an answer of check status carry DOKU's signature.
func signedly(told func(string) (doku.Status, error)) func(string) (doku.Status, error) {
	return func(invoice string) (doku.Status, error) {
		st, err := told(invoice)
		st.Signed = true
		return st, err
	}
}

// A capture of another amount than was asked, or than DOKU may name in its place, is not the capture in doubt.
func TestAReportOfAnotherCaptureIsNotTakenForOurs(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.Capture(t.Context(), "INV-1", 50000, "tester")
	if _, err := b.notify(t, "INV-1", 30000, "CAPTURE", "SUCCESS", ""); err != nil {
		t.Fatal(err)
	}
	if o := b.order(t); o.Captured() == 50000 || len(o.OpenConflicts()) == 0 {
		t.Errorf("a notification of 30000: captured %d, conflicts %+v", o.Captured(), o.OpenConflicts())
	}

	b = held(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.Capture(t.Context(), "INV-1", 50000, "tester")
	b.doku.told = signedly(told("CAPTURE", "SUCCESS", 30000))
	b.now = b.now.Add(order.DefaultResendAfter)
	b.Capture(t.Context(), "INV-1", 50000, "tester")
	if o := b.order(t); o.Captured() == 50000 {
		t.Errorf("check status of 30000: captured %d, conflicts %+v", o.Captured(), o.OpenConflicts())
	}
}
