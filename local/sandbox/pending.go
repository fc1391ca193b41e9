package sandbox

import (
	"slices"
	"time"

	"kasir/local/sandbox/faults"
)

// pending is the state of a capture or refund that DOKU has not decided.
type pending struct {
	until   time.Time
	becomes string // faults.BecomesSuccess or faults.BecomesFailed
}

// newPending returns the pending state that the planned fault of a call about p needs. s.mu must be held.
func (s *Server) newPending(c call, p *page) *pending {
	s.book.undecided[p] = true
	return &pending{s.now().Add(c.fault.Wait), c.fault.Form}
}

// decidePending decides the captures and refunds that are due.
func (b *book) decidePending(now time.Time) {
	for p := range b.undecided {
		for _, t := range p.captures {
			if t.pending == nil || now.Before(t.pending.until) {
				continue
			}
			if t.pending.becomes == faults.BecomesSuccess {
				p.captured += t.amount
			} else {
				t.code, t.message = "05", "DO NOT HONOUR"
			}
			t.at, t.pending = t.pending.until, nil
		}
		for _, r := range p.refunds {
			if r.pending == nil || now.Before(r.pending.until) {
				continue
			}
			if r.pending.becomes == faults.BecomesSuccess {
				r.done, r.message, r.approval = true, "Approved", randomDigits(6)
			} else {
				r.message = "Refused by the bank"
			}
			r.at, r.pending = r.pending.until, nil
		}
		if !p.hasPendingCapture() && !p.hasPendingRefund() {
			delete(b.undecided, p)
		}
	}
}

// hasPendingCapture reports whether a capture is pending.
func (p *page) hasPendingCapture() bool {
	return slices.ContainsFunc(p.captures, func(t *captureRecord) bool { return t.pending != nil })
}

// hasPendingRefund reports whether a refund is pending.
func (p *page) hasPendingRefund() bool {
	return slices.ContainsFunc(p.refunds, func(r *refund) bool { return r.pending != nil })
}

// pendingRefunds returns the sum of pending refunds, which is reserved for them.
func (p *page) pendingRefunds() (sum int64) {
	for _, r := range p.refunds {
		if r.pending != nil {
			sum += r.amount
		}
	}
	return sum
}

// recordOperation records the effect of a Request-Id, for check status. An effect stays, even if a later call with that
// Request-Id is refused.
func (b *book) recordOperation(requestID string, o operation) {
	if !b.wasDone(requestID) {
		b.operations[requestID] = o
	}
}

// wasDone reports whether a Request-Id opened a page, or captured or refunded money, or is about to.
func (b *book) wasDone(requestID string) bool {
	o, known := b.operations[requestID]
	switch {
	case !known:
		return false
	case o.refund != nil:
		return o.refund.done || o.refund.pending != nil
	case o.page.requestID == requestID:
		return true
	}
	return slices.ContainsFunc(o.page.captures, func(t *captureRecord) bool {
		return t.requestID == requestID && (t.done() || t.pending != nil)
	})
}

// find returns the page that an invoice number or a Request-Id stands for, or nil.
func (b *book) find(id string) *page {
	if p := b.pageFor(id); p != nil {
		return p
	}
	return b.operations[id].page
}
