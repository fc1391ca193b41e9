package order

import (
	"fmt"
	"strings"
	"testing"
)

func TestAnOrderHasAHundredRefundsAtMost(t *testing.T) {
	o := learned(t, paid(90000))
	for i := range maxRefunds {
		o = refund(t, o, fmt.Sprint("key ", i), 1, Done, PartialRefund)
	}
	_, _, err := o.Refund(policy, RefundID("one more"), 1, -1, t0)
	denied(t, err, "", "the most it can have")
	if len(o.History) > maxHistory {
		t.Errorf("%d events are kept", len(o.History))
	}
}

func TestOnlyOpenMoneyOperationsAreResumedAndOnlyParkedOnesResolved(t *testing.T) {
	o := New(intent(), t0)
	if _, verdict := o.Resume(policy, "refund-0", t0); verdict != Mismatch {
		t.Errorf("an operation that is not there: %v", verdict)
	}
	if _, verdict := o.Resume(policy, string(KindCreatePage), t0.Add(Lease)); verdict != Busy {
		t.Errorf("the page: %v: its body is the caller's", verdict)
	}
	if _, parked := o.Park(policy, string(KindCreatePage), t0.Add(policy.TrustWindow*9)); parked {
		t.Error("the page was parked: asking for one is always safe")
	}
	_, err := o.Resolve("refund-0", true, Act{By: "Sari", At: t0})
	denied(t, err, "/operation", "no such operation")
	_, err = o.Resolve(string(KindCreatePage), true, Act{By: "Sari", At: t0})
	denied(t, err, "", "only a parked one")
}

func TestALongReasonIsCut(t *testing.T) {
	o := New(intent(), t0).note(t0, "resolved", "x", strings.Repeat("é", maxDetail))
	last := o.History[len(o.History)-1].Detail
	if len(last) > maxDetail || strings.ContainsRune(last, '�') {
		t.Errorf("%d bytes: %q", len(last), last)
	}
}

func TestAKeyIsOneInvoiceNumber(t *testing.T) {
	a, b := InvoiceFor("shop", "a key of the caller 1"), InvoiceFor("shop", "a key of the caller 2")
	if a == b || a != InvoiceFor("shop", "a key of the caller 1") ||
		a == InvoiceFor("another", "a key of the caller 1") || len(a) > 27 {
		t.Errorf("%s %s", a, b)
	}
}
