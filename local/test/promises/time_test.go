package promises

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// reconcile runs reconcile once, and never two at a time.
func (h *fixture) reconcile(t *testing.T) {
	t.Helper()
	h.running.Lock()
	defer h.running.Unlock()
	if _, err := h.Reconcile(t.Context()); err != nil {
		t.Error(err)
	}
}

// age makes an order older: it moves every time in it back by d. If an attempt is under way, in a run of reconcile for
// another test, it waits for its end.
func (h *fixture) age(t *testing.T, invoice string, d time.Duration) {
	t.Helper()
	until(t, 2*time.Second, func() bool {
		o, err := h.orders.Get(t.Context(), invoice)
		return err != nil || !underWay(o)
	})
	for {
		o, err := h.orders.Get(t.Context(), invoice)
		if err == nil {
			moveBack(reflect.ValueOf(&o), d)
			err = h.orders.Update(t.Context(), o)
		}
		if err == nil {
			return
		}
		if !errors.Is(err, payment.ErrConflict) {
			t.Fatal(err)
		}
	}
}

// underWay reports whether the last history entry of an operation is the start of an attempt.
func underWay(o order.Order) bool {
	last := map[string]string{}
	for _, event := range o.History {
		last[event.Of] = event.What
	}
	for _, op := range o.Operations {
		if last[op.ID] == "intent" || last[op.ID] == "retry" {
			return true
		}
	}
	return false
}

func moveBack(v reflect.Value, d time.Duration) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		if at := v.Interface().(time.Time); !at.IsZero() {
			v.Set(reflect.ValueOf(at.Add(-d)))
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		moveBack(v.Elem(), d)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			moveBack(v.Index(i), d)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				moveBack(v.Field(i), d)
			}
		}
	}
}

// attention reports whether an order asks a person to look at it.
func (h *fixture) attention(t *testing.T, invoice string) bool {
	t.Helper()
	shown := h.show(t, invoice)
	for _, part := range []string{"review", "conflict", "conflicts", "attention"} {
		if shown[part] != nil {
			return true
		}
	}
	o, err := h.orders.Get(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	for _, happening := range order.Changes(order.Order{}, o) {
		reason := happening.Reason
		if happening.Kind == order.ChangeAttention && reason != order.ReasonLate &&
			reason != order.ReasonAuthorizationExpiring {
			return true
		}
	}
	return false
}

// until polls a condition for as long as a test may wait.
func until(t *testing.T, limit time.Duration, condition func() bool) bool {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return condition()
}
