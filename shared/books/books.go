// Package books states the money of a month: how much was taken, what became of it, and what does not add up.
//
// For each order, and for their sum, this holds to the rupiah:
//
//	brought forward + taken − refunded − chargebacks − fees − discounts = settled + outstanding + differences
//
// Everything is whole rupiah. A month, like a day, begins at midnight in Jakarta. A movement belongs to the month of
// its own date. The month of the payment does not matter.
//
//   - Taken is money that the merchant took from customers' cards, by Order.CapturedAt.
//   - Refunded is money that went back to customers: refunds and voids that kasir asked for and DOKU agreed to, by
//     Operation.DoneAt, and those made elsewhere, by the date of their report. A refund that DOKU's people carry out by
//     hand counts as soon as DOKU has agreed to it.
//   - Chargebacks is money that customers' banks took back, less what they reversed, by the date of the report.
//   - Fees and Discounts are those of the sale rows of settlement reports, by the day of the pay-out. Without a report
//     they are not known. If the amount of a row less its discount is what was taken, then the discount is a promo that
//     the customer had, so it lowers nothing, and is in no term.
//   - Settled is the money paid out to the merchant: the net amounts of sale rows, by the day of the pay-out, less the
//     amounts that DOKU took from a pay-out for refunds and chargebacks, by the last pay-out day of their report.
//   - Outstanding is a balance at the end of the month. It is positive if DOKU still has to pay out a sale. It is
//     negative if DOKU has paid out the sale, and still has to take back a refund or chargeback from a later pay-out.
//   - Differences is a balance at the end of the month too: what neither was settled nor can be expected to be. Reason
//     has the kinds.
//   - Brought forward is outstanding and differences together at the end of the month before.
//
// Money of a settlement report that no order has is in the terms too, with the invoice number left out: rows of unknown
// invoices or kinds, and fees of rows that are no sales. Rows of other channels than cards are in no term.
//
// A payment of October that is refunded in November and settled in December is therefore taken in October, outstanding
// at the ends of October and November (less the refund), and settled in December. The books of a month change when
// kasir learns later of a movement that is dated in it. Those of the next month then begin with the changed balance.
package books

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"kasir/shared/order"
)

// Term is a term of the equation.
type Term string

// The terms, in the order of the equation.
const (
	BroughtForward Term = "brought_forward"
	Taken          Term = "taken"
	Refunded       Term = "refunded"
	Chargebacks    Term = "chargebacks"
	Fees           Term = "fees"
	Discounts      Term = "discounts"
	Settled        Term = "settled"
	Outstanding    Term = "outstanding"
	Differences    Term = "differences"
)

// Terms lists the terms in the order of the equation.
var Terms = []Term{BroughtForward, Taken, Refunded, Chargebacks, Fees, Discounts, Settled, Outstanding, Differences}

// Line is a part of a term: one movement or balance of one order, in whole rupiah.
type Line struct {
	Invoice string    // empty for money of a settlement report that no order has
	Date    time.Time // of a movement; of a balance, that of the order's latest movement
	Amount  int64     // never 0
	Reason  Reason    // of a difference
	Why     string    // for a person
}

// Account is a term with the lines that make it up.
type Account struct {
	Amount int64
	Lines  []Line // by date and invoice number, after Close
}

// Books are the books of a month.
type Books struct {
	Month    Month
	Accounts map[Term]Account // all Terms

	batches map[string]Batch
	applied map[string]Batch // the sums that orders have of each batch
	waiting []order.Order    // until every batch is known
}

// Of returns the books of a month without any order.
func Of(m Month) *Books {
	b := &Books{Month: m, Accounts: map[Term]Account{}, batches: map[string]Batch{}, applied: map[string]Batch{}}
	for _, term := range Terms {
		b.Accounts[term] = Account{}
	}
	return b
}

// Add adds an order. Orders and batches come in any order, each once.
func (b *Books) Add(o order.Order) {
	reported := func(m order.Movement) bool { return m.Source == order.FromSettlement }
	if slices.ContainsFunc(o.Facts.Movements, reported) {
		b.waiting = append(b.waiting, o)
		return
	}
	b.addLedger(ledgerOf(o, b.batches))
}

// AddBatch adds the sums of a settlement report.
func (b *Books) AddBatch(batch Batch) { b.batches[batch.ID] = batch }

func (b *Books) addLedger(l ledger) {
	for _, line := range slices.Concat(l.outstanding(b.Month.From), l.differences(b.Month.From)) {
		b.add(BroughtForward, line)
	}
	for _, e := range l.entries {
		if slices.Contains(Terms, e.term) && !e.Date.Before(b.Month.From) && e.Date.Before(b.Month.End) {
			b.add(e.term, e.Line)
		}
		if e.batch != "" {
			b.applied[e.batch] = b.applied[e.batch].with(e)
		}
	}
	for _, line := range l.outstanding(b.Month.End) {
		b.add(Outstanding, line)
	}
	for _, line := range l.differences(b.Month.End) {
		b.add(Differences, line)
	}
}

func (b *Books) add(term Term, line Line) {
	if line.Amount == 0 {
		return
	}
	account := b.Accounts[term]
	account.Amount += line.Amount
	account.Lines = append(account.Lines, line)
	b.Accounts[term] = account
}

// Close adds what waits for the last batch or order, and sorts the lines. It returns an error if the equation does not
// hold, which would be a fault of this package.
func (b *Books) Close() error {
	for _, o := range b.waiting {
		b.addLedger(ledgerOf(o, b.batches))
	}
	for _, id := range slices.Sorted(maps.Keys(b.batches)) {
		if rest := b.batches[id].rest(b.applied[id]); len(rest.entries) > 0 {
			b.addLedger(rest)
		}
	}
	b.waiting, b.batches = nil, nil
	for _, account := range b.Accounts {
		slices.SortStableFunc(account.Lines, func(x, y Line) int {
			return cmp.Or(x.Date.Compare(y.Date), cmp.Compare(x.Invoice, y.Invoice))
		})
	}
	if left, right := b.Left(), b.Right(); left != right {
		return fmt.Errorf("the books of %s do not balance: %d and %d", b.Month, left, right)
	}
	return nil
}

// Left returns the left side of the equation.
func (b *Books) Left() int64 {
	a := b.Accounts
	return a[BroughtForward].Amount + a[Taken].Amount - a[Refunded].Amount - a[Chargebacks].Amount - a[Fees].Amount -
		a[Discounts].Amount
}

// Right returns the right side of the equation.
func (b *Books) Right() int64 {
	a := b.Accounts
	return a[Settled].Amount + a[Outstanding].Amount + a[Differences].Amount
}
