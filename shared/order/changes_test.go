package order_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kasir/shared/order"
)

func whats(all []order.Change) []order.ChangeKind {
	var names []order.ChangeKind
	for _, h := range all {
		names = append(names, h.Kind)
	}
	return names
}

var noon = time.Date(2026, 8, 27, 12, 0, 0, 0, time.UTC)

func TestWhatAChangeMeansToOthers(t *testing.T) {
	page := order.Facts{Page: &order.Page{URL: "u", At: noon, ExpiresAt: noon.Add(time.Hour)}}
	pending := order.Order{Invoice: "INV-1", Amount: 90000, CreatedAt: noon, PageEnd: noon.Add(time.Hour), Facts: page}
	learn := func(o order.Order, f order.Facts) order.Order { next, _ := o.Learn(f); return next }
	declined := learn(pending, order.Facts{Failures: []order.Failure{{At: noon, Code: "51",
		Message: "INSUFFICIENT FUNDS"}}})
	paid := learn(declined, order.Facts{Paid: &order.Payment{At: noon, Amount: 90000}})
	held := learn(pending, order.Facts{Authorized: &order.Authorization{ID: "a", At: noon, Amount: 90000}})
	captured := learn(held, order.Facts{Captured: &order.Capture{At: noon, Amount: 60000}})
	expired := learn(pending, order.Facts{Expired: noon.Add(time.Hour)})
	lapsed := learn(held, order.Facts{Released: held.AuthorizationEnd()})
	warned := held
	warned.Watch.Warned = true
	refund := func(o order.Order, state order.State) order.Order {
		o.Operations = []order.Operation{{ID: "refund-1", Kind: order.KindRefund, Amount: 60000, State: state,
			Type: order.FullRefund, DoneAt: noon}}
		return o
	}
	for name, c := range map[string]struct {
		before, after order.Order
		want          []order.ChangeKind
	}{
		"a new order":                    {order.Order{}, pending, nil},
		"nothing":                        {paid, paid, nil},
		"declined":                       {pending, declined, []order.ChangeKind{order.ChangeFailed}},
		"paid":                           {declined, paid, []order.ChangeKind{order.ChangePaid}},
		"declined and paid in one write": {pending, paid, []order.ChangeKind{order.ChangePaid}},
		"a decline that came after money": {learn(pending,
			order.Facts{Paid: &order.Payment{At: noon, Amount: 90000}}), paid, nil},
		"authorised": {pending, held, []order.ChangeKind{order.ChangeAuthorized}},
		"captured":   {held, captured, []order.ChangeKind{order.ChangeCaptured}},
		"both in one write": {pending, captured,
			[]order.ChangeKind{order.ChangeAuthorized, order.ChangeCaptured}},
		"paid beside a capture": {captured,
			learn(captured, order.Facts{Paid: &order.Payment{At: noon, Amount: 90000}}),
			[]order.ChangeKind{order.ChangeAttention}},
		"the page ended": {pending, expired, []order.ChangeKind{order.ChangeExpired}},
		"money came late": {expired,
			learn(expired, order.Facts{Paid: &order.Payment{At: noon, Amount: 90000}}),
			[]order.ChangeKind{order.ChangePaid, order.ChangeAttention}},
		"the authorisation lapsed": {held, lapsed, []order.ChangeKind{order.ChangeExpired}},
		"it is about to":           {held, warned, []order.ChangeKind{order.ChangeAttention}},
		"a refund is asked for":    {captured, refund(captured, order.Open), nil},
		"a refund is done": {refund(captured, order.Open), refund(captured, order.Done),
			[]order.ChangeKind{order.ChangeRefunded}},
		"a refund is parked": {refund(captured, order.Open), refund(captured, order.Parked),
			[]order.ChangeKind{order.ChangeAttention}},
		"another amount": {pending,
			learn(pending, order.Facts{Paid: &order.Payment{At: noon, Amount: 1}}),
			[]order.ChangeKind{order.ChangeAttention}},
	} {
		if got := whats(order.Changes(c.before, c.after)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Each change is announced once, for facts in any order and spread over any number of writes.
func TestNothingIsToldTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := order.Order{Invoice: "INV-1", Amount: 90000, CreatedAt: noon, PageEnd: noon.Add(time.Hour)}
		before, told, money := order.Order{}, map[string]bool{}, 0
		at := func() time.Time {
			return noon.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "minutes")) * time.Minute)
		}
		for range rapid.IntRange(1, 12).Draw(t, "writes") {
			var f order.Facts
			switch rapid.IntRange(0, 5).Draw(t, "fact") {
			case 0:
				f.Failures = []order.Failure{{At: at(), Code: "51"}}
			case 1:
				f.Paid = &order.Payment{At: at(), Amount: 90000}
			case 2:
				f.Authorized = &order.Authorization{At: at(), Amount: 90000}
			case 3:
				f.Captured = &order.Capture{At: at(), Amount: 60000}
			case 4:
				f.Expired = noon.Add(time.Hour)
			case 5:
				f.Paid = &order.Payment{At: at(), Amount: 1}
			}
			o, _ = o.Learn(f)
			if rapid.Bool().Draw(t, "unwritten") {
				continue
			}
			for _, h := range order.Changes(before, o) {
				key := string(h.Kind) + " " + h.Key
				if told[key] {
					t.Fatalf("%s is told twice", key)
				}
				told[key] = true
				if h.Kind == order.ChangePaid || h.Kind == order.ChangeCaptured {
					money++
				}
			}
			before = o
		}
		if (before.Captured() > 0) != (money == 1) || money > 1 {
			t.Fatalf("money %d was told %d times", before.Captured(), money)
		}
	})
}
