package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/payment"
)

// request is the body. It has no fields, and the body may be left out.
type request struct{}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		invoice, caller := r.Path["invoice_number"], r.Who.Caller()
		r.Log.SetInvoice(invoice)
		if len(r.Body) > 0 {
			if err := r.Decode(&request{}, nil); err != nil {
				return edge.Response{}, err
			}
		}
		o, wait, err := payments.Refresh(ctx, caller, invoice)
		switch {
		case err != nil:
			return edge.Response{}, err
		case wait > 0:
			return edge.Response{}, &edge.TooSoon{RetryAfter: wait}
		}
		r.Log.Status = string(o.Status())
		return edge.Response{Status: http.StatusOK, Body: edge.ShowPayment(caller, o, payments.Now())}, nil
	}
}
