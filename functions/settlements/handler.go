package main

import (
	"context"
	"net/http"
	"strconv"

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

// show shows a batch. The cursor is the number of the differences that were shown.
func show(ctx context.Context, payments *payment.Service, r edge.Request) (edge.Response, error) {
	parameters, err := r.Parameters()
	if err != nil {
		return edge.Response{}, err
	}
	limit, cursor, err := payment.ReadPaging(parameters, usualDifferences, mostDifferences)
	if err != nil {
		return edge.Response{}, err
	}
	result, err := settlement.Read(ctx, payments.Batches, r.Path["batch"])
	if err != nil {
		return edge.Response{}, err
	}
	first, all := 0, result.Differences
	if cursor != "" {
		if first, err = strconv.Atoi(cursor); err != nil || first < 0 || first > len(all) {
			return edge.Response{}, payment.ErrCursor
		}
	}
	v := detail{Result: result}
	v.Differences = all[first:min(first+limit, len(all))]
	if next := first + len(v.Differences); next < len(all) {
		v.Cursor = strconv.Itoa(next)
	}
	return edge.Response{Status: http.StatusOK, Body: v}, nil
}
