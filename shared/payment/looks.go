package payment

import (
	"context"
	"sync"
	"time"

	"kasir/shared/doku"
)

// MostLooks is the greatest number of orders that one run looks at together. Lambda allows a function 1,024 open files,
// and a look may hold a connection to DOKU and one to DynamoDB.
const MostLooks = 400

// Looks lets Reconcile work on several orders at the same time. While DOKU asks to slow down (HTTP 429), fewer are let,
// and the number rises again slowly. It is remembered from run to run.
type Looks struct {
	AtOnce int // orders of one shard; at least 1

	mu sync.Mutex
	// open is the part of the orders that may be looked at, for money and for pages: DOKU's answers about pages hold up
	// no money. A part that is not in it was not lowered.
	open map[Part]float64
}

// gate returns a gate for a run over a number of shards of a part.
func (l *Looks) gate(part Part, shards int, now func() time.Time) *gate {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := &gate{most: min(shards*l.AtOnce, MostLooks), now: now}
	g.limit = g.most
	if open, lowered := l.open[part]; lowered {
		g.limit = max(1, int(open*float64(g.most)))
	}
	g.tokens = make(chan struct{}, g.most)
	for range g.limit {
		g.tokens <- struct{}{}
	}
	return g
}

// remember keeps how far the gate of a part was open.
func (l *Looks) remember(part Part, g *gate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[Part]float64{}
	}
	l.open[part] = float64(g.limit) / float64(g.most)
}

// gate limits the number of orders that are worked on at the same time. Those that wait get their turn in their order,
// since a channel serves its receivers so.
type gate struct {
	tokens chan struct{} // one for each order that may be begun now
	most   int
	now    func() time.Time

	mu      sync.Mutex
	limit   int
	owed    int // tokens that are in use and are not given back
	good    int // answers since the limit was changed
	lowered time.Time
}

const (
	lowerOnce  = time.Second // the calls under way when DOKU asks to slow down lower the limit once, not each
	raiseAfter = 20          // answers that raise the limit by one
)

// enter waits for a turn. It returns false if ctx ends first.
func (g *gate) enter(ctx context.Context) bool {
	select {
	case <-g.tokens:
		return true
	case <-ctx.Done():
		return false
	}
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.release()
}

// release gives a token back, or keeps it if it is owed.
func (g *gate) release() {
	if g.owed > 0 {
		g.owed--
		return
	}
	g.tokens <- struct{}{}
}

// saw changes the limit by the end of a call of DOKU.
func (g *gate) saw(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if doku.SlowDown(err) {
		g.lower()
		return
	}
	if g.good++; g.good >= raiseAfter && g.limit < g.most {
		g.good = 0
		g.limit++
		g.release()
	}
}

// lower halves the limit.
func (g *gate) lower() {
	g.good = 0
	if now := g.now(); now.Before(g.lowered.Add(lowerOnce)) {
		return
	}
	g.lowered = g.now()
	next := max(1, g.limit/2)
	for range g.limit - next {
		select {
		case <-g.tokens:
		default:
			g.owed++
		}
	}
	g.limit = next
}

// pacedDOKU reports to a gate how DOKU answers. Reconciliation makes no other calls than these.
type pacedDOKU struct {
	DOKU
	gate *gate
}

func (d pacedDOKU) Status(ctx context.Context, requestID, invoice string) (doku.Status, error) {
	answer, err := d.DOKU.Status(ctx, requestID, invoice)
	d.gate.saw(err)
	return answer, err
}

func (d pacedDOKU) Capture(ctx context.Context, requestID string, r doku.CaptureRequest) (doku.CaptureResponse,
	error) {
	answer, err := d.DOKU.Capture(ctx, requestID, r)
	d.gate.saw(err)
	return answer, err
}

func (d pacedDOKU) Refund(ctx context.Context, requestID string, r doku.RefundRequest) (doku.RefundResponse, error) {
	answer, err := d.DOKU.Refund(ctx, requestID, r)
	d.gate.saw(err)
	return answer, err
}
