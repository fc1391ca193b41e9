package order

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func learned(t *testing.T, facts ...Facts) Order {
	t.Helper()
	o := New(intent(), t0).pageIssued(1, issued)
	for _, f := range facts {
		o, _ = o.Learn(f)
	}
	return o
}

// capture asks for a capture and settles it if it leads to a call.
func capture(t *testing.T, o Order, amount int64, state State) Order {
	t.Helper()
	next, verdict, err := o.Capture(policy, amount, t0)
	if err != nil || verdict != Call {
		t.Fatalf("capture of %d: %v, %v", amount, verdict, err)
	}
	op, _ := next.Operation(string(KindCapture))
	out := Outcome{State: state, Attempt: op.Attempts, Signed: true, At: t0}
	if state == Done {
		out.News = Facts{Captured: &Capture{At: t0, Amount: op.Amount}}
	}
	return next.Settle(policy, op.ID, op.Generation, out)
}

func refund(t *testing.T, o Order, key string, amount int64, state State, kind RefundType) Order {
	t.Helper()
	next, verdict, err := o.Refund(policy, RefundID(key), amount, -1, t0)
	if err != nil || verdict != Call {
		t.Fatalf("refund of %d: %v, %v", amount, verdict, err)
	}
	op, _ := next.Operation(RefundID(key))
	return next.Settle(policy, op.ID, op.Generation,
		Outcome{State: state, Attempt: op.Attempts, Signed: true, At: t0, Type: kind})
}

func denied(t *testing.T, err error, pointer, piece string) {
	t.Helper()
	var no *NotAllowed
	if !errors.As(err, &no) || no.Pointer != pointer || !strings.Contains(no.Detail, piece) {
		t.Errorf("%v, want %q at %q", err, piece, pointer)
	}
}

func TestCaptureOnlyOnceOnlyWhatIsAuthorisedOnlyInTime(t *testing.T) {
	held := learned(t, authorized(90000))
	for _, test := range []struct {
		name           string
		o              Order
		amount         int64
		after          time.Duration
		pointer, piece string
	}{
		{"pending", learned(t), 0, 0, "", "is PENDING"},
		{"paid at once", learned(t, paid(90000)), 0, 0, "", "is PAID"},
		{"too much", held, 90001, 0, "/payment/capture_amount", "between 1 and the authorised amount, 90000"},
		{"negative", held, -1, 0, "/payment/capture_amount", "1 and the authorised"},
		{"too late", held, 0, AuthorizationLife - captureMargin, "", "after 7 days"},
		{"in conflict", learned(t, authorized(90000), paid(3)), 0, 0, "", "A person must"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := test.o.Capture(policy, test.amount, t0.Add(test.after))
			denied(t, err, test.pointer, test.piece)
		})
	}
	if _, verdict, err := held.Capture(policy, 0, t0.Add(AuthorizationLife-captureMargin-time.Second)); err != nil ||
		verdict != Call {
		t.Errorf("just in time: %v, %v", verdict, err)
	}
	for amount, want := range map[int64]int64{0: 90000, 1: 1, 90000: 90000} {
		if o := capture(t, held, amount, Done); o.Captured() != want || o.Status() != Paid {
			t.Errorf("capture of %d: %d, %s", amount, o.Captured(), o.Status())
		}
	}
	done := capture(t, held, 50000, Done)
	if _, verdict, err := done.Capture(policy, 50000, t0); verdict != Replay || err != nil {
		t.Errorf("the same again: %v, %v", verdict, err)
	}
	if _, verdict, _ := done.Capture(policy, 10000, t0); verdict != Mismatch {
		t.Errorf("the rest: %v, want a mismatch: one capture per authorisation", verdict)
	}
}

func TestAnUnknownCaptureIsRetriedAsTheSameRequest(t *testing.T) {
	o := capture(t, learned(t, authorized(90000)), 50000, Open)
	first, _ := o.Operation(string(KindCapture))
	if o.Status() != Capturing {
		t.Errorf("status %s", o.Status())
	}
	if _, verdict, _ := o.Capture(policy, 40000, t0); verdict != Mismatch {
		t.Errorf("another amount while the first is unknown: %v", verdict)
	}
	again, verdict, err := o.Capture(policy, 50000, t0.Add(time.Hour-time.Second))
	second, _ := again.Operation(string(KindCapture))
	if verdict != Call || err != nil || second.RequestID != first.RequestID || second.Attempts != 2 {
		t.Errorf("%v, %v, %+v", verdict, err, second)
	}
	if _, verdict, _ := o.Capture(policy, 50000, t0.Add(time.Hour)); verdict != InReview {
		t.Errorf("after the trust window: %v: DOKU may have forgotten the Request-Id", verdict)
	}
	o = again
	o = o.Settle(policy, second.ID, 1, Outcome{State: Refused, Attempt: 2, Signed: true, Replayed: true,
		Refusal: Refusal{Code: "N8"}})
	o = capture(t, o, 40000, Done)
	if third, _ := o.Operation(string(KindCapture)); third.RequestID == first.RequestID || o.Captured() != 40000 {
		t.Errorf("after a refusal: %+v", third)
	}
}

func TestRefundsReserve(t *testing.T) {
	o := learned(t, paid(90000))
	o = refund(t, o, "one", 30000, Done, PartialRefund)
	if o.Refunded() != 30000 || o.Refundable() != 60000 || o.Status() != PartiallyRefunded {
		t.Errorf("after one: %d %d %s", o.Refunded(), o.Refundable(), o.Status())
	}
	unknown := refund(t, o, "two", 50000, Open, "")
	if unknown.Refunded() != 30000 || unknown.Refundable() != 10000 {
		t.Errorf("an unknown refund must stay reserved: %d refundable", unknown.Refundable())
	}
	_, _, err := unknown.Refund(policy, RefundID("three"), 10001, -1, t0)
	denied(t, err, "/refund/amount", "10000")
	refused := refund(t, o, "two", 50000, Refused, "")
	if refused.Refundable() != 60000 {
		t.Errorf("a refused refund must give its amount back: %d refundable", refused.Refundable())
	}
	all := refund(t, refused, "four", 60000, Done, ManualPartialRefund)
	if all.Refundable() != 0 || all.Status() != Refunded {
		t.Errorf("after all: %d %s", all.Refundable(), all.Status())
	}
	if o := refund(t, learned(t, paid(90000)), "v", 90000, Done, Void); o.Status() != Voided {
		t.Errorf("after a void: %s", o.Status())
	}
}

func TestRefundsThatAreNotAllowed(t *testing.T) {
	o := learned(t, paid(90000))
	for _, test := range []struct {
		name             string
		o                Order
		amount, expected int64
		pointer, piece   string
	}{
		{"nothing was taken", learned(t, authorized(90000)), 1, -1, "", "no money was taken"},
		{"none", o, 0, -1, "/refund/amount",
			"is required: a whole number between 1 and the amount that can be refunded, 90000"},
		{"negative", o, -5, -1, "/refund/amount", "must be between 1 and"},
		{"more than was taken", o, 90001, -1, "/refund/amount", "90000"},
		{"more than was captured", capture(t, learned(t, authorized(90000)), 50000, Done), 50001, -1,
			"/refund/amount", "50000"},
		{"another expectation", o, 1, 60000, "/expected_refundable", "is not the amount that can be refunded, 90000"},
		{"in conflict", learned(t, paid(90000), paid(3)), 1, -1, "", "A person must"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := test.o.Refund(policy, RefundID("k"), test.amount, test.expected, t0)
			denied(t, err, test.pointer, test.piece)
		})
	}
}

// The limit of the caller's roles is for all refunds of an order, also those of other callers and those in doubt. It
// stops no repeat.
func TestTheLimitOfRolesIsForTheOrder(t *testing.T) {
	limited := policy
	limited.MaxRefund = 50000
	o := refund(t, learned(t, paid(90000)), "one", 30000, Done, PartialRefund)
	for amount, piece := range map[int64]string{
		20001: "must be at most 20000 for you: your roles allow 50000 for all refunds of an order, and refunds of 3",
		90000: "must be between 1 and the amount that can be refunded, 60000",
	} {
		_, _, err := o.Refund(limited, RefundID("two"), amount, -1, t0)
		denied(t, err, "/refund/amount", piece)
	}
	if _, verdict, err := o.Refund(limited, RefundID("two"), 20000, -1, t0); verdict != Call || err != nil {
		t.Errorf("up to the limit: %v, %v", verdict, err)
	}
	for name, more := range map[string]Order{
		"in doubt": refund(t, o, "two", 40000, Open, ""), "done": refund(t, o, "two", 40000, Done, PartialRefund),
	} {
		_, _, err := more.Refund(limited, RefundID("three"), 1, -1, t0)
		denied(t, err, "/refund/amount", "is above the limit of your roles, which is 50000 for all refunds of an order")
		if _, verdict, err := more.Refund(policy, RefundID("three"), 1, -1, t0); verdict != Call || err != nil {
			t.Errorf("%s, without a limit: %v, %v", name, verdict, err)
		}
		if _, verdict, err := more.Refund(limited, RefundID("two"), 40000, -1, t0.Add(time.Minute)); err != nil {
			t.Errorf("%s, a repeat: %v, %v", name, verdict, err)
		}
	}
	refused := refund(t, o, "two", 20000, Refused, "")
	if _, _, err := refused.Refund(limited, RefundID("three"), 20000, -1, t0); err != nil {
		t.Errorf("after a refusal the amount is free: %v", err)
	}
}

func TestARefundIsOneRequestPerKey(t *testing.T) {
	o := refund(t, learned(t, paid(90000)), "one", 30000, Done, PartialRefund)
	if _, verdict, err := o.Refund(policy, RefundID("one"), 30000, -1, t0); verdict != Replay || err != nil {
		t.Errorf("the same key again: %v, %v", verdict, err)
	}
	if _, verdict, _ := o.Refund(policy, RefundID("one"), 20000, -1, t0); verdict != Mismatch {
		t.Errorf("the same key, another amount: %v", verdict)
	}
	o = refund(t, o, "two", 30000, Done, PartialRefund)
	first, _ := o.Operation(RefundID("one"))
	second, _ := o.Operation(RefundID("two"))
	if first.RequestID == second.RequestID || len(o.Refunds()) != 2 || o.Refundable() != 30000 {
		t.Errorf("%+v %+v", first, second)
	}
}

// The sum of all refunds that are done or may be done never exceeds the captured amount.
func TestRefundsNeverExceedWhatWasTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := New(intent(), t0)
		o, _ = o.Learn(paid(90000))
		for range rapid.IntRange(1, 12).Draw(t, "refunds") {
			id := RefundID(rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key"))
			amount := rapid.Int64Range(-1, 60000).Draw(t, "amount")
			next, verdict, err := o.Refund(policy, id, amount, -1, t0.Add(time.Hour))
			if err != nil || verdict != Call {
				continue
			}
			op, _ := next.Operation(id)
			state := rapid.SampledFrom([]State{Done, Refused, Open}).Draw(t, "state")
			o = next.Settle(policy, id, op.Generation,
				Outcome{State: state, Attempt: op.Attempts, Signed: rapid.Bool().Draw(t, "signed"), At: t0,
					Type: PartialRefund})
			if o.Refundable() < 0 || o.Refunded() > o.Captured() {
				t.Fatalf("captured %d, refunded %d, refundable %d", o.Captured(), o.Refunded(), o.Refundable())
			}
		}
	})
}
