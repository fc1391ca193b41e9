package order

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// step is a change of an order in one write. It returns the order unchanged if it is not allowed.
type step struct {
	name string
	do   func(t *rapid.T, o Order, now time.Time) Order
}

// drawReport draws a report of DOKU: no page, and no act or timer of kasir.
func drawReport(t *rapid.T) Facts {
	f := drawFact(t)
	f.Page, f.Closed, f.Decisions, f.Expired, f.Released = nil, nil, nil, time.Time{}, time.Time{}
	return f
}

func settled(t *rapid.T, o Order, id string, now time.Time) Order {
	op, ok := o.Operation(id)
	if !ok || op.State != Open {
		return o
	}
	out := Outcome{Attempt: op.Attempts, At: now, Signed: rapid.Bool().Draw(t, "signed"), Type: PartialRefund}
	out.State = rapid.SampledFrom([]State{Done, Refused, Open}).Draw(t, "outcome")
	out.NoEffect = out.State == Open && rapid.Bool().Draw(t, "not sent")
	switch {
	case out.State == Refused:
		out.Refusal = Refusal{Code: "05"}
	case op.Kind == KindCreatePage:
		out.News.Page = &Page{URL: "https://pay.example/", At: now, ExpiresAt: now.Add(time.Hour),
			Generation: op.Generation}
	case op.Kind == KindCapture:
		out.News.Captured = &Capture{At: now, LearnedAt: now, Amount: op.Amount}
	case op.Amount == o.Captured():
		out.Type = rapid.SampledFrom([]RefundType{Void, FullRefund, ManualFullRefund}).Draw(t, "type")
	default:
		out.Type = rapid.SampledFrom([]RefundType{PartialRefund, ManualPartialRefund}).Draw(t, "type")
	}
	return o.Settle(policy, id, op.Generation, out)
}

var steps = []step{
	{"page", func(_ *rapid.T, o Order, now time.Time) Order {
		if next, verdict, err := o.Retry(intent(), true, now); err == nil && verdict == Call {
			return next
		}
		return o
	}},
	{"report", func(t *rapid.T, o Order, _ time.Time) Order { next, _ := o.Learn(drawReport(t)); return next }},
	{"answer", func(t *rapid.T, o Order, now time.Time) Order { return o.ApplyStatus(drawReport(t), now) }},
	{"unpaid", func(_ *rapid.T, o Order, now time.Time) Order { return o.ApplyStatus(Facts{}, now) }},
	{"unanswered", func(_ *rapid.T, o Order, now time.Time) Order { return o.RecordNoStatus(now) }},
	{"capture", func(_ *rapid.T, o Order, now time.Time) Order {
		next, _, _ := o.Capture(policy, 0, now)
		return next
	}},
	{"refund", func(t *rapid.T, o Order, now time.Time) Order {
		id := RefundID(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"))
		amount := rapid.SampledFrom([]int64{20000, 50000, 70000, 90000}).Draw(t, "refund")
		next, _, _ := o.Refund(policy, id, amount, -1, now)
		return next
	}},
	{"outcome", func(t *rapid.T, o Order, now time.Time) Order {
		if len(o.Operations) == 0 {
			return o
		}
		return settled(t, o, rapid.SampledFrom(o.Operations).Draw(t, "operation").ID, now)
	}},
	{"park", func(t *rapid.T, o Order, now time.Time) Order {
		next, _ := o.Park(policy, rapid.SampledFrom(o.Operations).Draw(t, "operation").ID, now)
		return next
	}},
	{"resolve", func(t *rapid.T, o Order, now time.Time) Order {
		id := rapid.SampledFrom(o.Operations).Draw(t, "operation").ID
		next, _ := o.Resolve(id, rapid.Bool().Draw(t, "done"), Act{At: now, By: "Sari"})
		return next
	}},
	{"decide", func(t *rapid.T, o Order, now time.Time) Order {
		if all := o.Conflicts(); len(all) > 0 {
			o, _ = o.Decide(rapid.SampledFrom(all).Draw(t, "conflict").ID, rapid.Bool().Draw(t, "counts"),
				Act{At: now, By: "Sari"})
		}
		return o
	}},
	{"close", func(_ *rapid.T, o Order, now time.Time) Order {
		next, _, _ := o.Close(Act{At: now, By: "Sari"})
		return next
	}},
}

// The status of an order changes only as the table allows, after any steps in any order. Captured money stays, and the
// refundable amount is never negative. A write with news never counts as quiet.
func TestEveryChangeOfStatusIsInTheTable(t *testing.T) {
	seen := map[[2]Status]bool{}
	rapid.Check(t, func(t *rapid.T) {
		now := t0
		o := New(intent(), now)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 10, 65, 60 * 24, 60 * 24 * 7}).Draw(t,
				"minutes")) * time.Minute)
			s := rapid.SampledFrom(steps).Draw(t, "step")
			before := o
			o = s.do(t, o, now)
			from, to := before.Status(), o.Status()
			seen[[2]Status{from, to}] = true
			if !MayFollow(from, to) {
				t.Fatalf("%s: %s became %s\nfrom %s\nto   %s", s.name, from, to, show(before), show(o))
			}
			if was, is := before.Captured(), o.Captured(); was > 0 && (is == 0 || is > was) || o.Refundable() < 0 {
				t.Fatalf("%s: captured %d, then %d, of which %d can be refunded", s.name, before.Captured(),
					o.Captured(), o.Refundable())
			}
			if news := Changes(before, o); len(news) > 0 && o.Quiet() {
				t.Fatalf("%s: %v is not published, because the order counts as quiet: %s", s.name, news, show(o))
			}
		}
	})
	var never [][2]Status
	for from, all := range next {
		for _, to := range all {
			if !seen[[2]Status{from, to}] {
				never = append(never, [2]Status{from, to})
			}
		}
	}
	t.Logf("%d changes were seen; never: %v", len(seen), never)
}

// Every status is in the table, and each except the first follows another.
func TestTheTableHasEveryStatus(t *testing.T) {
	all := []Status{
		Creating, Pending, Failed, Authorized, Capturing, AuthorizationExpired, Expired, NeedsReview, Paid,
		PartiallyRefunded, Refunded, Voided,
	}
	if len(next) != len(all) {
		t.Errorf("the table has %d statuses, want %d", len(next), len(all))
	}
	for _, s := range all {
		follows := slices.ContainsFunc(all, func(from Status) bool { return from != s && MayFollow(from, s) })
		if _, there := next[s]; !there || !follows {
			t.Errorf("%s: in the table %t, follows another %t", s, there, follows)
		}
	}
	if MayFollow(Paid, Failed) || MayFollow(Paid, Expired) || MayFollow(AuthorizationExpired, Authorized) {
		t.Error("a failure or a timer takes money back")
	}
}
