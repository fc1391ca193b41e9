// Package path goes every way through the use cases, in the process, and keeps DynamoDB's bill of each.
package path

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kasir/bench/accountant"
	"kasir/bench/event"
	"kasir/bench/meter"
	"kasir/bench/service"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// Cost is what one path costs at DynamoDB.
type Cost struct {
	Name       string
	Calls      int
	Operations string // in their order
	Units      accountant.Units
	Size       int // bytes of the largest item that was written
}

// Writes is how many of the calls wrote an order, and so how many records there are of it in the table's stream.
func (c Cost) Writes() int { return strings.Count(c.Operations, "PutItem") }

// The clock stands at the date of the event files and goes on by a tick each time it is read, as if DOKU took as long.
var begin = time.Date(2026, 8, 27, 10, 24, 10, 0, time.UTC)

const tick = 200 * time.Millisecond

// walk is one run through all paths.
type walk struct {
	Merchant
	meter *meter.Meter
	now   time.Time
	due   bool // the orders that abandon made
	costs []Cost
}

// Invoices of the orders that the paths are about, as long as those of shops that put the date into them.
const (
	sale = "INV-20260827-0000001"
	held = "INV-20260827-0000002"
	open = "INV-20260827-0000003"
	left = "INV-20260827-1" // and four digits
)

// Abandoned is how many unpaid orders the path reconcile looks at.
const Abandoned = 20

// Names of the paths.
const (
	CreatePage  = "createpage"
	Replay      = "createpage again"
	Notify      = "notify"
	Duplicate   = "notify again"
	GetPayment  = "getpayment"
	Refund      = "refund"
	FifthRefund = "refund, the fifth of an order"
	Hold        = "createpage, AUTHORIZE"
	Authorized  = "notify, AUTHORIZE"
	Capture     = "capture"
	Unbind      = "unbind"
	Idle        = "reconcile, nothing due"
	Reconcile   = "reconcile, all its unpaid orders"
	Unpaid      = "reconcile, one order that nobody pays, to its end"
)

// Table is how the accountant follows kasir's table.
func Table() *accountant.Table {
	return &accountant.Table{Key: store.KeyAttribute, Index: accountant.Index{Partition: store.DueShardAttribute, Sort: store.DueAtAttribute}}
}

// Walk goes all paths against the DynamoDB at url, whose table must be there and be empty. events is the folder of event files.
func Walk(ctx context.Context, url, events string) ([]Cost, error) {
	s, err := service.New()
	if err != nil {
		return nil, err
	}
	w := &walk{Merchant: Merchant{Service: s}, meter: meter.New(url, Table())}
	defer w.meter.Close()
	w.now = begin
	s.Now = func() time.Time { w.now = w.now.Add(tick); return w.now }
	s.AtOnce = false // one clock: what a run asks for is the same in turn
	w.Events = event.Source{Dir: events, Now: s.Now, Merchant: s.Merchant}
	s.Receiver.Now = s.Now
	s.Store = service.DynamoDB(w.meter.URL, http.DefaultTransport)
	for _, step := range w.steps() {
		if err := step.run(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
		bill, err := w.meter.Bill()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
		if step.name != "" {
			w.costs = append(w.costs, Cost{step.name, len(bill.Calls), bill.Text(), bill.Units, bill.Size})
		}
	}
	return w.costs, nil
}

type step struct {
	name string // empty: it only prepares the next
	run  func(context.Context) error
}

func (w *walk) steps() []step {
	return []step{
		{Idle, w.reconcile},
		{CreatePage, w.CreatePage("createpage", sale)},
		{Replay, w.CreatePage("createpage", sale)},
		{Notify, w.Notify("notify", sale, payment.Applied)},
		{Duplicate, w.Notify("notify", sale, payment.Duplicate)},
		{GetPayment, func(ctx context.Context) error {
			_, err := w.Service.Read(ctx, payment.Caller{Subject: "bench", ReadsAll: true}, sale)
			return err
		}},
		{Refund, w.refund(1)}, {"", w.refund(2)}, {"", w.refund(3)}, {"", w.refund(4)},
		{FifthRefund, w.refund(5)},
		{Hold, w.CreatePage("createpage-authorize", held)},
		{Authorized, w.Notify("notify-authorize", held, payment.Applied)},
		{Capture, func(ctx context.Context) error { return done(w.Service.Capture(ctx, held, 0, "bench")) }},
		{Unbind, func(ctx context.Context) error {
			_, err := w.Service.Tokens(ctx, payment.Caller{Subject: "bench", AllTokens: true}, "CUST-0001")
			return err
		}},
		{"", w.CreatePage("createpage", open)},
		{Unpaid, w.waitInVain},
		{"", w.abandon},
		{Reconcile, w.reconcile},
	}
}

func (w *walk) refund(n int) func(context.Context) error {
	return func(ctx context.Context) error {
		r := payment.RefundRequest{Invoice: sale, Key: fmt.Sprintf("refund-of-the-benchmark-%d", n), Amount: 10_000, Expected: -1}
		return done(w.Service.Refund(ctx, r))
	}
}

// abandon makes orders that nobody pays, and lets the time pass in which they could be.
func (w *walk) abandon(ctx context.Context) error {
	for n := range Abandoned {
		if err := w.CreatePage("createpage", fmt.Sprintf("%s%04d", left, n))(ctx); err != nil {
			return err
		}
	}
	w.now = w.now.Add(w.Service.PageLifetime + 2*time.Minute)
	w.due = true
	return nil
}

func (w *walk) reconcile(ctx context.Context) error {
	report, err := w.Service.Reconcile(ctx)
	if err == nil && (report.Failed > 0 || report.Left > 0 || w.due && report.Looked != Abandoned) {
		err = fmt.Errorf("not all was done: %+v", report)
	}
	return err
}
