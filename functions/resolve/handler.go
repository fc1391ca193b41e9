package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// closeRequest is the body of …/close.
type closeRequest struct {
	Note string `json:"note"`
}

// resolveRequest is the body of …/resolve. It has Operation and Outcome, Conflict and Decision, or Attention.
type resolveRequest struct {
	Operation *string `json:"operation"`
	Outcome   *string `json:"outcome"`
	Conflict  *string `json:"conflict"`
	Decision  *string `json:"decision"`
	Attention *string `json:"attention"` // kind of a case
	Subject   *string `json:"subject"`   // of the case, if there are several of the kind
	Note      string  `json:"note"`
}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		invoice := r.Path["invoice_number"]
		r.Log.SetInvoice(invoice)
		o, err := act(ctx, payments, r, invoice)
		if err != nil {
			return edge.Response{}, err
		}
		r.Log.Status = string(o.Status())
		return edge.Response{Status: http.StatusOK, Body: edge.ShowPayment(r.Who.Caller(), o, payments.Now())}, nil
	}
}

func act(ctx context.Context, payments *payment.Service, r edge.Request, invoice string) (order.Order, error) {
	if strings.HasSuffix(r.Route, "/records") {
		return record(ctx, payments, r, invoice)
	}
	if strings.HasSuffix(r.Route, "/close") {
		var in closeRequest
		if err := r.Decode(&in, func() []jsonbody.Violation { return edge.CheckNote(in.Note, false) }); err != nil {
			return order.Order{}, err
		}
		return payments.Close(ctx, invoice, r.Who.Act(in.Note))
	}
	var in resolveRequest
	if err := r.Decode(&in, func() []jsonbody.Violation { return in.check() }); err != nil {
		return order.Order{}, err
	}
	who := r.Who.Act(in.Note)
	if in.Conflict != nil {
		return payments.Decide(ctx, payment.DecideRequest{
			Invoice: invoice, Conflict: *in.Conflict, Counts: *in.Decision == "counts", Act: who,
		})
	}
	if in.Attention != nil {
		return payments.Acknowledge(ctx, payment.AcknowledgeRequest{
			Invoice: invoice, Kind: order.AttentionKind(*in.Attention), Subject: text(in.Subject), Act: who,
		})
	}
	return payments.Resolve(ctx, payment.ResolveRequest{
		Invoice: invoice, Operation: *in.Operation, Done: *in.Outcome == "done", Act: who,
	})
}

// check returns the violations of a body that does not have exactly one of the three forms.
func (in resolveRequest) check() []jsonbody.Violation {
	violations := edge.CheckNote(in.Note, true)
	wrong := func(pointer, detail string) {
		violations = append(violations, jsonbody.Violation{Pointer: pointer, Detail: detail})
	}
	operation, conflict := in.Operation != nil || in.Outcome != nil, in.Conflict != nil || in.Decision != nil
	attention := in.Attention != nil || in.Subject != nil
	switch {
	case operation && conflict, attention && (operation || conflict):
		wrong("", "must have only one of operation and outcome, conflict and decision, or attention")
	case attention:
		if text(in.Attention) == "" {
			wrong("/attention", "is required: the kind of a case in attention")
		}
	case conflict:
		checkPair(wrong, in.Conflict, in.Decision, "conflict", "decision", "counts", "none")
	case operation:
		checkPair(wrong, in.Operation, in.Outcome, "operation", "outcome", "done", "refused")
	default:
		wrong("", "must have operation and outcome, conflict and decision, or attention")
	}
	return violations
}

// checkPair requires an id, and one of two words about it.
func checkPair(wrong func(pointer, detail string), id, word *string, idName, wordName, yes, no string) {
	if id == nil || *id == "" {
		wrong("/"+idName, "is required")
	}
	if word == nil || *word != yes && *word != no {
		wrong("/"+wordName, fmt.Sprintf("must be %s or %s", yes, no))
	}
}

// text returns the text that a field holds, or "" if the body does not have it.
func text(field *string) string {
	if field == nil {
		return ""
	}
	return *field
}
