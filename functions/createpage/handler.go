package main

import (
	"context"
	"net/http"
	"time"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// created is the answer. It has the part of DOKU's answer that a frontend needs, and the status.
type response struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"`
	} `json:"order"`
	CreditCardPaymentPage *page        `json:"credit_card_payment_page,omitempty"` // absent after it has expired
	Status                order.Status `json:"status"`
}

type page struct {
	URL order.PageURL `json:"url"`
}

// request is DOKU's create-page body with the merchant's metadata, and with the merchant's quote for callers that may
// not name prices.
type request struct {
	doku.CreatePageRequest
	Metadata order.Metadata `json:"metadata" empty:"refused"`
	Quote    string         `json:"quote" empty:"refused"`
}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		asked, err := read(r)
		if err != nil {
			return edge.Response{}, err
		}
		if len(asked.Misread) == 0 {
			r.Log.SetInvoice(asked.Order.InvoiceNumber)
		}
		answer, err := payments.CreatePage(ctx, asked)
		if err != nil {
			return edge.Response{}, err
		}
		return r.Respond(answer, http.StatusCreated, show(answer.Order, payments.Now())), nil
	}
}

// read returns the request. It passes the fields that could not be read to the use case, which reports all violations
// at once.
func read(r edge.Request) (payment.PageRequest, error) {
	var in request
	misread, err := jsonbody.Decode(r.Body, &in)
	if err != nil {
		return payment.PageRequest{}, err
	}
	if err := nameByKey(r, &in.CreatePageRequest); err != nil {
		return payment.PageRequest{}, err
	}
	return payment.PageRequest{
		CreatePageRequest: in.CreatePageRequest, Metadata: in.Metadata, Caller: r.Who.Caller(), Quote: in.Quote,
		Misread: misread,
	}, nil
}

// nameByKey derives the invoice number from the Idempotency-Key if the body has none. If the body has an invoice
// number, that is the key, and the header is not read.
func nameByKey(r edge.Request, in *doku.CreatePageRequest) error {
	if in.Order.InvoiceNumber != "" || !r.HasIdempotencyKey() {
		return nil
	}
	key, err := r.IdempotencyKey()
	if err != nil {
		return err
	}
	in.Order.InvoiceNumber = order.InvoiceFor(r.Who.Subject, key)
	return nil
}

func show(o order.Order, now time.Time) response {
	var body response
	body.Order.InvoiceNumber, body.Order.Amount = o.Invoice, o.Amount
	if issued := o.Facts.Page; issued != nil && now.Before(issued.ExpiresAt) {
		body.CreditCardPaymentPage = &page{issued.URL}
	}
	body.Status = o.Status()
	return body
}
