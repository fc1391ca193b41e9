package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"kasir/shared/edge"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// actor holds the person who changes an order, and the note.
type actor struct{ by, note string }

func (a *actor) flags(c *cobra.Command, why string) {
	c.Flags().StringVar(&a.by, "by", "", "who you are (default: the user running this)")
	usage := fmt.Sprintf("%s, at most %d bytes; it stays in the order, so no personal data", why, order.MaxNote)
	c.Flags().StringVar(&a.note, "note", "", usage)
}

// act returns the act to keep in the order. A note that is too long is an error, because it would be cut later without
// a word.
func (a *actor) act(required bool) (order.Act, error) {
	if required && strings.TrimSpace(a.note) == "" {
		return order.Act{}, usagef("--note is required: write what you saw, for the people who read it later")
	}
	if len(a.note) > order.MaxNote {
		return order.Act{}, usagef("--note has %d bytes; at most %d are kept", len(a.note), order.MaxNote)
	}
	by := a.by
	if by == "" {
		by = "unknown"
		if u, err := user.Current(); err == nil {
			by = u.Username
		}
	}
	return order.Act{By: by, Note: a.note}, nil
}

// finding holds a person's answer about an operation (done or refused) or about a conflict (counts or none), or names
// another case that the person has dealt with.
type finding struct {
	conflict, attention, subject string
	done, refused, counts, none  bool
}

// check returns an error unless the flags are complete for an operation, a conflict or another case.
func (f finding) check(operation string) error {
	answer := f.done || f.refused || f.counts || f.none
	switch {
	case f.attention != "" && (operation != "" || f.conflict != "" || answer):
		return usagef("--attention takes --subject and --note alone")
	case f.attention != "":
		return nil
	case f.subject != "":
		return usagef("--subject needs --attention KIND; kasir orders --attention has both")
	case f.conflict != "" && (operation != "" || f.done || f.refused):
		return usagef("--conflict takes --counts or --none, and neither an operation nor --done and --refused")
	case f.conflict != "" && f.counts == f.none:
		return usagef("give what you found: either --counts or --none")
	case f.conflict != "":
		return nil
	case f.counts || f.none:
		return usagef("--counts and --none need --conflict ID; kasir orders --attention has the id")
	case operation == "":
		return usagef("give what you resolve: an operation, --conflict ID or --attention KIND; " +
			"kasir orders --attention has the command")
	case f.done == f.refused:
		return usagef("give what you found: either --done or --refused")
	}
	return nil
}

// record writes the finding to the order.
func (f finding) record(ctx context.Context, d *desk, invoice, operation string, act order.Act) (order.Order, error) {
	if f.attention != "" {
		return d.Acknowledge(ctx, payment.AcknowledgeRequest{
			Invoice: invoice, Kind: order.AttentionKind(f.attention), Subject: f.subject, Act: act,
		})
	}
	if f.conflict != "" {
		return d.Decide(ctx, payment.DecideRequest{Invoice: invoice, Conflict: f.conflict, Counts: f.counts, Act: act})
	}
	return d.Resolve(ctx, payment.ResolveRequest{Invoice: invoice, Operation: operation, Done: f.done, Act: act})
}

func resolveCommand() *cobra.Command {
	var where place
	var who actor
	var found finding
	c := &cobra.Command{
		Use:   "resolve <invoice> [<operation>]",
		Short: "Settle a case: record what you found in DOKU's Back Office",
		Long: "Records what a person found in DOKU's Back Office:\n" +
			"  about an operation in review, or a refund that DOKU's people carry out:\n" +
			"    DOKU did it (--done), or did not and never will (--refused);\n" +
			"  about a conflict:\n" +
			"    the payment that DOKU reported is the order's (--counts), or nothing that it reported is (--none);\n" +
			"  about any other case (--attention KIND): you have done what it needs. If an order has several of one\n" +
			"    kind, --subject says which.\n" +
			"A record cannot be undone. The person, the time and the note stay in the order.\n" +
			"kasir orders --attention lists what is open, with the command for each. docs/operations.md describes\n" +
			"how to decide.",
		Example: "  kasir resolve INV-1 refund-0a1b2c3d4e5f6071 --done --note \"refunded on 27 August, code 12321\"\n" +
			"  kasir resolve INV-1 capture --refused --stage production --note \"no capture in the Back Office\"\n" +
			"  kasir resolve INV-2 --conflict 15a3fa02cddb --counts --by Sari --note \"paid 80000 with a voucher\"\n" +
			"  kasir resolve INV-2 --conflict 15a3fa02cddb --none --note \"paid twice, the second refunded\"\n" +
			"  kasir resolve INV-3 --attention late --note \"still in stock, sent on 27 August\"",
		Args: oneOrTwoArgs("<invoice>"),
		RunE: func(c *cobra.Command, args []string) error {
			operation := strings.Join(args[1:], "")
			if err := found.check(operation); err != nil {
				return err
			}
			act, err := who.act(true)
			if err != nil {
				return err
			}
			return change(c, where, args[0], func(d *desk) (order.Order, error) {
				o, err := found.record(c.Context(), d, args[0], operation, act)
				return o, withOpenWork(c.Context(), d, args[0], err)
			})
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	c.Flags().StringVar(&found.conflict, "conflict", "", "id of the conflict that you decide about")
	c.Flags().StringVar(&found.attention, "attention", "", "kind of the case that you have dealt with")
	c.Flags().StringVar(&found.subject, "subject", "", "subject of that case, if the order has several of the kind")
	c.Flags().BoolVar(&found.done, "done", false, "DOKU did the operation")
	c.Flags().BoolVar(&found.refused, "refused", false, "DOKU did not do the operation, and never will")
	c.Flags().BoolVar(&found.counts, "counts", false, "the payment that DOKU reported is this order's")
	c.Flags().BoolVar(&found.none, "none", false, "nothing in DOKU's report counts")
	who.flags(c, "what you saw")
	return c
}

// withOpenWork adds to a refusal the cases of the order that wait for a person.
func withOpenWork(ctx context.Context, d *desk, invoice string, err error) error {
	var refused *order.NotAllowed
	if !errors.As(err, &refused) || refused.Pointer == "/decision" {
		return err
	}
	o, problem := d.Find(ctx, invoice)
	if problem != nil {
		return err
	}
	var all []string
	for _, c := range o.Cases() {
		switch {
		case c.Row().Acknowledged:
			all = append(all, "--attention "+string(c.Kind))
		case c.Kind == order.ReasonConflict:
			all = append(all, "--conflict "+c.Subject)
		default:
			all = append(all, c.Subject)
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("%w Nothing in it waits for a person", err)
	}
	return fmt.Errorf("%w These wait for a person: %s", err, strings.Join(all, ", "))
}

func closeCommand() *cobra.Command {
	var where place
	var who actor
	c := &cobra.Command{
		Use:   "close <invoice>",
		Short: "Close an unpaid order: it gets no further page",
		Long: "Closes an unpaid order: it gets no further page. DOKU cannot withdraw an open page, so that one can\n" +
			"be paid until it ends. Money that still comes makes the order PAID, and kasir orders --attention\n" +
			"lists it. Closing an order twice has the same effect as closing it once.",
		Example: "  kasir close INV-3 --note \"the customer ordered again as INV-4\"\n" +
			"  kasir close INV-3 --stage production --by Sari",
		Args: exactArgs("<invoice>"),
		RunE: func(c *cobra.Command, args []string) error {
			act, err := who.act(false)
			if err != nil {
				return err
			}
			return change(c, where, args[0], func(d *desk) (order.Order, error) {
				return d.Close(c.Context(), args[0], act)
			})
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	who.flags(c, "why")
	return c
}

// change applies a change to an order and prints the order's new state.
func change(c *cobra.Command, where place, invoice string, apply func(*desk) (order.Order, error)) error {
	s := screenOf(c)
	end := s.begin("opening the orders")
	defer end()
	d, err := openDesk(c.Context(), where)
	if err != nil {
		return err
	}
	defer d.close()
	o, err := apply(d)
	if errors.Is(err, payment.ErrNotFound) {
		return fmt.Errorf("there is no order %s in %s", invoice, d.place)
	}
	if err != nil {
		return err
	}
	end()
	return showState(s, orderView(o, d.Now()))
}

// showState prints the state of an order as one line.
func showState(s *screen, view edge.Payment) error {
	status := s.paint(statusColour(view.Status), string(view.Status))
	fmt.Fprintf(s.text, "%s is %s", view.Order.InvoiceNumber, status)
	if view.Refundable != nil {
		fmt.Fprintf(s.text, ", refundable %d", *view.Refundable)
	}
	if closed := view.Closed; closed != nil {
		fmt.Fprintf(s.text, ", closed at %s by %s", formatTime(closed.At), closed.By)
	}
	if open := len(view.Attention); open > 0 {
		fmt.Fprintf(s.text, ", cases left: %d", open)
	}
	fmt.Fprintln(s.text)
	return s.document(view)
}
