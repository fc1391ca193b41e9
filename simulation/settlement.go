package simulation

import (
	"context"
	"errors"
	"strconv"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// row is a row of DOKU's settlement report.
type row struct {
	invoice string
	sale    bool
	kind    order.MovementKind // if it is no sale
	amount  int64
	off     int64 // discount of a sale
	refund  string
}

// settle lets DOKU's last settlement report arrive, which tells of every sale, refund and chargeback. It reports
// whether there is anything in it.
func (w *World) settle() bool {
	w.calmAt = w.now
	rows := w.rows()
	for _, p := range w.plans {
		if w.store.peek(p.invoice).Version == 0 {
			continue
		}
		own := false
		for _, r := range rows {
			own = own || r.invoice == p.invoice
		}
		if own {
			w.stats.Settled++
			w.applyReport(p, "batch-1", rows)
			w.applyReport(p, "batch-1", rows) // the report is sent again, and changes nothing
		}
	}
	w.reported = true
	return len(rows) > 0
}

// rows returns the rows of the report, as DOKU's ledgers have them.
func (w *World) rows() []row {
	var all []row
	for _, p := range w.plans {
		l := w.gateway.ledgers[p.invoice]
		if l == nil {
			continue
		}
		for _, m := range l.ownPayments() {
			if m.id == "" {
				all = append(all, row{invoice: p.invoice, sale: true, amount: max(m.amount, m.full), off: max(m.full-m.amount, 0)})
			}
		}
		for _, m := range l.captures {
			all = append(all, row{invoice: p.invoice, sale: true, amount: m.amount})
		}
		for _, list := range [][]money{l.refunds, l.doubles} {
			for _, m := range list {
				kind := order.MovedRefund
				if m.kind == "VOID" {
					kind = order.MovedVoid
				}
				all = append(all, row{invoice: p.invoice, kind: kind, amount: m.amount})
			}
		}
		for _, m := range l.moves {
			all = append(all, row{invoice: p.invoice, kind: movedAs[m.kind], amount: m.amount})
		}
	}
	return all
}

// movedAs maps the kinds of moves to those of an order's movements.
var movedAs = map[string]order.MovementKind{
	moveRefund: order.MovedRefund, moveVoid: order.MovedVoid, moveDispute: order.MovedChargeback,
	moveReversal: order.MovedReversal,
}

// applyReport adds the rows about one order to it.
func (w *World) applyReport(p *plan, batch string, rows []row) {
	again := false
	w.start("settle "+p.invoice, func(ctx context.Context) {
		o, err := w.store.Get(ctx, p.invoice)
		if err != nil {
			again = true
			return
		}
		next, unchanged := o.ApplySettlement(w.facts(p, batch, rows), batch, w.clock())
		if unchanged {
			return
		}
		err = w.store.Update(ctx, next.Schedule(w.policy()))
		w.note("settled", p.invoice, outcome(err))
		again = errors.Is(err, payment.ErrConflict) || errors.Is(err, errStoreDown)
	}, func(dead bool) {
		if dead || again {
			w.applyReport(p, batch, rows)
		}
	})
}

// facts returns the facts in the rows about one order.
func (w *World) facts(p *plan, batch string, rows []row) order.Facts {
	var f order.Facts
	for i, r := range rows {
		switch {
		case r.invoice != p.invoice:
		case r.sale:
			f.Settled = append(f.Settled, order.Settled{Batch: batch, Row: i + 1, Amount: r.amount, Discount: r.off,
				Fee: r.amount / 50, Net: r.amount - r.off - r.amount/50, PaidOut: w.now, LearnedAt: order.Stamp(w.clock())})
		default:
			f.Movements = append(f.Movements, order.Movement{Kind: r.kind, Source: order.FromSettlement,
				Ref: batch + ":" + strconv.Itoa(i+1), Amount: r.amount, At: order.Stamp(w.clock()),
				LearnedAt: order.Stamp(w.clock())})
		}
	}
	return f
}

// policy returns the policy of the use cases.
func (w *World) policy() order.Policy {
	s := w.service
	return order.Policy{Merchant: s.Merchant, TrustWindow: s.TrustWindow, BelieveUnsigned: s.BelieveUnsigned,
		ResendAfter: s.ResendAfter, AutoCaptureBefore: s.AutoCaptureBefore}
}
