package main

import (
	"context"
	"net/http"

	"kasir/shared/app"
	"kasir/shared/app/bucket"
	"kasir/shared/edge"
	"kasir/shared/payment"
	"kasir/shared/settlement"
)

// Numbers of differences in one answer.
const (
	usualDifferences = 200
	mostDifferences  = 1000
)

// list is a part of the list of batches.
type list struct {
	Settlements []settlement.BatchView `json:"settlements"`      // the newest first, without their differences
	Cursor      string                 `json:"cursor,omitempty"` // of the next part; absent at the end
}

// detail is a batch with a part of its differences.
type detail struct {
	settlement.Result
	Cursor string `json:"cursor,omitempty"` // of the next part of the differences; absent at the end
}

func handler(payments *payment.Service, s app.Settings) edge.Handler {
	reports := bucket.New(s)
	return func(ctx context.Context, r edge.Request) (edge.Response, error) {
		switch r.Route {
		case "POST /settlements":
			return upload(ctx, payments, reports, r)
		case "GET /settlements":
			return showAll(ctx, payments, r)
		}
		return show(ctx, payments, r)
	}
}

func showAll(ctx context.Context, payments *payment.Service, r edge.Request) (edge.Response, error) {
	parameters, err := r.Parameters()
	if err != nil {
		return edge.Response{}, err
	}
	page, err := payments.ListBatches(ctx, parameters)
	if err != nil {
		return edge.Response{}, err
	}
	v := list{Settlements: []settlement.BatchView{}, Cursor: page.Cursor}
	for _, b := range page.Batches {
		v.Settlements = append(v.Settlements, settlement.View(b))
	}
	return edge.Response{Status: http.StatusOK, Body: v}, nil
}

// show shows a batch with a part of its differences.
func show(ctx context.Context, payments *payment.Service, r edge.Request) (edge.Response, error) {
	parameters, err := r.Parameters()
	if err != nil {
		return edge.Response{}, err
	}
	limit, cursor, err := payment.ReadPaging(parameters, usualDifferences, mostDifferences)
	if err != nil {
		return edge.Response{}, err
	}
	result, next, err := settlement.ReadPage(ctx, payments.Batches, r.Path["batch"], cursor, limit)
	if err != nil {
		return edge.Response{}, err
	}
	return edge.Response{Status: http.StatusOK, Body: detail{result, next}}, nil
}
