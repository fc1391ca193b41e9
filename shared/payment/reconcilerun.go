package payment

import (
	"context"
	"sync"
)

// dueBatch is the least number of orders that are listed at once.
const dueBatch = 25

// pass is the work of one run on the shards of one part.
type pass struct {
	*Service
	gate *gate // nil: one order after the other

	mu       sync.Mutex
	total    ReconcileResult
	failure  error // of listing a shard; one stands for all
	panicked any
}

// reconcileShards works on shards of a part, all at the same time if the service has Looks.
func (s *Service) reconcileShards(ctx context.Context, part Part, shards []int, total *ReconcileResult) error {
	if len(shards) == 0 {
		return nil
	}
	p := &pass{Service: s}
	if s.Looks != nil {
		p.gate = s.Looks.gate(part, len(shards), s.Now)
		defer s.Looks.remember(part, p.gate)
		paced := *s
		paced.DOKU = pacedDOKU{s.DOKU, p.gate}
		p.Service = &paced
	}
	first := int(s.Now().Unix()/60) % len(shards)
	var running sync.WaitGroup
	for i := range shards {
		partition := Partition(part, shards[(first+i)%len(shards)])
		if p.gate == nil {
			p.shard(ctx, partition)
			continue
		}
		running.Go(func() {
			defer p.recovered()
			p.shard(ctx, partition)
		})
	}
	running.Wait()
	total.add(p.total)
	if p.panicked != nil {
		panic(p.panicked) // after all other orders are done
	}
	return p.failure
}

// count adds the work on some orders to the pass.
func (p *pass) count(done ReconcileResult) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total.add(done)
}

// shard works on the due orders of a partition, batch by batch.
func (p *pass) shard(ctx context.Context, partition int) {
	seen, failed := map[string]bool{}, 0
	for {
		if p.nearlyOver(ctx) {
			p.count(ReconcileResult{Left: 1})
			return
		}
		// Failed and held orders stay due, before all others; the list must reach beyond them.
		limit := p.batch() + failed
		invoices, err := p.Store.Due(ctx, partition, p.Now(), limit)
		if err != nil {
			p.fail(err)
			return
		}
		var fresh []string
		for _, invoice := range invoices { // the index may lag, or the order failed before
			if !seen[invoice] {
				seen[invoice], fresh = true, append(fresh, invoice)
			}
		}
		done := p.orders(ctx, fresh)
		p.count(done)
		if failed += done.Failed + done.Held; len(fresh) == 0 || len(invoices) < limit || done.Left > 0 {
			return
		}
	}
}

// fail records that a shard could not be listed.
func (p *pass) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = err
	p.total.Left++
}

// batch returns the number of orders that are listed at once. A batch has several orders for each look at the same
// time, since a batch ends with its slowest order.
func (p *pass) batch() int {
	if p.gate == nil {
		return dueBatch
	}
	return max(dueBatch, 8*p.Looks.AtOnce)
}

// orders works on orders of one shard, several at the same time if there is a gate.
func (p *pass) orders(ctx context.Context, invoices []string) (sum ReconcileResult) {
	if p.gate == nil {
		for _, invoice := range invoices {
			if p.nearlyOver(ctx) {
				sum.Left = 1
				break
			}
			sum.add(p.order(ctx, invoice))
		}
		return sum
	}
	queue := make(chan string, len(invoices))
	for _, invoice := range invoices {
		queue <- invoice
	}
	close(queue)
	var mu sync.Mutex
	var running sync.WaitGroup
	for range min(p.Looks.AtOnce, len(invoices)) {
		running.Go(func() {
			for invoice := range queue {
				done := p.orderInTurn(ctx, invoice)
				mu.Lock()
				sum.add(done)
				mu.Unlock()
			}
		})
	}
	running.Wait()
	sum.Left = min(sum.Left, 1)
	return sum
}

// orderInTurn works on an order when the gate lets it. If too little time is left, the order is.
func (p *pass) orderInTurn(ctx context.Context, invoice string) ReconcileResult {
	if p.nearlyOver(ctx) || !p.gate.enter(ctx) {
		return ReconcileResult{Left: 1}
	}
	defer p.gate.leave()
	if p.nearlyOver(ctx) { // while it waited
		return ReconcileResult{Left: 1}
	}
	done := ReconcileResult{Looked: 1, Failed: 1}
	func() {
		defer p.recovered()
		done = p.order(ctx, invoice)
	}()
	return done
}

// recovered recovers a panic. The caller could not recover that of a goroutine: it would end the process and print
// unmasked data. The panic reaches the caller after all other orders are done.
func (p *pass) recovered() {
	if r := recover(); r != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.panicked = r
	}
}

// order works on one order.
func (p *pass) order(ctx context.Context, invoice string) ReconcileResult {
	done := ReconcileResult{Looked: 1}
	if err := p.reconcileOrder(ctx, invoice, &done); err != nil {
		done.Failed++
		p.log("reconcile failed", invoice, Describe(err))
	}
	return done
}

// nearlyOver reports whether too little time is left for another order.
func (s *Service) nearlyOver(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !s.Now().Add(runReserve).Before(end)
}
