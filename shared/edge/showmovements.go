package edge

import (
	"time"

	"kasir/shared/order"
)

// MovementView is a report that money moved. A report may be about a refund that kasir asked for.
type MovementView struct {
	ID        string             `json:"id"` // names it in a record of the kind withdrawal
	Kind      order.MovementKind `json:"kind"`
	Amount    int64              `json:"amount,omitempty"` // whole rupiah
	Source    order.Source       `json:"source"`
	Counts    bool               `json:"counts,omitempty"` // it is about no refund that kasir asked for
	At        time.Time          `json:"at"`
	Reference string             `json:"reference,omitempty"`
	Recorded  *ActView           `json:"recorded,omitempty"` // by a person
	Withdrawn *ActView           `json:"withdrawn,omitempty"`
}

// SettlementView is a sale in a settlement report, in whole rupiah.
type SettlementView struct {
	Batch    string    `json:"batch"`
	Row      int       `json:"row"`
	Amount   int64     `json:"amount"`
	Fee      int64     `json:"fee"`
	Discount int64     `json:"discount,omitempty"`
	Net      int64     `json:"net"`
	PaidOut  time.Time `json:"paid_out"`
}

func showMovements(o order.Order) []MovementView {
	var all []MovementView
	for _, m := range o.Facts.Movements {
		v := MovementView{
			ID: m.ID(), Kind: m.Kind, Amount: m.Amount, Source: m.Source, Counts: o.Counts(m), At: o.FactTime(m.At, m.LearnedAt),
			Reference: m.Reference, Recorded: showAct(m.Act),
		}
		if act, withdrawn := o.Withdrawn(m.ID()); withdrawn {
			v.Withdrawn = showAct(act)
		}
		all = append(all, v)
	}
	return all
}

func showSettlement(o order.Order) []SettlementView {
	var all []SettlementView
	for _, s := range o.Facts.Settled {
		all = append(all, SettlementView{s.Batch, s.Row, s.Amount, s.Fee, s.Discount, s.Net, s.PaidOut})
	}
	return all
}
