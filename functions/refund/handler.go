package main

import (
	"context"
	"net/http"
	"time"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/payment"
)

type request struct {
	Refund struct {
		Amount int64 `json:"amount"`
	} `json:"refund"`
	// ExpectedRefundable refuses the refund when another amount is refundable: somebody else refunded meanwhile. It is
	// compared when the refund is first asked for, and not when a request is repeated.
	ExpectedRefundable *int64 `json:"expected_refundable"`
}

// refunded is the answer: this refund, and the payment as it is now.
type refunded struct {
	Refund edge.RefundView `json:"refund"`
	edge.Payment
}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		invoice := r.Path["invoice_number"]
		r.Log.SetInvoice(invoice)
		key, err := r.IdempotencyKey()
		if err != nil {
			return edge.Response{}, err
		}
		asked, err := read(r.Body)
		if err != nil {
			return edge.Response{}, err
		}
		asked.Invoice, asked.Key, asked.By = invoice, key, r.Who.Caller().Subject
		answer, err := payments.Refund(ctx, asked)
		if err != nil {
			return edge.Response{}, err
		}
		return reply(r, answer, payments.Now()), nil
	}
}

// read returns the amount and what the caller expects to be refundable.
func read(body []byte) (payment.RefundRequest, error) {
	var in request
	violations, err := edge.Decode(body, &in)
	if err != nil {
		return payment.RefundRequest{}, err
	}
	asked := payment.RefundRequest{Amount: in.Refund.Amount, Expected: -1}
	if in.ExpectedRefundable != nil {
		asked.Expected = *in.ExpectedRefundable
		if asked.Expected < 0 {
			violations = append(violations, doku.Violation{Pointer: "/expected_refundable", Detail: "must not be below 0"})
		}
	}
	if len(violations) > 0 {
		return payment.RefundRequest{}, &payment.Invalid{Violations: violations}
	}
	return asked, nil
}

func reply(r edge.Request, answer payment.Answer, now time.Time) edge.Response {
	if answer.Unknown != nil {
		return r.Processing(answer)
	}
	r.Log.Status = string(answer.Order.Status())
	body := refunded{Refund: edge.ShowRefund(r.Who.Caller(), answer.Operation), Payment: edge.ShowPayment(r.Who.Caller(), answer.Order, now)}
	if answer.Replayed {
		return edge.Response{Status: http.StatusOK, Header: edge.Replayed(), Body: body}
	}
	return edge.Response{Status: http.StatusCreated, Body: body}
}
