package main

import (
	"errors"
	"fmt"
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
		Long: "Shows one order: its money, its refunds, what people decided about it, its history, and what needs a\n" +
			"person. With --json it prints what GET /payments/{invoice_number} answers to a caller who may read every\n" +
			"payment.",
		Example: "  kasir orders show INV-1\n  kasir orders show INV-1 --json | jq .status",
		Args:    takes("<invoice>"),
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
				return fmt.Errorf("there is no order %s in %s", args[0], d.where)
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
	line("order", "%s, in %s", o.Invoice, d.where)
	line("status", "%s", s.paint(statusColour(view.Status), string(view.Status)))
	line("amount", "%d", o.Amount)
	line("made", "%s", at(o.CreatedAt))
	if a := view.Authorization; a != nil {
		line("authorised", "%d at %s, lapses at %s", a.Amount, at(a.At), at(a.ExpiresAt))
	}
	if p := view.Paid; p != nil {
		line("paid", "%d at %s, approval code %s", p.Amount, at(p.At), p.ApprovalCode)
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
	for _, r := range view.Refunds {
		line("refund", "%s of %d: %s %s %s", r.ID, r.Amount, r.Status, r.Type, r.Message)
		if r.Resolved != nil {
			line("", "resolved %s", who(*r.Resolved))
		}
	}
	for _, c := range view.Conflicts {
		if c.Decided != nil {
			line("decided", "%s: %s %s", c.Detail, c.Decision, who(*c.Decided))
		}
	}
	if c := view.Closed; c != nil {
		line("closed", "%s", who(edge.ActView(*c)))
	}
	for _, f := range view.Failures {
		line("declined", "%s %s %s", at(f.At), f.Code, f.Message)
	}
	fmt.Fprintln(table, "\nhistory")
	for _, e := range o.History {
		fmt.Fprintf(table, "%s\t%s\t%s\n", at(e.At), e.What, strings.TrimSpace(e.Of+"  "+e.Detail)) // DOKU's ids are long
	}
	if err := table.Flush(); err != nil {
		return err
	}
	writeReasons(s.text, s, explain(o, d.stage))
	return nil
}

// who returns an act of a person's as one line.
func who(a edge.ActView) string {
	by := a.By
	if a.Username != "" {
		by += " (" + a.Username + ")"
	}
	return strings.TrimSuffix(fmt.Sprintf("at %s by %s: %s", at(a.At), by, strings.Join(strings.Fields(a.Note), " ")), ": ")
}

func at(t time.Time) string { return t.Format(time.RFC3339) }
