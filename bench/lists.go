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

	"kasir/bench/meter"
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

// lists measures lists in tables of 1,000 to 100,000 orders in dynalite. Each page must need the same number of calls
// in all of them. The times are those of dynalite, which works on one call at a time.
func (b *bench) lists(ctx context.Context) error {
	table, err := b.openTable(ctx)
	if err != nil {
		return err
	}
	defer table.close()
	client := dynamodb.Client(table.server.URL)
	metered := awsdb.New(client.Options(), func(o *awsdb.Options) { o.HTTPClient = &http.Client{Transport: table} })
	noon := time.Date(2026, 8, 31, 5, 0, 0, 0, time.UTC)
	service := &payment.Service{Store: &store.DynamoDB{Client: metered, Table: standin.TableName},
		Now: func() time.Time { return noon }}
	first := map[string]float64{}
	held := 0
	for _, orders := range []int{1000, 10_000, b.count(100_000, 20_000)} {
		if err := fill(ctx, client, held, orders, noon); err != nil {
			return fmt.Errorf("filling the table: %w", err)
		}
		held = orders
		for _, q := range questions {
			r, ms, err := b.ask(ctx, service, table.Meter, q)
			if err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			if first[q.name] == 0 {
				first[q.name] = ms
			}
			r.what = fmt.Sprintf("list, %s, of %d orders", q.name, orders)
			r.ratio = times(ms / first[q.name])
			b.report.add(r)
		}
	}
	return nil
}

// ask asks a question some times, and returns its row and the median time of a page.
func (b *bench) ask(ctx context.Context, s *payment.Service, m *meter.Meter, q question) (row, float64, error) {
	var took []float64
	var bill meter.Bill
	calls, found := 0, 0
	for range b.count(15, 5) {
		query, err := url.ParseQuery(q.query)
		if err != nil {
			return row{}, 0, err
		}
		calls, found = 0, 0
		m.Bill()
		for range q.pages {
			begin := time.Now()
			page, err := s.List(ctx, payment.Caller{ReadsAll: true}, query)
			if err != nil {
				return row{}, 0, err
			}
			took = append(took, us(time.Since(begin)))
			if bill, err = m.Bill(); err != nil {
				return row{}, 0, err
			}
			calls, found = max(calls, len(bill)), found+len(page.Orders)
			if query.Set("cursor", page.Cursor); page.Cursor == "" {
				break
			}
		}
	}
	ms := median(took)
	measured := fmt.Sprintf("%d calls a page, %g read units; %s; %d found", calls, bill.Units().Reads, millis(ms), found)
	return row{budget: "P10", held: calls <= q.calls && (q.found < 0 || found == q.found),
		limit: fmt.Sprintf("%d calls a page", q.calls), measured: measured}, ms, nil
}

// fill adds paid orders to the table, up to a number. Their times are spread over the 30 days until now, in no order.
func fill(ctx context.Context, client *awsdb.Client, from, to int, now time.Time) error {
	orders := &store.DynamoDB{Client: client, Table: standin.TableName, NewID: func() string { return "0123456789" }}
	const writers = 16
	errs := make([]error, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := from + w; i < to && errs[w] == nil; i += writers {
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
