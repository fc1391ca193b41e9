package versions

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/local/merchant"
	"kasir/local/stack"
	"kasir/shared/store"
)

// list is an answer to GET /payments.
type list struct {
	Payments      []merchant.Payment
	Cursor        string
	CompleteSince *time.Time `json:"complete_since"`
}

// list asks the new version for every page, and returns the invoice numbers and whether the list claims to be complete.
// The old version, which may get the request, has no such route.
func (b *both) list(ctx context.Context) (invoices []string, complete bool, err error) {
	complete = true
	for cursor := ""; ; {
		answer, err := b.Do(ctx, http.MethodGet, "/payments?limit=9"+cursor, nil, nil)
		if err != nil {
			return nil, false, err
		}
		if answer.Status == http.StatusNotFound {
			continue
		}
		var page list
		if err := json.Unmarshal(answer.Body, &page); err != nil {
			return nil, false, err
		}
		for _, p := range page.Payments {
			invoices = append(invoices, p.Order.InvoiceNumber)
		}
		if complete = complete && page.CompleteSince == nil; page.Cursor == "" {
			slices.Sort(invoices)
			return invoices, complete, nil
		}
		cursor = "&cursor=" + page.Cursor
	}
}

// Two versions write one table while its lists are filled. The money stays right, and no list claims to be complete.
// When the old version has ended, kasir reindex makes the lists complete.
func TestTheListsAreFilledBesideTheOldVersion(t *testing.T) {
	t.Parallel()
	b := startBoth(t)
	_, err := b.orders.Client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
		TableName: aws.String(stack.Table), Key: keyed("lists"), // as if this table were the old version's
	})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	atOnce, quiet := func(context.Context) error { return nil }, func(store.Reindexing) {}

	all := plans("LIST", 16)
	looks := b.beside(t, func(ctx context.Context) {
		if _, complete, err := b.list(ctx); err == nil && complete {
			t.Error("a list claims to be complete while the old version runs")
		}
	}, func() {
		b.buyAll(t, all)
		until(t, "the orders know of their money", func() bool { return b.known(t, all) })
	})
	b.control(t, "settle", `{}`)
	fills := b.beside(t, func(ctx context.Context) { b.orders.Reindex(ctx, at, atOnce, quiet) },
		func() { b.moveMoney(t, all) })
	b.compare(t, all)
	t.Logf("%d lists and %d runs of reindex beside %d orders", looks, fills, len(all))

	b.to(older)
	for _, p := range all[:3] { // the old version writes last
		if answer := b.notify(t, p.invoice, "FAILED"); answer.Status != http.StatusOK {
			t.Fatalf("%d %s", answer.Status, answer.Body)
		}
	}
	b.to(newer)
	if done, err := b.orders.Reindex(t.Context(), at, atOnce, quiet); err != nil || done.Written == 0 {
		t.Errorf("%+v, %v", done, err)
	}
	var want []string
	for _, p := range all {
		want = append(want, p.invoice)
	}
	slices.Sort(want)
	if got, complete, err := b.list(t.Context()); err != nil || !complete || !slices.Equal(got, want) {
		t.Errorf("%v\n%v\ncomplete: %v, %v", got, want, complete, err)
	}
	b.compare(t, all)
}

// beside repeats one thing while another is done, and returns how often.
func (b *both) beside(t *testing.T, repeated func(context.Context), work func()) (times int) {
	ctx, stop := context.WithCancel(t.Context())
	var loop sync.WaitGroup
	loop.Go(func() {
		for ; ctx.Err() == nil; times++ {
			repeated(ctx)
		}
	})
	defer stop() // also if the work fails the test
	work()
	stop()
	loop.Wait()
	return times
}
