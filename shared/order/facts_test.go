package order

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var t0 = time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)

var policy = Policy{Merchant: Merchant{Environment: "sandbox", ClientID: "MCH-1"}, TrustWindow: time.Hour}

func intent() Intent {
	return Intent{Policy: policy, Lifetime: time.Hour, Invoice: "INV-1", Amount: 90000, Discounts: []int64{20000},
		Fingerprint: "fp"}
}

func paid(amount int64) Facts {
	return Facts{Paid: &Payment{At: t0, Amount: amount, ApprovalCode: "1", Card: Card{Masked: "4"}}}
}

func failed(minute int) Facts {
	return Facts{Failures: []Failure{{At: t0.Add(time.Duration(minute) * time.Minute), Code: "51", Message: "no"}}}
}

func authorized(amount int64) Facts {
	return Facts{Authorized: &Authorization{ID: "17", At: t0, Amount: amount}}
}

func page() Facts {
	return Facts{Page: &Page{URL: "https://pay.example/1", At: t0, ExpiresAt: t0.Add(time.Hour)}}
}

// Every status is combined with every fact.
func TestStatusByFact(t *testing.T) {
	states := map[Status][]Facts{
		Creating: nil, Pending: {page()}, Failed: {page(), failed(1)},
		Authorized: {page(), authorized(90000)}, Paid: {page(), paid(90000)},
	}
	news := map[string]Facts{
		"page": page(), "failure": failed(2), "authorisation": authorized(90000), "payment": paid(90000),
		"payment less the promo": paid(70000), "payment of another amount": paid(1),
		"authorisation of another amount": authorized(90001),
	}
	want := map[Status]map[string]Status{
		Creating: {"page": Pending, "failure": Failed, "authorisation": Authorized, "payment": Paid,
			"payment less the promo": Paid, "payment of another amount": NeedsReview,
			"authorisation of another amount": NeedsReview},
		Pending: {"page": Pending, "failure": Failed, "authorisation": Authorized, "payment": Paid,
			"payment less the promo": Paid, "payment of another amount": NeedsReview,
			"authorisation of another amount": NeedsReview},
		Failed: {"page": Failed, "failure": Failed, "authorisation": Authorized, "payment": Paid,
			"payment less the promo": Paid, "payment of another amount": NeedsReview,
			"authorisation of another amount": NeedsReview},
		Authorized: {"page": Authorized, "failure": Authorized, "authorisation": Authorized, "payment": Paid,
			"payment less the promo": Paid, "payment of another amount": Authorized,
			"authorisation of another amount": Authorized},
		Paid: {"page": Paid, "failure": Paid, "authorisation": Paid, "payment": Paid,
			"payment less the promo": Paid, "payment of another amount": Paid, "authorisation of another amount": Paid},
	}
	for status, facts := range states {
		for name, fact := range news {
			o := New(intent(), t0)
			for _, f := range facts {
				o, _ = o.Learn(f)
			}
			if o.Status() != status {
				t.Fatalf("built %s, wanted %s", o.Status(), status)
			}
			next, _ := o.Learn(fact)
			if next.Status() != want[status][name] {
				t.Errorf("%s and a %s: %s, want %s", status, name, next.Status(), want[status][name])
			}
		}
	}
}

func TestAnAmountThatWasNotAskedIsAConflictAndNeverMoney(t *testing.T) {
	for _, fact := range []Facts{paid(1), paid(-1), paid(89999), paid(110000), authorized(90001), authorized(0)} {
		o, unchanged := New(intent(), t0).Learn(fact)
		if unchanged || len(o.Facts.Conflicts) != 1 || o.Facts.Paid != nil || o.Facts.Authorized != nil {
			t.Errorf("%+v: %+v", fact, o.Facts)
		}
	}
	for _, amount := range []int64{90000, 70000} {
		if o, _ := New(intent(), t0).Learn(paid(amount)); o.Facts.Paid == nil || len(o.Facts.Conflicts) != 0 {
			t.Errorf("paid %d: %+v", amount, o.Facts)
		}
	}
}

func TestTwoDifferentPaymentsAreAConflict(t *testing.T) {
	second := paid(90000)
	second.Paid.ApprovalCode = "2"
	o, _ := New(intent(), t0).Learn(paid(90000))
	o, _ = o.Learn(second)
	if o.Status() != Paid || len(o.OpenConflicts()) != 1 {
		t.Errorf("%s %+v", o.Status(), o.OpenConflicts())
	}
}

func TestARepeatedFactIsNoNews(t *testing.T) {
	for _, fact := range []Facts{page(), paid(90000), failed(1), authorized(90000), paid(1), {}} {
		o, _ := New(intent(), t0).Learn(fact)
		if next, unchanged := o.Learn(fact); !unchanged || !reflect.DeepEqual(next, o) {
			t.Errorf("%+v a second time changed %+v to %+v", fact, o.Facts, next.Facts)
		}
	}
}

// drawFact draws one report. It draws from few values, so that equal and contradicting reports are frequent.
func drawFact(t *rapid.T) Facts {
	at := func() time.Time { return t0.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minute")) * time.Minute) }
	text := func(name string) string { return rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, name) }
	learned := func() time.Time { return rapid.SampledFrom([]time.Time{{}, at(), at()}).Draw(t, "learned") }
	amount := func() int64 { return rapid.SampledFrom([]int64{90000, 90000, 70000, 5, -1}).Draw(t, "amount") }
	masked := rapid.SampledFrom([]string{"", "557338******1101", "557338******1102", "411111******1101",
		"************1101", "1101", "55733812****1101"}).Draw(t, "masked")
	card := Card{Masked: masked, Brand: text("brand")}
	paid := Payment{
		At: at(), LearnedAt: learned(), Amount: amount(), ApprovalCode: text("approval"), Acquirer: text("acquirer"),
		Card: card, PageID: text("page"),
	}
	act := Act{At: at(), By: text("by"), Note: text("note")}
	switch rapid.IntRange(0, 16).Draw(t, "kind") {
	case 0:
		begin := at()
		return Facts{Page: &Page{URL: PageURL(text("url")), At: begin, ExpiresAt: begin.Add(time.Hour),
			Generation: rapid.IntRange(0, 3).Draw(t, "generation")}}
	case 1:
		return Facts{Failures: []Failure{{At: at(), LearnedAt: learned(), Code: text("code"),
			Message: text("message")}}}
	case 2:
		return Facts{Authorized: &Authorization{ID: text("id"), At: at(), LearnedAt: learned(), Amount: amount(),
			Card: card, PageID: text("page")}}
	case 3:
		return Facts{Captured: &Capture{At: at(), LearnedAt: learned(), Amount: amount()}}
	case 4:
		return Facts{Conflicts: []Conflict{NewConflict(ConflictWord, text("word"), text("detail"), Facts{Paid: &paid})}}
	case 5: // a decision about a conflict that was reported or follows from reports
		kinds := []ConflictKind{ConflictWord, ConflictSecondPayment, ConflictAmount}
		kind := rapid.SampledFrom(kinds).Draw(t, "decided")
		decided := Facts{Decisions: []Decision{{ID: NewConflict(kind, text("word"), "", Facts{}).ID,
			Counts: rapid.Bool().Draw(t, "counts"), Act: act}}}
		if decided.Decisions[0].Counts {
			decided.Paid = &paid
		}
		return decided
	case 6: // two of them can have more remarks than are kept
		many, kind := Facts{}, AttentionKind(text("remark"))
		for i := range rapid.IntRange(1, maxRemarks).Draw(t, "remarks") {
			many = Join(many, Facts{Remarks: []Remark{{Kind: kind, Detail: fmt.Sprint(i), At: at()}}})
		}
		return many
	case 7:
		return Facts{Closed: &act}
	case 8:
		return Facts{Expired: at()}
	case 9:
		return Facts{Released: at()}
	case 10: // more conflicts than are kept
		var many Facts
		for i := range rapid.IntRange(1, maxConflicts).Draw(t, "conflicts") {
			detail := fmt.Sprint(i * rapid.IntRange(1, 3).Draw(t, "step"))
			many = many.withConflict(NewConflict(ConflictWord, detail, detail, Facts{}))
		}
		return many
	case 11:
		return Facts{Movements: rapid.SliceOfN(rapid.Custom(drawMovement), 1, 3).Draw(t, "movements")}
	case 12:
		return Facts{Withdrawn: []Withdrawal{{ID: rapid.Custom(drawMovement).Draw(t, "withdrawn").ID(), Act: act}}}
	case 13:
		return Facts{Settled: []Settled{{Batch: text("batch"), Row: rapid.IntRange(1, 3).Draw(t, "row"),
			Amount: amount(), Fee: 5, LearnedAt: at()}}}
	case 14:
		return Facts{Forgotten: &act}
	case 15:
		return Facts{Restored: &Restored{To: at(), Sequence: rapid.Int64Range(0, 3).Draw(t, "sequence"),
			Captured: rapid.Int64Range(0, 3).Draw(t, "taken"), Back: rapid.Int64Range(0, 3).Draw(t, "back"),
			Lost: drawLost(t)}}
	default:
		return Facts{Paid: &paid}
	}
}

// drawMovement draws one report that money moved.
func drawMovement(t *rapid.T) Movement {
	at := t0.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "minute")) * time.Minute)
	kinds := []MovementKind{MovedRefund, MovedVoid, MovedChargeback, MovedReversal, MovedTotal, MovedRest}
	return Movement{
		Kind:   rapid.SampledFrom(kinds).Draw(t, "moved"),
		Source: rapid.SampledFrom([]Source{FromNotification, FromStatus, FromSettlement, FromRecord}).Draw(t, "source"),
		Ref:    rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "ref"),
		Refund: rapid.SampledFrom([]string{"", "", "bo-1"}).Draw(t, "refund"),
		Amount: rapid.SampledFrom([]int64{90000, 40000, 5}).Draw(t, "moved amount"), At: at, LearnedAt: at,
	}
}

// tell adds a report or a decision to an order. The amount of a decision counts as it is.
func (o Order) tell(fact Facts) Order {
	if len(fact.Decisions) > 0 {
		o.Facts = Join(o.Facts, fact)
		return o
	}
	o, _ = o.Learn(fact)
	return o
}

// Reports in any order, and repeated any number of times, give the same order.
func TestAnyOrderAndRepetitionEndsInTheSameOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reports := rapid.SliceOfN(rapid.Custom(drawFact), 1, 25).Draw(t, "reports")
		once := New(intent(), t0)
		for _, fact := range reports {
			once = once.tell(fact)
		}
		arrivals := rapid.Permutation(append(reports,
			rapid.SliceOfN(rapid.SampledFrom(reports), 0, 10).Draw(t, "repeated")...)).Draw(t, "arrivals")
		other := New(intent(), t0)
		for _, fact := range arrivals {
			other = other.tell(fact)
		}
		if !equal(once.Facts, other.Facts) || once.Status() != other.Status() ||
			!reflect.DeepEqual(once.OpenConflicts(), other.OpenConflicts()) {
			t.Fatalf("in order:  %s\nas arrived: %s", show(once), show(other))
		}
	})
}

func TestJoinIsCommutativeAssociativeIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Facts {
			var f Facts
			for _, part := range rapid.SliceOfN(rapid.Custom(drawFact), 0, 6).Draw(t, name) {
				f = Join(f, part)
			}
			return f
		}
		a, b, c := draw("a"), draw("b"), draw("c")
		if !equal(Join(a, b), Join(b, a)) {
			t.Fatal("not commutative")
		}
		if !equal(Join(a, Join(b, c)), Join(Join(a, b), c)) {
			t.Fatal("not associative")
		}
		if !equal(Join(a, a), a) {
			t.Fatal("not idempotent")
		}
	})
}

func show(o Order) string {
	f := o.Facts
	return fmt.Sprintf("%s page=%+v authorized=%+v captured=%+v paid=%+v failures=%v conflicts=%+v "+
		"overflow=%v decisions=%+v remarks=%+v closed=%+v",
		o.Status(), f.Page, f.Authorized, f.Captured, f.Paid, f.Failures, f.Conflicts, f.Overflow, f.Decisions,
		f.Remarks, f.Closed)
}

// drawLost draws sorted texts. Those of two draws can be more than are kept.
func drawLost(t *rapid.T) []string {
	var all []string
	for i := range rapid.IntRange(0, maxLost).Draw(t, "lost") {
		all = append(all, fmt.Sprintf("%02d", i*rapid.IntRange(1, 3).Draw(t, "lost step")+i))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
