package main

import (
	"context"
	"encoding/json"
	"errors"

	"kasir/shared/edge"
	"kasir/shared/payment"
)

// report is the answer, for a person who invokes the function by hand. The log also has it.
type report struct {
	Looked   int `json:"looked"`   // orders that were due
	Settled  int `json:"settled"`  // operations whose outcome was learned
	Parked   int `json:"parked"`   // operations that a person must decide about
	Paid     int `json:"paid"`     // payments that kasir learned of only by check status
	Expiring int `json:"expiring"` // authorisations about to expire
	Failed   int `json:"failed"`   // orders that could not be looked at in this run
	Left     int `json:"left"`     // shards that are left for the next run

	Unanswered int `json:"unanswered"` // questions to check status that had no answer

	Held int `json:"held,omitempty"` // captures and refunds that wait for the end of a recovery

	Attention *int `json:"attention,omitempty"` // orders with open cases; absent if they were not counted
}

// request is the event. Without a part, all due orders are looked at, money first and then pages.
type request struct {
	Part payment.Part `json:"part"`

	Synthetic *synthetic `json:"synthetic"` // a test of the deployment; no order that is due is looked at
}

func handler(payments *payment.Service) func(context.Context, json.RawMessage) (report, error) {
	return func(ctx context.Context, event json.RawMessage) (report, error) {
		var in request
		if err := json.Unmarshal(event, &in); err != nil {
			return report{}, errors.New("the event is not a JSON object")
		}
		if in.Synthetic != nil {
			in.Synthetic.run(ctx, payments)
			return report{}, nil
		}
		switch in.Part {
		case payment.Everything, payment.Money, payment.Pages:
		default:
			return report{}, errors.New("the event's part must be money or pages, or be left out")
		}
		done, err := payments.ReconcilePart(ctx, in.Part)
		edge.FromContext(ctx).SetReconciled(done, err == nil)
		return report(done), err
	}
}
