package main

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"unicode/utf8"

	"kasir/shared/edge"
	"kasir/shared/jsonbody"
	"kasir/shared/payment"
)

// token is the view of a saved card for its owner.
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

type deleteResponse struct {
	Status string `json:"status"`
}

func handler(payments *payment.Service) edge.Handler {
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		customer, err := pathParameter(r, "customer_id")
		if err != nil {
			return edge.Response{}, err
		}
		id, err := pathParameter(r, "token_id")
		if err != nil {
			return edge.Response{}, err
		}
		if id == "" {
			return listTokens(ctx, payments, r.Who.Caller(), customer)
		}
		if err := payments.Unbind(ctx, r.Who.Caller(), customer, id); err != nil {
			return edge.Response{}, err
		}
		return edge.Response{Status: http.StatusOK, Body: deleteResponse{Status: "DELETE SUCCESS"}}, nil
	}
}

// pathParameter returns a path parameter. As docs/api.yaml describes, a parameter is the id itself, or ~ and the id's
// base64url. API Gateway decodes a path before it looks for a route, so an id with a slash needs the second form.
func pathParameter(r edge.Request, name string) (string, error) {
	coded, ok := strings.CutPrefix(r.Path[name], "~")
	if !ok {
		return r.Path[name], nil
	}
	id, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil || !utf8.Valid(id) || strings.ContainsRune(string(id), utf8.RuneError) {
		wrong := jsonbody.Violation{
			Pointer: "/" + name, Detail: "begins with ~ and must then be base64url without padding",
		}
		return "", &payment.Invalid{Violations: []jsonbody.Violation{wrong}}
	}
	return string(id), nil
}

func listTokens(
	ctx context.Context, payments *payment.Service, c payment.Caller, customer string,
) (edge.Response, error) {
	saved, err := payments.Tokens(ctx, c, customer)
	if err != nil {
		return edge.Response{}, err
	}
	body := list{Tokens: []token{}}
	for _, s := range saved {
		body.Tokens = append(body.Tokens, token{
			ID: string(s.ID), Masked: s.Card.Masked, Brand: s.Card.Brand, Issuer: s.Card.Issuer, Expiry: s.Expiry,
		})
	}
	return edge.Response{Status: http.StatusOK, Body: body}, nil
}
