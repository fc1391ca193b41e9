package settlement_test

import (
	"errors"
	"strings"
	"testing"

	"kasir/shared/settlement"
)

// A sale whose pay-out cannot have been on its day is a difference and a case, and is not booked.
func TestAPayoutOnAnImpossibleDay(t *testing.T) {
	for name, c := range map[string]struct {
		transaction, payout string
		ok                  bool
	}{
		"two days later":                  {"02-05-2026", "04-05-2026", true},
		"a month from now":                {"02-05-2026", "04-06-2026", true},
		"the day before the order":        {"", "01-05-2026", true}, // of another zone
		"years from now":                  {"02-05-2026", "04-05-2062", false},
		"before the transaction":          {"02-05-2026", "01-05-2026", false},
		"before the order was created":    {"01-01-2026", "02-01-2026", false},
		"before the order, without a day": {"", "02-01-2026", false},
	} {
		w := newWorld()
		w.paid(t, "INV-1", 100_000)
		w.paid(t, "INV-2", 100_000)
		content := strings.NewReplacer("02-05-2026", c.transaction, "04-05-2026", c.payout).Replace(plain("B-1",
			line{invoice: "INV-1", amount: 100_000},
			line{invoice: "INV-2", kind: "Refund", amount: 40_000, minus: true}))
		r, err := w.apply(t.Context(), content, settlement.Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		one, two := w.order(t, "INV-1"), w.order(t, "INV-2")
		if booked := len(one.Facts.Settled) == 1; booked != c.ok || settlementCases(one) == 1 == c.ok ||
			(r.Counts["row"] == 0) != c.ok {
			t.Errorf("%s: %+v, %+v", name, one.Facts.Settled, r.Counts)
		}
		// Money that went back is never refundable again, whatever its day.
		if two.Refundable() != 60_000 || two.Facts.Movements[0].At.Year() > 2026 {
			t.Errorf("%s: refundable %d, %+v", name, two.Refundable(), two.Facts.Movements)
		}
	}
}

// The first report of our orders sets the merchant's name. A later one with another name is refused, unless
// SETTLE_MERCHANT lists the name.
func TestAReportOfAnotherMerchantIsRefused(t *testing.T) {
	w := newWorld()
	w.paid(t, "INV-1", 100_000)
	w.paid(t, "INV-2", 100_000)
	foreign := func(batch, invoice string) string {
		return strings.ReplaceAll(plain(batch, line{invoice: invoice, amount: 100_000}), "Toko Contoh", "Toko Lain")
	}
	apply := func(content string, names ...string) error {
		_, err := w.apply(t.Context(), content, settlement.Options{Merchants: names})
		return err
	}
	if err := apply(foreign("B-1", "UNKNOWN-1")); err != nil { // a first report, of none of our orders
		t.Fatal(err)
	}
	if err := apply(plain("B-2", line{invoice: "INV-1", amount: 100_000})); err != nil {
		t.Fatalf("after a first report of another merchant: %v", err)
	}
	var invalid *settlement.Invalid
	err := apply(foreign("B-3", "UNKNOWN-2"))
	if !errors.As(err, &invalid) || !strings.Contains(err.Error(), `line 12: "MERCHANT NAME": is another name than`) {
		t.Errorf("another merchant: %v", err)
	}
	if all, err := w.Batches(t.Context(), 2026); err != nil || len(all) != 2 {
		t.Errorf("a part of it was kept: %+v, %v", all, err)
	}
	report, err := open(foreign("B-3", "UNKNOWN-2"), settlement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (settlement.Settler{Service: w.service}).Compare(t.Context(), report); !errors.As(err, &invalid) {
		t.Errorf("a dry run: %v", err)
	}
	for _, err := range []error{
		apply(foreign("B-4", "INV-2"), "Toko Contoh", "Toko Lain"), apply(foreign("B-5", "INV-2")),
		apply(plain("B-2", line{invoice: "INV-1", amount: 100_000})),
		apply(strings.ReplaceAll(plain("B-6", line{invoice: "INV-1", amount: 100_000}), "MERCHANT NAME", "X")),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}
