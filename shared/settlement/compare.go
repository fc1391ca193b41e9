package settlement

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// facts returns the facts of rows that are about an order.
func (r *run) facts(o order.Order, rows []Row, now time.Time) order.Facts {
	var f order.Facts
	for _, row := range rows {
		switch row.Kind {
		case Unknown:
		case Sale:
			f.Settled = append(f.Settled, order.Settled{
				Batch: r.batch.ID, Row: row.Number, Amount: row.Amount, Fee: row.Fee, Discount: row.Discount,
				Net: row.Net, PaidOut: order.Stamp(row.PaidOut), LearnedAt: now,
			})
		default:
			at := row.TransactionDate
			if at.IsZero() {
				at = row.PaidOut
			}
			f.Movements = append(f.Movements, order.Movement{
				Kind: order.MovementKind(row.Kind), Source: order.FromSettlement, Ref: r.ref(row), Amount: row.Amount,
				At: order.Stamp(at), LearnedAt: now,
			})
		}
	}
	known, _ := o.Learn(f)
	f.Remarks = r.remarks(known, rows, now)
	return f
}

// ref returns the name of a row among all reports.
func (r *run) ref(row Row) string { return r.batch.ID + ":" + strconv.Itoa(row.Number) }

// remarked are the kinds of differences that raise attention. A refund or chargeback is reported as a movement, which
// raises attention itself. A wrong agreed fee would raise it for every order.
var remarked = []payment.DifferenceKind{
	payment.DiffersMissing, payment.DiffersAmount, payment.DiffersUnknownKind, payment.DiffersTwice,
}

// remarks returns one remark for each row that differs from an order, unless the order has it.
func (r *run) remarks(o order.Order, rows []Row, now time.Time) []order.Remark {
	var all []order.Remark
	for _, row := range rows {
		var notes []string
		for _, d := range r.compare(o, []Row{row}) {
			if slices.Contains(remarked, d.Kind) {
				notes = append(notes, d.Note)
			}
		}
		made := slices.ContainsFunc(o.Facts.Remarks, func(m order.Remark) bool {
			return m.Kind == order.RemarkSettlement && m.Subject == r.ref(row)
		})
		if len(notes) > 0 && !made {
			all = append(all, order.Remark{Kind: order.RemarkSettlement, Subject: r.ref(row), At: now,
				Detail: fmt.Sprintf("Settlement report, row %d: %s", row.Number, strings.Join(notes, " "))})
		}
	}
	return all
}

// compare returns the differences between rows and their order, which has the facts of the rows.
func (r *run) compare(o order.Order, rows []Row) []payment.Difference {
	var all []payment.Difference
	for _, row := range rows {
		switch row.Kind {
		case Unknown:
			all = append(all, row.differs(payment.DiffersUnknownKind, 0, unknownNote))
		case Sale:
			all = append(all, r.compareSale(o, row)...)
		case Chargeback:
			all = append(all, row.differs(payment.DiffersChargeback, 0, "The customer's bank took the money back."))
		case Reversal:
			all = append(all, row.differs(payment.DiffersChargeback, 0, "A chargeback was reversed."))
		default:
			if note, ours := r.ownRefund(o, row); !ours {
				all = append(all, row.differs(payment.DiffersRefund, 0, note))
			}
		}
	}
	return all
}

const unknownNote = "The kind of the row is not understood, and the row was not booked."

func (r *run) compareSale(o order.Order, row Row) []payment.Difference {
	var all []payment.Difference
	taken := o.Captured()
	switch {
	case taken == 0:
		all = append(all, row.differs(payment.DiffersMissing, 0,
			fmt.Sprintf("The order is %s: kasir knows of no payment.", o.Status())))
	case !slices.Contains(row.paid(), taken):
		all = append(all, row.differs(payment.DiffersAmount, taken,
			fmt.Sprintf("kasir knows that %d was paid, and the report has %d.", taken, row.Amount)))
	}
	// Of two batches, the one that is applied later sees the other. Their clocks may differ.
	i := slices.IndexFunc(o.Facts.Settled, func(s order.Settled) bool {
		return s.Batch != r.batch.ID || s.Row < row.Number
	})
	if i >= 0 {
		other := o.Facts.Settled[i]
		all = append(all, row.differs(payment.DiffersTwice, other.Amount,
			fmt.Sprintf("The order was settled also in row %d of the batch %s.", other.Row, other.Batch)))
	}
	fee := r.report.options.Fee
	agreed := func(paid int64) bool { return fee.fits(paid, row.Fee) }
	if fee != nil && taken > 0 && !slices.ContainsFunc(row.paid(), agreed) {
		want := fee.of(row.Amount)
		d := row.differs(payment.DiffersFee, want,
			fmt.Sprintf("The agreed fee is %d, and the report has %d.", want, row.Fee))
		d.Theirs = row.Fee
		all = append(all, d)
	}
	return all
}

// paid returns the amounts that the customer may have paid. DOKU does not document whether the amount of a sale with a
// promo is that before the discount or after it.
func (r Row) paid() []int64 { return []int64{r.Amount, r.Amount - r.Discount} }

// ownRefund reports whether a refund or void in the report is one that kasir asked for. Reports of one amount are
// matched as order.Order.Elsewhere matches them: the latest report with the latest refund that was begun before it.
func (r *run) ownRefund(o order.Order, row Row) (note string, ours bool) {
	var reports []order.Movement
	for _, m := range o.Facts.Movements {
		_, withdrawn := o.Withdrawn(m.ID())
		back := m.Kind == order.MovedRefund || m.Kind == order.MovedVoid
		if m.Source == order.FromSettlement && back && m.Amount == row.Amount && !withdrawn {
			reports = append(reports, m)
		}
	}
	slices.SortFunc(reports, func(a, b order.Movement) int {
		return cmp.Or(b.LearnedAt.Compare(a.LearnedAt), cmp.Compare(len(b.Ref), len(a.Ref)), cmp.Compare(b.Ref, a.Ref))
	})
	var own []order.Operation
	for _, op := range o.Refunds() {
		if op.Amount == row.Amount && op.State != order.Refused {
			own = append(own, op)
		}
	}
	slices.SortFunc(own, func(a, b order.Operation) int { return b.FirstAt.Compare(a.FirstAt) })
	for _, m := range reports {
		i := slices.IndexFunc(own, func(op order.Operation) bool { return !m.LearnedAt.Before(op.FirstAt) })
		if i >= 0 {
			own = slices.Delete(own, i, i+1)
		}
		if m.Ref == r.ref(row) && i >= 0 {
			return "", true
		}
	}
	return "kasir did not ask for this refund: it was made in DOKU's Back Office, or by DOKU.", false
}

// differs returns a difference of the row.
func (r Row) differs(kind payment.DifferenceKind, ours int64, note string) payment.Difference {
	return payment.Difference{Kind: kind, Line: r.Line, Row: r.Number, Invoice: r.shown(), Ours: ours,
		Theirs: r.Amount, Note: note}
}
