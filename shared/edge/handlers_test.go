package edge_test

import (
	"context"
	"time"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// handlers are copies of the handlers in functions/, which are commands and cannot be imported.
var handlers = map[string]func(*payment.Service) edge.Handler{
	"createpage": func(p *payment.Service) edge.Handler {
		return func(ctx context.Context, r edge.Request) (edge.Response, error) {
			var body struct {
				doku.CreatePageRequest
				Quote string `json:"quote" empty:"refused"`
			}
			misread, err := jsonbody.Decode(r.Body, &body)
			if err != nil {
				return edge.Response{}, err
			}
			asked := payment.PageRequest{CreatePageRequest: body.CreatePageRequest, Caller: r.Who.Caller(),
				Quote: body.Quote, Misread: misread}
			r.Log.SetInvoice(body.Order.InvoiceNumber)
			return paid(r, 201)(p.CreatePage(ctx, asked))
		}
	},
	"getpayment": func(p *payment.Service) edge.Handler {
		return func(ctx context.Context, r edge.Request) (edge.Response, error) {
			if r.Route == "GET /payments" {
				parameters, err := r.Parameters()
				if err != nil {
					return edge.Response{}, err
				}
				page, err := p.List(ctx, r.Who.Caller(), parameters)
				r.Log.Unreadable = len(page.Unreadable)
				return edge.Response{Status: 200, Body: edge.ShowList(r.Who.Caller(), page, time.Time{})}, err
			}
			r.Log.SetInvoice(r.Path["invoice_number"])
			o, err := p.Read(ctx, r.Who.Caller(), r.Path["invoice_number"])
			if err != nil {
				return edge.Response{}, err
			}
			r.Log.Status = string(o.Status())
			return edge.Response{Status: 200, Body: edge.ShowPayment(r.Who.Caller(), o, time.Time{})}, nil
		}
	},
	"refresh": func(p *payment.Service) edge.Handler {
		return func(ctx context.Context, r edge.Request) (edge.Response, error) {
			r.Log.SetInvoice(r.Path["invoice_number"])
			if len(r.Body) > 0 {
				if err := r.Decode(&struct{}{}, nil); err != nil {
					return edge.Response{}, err
				}
			}
			o, wait, err := p.Refresh(ctx, r.Who.Caller(), r.Path["invoice_number"])
			if wait > 0 {
				err = &edge.TooSoon{RetryAfter: wait}
			}
			if err != nil {
				return edge.Response{}, err
			}
			return edge.Response{Status: 200, Body: edge.ShowPayment(r.Who.Caller(), o, time.Time{})}, nil
		}
	},
	"capture": func(p *payment.Service) edge.Handler {
		return func(ctx context.Context, r edge.Request) (edge.Response, error) {
			var in struct {
				Payment struct {
					CaptureAmount int64 `json:"capture_amount"`
				} `json:"payment" empty:"refused"`
			}
			r.Log.SetInvoice(r.Path["invoice_number"])
			if err := r.Decode(&in, nil); err != nil {
				return edge.Response{}, err
			}
			return paid(r, 200)(p.Capture(ctx, r.Path["invoice_number"], in.Payment.CaptureAmount,
				r.Who.Act("")))
		}
	},
	"refund": func(p *payment.Service) edge.Handler {
		return func(ctx context.Context, r edge.Request) (edge.Response, error) {
			var in struct {
				Refund struct {
					Amount int64 `json:"amount"`
				} `json:"refund"`
				ExpectedRefundable *int64 `json:"expected_refundable"`
			}
			r.Log.SetInvoice(r.Path["invoice_number"])
			key, err := r.IdempotencyKey()
			if err == nil {
				err = r.Decode(&in, nil)
			}
			if err != nil {
				return edge.Response{}, err
			}
			expected := int64(-1)
			if in.ExpectedRefundable != nil {
				expected = max(0, *in.ExpectedRefundable)
			}
			return paid(r, 201)(p.Refund(ctx,
				payment.RefundRequest{Invoice: r.Path["invoice_number"], Key: key, Amount: in.Refund.Amount,
					Expected: expected}))
		}
	},
	"resolve": func(p *payment.Service) edge.Handler {
		return func(ctx context.Context, r edge.Request) (edge.Response, error) {
			var in struct {
				Conflict  string `json:"conflict"`
				Decision  string `json:"decision"`
				Kind      string `json:"kind"`
				Amount    int64  `json:"amount"`
				Reference string `json:"reference"`
				Note      string `json:"note"`
			}
			r.Log.SetInvoice(r.Path["invoice_number"])
			if err := r.Decode(&in, nil); err != nil {
				return edge.Response{}, err
			}
			decide := func() (order.Order, error) {
				if r.Route == "POST /payments/{invoice_number}/records" {
					key, err := r.IdempotencyKey()
					if err != nil {
						return order.Order{}, err
					}
					o, _, err := p.Record(ctx, payment.RecordRequest{Invoice: r.Path["invoice_number"],
						Record: order.Record{Key: key, Kind: order.MovementKind(in.Kind), Amount: in.Amount,
							Reference: in.Reference, Act: r.Who.Act(in.Note)}})
					return o, err
				}
				if r.Route == "POST /payments/{invoice_number}/close" {
					return p.Close(ctx, r.Path["invoice_number"], r.Who.Act(in.Note))
				}
				d := payment.DecideRequest{Invoice: r.Path["invoice_number"], Conflict: in.Conflict,
					Act: r.Who.Act(in.Note)}
				return p.Decide(ctx, d)
			}
			o, err := decide()
			if err != nil {
				return edge.Response{}, err
			}
			return edge.Response{Status: 200, Body: edge.ShowPayment(r.Who.Caller(), o, time.Time{})}, nil
		}
	},
	"tokens": func(p *payment.Service) edge.Handler {
		return func(ctx context.Context, r edge.Request) (edge.Response, error) {
			customer, id := r.Path["customer_id"], r.Path["token_id"]
			if id != "" {
				return edge.Response{Status: 200, Body: "gone"}, p.Unbind(ctx, r.Who.Caller(), customer, id)
			}
			tokens, err := p.Tokens(ctx, r.Who.Caller(), customer)
			return edge.Response{Status: 200, Body: tokens}, err
		}
	},
	"notify": func(p *payment.Service) edge.Handler {
		return func(ctx context.Context, r edge.Request) (edge.Response, error) {
			n, err := p.Notify(ctx, r.Header, r.Body)
			r.Log.SetInvoice(n.Notification.InvoiceNumber)
			r.Log.Effect = string(n.Effect)
			return edge.Response{Status: 200, Body: "ok"}, err
		}
	},
}

func paid(r edge.Request, status int) func(payment.Answer, error) (edge.Response, error) {
	return func(a payment.Answer, err error) (edge.Response, error) {
		if err != nil {
			return edge.Response{}, err
		}
		return r.Respond(a, status, edge.ShowPayment(r.Who.Caller(), a.Order, time.Time{})), nil
	}
}
