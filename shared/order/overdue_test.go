package order_test

import (
	"slices"
	"testing"
	"time"

	"kasir/shared/order"
)

var jakarta = time.FixedZone("WIB", 7*60*60)

// wib returns a time in Jakarta.
func wib(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, jakarta)
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

// sold returns an order that was paid at a time.
func sold(at time.Time) order.Order {
	o := pendingOrder()
	o.CreatedAt, o.PageEnd = at.Add(-time.Minute), at.Add(time.Hour)
	o.Facts.Page = &order.Page{URL: "u", At: o.CreatedAt, ExpiresAt: o.PageEnd}
	return learned(o, paidAt(at, 90000))
}

func within(days int, holidays ...order.Day) order.Policy {
	return order.Policy{TrustWindow: time.Hour, SettleWithin: days, Holidays: holidays}
}

// A payment is overdue after the end of the last working day. Days are those of Jakarta.
func TestOverdueAfterWorkingDays(t *testing.T) {
	for name, c := range map[string]struct {
		paid   string
		policy order.Policy
		due    string
	}{
		"in the week":                    {"2026-11-30 10:00", within(3), "2026-12-04 00:00"},
		"over a weekend":                 {"2026-11-26 10:00", within(3), "2026-12-02 00:00"},
		"on a Friday night":              {"2026-11-27 23:59", within(1), "2026-12-01 00:00"},
		"on a Saturday":                  {"2026-11-28 10:00", within(1), "2026-12-01 00:00"},
		"on a Sunday in UTC":             {"2026-11-30 01:00", within(1), "2026-12-02 00:00"},
		"over Christmas":                 {"2026-12-23 10:00", within(2, "2026-12-25"), "2026-12-29 00:00"},
		"over Christmas, without a list": {"2026-12-23 10:00", within(2), "2026-12-26 00:00"},
		"with a holiday on a Saturday":   {"2026-12-23 10:00", within(2, "2026-12-26"), "2026-12-26 00:00"},
		"into the next year":             {"2026-12-31 10:00", within(3, "2027-01-01"), "2027-01-07 00:00"},
	} {
		o := sold(wib(c.paid)).Schedule(c.policy)
		if want := wib(c.due); !o.DueAt.Equal(want) || o.DueMoney {
			t.Errorf("%s: due at %v, want %v; in the partitions of money: %v", name, o.DueAt.In(jakarta), c.due,
				o.DueMoney)
		}
		due := wib(c.due)
		if o.Overdue(c.policy, due.Add(-time.Millisecond)) || !o.Overdue(c.policy, due) {
			t.Errorf("%s: overdue at another time than %s", name, c.due)
		}
	}
}

// Without the setting nothing is scheduled. With it, only a payment that DOKU must still settle is.
func TestOnlyUnsettledMoneyIsOverdue(t *testing.T) {
	paid := sold(wib("2026-11-30 10:00"))
	settled := learned(paid, order.Facts{Settled: []order.Settled{{Batch: "b", Row: 1, Amount: 90000, Net: 87000}}})
	returned := refunded(paid)
	partly := operated(paid, order.Operation{ID: "refund-9", Kind: order.KindRefund, Amount: 1000, State: order.Done})
	for name, c := range map[string]struct {
		o      order.Order
		policy order.Policy
		due    bool
	}{
		"paid": {paid, within(3), true}, "without the setting": {paid, within(0), false},
		"settled": {settled, within(3), false}, "refunded whole": {returned, within(3), false},
		"refunded in part": {partly, within(3), true}, "unpaid": {pendingOrder(), within(3), false},
		"authorised": {learned(pendingOrder(), heldAt(noon)), within(3), false},
	} {
		far := wib("2027-06-01 00:00")
		if got := c.o.Overdue(c.policy, far); got != c.due {
			t.Errorf("%s: overdue %v, want %v", name, got, c.due)
		}
		without := c.o.Schedule(within(0))
		if with := c.o.Schedule(c.policy); !c.due && !with.DueAt.Equal(without.DueAt) {
			t.Errorf("%s: due at %v, without the setting at %v", name, with.DueAt, without.DueAt)
		}
	}
}

// The look opens one case, which ends when the payment is settled, refunded or acknowledged. It is made once.
func TestTheLookOpensOneCase(t *testing.T) {
	policy, paid := within(3), sold(wib("2026-11-30 10:00"))
	reports, now := wib("2026-11-02 14:00"), wib("2026-12-04 00:01")
	if _, unchanged := paid.RecordOverdue(policy, reports, wib("2026-12-03 23:59")); !unchanged {
		t.Error("it was found overdue before its time")
	}
	late, unchanged := paid.RecordOverdue(policy, reports, now)
	if cases := late.Cases(); unchanged || len(cases) != 1 || cases[0].Kind != order.ReasonNotSettled ||
		!cases[0].Since.Equal(now) {
		t.Fatalf("the cases are %v", late.Cases())
	}
	changes := order.Changes(paid, late)
	if len(changes) != 1 || changes[0].Reason != order.ReasonNotSettled || !changes[0].At.Equal(now) {
		t.Errorf("the changes are %v", changes)
	}
	if !late.Schedule(policy).DueAt.IsZero() {
		t.Error("it is looked at again")
	}
	acknowledged, _, err := late.Acknowledge(order.ReasonNotSettled, "", sari)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]order.Order{
		"settled":      learned(late, order.Facts{Settled: []order.Settled{{Batch: "b", Row: 1, Amount: 90000}}}),
		"refunded":     refunded(late),
		"acknowledged": acknowledged,
	} {
		if slices.Contains(kinds(o), order.ReasonNotSettled) {
			t.Errorf("%s: the case is open", name)
		}
	}
}

// A payment from before the first report that was read is in none of those reports.
func TestPaymentsBeforeTheFirstReportAreNotOverdue(t *testing.T) {
	policy, paid, now := within(3), sold(wib("2026-11-30 10:00")), wib("2026-12-04 00:01")
	for name, reports := range map[string]time.Time{
		"no report was read": {}, "the first was read later": wib("2026-12-01 00:00"),
	} {
		o, unchanged := paid.RecordOverdue(policy, reports, now)
		if unchanged || len(o.Cases()) > 0 || len(order.Changes(paid, o)) > 0 || !o.Schedule(policy).DueAt.IsZero() {
			t.Errorf("%s: %v, due at %v", name, o.Cases(), o.DueAt)
		}
	}
}
