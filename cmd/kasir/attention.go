package main

import (
	"fmt"
	"io"
	"strings"

	"kasir/shared/order"
)

// reason is why an order needs a person, and how to settle it.
type reason struct {
	Kind   string `json:"reason"`
	Detail string `json:"detail"`
	ToDo   string `json:"todo,omitempty"` // a command, or a sentence
}

// attention collects the reasons why an order needs a person. Each command in them ends with stage, such as
// " --stage production".
type attention struct {
	o     order.Order
	stage string
	all   []reason
}

// explain returns the reasons why an order needs a person, each with the way to settle it.
func explain(o order.Order, stage string) []reason {
	a := &attention{o: o, stage: stage, all: []reason{}}
	if o.Newer() {
		a.add("newer", "stored in format %s, and this kasir knows %d; this view may be incomplete",
			formatName(o.Format), order.LastFormat)
		a.todo("this kasir does not change the order: use the kasir of the deployed version")
	}
	for _, op := range o.Review() {
		a.add("review", "whether DOKU did %s of %d is not known; look for Request-Id %s in DOKU's Back Office",
			op.ID, op.Amount, op.RequestID)
		a.todo("kasir resolve %s %s --done|--refused%s", o.Invoice, op.ID, a.ending())
	}
	for _, c := range o.OpenConflicts() {
		a.conflict(c)
	}
	for _, op := range o.Refunds() {
		if op.State == order.Done && op.Type.Manual() {
			a.add("manual", "DOKU's people carry out %s of %d; wait until they have, or have refused to",
				op.ID, op.Amount)
			a.todo("kasir resolve %s %s --done|--refused%s", o.Invoice, op.ID, a.ending())
		}
	}
	a.money()
	for _, r := range o.Facts.Remarks {
		a.add(string(r.Kind), "%s; compare with DOKU's Back Office", r.Detail)
	}
	if o.Watch.AutoFailed {
		a.add("auto_capture_failed", "DOKU refused every automatic capture; "+
			"the authorisation lapses unless it is captured by hand")
	}
	if o.Watch.Unconfirmed {
		a.add("unconfirmed", "DOKU did not say for a day whether the page was paid; run kasir doctor")
	}
	return a.all
}

func (a *attention) add(kind, format string, args ...any) {
	a.all = append(a.all, reason{Kind: kind, Detail: fmt.Sprintf(format, args...)})
}

// todo sets the command or sentence that settles the reason added last.
func (a *attention) todo(format string, args ...any) {
	a.all[len(a.all)-1].ToDo = fmt.Sprintf(format, args...)
}

// ending returns the flags that end each kasir resolve command: the stage, the person and the note.
func (a *attention) ending() string { return a.stage + " --by <you> --note <what you saw>" }

// conflict adds a conflict and the decisions that are possible.
func (a *attention) conflict(c order.Conflict) {
	decisions := "--none"
	if _, err := a.o.Decide(c.ID, true, order.Act{}); err == nil {
		decisions = "--counts|--none"
	}
	if _, err := a.o.Decide(c.ID, false, order.Act{}); err != nil {
		a.add("conflict", "%s; %v", c.Detail, err)
		return
	}
	a.add("conflict", "%s; look into DOKU's Back Office", c.Detail)
	a.todo("kasir resolve %s --conflict %s %s%s", a.o.Invoice, c.ID, decisions, a.ending())
}

// money adds that a payment came late or after the order was closed. It adds nothing once the money is refunded or
// released.
func (a *attention) money() {
	f, refundable := a.o.Facts, a.o.Refundable()
	held := f.Authorized != nil && a.o.Captured() == 0 && f.Released.IsZero()
	if !held && refundable == 0 {
		return
	}
	switch {
	case f.Closed != nil:
		a.add("closed_paid", "the money came although the order had been closed")
	case a.o.Late():
		a.add("late", "the money came after the page had ended")
	default:
		return
	}
	if held {
		a.todo("deliver and capture it, or let the authorisation lapse")
		return
	}
	a.todo(`deliver, or refund it with an Idempotency-Key: POST /payments/%s/refunds `+
		`{"refund":{"amount":%d},"expected_refundable":%d}`, a.o.Invoice, refundable, refundable)
}

// writeReasons writes an order's reasons below the order.
func writeReasons(out io.Writer, s *screen, all []reason) {
	for _, r := range all {
		then := ""
		if strings.HasPrefix(r.ToDo, "kasir ") {
			then = ", then"
		}
		fmt.Fprintf(out, "  %s: %s%s\n", s.paint(yellow, r.Kind), r.Detail, then)
		if r.ToDo != "" {
			fmt.Fprintf(out, "          %s\n", r.ToDo)
		}
	}
}
