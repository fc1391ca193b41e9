package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// erasure is one call of kasir forget.
type erasure struct {
	where    place
	who      actor
	customer string
	yes      bool
}

// erasedDocument is the output of kasir forget --json.
type erasedDocument struct {
	Place     string       `json:"place"`
	Found     int          `json:"found"`     // orders of the customer that were not forgotten before
	Forgotten int          `json:"forgotten"` // of them, those that are forgotten now
	Left      []leftOrder  `json:"left,omitempty"`
	Open      []leftOrder  `json:"open,omitempty"` // forgotten orders with money under way
	Beyond    []beyondDesk `json:"beyond_reach"`
}

// leftOrder names an order and a reason.
type leftOrder struct {
	Invoice string `json:"invoice_number"`
	Detail  string `json:"detail"`
}

func forgetCommand() *cobra.Command {
	var e erasure
	c := &cobra.Command{
		Use:   "forget --customer <id>",
		Short: "Erase what orders hold about a customer",
		Long: "Erases what the orders of a customer hold about the customer: the digest of the id, the masked card,\n" +
			"and the merchant's metadata. Amounts, times, DOKU's ids, and people's acts stay, since the books need\n" +
			"them. The customer can no longer read or list these orders. Later reports bring no card again.\n\n" +
			"It cannot be undone. It asks first on a terminal; --yes answers. It may be stopped at any time, and\n" +
			"then continues where it was. It lists what it cannot reach. Saved cards are at DOKU: delete them with\n" +
			"DELETE /customers/{customer_id}/tokens/{token_id}.",
		Example: "  kasir forget --customer CUST-1\n" +
			"  kasir forget --customer CUST-1 --stage production --by Sari --note \"request 4711\" --yes",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			act, err := e.who.act(false)
			if err != nil {
				return err
			}
			if e.customer == "" {
				return usagef("--customer is empty: give the customer.id of the payments")
			}
			if !e.yes && !terminal(c.InOrStdin()) {
				return usagef("--yes is required if standard input is no terminal: nothing can be asked there")
			}
			return e.run(c, act)
		},
	}
	e.where.flags(c, false)
	e.where.stageFlags(c)
	c.Flags().StringVar(&e.customer, "customer", "", "customer.id of the payments")
	c.Flags().BoolVar(&e.yes, "yes", false, "do not ask")
	e.who.flags(c, "why")
	required(c, "customer")
	return c
}

func (e erasure) run(c *cobra.Command, act order.Act) error {
	s := screenOf(c)
	end := s.begin("opening the orders")
	defer end()
	d, err := openDesk(c.Context(), e.where)
	if err != nil {
		return err
	}
	defer d.close()
	invoices, err := e.find(c, d)
	if err != nil {
		return err
	}
	doc := erasedDocument{Place: d.place, Found: len(invoices), Beyond: d.beyond()}
	end()
	if len(invoices) > 0 && !e.yes && !confirmed(c.InOrStdin(), s.notes, len(invoices), d.place) {
		return errors.New("nothing was erased")
	}
	end = s.begin("erasing")
	defer end()
	for i, invoice := range invoices {
		s.update("erasing in the orders of %s: %d of %d", d.place, i+1, len(invoices))
		o, err := d.Forget(c.Context(), invoice, act)
		var denied *order.NotAllowed
		switch {
		case errors.As(err, &denied):
			doc.Left = append(doc.Left, leftOrder{invoice, denied.Detail})
			continue
		case err != nil:
			return fmt.Errorf("after %d of %d orders: %s: %w; run it again to continue", i, len(invoices), invoice, err)
		}
		doc.Forgotten++
		if detail := underWay(o); detail != "" {
			doc.Open = append(doc.Open, leftOrder{invoice, detail})
		}
	}
	end()
	return showErased(s, doc)
}

// find returns the invoice numbers of the customer's orders.
func (e erasure) find(c *cobra.Command, d *desk) ([]string, error) {
	if d.Lists != nil && !slices.Contains(d.Lists, payment.ByCustomer) {
		return nil, errors.New("the table has no list of the orders of a customer (NoCustomerList), " +
			"so orders of more than 92 days ago cannot be found: deploy the stage with it, and run kasir reindex")
	}
	var invoices []string
	query := url.Values{"customer_id": {e.customer}, "limit": {"100"}}
	for {
		page, err := d.List(c.Context(), payment.Caller{ReadsAll: true}, query)
		if err != nil {
			return nil, flagsOf(err)
		}
		if !page.CompleteSince.IsZero() {
			return nil, fmt.Errorf("orders that were created before %s may be missing in the list: run kasir reindex "+
				"first", formatTime(page.CompleteSince))
		}
		for _, one := range page.Unreadable {
			return nil, fmt.Errorf("%s cannot be read: use the kasir of the deployed version", one.Invoice)
		}
		for _, o := range page.Orders {
			invoices = append(invoices, o.Invoice)
		}
		if page.Cursor == "" {
			return invoices, nil
		}
		query.Set("cursor", page.Cursor)
	}
}

// confirmed asks a person whether to erase.
func confirmed(in io.Reader, out io.Writer, orders int, place string) bool {
	fmt.Fprintf(out, "Erase the customer's data in %d orders of %s? It cannot be undone. Type yes: ", orders, place)
	answer, _ := bufio.NewReader(in).ReadString('\n')
	return strings.TrimSpace(answer) == "yes"
}

// underWay describes the money of an order that is still under way, or returns "".
func underWay(o order.Order) string {
	var all []string
	if o.Status() == order.Authorized {
		all = append(all, "money is reserved on the card")
	}
	for _, op := range o.Operations {
		if op.Kind != order.KindCreatePage && (op.State == order.Open || op.State == order.Parked) {
			all = append(all, "the outcome of "+op.ID+" is not known")
		}
	}
	return strings.Join(all, "; ")
}

// showErased prints the result. Orders that are left are an error.
func showErased(s *screen, doc erasedDocument) error {
	fmt.Fprintf(s.text, "erased in %d of %d orders of %s\n", doc.Forgotten, doc.Found, doc.Place)
	for _, o := range doc.Left {
		fmt.Fprintf(s.text, "  %s is as it was: %s\n", o.Invoice, o.Detail)
	}
	for _, o := range doc.Open {
		fmt.Fprintf(s.text, "  %s: %s. Amounts and DOKU's ids stay, and kasir finishes it with them.\n", o.Invoice,
			o.Detail)
	}
	fmt.Fprintln(s.text, "This cannot be erased here:")
	for _, b := range doc.Beyond {
		fmt.Fprintf(s.text, "  %-22s %s\n", b.What, b.Until)
	}
	if err := s.document(doc); err != nil {
		return err
	}
	if n := len(doc.Left); n > 0 {
		return fmt.Errorf("%d orders are as they were; settle them, and run it again", n)
	}
	return nil
}
