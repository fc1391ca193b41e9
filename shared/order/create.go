package order

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"time"
)

// Intent is a request for a payment page, reduced to the fields that the order keeps.
type Intent struct {
	Policy      Policy
	Lifetime    time.Duration // how long the page can be paid
	Invoice     string
	Amount      int64
	Discounts   []int64
	Plan        Plan
	Readers     []string
	Metadata    Metadata
	Fingerprint string // of the whole create-page body, and of the caller
}

// New returns a new order. It must be stored before DOKU is called.
func New(in Intent, now time.Time) Order {
	o := Order{Invoice: in.Invoice, CreatedAt: Stamp(now)}
	return o.intendPage(in, 1, now)
}

// Retry decides about a request for a page of an order that exists. While the page stands, the same request gets that
// page again. After its end, a request with the same terms gets the next page, but only once check status has shown
// that the last one was not paid: asked is then true. Errors: *NotAllowed.
func (o Order) Retry(in Intent, asked bool, now time.Time) (Order, Verdict, error) {
	op, ok := o.Operation(string(KindCreatePage))
	if !ok {
		return o, Mismatch, nil
	}
	if op.State == Done {
		return o.nextPage(in, op, asked, now)
	}
	verdict := op.retry(in.Policy, in.Fingerprint, now)
	if verdict != Call {
		return o, verdict, nil
	}
	if err := o.CheckPageAllowed(); err != nil {
		return o, Call, err
	}
	if o.Facts.Page != nil { // an earlier page may still be paid
		if err := o.checkNextTerms(in); err != nil {
			return o, Call, err
		}
		if !asked {
			return o, AskFirst, nil
		}
	}
	if op.State == Refused {
		return o.intendPage(in, op.Generation+1, now), Call, nil
	}
	return o.beginAgain(in.Policy, op, now), Call, nil
}

// nextPage decides about a request for an order whose page was made.
func (o Order) nextPage(in Intent, op Operation, asked bool, now time.Time) (Order, Verdict, error) {
	end, same := o.end(), op.Fingerprint == in.Fingerprint
	paid := o.Facts.Authorized != nil || o.Captured() > 0
	switch denied := o.CheckPageAllowed(); {
	case same && paid && len(o.OpenConflicts()) == 0: // the caller may have lost the answer
		return o, Replay, nil
	case denied != nil:
		return o, Call, denied
	case same && now.Before(end):
		return o, Replay, nil
	case now.Before(end) && o.Facts.Forgotten != nil:
		return o, Call, o.erased()
	case now.Before(end):
		return o, Call, notAllowed("", "This invoice number has a page for another body, which stands until %s. "+
			"After that, a request with the same amount, type, promos, customer and metadata makes the next page.",
			end.Format(time.RFC3339))
	}
	if err := o.checkNextTerms(in); err != nil {
		return o, Call, err
	}
	if !asked || !o.expired() {
		return o, AskFirst, nil
	}
	return o.intendPage(in, op.Generation+1, now), Call, nil
}

// checkNextTerms returns an error if the amount, promos, plan, readers or metadata of a next page differ from the
// order's.
func (o Order) checkNextTerms(in Intent) error {
	if o.Amount == in.Amount && slices.Equal(o.Discounts, in.Discounts) && o.Plan == in.Plan &&
		slices.Equal(o.Readers, in.Readers) && o.allowsMetadata(in) {
		return nil
	}
	if o.Facts.Forgotten != nil {
		return o.erased()
	}
	return notAllowed("", "The page of this invoice number ended at %s. A next page must have the same amount, type, "+
		"promos, customer and metadata. Any other page needs another invoice number.",
		o.Facts.Page.ExpiresAt.Format(time.RFC3339))
}

// erased returns the refusal of a next page of a forgotten order.
func (o Order) erased() error {
	return notAllowed("", "The customer's data of this order was erased at %s, so a next page cannot be compared with "+
		"the earlier one. A new page needs another invoice number.", o.Facts.Forgotten.At.Format(time.RFC3339))
}

// CheckPageAllowed returns an error if the order must not get a page. An order may be paid although its page was
// refused or the page's outcome is unknown, because an earlier page of the same invoice may exist. A further page
// could be paid too, and DOKU may have forgotten the first request.
func (o Order) CheckPageAllowed() error {
	if err := o.checkMoneyMoves(); err != nil {
		return err
	}
	if o.Facts.Authorized != nil || o.Captured() > 0 {
		return notAllowed("", "The order is %s: nothing is left to pay.", o.Status())
	}
	if closed := o.Facts.Closed; closed != nil {
		return notAllowed("", "The order was closed at %s: it gets no further page.", closed.At.Format(time.RFC3339))
	}
	return nil
}

// Close ends an unpaid order, which then gets no further page. A page that stands may still be paid, and then a person
// must look. Closing a closed order changes nothing. Errors: *NotAllowed.
func (o Order) Close(act Act) (next Order, unchanged bool, err error) {
	if o.Facts.Closed != nil {
		return o, true, nil
	}
	if o.Facts.Authorized != nil || o.Captured() > 0 {
		return o, true, notAllowed("", "The order is %s: only an unpaid order can be closed.", o.Status())
	}
	act = act.stamped()
	o.Facts = Join(o.Facts, Facts{Closed: &act})
	return o.note(act.At, "closed", "", ""), false, nil
}

// PageRequestIDs returns the Request-Ids of all pages of the order that were asked for. DOKU names one of them in each
// report of a payment.
func (o Order) PageRequestIDs(m Merchant) []string {
	op, _ := o.Operation(string(KindCreatePage))
	var ids []string
	for generation := range op.Generation {
		ids = append(ids, requestID(m, o.Invoice, KindCreatePage, string(KindCreatePage), generation+1))
	}
	return ids
}

// intendPage records the intent to ask for a page, with the terms of in.
func (o Order) intendPage(in Intent, generation int, now time.Time) Order {
	o.Amount, o.Discounts, o.Plan, o.Readers = in.Amount, slices.Clone(in.Discounts), in.Plan, slices.Clone(in.Readers)
	if o.Facts.Forgotten != nil {
		o.Readers = nil
	}
	o = o.withMetadata(in)
	o.PageEnd, o.Watch = Stamp(now.Add(in.Lifetime)), Watch{}
	op := Operation{ID: string(KindCreatePage), Kind: KindCreatePage, Amount: in.Amount, Fingerprint: in.Fingerprint}
	return o.intend(in.Policy, op, generation, now)
}

// InvoiceFor returns the invoice number for an order whose caller sends an idempotency key instead of one. The same
// key of the same subject gives the same order. The number fits every acquirer's limit.
func InvoiceFor(subject, key string) string {
	sum := sha256.Sum256([]byte(subject + "\x00" + key))
	return "K-" + base32.StdEncoding.EncodeToString(sum[:15])
}
