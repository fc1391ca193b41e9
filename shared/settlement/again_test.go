package settlement_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/order"
	"kasir/shared/settlement"
)

func TestTheSameReportAgainWritesNothing(t *testing.T) {
	w := newWorld()
	content := many(t, w, 250)
	first, err := w.apply(t.Context(), content, settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if w.reads != 3 || w.gets != 0 {
		t.Errorf("%d reads of parts and %d of single orders for 275 rows", w.reads, w.gets)
	}
	w.writes = 0
	again, err := w.apply(t.Context(), content, settlement.Options{})
	if diff := cmp.Diff(first, again); err != nil || diff != "" || w.writes > 0 || w.gets > 0 {
		t.Errorf("%v, %d writes, %d reads\n%s", err, w.writes, w.gets, diff)
	}
	_, err = w.apply(t.Context(), strings.Replace(content, "Anton", "Sari", 1), settlement.Options{})
	var other *settlement.OtherContent
	if !errors.As(err, &other) || !strings.Contains(err.Error(), first.SHA256) ||
		!strings.Contains(err.Error(), other.Given) || other.Given == first.SHA256 || w.writes > 0 {
		t.Error(err)
	}
}

// A version that does not know settlements erases their rows when it writes an order. The same report again adds them,
// and the result stays as it was.
func TestTheSameReportAgainAddsWhatWasErased(t *testing.T) {
	w := newWorld()
	content := many(t, w, 120)
	first, err := w.apply(t.Context(), content, settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := state(t, w, 120, first)
	for _, invoice := range []string{"INV-2", "INV-105", "INV-119"} {
		o := w.order(t, invoice)
		o.Facts.Settled, o.Facts.Movements = nil, nil
		if err := w.Update(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	w.writes = 0
	again, err := w.apply(t.Context(), content, settlement.Options{})
	if diff := cmp.Diff(want, state(t, w, 120, again)); err != nil || diff != "" || w.writes != 3 {
		t.Errorf("%v, %d writes\n%s", err, w.writes, diff)
	}
}

// A refund that a report had before kasir began one of the same amount is another one.
func TestARefundBeforeOursIsAnother(t *testing.T) {
	w := newWorld()
	w.paid(t, "INV-1", 100_000)
	refund := line{invoice: "INV-1", kind: "Refund", amount: 30_000}
	one, two := plain("B-1", refund), plain("B-2", refund)
	if first, err := w.apply(t.Context(), one, settlement.Options{}); err != nil || len(first.Differences) != 1 {
		t.Fatal(first, err)
	}
	o, now := w.order(t, "INV-1"), w.clock()
	o.Operations = []order.Operation{{ID: "refund-1", Kind: order.KindRefund, Amount: 30_000, State: order.Done,
		FirstAt: order.Stamp(now), LastAt: order.Stamp(now), DoneAt: order.Stamp(now)}}
	if err := w.Update(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]int{one: 1, two: 0} {
		report, err := open(content, settlement.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := settlement.Settler{Service: w.service}.Compare(t.Context(), report)
		if err != nil || len(r.Differences) != want {
			t.Errorf("%+v, %v, want %d differences", r.Differences, err, want)
		}
	}
}

// A refund of ours that two reports deduct is a difference of the later one.
func TestARefundDeductedTwiceIsADifference(t *testing.T) {
	w := newWorld()
	w.paid(t, "INV-1", 100_000, 30_000)
	refund := line{invoice: "INV-1", kind: "Refund", amount: 30_000}
	one, two := plain("B-1", refund), plain("B-2", refund)
	if first, err := w.apply(t.Context(), one, settlement.Options{}); err != nil || len(first.Differences) != 0 {
		t.Fatal(first, err)
	}
	second, err := w.apply(t.Context(), two, settlement.Options{})
	if diff := cmp.Diff([]string{"refund_not_ours INV-1 0 30000"}, found(second)); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// A row whose movement a person has withdrawn stays a difference, and leaves our refund to another row.
func TestAWithdrawnRowStaysADifference(t *testing.T) {
	w := newWorld()
	w.paid(t, "INV-R", 100_000, 30_000)
	refund := line{invoice: "INV-R", kind: "Refund", amount: 30_000}
	content := plain("B-1", refund, refund)
	if r, err := w.apply(t.Context(), content, settlement.Options{}); err != nil || len(r.Differences) != 1 ||
		r.Differences[0].Row != 2 {
		t.Fatal(r, err)
	}
	o := w.order(t, "INV-R")
	for _, m := range o.Facts.Movements {
		if strings.HasSuffix(m.Ref, ":1") {
			o.Facts.Withdrawn = []order.Withdrawal{{ID: m.ID(), Act: order.Act{At: w.clock(), By: "Sari"}}}
		}
	}
	if err := w.Update(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	report, err := open(content, settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := settlement.Settler{Service: w.service}.Compare(t.Context(), report)
	if err != nil || len(r.Differences) != 1 || r.Differences[0].Row != 1 {
		t.Errorf("%+v, %v", r.Differences, err)
	}
}

// A row raises one case, also if the order has changed when the report is read again.
func TestARowRaisesOneCase(t *testing.T) {
	w := newWorld()
	w.unpaid(t, "INV-U", 1000)
	content := plain("B-1", line{invoice: "INV-U", amount: 1000})
	for range 2 {
		if _, err := w.apply(t.Context(), content, settlement.Options{}); err != nil {
			t.Fatal(err)
		}
		o := w.order(t, "INV-U")
		if n := settlementCases(o); n != 1 {
			t.Errorf("%d cases", n)
		}
		o.Facts.Failures = []order.Failure{{At: start, LearnedAt: start, Code: "51"}}
		o.Facts.Settled = nil
		o.Facts.Page = &order.Page{URL: "https://pay.example", At: start, ExpiresAt: w.now.Add(time.Hour)}
		if err := w.Update(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
}
