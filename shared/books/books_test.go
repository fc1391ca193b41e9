package books_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"kasir/shared/books"
	"kasir/shared/order"
)

var months = []string{"2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01"}

// first is the beginning of the first of months but one: every order of the tests is made after it.
var first = time.Date(2026, 9, 1, 0, 0, 0, 0, time.FixedZone("WIB", 7*60*60))

func at(days float64) time.Time {
	return order.Stamp(first.Add(time.Duration(days * float64(24*time.Hour))))
}

func parse(t *testing.T, text string) books.Month {
	t.Helper()
	m, err := books.ParseMonth(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// closed returns the books of a month with the given orders.
func closed(t *testing.T, month string, orders ...order.Order) *books.Books {
	t.Helper()
	b := books.Of(parse(t, month))
	for _, o := range orders {
		b.Add(o)
	}
	if err := b.Close(); err != nil {
		t.Fatalf("%v: %+v", err, orders)
	}
	return b
}

// anyOrder returns an order with random facts. They need not make sense together.
func anyOrder(r *rand.Rand, invoice string) order.Order {
	pick := func(amounts ...int64) int64 { return amounts[r.IntN(len(amounts))] }
	amount := pick(1, 90_000, 150_000)
	day := func() time.Time { return at(r.Float64() * 120) }
	o := order.Order{Invoice: invoice, Amount: amount, CreatedAt: at(r.Float64() * 60)}
	if r.IntN(5) > 0 {
		o.Facts.Paid = &order.Payment{At: day(), LearnedAt: day(), Amount: amount}
	}
	if r.IntN(4) == 0 {
		o.Facts.Authorized = &order.Authorization{At: day(), LearnedAt: day(), Amount: amount}
	}
	if r.IntN(6) == 0 {
		o.Facts.Captured = &order.Capture{At: day(), LearnedAt: day(), Amount: 1 + r.Int64N(amount)}
	}
	for i := range r.IntN(4) {
		state := []order.State{order.Done, order.Done, order.Open, order.Parked, order.Refused}[r.IntN(5)]
		op := order.Operation{ID: "refund-" + strconv.Itoa(i), Kind: order.KindRefund, State: state,
			Amount: pick(20_000, 50_000, amount), RequestID: "own" + strconv.Itoa(i), FirstAt: day(), LastAt: day()}
		if state == order.Done {
			op.DoneAt = day()
			op.Type = []order.RefundType{order.Void, order.PartialRefund, order.ManualFullRefund}[r.IntN(3)]
		}
		o.Operations = append(o.Operations, op)
	}
	kinds := []order.MovementKind{order.MovedRefund, order.MovedVoid, order.MovedCapture, order.MovedChargeback,
		order.MovedReversal, order.MovedTotal, order.MovedRest}
	origins := []order.Source{order.FromNotification, order.FromStatus, order.FromSettlement, order.FromRecord}
	news := order.Facts{}
	for i := range r.IntN(6) {
		m := order.Movement{Kind: kinds[r.IntN(len(kinds))], Source: origins[r.IntN(len(origins))],
			Ref: "batch" + strconv.Itoa(i) + ":9", Amount: pick(20_000, 50_000, amount), At: day(), LearnedAt: day()}
		if r.IntN(4) == 0 {
			m.Refund = "own" + strconv.Itoa(r.IntN(4))
		}
		news.Movements = append(news.Movements, m)
		if r.IntN(5) == 0 {
			news.Withdrawn = append(news.Withdrawn, order.Withdrawal{ID: m.ID()})
		}
	}
	for i := range r.IntN(4) {
		s := order.Settled{Batch: "batch" + strconv.Itoa(i), Row: i, Amount: pick(amount, 50_000), PaidOut: day(),
			Fee: pick(0, 4_995), Discount: pick(0, 1_000)}
		s.Net = s.Amount - s.Fee - s.Discount - pick(0, 0, 0, 1)
		news.Settled = append(news.Settled, s)
	}
	o.Facts = order.Join(o.Facts, news)
	return o
}

// The equation holds to the rupiah, for each order and for all, in each month. Each month begins with the balance of
// the month before. The months together contain everything that moved. Every difference is listed with its reason.
func TestTheEquationHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 1))
	var all []order.Order
	different := 0
	for i := range 5_000 {
		o := anyOrder(r, "INV-"+strconv.Itoa(i))
		all = append(all, o)
		sums := map[books.Term]int64{}
		var before *books.Books
		for _, month := range months {
			b := closed(t, month, o)
			checkLines(t, b, o)
			carried := int64(0)
			if before != nil {
				carried = before.Accounts[books.Outstanding].Amount + before.Accounts[books.Differences].Amount
			}
			if got := b.Accounts[books.BroughtForward].Amount; got != carried {
				t.Fatalf("%s brings %d forward, and the month before ended with %d: %+v", month, got, carried, o)
			}
			for term, account := range b.Accounts {
				sums[term] += account.Amount
			}
			before = b
		}
		checkTotals(t, o, sums)
		different += len(before.Accounts[books.Differences].Lines)
	}
	before := int64(0)
	for _, month := range months {
		b := books.Of(parse(t, month))
		for i := range 4 { // the batches of anyOrder, and money that no order has
			id := "batch" + strconv.Itoa(i)
			b.AddBatch(books.Batch{ID: id, Name: id, PaidOut: at(float64(20 * i)), Fee: int64(i), Net: 1_000_000})
		}
		for _, o := range all {
			b.Add(o)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		checkLines(t, b, order.Order{})
		if got := b.Accounts[books.BroughtForward].Amount; got != before {
			t.Errorf("%s brings %d forward, and the month before ended with %d", month, got, before)
		}
		before = b.Accounts[books.Outstanding].Amount + b.Accounts[books.Differences].Amount
	}
	if different < 1000 {
		t.Errorf("only %d differences were made", different)
	}
}

// checkLines checks that the lines of each account make up its amount, and that each is explained.
func checkLines(t *testing.T, b *books.Books, o order.Order) {
	t.Helper()
	for term, account := range b.Accounts {
		sum := int64(0)
		for _, line := range account.Lines {
			sum += line.Amount
			ofReport := strings.HasPrefix(line.Why, "report ")
			if line.Amount == 0 || line.Invoice == "" && !ofReport || line.Why == "" || line.Date.IsZero() ||
				term == books.Differences && line.Reason == "" {
				t.Fatalf("%s of %s has the line %+v: %+v", term, b.Month, line, o)
			}
			inMonth := !line.Date.Before(b.Month.From) && line.Date.Before(b.Month.End)
			balance := term == books.BroughtForward || term == books.Outstanding || term == books.Differences
			if !inMonth && !balance {
				t.Fatalf("%s of %s has a line of another month: %+v: %+v", term, b.Month, line, o)
			}
		}
		if sum != account.Amount {
			t.Fatalf("%s of %s is %d, and its lines %d: %+v", term, b.Month, account.Amount, sum, o)
		}
	}
}

// checkTotals compares the sums of all months with what the order itself says of its money.
func checkTotals(t *testing.T, o order.Order, sums map[books.Term]int64) {
	t.Helper()
	refunded := o.Refunded() + o.ElsewhereRefunded()
	if o.Captured() == 0 && o.Facts.Authorized != nil { // nothing that was taken went back
		refunded = o.Refunded()
	}
	fees, discounts := int64(0), int64(0)
	for _, s := range o.Facts.Settled {
		fees += s.Fee
		if o.Captured() != s.Amount-s.Discount || o.Captured() == 0 {
			discounts += s.Discount
		}
	}
	for term, want := range map[books.Term]int64{
		books.Taken: o.Captured(), books.Refunded: refunded, books.Chargebacks: o.ChargedBack(), books.Fees: fees,
		books.Discounts: discounts,
	} {
		if sums[term] != want {
			t.Fatalf("%s is %d over all months, want %d: %+v", term, sums[term], want, o)
		}
	}
}

func TestAMonthIsAMonthInJakarta(t *testing.T) {
	last := time.Date(2026, 10, 31, 16, 59, 59, 0, time.UTC) // 23:59:59 in Jakarta
	o := order.Order{Invoice: "INV-1", Amount: 5, CreatedAt: last.AddDate(0, 0, -1)}
	for month, when := range map[string]time.Time{"2026-10": last, "2026-11": last.Add(time.Second)} {
		o.Facts.Paid = &order.Payment{At: when, LearnedAt: when, Amount: 5}
		if got := closed(t, month, o).Accounts[books.Taken].Amount; got != 5 {
			t.Errorf("%s has %d of a payment at %s", month, got, when)
		}
	}
	for _, text := range []string{
		"", "2026", "2026-13", "2026-00", "1999-12", "2026-1", "11-2026", "2026-11-01", " 2026-11",
	} {
		if m, err := books.ParseMonth(text); err == nil {
			t.Errorf("%q was read as %s", text, m)
		}
	}
}
