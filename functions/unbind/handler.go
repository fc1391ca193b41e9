package main

import (
	"context"
	"net/http"

	"kasir/shared/edge"
	"kasir/shared/payment"
)

// token is a saved card as its owner may see it.
type token struct {
	ID     string `json:"id"`
	Masked string `json:"masked,omitempty"`
	Brand  string `json:"brand,omitempty"`
	Issuer string `json:"issuer,omitempty"`
	Expiry string `json:"expiry,omitempty"`
}

type list struct {
	Tokens []token `json:"tokens"`
}

type deleted struct {
	Status string `json:"status"`
}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		customer, id := r.Path["customer_id"], r.Path["token_id"]
		if id == "" {
			return tokens(ctx, payments, r.Who.Caller(), customer)
		}
		if err := payments.Unbind(ctx, r.Who.Caller(), customer, id); err != nil {
			return edge.Response{}, err
		}
		return edge.Response{Status: http.StatusOK, Body: deleted{Status: "DELETE SUCCESS"}}, nil
	}
}

func tokens(ctx context.Context, payments *payment.Service, c payment.Caller, customer string) (edge.Response, error) {
	saved, err := payments.Tokens(ctx, c, customer)
	if err != nil {
		return edge.Response{}, err
	}
	body := list{Tokens: []token{}}
	for _, s := range saved {
		body.Tokens = append(body.Tokens, token{ID: string(s.ID), Masked: s.Card.Masked, Brand: s.Card.Brand, Issuer: s.Card.Issuer, Expiry: s.Expiry})
	}
	return edge.Response{Status: http.StatusOK, Body: body}, nil
}
