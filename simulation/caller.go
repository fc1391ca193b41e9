package simulation

import (
	"context"
	"errors"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// task is a request of a caller, who repeats it blindly until it is answered or the tries are used up.
type task struct {
	name  string
	tries int
	run   func(ctx context.Context) (settled bool)
}

// merchant is the back end of the shop. All callers of the simulation are this one.
var merchant = payment.Caller{Subject: "merchant", Prices: true}

// gaps lists the times that callers wait before they ask again.
var gaps = []time.Duration{
	0, time.Second, time.Second, 5 * time.Second, 40 * time.Second, 40 * time.Second, 2 * time.Minute, 2 * time.Minute,
	20 * time.Minute, 45 * time.Minute, 70 * time.Minute, 3 * time.Hour, 13 * time.Hour, 25 * time.Hour,
}

func (w *World) scheduleTask(d time.Duration, e *task) {
	w.queue.put(w.now.Add(d), func() { w.launch(e) })
}

// launch sends the request once. An impatient caller sends it a second time before the answer to the first.
func (w *World) launch(e *task) {
	if e.tries == 0 {
		return
	}
	e.tries--
	if w.chance(200) {
		w.scheduleTask(time.Duration(w.dice.IntN(2000))*time.Millisecond, e)
	}
	settled := false
	w.start(e.name, func(ctx context.Context) { settled = e.run(ctx) }, func(dead bool) {
		if dead || !settled || w.chance(200) { // the last chance stands for a caller that lost the answer
			w.scheduleTask(pick(w, gaps...), e)
		}
	})
}

// begin schedules all that callers do about an order.
func (w *World) begin(p *plan) {
	start := time.Duration(w.dice.IntN(3)) * time.Second
	if p.early {
		age := pick(w, 0, 0, 4*time.Minute, time.Hour, 30*24*time.Hour)
		w.queue.put(w.now, func() { w.payElsewhere(p, age) })
		start += pick(w, 0, 5*time.Second, 2*time.Minute, time.Hour)
	}
	if p.decoy {
		w.scheduleTask(0, w.createTask(p))
		return
	}
	for range 1 + w.dice.IntN(2) {
		w.scheduleTask(start+time.Duration(w.dice.IntN(2))*time.Second, w.createTask(p))
	}
	w.askForNextPages(p, start)
	f := w.strike(beginning, nil)
	if f != nil || !w.schedule.Quiet && w.schedule.Fault == "" && w.chance(40) {
		w.queue.put(w.now.Add(time.Duration(w.dice.IntN(3*3600))*time.Second), func() { w.closeOrder(p) })
	}
	if w.chance(300) {
		w.queue.put(w.now.Add(pageLifetime+time.Duration(w.dice.IntN(7200)-3600)*time.Second),
			func() { w.readOrder(p) })
	}
	if w.chance(100) { // a capture and a refund of an order without money
		w.scheduleTask(start, w.captureTask(p, 0))
		w.scheduleTask(start, w.refundTask(p, refundWish{key: p.invoice + "-hasty", amount: 1000, expected: -1}))
	}
}

func (w *World) createTask(p *plan) *task {
	request := payment.PageRequest{CreatePageRequest: p.request, Caller: merchant}
	if w.chance(50) { // the same invoice number with another body
		request.Order.Descriptor = "OTHER"
	}
	return w.pageTask(p, request)
}

func (w *World) pageTask(p *plan, request payment.PageRequest) *task {
	return &task{name: "create " + p.invoice, tries: 1 + w.dice.IntN(6), run: func(ctx context.Context) bool {
		answer, err := w.service.CreatePage(ctx, request)
		settled := w.noteAnswer(p, answer, err)
		if err == nil && answer.Operation.State == order.Done {
			w.openPage(p, w.checkShownPage(p, answer.Order))
		}
		return settled
	}}
}

func (w *World) captureTask(p *plan, amount int64) *task {
	return &task{name: "capture " + p.invoice, tries: 1 + w.dice.IntN(6), run: func(ctx context.Context) bool {
		answer, err := w.service.Capture(ctx, p.invoice, amount, order.Act{By: merchant.Subject})
		w.checkAnswered(p, answer, amount)
		return w.noteAnswer(p, answer, err)
	}}
}

func (w *World) refundTask(p *plan, wish refundWish) *task {
	return &task{name: "refund " + p.invoice, tries: 1 + w.dice.IntN(6), run: func(ctx context.Context) bool {
		w.current.seen.expects = &wish.expected
		answer, err := w.service.Refund(ctx, payment.RefundRequest{Invoice: p.invoice, Key: wish.key,
			Amount: wish.amount, Expected: wish.expected})
		w.checkAnswered(p, answer, wish.amount)
		// A caller who is told that a person must look may try the refund under another key.
		if errors.Is(err, payment.ErrInReview) && w.chance(400) {
			w.scheduleTask(pick(w, gaps...), w.refundTask(p,
				refundWish{key: wish.key + "-anew", amount: 1000, expected: -1}))
		}
		return w.noteAnswer(p, answer, err)
	}}
}

// noteAnswer notes the answer to a caller, which must never turn out to be wrong. It reports whether the caller is
// content with it.
func (w *World) noteAnswer(p *plan, answer payment.Answer, err error) (settled bool) {
	var refused *doku.Error
	var invalid *payment.Invalid
	switch {
	case err == nil && answer.Unknown == nil && answer.Operation.State == order.Done:
		w.note("answered done", answer.Operation.ID)
		w.noteDone(p, answer)
		return true
	case err == nil && answer.Unknown == nil && answer.Operation.State == order.Refused:
		w.note("answered refused", answer.Operation.ID)
		w.noteRefused(p, answer.Operation.RequestID)
		return w.chance(500)
	case err == nil:
		w.note("answered processing", answer.Operation.ID, outcome(answer.Unknown))
		return false
	case errors.As(err, &refused) && refused.Unprocessed: // the caller repeats the request unchanged
		w.note("answered turned away", brief(refused.RequestID))
		return false
	case errors.As(err, &refused):
		w.note("answered refused", brief(refused.RequestID))
		w.checkRefusalAsked(p, refused.RequestID)
		w.noteRefused(p, refused.RequestID)
		return w.chance(500) // otherwise the caller asks again, which begins the next generation
	case errors.As(err, &invalid):
		panic(err) // the simulation sends no invalid request
	}
	w.note("answered", outcome(err))
	return errors.Is(err, payment.ErrMismatch) || errors.Is(err, payment.ErrInReview) && w.chance(500)
}

// wantCaptures schedules the captures of an order once its money is authorised.
func (w *World) wantCaptures(l *ledger) {
	p := w.planOf(l.invoice)
	if p.captured {
		return
	}
	p.captured = true
	at := pick(w, 0, time.Second, 10*time.Second, time.Minute, 2*time.Hour, 50*time.Hour, 7*24*time.Hour-20*time.Minute)
	w.clickAfterAuthorization(p, l, l.payments[len(l.payments)-1], at)
	for _, amount := range p.captures {
		w.scheduleTask(at+time.Duration(w.dice.IntN(1500))*time.Millisecond, w.captureTask(p, amount))
	}
}

// wantRefunds schedules the refunds of an order once its money is taken.
func (w *World) wantRefunds(l *ledger) {
	p := w.planOf(l.invoice)
	if p.refunded {
		return
	}
	p.refunded = true
	at := pick(w, time.Second, 5*time.Second, 30*time.Second, time.Minute, time.Hour, 26*time.Hour)
	w.clickAfterPayment(p, l, at)
	for _, wish := range p.refunds {
		w.scheduleTask(at+time.Duration(w.dice.IntN(1500))*time.Millisecond, w.refundTask(p, wish))
		if f := w.strike(asking, nil); f != nil {
			w.confuse(f, p, wish, at)
		}
	}
}

// brief returns the beginning of a Request-Id, for the trace.
func brief(requestID string) string { return requestID[:min(6, len(requestID))] }
