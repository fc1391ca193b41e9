package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestInstallmentChoice(t *testing.T) {
	b := newBench(t)
	const asked = `,"payment":{"type":"INSTALLMENT","acquirer":"BCA","tenor":3}`
	const offer = `,"override_configuration":{"allow_tenor":[0,3,6]}`
	for i, c := range []struct {
		name, more, tenor, acquirer string
		kind, bank                  string
		months                      int64
		refused                     bool
	}{
		{"the merchant's plan", asked, "", "", "INSTALLMENT", "BCA", 3, false},
		{"no other without allow_tenor", asked, "6", "", "", "", 0, true},
		{"another of allow_tenor", asked + offer, "6", "", "INSTALLMENT", "BCA", 6, false},
		{"at once", asked + offer, "0", "", "SALE", "BCA", 0, false},
		{"none that is not offered", asked + offer, "12", "", "", "", 0, true},
		{"garbage", asked + offer, "x", "", "", "", 0, true},
		{"type left out: at once", offer, "", "", "SALE", "BANK_MANDIRI", 0, false},
		{"type left out: a bank must be chosen", offer, "6", "", "", "", 0, true},
		{"type left out: with a bank", offer, "6", "BNI", "INSTALLMENT", "BNI", 6, false},
		{"type left out: an unknown bank", offer, "6", "BANK", "", "", 0, true},
		{"SALE offers no plan", `,"payment":{"type":"SALE"}` + offer, "6", "BNI", "SALE", "BANK_MANDIRI", 0, false},
	} {
		page := b.create(simple(fmt.Sprint("INV-", i), 90000, c.more))
		form := cardValues(goodCard)
		if c.tenor != "" {
			form.Set("tenor", c.tenor)
		}
		form.Set("acquirer", c.acquirer)
		a := b.submit(page, form)
		if c.refused {
			if a.status != 422 {
				t.Errorf("%s: %d", c.name, a.status)
			}
			continue
		}
		b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}})
		n := b.next().body
		got := b.payment(fmt.Sprint("INV-", i)).Attempts[0].Tenor
		if n.Transaction.Type != c.kind || n.Acquirer.ID != c.bank || got != c.months || n.Order.Amount != 90000 {
			t.Errorf("%s: %+v, %d months", c.name, n, got)
		}
	}
}

func TestPlansAreShownByTheMonth(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-1", 100000,
		`,"payment":{"type":"INSTALLMENT","acquirer":"BCA","tenor":3},"override_configuration":{"allow_tenor":[0,3,6]}`))
	a := string(b.get(page).body)
	for _, want := range []string{"Pay at once", "3 months · Rp33.334 a month", "6 months · Rp16.667 a month",
		`value="3" checked`} {
		if !strings.Contains(a, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

func TestPromoLowersThePayment(t *testing.T) {
	b := newBench(t)
	more := `,"override_configuration":{"promo":[{"bin":"557338","discount_amount":20000},{"bin":"55733810","discount_amount":50000},` +
		`{"bin":142498,"discount_amount":1000}]}`
	page := b.create(simple("INV-1", 90000, more))
	if a := string(b.get(page).body); !strings.Contains(a, "Rp20.000 off with cards that begin with 557338") {
		t.Errorf("the promo is not announced: %s", a)
	}
	a := b.submit(page, cardValues(goodCard))
	if s := string(a.body); !strings.Contains(s, "Rp70.000") || !strings.Contains(s, "−Rp20.000") {
		t.Errorf("the bank asks for another amount: %s", s)
	}
	b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}})
	if n := b.next().body; n.Order.Amount != 70000 {
		t.Errorf("notified %d", n.Order.Amount)
	}
	if p := b.payment("INV-1"); p.Amount != 90000 || p.Paid != 70000 || p.Captured != 70000 {
		t.Errorf("%+v", p)
	}
	b.pay(b.create(simple("INV-2", 90000, more)), "4761349999000039")
	if n := b.next().body; n.Order.Amount != 90000 {
		t.Errorf("a card without promo: %d", n.Order.Amount)
	}
}

func TestAllowBIN(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-1", 90000, `,"override_configuration":{"allow_bin":["461700",557338]}`))
	if a := b.submit(page, cardValues("4761349999000039")); a.status != 422 ||
		!strings.Contains(string(a.body), "does not take this card") {
		t.Errorf("%d %s", a.status, a.body)
	}
	b.pay(page, goodCard)
	if n := b.next().body; n.Transaction.Status != "SUCCESS" {
		t.Errorf("%+v", n)
	}
	if p := b.payment("INV-1"); len(p.Attempts) != 1 {
		t.Errorf("a card that is not taken was tried: %+v", p.Attempts)
	}
}

func TestDisclaimerMustBeAgreedTo(t *testing.T) {
	b := newBench(t)
	page := b.create(simple("INV-1", 90000,
		`,"additional_info":{"disclaimer":{"id":"Saya setuju","en":"I agree to this"}}`))
	if a := string(b.get(page).body); !strings.Contains(a, "I agree to this") {
		t.Error("the disclaimer is not shown")
	}
	if a := string(b.get(stepOf(page, "?language=ID")).body); !strings.Contains(a, "Saya setuju") {
		t.Error("the disclaimer is not shown in Indonesian")
	}
	form := cardValues(goodCard)
	if a := b.submit(page, form); a.status != 422 || !strings.Contains(string(a.body), "Please agree") {
		t.Errorf("%d", a.status)
	}
	form.Set("disclaimer", "on")
	if a := b.submit(page, form); a.status != 200 {
		t.Errorf("%d", a.status)
	}
}
