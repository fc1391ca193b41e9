package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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

// request is the event. Without a part, all due orders are looked at, money first and then pages. From and to are the
// first and the last shard; without them, all shards are looked at.
type request struct {
	Part payment.Part `json:"part"`
	From int          `json:"from"`
	To   *int         `json:"to"`

	Synthetic *synthetic `json:"synthetic"` // a test of the deployment; no order that is due is looked at
}

func (r request) share() (payment.Share, error) {
	share := payment.Share{Part: r.Part, From: r.From}
	switch r.Part {
	case payment.Everything, payment.Money, payment.Pages:
	default:
		return share, errors.New("the event's part must be money or pages, or be left out")
	}
	if r.From < 0 || r.From >= payment.MostShards {
		return share, fmt.Errorf("the event's from must be a shard, from 0 to %d", payment.MostShards-1)
	}
	if r.To != nil {
		if *r.To < r.From || *r.To >= payment.MostShards {
			return share, fmt.Errorf("the event's to must be a shard, from its from to %d", payment.MostShards-1)
		}
		share.End = *r.To + 1
	}
	return share, nil
}

func handler(payments *payment.Service) func(context.Context, json.RawMessage) (report, error) {
	return func(ctx context.Context, event json.RawMessage) (report, error) {
		var in request
		if err := json.Unmarshal(event, &in); err != nil {
			return report{}, errors.New("the event is not a JSON object with a part, and with shards as numbers")
		}
		if in.Synthetic != nil {
			in.Synthetic.run(ctx, payments)
			return report{}, nil
		}
		share, err := in.share()
		if err != nil {
			return report{}, err
		}
		done, err := payments.ReconcileShare(ctx, share)
		edge.FromContext(ctx).SetReconciled(done, err == nil)
		return report(done), err
	}
}
