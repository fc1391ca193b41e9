package event

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"kasir/shared/payment"
)

// SettlementReconciled is the type of the event about a settlement report that was applied.
const SettlementReconciled = "settlement.reconciled"

// batchDetail is the content of the event. It has no sequence, since a batch has one event.
type batchDetail struct {
	ID         string      `json:"id"`
	At         string      `json:"at"`
	Settlement batchReport `json:"settlement"`
}

type batchReport struct {
	ID          string                         `json:"id"`
	Batch       string                         `json:"batch_id"`
	Rows        int                            `json:"rows"`
	PaidOut     string                         `json:"paid_out"`
	Sums        map[string]batchSum            `json:"sums"`
	Differences map[payment.DifferenceKind]int `json:"differences"`
}

type batchSum struct {
	Count    int   `json:"count"`
	Amount   int64 `json:"amount"`
	Fee      int64 `json:"fee"`
	Discount int64 `json:"discount"`
	Net      int64 `json:"net"`
}

// jakarta is the zone of the report's dates.
var jakarta = time.FixedZone("WIB", 7*60*60)

// FromBatch returns the event of a batch that has become done.
func FromBatch(before, after payment.Batch) ([]Event, error) {
	if after.State != payment.BatchDone || before.State == payment.BatchDone {
		return nil, nil
	}
	sum := sha256.Sum256([]byte(SettlementReconciled + "|" + after.ID))
	d := batchDetail{
		ID: "evt-" + hex.EncodeToString(sum[:12]), At: after.EndedAt.UTC().Format(time.RFC3339Nano),
		Settlement: batchReport{ID: after.ID, Batch: after.Name, Rows: after.Rows,
			PaidOut: after.PaidOut.In(jakarta).Format(time.DateOnly), Sums: map[string]batchSum{},
			Differences: map[payment.DifferenceKind]int{}},
	}
	for _, s := range after.Sums {
		d.Settlement.Sums[s.Kind] = batchSum{s.Count, s.Amount, s.Fee, s.Discount, s.Net}
	}
	for _, c := range after.Counts {
		d.Settlement.Differences[c.Kind] = c.Count
	}
	content, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	return []Event{{Type: SettlementReconciled, At: after.EndedAt, Detail: content}}, nil
}
