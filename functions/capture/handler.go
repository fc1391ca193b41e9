package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// request is the body. Without a payment it captures the whole authorised amount. A payment without an amount is
// refused, since the amount may have been lost on the way.
type request struct {
	Payment struct {
		CaptureAmount *int64 `json:"capture_amount"`
	} `json:"payment" empty:"refused"`
	Note string `json:"note"` // the reason, for people
}

// handler captures. It does not read the header Idempotency-Key, since an order is captured once and the invoice number
// is the key.
func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		invoice := r.Path["invoice_number"]
		r.Log.SetInvoice(invoice)
		amount, act, err := read(r)
		if err != nil {
			return edge.Response{}, err
		}
		answer, err := payments.Capture(ctx, invoice, amount, act)
		if err != nil {
			return edge.Response{}, err
		}
		return r.Respond(answer, http.StatusOK, edge.ShowPayment(r.Who.Caller(), answer.Order, payments.Now())), nil
	}
}

// read returns the amount to capture, or 0 for the whole amount, and who asks and why.
func read(r edge.Request) (int64, order.Act, error) {
	var in request
	if err := r.Decode(&in, in.check); err != nil {
		return 0, order.Act{}, err
	}
	if in.Payment.CaptureAmount == nil {
		return 0, r.Who.Act(in.Note), nil
	}
	return *in.Payment.CaptureAmount, r.Who.Act(in.Note), nil
}

// check returns the violations of the note and the amount.
func (in *request) check() []jsonbody.Violation {
	violations := edge.CheckNote(in.Note, false)
	if amount := in.Payment.CaptureAmount; amount != nil && *amount <= 0 {
		violations = append(violations, jsonbody.Violation{Pointer: "/payment/capture_amount",
			Detail: "is not above 0; leave it out to capture everything"})
	}
	return violations
}
