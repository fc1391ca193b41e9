package event

import (
	"context"
	"fmt"

	"kasir/shared/order"
)

// Change is one change of one order. Before is the zero Order when the order is new.
type Record struct {
	Sequence      string // its place in the stream
	Before, After order.Order
	Err           error // why it could not be read; then there is nothing else
}

// Bus takes events to others. Put returns one entry for each event, in their order: nil, or why it was refused. An error means that none
// is known to be on the bus. It takes MaxPut events at most.
type Bus interface {
	Put(ctx context.Context, events []Event) (refused []error, err error)
}

// MaxPut is how many events EventBridge takes at once.
const MaxPut = 10

// Publish puts the events of changes on the bus, in their order. On a failure the rest is left: failed is the place of the
// first change that must be read again, with all that follow, and err says why. What came before it is on the bus; of what
// follows some may be, and is sent again under the same ids.
func Publish(ctx context.Context, bus Bus, changes []Record) (published int, failed string, err error) {
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
	for _, c := range changes {
		events, problem := FromChange(c.Before, c.After)
		if c.Err != nil {
			problem = c.Err
		}
		if problem != nil { // what came before it is still put
			if err := flush(); err != nil {
				return published, failed, err
			}
			return published, c.Sequence, problem
		}
		for _, e := range events {
			waiting, places = append(waiting, e), append(places, c.Sequence)
		}
	}
	err = flush()
	return published, failed, err
}
