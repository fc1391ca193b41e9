package simulation

import (
	"time"

	"kasir/shared/order"
)

// R5: times until a payment must be known without a notification.
const (
	askable    = time.Minute // DOKU wants no question earlier after a payment
	afterDown  = 10 * time.Minute
	twoPeriods = 2 * period
)

// noteLearned notes when the first invocation began after which an order holds the customer's money. How long a run of
// reconciliation takes depends on the number of orders before this one.
func (w *World) noteLearned(p *plan, o order.Order) {
	if p.learned.IsZero() && (o.Captured() > 0 || o.Facts.Authorized != nil || len(o.Facts.Conflicts) > 0) {
		p.learned = w.now
		if w.current != nil {
			p.learned = w.current.deadline.Add(-lambdaLife)
		}
	}
}

// noteUnanswered notes that a request got no answer.
func (d *DOKU) noteUnanswered(s *dokuRequest, err error) {
	if p := d.w.planOf(s.invoice); p != nil && s.at == dokuRead {
		p.unanswered++
	}
	d.w.note("doku.", s.what, "no answer:", err.Error())
}

// checkPromptness checks R5 for schedules that ask for it: a payment made while the page stood is known soon after the
// page's end, or soon after DOKU can be reached again. It guards against a customer who has paid and is told to pay.
func (w *World) checkPromptness(p *plan, o order.Order, l *ledger) {
	paid := l.paid()
	if paid == nil {
		paid = l.authorized()
	}
	if !w.schedule.Prompt || paid == nil || o.Facts.Page == nil || paid.at.After(o.Facts.Page.ExpiresAt) {
		return
	}
	again := time.Duration(p.unanswered) * (askable + period) // a question without an answer is asked again
	limit := o.Facts.Page.ExpiresAt.Add(askable + twoPeriods + again)
	if up := epoch.Add(w.schedule.DownUntil); w.schedule.DownUntil > 0 {
		limit = laterOf(limit, up.Add(afterDown))
	}
	if p.learned.IsZero() || p.learned.After(limit) {
		w.violate("R5", "%s was paid %s after the beginning, and the invocation that learned it began at %s, "+
			"later than %s", p.invoice, paid.at.Sub(epoch), p.learned.Sub(epoch), limit.Sub(epoch))
	}
}

// checkAfterOutage checks R5 for operations: ten minutes after DOKU's return no operation is open that was begun
// before.
func (w *World) checkAfterOutage() {
	up := epoch.Add(w.schedule.DownUntil)
	for _, p := range w.plans {
		for _, op := range w.store.peek(p.invoice).Operations {
			halted := !op.HaltedAt.IsZero() // check status is asked after ten minutes more
			if op.State == order.Open && !halted && op.Kind != order.KindCreatePage && op.FirstAt.Before(up) {
				w.violate("R5", "%s: %s was begun at %s and is still open ten minutes after DOKU's return", p.invoice,
					op.ID, op.FirstAt.Sub(epoch))
			}
		}
	}
}
