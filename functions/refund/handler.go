package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/payment"
)

type request struct {
	Refund struct {
		Amount int64 `json:"amount"`
	} `json:"refund"`
	// ExpectedRefundable is the amount that the caller expects to be refundable. If another amount is refundable, since
	// somebody else refunded meanwhile, the refund is refused. It is compared at the first request of a refund, and not
	// at repeats.
	ExpectedRefundable *int64 `json:"expected_refundable"`
	Note               string `json:"note"` // the reason, for people
}

// refunded is the answer. It has this refund and the current payment.
type response struct {
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
		asked, err := read(r)
		if err != nil {
			return edge.Response{}, err
		}
		asked.Invoice, asked.Key, asked.Limit = invoice, key, r.Who.MaxRefund
		answer, err := payments.Refund(ctx, asked)
		if err != nil {
			return edge.Response{}, err
		}
		caller := r.Who.Caller()
		return r.Respond(answer, http.StatusCreated, response{
			Refund:  edge.ShowRefund(caller, answer.Operation),
			Payment: edge.ShowPayment(caller, answer.Order, payments.Now()),
		}), nil
	}
}

// read returns the amount, the amount that the caller expects to be refundable, and who asks and why.
func read(r edge.Request) (payment.RefundRequest, error) {
	var in request
	err := r.Decode(&in, func() []jsonbody.Violation {
		violations := edge.CheckNote(in.Note, false)
		if in.ExpectedRefundable != nil && *in.ExpectedRefundable < 0 {
			violations = append(violations,
				jsonbody.Violation{Pointer: "/expected_refundable", Detail: "must not be below 0"})
		}
		return violations
	})
	if err != nil {
		return payment.RefundRequest{}, err
	}
	asked := payment.RefundRequest{Amount: in.Refund.Amount, Expected: -1, Act: r.Who.Act(in.Note)}
	if in.ExpectedRefundable != nil {
		asked.Expected = *in.ExpectedRefundable
	}
	return asked, nil
}
