package event_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kasir/shared/event"
	"kasir/shared/order"
)

// bus records events, and refuses those that a test names.
type bus struct {
	took   []string
	refuse int // the place, from 1, of the event that is refused; 0: none
	down   bool
	short  bool // it answers for one event less than it was given
}

func (b *bus) Put(_ context.Context, all []event.Event) ([]error, error) {
	if b.down {
		return nil, errors.New("down")
	}
	if len(all) > event.MaxPut {
		return nil, errors.New("too many at once")
	}
	refused := make([]error, len(all))
	for i, e := range all {
		if b.refuse--; b.refuse == 0 {
			refused[i] = errors.New("refused")
			continue
		}
		b.took = append(b.took, string(e.Detail))
	}
	if b.short {
		refused = refused[1:]
	}
	return refused, nil
}

func paidOrders(n int) []event.Record {
	var all []event.Record
	for i := range n {
		all = append(all, event.Record{Sequence: strconv.Itoa(i), After: order.Order{
			Invoice: fmt.Sprintf("INV-%d", i), Amount: 1000,
			Facts: order.Facts{Paid: &order.Payment{At: time.Unix(1787826227, 0), Amount: 1000}},
		}})
	}
	return all
}

func TestEveryChangeIsPublishedOrReadAgain(t *testing.T) {
	broken := paidOrders(25)
	broken[12].Err = errors.New("unreadable")
	for name, c := range map[string]struct {
		bus     bus
		changes []event.Record
		failed  string
		atLeast int // events that are on the bus
	}{
		"all are taken":          {bus{}, paidOrders(25), "", 25},
		"one is refused":         {bus{refuse: 14}, paidOrders(25), "13", 13},
		"the bus is down":        {bus{down: true}, paidOrders(25), "0", 0},
		"an answer is short":     {bus{short: true}, paidOrders(25), "0", 0},
		"one cannot be read":     {bus{}, broken, "12", 12},
		"both":                   {bus{refuse: 3}, broken, "2", 2},
		"changes without events": {bus{}, []event.Record{{Sequence: "0"}}, "", 0},
	} {
		published, failed, err := event.Publish(t.Context(), &c.bus, c.changes)
		if failed != c.failed || (err == nil) != (failed == "") || published < c.atLeast ||
			len(c.bus.took) < published {
			t.Errorf("%s: %d published, %d taken, again from %q: %v", name, published, len(c.bus.took), failed, err)
		}
	}
}

// A record that is read again gives the same events to the byte, so consumers can recognise redeliveries.
func TestTheSameChangeGivesTheSameEvents(t *testing.T) {
	var first, second bus
	for _, b := range []*bus{&first, &second} {
		if _, _, err := event.Publish(t.Context(), b, paidOrders(3)); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(first.took, second.took) || len(slices.Compact(slices.Sorted(slices.Values(first.took)))) != 3 {
		t.Errorf("%v, then %v", first.took, second.took)
	}
}

// A manual refund that DOKU's people did not carry out gives an event. No event contains a person's note or the
// merchant's metadata.
func TestBelieve8AManualRefundThatFailsIsAnEvent(t *testing.T) {
	const note = "Budi wants his money back"
	before := paidOrders(1)[0].After
	before.Metadata = order.Metadata{"cart_id": "CART-77"}
	before.Operations = []order.Operation{{
		ID: "refund-1", Kind: order.KindRefund, Amount: 400, State: order.Done, Type: order.ManualPartialRefund,
		DoneAt: time.Unix(1787826228, 0),
	}}
	after, err := before.Resolve("refund-1", false, order.Act{At: time.Unix(1787826300, 0), By: "sari", Note: note})
	if err != nil {
		t.Fatal(err)
	}
	all, err := event.FromChange(before, after)
	if err != nil || len(all) != 1 || all[0].Type != "payment.refund_failed" {
		t.Fatalf("%+v, %v", all, err)
	}
	detail := string(all[0].Detail)
	for _, want := range []string{`"id":"refund-1"`, `"type":"MANUAL_PARTIAL_REFUND"`, `"manual":true`, `"refunded":0`,
		`"refundable":1000`, `"amount":400`} {
		if !strings.Contains(detail, want) {
			t.Errorf("without %s: %s", want, detail)
		}
	}
	if strings.Contains(detail, "Budi") || strings.Contains(detail, "sari") || strings.Contains(detail, "CART") {
		t.Errorf("with what a person wrote: %s", detail)
	}
}
