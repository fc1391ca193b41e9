package stack

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/aws/gateway"
	"kasir/local/sandbox"
	"kasir/local/stack/clock"
	"kasir/shared/order"
	"kasir/shared/store"
)

// timekeeper moves the clock of everything that runs on this machine. It is a clock.Mover and a sandbox.Clock.
type timekeeper struct {
	*clock.Clock
	stack  *Stack
	doku   *sandbox.Server // nil for another DOKU, whose clock cannot be moved
	invoke gateway.Invoker
	ending context.Context // done when the stack is closed
	end    context.CancelFunc

	busy    sync.RWMutex // held for writing while the clock is moved, and for reading while a schedule runs
	serving sync.RWMutex // held for writing while the clock goes back, and for reading while a request is answered

	everyMinute bool // for tests: walk stops at each minute, due or not
}

// openClock reads the kept clock. Another DOKU has the real time, so the clock must have it too.
func (s *Stack) openClock(cfg Config) error {
	c, err := clock.Open(cfg.ClockFile)
	if err != nil {
		return err
	}
	if cfg.DOKU != "" && c.Ahead() != 0 {
		return fmt.Errorf("the clock in %s is %s ahead, and the clock of another DOKU cannot be moved: run kasir "+
			"local without --doku and put the clock back (kasir clock reset), or choose another data folder "+
			"with --data",
			cfg.ClockFile, c.Ahead())
	}
	ending, end := context.WithCancel(context.Background())
	s.closers = append(s.closers, end)
	s.time = &timekeeper{Clock: c, stack: s, ending: ending, end: end}
	s.time.busy.Lock() // until the functions have started
	s.Clock = s.time
	return nil
}

// startClock allows moves of the clock and starts the schedules.
func (s *Stack) startClock(invoke gateway.Invoker) {
	s.time.invoke = invoke
	s.startSchedules(invoke)
	s.time.busy.Unlock()
}

// Advance moves the clock forward. Everything that becomes due on the way runs at its time; see walk. Errors:
// *clock.Problem.
func (t *timekeeper) Advance(ctx context.Context, by time.Duration) error {
	if t.doku == nil {
		return errOtherDOKU
	}
	t.busy.Lock()
	defer t.busy.Unlock()
	if err := clock.Check(t.Ahead(), by); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.ending, cancel)()
	w := walk{timekeeper: t, goal: t.Ahead() + by}
	if err := w.walk(ctx); err != nil {
		return &clock.Problem{
			Status: http.StatusInternalServerError,
			Detail: fmt.Sprintf("the clock stopped %s ahead, before its goal: %v", t.Ahead(), err),
		}
	}
	return nil
}

var errOtherDOKU = &clock.Problem{
	Status: http.StatusConflict,
	Detail: "the clock of another DOKU cannot be moved: run kasir local without --doku",
}

// Reset puts the clock back to the real time. That is safe only if nothing happened later than the real time. Otherwise
// kasir would learn of events before they happened, and an expired page could be paid again. Then Reset must delete
// everything.
func (t *timekeeper) Reset(ctx context.Context, forget bool) (clock.Forgotten, error) {
	if t.doku == nil {
		return clock.Forgotten{}, errOtherDOKU
	}
	t.busy.Lock()
	defer t.busy.Unlock()
	t.serving.Lock() // a request that began ahead of the real time must write its order before this
	defer t.serving.Unlock()
	if t.Ahead() == 0 {
		return clock.Forgotten{}, nil
	}
	real := time.Now()
	all, later, err := t.orders(ctx, real)
	if err != nil {
		return clock.Forgotten{}, err
	}
	laterPages := t.doku.Later(real)
	if later+laterPages == 0 {
		t.stack.Queues.Back(t.Ahead())
		return clock.Forgotten{}, t.set(0)
	}
	if !forget {
		return clock.Forgotten{}, &clock.Problem{Status: http.StatusConflict, Detail: fmt.Sprintf(
			"%d of %d orders, and %d pages of the sandbox, have a time later than the real one. Delete all orders "+
				`and pages with kasir clock reset --forget ("forget": true), or keep them and start another kasir `+
				"local with --data or --memory", later, all, laterPages)}
	}
	ctx = context.WithoutCancel(ctx) // a part of it would leave no table
	gone := clock.Forgotten{Pages: t.doku.Forget()}
	err = t.stack.forgetting(func() error {
		if err := dynamodb.DeleteTable(ctx, dynamodb.Client(t.stack.DynamoDB), Table); err != nil {
			return err
		}
		if err := createTable(ctx, t.stack.DynamoDB); err != nil {
			return err
		}
		gone.Orders = all
		// A new order may have the number, and so the event ids, of a forgotten one.
		if err := (dynamodb.Stream{URL: t.stack.DynamoDB}).Clear(ctx); err != nil {
			return err
		}
		t.stack.Queues.Forget()
		return t.stack.Events.Forget()
	})
	if err != nil {
		return gone, err
	}
	return gone, t.set(0)
}

// orders counts all orders, and those with a change after a time.
func (t *timekeeper) orders(ctx context.Context, after time.Time) (all, later int, err error) {
	table := &store.DynamoDB{Client: dynamodb.Client(t.stack.DynamoDB), Table: Table}
	err = table.All(ctx, func(o order.Order) error {
		all++
		last := o.CreatedAt
		for _, e := range o.History {
			if e.At.After(last) {
				last = e.At
			}
		}
		if last.After(after) {
			later++
		}
		return nil
	})
	return all, later, err
}

// clockText returns the time as text if it is not the real one, else "".
func (t *timekeeper) clockText() string {
	ahead := t.Ahead()
	if ahead == 0 {
		return ""
	}
	return clock.Line(t.Now(), ahead)
}

// holding returns an invoker that waits while the clock goes back.
func (t *timekeeper) holding(invoke gateway.Invoker) gateway.Invoker {
	return func(ctx context.Context, function string, event []byte) ([]byte, error) {
		t.serving.RLock()
		defer t.serving.RUnlock()
		return invoke(ctx, function, event)
	}
}

// set sets the clock, and the time of the functions that start from now on.
func (t *timekeeper) set(ahead time.Duration) error {
	if ahead == t.Ahead() {
		return nil
	}
	if err := t.Set(ahead); err != nil {
		return err
	}
	return t.stack.Lambda.Renew(withClock(t.stack.Environment, ahead))
}
