package sandbox

import (
	"time"

	"kasir/local/sandbox/validate"
)

// pageAsOf returns the page that stood for an invoice at an earlier time, in its state of that time. It is nil if no
// page was open yet.
func (b *book) pageAsOf(invoice string, at time.Time) *page {
	var newest *page
	for _, p := range b.pagesOf[invoice] {
		old, _ := p.asOf(at, nil)
		switch {
		case old == nil:
		case old.paidAttempt() != nil:
			return old
		default:
			newest = old
		}
	}
	return newest
}

// asOf returns p in its state of an earlier time, and r if it existed then. The page is nil if it was not open yet.
func (p *page) asOf(at time.Time, r *refund) (*page, *refund) {
	if p.createdAt.After(at) || r != nil && r.at.After(at) {
		return nil, nil
	}
	old := *p
	old.attempts, old.captures, old.refunds, old.captured = nil, nil, nil, 0
	for _, a := range p.attempts {
		if a.at.After(at) {
			continue
		}
		if a.doneAt.After(at) {
			undone := *a
			undone.state, undone.code, undone.message, undone.approvalCode, undone.authorizeID = waiting, "", "", "", ""
			a = &undone
		}
		old.attempts = append(old.attempts, a)
		if a.state == approved && a.kind != validate.TypeAuthorize {
			old.captured = a.amount
		}
	}
	for _, t := range p.captures {
		if t.at.After(at) {
			continue
		}
		old.captures = append(old.captures, t)
		if t.done() {
			old.captured += t.amount
		}
	}
	for _, r := range p.refunds {
		if !r.at.After(at) {
			old.refunds = append(old.refunds, r)
		}
	}
	if old.voided != nil && old.voided.at.After(at) {
		old.voided = nil
	}
	old.disputes = nil
	for _, d := range p.disputes {
		if d.at.After(at) {
			continue
		}
		if d.wonAt.After(at) {
			d = &dispute{at: d.at, amount: d.amount}
		}
		old.disputes = append(old.disputes, d)
	}
	return &old, r
}
