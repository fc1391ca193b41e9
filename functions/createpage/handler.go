package main

import (
	"context"
	"net/http"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// created is the answer: the part of DOKU's that a frontend needs, and the status.
type created struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"`
	} `json:"order"`
	CreditCardPaymentPage struct {
		URL order.PageURL `json:"url"`
	} `json:"credit_card_payment_page"`
	Status order.Status `json:"status"`
}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		var body doku.CreatePageRequest
		misread, err := edge.Decode(r.Body, &body)
		if err != nil {
			return edge.Response{}, err
		}
		if err := nameByKey(r, &body); err != nil {
			return edge.Response{}, err
		}
		if len(misread) > 0 {
			return edge.Response{}, &payment.Invalid{Violations: edge.Merge(misread, payments.Check(body))}
		}
		r.Log.SetInvoice(body.Order.InvoiceNumber)
		page, err := payments.CreatePage(ctx, body)
		if err != nil {
			return edge.Response{}, err
		}
		return reply(r, page), nil
	}
}

// nameByKey derives the invoice number from the Idempotency-Key when the body has none. The invoice number is the request's
// key otherwise; a header that is sent must still be one.
func nameByKey(r edge.Request, body *doku.CreatePageRequest) error {
	if !r.HasIdempotencyKey() {
		return nil
	}
	key, err := r.IdempotencyKey()
	if err == nil && body.Order.InvoiceNumber == "" {
		body.Order.InvoiceNumber = order.InvoiceFor(key)
	}
	return err
}

func reply(r edge.Request, page payment.Answer) edge.Response {
	if page.Unknown != nil {
		return r.Processing(page)
	}
	var body created
	body.Order.InvoiceNumber, body.Order.Amount = page.Order.Invoice, page.Order.Amount
	body.CreditCardPaymentPage.URL = page.Order.Facts.Page.URL
	body.Status = page.Order.Status()
	r.Log.Status = string(body.Status)
	if page.Replayed {
		return edge.Response{Status: http.StatusOK, Header: edge.Replayed(), Body: body}
	}
	return edge.Response{Status: http.StatusCreated, Body: body}
}
