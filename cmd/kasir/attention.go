package main

import (
	"fmt"
	"io"

	"kasir/shared/order"
)

// attention writes the reasons why an order needs a person. Each command in them ends with stage, such as
// " --stage production".
type attention struct {
	out   io.Writer
	o     order.Order
	stage string
	count int
}

// wantsAttention reports whether a person must look at an order.
func wantsAttention(o order.Order) bool { return explain(io.Discard, o, "") > 0 }

// explain writes why an order needs a person, and what to do. It returns the number of reasons.
func explain(out io.Writer, o order.Order, stage string) int {
	a := &attention{out: out, o: o, stage: stage}
	if o.Newer() {
		a.say("newer: stored in format %s, and this kasir knows %d; this view may be incomplete",
			formatName(o.Format), order.LastFormat)
		a.more("this kasir does not change the order: use the kasir of the deployed version")
	}
	for _, op := range o.Review() {
		a.say("review: whether DOKU did %s of %d is not known; look for Request-Id %s in DOKU's Back Office, then",
			op.ID, op.Amount, op.RequestID)
		a.more("kasir resolve %s %s --done|--refused%s", o.Invoice, op.ID, a.ending())
	}
	for _, c := range o.OpenConflicts() {
		a.conflict(c)
	}
	for _, op := range o.Refunds() {
		if op.State == order.Done && op.Type.Manual() {
			a.say("manual: DOKU's people carry out %s of %d; when they have, or say that they will not,", op.ID, op.Amount)
			a.more("kasir resolve %s %s --done|--refused%s", o.Invoice, op.ID, a.ending())
		}
	}
	a.money()
	for _, r := range o.Facts.Remarks {
		a.say("%s: %s; compare with DOKU's Back Office", r.Kind, r.Detail)
	}
	if o.Watch.AutoFailed {
		a.say("auto_capture_failed: DOKU refused every automatic capture; " +
			"the authorisation lapses unless it is captured by hand")
	}
	if o.Watch.Unconfirmed {
		a.say("unconfirmed: DOKU did not say for a day whether the page was paid; run kasir doctor")
	}
	return a.count
}

func (a *attention) say(format string, args ...any) {
	a.count++
	fmt.Fprintf(a.out, "  "+format+"\n", args...)
}

// more writes a further line of the same reason.
func (a *attention) more(format string, args ...any) {
	fmt.Fprintf(a.out, "          "+format+"\n", args...)
}

// ending returns the flags that end each kasir resolve command: the stage, the person and the note.
func (a *attention) ending() string { return a.stage + " --by <you> --note <what you saw>" }

// conflict writes a conflict and the decisions that are possible.
func (a *attention) conflict(c order.Conflict) {
	decisions := "--none"
	if _, err := a.o.Decide(c.ID, true, order.Act{}); err == nil {
		decisions = "--counts|--none"
	}
	if _, err := a.o.Decide(c.ID, false, order.Act{}); err != nil {
		a.say("conflict: %s; %v", c.Detail, err)
		return
	}
	a.say("conflict: %s; look into DOKU's Back Office, then", c.Detail)
	a.more("kasir resolve %s --conflict %s %s%s", a.o.Invoice, c.ID, decisions, a.ending())
}

// money writes that a payment came late or after the order was closed. It writes nothing once the money is refunded or
// released.
func (a *attention) money() {
	f, refundable := a.o.Facts, a.o.Refundable()
	held := f.Authorized != nil && a.o.Captured() == 0 && f.Released.IsZero()
	if !held && refundable == 0 {
		return
	}
	switch {
	case f.Closed != nil:
		a.say("closed_paid: the money came although the order had been closed")
	case a.o.Late():
		a.say("late: the money came after the page had ended")
	default:
		return
	}
	if held {
		a.more("deliver and capture it, or let the authorisation lapse")
		return
	}
	a.more(`deliver, or refund it with an Idempotency-Key: `+
		`POST /payments/%s/refunds {"refund":{"amount":%d},"expected_refundable":%d}`, a.o.Invoice, refundable, refundable)
}
