package payment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/quote"
)

var budi, siti = payment.Caller{Subject: "CUST-1"}, payment.Caller{Subject: "CUST-2"}

func TestAPaymentIsReadByItsMakerItsCustomerAndWhoMayReadAll(t *testing.T) {
	b := newBench()
	r := request()
	r.Customer.ID = "CUST-1"
	if _, err := b.CreatePage(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		caller payment.Caller
		want   error
	}{
		"the back end that made it":    {payment.Caller{Subject: "back-end"}, nil},
		"its customer":                 {budi, nil},
		"who may read all":             {payment.Caller{Subject: "staff", ReadsAll: true}, nil},
		"another customer":             {siti, payment.ErrNotFound},
		"a back end that only creates": {payment.Caller{Subject: "other", Prices: true}, payment.ErrNotFound},
		"nobody":                       {payment.Caller{}, payment.ErrNotFound},
	} {
		if o, err := b.Read(t.Context(), c.caller, "INV-1"); !errors.Is(err, c.want) ||
			(err != nil) != (o.Invoice == "") {
			t.Errorf("%s: %v %v, want %v", name, o.Invoice, err, c.want)
		}
	}
	o, err := b.Find(t.Context(), "INV-1")
	if err != nil || strings.Contains(strings.Join(o.Readers, " "), "CUST") || len(o.Readers) != 2 {
		t.Errorf("the order keeps %q, %v: a subject may be an e-mail address", o.Readers, err)
	}
}

func TestSavedCardsAreTheirCustomers(t *testing.T) {
	b := newBench()
	b.doku.tokens = []doku.Token{{ID: "tok-1"}}
	if _, err := b.Tokens(t.Context(), siti, "CUST-1"); !errors.Is(err, payment.ErrNotYours) {
		t.Errorf("another's cards are listed: %v", err)
	}
	if err := b.Unbind(t.Context(), siti, "CUST-1", "tok-1"); !errors.Is(err, payment.ErrNotYours) ||
		len(b.doku.asked) != 0 {
		t.Errorf("another's card is forgotten: %v, %q", err, b.doku.asked)
	}
	if tokens, err := b.Tokens(t.Context(), budi, "CUST-1"); err != nil || len(tokens) != 1 {
		t.Errorf("one's own: %v %v", tokens, err)
	}
	if err := b.Unbind(t.Context(), budi, "CUST-1", "tok-1"); err != nil {
		t.Errorf("one's own: %v", err)
	}
}

const quoteKey = doku.Secret("a quote key of at least 32 characters")

// quoted returns Budi's request with the merchant's quote for it.
func quoted(t *testing.T, b *bench) payment.PageRequest {
	t.Helper()
	b.QuoteKeys = keysOf(quoteKey)
	p := request()
	p.Caller, p.Customer.ID = budi, "CUST-1"
	var err error
	p.Quote, err = quote.Sign(quoteKey, quote.Terms{InvoiceNumber: "INV-1", Amount: 90000}, b.now.Add(10*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestABrowserNamesNoPrice(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*payment.PageRequest)
		want   string // pointer; empty: accepted
	}{
		"as quoted":           {func(*payment.PageRequest) {}, ""},
		"without customer id": {func(p *payment.PageRequest) { p.Customer.ID = "" }, ""},
		"no quote":            {func(p *payment.PageRequest) { p.Quote = "" }, "/quote"},
		"a forged quote":      {func(p *payment.PageRequest) { p.Quote += "x" }, "/quote"},
		"another amount":      {func(p *payment.PageRequest) { p.Order.Amount = 1 }, "/order/amount"},
		"another order": {func(p *payment.PageRequest) { p.Order.InvoiceNumber = "INV-2" },
			"/order/invoice_number"},
		"another's name": {func(p *payment.PageRequest) { p.Customer.ID = "CUST-2" }, "/customer/id"},
		"another's quote": {func(p *payment.PageRequest) {
			p.Quote, _ = quote.Sign(quoteKey, quote.Terms{InvoiceNumber: "INV-1", Amount: 90000, Subject: "CUST-2"},
				time.Date(2026, 8, 27, 10, 10, 0, 0, time.UTC))
		}, "/quote"},
		"one's own quote": {func(p *payment.PageRequest) {
			p.Quote, _ = quote.Sign(quoteKey, quote.Terms{InvoiceNumber: "INV-1", Amount: 90000, Subject: "CUST-1",
				CustomerID: "CUST-1"}, time.Date(2026, 8, 27, 10, 10, 0, 0, time.UTC))
		}, ""},
		"a discount": {func(p *payment.PageRequest) {
			p.OverrideConfiguration.Promo = []doku.Promo{{BIN: "400000", DiscountAmount: 89999}}
		}, "/override_configuration/promo"},
		"the money to somebody": {func(p *payment.PageRequest) {
			p.AdditionalInfo.Settlement = []doku.Settlement{{BankAccountSettlementID: "SBS-1", Value: "100",
				Type: "PERCENTAGE"}}
		}, "/additional_info/settlement"},
		"notifications to somebody": {func(p *payment.PageRequest) {
			p.AdditionalInfo.OverrideNotificationURL = "https://hooks.example/notifications"
		}, "/additional_info/override_notification_url"},
	} {
		b := newBench()
		p := quoted(t, b)
		c.change(&p)
		_, err := b.CreatePage(t.Context(), p)
		var invalid *payment.Invalid
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (!errors.As(err, &invalid) || !names(invalid, c.want)):
			t.Errorf("%s: %v, want %s", name, err, c.want)
		case c.want != "" && len(b.doku.asked) != 0:
			t.Errorf("%s: DOKU was asked", name)
		}
	}
}

func names(invalid *payment.Invalid, pointer string) bool {
	for _, v := range invalid.Violations {
		if v.Pointer == pointer {
			return true
		}
	}
	return false
}

// A repeat may bring a fresh quote. Another customer's repeat is another request, even with a quote of its own.
func TestARepeatOfAQuotedRequest(t *testing.T) {
	b := newBench()
	first := quoted(t, b)
	page, err := b.CreatePage(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(12 * time.Minute)
	again := quoted(t, b)
	if again.Quote == first.Quote {
		t.Fatal("the same quote")
	}
	if repeat, err := b.CreatePage(t.Context(), again); err != nil || !repeat.Replayed ||
		repeat.Order.Facts.Page.URL != page.Order.Facts.Page.URL {
		t.Errorf("%+v, %v", repeat, err)
	}
	again.Caller, again.Customer.ID = siti, ""
	var no *order.NotAllowed
	if _, err := b.CreatePage(t.Context(), again); !errors.As(err, &no) {
		t.Errorf("another's repeat: %v, want NotAllowed", err)
	}
	if order.InvoiceFor("CUST-1", "key") == order.InvoiceFor("CUST-2", "key") {
		t.Error("two callers with one key share an invoice")
	}
}
