package settlement_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/settlement"
)

// found returns the differences of a result, as "kind invoice ours theirs".
func found(r settlement.Result) []string {
	all := []string{}
	for _, d := range r.Differences {
		all = append(all, fmt.Sprint(d.Kind, " ", d.Invoice, " ", d.Ours, " ", d.Theirs))
	}
	slices.Sort(all)
	return all
}

// settlementCases returns how many cases of the kind settlement an order has.
func settlementCases(o order.Order) int {
	n := 0
	for _, c := range o.Cases() {
		if c.Kind == order.RemarkSettlement {
			n++
		}
	}
	return n
}

func TestEveryDifferenceIsFound(t *testing.T) {
	const fee = "2%+2000+11%"
	agreed := func(amount int64) int64 { return (amount*2/100 + 2000) * 111 / 100 }
	sale := func(invoice string, amount int64) line {
		return line{invoice: invoice, amount: amount, fee: agreed(amount)}
	}
	for name, c := range map[string]struct {
		lines []line
		want  []string
		cases map[string]int // of the kind settlement, by invoice
	}{
		"all agree":        {[]line{sale("INV-1", 100_000), sale("INV-2", 200_000)}, nil, nil},
		"an unknown order": {[]line{sale("INV-9", 100_000)}, []string{"missing_here INV-9 0 100000"}, nil},
		"an unpaid order": {[]line{sale("INV-U", 50_000)}, []string{"missing_here INV-U 0 50000"},
			map[string]int{"INV-U": 1}},
		"another amount": {[]line{sale("INV-1", 90_000)}, []string{"amount INV-1 100000 90000"},
			map[string]int{"INV-1": 1}},
		"another fee": {[]line{{invoice: "INV-1", amount: 100_000, fee: 5000}},
			[]string{"fee INV-1 4440 5000"}, nil},
		"a promo, before the discount": {[]line{{invoice: "INV-1", amount: 110_000, fee: agreed(100_000),
			discount: 10_000}}, nil, nil},
		"a promo, after the discount": {[]line{{invoice: "INV-1", amount: 100_000, fee: agreed(100_000),
			discount: 10_000}}, nil, nil},
		"another channel": {[]line{{invoice: "INV-Q", channel: "QRIS", amount: 7, fee: 5}}, nil, nil},
		"an odd kind": {[]line{{invoice: "INV-1", kind: "Adjustment", amount: 5}},
			[]string{"unknown_kind INV-1 0 5"}, map[string]int{"INV-1": 1}},
		"an odd kind, no order": {[]line{{kind: "Adjustment", amount: 5}}, []string{"unknown_kind  0 5"}, nil},
		"our refund": {[]line{sale("INV-R", 100_000), {invoice: "INV-R", kind: "Refund",
			amount: 30_000}}, nil, nil},
		"our refund as void": {[]line{{invoice: "INV-R", kind: "Void", amount: 30_000, minus: true}}, nil,
			nil},
		"another refund": {[]line{{invoice: "INV-1", kind: "Refund", amount: 30_000}},
			[]string{"refund_not_ours INV-1 0 30000"}, nil},
		"our refund and one more": {[]line{{invoice: "INV-R", kind: "Refund", amount: 30_000},
			{invoice: "INV-R", kind: "Refund", amount: 30_000}}, []string{"refund_not_ours INV-R 0 30000"}, nil},
		"a refund of another amount": {[]line{{invoice: "INV-R", kind: "Refund", amount: 10_000}},
			[]string{"refund_not_ours INV-R 0 10000"}, nil},
		"a chargeback": {[]line{{invoice: "INV-1", kind: "Chargeback", amount: 100_000, minus: true}},
			[]string{"charged_back INV-1 0 100000"}, nil},
		"settled twice": {[]line{sale("INV-1", 100_000), sale("INV-1", 100_000)},
			[]string{"settled_twice INV-1 100000 100000"}, map[string]int{"INV-1": 1}},
		"twice, and another amount": {[]line{sale("INV-1", 100_000), sale("INV-1", 90_000)},
			[]string{"amount INV-1 100000 90000", "settled_twice INV-1 100000 90000"}, map[string]int{"INV-1": 1}},
		"a number of another system": {[]line{sale("A/1 2", 100_000)}, []string{"missing_here  0 100000"}, nil},
		"a card in place of a number": {[]line{sale("4761349999000039", 100_000)},
			[]string{"missing_here 476134******0039 0 100000"}, nil},
	} {
		w := newWorld()
		w.paid(t, "INV-1", 100_000)
		w.paid(t, "INV-2", 200_000)
		w.paid(t, "INV-R", 100_000, 30_000)
		w.unpaid(t, "INV-U", 50_000)
		agreedFee, err := settlement.ParseFee(fee)
		if err != nil {
			t.Fatal(err)
		}
		o := settlement.Options{Fee: agreedFee}
		report, err := open(plain("B-1", c.lines...), o)
		if err != nil {
			t.Fatal(name, err)
		}
		dry, err := settlement.Settler{Service: w.service}.Compare(t.Context(), report)
		if err != nil || w.writes != 0 || !dry.DryRun {
			t.Errorf("%s: %v after %d writes of a dry run", name, err, w.writes)
		}
		r, err := settlement.Settler{Service: w.service}.Apply(t.Context(), report)
		if diff := cmp.Diff(append([]string{}, c.want...), found(r)); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if diff := cmp.Diff(r.Differences, dry.Differences); diff != "" {
			t.Errorf("%s: a dry run finds others:\n%s", name, diff)
		}
		for _, invoice := range []string{"INV-1", "INV-2", "INV-R", "INV-U"} {
			if n := settlementCases(w.order(t, invoice)); n != c.cases[invoice] {
				t.Errorf("%s: %s has %d cases, want %d", name, invoice, n, c.cases[invoice])
			}
		}
		for _, d := range r.Differences {
			if d.Note == "" || d.Do == "" || d.Line < 1 {
				t.Errorf("%s: %+v", name, d)
			}
		}
	}
}

// What a report says is booked: the settlement of a sale, and money that went back.
func TestAReportIsBooked(t *testing.T) {
	w := newWorld()
	w.paid(t, "INV-1", 100_000)
	w.paid(t, "INV-2", 100_000)
	r, err := w.apply(t.Context(), plain("B-1", line{invoice: "INV-1", amount: 100_000, fee: 4995},
		line{invoice: "INV-1", kind: "Refund", amount: 40_000, minus: true},
		line{invoice: "INV-2", kind: "Chargeback", amount: 100_000, minus: true},
		line{invoice: "INV-Q", channel: "QRIS", amount: 500, fee: 5}), settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	one, two := w.order(t, "INV-1"), w.order(t, "INV-2")
	if len(one.Facts.Settled) != 1 || one.Facts.Settled[0].Net != 95_005 || one.Facts.Settled[0].Fee != 4995 ||
		one.ElsewhereRefunded() != 40_000 || one.Refundable() != 60_000 {
		t.Errorf("%+v, %d refunded elsewhere", one.Facts.Settled, one.ElsewhereRefunded())
	}
	if two.ChargedBack() != 100_000 || two.Refundable() != 0 {
		t.Errorf("%d charged back, %d refundable", two.ChargedBack(), two.Refundable())
	}
	want := map[string]settlement.SumView{
		"sale": {1, 100_000, 4995, 0, 95_005}, "refund": {1, 40_000, 0, 0, -40_000},
		"chargeback": {1, 100_000, 0, 0, -100_000}, "other": {1, 500, 5, 0, 495},
	}
	if diff := cmp.Diff(want, r.Sums); diff != "" || r.State != payment.BatchDone || r.Applied != 4 ||
		r.EndedAt == nil ||
		r.PaidOut != "2026-05-04" {
		t.Errorf("%+v\n%s", r, diff)
	}
	if diff := cmp.Diff(map[payment.DifferenceKind]int{"refund_not_ours": 1, "charged_back": 1}, r.Counts); diff != "" {
		t.Error(diff)
	}
}

// many returns a report of n orders of which some differ, and stores the orders.
func many(t testing.TB, w *world, n int) string {
	t.Helper()
	var lines []line
	for i := range n {
		invoice := fmt.Sprintf("INV-%d", i)
		l := line{invoice: invoice, amount: 1000 + int64(i), fee: 10}
		w.paid(t, invoice, l.amount)
		switch {
		case i%10 == 3:
			l.amount++
		case i%10 == 5:
			lines = append(lines, line{invoice: invoice, kind: "Refund", amount: 7})
		case i%10 == 7:
			l.invoice = "GONE-" + invoice
		}
		lines = append(lines, l)
	}
	return plain("B-MANY", lines...)
}

// A report that changes between the passes, or while a run goes on, is not applied further.
func TestAChangedFileIsAnError(t *testing.T) {
	w := newWorld()
	content := many(t, w, 20)
	passes := 0
	report, err := settlement.Open(func() (io.ReadCloser, error) {
		if passes++; passes > 1 {
			return io.NopCloser(strings.NewReader(strings.Replace(content, "Anton", "Sari", 1))), nil
		}
		return io.NopCloser(strings.NewReader(content)), nil
	}, settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (settlement.Settler{Service: w.service}).Apply(t.Context(), report); err == nil ||
		!strings.Contains(err.Error(), "changed") {
		t.Error(err)
	}
	if b, err := w.Batch(t.Context(), report.Batch.ID); err != nil || b.State == payment.BatchDone {
		t.Error(b, err)
	}
}

// A sale that two reports settle is a difference of the later one. Reading the earlier one again does not change that.
func TestASaleSettledInTwoReports(t *testing.T) {
	w := newWorld()
	w.paid(t, "INV-1", 1000)
	one, two := plain("B-1", line{invoice: "INV-1", amount: 1000}), plain("B-2", line{invoice: "INV-1", amount: 1000})
	for range 2 {
		first, err := w.apply(t.Context(), one, settlement.Options{})
		if err != nil || len(first.Differences) > 0 {
			t.Error(first.Differences, err)
		}
		second, err := w.apply(t.Context(), two, settlement.Options{})
		if diff := cmp.Diff([]string{"settled_twice INV-1 1000 1000"}, found(second)); err != nil || diff != "" {
			t.Error(err, diff)
		}
	}
}

// An order of a newer version stops the run, and the version that knows it continues.
func TestAnOrderOfANewerVersionStopsTheRun(t *testing.T) {
	w := newWorld()
	content := many(t, w, 10)
	w.SetFormat("INV-4", order.LastFormat+1)
	if _, err := w.apply(t.Context(), content, settlement.Options{}); !errors.Is(err, payment.ErrNewerFormat) {
		t.Fatal(err)
	}
	w.SetFormat("INV-4", 0)
	w.broken = map[string]error{"INV-5": fmt.Errorf("decoding: %w", payment.ErrNewerFormat)}
	if _, err := w.apply(t.Context(), content, settlement.Options{}); !errors.Is(err, payment.ErrNewerFormat) {
		t.Fatal(err)
	}
	w.broken = nil
	if r, err := w.apply(t.Context(), content, settlement.Options{}); err != nil || r.State != payment.BatchDone {
		t.Fatal(r, err)
	}
}

// An order that no version can read stops nothing. Its rows are differences.
func TestAnUnreadableOrderIsADifference(t *testing.T) {
	w := newWorld()
	content := many(t, w, 3)
	w.broken = map[string]error{"INV-1": errors.New("a damaged item")}
	r, err := w.apply(t.Context(), content, settlement.Options{})
	if diff := cmp.Diff([]string{"unreadable INV-1 0 1001"}, found(r)); err != nil || diff != "" ||
		r.State != payment.BatchDone {
		t.Error(err, diff)
	}
}

// The results hold no customer's name, and no text that a spreadsheet takes for a formula.
func TestResultsAreSafeToOpen(t *testing.T) {
	w := newWorld()
	content := plain("B-1", line{invoice: "-1-2", amount: 5}, line{invoice: "INV-9", amount: 5})
	r, err := w.apply(t.Context(), content, settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var asCSV, asJSON bytes.Buffer
	if err := errors.Join(r.WriteCSV(&asCSV), r.WriteJSON(&asJSON)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(asCSV.String()+asJSON.String(), "Anton") {
		t.Errorf("%s %s", asCSV.String(), asJSON.String())
	}
	lines, err := csv.NewReader(&asCSV).ReadAll()
	if err != nil || len(lines) != 3 {
		t.Fatal(lines, err)
	}
	for _, cells := range lines {
		for _, cell := range cells {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("the cell %s", cell)
			}
		}
	}
}
