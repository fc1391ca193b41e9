package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/payment"
)

// request is the body. {} captures the whole authorised amount. A payment without an amount is refused, since the
// amount may have been lost on the way.
type request struct {
	Payment struct {
		CaptureAmount *int64 `json:"capture_amount"`
	} `json:"payment" empty:"refused"`
}

// handler captures. It does not read the header Idempotency-Key, since an order is captured once and the invoice number
// is the key.
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

// read returns the amount to capture, or 0 for the whole amount.
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
