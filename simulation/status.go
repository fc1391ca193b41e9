package simulation

import (
	"context"
	"time"

	"kasir/shared/doku"
)

// settleTime is how long check status may not know yet what has happened: DOKU wants to be asked no earlier.
const settleTime = time.Minute

// Status answers from the truth, as it was a minute ago; see payment.DOKU.
func (d *DOKU) Status(_ context.Context, requestID, invoice string) (doku.Status, error) {
	w := d.w
	f := w.fateOf(dokuRead)
	w.wait(min(w.dokuTime(), patience))
	switch f {
	case killBefore, killAfter:
		w.kill("at doku.status " + invoice)
	case failBefore:
		w.say("doku. status", invoice, fateNames[f])
		return doku.Status{}, errNoAnswer
	case unprocessed:
		w.say("doku. status", invoice, fateNames[f])
		turned := errTurned
		return doku.Status{}, &turned
	}
	l := d.ledgers[invoice]
	if l == nil {
		w.say("doku. status", invoice, "unknown invoice")
		return doku.Status{}, &doku.Error{HTTPStatus: 404, Code: "ORDER_NOT_FOUND", RequestID: requestID}
	}
	st := l.status(w.now.Add(-settleTime))
	if w.chance(100) {
		st.Date = time.Time{} // whether it is always there is not said
	}
	w.say("doku. status", invoice, st.Type, st.TransactionStatus)
	w.wait(min(w.dokuTime(), 5*time.Second))
	return st, nil
}

// status is what check status tells of what happened up to a moment.
func (l *ledger) status(upTo time.Time) doku.Status {
	st := doku.Status{
		InvoiceNumber: l.invoice, Amount: doku.Amount{Rupiah: l.amount, Valid: true}, OrderStatus: "ORDER_GENERATED",
		OriginalRequestID: l.pageID,
	}
	known := func(m *money) bool { return m != nil && !m.at.After(upTo) }
	switch {
	case known(l.paid):
		l.fill(&st, l.kind, "SUCCESS", l.paid)
		if l.auto {
			st.Type = l.autoType
		}
		if sum(l.refunds) == l.paid.amount {
			st.TransactionStatus = "REFUNDED"
		}
	case len(l.captures) > 0 && known(&l.captures[0]):
		l.fill(&st, "CAPTURE", "SUCCESS", l.authorized)
	case known(l.authorized):
		l.fill(&st, "AUTHORIZE", "PENDING", l.authorized)
	case l.failures > 0:
		st.OrderStatus, st.TransactionStatus, st.Type, st.ResponseCode, st.Date = "", "FAILED", l.kind, "51", epoch.Add(30*time.Minute)
	case !upTo.Before(l.pageEnd):
		st.OrderStatus, st.TransactionStatus = "ORDER_EXPIRED", "EXPIRED"
	}
	return st
}

func (l *ledger) fill(st *doku.Status, kind, status string, m *money) {
	st.OrderStatus, st.Type, st.TransactionStatus = "", kind, status
	st.Amount = doku.Amount{Rupiah: m.amount, Valid: true}
	st.Date, st.AuthorizeID, st.ApprovalCode, st.ResponseCode = m.at.Truncate(time.Second), m.id, approval, "00"
}

const approval = "448998"
