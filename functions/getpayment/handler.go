package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/payment"
)

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		if r.Route == "GET /payments" {
			return list(ctx, payments, r)
		}
		invoice := r.Path["invoice_number"]
		r.Log.SetInvoice(invoice)
		o, err := payments.Read(ctx, r.Who.Caller(), invoice)
		if err != nil {
			return edge.Response{}, err
		}
		r.Log.Status = string(o.Status())
		return edge.Response{Status: http.StatusOK, Body: edge.ShowPayment(r.Who.Caller(), o, payments.Now())}, nil
	}
}

func list(ctx context.Context, payments *payment.Service, r edge.Request) (edge.Response, error) {
	parameters, err := r.Parameters()
	if err != nil {
		return edge.Response{}, err
	}
	page, err := payments.List(ctx, r.Who.Caller(), parameters)
	if err != nil {
		return edge.Response{}, err
	}
	r.Log.Unreadable = len(page.Unreadable)
	return edge.Response{Status: http.StatusOK, Body: edge.ShowList(r.Who.Caller(), page, payments.Now())}, nil
}
