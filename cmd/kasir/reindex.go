package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kasir/shared/store"
)

func reindexCommand() *cobra.Command {
	var where place
	var rate int
	c := &cobra.Command{
		Use:   "reindex",
		Short: "Add the orders of earlier versions to the lists",
		Long: "Looks at every order once, and adds those that are missing in the lists of kasir orders and of\n" +
			"GET /payments. Until it has ended, every list has the time since which it is complete. Run it after a\n" +
			"deployment of this version has ended, and again after a rollback has ended.\n\n" +
			"It writes only the attributes for the lists, and only if nobody has written the order meanwhile. It\n" +
			"may be stopped at any time, and then continues where it was. It names each order that it cannot read,\n" +
			"and leaves the order as it is.",
		Example: "  kasir reindex --stage production\n  kasir reindex --stage production --rate 500",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			if rate < 1 || rate > maxRate {
				return usagef("--rate %d: it must be between 1 and %d", rate, maxRate)
			}
			s := screenOf(c)
			end := s.begin("opening the orders")
			defer end()
			d, err := openDesk(c.Context(), where)
			if err != nil {
				return err
			}
			defer d.close()
			done, err := d.orders.Reindex(c.Context(), d.Now(), pacer(rate), func(now store.Reindexing) {
				s.update("looked at %d orders of %s, added %d to the lists", now.Seen, d.place, now.Written)
			})
			if err != nil {
				return fmt.Errorf("after %d orders, of which %d were added: %w; run it again to continue",
					done.Seen, done.Written, err)
			}
			end()
			return showReindexing(s, d, done)
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	c.Flags().IntVar(&rate, "rate", 50, "orders that are written in a second, at most")
	return c
}

// maxRate is the number of writes that one partition of an index takes in a second. Old orders of one customer may all
// be in one.
const maxRate = 1000

// reindexDocument is the output of kasir reindex --json.
type reindexDocument struct {
	Place      string   `json:"place"`
	Seen       int      `json:"seen"`    // orders
	Written    int      `json:"written"` // orders that were added to the lists
	Unreadable []string `json:"unreadable,omitempty"`
}

// showReindexing prints the result. Orders that could not be read are an error. The list of all orders names them.
func showReindexing(s *screen, d *desk, done store.Reindexing) error {
	doc := reindexDocument{Place: d.place, Seen: done.Seen, Written: done.Written}
	fmt.Fprintf(s.text, "looked at %d orders of %s and added %d to the lists\n", done.Seen, d.place, done.Written)
	for _, one := range done.Unreadable {
		doc.Unreadable = append(doc.Unreadable, one.Invoice)
		fmt.Fprintf(s.text, "  %s cannot be read: %v\n", one.Invoice, one.Err)
	}
	if err := s.document(doc); err != nil {
		return err
	}
	if n := len(doc.Unreadable); n > 0 {
		return fmt.Errorf("%d orders cannot be read, and lists only name them: %s", n,
			strings.Join(doc.Unreadable, ", "))
	}
	return nil
}

// pacer returns a function that waits so that it returns at most rate times in a second.
func pacer(rate int) func(context.Context) error {
	next := time.Now()
	return func(ctx context.Context) error {
		wait := time.Until(next)
		next = next.Add(time.Second / time.Duration(rate))
		if wait <= 0 {
			next = time.Now().Add(time.Second / time.Duration(rate))
			return ctx.Err()
		}
		select {
		case <-time.After(wait):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
