package main

import (
	"context"
	"encoding/json"
	"errors"

	"kasir/shared/edge"
	"kasir/shared/payment"
)

// report is the answer, for whoever invokes it by hand; the log has it too.
type report struct {
	Looked   int `json:"looked"`   // orders that were due
	Settled  int `json:"settled"`  // operations whose outcome was learned
	Parked   int `json:"parked"`   // operations that a person must decide about
	Paid     int `json:"paid"`     // payments that only check status told
	Expiring int `json:"expiring"` // authorisations about to lapse
	Failed   int `json:"failed"`   // orders that could not be looked at now
	Left     int `json:"left"`     // shards the next run goes on with

	Unanswered int `json:"unanswered"` // questions to check status that had no answer
}

// request is the event. Without a part, all that is due is looked at: money first, then pages.
type request struct {
	Part payment.Part `json:"part"`
}

func handler(payments *payment.Service) func(context.Context, json.RawMessage) (report, error) {
	return func(ctx context.Context, event json.RawMessage) (report, error) {
		var in request
		if err := json.Unmarshal(event, &in); err != nil {
			return report{}, errors.New("the event is not a JSON object")
		}
		switch in.Part {
		case payment.Everything, payment.Money, payment.Pages:
		default:
			return report{}, errors.New("the event's part must be money or pages, or be left out")
		}
		done, err := payments.ReconcilePart(ctx, in.Part)
		edge.FromContext(ctx).Reconciled(done, err == nil)
		return report(done), err
	}
}
