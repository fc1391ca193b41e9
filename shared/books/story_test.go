package books_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kasir/shared/books"
	"kasir/shared/order"
)

// sale returns an order of 90,000 that was paid on a day.
func sale(invoice string, day float64) order.Order {
	o := order.Order{Invoice: invoice, Amount: 90_000, CreatedAt: at(day)}
	o.Facts.Paid = &order.Payment{At: at(day), LearnedAt: at(day), Amount: 90_000}
	return o
}

func refunded(o order.Order, day float64, amount int64) order.Order {
	o.Operations = append(o.Operations[:len(o.Operations):len(o.Operations)], order.Operation{
		ID: fmt.Sprint("refund-", len(o.Operations)), Kind: order.KindRefund, Amount: amount, State: order.Done,
		RequestID: fmt.Sprint("own", len(o.Operations)), Type: order.PartialRefund,
		FirstAt: at(day), LastAt: at(day), DoneAt: at(day)})
	return o
}

func settled(o order.Order, day float64, batch string, amount int64) order.Order {
	o.Facts = order.Join(o.Facts, order.Facts{Settled: []order.Settled{{Batch: batch, Row: 1, Amount: amount,
		Fee: 4_995, Net: amount - 4_995, PaidOut: at(day), LearnedAt: at(day)}}})
	return o
}

func reported(o order.Order, day float64, kind order.MovementKind, source order.Source, ref string, amount int64,
) order.Order {
	o.Facts = order.Join(o.Facts, order.Facts{Movements: []order.Movement{{Kind: kind, Source: source, Ref: ref,
		Amount: amount, At: at(day), LearnedAt: at(day)}}})
	return o
}

// amounts returns the terms that are not 0.
func amounts(b *books.Books) map[books.Term]int64 {
	all := map[books.Term]int64{}
	for term, account := range b.Accounts {
		if account.Amount != 0 {
			all[term] = account.Amount
		}
	}
	return all
}

// A payment of September is refunded in October and settled in November; DOKU takes the refund from a pay-out of
// December. Each movement is in the month of its date.
func TestMovementsCrossMonths(t *testing.T) {
	o := settled(refunded(sale("INV-1", 29), 32, 50_000), 63, "b1", 90_000)
	o = reported(o, 92, order.MovedRefund, order.FromSettlement, "b2:1", 50_000)
	for month, want := range map[string]map[books.Term]int64{
		"2026-08": {},
		"2026-09": {books.Taken: 90_000, books.Outstanding: 90_000},
		"2026-10": {books.BroughtForward: 90_000, books.Refunded: 50_000, books.Outstanding: 40_000},
		"2026-11": {books.BroughtForward: 40_000, books.Fees: 4_995, books.Settled: 85_005, books.Outstanding: -50_000},
		"2026-12": {books.BroughtForward: -50_000, books.Settled: -50_000},
		"2027-01": {},
	} {
		if got := amounts(closed(t, month, o)); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", month, got, want)
		}
	}
}

// Each way in which money can fail to add up is found with its amount and reason, and no other.
func TestDifferences(t *testing.T) {
	paid := sale("INV-1", 1)
	unpaid := order.Order{Invoice: "INV-1", Amount: 90_000, CreatedAt: at(1)}
	parked := refunded(paid, 2, 50_000)
	parked.Operations[0].State = order.Parked
	odd := settled(paid, 4, "b1", 90_000)
	odd.Facts.Settled[0].Net--
	voided := reported(refunded(paid, 2, 90_000), 3, order.MovedVoid, order.FromSettlement, "b1:1", 90_000)
	whole := settled(paid, 4, "b1", 90_000)
	half := refunded(whole, 5, 50_000)
	const back, charged, reversed = order.MovedRefund, order.MovedChargeback, order.MovedReversal
	const notified, report, record = order.FromNotification, order.FromSettlement, order.FromRecord
	less := settled(paid, 4, "b1", 80_000)
	rest := settled(refunded(paid, 2, 50_000), 4, "b1", 40_000)
	netted := settled(refunded(refunded(paid, 2, 20_000), 3, 30_000), 4, "b1", 70_000)
	overdrawn := reported(refunded(paid, 2, 50_000), 5, charged, record, "k", 90_000)
	stated := reported(paid, 5, order.MovedTotal, order.FromStatus, "", 0)
	chargedBack := reported(paid, 5, charged, record, "k", 90_000)
	for name, c := range map[string]struct {
		order       order.Order
		reason      books.Reason
		amount      int64
		outstanding int64
	}{
		"unpaid":              {unpaid, "", 0, 0},
		"paid":                {paid, "", 0, 90_000},
		"settled":             {whole, "", 0, 0},
		"settled less":        {less, books.SettledLess, 10_000, 0},
		"settled more":        {settled(paid, 4, "b1", 99_000), books.SettledMore, -9_000, 0},
		"settled twice":       {settled(whole, 5, "b2", 90_000), books.SettledTwice, -90_000, 0},
		"settled in parts":    {settled(settled(paid, 4, "b1", 40_000), 5, "b2", 50_000), "", 0, 0},
		"not taken":           {settled(unpaid, 4, "b1", 90_000), books.NotTaken, -90_000, 0},
		"wrong row":           {odd, books.RowSum, 1, 0},
		"refunded before":     {rest, "", 0, 0},
		"refunded, less":      {settled(refunded(paid, 2, 50_000), 4, "b1", 39_000), books.SettledLess, 1_000, 0},
		"refunded, more":      {settled(refunded(paid, 2, 50_000), 4, "b1", 41_000), books.SettledMore, -1_000, 0},
		"refunded, not less":  {settled(refunded(paid, 2, 50_000), 4, "b1", 90_000), "", 0, -50_000},
		"one refund of two":   {netted, "", 0, -30_000},
		"refunded after":      {half, "", 0, -50_000},
		"less, and refunded":  {refunded(less, 5, 10_000), books.SettledLess, 10_000, -10_000},
		"refund taken twice":  {reported(rest, 6, back, report, "b2:1", 50_000), books.Deducted, 50_000, 0},
		"refund taken":        {reported(half, 6, back, report, "b2:1", 50_000), "", 0, 0},
		"refunded elsewhere":  {reported(whole, 5, back, notified, "n", 50_000), "", 0, -50_000},
		"charged back":        {reported(whole, 5, charged, record, "k", 90_000), "", 0, -90_000},
		"charged back, taken": {reported(whole, 5, charged, report, "b2:1", 90_000), "", 0, 0},
		"reversed":            {reported(chargedBack, 6, reversed, record, "l", 90_000), "", 0, 90_000},
		"a void was taken":    {voided, "", 0, 90_000}, // of a sale that was never paid out
		"overdrawn":           {overdrawn, books.Overdrawn, -50_000, 0},
		"overdrawn, settled":  {reported(half, 6, charged, record, "k", 90_000), books.Overdrawn, -50_000, -90_000},
		"all went back":       {stated, books.Unaccounted, 90_000, 0},
		"in doubt":            {parked, books.InDoubt, 50_000, 40_000},
	} {
		b := closed(t, "2026-09", c.order)
		if got := b.Accounts[books.Outstanding].Amount; got != c.outstanding {
			t.Errorf("%s: %d outstanding, want %d", name, got, c.outstanding)
		}
		lines := b.Accounts[books.Differences].Lines
		if c.reason == "" && len(lines) == 0 {
			continue
		}
		if len(lines) != 1 || lines[0].Reason != c.reason || lines[0].Amount != c.amount {
			t.Errorf("%s: differences %+v, want %s of %d", name, lines, c.reason, c.amount)
		}
	}
}

// Money of a report that no order has is listed, whatever the order in which orders and batches come. A fee of a refund
// is a fee.
func TestMoneyOfNoOrder(t *testing.T) {
	o := reported(refunded(settled(sale("INV-1", 1), 4, "b1", 90_000), 5, 50_000), 40, order.MovedRefund,
		order.FromSettlement, "b2:7", 50_000)
	first := books.Batch{ID: "b1", Name: "B-1", PaidOut: at(4), Fee: 4_995 + 2_220, Net: 85_005 + 37_780}
	second := books.Batch{ID: "b2", Name: "B-2", PaidOut: at(29), Fee: 1_110, Net: -50_000 - 1_110}
	for _, late := range []bool{false, true} {
		b := books.Of(parse(t, "2026-09"))
		if late {
			b.Add(o)
		}
		b.AddBatch(first)
		b.AddBatch(second)
		if !late {
			b.Add(o)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		want := map[books.Term]int64{books.Taken: 90_000, books.Refunded: 50_000, books.Fees: 4_995 + 2_220 + 1_110,
			books.Settled: 85_005 + 37_780 - 51_110, books.Differences: -40_000}
		if got := amounts(b); !maps.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		lines := b.Accounts[books.Differences].Lines
		if len(lines) != 1 || lines[0].Reason != books.Unassigned || lines[0].Invoice != "" ||
			!strings.HasPrefix(lines[0].Why, "report B-1:") || !lines[0].Date.Equal(at(4)) {
			t.Errorf("%+v", lines)
		}
	}
}

// DOKU does not document whether AMOUNT is before or after a promo. Neither is a difference.
func TestAPromoIsNoDifference(t *testing.T) {
	o := sale("INV-1", 1)
	o.Facts.Paid.Amount = 80_000
	for _, row := range []order.Settled{{Amount: 90_000, Discount: 10_000}, {Amount: 80_000}} {
		row.Batch, row.Row, row.PaidOut, row.Fee, row.Net = "b1", 1, at(4), 4_995, 75_005
		one := o
		one.Facts = order.Join(o.Facts, order.Facts{Settled: []order.Settled{row}})
		b := books.Of(parse(t, "2026-09"))
		b.AddBatch(books.Batch{ID: "b1", Name: "B-1", PaidOut: at(4), Fee: row.Fee, Discount: row.Discount,
			Net: row.Net})
		b.Add(one)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		want := map[books.Term]int64{books.Taken: 80_000, books.Fees: 4_995, books.Settled: 75_005}
		if got := amounts(b); !maps.Equal(got, want) {
			t.Errorf("%+v: %v, want %v", row, got, want)
		}
	}
}

// A payment that DOKU should have settled is marked from the month on in which that was found.
func TestAnOverduePaymentIsMarked(t *testing.T) {
	o := sale("INV-1", 1)
	o.Watch.OverdueAt = at(35)
	for month, want := range map[string]string{
		"2026-09": "not settled: 90000 taken", "2026-10": "not settled: 90000 taken, overdue",
	} {
		if lines := closed(t, month, o).Accounts[books.Outstanding].Lines; len(lines) != 1 || lines[0].Why != want {
			t.Errorf("%s: %+v", month, lines)
		}
	}
}

// An authorisation that was taken back moved no money that was taken.
func TestAVoidedAuthorisationIsNoRefund(t *testing.T) {
	o := order.Order{Invoice: "INV-1", Amount: 90_000, CreatedAt: at(1)}
	o.Facts.Authorized = &order.Authorization{At: at(1), LearnedAt: at(1), Amount: 90_000}
	o = reported(o, 2, order.MovedVoid, order.FromNotification, "n", 90_000)
	if got := amounts(closed(t, "2026-09", o)); len(got) != 0 {
		t.Errorf("the books are %v", got)
	}
}

// Of orders whose money went the usual ways, only the planted difference is listed.
func TestOnlyPlantedDifferencesAreListed(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 2))
	b := books.Of(parse(t, "2026-09"))
	planted := map[string]int64{}
	for i := range 10_000 {
		invoice := fmt.Sprint("INV-", i)
		o := usualOrder(r, invoice)
		if r.IntN(50) == 0 {
			extra := 1 + r.Int64N(1_000)
			o = settled(o, 28, "again", extra)
			planted[invoice] = -extra
		}
		b.Add(o)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	found := map[string]int64{}
	for _, line := range b.Accounts[books.Differences].Lines {
		found[line.Invoice] += line.Amount
	}
	if len(planted) < 100 || !maps.Equal(found, planted) {
		t.Errorf("planted %d differences, listed %d", len(planted), len(found))
	}
}

// usualOrder returns an order that was paid and settled, or refunded and settled with the rest, or settled and then
// refunded, in kasir or elsewhere.
func usualOrder(r *rand.Rand, invoice string) order.Order {
	o := sale(invoice, 1+r.Float64()*5)
	switch r.IntN(4) {
	case 0:
		return settled(refunded(o, 8, 50_000), 10, "b", 40_000)
	case 1:
		o = reported(refunded(settled(o, 10, "b", 90_000), 12, 50_000), 13, order.MovedRefund, order.FromNotification,
			"n", 50_000)
		return reported(o, 20, order.MovedRefund, order.FromSettlement, "c:1", 50_000)
	case 2:
		o = reported(settled(o, 10, "b", 90_000), 12, order.MovedRefund, order.FromNotification, "n", 20_000)
		return reported(o, 20, order.MovedRefund, order.FromSettlement, "c:1", 20_000)
	}
	return settled(o, 10, "b", 90_000)
}

// A refund that was reported of one amount by two sources, and asked for once by kasir, counts once elsewhere, with the
// date that is not kasir's.
func TestTheDateOfARefundElsewhere(t *testing.T) {
	o := refunded(sale("INV-1", 1), 5, 20_000)
	for _, day := range []float64{5, 40} {
		o = reported(o, day, order.MovedRefund, order.FromNotification, fmt.Sprint("n", day), 20_000)
	}
	o = reported(o, 45, order.MovedRefund, order.FromStatus, "", 20_000)
	for month, want := range map[string]int64{"2026-09": 20_000, "2026-10": 20_000, "2026-11": 0} {
		if got := closed(t, month, o).Accounts[books.Refunded].Amount; got != want {
			t.Errorf("%s: %d went back, want %d", month, got, want)
		}
	}
	if day := books.Day(time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC)); day != "2026-12-01" {
		t.Errorf("the day in Jakarta is %s", day)
	}
}
