package simulation

import (
	"reflect"
	"slices"

	"kasir/shared/order"
)

// Fields of an order that the previous version, commit c00ea7e, knows. It writes whole items and erases all other
// fields.
var (
	oldOrder = []string{
		"Invoice", "Amount", "Discounts", "Plan", "Readers", "CreatedAt", "PageEnd", "Operations", "Facts", "Watch",
		"DueAt", "History", "Version",
	}
	oldOperation = []string{
		"ID", "Kind", "Amount", "RequestID", "Generation", "State", "Fingerprint", "FirstAt", "LastAt", "LeaseUntil",
		"Attempts", "DoneAt", "Type", "Refusal",
	}
	oldFacts = []string{"Page", "Failures", "Authorized", "Captured", "Paid", "Expired", "Released", "Conflicts"}
	oldWatch = []string{"Asks", "NextAt", "Closed", "Warned"}
)

// Indexes of the fields that the previous version does not know.
var (
	newInOrder     = newer(reflect.TypeFor[order.Order](), oldOrder)
	newInOperation = newer(reflect.TypeFor[order.Operation](), oldOperation)
	newInFacts     = newer(reflect.TypeFor[order.Facts](), oldFacts)
	newInWatch     = newer(reflect.TypeFor[order.Watch](), oldWatch)
)

func newer(t reflect.Type, old []string) []int {
	var fields []int
	for i := range t.NumField() {
		if !slices.Contains(old, t.Field(i).Name) {
			fields = append(fields, i)
		}
	}
	return fields
}

// asOldVersion returns an order after the previous version has read or written it.
func asOldVersion(o order.Order) order.Order {
	moved := len(o.Elsewhere()) > 0 || o.Unaccounted() > 0
	if len(newInOperation) > 0 {
		o.Operations = slices.Clone(o.Operations)
		for i := range o.Operations {
			erase(&o.Operations[i], newInOperation)
		}
	}
	erase(&o, newInOrder)
	erase(&o.Facts, newInFacts)
	if moved { // the item has a text for it that holds the money back; it stays a conflict when it writes the order
		hold := order.NewConflict(order.ConflictEarlierVersion, movedText, movedText, order.Facts{})
		if !slices.ContainsFunc(o.Facts.Conflicts, func(c order.Conflict) bool { return c.ID == hold.ID }) {
			o.Facts.Conflicts = append(slices.Clip(o.Facts.Conflicts), hold)
		}
	}
	erase(&o.Watch, newInWatch)
	return o
}

// writtenByOld returns an order as the previous version writes it. The time of its next look does not follow from the
// movements, which it does not know.
func (w *World) writtenByOld(o order.Order) order.Order {
	moved := len(o.Facts.Movements) > 0
	o = asOldVersion(o)
	if moved {
		o.DueAt = o.Schedule(order.Policy{TrustWindow: w.schedule.Trust, ResendAfter: w.schedule.Resend,
			AutoCaptureBefore: w.schedule.AutoCapture}).DueAt
	}
	return o
}

// movedText stands for the movements that the previous version does not know; see shared/store.
const movedText = "Money moved outside kasir"

func erase(of any, fields []int) {
	if len(fields) == 0 {
		return
	}
	v := reflect.ValueOf(of).Elem()
	for _, i := range fields {
		if v.Field(i).CanSet() {
			v.Field(i).SetZero()
		}
	}
}
