package order

import (
	"errors"
	"regexp"
	"testing"
	"time"
)

func create(t *testing.T, o Order) Operation {
	t.Helper()
	op, ok := o.Operation(string(KindCreatePage))
	if !ok {
		t.Fatal("no create operation")
	}
	return op
}

// pageIssued, pageRefused and pageUnknown settle the create operation.
func (o Order) pageIssued(generation int, page Page) Order {
	return o.Settle(policy, string(KindCreatePage), generation, Outcome{State: Done, News: Facts{Page: &page}})
}

func (o Order) pageRefused(generation int, why Refusal, unprocessed bool) Order {
	return o.Settle(policy, string(KindCreatePage), generation,
		Outcome{State: Refused, Refusal: why, NoEffect: unprocessed, Attempt: o.Operations[0].Attempts})
}

func (o Order) pageUnknown(generation int) Order {
	return o.Settle(policy, string(KindCreatePage), generation, Outcome{State: Open, Attempt: o.Operations[0].Attempts})
}

var issued = Page{URL: "https://pay.example/1", At: t0, ExpiresAt: t0.Add(time.Hour)}

func TestTheRequestIDIsDerivedAndBelongsToOneIntent(t *testing.T) {
	first := create(t, New(intent(), t0)).RequestID
	if !regexp.MustCompile(`^[a-z0-9]{32}$`).MatchString(first) {
		t.Errorf("request id %q", first)
	}
	if again := create(t, New(intent(), t0.Add(time.Hour))).RequestID; again != first {
		t.Error("the same intent an hour later has another request id: a retry would be a second request")
	}
	for name, change := range map[string]func(*Intent){
		"environment": func(in *Intent) { in.Policy.Merchant.Environment = "production" },
		"client":      func(in *Intent) { in.Policy.Merchant.ClientID = "MCH-2" },
		"invoice":     func(in *Intent) { in.Invoice = "INV-2" },
	} {
		in := intent()
		change(&in)
		if create(t, New(in, t0)).RequestID == first {
			t.Errorf("another %s has the same request id", name)
		}
	}
}

func TestARepeatedCreate(t *testing.T) {
	open := New(intent(), t0)
	other := intent()
	other.Fingerprint = "another body"
	refused := open.pageRefused(1, Refusal{Code: "INVALID_PARAMETER"}, false)
	afterLease := t0.Add(Lease)
	for _, test := range []struct {
		name string
		o    Order
		in   Intent
		at   time.Time
		want Verdict
	}{
		{"while the first is running", open, intent(), t0.Add(Lease - time.Second), Busy},
		{"after the first crashed", open, intent(), afterLease, Call},
		{"after an unknown outcome", open.pageUnknown(1), intent(), t0, Call},
		{"after an unknown outcome, another body", open.pageUnknown(1), other, t0, Mismatch},
		{"after the page was issued", open.pageIssued(1, issued), intent(), t0, Replay},
		{"after a refusal", refused, intent(), t0, Call},
		{"after a refusal, another body", refused, other, t0, Call},
		{"an order without create operation", Order{Invoice: "INV-1"}, intent(), t0, Mismatch},
	} {
		if _, got, err := test.o.Retry(test.in, false, test.at); err != nil || got != test.want {
			t.Errorf("%s: verdict %d, want %d", test.name, got, test.want)
		}
	}
}

func TestARetryIsTheSameRequestUntilARefusal(t *testing.T) {
	o := New(intent(), t0)
	first := create(t, o)
	o, _, _ = o.pageUnknown(1).Retry(intent(), false, t0.Add(time.Minute))
	second := create(t, o)
	if second.RequestID != first.RequestID || second.Attempts != 2 || !second.FirstAt.Equal(t0) {
		t.Errorf("the retry is %+v, the first was %+v", second, first)
	}
	o = o.pageRefused(1, Refusal{Code: "INVALID_PARAMETER"}, false)
	corrected := intent()
	corrected.Amount, corrected.Fingerprint, corrected.Discounts = 50000, "corrected", nil
	o, _, _ = o.Retry(corrected, false, t0.Add(2*time.Minute))
	third := create(t, o)
	if third.RequestID == first.RequestID || third.Generation != 2 || third.Attempts != 1 || third.State != Open ||
		o.Amount != 50000 {
		t.Errorf("after a refusal: %+v of %d", third, o.Amount)
	}
}

// An attempt that was turned away unread proves nothing about an earlier one whose answer was lost.
func TestARefusalByHeadersDoesNotSettleAnEarlierAttempt(t *testing.T) {
	o := New(intent(), t0)
	if got := create(t, o.pageRefused(1, Refusal{}, true)); got.State != Open || got.InDoubt() ||
		!got.LeaseUntil.IsZero() {
		t.Errorf("the only attempt was turned away: %+v, want open, free and not in doubt", got)
	}
	o, _, _ = o.pageUnknown(1).Retry(intent(), false, t0)
	if got := create(t, o.pageRefused(1, Refusal{}, true)); got.State != Open || !got.LeaseUntil.IsZero() {
		t.Errorf("the second attempt was turned away: %+v, want open and free", got)
	}
	if got := create(t, o.pageRefused(1, Refusal{}, false)).State; got != Refused {
		t.Errorf("the second attempt was refused on its merits: %s, want refused", got)
	}
}

func TestOutcomesOfAnOlderGenerationOrAfterSuccessChangeNothing(t *testing.T) {
	o, _, _ := New(intent(), t0).pageRefused(1, Refusal{}, false).Retry(intent(), false, t0)
	for name, next := range map[string]Order{
		"issued": o.pageIssued(1, issued), "refused": o.pageRefused(1, Refusal{}, false), "unknown": o.pageUnknown(1),
	} {
		if got := create(t, next); got != create(t, o) || next.Status() != Creating {
			t.Errorf("%s in generation 1: %+v", name, got)
		}
	}
	done := o.pageIssued(2, issued)
	for name, next := range map[string]Order{"refused": done.pageRefused(2, Refusal{}, false),
		"unknown": done.pageUnknown(2)} {
		if got := create(t, next); got.State != Done || next.Status() != Pending {
			t.Errorf("%s after success: %+v", name, got)
		}
	}
}

func TestRulesDoNotChangeTheOrderTheyAreGiven(t *testing.T) {
	o := New(intent(), t0)
	before := create(t, o)
	o.pageIssued(1, issued)
	o.pageRefused(1, Refusal{Code: "x"}, false)
	o.Learn(paid(90000))
	if create(t, o) != before || o.Status() != Creating {
		t.Error("a rule changed its receiver")
	}
}

// DOKU may refuse a page because the invoice has another page, or its answer may be lost, and the other page may be
// paid. Asking again would let the customer pay twice. After a refusal it would also replace the paid amount by the
// new one.
func TestNoPageIsAskedForOnceThereIsMoney(t *testing.T) {
	refused, unknown := New(intent(), t0).pageRefused(1, Refusal{Code: "INVALID_PARAMETER"}, false),
		New(intent(), t0).pageUnknown(1)
	other := intent()
	other.Amount, other.Fingerprint = 1, "another body"
	parked := Operation{ID: "refund-1", Kind: KindRefund, Amount: 1, State: Parked}
	for name, o := range map[string]Order{
		"paid":       {Facts: paid(refused.Amount)},
		"authorised": {Facts: Facts{Authorized: &Authorization{ID: "A-1", At: t0, Amount: refused.Amount}}},
		"conflict": {Facts: Facts{Conflicts: []Conflict{NewConflict(ConflictAmount, "x", "another amount",
			Facts{})}}},
		"parked": {Operations: []Operation{parked}},
	} {
		o.Invoice, o.Amount = refused.Invoice, refused.Amount
		for _, c := range []struct {
			was Order
			in  Intent
		}{{refused, intent()}, {refused, other}, {unknown, intent()}} {
			asked := create(t, c.was)
			o := o.withOperation(asked)
			next, _, err := o.Retry(c.in, false, t0.Add(time.Hour))
			var denied *NotAllowed
			if !errors.As(err, &denied) || denied.Detail == "" || next.Amount != o.Amount || create(t, next) != asked {
				t.Errorf("%s, page %s: %v, %+v", name, asked.State, err, create(t, next))
			}
		}
	}
}
