package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func withCustomer(invoice, customer, more string) string {
	return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":50000},"customer":{"id":%q,"email":"a@b.co"}%s}`,
		invoice, customer, more)
}

func (b *bench) tokens(customer string) []listedToken {
	b.t.Helper()
	var list tokenList
	b.call("/tokenization/v2/get-token", `{"customer":{"id":"`+customer+`"},"channel":{"id":"CREDIT_CARD"}}`, &list)
	var archived tokenList
	b.call("/tokenization/v1/tokens", `{"customer":{"id":"`+customer+`"},"token_data":{"type":"CREDIT_CARD"}}`,
		&archived)
	if fmt.Sprint(list) != fmt.Sprint(archived) {
		b.t.Errorf("the two lists differ: %v, %v", list, archived)
	}
	return list.Tokens
}

func TestCardIsSavedOnlyWhenAgreedAndApproved(t *testing.T) {
	b := newBench(t)
	save := func(page, number string) {
		form := cardValues(number)
		form.Set("save", "on")
		b.submit(page, form)
		b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}})
	}
	b.pay(b.create(withCustomer("INV-1", "C1", "")), goodCard)
	if got := b.tokens("C1"); len(got) != 0 {
		t.Errorf("without agreeing: %v", got)
	}
	save(b.create(withCustomer("INV-2", "C1", "")), poorCard)
	if got := b.tokens("C1"); len(got) != 0 {
		t.Errorf("a declined card: %v", got)
	}
	save(b.create(simple("INV-3", 50000, "")), goodCard)
	if got := len(b.s.book.tokens); got != 0 {
		t.Errorf("for a customer without an id: %d", got)
	}
	save(b.create(withCustomer("INV-4", "C1", "")), goodCard)
	got := b.tokens("C1")
	if len(got) != 1 || len(got[0].ID) != 32 || got[0].Masked != "********1101" || got[0].Card.Expiry != "30/12" ||
		got[0].Card.Name != "Anton" || got[0].Card.BIN != 557338 {
		t.Errorf("%+v", got)
	}
	// card.save saves without asking, and the same card twice is one token.
	b.pay(b.create(withCustomer("INV-5", "C1", `,"card":{"save":true}`)), goodCard)
	b.pay(b.create(withCustomer("INV-6", "C1", `,"card":{"save":true}`)), "4761349999000039")
	if again := b.tokens("C1"); len(again) != 2 || again[0].ID != got[0].ID {
		t.Errorf("%+v", again)
	}
	if got := b.tokens("C2"); len(got) != 0 {
		t.Errorf("another customer sees %v", got)
	}
}

func TestPayWithASavedCard(t *testing.T) {
	b := newBench(t)
	b.pay(b.create(withCustomer("INV-1", "C1", `,"card":{"save":true}`)), goodCard)
	b.next()
	id := b.tokens("C1")[0].ID
	page := b.create(withCustomer("INV-2", "C1", `,"card":{"token":"`+id+`"}`))
	a := b.get(page)
	if s := string(a.body); !strings.Contains(s, `value="557338******1101"`) || !strings.Contains(s, "readonly") ||
		!strings.Contains(s, "Use another card") {
		t.Errorf("not pre-filled: %s", s)
	}
	if a := b.get(stepOf(page, "?card=new")); strings.Contains(string(a.body), "557338******1101") {
		t.Error("another card cannot be chosen")
	}
	saved := url.Values{"card_number": {"557338******1101"}}
	if a := b.submit(page, saved); a.status != 422 || !strings.Contains(string(a.body), "Enter the CVV") {
		t.Errorf("without CVV: %d", a.status)
	}
	saved.Set("cvv", "123")
	b.submit(page, saved)
	b.submit(stepOf(page, "/otp"), url.Values{"otp": {OTP}})
	if n := b.next().body; n.Transaction.Status != "SUCCESS" || n.CardPayment.Masked != "557338******1101" {
		t.Errorf("%+v", n)
	}
	// Another customer's token and an unknown one fill in nothing.
	for i, body := range []string{
		withCustomer("INV-3", "C2", `,"card":{"token":"`+id+`"}`), withCustomer("INV-4", "C1", `,"card":{"token":"x"}`),
	} {
		page := b.create(body)
		if a := b.get(page); strings.Contains(string(a.body), "557338******1101") {
			t.Errorf("%d: somebody else's card is shown", i)
		}
		if a := b.submit(page, saved); a.status != 422 {
			t.Errorf("%d: somebody else's card pays: %d", i, a.status)
		}
	}
}

func TestDeleteToken(t *testing.T) {
	b := newBench(t)
	b.pay(b.create(withCustomer("INV-1", "C1", `,"card":{"save":true}`)), goodCard)
	b.pay(b.create(withCustomer("INV-2", "C1", `,"card":{"save":true}`)), "4761349999000039")
	list := b.tokens("C1")
	page := b.create(withCustomer("INV-3", "C1", `,"card":{"token":"`+list[0].ID+`"}`))
	var got struct{ Status string }
	path := "/credit-card/delete-tokenization"
	for _, c := range []struct{ body, status string }{
		{`{"token_id":"` + list[0].ID + `","customer_id":"C2"}`, "DELETE FAILED"},
		{`{"token_id":"` + list[0].ID + `","customer_id":"C1"}`, "DELETE SUCCESS"},
		{`{"token_id":"` + list[0].ID + `"}`, "DELETE FAILED"},
	} {
		if b.call(path, c.body, &got); got.Status != c.status {
			t.Errorf("%s: %s", c.body, got.Status)
		}
	}
	if a := b.submit(page, url.Values{"card_number": {"557338******1101"}, "cvv": {"123"}}); a.status != 422 {
		t.Errorf("a deleted card pays: %d", a.status)
	}
	if a := b.post(path, "none", `{"customer_id":"C1"}`); a.code() != "INVALID_PARAMETER" {
		t.Errorf("%d %s", a.status, a.body)
	}
	var v2 struct{ Token struct{ ID, Status string } }
	if b.call("/tokenization/v2/delete-token", `{"token":{"id":"`+list[1].ID+`"}}`,
		&v2); v2.Token.Status != "INACTIVE" {
		t.Errorf("%+v", v2)
	}
	if a := b.post("/tokenization/v2/delete-token", "gone", `{"token":{"id":"`+list[1].ID+`"}}`); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if left := b.tokens("C1"); len(left) != 0 {
		t.Errorf("%v", left)
	}
}

// MOTO and RECURRING need neither CVV nor one-time password.
func TestUnattendedTypes(t *testing.T) {
	b := newBench(t)
	b.pay(b.create(withCustomer("INV-1", "C1", `,"card":{"save":true}`)), goodCard)
	b.next()
	id := b.tokens("C1")[0].ID
	for _, kind := range []string{"MOTO", "RECURRING"} {
		page := b.create(withCustomer("INV-"+kind, "C1", `,"card":{"token":"`+id+`"},"payment":{"type":"`+kind+`"}`))
		if a := b.get(page); strings.Contains(string(a.body), `name="cvv"`) {
			t.Errorf("%s asks for a CVV", kind)
		}
		a := b.submit(page, url.Values{"card_number": {"557338******1101"}})
		if !strings.Contains(string(a.body), "Payment successful") {
			t.Errorf("%s: %d %s", kind, a.status, a.body)
		}
		n := b.next().body
		if n.Transaction.Type != kind || n.Transaction.Status != "SUCCESS" || n.CardPayment.ThreeDSecure != "FALSE" ||
			n.CardPayment.AuthenticationID != "" {
			t.Errorf("%s: %+v", kind, n)
		}
	}
	page := b.create(simple("INV-2", 50000, `,"payment":{"type":"MOTO"}`))
	form := cardValues(poorCard)
	form.Del("cvv")
	b.submit(page, form)
	if n := b.next().body; n.CardPayment.ResponseCode != "51" {
		t.Errorf("without a token: %+v", n)
	}
}
