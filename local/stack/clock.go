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
	doku   *sandbox.Server // nil: another DOKU, whose clock nobody can move
	invoke gateway.Invoker
	ending context.Context // of the stack
	end    context.CancelFunc

	busy    sync.RWMutex // held for writing while the clock is moved, and for reading while a schedule runs
	serving sync.RWMutex // held for writing while the clock goes back, and for reading while a request is answered

	everyMinute bool // for tests: walk stops at each minute, due or not
}

// openClock reads the clock that was kept. Another DOKU has the real time, so the clock must have it too.
func (s *Stack) openClock(cfg Config) error {
	c, err := clock.Open(cfg.ClockFile)
	if err != nil {
		return err
	}
	if cfg.DOKU != "" && c.Ahead() != 0 {
		return fmt.Errorf("the clock in %s is %s ahead, and the clock of another DOKU cannot be moved: run kasir local "+
			"without --doku and put the clock back (kasir clock reset), or choose another data folder with --data",
			cfg.ClockFile, c.Ahead())
	}
	ending, end := context.WithCancel(context.Background())
	s.closers = append(s.closers, end)
	s.time = &timekeeper{Clock: c, stack: s, ending: ending, end: end}
	s.time.busy.Lock() // until the functions have started
	s.Clock = s.time
	return nil
}

// startClock lets the clock be moved and the schedules run.
func (s *Stack) startClock(invoke gateway.Invoker) {
	s.time.invoke = invoke
	s.startSchedules(invoke)
	s.time.busy.Unlock()
}

// Advance moves the clock forward and does on the way what falls due, at its time; see walk. Errors: *clock.Problem.
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
			Detail: fmt.Sprintf("the clock stopped on its way, %s ahead: %v", t.Ahead(), err),
		}
	}
	return nil
}

var errOtherDOKU = &clock.Problem{
	Status: http.StatusConflict,
	Detail: "the clock of another DOKU cannot be moved: run kasir local without --doku",
}

// Reset puts the clock back to the real time. That is safe as long as nothing happened later: what is dated in the
// future would be learned before it happened, and what had expired could be paid again. So everything must be forgotten
// otherwise.
func (t *timekeeper) Reset(ctx context.Context, forget bool) (clock.Forgotten, error) {
	if t.doku == nil {
		return clock.Forgotten{}, errOtherDOKU
	}
	t.busy.Lock()
	defer t.busy.Unlock()
	t.serving.Lock() // else a request that began ahead of the real time would write its order after this
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
		return clock.Forgotten{}, t.set(0)
	}
	if !forget {
		return clock.Forgotten{}, &clock.Problem{Status: http.StatusConflict, Detail: fmt.Sprintf(
			"%d of %d orders, and %d pages of the sandbox, have a time later than the real one. Delete all orders "+
				`and pages with kasir clock reset --forget ("forget": true), or keep them and start another kasir `+
				"local with --data or --memory", later, all, laterPages)}
	}
	ctx = context.WithoutCancel(ctx) // half of it would leave no table
	pages := t.doku.Forget()
	if err := dynamodb.EmptyTable(ctx, dynamodb.Client(t.stack.DynamoDB), Table); err != nil {
		return clock.Forgotten{Pages: pages}, err
	}
	return clock.Forgotten{Orders: all, Pages: pages}, t.set(0)
}

// orders counts the orders, and those to which something happened after a time.
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

// words is the time for people while it is not the real one, else empty.
func (t *timekeeper) words() string {
	ahead := t.Ahead()
	if ahead == 0 {
		return ""
	}
	return clock.Line(t.Now(), ahead)
}

// holding invokes functions before the clock goes back or after it, and not meanwhile.
func (t *timekeeper) holding(invoke gateway.Invoker) gateway.Invoker {
	return func(ctx context.Context, function string, event []byte) ([]byte, error) {
		t.serving.RLock()
		defer t.serving.RUnlock()
		return invoke(ctx, function, event)
	}
}

// set puts the clock somewhere, and gives the functions that start from now on the same time.
func (t *timekeeper) set(ahead time.Duration) error {
	if ahead == t.Ahead() {
		return nil
	}
	if err := t.Set(ahead); err != nil {
		return err
	}
	return t.stack.Lambda.Renew(withClock(t.stack.Environment, ahead))
}
