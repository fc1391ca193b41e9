package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/payment"
)

// accepted is the answer to DOKU, which reads only the status code.
type accepted struct {
	Status string `json:"status"`
}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		notified, err := payments.Notify(ctx, r.Header, r.Body)
		r.Log.SetInvoice(notified.Notification.InvoiceNumber)
		if err != nil {
			return edge.Response{}, err
		}
		r.Log.Effect = string(notified.Effect)
		if notified.Effect == payment.Applied || notified.Effect == payment.Duplicate {
			r.Log.Status = string(notified.Order.Status())
		}
		return edge.Response{Status: http.StatusOK, Body: accepted{Status: "ok"}}, nil
	}
}
