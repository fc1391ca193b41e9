package simulation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kasir/shared/doku"
	"kasir/shared/payment"
)

const patience = 20 * time.Second // how long the use cases wait for DOKU

// DOKU is the adversary behind its client: it does what it is asked, once per Request-Id as long as it remembers it, and
// again after that; a second Request-Id for a capture captures again. What it did is the truth that orders are compared
// with.
type DOKU struct {
	w         *World
	ledgers   map[string]*ledger // by invoice
	remembers map[string]memory  // by Request-Id
	forgetful bool               // whether a repeat may be answered HTTP 409 without the first answer; a refusal always is
	racy      bool               // whether a repeat that comes while the first is being worked on is executed too
	settles   time.Duration      // after which a void is no longer possible
}

var _ payment.DOKU = (*DOKU)(nil)

// memory is what DOKU knows of a Request-Id.
type memory struct {
	at      time.Time
	until   time.Time // it is being worked on
	answer  any
	refused *doku.Error
}

func newDOKU(w *World) *DOKU {
	return &DOKU{
		w: w, ledgers: map[string]*ledger{}, remembers: map[string]memory{}, forgetful: w.dice.IntN(2) == 0, racy: w.dice.IntN(2) == 0,
		settles: pick(w, 10*time.Minute, 24*time.Hour),
	}
}

var (
	errNoAnswer   = fmt.Errorf("simulated: no answer: %w", doku.ErrUnknown)
	errTurned     = doku.Error{HTTPStatus: 401, Code: "invalid_signature", Message: "simulated", Unprocessed: true}
	errServer     = fmt.Errorf("simulated: HTTP 500: %w", doku.ErrUnknown)
	errTimedOut   = fmt.Errorf("simulated: time-out: %w", doku.ErrUnknown)
	errUnreadable = fmt.Errorf("simulated: HTTP 409 without the original answer: %w", doku.ErrUnknown)
)

func refusalOf(requestID, code string) *doku.Error {
	return &doku.Error{HTTPStatus: 400, Code: code, Message: "simulated", RequestID: requestID}
}

// ask carries a request that has an effect to DOKU and its answer back, as the schedule wants it.
func ask[T any](d *DOKU, call, requestID, invoice string, execute func(refuse bool) (T, *doku.Error)) (T, error) {
	w := d.w
	var none T
	what := call + " " + invoice + " " + requestID[:6]
	to := dokuAsk
	if call == "createpage" {
		to = dokuPage
	}
	f := w.fateOf(to)
	w.sent(call, invoice, requestID)
	travel := w.dokuTime()
	limit := min(patience, w.current.deadline.Sub(w.now)-3*time.Second)
	if travel > limit { // it arrives when nobody waits for it any more
		if f != failBefore {
			d.late(travel, call, what, requestID, func() (any, *doku.Error) { return execute(false) })
		}
		w.wait(limit)
		w.say("doku.", what, "timed out")
		return none, errTimedOut
	}
	w.wait(travel)
	switch f {
	case killBefore:
		w.kill("before doku." + what)
	case failBefore:
		w.say("doku.", what, fateNames[f])
		return none, errNoAnswer
	case failLate:
		d.late(time.Duration(w.dice.IntN(40_000))*time.Millisecond, call, what, requestID, func() (any, *doku.Error) { return execute(false) })
		w.say("doku.", what, fateNames[f])
		return none, errNoAnswer
	case unprocessed:
		w.say("doku.", what, fateNames[f])
		turned := errTurned
		turned.RequestID = requestID
		return none, &turned
	}
	answer, refused, repeated := d.arrive(call, what, requestID, func() (any, *doku.Error) { return execute(f == refuse) }, fateNames[f])
	switch f {
	case killAfter:
		w.kill("after doku." + what)
	case failAfter:
		return none, errServer
	}
	back := min(w.dokuTime(), max(limit-travel, 0))
	if d.racy && !repeated {
		d.worksOn(requestID, w.now.Add(back))
	}
	w.wait(back)
	if repeated && d.forgetful && (refused != nil || w.chance(500)) {
		w.say("doku.", what, "answered 409 without the first answer")
		return none, errUnreadable
	}
	if refused != nil {
		again := *refused
		return none, &again
	}
	return answer.(T), nil
}

// late lets a request arrive when nobody waits for it any more.
func (d *DOKU) late(in time.Duration, call, what, requestID string, execute func() (any, *doku.Error)) {
	works := time.Duration(d.w.dice.IntN(10_000)) * time.Millisecond
	d.w.queue.put(d.w.now.Add(in), func() {
		_, _, repeated := d.arrive(call, what, requestID, execute, "late")
		if d.racy && !repeated {
			d.worksOn(requestID, d.w.now.Add(works))
		}
	})
}

// arrive is the moment at which DOKU looks at a request: a Request-Id it remembers gets its first answer.
func (d *DOKU) arrive(call, what, requestID string, execute func() (any, *doku.Error), remark string) (answer any, refused *doku.Error, repeated bool) {
	w := d.w
	known, ok := d.remembers[requestID]
	if ok && w.now.Sub(known.at) < w.schedule.Memory && !w.now.Before(known.until) {
		w.say("doku.", what, "repeated", remark)
		return known.answer, known.refused, true
	}
	switch {
	case ok && w.now.Before(known.until):
		remark += " (beside the first, which is not finished)"
	case ok:
		remark += " (forgotten)"
	}
	answer, refused = execute()
	d.remembers[requestID] = memory{at: w.now, answer: answer, refused: refused}
	if refused != nil {
		w.say("doku.", what, "refused", refused.Code, remark)
	} else {
		w.say("doku.", what, "done", remark)
	}
	return answer, refused, false
}

// worksOn says that a request is not finished before a moment: its Request-Id is remembered only then. The lease keeps a second
// attempt away for so long.
func (d *DOKU) worksOn(requestID string, until time.Time) {
	known := d.remembers[requestID]
	known.until = until
	d.remembers[requestID] = known
}

// ListTokens is not simulated.
func (d *DOKU) ListTokens(context.Context, string, string) ([]doku.Token, error) {
	return nil, errors.ErrUnsupported
}

// DeleteToken is not simulated.
func (d *DOKU) DeleteToken(context.Context, string, string, string) error {
	return errors.ErrUnsupported
}
