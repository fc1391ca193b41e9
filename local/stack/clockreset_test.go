package stack_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/order"
	"kasir/shared/store"
)

// Requests that run while the clock is put back leave no order that is later than the real time.
func TestNoOrderIsLaterThanTheRealTimeAfterAReset(t *testing.T) {
	s := openTimed(t, nil)
	s.advance(t, "100h")
	ctx, stop := context.WithCancel(t.Context())
	var buyers sync.WaitGroup
	begun := make(chan struct{}, 100)
	for buyer := range 4 {
		buyers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				invoice := fmt.Sprintf("RESET-%d-%d", buyer, n)
				body := `{"order":{"invoice_number":"` + invoice +
					`","amount":90000},"customer":{"email":"budi@example.com"}}`
				// after the reset the token is not good yet
				s.API.Do(ctx, http.MethodPost, "/payments", nil, []byte(body))
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 20 {
		<-begun
	}
	_, err := s.Clock.Reset(t.Context(), true)
	stop()
	buyers.Wait()
	if err != nil {
		t.Fatal(err)
	}
	orders := &store.DynamoDB{Client: dynamodb.Client(s.DynamoDB), Table: stack.Table}
	err = orders.All(t.Context(), func(o order.Order) error {
		if o.CreatedAt.After(time.Now()) {
			t.Errorf("%s was made at %s", o.Invoice, o.CreatedAt)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A reset whose caller goes away is done whole or not at all: afterwards orders can be made.
func TestAResetThatIsInterruptedLeavesATable(t *testing.T) {
	s := openTimed(t, nil)
	for n, wait := range []time.Duration{1, 5, 10, 20, 40} {
		s.advance(t, "1h")
		s.page(t, fmt.Sprintf("BEFORE-%d", n))
		ctx, cancel := context.WithTimeout(t.Context(), wait*time.Millisecond)
		_, err := s.Clock.Reset(ctx, true)
		cancel()
		t.Logf("after %d ms: %v, %s ahead", wait, err, s.Clock.Ahead())
		s.API = harness.API(t, s.Stack)
		s.page(t, fmt.Sprintf("AFTER-%d", n))
	}
}

// Records that wait in the stream are forgotten with their orders. A new order may have the number of a forgotten one,
// and then its events have the same ids.
func TestForgottenOrdersHaveNoLaterEvents(t *testing.T) {
	s := openTimed(t, nil)
	s.advance(t, "1h")
	s.Events.RefuseNext(1 << 20)
	payOrder(t, s.Stack, "FORGOTTEN-1")
	if _, err := s.Clock.Reset(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	s.Events.RefuseNext(0)
	payOrder(t, s.Stack, "AFTER-1")
	if all := eventsOf(t, s.Stack, 1); len(all) != 1 || all[0] != "paid AFTER-1" {
		t.Errorf("%q", all)
	}
}
