package main

import (
	"context"
	"net/http"
	"time"

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
	CreditCardPaymentPage *page        `json:"credit_card_payment_page,omitempty"` // absent once it has ended, of an order that is paid
	Status                order.Status `json:"status"`
}

type page struct {
	URL order.PageURL `json:"url"`
}

// request is DOKU's create-page body and, for callers that may not name prices, the merchant's quote.
type request struct {
	doku.CreatePageRequest
	Quote string `json:"quote" empty:"refused"`
}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		var body request
		misread, err := edge.Decode(r.Body, &body)
		if err != nil {
			return edge.Response{}, err
		}
		if err := nameByKey(r, &body.CreatePageRequest); err != nil {
			return edge.Response{}, err
		}
		asked := payment.PageRequest{CreatePageRequest: body.CreatePageRequest, Caller: r.Who.Caller(), Quote: body.Quote}
		if len(misread) > 0 {
			return edge.Response{}, &payment.Invalid{Violations: edge.Merge(misread, payments.Check(ctx, asked))}
		}
		r.Log.SetInvoice(body.Order.InvoiceNumber)
		answer, err := payments.CreatePage(ctx, asked)
		if err != nil {
			return edge.Response{}, err
		}
		return reply(r, answer, payments.Now()), nil
	}
}

// nameByKey derives the invoice number from the Idempotency-Key when the body has none. With an invoice number the
// header is not read: the invoice number is the key.
func nameByKey(r edge.Request, body *doku.CreatePageRequest) error {
	if body.Order.InvoiceNumber != "" || !r.HasIdempotencyKey() {
		return nil
	}
	key, err := r.IdempotencyKey()
	if err != nil {
		return err
	}
	body.Order.InvoiceNumber = order.InvoiceFor(r.Who.Subject, key)
	return nil
}

func reply(r edge.Request, answer payment.Answer, now time.Time) edge.Response {
	if answer.Unknown != nil {
		return r.Processing(answer)
	}
	var body created
	body.Order.InvoiceNumber, body.Order.Amount = answer.Order.Invoice, answer.Order.Amount
	if issued := answer.Order.Facts.Page; issued != nil && now.Before(issued.ExpiresAt) {
		body.CreditCardPaymentPage = &page{issued.URL}
	}
	body.Status = answer.Order.Status()
	r.Log.Status = string(body.Status)
	if answer.Replayed {
		return edge.Response{Status: http.StatusOK, Header: edge.Replayed(), Body: body}
	}
	return edge.Response{Status: http.StatusCreated, Body: body}
}
