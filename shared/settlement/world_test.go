package settlement_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/settlement"
	"kasir/shared/store"
)

var start = time.Date(2026, 5, 2, 3, 0, 0, 0, time.UTC)

// world is a store in memory with a service on it. It counts calls, and fails at one write on demand.
type world struct {
	store.Memory
	service *payment.Service

	mu      sync.Mutex
	now     time.Time
	reads   int // of orders
	gets    int
	writes  int
	broken  map[string]error // orders that cannot be read, by invoice number
	failAt  int              // the write that fails; 0: none
	written bool             // whether the failing write is carried out
}

func newWorld() *world {
	w := &world{now: start.Add(72 * time.Hour)}
	w.service = &payment.Service{Store: w, Batches: w, Now: w.clock, NewID: func() string { return "id" },
		PageLifetime: time.Hour, TrustWindow: time.Hour}
	return w
}

// clock returns a time that passes with each call.
func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Millisecond)
	return w.now
}

var errDied = errors.New("the process died")

// write counts a write and carries it out, unless it is the one that fails.
func (w *world) write(do func() error) error {
	w.mu.Lock()
	w.writes++
	fails := w.failAt > 0 && w.writes >= w.failAt
	carried := !fails || w.written && w.writes == w.failAt
	w.mu.Unlock()
	if carried {
		if err := do(); err != nil || !fails {
			return err
		}
	}
	return errDied
}

func (w *world) Update(ctx context.Context, o order.Order) error {
	return w.write(func() error { return w.Memory.Update(ctx, o) })
}

func (w *world) PutBatch(ctx context.Context, b payment.Batch) error {
	return w.write(func() error { return w.Memory.PutBatch(ctx, b) })
}

func (w *world) PutDifferences(ctx context.Context, id string, part int, all []payment.Difference) (
	kept []payment.Difference, err error) {
	err = w.write(func() error {
		kept, err = w.Memory.PutDifferences(ctx, id, part, all)
		return err
	})
	return kept, err
}

func (w *world) Orders(ctx context.Context, invoices []string) ([]payment.Stored, payment.Coverage, error) {
	w.mu.Lock()
	w.reads++
	w.mu.Unlock()
	if len(invoices) > payment.MostOrders {
		return nil, payment.Coverage{}, errors.New("too many orders")
	}
	all, coverage, err := w.Memory.Orders(ctx, invoices)
	for i, s := range all {
		if why := w.broken[s.Invoice]; why != nil {
			all[i] = payment.Stored{Invoice: s.Invoice, Err: why}
		}
	}
	return all, coverage, err
}

func (w *world) Get(ctx context.Context, invoice string) (order.Order, error) {
	w.mu.Lock()
	w.gets++
	w.mu.Unlock()
	return w.Memory.Get(ctx, invoice)
}

// paid stores a paid order.
func (w *world) paid(t testing.TB, invoice string, amount int64, refunds ...int64) {
	t.Helper()
	o := order.Order{Invoice: invoice, Amount: amount, CreatedAt: start}
	if amount > 0 {
		o.Facts.Paid = &order.Payment{At: start, LearnedAt: start, Amount: amount, ApprovalCode: "1"}
	}
	for i, refund := range refunds {
		id := fmt.Sprintf("refund-%d", i)
		o.Operations = append(o.Operations, order.Operation{ID: id, Kind: order.KindRefund, Amount: refund,
			RequestID: invoice + id, State: order.Done, FirstAt: start.Add(time.Hour), LastAt: start.Add(time.Hour),
			DoneAt: start.Add(time.Hour), Type: "PARTIAL_REFUND"})
	}
	if _, err := w.Create(t.Context(), o, nil); err != nil {
		t.Fatal(err)
	}
}

// unpaid stores an order that is not paid.
func (w *world) unpaid(t testing.TB, invoice string, amount int64) {
	t.Helper()
	if _, err := w.Create(t.Context(), order.Order{Invoice: invoice, Amount: amount, CreatedAt: start},
		nil); err != nil {
		t.Fatal(err)
	}
}

func (w *world) order(t testing.TB, invoice string) order.Order {
	t.Helper()
	o, err := w.Memory.Get(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// apply opens and applies a report.
func (w *world) apply(ctx context.Context, content string, o settlement.Options) (settlement.Result, error) {
	r, err := open(content, o)
	if err != nil {
		return settlement.Result{}, err
	}
	return settlement.Settler{Service: w.service, AtOnce: 4}.Apply(ctx, r)
}

func open(content string, o settlement.Options) (*settlement.Report, error) {
	return settlement.Open(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }, o)
}

// line is a row of a report that the tests write. The report's writer shares no code with the parser.
type line struct {
	invoice, channel, kind string
	amount, fee, discount  int64
	minus                  bool // the row's amounts are written with a minus sign
}

// plain returns a report in the form of the real one.
func plain(batch string, lines ...line) string {
	var rows, sums strings.Builder
	var amount, fee, discount, net, backAmount int64
	purchases, backs := 0, 0
	for i, l := range lines {
		sign := int64(1)
		if l.minus {
			sign = -1
		}
		if l.channel == "" {
			l.channel = "Credit Card"
		}
		if l.kind == "" {
			l.kind = "Purchase"
		}
		if l.kind == "Purchase" {
			amount, purchases = amount+l.amount, purchases+1
		} else {
			backAmount, backs = backAmount+l.amount, backs+1
		}
		pay := sign*l.amount - l.fee - l.discount
		fee, discount, net = fee+l.fee, discount+l.discount, net+pay
		fmt.Fprintf(&rows, "%d,Toko Contoh,%s,02-05-2026,%s,Anton,%s,%d,TW%d,%d,%d,%d,04-05-2026,%s,,SAC\n", i+1,
			l.channel, l.invoice, l.invoice, sign*l.amount, i, l.fee, l.discount, pay, l.kind)
	}
	fmt.Fprintf(&sums, "Total Fee_,%d\nTotal Settlement Amount_,%d\nTotal Discount_,%d\nTotal Transactions_,%d\n", fee,
		net, discount, len(lines))
	fmt.Fprintf(&sums, "Total Amount Purchase_,%d\nTotal Purchase_,%d\n", amount, purchases)
	fmt.Fprintf(&sums, "Total Amount Refund_,%d\nTotal Refund_,%d\nBatch ID_,%s\n", backAmount, backs, batch)
	return sums.String() + "\nNO,MERCHANT NAME,PAYMENT CHANNEL NAME,TRANSACTION DATE,INVOICE NUMBER,CUSTOMER NAME," +
		"REPORT CODE,AMOUNT,RECON CODE,FEE,DISCOUNT,PAY TO MERCHANT,PAY OUT DATE,TRANSACTION TYPE,PROMO CODE," +
		"SUB ACCOUNT\n" + rows.String()
}
