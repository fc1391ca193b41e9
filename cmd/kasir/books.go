package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kasir/shared/books"
	"kasir/shared/payment"
	"kasir/shared/settlement"
	"kasir/shared/store"
)

// bookkeeping is one call of kasir books.
type bookkeeping struct {
	where             place
	month, export     string
	summary, csv, raw bool
}

func booksCommand() *cobra.Command {
	var k bookkeeping
	c := &cobra.Command{
		Use:   "books",
		Short: "State the money of a month: taken, settled, outstanding, and what does not add up",
		Long: "Prints the books of a month, in whole rupiah:\n\n" +
			"  brought forward + taken - refunded - chargebacks - fees - discounts\n" +
			"    = settled + outstanding + differences\n\n" +
			"and the orders that make up each amount. Days and months begin at midnight in Jakarta.\n" +
			"docs/settlement.md defines each term, and has what to do about each difference.\n\n" +
			"It reads every order of the running kasir local, or else of its kept data. For a deployment, export\n" +
			"its table to S3, copy the folder of the export, and name it with --export: with --stage the command\n" +
			"prints how.",
		Example: "  kasir books --month 2026-11\n" +
			"  kasir books --month 2026-11 --csv > november.csv\n" +
			"  kasir books --month 2026-11 --stage production\n" +
			"  kasir books --month 2026-11 --export ./export --summary",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return k.run(c) },
	}
	k.where.flags(c, false)
	k.where.stageFlags(c)
	c.Flags().StringVar(&k.month, "month", "", "the month, such as 2026-11")
	c.Flags().StringVar(&k.export, "export", "", "folder with a copy of an export of the table to S3")
	c.Flags().BoolVar(&k.summary, "summary", false, "list only the outstanding orders and the differences")
	c.Flags().BoolVar(&k.csv, "csv", false, "print comma-separated values, for a spreadsheet")
	c.Flags().BoolVar(&k.raw, "raw", false, "with --csv: print texts as they are, also formulas")
	required(c, "month")
	exclusive(c, "export", "stage")
	exclusive(c, "export", "data")
	return c
}

// reading is the orders that were read.
type reading struct {
	books      *books.Books
	place      string
	known      time.Time // when the orders were read or exported
	orders     int
	attention  int // orders with open cases
	unreadable []string
	unfinished []string // batches of settlement reports that were not applied to their end
}

func (k *bookkeeping) run(c *cobra.Command) error {
	month, err := k.check(c)
	if err != nil {
		return err
	}
	s := screenOf(c)
	end := s.begin("opening the orders")
	defer end()
	r := &reading{books: books.Of(month)}
	progress := func() { s.update("reading the orders: %d", r.orders) }
	if k.export != "" {
		err = r.readExport(k.export, progress)
	} else {
		err = r.readTable(c, k.where, progress)
	}
	if err == nil {
		err = r.books.Close()
	}
	if err != nil {
		return err
	}
	end()
	return k.print(s, r)
}

func (k *bookkeeping) check(c *cobra.Command) (books.Month, error) {
	month, err := books.ParseMonth(k.month)
	asJSON, _ := c.Flags().GetBool("json")
	switch {
	case err != nil:
		return month, usagef("--month: %v", err)
	case k.csv && asJSON:
		return month, usagef("--csv and --json exclude each other")
	case k.csv && k.summary:
		return month, usagef("--csv and --summary exclude each other: the values are of every line")
	case k.raw && !k.csv:
		return month, usagef("--raw is for --csv")
	case k.where.stage != "":
		return month, k.howToExport()
	case k.where.outputs != "":
		return month, errOutputsAlone
	}
	return month, nil
}

// howToExport is the error of --stage. A scan of a deployment's table costs as much as reading every order, and takes
// capacity from payments; an export does not.
func (k *bookkeeping) howToExport() error {
	d, err := readDeployment(k.where.outputsFile(), k.where.stage)
	if err != nil {
		return err
	}
	region, _, err := d.aws()
	if err != nil {
		return err
	}
	return usagef(`the books of a stage are made from an export of its table, so that no payment waits for them:
  aws dynamodb export-table-to-point-in-time --region %s --s3-bucket <bucket> --s3-prefix books \
    --table-arn "$(aws dynamodb describe-table --region %s --table-name %s --query Table.TableArn --output text)"
  aws s3 cp --recursive s3://<bucket>/books/AWSDynamoDB/<export> ./export     # when its status is COMPLETED
  %s books --month %s --export ./export`, region, region, d.Table, programName(), k.month)
}

// readTable reads the orders of the running kasir local, or of its kept data.
func (r *reading) readTable(c *cobra.Command, where place, progress func()) error {
	d, err := openDesk(c.Context(), where)
	if err != nil {
		return err
	}
	defer d.close()
	return r.readOrders(c.Context(), d, progress)
}

func (r *reading) readOrders(ctx context.Context, d *desk, progress func()) error {
	r.place, r.known = d.place, d.Now()
	return d.orders.Whole(ctx, r.seen(progress))
}

// seen returns the functions that add each order and each batch. They call progress with each order.
func (r *reading) seen(progress func()) store.Seen {
	return store.Seen{Order: func(s payment.Stored) error {
		progress()
		r.add(s)
		return nil
	}, Batch: func(b payment.Batch) error {
		r.addBatch(b)
		return nil
	}}
}

func (r *reading) readExport(folder string, progress func()) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return usagef("--export %s: it is not a folder", folder)
	}
	export, err := store.ReadExport(os.DirFS(folder), r.seen(progress))
	if err != nil {
		return fmt.Errorf("the export in %s: %w", folder, err)
	}
	r.place, r.known = "the export in "+folder, export.At
	if export.Table != "" {
		_, table, _ := strings.Cut(export.Table, ":table/")
		r.place += ", of the table " + table
	}
	return nil
}

// add adds an order to the books. An order that is stored in a newer format may have money that this kasir does not
// know of, so it counts as unreadable.
func (r *reading) add(stored payment.Stored) {
	r.orders++
	o := stored.Order
	if stored.Err != nil || o.Newer() {
		r.unreadable = append(r.unreadable, stored.Invoice)
		return
	}
	r.books.Add(o)
	if len(o.Cases()) > 0 {
		r.attention++
	}
}

// addBatch adds the rows of a settlement report that are about cards.
func (r *reading) addBatch(b payment.Batch) {
	batch := books.Batch{ID: b.ID, Name: b.Name, PaidOut: b.PaidOut}
	for _, sum := range b.Sums {
		if settlement.Kind(sum.Kind) != settlement.Other {
			batch.Fee, batch.Discount, batch.Net = batch.Fee+sum.Fee, batch.Discount+sum.Discount, batch.Net+sum.Net
		}
	}
	r.books.AddBatch(batch)
	if b.State != payment.BatchDone {
		r.unfinished = append(r.unfinished, b.Name)
	}
}

// missing returns an error that names the orders that could not be read.
func (r *reading) missing() error {
	if len(r.unreadable) == 0 {
		return nil
	}
	slices.Sort(r.unreadable)
	return fmt.Errorf("the books are not whole, since %d of the orders cannot be read: %s", len(r.unreadable),
		strings.Join(r.unreadable, ", "))
}
