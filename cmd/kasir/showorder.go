package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"kasir/shared/edge"
	"kasir/shared/order"
	"kasir/shared/payment"
)

func showOrderCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "show <invoice>",
		Short: "Show one order with its history",
		Long: "Shows one order: its money, its refunds, people's decisions, its history, and the reasons why it\n" +
			"needs a person. With --json it prints what GET /payments/{invoice_number} answers to a caller who\n" +
			"may read every payment.",
		Example: "  kasir orders show INV-1\n  kasir orders show INV-1 --json | jq .status",
		Args:    exactArgs("<invoice>"),
		RunE: func(c *cobra.Command, args []string) error {
			s := screenOf(c)
			end := s.begin("opening the orders")
			defer end()
			d, err := openDesk(c.Context(), where)
			if err != nil {
				return err
			}
			defer d.close()
			o, err := d.Find(c.Context(), args[0])
			if errors.Is(err, payment.ErrNotFound) {
				return fmt.Errorf("there is no order %s in %s", args[0], d.place)
			}
			if err != nil {
				return err
			}
			end()
			if s.json {
				return s.document(orderView(o, d.Now()))
			}
			return showOrder(s, o, d)
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	return c
}

// orderView returns an order as the API shows it at a time to a caller who may read every payment.
func orderView(o order.Order, now time.Time) edge.Payment {
	return edge.ShowPayment(payment.Caller{ReadsAll: true}, o, now)
}

// showOrder prints an order for a person.
func showOrder(s *screen, o order.Order, d *desk) error {
	table := tabwriter.NewWriter(s.text, 0, 4, 2, ' ', 0)
	line := func(what, format string, args ...any) {
		fmt.Fprintf(table, "%s\t%s\n", what, strings.TrimSpace(fmt.Sprintf(format, args...)))
	}
	view := orderView(o, d.Now())
	line("order", "%s, in %s", o.Invoice, d.place)
	line("status", "%s", s.paint(statusColour(view.Status), string(view.Status)))
	line("amount", "%d", o.Amount)
	line("made", "%s", formatTime(o.CreatedAt))
	for _, name := range slices.Sorted(maps.Keys(view.Metadata)) {
		line("metadata", "%s: %s", name, view.Metadata[name])
	}
	showMoney(line, view)
	for _, c := range view.Conflicts {
		if c.Decided != nil {
			line("decided", "%s: %s %s", c.Detail, c.Decision, actLine(*c.Decided))
		}
	}
	for _, a := range view.Acknowledged {
		line("settled", "%s %s", strings.TrimSpace(string(a.Kind)+" "+a.Subject), actLine(a.ActView))
	}
	if c := view.Closed; c != nil {
		line("closed", "%s", actLine(edge.ActView(*c)))
	}
	for _, f := range view.Failures {
		line("declined", "%s %s %s", formatTime(f.At), f.Code, f.Message)
	}
	fmt.Fprintln(table, "\nhistory")
	for _, e := range o.History {
		what := strings.TrimSpace(e.Of + "  " + e.Detail) // one column, because DOKU's ids are long
		fmt.Fprintf(table, "%s\t%s\t%s\n", formatTime(e.At), e.What, what)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	writeReasons(s.text, s, explain(o, d.stage))
	return nil
}

// showMoney prints the payment of an order, its capture and its refunds.
func showMoney(line func(what, format string, args ...any), view edge.Payment) {
	if a := view.Authorization; a != nil {
		line("authorised", "%d at %s, lapses at %s", a.Amount, formatTime(a.At), formatTime(a.ExpiresAt))
	}
	if p := view.Paid; p != nil {
		line("paid", "%d at %s, approval code %s", p.Amount, formatTime(p.At), p.ApprovalCode)
	}
	if view.Late {
		line("late", "the money came after the page had ended")
	}
	if c := view.Card; c != nil {
		line("card", "%s %s %s", c.Masked, c.Brand, c.Issuer)
	}
	if view.Refundable != nil {
		line("captured", "%d, refunded %d, refundable %d", view.Captured, view.Refunded, *view.Refundable)
	}
	if c := view.Capture; c != nil {
		line("capture", "of %d: %s %s", c.Amount, c.Status, c.Message)
		if c.Resolved != nil {
			line("", "resolved %s", actLine(*c.Resolved))
		}
	}
	for _, r := range view.Refunds {
		line("refund", "%s of %d: %s %s %s", r.ID, r.Amount, r.Status, r.Type, r.Message)
		if r.Resolved != nil {
			line("", "resolved %s", actLine(*r.Resolved))
		}
	}
	showMoved(line, view)
}

// showMoved prints the money that moved outside kasir, and the reports of it.
func showMoved(line func(what, format string, args ...any), view edge.Payment) {
	if view.RefundedElsewhere+view.ChargedBack+view.Unaccounted > 0 {
		line("elsewhere", "refunded %d, charged back %d, not accounted for %d", view.RefundedElsewhere,
			view.ChargedBack, view.Unaccounted)
	}
	for _, m := range view.Elsewhere {
		line("reported", "%s of %d at %s, by %s, id %s %s", m.Kind, m.Amount, formatTime(m.At), m.Source, m.ID,
			m.Reference)
		if m.Recorded != nil {
			line("", "recorded %s", actLine(*m.Recorded))
		}
		if m.Withdrawn != nil {
			line("", "withdrawn %s", actLine(*m.Withdrawn))
		}
	}
	for _, r := range view.Settlement {
		line("settled", "%d, fee %d, discount %d: %d paid out on %s", r.Amount, r.Fee, r.Discount, r.Net,
			r.PaidOut.Format(time.DateOnly))
	}
	if view.ForgottenAt != nil {
		line("forgotten", "the customer's data was erased at %s", formatTime(*view.ForgottenAt))
	}
}

// actLine returns a person's act as one line.
func actLine(a edge.ActView) string {
	by := a.By
	if a.Username != "" {
		by += " (" + a.Username + ")"
	}
	note := strings.Join(strings.Fields(a.Note), " ")
	return strings.TrimSuffix(fmt.Sprintf("at %s by %s: %s", formatTime(a.At), by, note), ": ")
}

func formatTime(t time.Time) string { return t.Format(time.RFC3339) }
