package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"sync"
	"time"

	awsdb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/bench/standin"
	"kasir/local/aws/dynamodb"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// question is a list that is asked for in tables of different sizes.
type question struct {
	name, query string
	pages       int // that are asked for by their cursors
	calls       int // of each page, at most
	found       int // payments on these pages; -1: any number
}

// questions lists them. No order is VOIDED, so that filter matches nothing.
var questions = []question{
	{"a page of 50", "limit=50", 1, payment.ListShards + 1, 50},
	{"ten pages of 50", "limit=50", 10, payment.ListShards + 1, 500},
	{"a day in the middle", "limit=50&from=2026-08-15&to=2026-08-15", 1, payment.ListShards + 1, -1},
	{"a status that no order has, three pages", "status=VOIDED", 3, payment.ListShards + 1, 0},
	{"the beginning of an invoice number", "invoice_number=INV-20260827-00000", 1, payment.ListShards + 1, -1},
	{"one customer of a hundred", "limit=10&customer_id=CUST-7", 1, 2, 10},
	{"open cases", "attention=true", 1, 2, 1},
}

// catalog is a table with a number of orders.
type catalog struct {
	orders  int
	table   *meteredTable
	service *payment.Service

	took         map[string][]float64 // of a page in each round, by question
	calls, found map[string]int
	reads        map[string]float64
}

// lists measures lists in tables of 1,000 to 100,000 orders in dynalite. Each page must need the same number of calls
// in all of them. The times are those of dynalite, which works on one call at a time.
func (b *bench) lists(ctx context.Context) error {
	var catalogs []*catalog
	defer func() {
		for _, c := range catalogs {
			c.table.close()
		}
	}()
	for _, orders := range []int{1000, 10_000, b.count(100_000, 20_000)} {
		table, err := b.openTable(ctx)
		if err != nil {
			return err
		}
		c := &catalog{orders: orders, table: table, took: map[string][]float64{}, calls: map[string]int{},
			found: map[string]int{}, reads: map[string]float64{}}
		catalogs = append(catalogs, c)
		if err := c.open(ctx); err != nil {
			return fmt.Errorf("filling a table: %w", err)
		}
	}
	for range b.count(15, 3) {
		for _, q := range questions {
			for _, c := range catalogs {
				if err := c.ask(ctx, q); err != nil {
					return fmt.Errorf("%s: %w", q.name, err)
				}
			}
		}
	}
	for _, q := range questions {
		for _, c := range catalogs {
			b.report.add(c.row(q, catalogs[0].took[q.name]))
		}
	}
	return nil
}

// open fills the table.
func (c *catalog) open(ctx context.Context) error {
	client := dynamodb.Client(c.table.server.URL)
	metered := awsdb.New(client.Options(), func(o *awsdb.Options) { o.HTTPClient = &http.Client{Transport: c.table} })
	noon := time.Date(2026, 8, 31, 5, 0, 0, 0, time.UTC)
	c.service = &payment.Service{Store: &store.DynamoDB{Client: metered, Table: standin.TableName},
		Now: func() time.Time { return noon }}
	return fill(ctx, client, c.orders, noon)
}

// ask asks a question once.
func (c *catalog) ask(ctx context.Context, q question) error {
	query, err := url.ParseQuery(q.query)
	if err != nil {
		return err
	}
	found, begin := 0, time.Now()
	c.table.Bill()
	for page := range q.pages {
		answer, err := c.service.List(ctx, payment.Caller{ReadsAll: true}, query)
		if err != nil {
			return err
		}
		bill, err := c.table.Bill()
		if err != nil {
			return err
		}
		found += len(answer.Orders)
		c.calls[q.name], c.reads[q.name] = max(c.calls[q.name], len(bill)), bill.Units().Reads
		if query.Set("cursor", answer.Cursor); answer.Cursor == "" && page < q.pages-1 {
			return fmt.Errorf("the list ends after %d of %d pages", page+1, q.pages)
		}
	}
	c.found[q.name] = found
	c.took[q.name] = append(c.took[q.name], us(time.Since(begin))/float64(q.pages))
	return nil
}

// row returns the row of a question. first has the times of the first table.
func (c *catalog) row(q question, first []float64) row {
	calls, found, took := c.calls[q.name], c.found[q.name], c.took[q.name]
	return row{
		budget: "P10", what: fmt.Sprintf("list, %s, of %d orders", q.name, c.orders),
		measured: fmt.Sprintf("%d calls a page, %g read units; %s; %d found", calls, c.reads[q.name],
			millis(median(took)), found),
		ratio: times(median(ratios(took, first))), limit: fmt.Sprintf("%d calls a page", q.calls),
		held: calls <= q.calls && (q.found < 0 || found == q.found),
	}
}

// fill writes paid orders. Their times are spread over the 30 days until now, in no order.
func fill(ctx context.Context, client *awsdb.Client, n int, now time.Time) error {
	orders := &store.DynamoDB{Client: client, Table: standin.TableName, NewID: func() string { return "0123456789" }}
	const writers = 16
	errs := make([]error, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < n && errs[w] == nil; i += writers {
				_, errs[w] = orders.Create(ctx, paidOrder(i, now), nil)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func paidOrder(i int, now time.Time) order.Order {
	h := fnv.New32a()
	fmt.Fprint(h, i)
	const days = 30
	at := order.Stamp(now.Add(-time.Duration(h.Sum32()%(days*24*60*60)) * time.Second))
	card := order.Card{Masked: "557338******1101", Brand: "MASTER", Issuer: "PT BANK MANDIRI (PERSERO) Tbk"}
	o := order.Order{
		Invoice: fmt.Sprintf("INV-20260827-%07d", i), Amount: 90000, CreatedAt: at,
		PageEnd: at.Add(time.Hour),
		Readers: []string{order.ReaderOf("back-end"), order.ReaderOf(fmt.Sprintf("CUST-%d", i%100))},
		Facts: order.Facts{Paid: &order.Payment{Amount: 90000, At: at, LearnedAt: at, ApprovalCode: "448998",
			Card: card}},
	}
	if i == 0 { // the only one with an open case
		o.Facts.Remarks = []order.Remark{{Kind: order.RemarkElsewhere, Detail: "a chargeback", At: at}}
	}
	return o
}
