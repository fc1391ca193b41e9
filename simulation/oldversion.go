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
	if len(newInOperation) > 0 {
		o.Operations = slices.Clone(o.Operations)
		for i := range o.Operations {
			erase(&o.Operations[i], newInOperation)
		}
	}
	erase(&o, newInOrder)
	erase(&o.Facts, newInFacts)
	erase(&o.Watch, newInWatch)
	return o
}

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
