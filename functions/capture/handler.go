package main

import (
	"context"
	"net/http"

	"kasir/shared/doku"
	"kasir/shared/edge"
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
		amount, err := read(r.Body)
		if err != nil {
			return edge.Response{}, err
		}
		answer, err := payments.Capture(ctx, invoice, amount, r.Who.Caller().Subject)
		if err != nil {
			return edge.Response{}, err
		}
		if answer.Unknown != nil {
			return r.Processing(answer), nil
		}
		r.Log.Status = string(answer.Order.Status())
		response := edge.Response{Status: http.StatusOK, Body: edge.ShowPayment(r.Who.Caller(), answer.Order, payments.Now())}
		if answer.Replayed {
			response.Header = edge.Replayed()
		}
		return response, nil
	}
}

// read returns the amount, 0 for all of it.
func read(body []byte) (int64, error) {
	var in request
	violations, err := edge.Decode(body, &in)
	if err != nil {
		return 0, err
	}
	if len(violations) > 0 {
		return 0, &payment.Invalid{Violations: violations}
	}
	amount := in.Payment.CaptureAmount
	if amount == nil {
		return 0, nil
	}
	if *amount <= 0 {
		return 0, &payment.Invalid{Violations: []doku.Violation{{Pointer: "/payment/capture_amount",
			Detail: "is not above 0; leave it out to capture everything"}}}
	}
	return *amount, nil
}
