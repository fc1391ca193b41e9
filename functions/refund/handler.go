package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/payment"
)

type request struct {
	Refund struct {
		Amount int64 `json:"amount"`
	} `json:"refund"`
	ExpectedRefundable *int64 `json:"expected_refundable"` // refused when it is another amount: somebody else refunded meanwhile
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
		var in request
		violations, err := edge.Decode(r.Body, &in)
		if err != nil {
			return edge.Response{}, err
		}
		if len(violations) > 0 {
			return edge.Response{}, &payment.Invalid{Violations: violations}
		}
		expected := int64(-1)
		if in.ExpectedRefundable != nil {
			expected = max(0, *in.ExpectedRefundable)
		}
		answer, err := payments.Refund(ctx, payment.RefundRequest{Invoice: invoice, Key: key, Amount: in.Refund.Amount, Expected: expected})
		if err != nil {
			return edge.Response{}, err
		}
		return reply(r, answer), nil
	}
}

func reply(r edge.Request, answer payment.Answer) edge.Response {
	if answer.Unknown != nil {
		return r.Processing(answer)
	}
	r.Log.Status = string(answer.Order.Status())
	body := refunded{Refund: edge.ShowRefund(r.Who.Caller(), answer.Operation), Payment: edge.ShowPayment(r.Who.Caller(), answer.Order)}
	if answer.Replayed {
		return edge.Response{Status: http.StatusOK, Header: edge.Replayed(), Body: body}
	}
	return edge.Response{Status: http.StatusCreated, Body: body}
}
