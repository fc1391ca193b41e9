package main

import (
	"fmt"
	"io"
	"time"

	"kasir/shared/order"
)

// reason is why an order needs a person, and how to settle it.
type reason struct {
	Kind    order.AttentionKind `json:"reason"`
	Since   *time.Time          `json:"since,omitempty"`
	Subject string              `json:"subject,omitempty"`
	Detail  string              `json:"detail"`
	Do      string              `json:"what_to_do,omitempty"`
	Where   string              `json:"where,omitempty"`
	Refund  string              `json:"refund,omitempty"` // a request that gives all the money back
	ToDo    string              `json:"todo,omitempty"`   // the command that settles it
}

// newer is the kind of an order that this kasir may not understand. It is no case of the order.
const newer order.AttentionKind = "newer"

// explain returns the reasons why an order needs a person, each with the way to settle it. Each command ends with
// stage, such as " --stage production".
func explain(o order.Order, stage string) []reason {
	all := []reason{}
	if o.Newer() {
		all = append(all, reason{Kind: newer, Detail: fmt.Sprintf(
			"stored in format %s, and this kasir knows %d; this view may be incomplete", formatName(o.Format),
			order.LastFormat), ToDo: "this kasir does not change the order: use the kasir of the deployed version"})
	}
	for _, c := range o.Cases() {
		all = append(all, reason{Kind: c.Kind, Since: &c.Since, Subject: c.Subject, Detail: c.Detail, Do: c.Do,
			Where: c.Where(), Refund: refundOf(o, c), ToDo: settle(o, c, stage)})
	}
	return all
}

// settle returns the command that settles a case.
func settle(o order.Order, c order.Case, stage string) string {
	ending := stage + " --by <you> --note <what you saw>"
	switch {
	case c.Kind == order.ReasonConflict && decidable(o, c, false):
		decisions := "--none"
		if decidable(o, c, true) {
			decisions = "--counts|--none"
		}
		return fmt.Sprintf("kasir resolve %s --conflict %s %s%s", o.Invoice, c.Subject, decisions, ending)
	case c.Row().Acknowledged, c.Kind == order.ReasonConflict:
		subject := ""
		if c.Subject != "" {
			subject = fmt.Sprintf(" --subject %q", c.Subject)
		}
		return fmt.Sprintf("kasir resolve %s --attention %s%s%s", o.Invoice, c.Kind, subject, ending)
	}
	return fmt.Sprintf("kasir resolve %s %s --done|--refused%s", o.Invoice, c.Subject, ending)
}

// decidable reports whether a person can make a decision about a conflict.
func decidable(o order.Order, c order.Case, counts bool) bool {
	_, err := o.Decide(c.Subject, counts, order.Act{})
	return err == nil
}

// refundOf returns the request that gives back the money of a case about money that came when none was expected, or "".
func refundOf(o order.Order, c order.Case) string {
	refundable := o.Refundable()
	if refundable == 0 || c.Kind != order.ReasonClosedPaid && c.Kind != order.ReasonLate {
		return ""
	}
	return fmt.Sprintf(`with an Idempotency-Key: POST /payments/%s/refunds `+
		`{"refund":{"amount":%d},"expected_refundable":%d}`, o.Invoice, refundable, refundable)
}

// writeReasons writes an order's reasons below the order.
func writeReasons(out io.Writer, s *screen, all []reason) {
	for _, r := range all {
		since := ""
		if r.Since != nil {
			since = " since " + formatTime(*r.Since)
		}
		fmt.Fprintf(out, "  %s%s: %s\n", s.paint(yellow, string(r.Kind)), since, r.Detail)
		for _, line := range []struct{ name, text string }{
			{"do", r.Do}, {"where", r.Where}, {"refund", r.Refund}, {"then", r.ToDo},
		} {
			if line.text != "" {
				fmt.Fprintf(out, "          %-7s %s\n", line.name, line.text)
			}
		}
	}
}
