package order

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"time"
)

// Intent is what a caller wants a payment page for, reduced to what the order must remember.
type Intent struct {
	Policy      Policy
	Lifetime    time.Duration // how long the page can be paid
	Invoice     string
	Amount      int64
	Discounts   []int64
	Plan        Plan
	Readers     []string
	Fingerprint string // of the whole create-page body, and of who asks for it
}

// New begins an order: it is to be stored before DOKU is called.
func New(in Intent, now time.Time) Order {
	o := Order{Invoice: in.Invoice, CreatedAt: Stamp(now)}
	return o.intendPage(in, 1, now)
}

// Retry decides about a request for a page whose order exists already. Errors: *NotAllowed.
func (o Order) Retry(in Intent, now time.Time) (Order, Verdict, error) {
	op, ok := o.Operation(string(CreatePage))
	if !ok {
		return o, Mismatch, nil
	}
	verdict := op.retry(in.Policy, in.Fingerprint, now)
	if verdict != Call {
		return o, verdict, nil
	}
	if err := o.mayAskForPage(); err != nil {
		return o, Call, err
	}
	if op.State == Refused {
		return o.intendPage(in, op.Generation+1, now), Call, nil
	}
	return o.again(in.Policy, op, now), Call, nil
}

// mayAskForPage holds a page back from an order that was paid although its page was refused, or its outcome is not known: there may be
// another page of the same invoice. A further one could be paid too, and of the same request DOKU may know nothing any more.
func (o Order) mayAskForPage() error {
	if err := o.mayMoveMoney(); err != nil {
		return err
	}
	if o.Facts.Authorized != nil || o.Captured() > 0 {
		return notAllowed("", "The order is %s: there is nothing left to pay.", o.Status())
	}
	return nil
}

func (o Order) intendPage(in Intent, generation int, now time.Time) Order {
	o.Amount, o.Discounts, o.Plan, o.Readers = in.Amount, slices.Clone(in.Discounts), in.Plan, slices.Clone(in.Readers)
	o.PageEnd, o.Watch = Stamp(now.Add(in.Lifetime)), Watch{}
	op := Operation{ID: string(CreatePage), Kind: CreatePage, Amount: in.Amount, Fingerprint: in.Fingerprint}
	return o.intend(in.Policy, op, generation, now)
}

// InvoiceFor is the invoice number of an order whose caller sends an idempotency key instead of one: the same key of the
// same subject is the same order. It fits every acquirer's limit.
func InvoiceFor(subject, key string) string {
	sum := sha256.Sum256([]byte(subject + "\x00" + key))
	return "K-" + base32.StdEncoding.EncodeToString(sum[:15])
}
