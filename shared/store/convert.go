package store

import (
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// toItem returns an order as it is stored, with its place in the index of due orders.
func toItem(o order.Order, shards int) item {
	it := item{
		Key: orderKey(o.Invoice), Version: o.Version, Format: o.Format,
		Amount: o.Amount, Discounts: o.Discounts, Readers: o.Readers, Metadata: o.Metadata,
		CreatedAt: millis(o.CreatedAt), PageEnd: millis(o.PageEnd), Facts: toFacts(o.Facts), DueAt: millis(o.DueAt),
		listItem: toList(o),
	}
	if it.News = news; o.Quiet() {
		it.News = quiet
	}
	if it.DueAt != 0 {
		it.DueShard = new(partition(o, shards))
	}
	it.Watch = toWatch(o.Watch)
	for _, c := range o.OpenConflicts() {
		it.Facts.Undecided = append(it.Facts.Undecided, c.Detail)
	}
	it.Facts.Undecided = append(it.Facts.Undecided, holdForEarlier(o)...)
	for _, e := range o.History {
		it.History = append(it.History, packEntry(e, o.Operations))
	}
	if o.Plan != (order.Plan{}) {
		plan := planItem(o.Plan)
		it.Plan = &plan
	}
	for _, op := range o.Operations {
		stored := operationItem{
			Amount: op.Amount, RequestID: op.RequestID, Generation: op.Generation,
			State: string(op.State), Fingerprint: op.Fingerprint, FirstAt: millis(op.FirstAt),
			LastAt:     millis(op.LastAt),
			LeaseUntil: millis(op.LeaseUntil),
			Attempts:   op.Attempts, DoneAt: millis(op.DoneAt), Type: string(op.Type), Code: op.Refusal.Code,
			Message: op.Refusal.Message,
			Clean:   op.Clean, HaltedAt: millis(op.HaltedAt), Looks: op.Looks,
			By: op.By, Username: op.Username, Note: op.Note, Resolved: toAct(&op.Resolved), Target: op.Target,
			Owner: op.Owner,
		}
		stored.ID, stored.Kind = packKind(op.ID, string(op.Kind))
		it.Operations = append(it.Operations, stored)
	}
	return it
}

// fromItem returns a stored order.
func fromItem(invoice string, it item) order.Order {
	o := order.Order{
		Invoice: invoice, Version: it.Version, Format: it.Format,
		Amount: it.Amount, Discounts: it.Discounts, Readers: it.Readers, Metadata: it.Metadata,
		CreatedAt: instant(it.CreatedAt), PageEnd: instant(it.PageEnd), Facts: fromFacts(it.Facts),
		DueAt: instant(it.DueAt),
	}
	if it.Watch != nil {
		o.Watch = it.Watch.watch()
	}
	o.DueMoney = it.DueShard != nil && payment.HoldsMoney(*it.DueShard)
	if it.Plan != nil {
		o.Plan = order.Plan(*it.Plan)
	}
	for _, op := range it.Operations {
		op.ID, op.Kind = unpackKind(op.ID, op.Kind)
		o.Operations = append(o.Operations, order.Operation{
			ID: op.ID, Kind: order.Kind(op.Kind), Amount: op.Amount, RequestID: op.RequestID, Generation: op.Generation,
			State: order.State(op.State), Fingerprint: op.Fingerprint, FirstAt: instant(op.FirstAt),
			LastAt: instant(op.LastAt), LeaseUntil: instant(op.LeaseUntil),
			Attempts: op.Attempts, DoneAt: instant(op.DoneAt), Type: order.RefundType(op.Type),
			Refusal: order.Refusal{Code: op.Code, Message: op.Message},
			Clean:   op.Clean, HaltedAt: instant(op.HaltedAt), Looks: op.Looks,
			By: op.By, Username: op.Username, Note: op.Note, Resolved: op.Resolved.act(), Target: op.Target,
			Owner: op.Owner,
		})
	}
	for _, text := range it.History {
		o.History = append(o.History, unpackEntry(text, o.Operations))
	}
	return withUndecided(o, it.Facts.Undecided)
}

func toWatch(w order.Watch) *watchItem {
	if w == (order.Watch{}) {
		return nil
	}
	return &watchItem{
		OverdueAt: millis(w.OverdueAt), Unsettled: w.Unsettled,
		Asks: w.Asks, NextAt: millis(w.NextAt), Closed: w.Closed, Warned: w.Warned, Unconfirmed: w.Unconfirmed,
		CheckAt: millis(w.CheckAt), AutoTries: w.AutoTries, AutoFailed: w.AutoFailed,
		AskedAt: millis(w.AskedAt), Sweeps: w.Sweeps, Recheck: w.Recheck,
	}
}

func (w watchItem) watch() order.Watch {
	return order.Watch{
		OverdueAt: instant(w.OverdueAt), Unsettled: w.Unsettled,
		Asks: w.Asks, NextAt: instant(w.NextAt), Closed: w.Closed, Warned: w.Warned, Unconfirmed: w.Unconfirmed,
		CheckAt: instant(w.CheckAt), AutoTries: w.AutoTries, AutoFailed: w.AutoFailed,
		AskedAt: instant(w.AskedAt), Sweeps: w.Sweeps, Recheck: w.Recheck,
	}
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
