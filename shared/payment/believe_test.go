package payment_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
)

// report is a notification that DOKU posts. Empty fields are left out.
type report struct {
	amount                            string
	kind, status, date, page, channel string
	card                              string // the content of card_payment, as JSON
}

// sale returns the report of a payment with the card of these tests.
func sale() report {
	return report{
		amount: "90000", kind: "SALE", status: "SUCCESS", date: "2026-08-27T10:00:00Z", channel: "CREDIT_CARD",
		card: `"masked_card_number":"557338******1101","response_code":"00","approval_code":"448998"`,
	}
}

func authorize() report {
	r := sale()
	r.kind, r.status, r.card = "AUTHORIZE", "PENDING", r.card+`,"authorize_id":"17"`
	return r
}

func (r report) with(change func(*report)) report { change(&r); return r }

// hear posts a signed report about INV-1.
func (b *bench) hear(t *testing.T, r report) payment.NotifyResult {
	t.Helper()
	field := func(name, value string) string {
		if value == "" {
			return ""
		}
		return fmt.Sprintf(",%q:%q", name, value)
	}
	body := `{"order":{"invoice_number":"INV-1","amount":` + r.amount + `},"transaction":{"x":""` +
		field("type", r.kind) + field("status", r.status) +
		field("date", r.date) + field("original_request_id", r.page) + `},"channel":{"x":""` + field("id", r.channel) +
		`},"card_payment":{` + r.card + `}}`
	n, err := b.Notify(t.Context(), sign(body), []byte(body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return n
}

// listen records the announced changes.
func (b *bench) listen() *[]order.Change {
	var all []order.Change
	b.Changed = func(_ context.Context, before, after order.Order) {
		all = append(all, order.Changes(before, after)...)
	}
	return &all
}

func heard(all []order.Change, what order.ChangeKind, reason order.AttentionKind) int {
	n := 0
	for _, h := range all {
		if h.Kind == what && h.Reason == reason {
			n++
		}
	}
	return n
}

// holds checks that an order waits for a person because of one kind of conflict, and that its money does not move.
func (b *bench) holds(t *testing.T, what string, kind order.ConflictKind) {
	t.Helper()
	o := b.order(t)
	if open := o.OpenConflicts(); len(open) == 0 ||
		!slices.ContainsFunc(open, func(c order.Conflict) bool { return c.Kind == kind }) {
		t.Errorf("%s: the conflicts are %+v, want %s; %s", what, open, kind, o.Status())
	}
	var no *order.NotAllowed
	if _, err := b.refund(t, "a key of the caller 9", 1000); !errors.As(err, &no) {
		t.Errorf("%s: a refund: %v, want NotAllowed", what, err)
	}
}

// A date that DOKU reports counts only between the order's creation and the moment when kasir learned it.
func TestBelieve1ADateCountsAsFarAsItCan(t *testing.T) {
	learned := time.Date(2026, 8, 27, 10, 0, 0, 0, time.UTC)
	for date, want := range map[string]time.Time{
		"2026-08-27T17:00:00Z":      learned, // a local time of WIB, labelled as UTC
		"2096-08-27T10:00:00Z":      learned,
		"9999-12-31T23:59:59Z":      learned,
		"9999-12-31T23:59:59-07:00": learned,
		"0000-01-01T00:00:00+07:00": learned, // unreadable: as if it were missing
		"1999-12-31T23:59:59Z":      learned,
		"yesterday":                 learned,
		"":                          learned,
		"2026-08-27T09:58:00Z":      learned.Add(-2 * time.Minute),
		"2026-08-20T10:00:00Z":      learned.Add(-5 * time.Minute), // before the order
	} {
		b := pending(t)
		b.hear(t, authorize().with(func(r *report) { r.date = date }))
		o := b.order(t)
		if o.Status() != order.Authorized || !o.AuthorizedAt().Equal(want) ||
			!o.AuthorizationEnd().Equal(want.Add(order.AuthorizationLife)) {
			t.Errorf("%q: %s at %s until %s, want %s", date, o.Status(), o.AuthorizedAt(), o.AuthorizationEnd(), want)
		}
		b.now = b.now.Add(time.Hour)
		if again := b.hear(t, authorize().with(func(r *report) { r.date = date })); again.Effect != payment.Duplicate {
			t.Errorf("%q an hour later: %s, want a duplicate", date, again.Effect)
		}
	}
}

// Check status may name no date. A known authorisation then keeps its date and its end.
func TestBelieve1AStatusWithoutADateMovesNoAuthorisation(t *testing.T) {
	b := pending(t)
	b.now = b.now.Add(50 * time.Minute)
	b.hear(t, authorize().with(func(r *report) { r.date = b.now.Format(time.RFC3339) }))
	want := b.order(t).AuthorizationEnd()
	b.doku.money = func() (string, error) { return "", &doku.Error{HTTPStatus: 400, Code: "LIMIT", Signed: true} }
	if _, err := b.Capture(t.Context(), "INV-1", 0, tester); err == nil {
		t.Fatal("a refused capture has no error")
	}
	asked := 0 // questions whether DOKU agrees with its refusal
	b.doku.told = func(invoice string) (doku.Status, error) {
		asked++
		return doku.Status{InvoiceNumber: invoice, Amount: doku.Amount{Rupiah: 90000, Valid: true}, Type: "AUTHORIZE",
			TransactionStatus: "PENDING", AuthorizeID: "17"}, nil
	}
	b.now = b.now.Add(2 * time.Minute)
	if _, err := b.Reconcile(t.Context()); err != nil || asked == 0 {
		t.Fatalf("%v, check status was asked %d times", err, asked)
	}
	if got := b.order(t).AuthorizationEnd(); !got.Equal(want) {
		t.Errorf("it ends at %s, want %s", got, want)
	}
}

// Two payments of one order are noticed even if they have fields in common. A card is shown from one report.
func TestBelieve3ASecondPaymentIsSeen(t *testing.T) {
	card := func(masked, more string) func(*report) {
		return func(r *report) { r.card = `"masked_card_number":"` + masked + `"` + more }
	}
	const approved = `,"approval_code":"448998"`
	captured := sale().with(func(r *report) { r.kind, r.amount = "CAPTURE", "50000" })
	for name, c := range map[string]struct {
		first, second report
		want          order.ConflictKind
	}{
		"another approval code": {sale(), sale().with(card("557338******1101", `,"approval_code":"448999"`)),
			order.ConflictSecondPayment},
		"the same code of another card": {sale(), sale().with(card("411111******1111", approved)),
			order.ConflictSecondCard},
		"no code, another card": {sale().with(card("557338******1101", "")),
			sale().with(card("411111******1111", "")), order.ConflictSecondCard},
		"the same last four": {sale(), sale().with(card("411111******1101", approved)),
			order.ConflictSecondCard},
		"paid beside authorised": {authorize(), sale(), order.ConflictPaidBeside},
		"authorised beside paid": {sale(), authorize(), order.ConflictPaidBeside},
		"paid beside captured":   {captured, sale(), order.ConflictPaidBeside},
		"authorised twice": {authorize(),
			authorize().with(func(r *report) { r.card = strings.Replace(r.card, "17", "18", 1) }),
			order.ConflictAuthorization},
		"authorised twice, another card": {authorize(),
			authorize().with(card("411111******1111", `,"authorize_id":"17"`)), order.ConflictSecondCard},
		"the same card, masked more":       {sale(), sale().with(card("************1101", approved)), ""},
		"the same card, masked less":       {sale(), sale().with(card("55733812****1101", approved)), ""},
		"the same card, in a shorter mask": {sale(), sale().with(card("****1101", approved)), ""},
		"the same again":                   {sale(), sale(), ""},
	} {
		b := pending(t)
		b.hear(t, c.first)
		shown := b.order(t).Facts.Paid
		b.hear(t, c.second)
		o := b.order(t)
		if c.want != "" {
			b.holds(t, name, c.want)
		} else if len(o.Conflicts()) != 0 {
			t.Errorf("%s: %+v", name, o.Conflicts())
		}
		if p := o.Facts.Paid; c.want == order.ConflictSecondCard && p != nil && p.Card != shown.Card &&
			p.Card.Masked != "411111******1111" && p.Card.Masked != "411111******1101" {
			t.Errorf("%s: the card is %+v, a mixture", name, p.Card)
		}
	}
	b := newBench()
	r := request()
	r.Payment = doku.PagePayment{Type: doku.Authorize, AutoCapture: true}
	if _, err := b.CreatePage(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	b.hear(t, authorize())
	if b.hear(t, sale()); len(b.order(t).Conflicts()) != 0 || b.status(t) != order.Paid {
		t.Errorf("an order that is captured at once: %s %+v", b.status(t), b.order(t).Conflicts())
	}
}

// Amounts are compared as numbers. Of two acceptable ones the lower counts.
func TestBelieve4TheLowerOfTwoAcceptableAmountsCounts(t *testing.T) {
	for _, spelled := range []string{"90000", `"90000"`, `"90000.00"`, "9E+4", `"9E+4"`, "90000.000000", `"9.0e4"`} {
		b := pending(t)
		b.hear(t, sale())
		if b.hear(t, sale().with(func(r *report) { r.amount = spelled })); b.order(t).Captured() != 90000 ||
			len(b.order(t).Conflicts()) != 0 {
			t.Errorf("%s: %d %+v", spelled, b.order(t).Captured(), b.order(t).Conflicts())
		}
	}
	b := newBench()
	r := request()
	r.OverrideConfiguration.Promo = []doku.Promo{{BIN: "557338", DiscountAmount: 10000}}
	if _, err := b.CreatePage(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	told := b.listen()
	b.hear(t, sale())
	if _, err := b.refund(t, "a key of the caller 1", 85000); err != nil {
		t.Fatal(err)
	}
	b.hear(t, sale().with(func(r *report) { r.amount = "80000" }))
	o := b.order(t)
	if o.Captured() != 80000 || len(o.Conflicts()) != 0 || o.Refundable() != 0 || o.Status() != order.Refunded {
		t.Errorf("captured %d, refundable %d, %s %+v", o.Captured(), o.Refundable(), o.Status(), o.Conflicts())
	}
	if heard(*told, order.ChangeAttention, order.ReasonAmountCorrected) != 1 ||
		heard(*told, order.ChangePaid, "") != 1 {
		t.Errorf("told %+v", *told)
	}
	if b.hear(t, sale()); b.order(t).Captured() != 80000 {
		t.Errorf("after the higher again: %d", b.order(t).Captured())
	}
	b = newBench()
	if _, err := b.CreatePage(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	told = b.listen()
	b.hear(t, authorize())
	b.hear(t, authorize().with(func(r *report) { r.amount = "80000" }))
	if o := b.order(t); o.Facts.Authorized.Amount != 80000 ||
		heard(*told, order.ChangeAttention, order.ReasonAmountCorrected) != 1 {
		t.Errorf("authorised %d, told %+v", o.Facts.Authorized.Amount, *told)
	}
}
