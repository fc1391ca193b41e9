package settlement

import (
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
			if r.implausible(o, row) != "" {
				continue
			}
			f.Settled = append(f.Settled, order.Settled{
				Batch: r.batch.ID, Row: row.Number, Amount: row.Amount, Fee: row.Fee, Discount: row.Discount,
				Net: row.Net, PaidOut: order.Stamp(row.PaidOut), LearnedAt: now,
			})
		default:
			at := row.TransactionDate
			if at.IsZero() {
				at = row.PaidOut
			}
			if r.tooLate(at) {
				at = now
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
	payment.DiffersRow,
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
				Detail: fmt.Sprintf("Settlement %s, row %d: %s", r.batch.ID, row.Number, strings.Join(notes, " "))})
		}
	}
	return all
}

// compare returns the differences between rows and their order, which has the facts of the rows.
func (r *run) compare(o order.Order, rows []Row) []payment.Difference {
	var all []payment.Difference
	for _, row := range rows {
		note := r.implausible(o, row)
		if note != "" && row.Kind == Sale {
			all = append(all, row.differs(payment.DiffersRow, 0, note+" The row was not applied."))
			continue
		}
		if note != "" {
			all = append(all, row.differs(payment.DiffersRow, 0, note))
		}
		switch row.Kind {
		case Unknown:
			all = append(all, row.differs(payment.DiffersUnknownKind, 0, unknownNote))
		case Sale:
			all = append(all, r.compareSale(o, row)...)
		case Chargeback:
			all = append(all, row.differs(payment.DiffersChargeback, 0, "The customer's bank took the money back."))
		case Reversal:
			all = append(all, row.differs(payment.DiffersChargeback, 0, reversedNote))
		default:
			if !r.ownRefund(o, row) {
				all = append(all, row.differs(payment.DiffersRefund, 0, notOursNote))
			}
		}
	}
	return all
}

const unknownNote = "The kind of the row is not understood, and the row was not applied."

func (r *run) compareSale(o order.Order, row Row) []payment.Difference {
	var all []payment.Difference
	taken := o.Captured()
	switch {
	case taken == 0:
		all = append(all, row.differs(payment.DiffersMissing, 0,
			fmt.Sprintf("The order is %s: kasir knows of no payment.", o.Status())))
	case !slices.Contains(row.paid(o), taken):
		all = append(all, row.differs(payment.DiffersAmount, taken,
			fmt.Sprintf("kasir knows that %d was paid, and the report has %d.", taken, row.Amount)))
	case row.Discount != 0 && !row.promo(o):
		all = append(all, row.differs(payment.DiffersAmount, taken,
			fmt.Sprintf("The report has a discount of %d, which no promo of the order has.", row.Discount)))
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
	if fee != nil && taken > 0 && !slices.ContainsFunc(row.paid(o), agreed) {
		want := fee.of(row.Amount)
		d := row.differs(payment.DiffersFee, want,
			fmt.Sprintf("The agreed fee is %d, and the report has %d.", want, row.Fee))
		d.Theirs = row.Fee
		all = append(all, d)
	}
	return all
}

// ownRefund reports whether a refund or void in the report is one that kasir asked for.
func (r *run) ownRefund(o order.Order, row Row) bool {
	return slices.ContainsFunc(o.Facts.Movements, func(m order.Movement) bool {
		_, withdrawn := o.Withdrawn(m.ID())
		return m.Source == order.FromSettlement && m.Ref == r.ref(row) && !withdrawn && !o.Counts(m)
	})
}

const notOursNote = "kasir did not ask for this refund: it was made in DOKU's Back Office, or by DOKU."

// differs returns a difference of the row.
func (r Row) differs(kind payment.DifferenceKind, ours int64, note string) payment.Difference {
	return payment.Difference{Kind: kind, Line: r.Line, Row: r.Number, Invoice: r.shown(), Ours: ours,
		Theirs: r.Amount, Note: note}
}
