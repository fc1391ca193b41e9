package recovery

import (
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/local/aws/dynamodb"
	"kasir/local/stack"
)

// copy reads every item, as a backup of this moment would.
func (w *world) copy() {
	w.t.Helper()
	w.restoredTo = w.now().UTC().Truncate(time.Second)
	pages := awsdynamodb.NewScanPaginator(w.client, &awsdynamodb.ScanInput{TableName: aws.String(stack.Table)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		w.copied = append(w.copied, page.Items...)
	}
}

// lose deletes the table while requests are under way, restores the copy, and gives the functions the hold with the
// restored table, as a deployment does.
func (w *world) lose(hold bool) {
	w.t.Helper()
	ctx := w.t.Context()
	var underWay sync.WaitGroup
	for _, i := range w.random.Perm(len(w.orders))[:3] {
		s := w.orders[i]
		if !s.paid || s.authorize {
			continue
		}
		s.refund = min(price, s.refund+30000)
		underWay.Go(func() { w.request(s, "refunds") })
	}
	time.Sleep(time.Duration(w.random.IntN(60)) * time.Millisecond)
	if err := dynamodb.DeleteTable(ctx, w.client, stack.Table); err != nil {
		w.t.Fatal(err)
	}
	underWay.Wait()
	w.held, w.lost = 0, true
	if err := (dynamodb.Stream{URL: w.stack.DynamoDB}).Clear(ctx); err != nil {
		w.t.Fatal(err)
	}
	if hold {
		w.stack.Environment["HOLD_UNTIL_RECOVERED"] = w.restoredTo.Format(time.RFC3339)
	}
	environment := map[string]string{"KASIR_CLOCK_AHEAD": w.stack.Clock.Ahead().String()}
	for name, value := range w.stack.Environment {
		if name != "KASIR_CLOCK_AHEAD" {
			environment[name] = value
		}
	}
	if err := w.stack.Lambda.Renew(environment); err != nil {
		w.t.Fatal(err)
	}
	w.createTable()
	for _, item := range w.copied {
		put := &awsdynamodb.PutItemInput{TableName: aws.String(stack.Table), Item: item}
		if _, err := w.client.PutItem(ctx, put); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := (dynamodb.Stream{URL: w.stack.DynamoDB}).Clear(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// createTable makes the table again, empty. The embedded DynamoDB gives it the indexes of the deleted one, and a write
// that was under way may have left an entry there.
func (w *world) createTable() {
	w.t.Helper()
	ctx := w.t.Context()
	for {
		if err := dynamodb.CreateTable(ctx, w.client, stack.Table); err != nil {
			w.t.Fatal(err)
		}
		left, err := dynamodb.NextDue(ctx, w.client, stack.Table)
		if err != nil {
			w.t.Fatal(err)
		}
		if left.Key == "" {
			return
		}
		if err := dynamodb.DeleteTable(ctx, w.client, stack.Table); err != nil {
			w.t.Fatal(err)
		}
	}
}
