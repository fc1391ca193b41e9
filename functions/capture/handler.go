package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/payment"
)

// request is the body. {} captures everything that is authorised; a payment that names no amount is refused, since its
// amount may have been lost on the way.
type request struct {
	Payment struct {
		CaptureAmount *int64 `json:"capture_amount"`
	} `json:"payment" empty:"refused"`
}

// handler captures. The invoice number is the key of the order's one capture: the header Idempotency-Key is not read.
func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		invoice := r.Path["invoice_number"]
		r.Log.SetInvoice(invoice)
		amount, err := read(r)
		if err != nil {
			return edge.Response{}, err
		}
		answer, err := payments.Capture(ctx, invoice, amount, r.Who.Caller().Subject)
		if err != nil {
			return edge.Response{}, err
		}
		return r.Respond(answer, http.StatusOK, edge.ShowPayment(r.Who.Caller(), answer.Order, payments.Now())), nil
	}
}

// read returns the amount, 0 for all of it.
func read(r edge.Request) (int64, error) {
	var in request
	if err := r.Decode(&in, nil); err != nil {
		return 0, err
	}
	amount := in.Payment.CaptureAmount
	if amount == nil {
		return 0, nil
	}
	if *amount <= 0 {
		return 0, &payment.Invalid{Violations: []jsonbody.Violation{{Pointer: "/payment/capture_amount",
			Detail: "is not above 0; leave it out to capture everything"}}}
	}
	return *amount, nil
}
