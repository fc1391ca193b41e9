package main

import (
	"context"

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
}

func handler(payments *payment.Service) func(context.Context) (report, error) {
	return func(ctx context.Context) (report, error) {
		done, err := payments.Reconcile(ctx)
		edge.FromContext(ctx).Reconciled(done, err == nil)
		return report(done), err
	}
}
