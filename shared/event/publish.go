package event

import (
	"context"
	"fmt"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Record is a change of one order or batch, read from the table's stream. Before is the zero Order if the order is new.
// The orders are zero if it is about a batch, and the batches if it is about an order.
type Record struct {
	Sequence      string // position in the stream
	Before, After order.Order
	Err           error // why the record could not be read; Before and After are then zero

	BatchBefore, BatchAfter payment.Batch
}

// events returns the events of a record.
func (r Record) events() ([]Event, error) {
	switch {
	case r.Err != nil:
		return nil, r.Err
	case r.BatchAfter.ID != "":
		return FromBatch(r.BatchBefore, r.BatchAfter)
	}
	return FromChange(r.Before, r.After)
}

// Bus delivers at most MaxPut events to other systems. Put returns one entry per event, in their order: nil, or the
// reason why it was refused. A non-nil err means that no event is known to be on the bus.
type Bus interface {
	Put(ctx context.Context, events []Event) (refused []error, err error)
}

// MaxPut is the number of events that EventBridge takes at once.
const MaxPut = 10

// Publish puts the events of records on the bus, in their order. It stops at the first failure: failed is the sequence
// of the first record that must be read again, with all that follow, and err is the reason. Earlier events are on the
// bus. Some later ones may be, and are sent again under the same IDs.
func Publish(ctx context.Context, bus Bus, records []Record) (published int, failed string, err error) {
	var waiting []Event
	var places []string // of each waiting event
	flush := func() error {
		for len(waiting) > 0 {
			n := min(len(waiting), MaxPut)
			refused, err := bus.Put(ctx, waiting[:n])
			if err == nil && len(refused) != n {
				err = fmt.Errorf("the bus answered for %d events of %d", len(refused), n)
			}
			for i := range n {
				if err == nil {
					err = refused[i]
				}
				if err != nil {
					failed = places[i]
					return fmt.Errorf("putting events: %w", err)
				}
				published++
			}
			waiting, places = waiting[n:], places[n:]
		}
		return nil
	}
	for _, r := range records {
		events, problem := r.events()
		if problem != nil { // the earlier events are still put
			if err := flush(); err != nil {
				return published, failed, err
			}
			return published, r.Sequence, problem
		}
		for _, e := range events {
			waiting, places = append(waiting, e), append(places, r.Sequence)
		}
	}
	err = flush()
	return published, failed, err
}
