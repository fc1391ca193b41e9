package order

import (
	"slices"
	"time"
)

// Intent is what a caller wants a payment page for, reduced to what the order must remember.
type Intent struct {
	Environment string // which DOKU; with the client id it keeps Request-Ids of two set-ups apart
	ClientID    string
	Invoice     string
	Amount      int64
	Discounts   []int64
	Fingerprint string // of the whole create-page body
}

// Verdict says what a repeated request for a page leads to.
type Verdict int

const (
	Call     Verdict = iota // store the returned order, then call DOKU under its Request-Id
	Replay                  // the page exists: answer with it again
	Busy                    // another attempt holds the lease: ask again when it has ended
	Mismatch                // the invoice number is taken by another request
)

// Retry decides about a request for a page whose order exists already. After a refusal the body may differ,
// since nothing came of the first; before, only the very same body may be sent again, or one Request-Id would
// stand for two requests.
func (o Order) Retry(in Intent, now time.Time) (Order, Verdict) {
	op, ok := o.Operation(string(CreatePage))
	switch {
	case !ok:
		return o, Mismatch
	case op.State == Refused:
		return o.intend(in, op.Generation+1, now), Call
	case op.Fingerprint != in.Fingerprint:
		return o, Mismatch
	case op.State == Done:
		return o, Replay
	case now.Before(op.LeaseUntil):
		return o, Busy
	default:
		return o.with(op.begin(now)), Call
	}
}

// intend writes the intent into the order: the create operation, open and leased.
func (o Order) intend(in Intent, generation int, now time.Time) Order {
	o.Amount, o.Discounts = in.Amount, slices.Clone(in.Discounts)
	op := Operation{
		ID: string(CreatePage), Kind: CreatePage, Amount: in.Amount, State: Open, Generation: generation,
		RequestID: requestID(in, CreatePage, string(CreatePage), generation), Fingerprint: in.Fingerprint, FirstAt: Stamp(now),
	}
	return o.with(op.begin(now))
}

// PageIssued records that DOKU made the page that was asked for in generation.
func (o Order) PageIssued(generation int, page Page) Order {
	op, ok := o.Operation(string(CreatePage))
	if !ok || op.Generation != generation {
		return o
	}
	op.State, op.Refusal = Done, Refusal{}
	o.Facts = Join(o.Facts, Facts{Page: &page})
	return o.with(op.release())
}

// PageRefused records that DOKU refused to make the page. unprocessed says that it turned the attempt away
// unread (signature, clock, rate). Then an earlier attempt, whose answer was lost, may still have succeeded, and
// the operation stays open.
func (o Order) PageRefused(generation int, why Refusal, unprocessed bool) Order {
	op, ok := o.Operation(string(CreatePage))
	if !ok || op.Generation != generation || op.State != Open {
		return o
	}
	op.Refusal = why
	if !unprocessed || op.Attempts == 1 {
		op.State = Refused
	}
	return o.with(op.release())
}

// PageUnknown records that the attempt ended without an outcome: it stays open for the caller's retry.
func (o Order) PageUnknown(generation int) Order {
	op, ok := o.Operation(string(CreatePage))
	if !ok || op.Generation != generation || op.State != Open {
		return o
	}
	return o.with(op.release())
}
