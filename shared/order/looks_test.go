package order_test

import (
	"testing"
	"time"

	"kasir/shared/order"
)

// Answers that a caller asked for replace none of reconcile's three looks at an unpaid page.
func TestARefreshReplacesNoLook(t *testing.T) {
	o := pendingOrder()
	for _, c := range []struct {
		after time.Duration // since the page's end
		next  time.Duration // the look of reconcile that follows; 0 means none
	}{
		{time.Second, time.Minute}, {12 * time.Second, time.Minute}, {time.Minute, 31 * time.Minute},
		{5 * time.Minute, 31 * time.Minute}, {31 * time.Minute, 24 * time.Hour}, {time.Hour, 24 * time.Hour},
		{24 * time.Hour, 0},
	} {
		at := pageEnd.Add(c.after)
		o = o.ApplyStatus(order.Facts{}, at).Schedule(order.Policy{})
		want := pageEnd.Add(c.next)
		if c.next == 0 {
			want = time.Time{}
		}
		if !o.DueAt.Equal(want) || o.Status() != order.Expired {
			t.Errorf("%s after the end: %s and next at %s, want %s", c.after, o.Status(), o.DueAt, want)
		}
	}
}
