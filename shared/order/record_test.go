package order

import (
	"errors"
	"strconv"
	"testing"
	"time"
)

// A withdrawal again is the same one. With another note it is another one.
func TestAWithdrawalKeepsItsNote(t *testing.T) {
	act := Act{At: t0, By: "sari"}
	o, _, err := learned(t, paid(90000)).Record(Record{Key: "k", Kind: MovedRefund, Amount: 50000, Act: act})
	if err != nil {
		t.Fatal(err)
	}
	r := Record{Key: "w", Withdraws: o.Facts.Movements[0].ID(), Act: Act{At: t0, By: "sari", Note: "one"}}
	o, _, err = o.Record(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, same, err := o.Record(r); !same || err != nil {
		t.Errorf("again: %t, %v", same, err)
	}
	var other *Mismatched
	if r.Act.Note = "two"; !errors.As(second(o.Record(r)), &other) {
		t.Error("another note under the key is lost")
	}
	r.Key = "x"
	denied(t, second(o.Record(r)), "", "withdrawn already")
}

// A record that the order cannot keep is refused. A movement that it keeps can still be withdrawn.
func TestAFullOrderTakesNoRecord(t *testing.T) {
	o := learned(t, paid(90000))
	act := Act{At: t0, By: "sari"}
	var err error
	for i := range maxMovements {
		r := Record{Key: strconv.Itoa(i), Kind: MovedRefund, Amount: int64(i + 1), Act: act}
		if o, _, err = o.Record(r); err != nil {
			t.Fatal(err)
		}
	}
	r := Record{Key: "one more", Kind: MovedRefund, Amount: 500, Act: act}
	denied(t, second(o.Record(r)), "", "keeps no more")
	for _, m := range o.Facts.Movements {
		if o, _, err = o.Record(Record{Key: m.ID(), Withdraws: m.ID(), Act: act}); err != nil {
			t.Fatal(err)
		}
	}
	if len(o.Facts.Withdrawn) != maxMovements || o.Refundable() != 90000 {
		t.Errorf("%d withdrawals, refundable %d", len(o.Facts.Withdrawn), o.Refundable())
	}
}

// An order whose customer's data was erased gets no next page, and the refusal says why.
func TestAForgottenOrderGetsNoNextPage(t *testing.T) {
	in := intent()
	in.Readers = []string{"digest"}
	o, _, err := New(in, t0).pageIssued(1, issued).Forget(Act{At: t0, By: "sari"})
	if err != nil {
		t.Fatal(err)
	}
	other := in
	other.Fingerprint = "another body"
	for at, in := range map[time.Time]Intent{t0.Add(time.Minute): other, o.end().Add(time.Hour): in} {
		_, _, err := o.Retry(in, true, at)
		denied(t, err, "", "data of this order was erased")
	}
}
