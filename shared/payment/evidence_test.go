package payment_test

import (
	"errors"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// A gateway may know DOKU's codes. Unsigned, they do not prove that DOKU did nothing. A later refusal is then not
// believed, and the amount stays reserved at the window's end.
func TestAnUnsignedAnswerTurnsNoMoneyAway(t *testing.T) {
	b := bought(t)
	turned := doku.Error{HTTPStatus: 401, Code: "invalid_client_id", Unprocessed: true}
	b.doku.money = func() (string, error) { return "", &turned }
	answer, err := b.refund(t, "a key of the caller 1", 30000)
	if err != nil || answer.Unknown == nil || !b.order(t).Refunds()[0].InDoubt() {
		t.Fatalf("%v, %v: it is in doubt", answer.Unknown, err)
	}
	b.now = b.now.Add(order.DefaultResendAfter)
	b.doku.money = func() (string, error) { return "", &doku.Error{HTTPStatus: 400, Code: "EXCEEDS", Signed: true} }
	if answer, err = b.refund(t, "a key of the caller 1", 30000); err != nil || answer.Unknown == nil {
		t.Errorf("the repeat was refused: %v, %v", answer.Unknown, err)
	}
	if o := b.order(t); o.Refundable() != 60000 || o.Refunds()[0].HaltedAt.IsZero() {
		t.Errorf("refundable %d, %+v", o.Refundable(), o.Refunds()[0])
	}
}

// Signed, the same answer is DOKU's own. Nothing was done, and the caller may repeat the request at once.
func TestASignedAnswerTurnsMoneyAway(t *testing.T) {
	b := bought(t)
	turned := doku.Error{HTTPStatus: 400, Code: "invalid_signature", Unprocessed: true, Signed: true}
	b.doku.money = func() (string, error) { return "", &turned }
	var refused *doku.Error
	if _, err := b.refund(t, "a key of the caller 1", 30000); !errors.As(err, &refused) ||
		b.order(t).Refunds()[0].InDoubt() {
		t.Fatalf("%v, %+v", err, b.order(t).Refunds())
	}
	b.doku.money = nil
	if answer, err := b.refund(t, "a key of the caller 1", 30000); err != nil || answer.Unknown != nil ||
		b.doku.asked[0] != b.doku.asked[1] {
		t.Errorf("at once, the same request: %+v, %v", answer.Unknown, err)
	}
}

// An answer that this attempt did nothing does not prove it for an earlier attempt.
func TestADoubtIsNotHiddenByALaterAttempt(t *testing.T) {
	b := bought(t)
	b.doku.money = func() (string, error) { return "", errUnknown }
	b.refund(t, "a key of the caller 1", 30000)
	b.now = b.now.Add(order.DefaultResendAfter)
	b.doku.money = func() (string, error) { return "", errors.Join(doku.ErrNotSent, doku.ErrUnknown) }
	if answer, err := b.refund(t, "a key of the caller 1", 30000); err != nil || answer.Unknown == nil {
		t.Errorf("%v, %v: want an unknown outcome, since the first attempt is in doubt", answer.Unknown, err)
	}
}

// Check status names the order's amount for every capture. It does not give the amount of a capture that kasir did not
// ask for.
func TestACaptureOfSomebodyElseIsNotBooked(t *testing.T) {
	b := held(t)
	b.doku.money = func() (string, error) { return "", &doku.Error{HTTPStatus: 400, Code: "94", Signed: true} }
	var refused *doku.Error
	if _, err := b.Capture(t.Context(), "INV-1", 60000, tester); !errors.As(err, &refused) {
		t.Fatal(err)
	}
	b.doku.told = told("CAPTURE", "SUCCESS", 90000)
	b.run(t, 2*time.Minute)
	if o := b.order(t); o.Captured() != 0 || len(o.OpenConflicts()) != 1 {
		t.Errorf("captured %d, conflicts %+v: want a person to look", o.Captured(), o.OpenConflicts())
	}
}
