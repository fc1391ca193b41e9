package validate

import (
	"encoding/json"
	"strings"
	"testing"
)

// base is a body that every case of TestCreatePage changes in one place.
const base = `{
 "order": {"invoice_number": "INV-1", "amount": 90000, "callback_url": "https://m.example/ok"},
 "card": {},
 "customer": {"id": "CUST-1", "email": "a@example.com"},
 "payment": {"type": "SALE"},
 "override_configuration": {"themes": {}},
 "additional_info": {}
}`

// changed sets the value at a path of base to JSON; "-" takes it out.
func changed(t *testing.T, changes map[string]string) string {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(base), &doc); err != nil {
		t.Fatal(err)
	}
	for path, value := range changes {
		names := strings.Split(path, ".")
		at := doc
		for _, n := range names[:len(names)-1] {
			next, ok := at[n].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[n] = next
			}
			at = next
		}
		last := names[len(names)-1]
		if value == "-" {
			delete(at, last)
			continue
		}
		at[last] = json.RawMessage(value)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

type ruleCase struct {
	changes string // path=JSON, separated by " & "
	refusal string // part of the message; "" is accepted
}

const (
	items  = "order.line_items"
	themes = "override_configuration.themes."
	over   = "override_configuration."
	info   = "additional_info."
	total  = "Invalid Total Amount And Line Items"
)

// ruleCases has accepted and refused bodies for every row of the guide's table.
var ruleCases = []ruleCase{
	{"order.amount=1", ""},
	{"order.amount=9007199254740993", ""},
	{"order.amount=-", "order.amount is mandatory"},
	{"order=-", "order.amount is mandatory"},
	{"order=7", "order must be an object"},
	{"order.amount=0", "order.amount must be at least 1"},
	{"order.amount=-5", "order.amount must be at least 1"},
	{"order.amount=90000.5", "whole number"},
	{"order.amount=90000.00", "whole number"},
	{"order.amount=9e4", "whole number"},
	{"order.amount=92233720368547758080", "whole number"},
	{`order.amount="90000"`, "order.amount must be a number"},

	{`order.invoice_number="` + strings.Repeat("a", 64) + `"`, ""},
	{`order.invoice_number="INV/2026-08#1_a.b"`, ""},
	{`order.invoice_number="` + strings.Repeat("a", 65) + `"`, "at most 64"},
	{`order.invoice_number=""`, "order.invoice_number is mandatory"},
	{`order.invoice_number="INV 1"`, "letters, digits and special"},
	{`order.invoice_number="INV-\u00e9"`, "letters, digits and special"},
	{`order.invoice_number=1`, "must be a string"},
	{`payment.acquirer="BANK_MANDIRI" & order.invoice_number="` + strings.Repeat("a", 27) + `"`, ""},
	{`payment.acquirer="BANK_MANDIRI" & order.invoice_number="` + strings.Repeat("a", 28) + `"`, "at most 27"},

	{`order.callback_url="https://m.example/a?b=c" & order.failed_url="http://localhost:3000/no"`, ""},
	{`order.callback_url=""`, ""},
	{`order.callback_url="javascript:alert(1)"`, "order.callback_url must be an absolute"},
	{`order.callback_url="/ok"`, "order.callback_url must be an absolute"},
	{`order.failed_url="merchant.com"`, "order.failed_url must be an absolute"},
	{`order.auto_redirect=true`, ""},
	{`order.auto_redirect="true"`, ""},
	{`order.auto_redirect="yes"`, "order.auto_redirect must be true or false"},
	{`order.auto_redirect=true & order.callback_url=-`, "order.callback_url is mandatory"},
	{`order.auto_redirect="true" & order.callback_url=""`, "order.callback_url is mandatory"},
	{`order.auto_redirect=false & order.callback_url=-`, ""},

	{items + `=[{"name":"T-Shirt","price":30000,"quantity":2},{"price":30000,"quantity":1}]`, ""},
	{items + `=[]`, ""},
	{items + `=[{"name":"free","price":0,"quantity":3},{"price":90000,"quantity":1}]`, ""},
	{items + `=[{"price":30000,"quantity":2}]`, total},
	{items + `=[{"price":30000,"quantity":4}]`, total},
	{items + `=[{"price":9223372036854775807,"quantity":9223372036854775807}]`, total},
	{items + `=[{"price":4611686018427387904,"quantity":4},{"price":90000,"quantity":1}]`, total},
	{items + `=[{"name":"x","quantity":1}]`, "order.line_items[0].price is mandatory"},
	{items + `=[{"name":"x","price":90000}]`, "order.line_items[0].quantity is mandatory"},
	{items + `=[{"price":-1,"quantity":1}]`, "order.line_items[0].price must be at least 0"},
	{items + `=[{"price":90000,"quantity":0}]`, "order.line_items[0].quantity must be at least 1"},
	{items + `=[{"price":90000,"quantity":1.5}]`, "whole number"},
	{items + `=[{"name":"` + strings.Repeat("é", 255) + `","price":90000,"quantity":1}]`, ""},
	{items + `=[{"name":"` + strings.Repeat("é", 256) + `","price":90000,"quantity":1}]`, "at most 255"},
	{items + `={}`, "order.line_items must be an array"},
	{items + `=[7]`, "order.line_items[0] must be an object"},

	{`order.descriptor="` + strings.Repeat("d", 22) + `"`, ""},
	{`order.descriptor="` + strings.Repeat("d", 23) + `"`, "order.descriptor must be at most 22"},
	{`order.session_id="0000231223"`, ""},
	{`order.session_id=231223`, ""},
	{`order.session_id=true`, "order.session_id must be"},

	{`card.token="a55b8d8df709607d2a343778898f41d0"`, ""},
	{`card.token="a55b8d8df709607d2a343778898f41d0" & customer.id=-`, "customer.id is mandatory"},
	{`card.save=true`, ""},
	{`card.save=true & customer.id=""`, "customer.id is mandatory"},
	{`card.save=false & customer.id=-`, ""},
	{`card.save=1`, "card.save must be true or false"},
	{`card.token=5`, "card.token must be a string"},

	{`customer.id="` + strings.Repeat("c", 50) + `"`, ""},
	{`customer.id="` + strings.Repeat("c", 51) + `"`, "customer.id must be at most 50"},
	{`customer.name="` + strings.Repeat("n", 255) + `"`, ""},
	{`customer.name="` + strings.Repeat("n", 256) + `"`, "customer.name must be at most 255"},
	{`customer.name="a\nb"`, "control characters"},
	{`customer.email=-`, "customer.email or customer.phone is mandatory"},
	{`customer=-`, "customer.email or customer.phone is mandatory"},
	{`customer.email="" & customer.phone=""`, "customer.email or customer.phone is mandatory"},
	{`customer.email=- & customer.phone="6281122334455"`, ""},
	{`customer.email="jotaro_kujo@example.com"`, ""},
	{`customer.email="jotaro"`, "customer.email must be an e-mail"},
	{`customer.email="Jo <jo@example.com>"`, "customer.email must be an e-mail"},
	{`customer.email="` + strings.Repeat("a", 117) + `@example.com"`, "customer.email must be at most 128"},
	{`customer.phone="+6281122334455"`, ""},
	{`customer.phone="0811 2233"`, "customer.phone must be a calling code"},
	{`customer.phone="62811223344556677"`, "customer.phone must be at most 16"},
	{`customer.phone=6281122334455`, "customer.phone must be a string"},
	{`customer.address="Menara Mulia Lantai 8"`, ""},
	{`customer.address={}`, "customer.address must be a string"},
	{`customer.country="ID"`, ""},
	{`customer.country="id"`, "customer.country must be"},
	{`customer.country="IDN"`, "customer.country must be"},
	{`customer.country="XX"`, "customer.country must be"},
	{`customer.country="D "`, "customer.country must be"},

	{`payment.type=-`, ""},
	{`payment.type="AUTHORIZE"`, ""},
	{`payment.type="MOTO"`, ""},
	{`payment.type="RECURRING"`, ""},
	{`payment.type="AUTHORIZATION"`, "payment.type must be one of"},
	{`payment.type="sale"`, "payment.type must be one of"},
	{`payment.type="AUTHORIZE" & payment.auto_capture=true`, ""},
	{`payment.type="AUTHORIZE" & payment.auto_capture="true"`, ""},
	{`payment.type="SALE" & payment.auto_capture=false`, ""},
	{`payment.type="SALE" & payment.auto_capture=true`, "payment.auto_capture needs"},
	{`payment.type="AUTHORIZE" & payment.auto_capture="1"`, "payment.auto_capture must be true or false"},
	{`payment.acquirer="BCA"`, ""},
	{`payment.acquirer="MANDIRI"`, "payment.acquirer must be one of"},
	{`payment.type="INSTALLMENT" & payment.acquirer="BRI" & payment.tenor=3`, ""},
	{`payment.type="INSTALLMENT" & payment.acquirer="BANK_CIMB" & payment.tenor=3`, ""},
	{`payment.type="INSTALLMENT" & payment.tenor=3`, "payment.acquirer is mandatory"},
	{`payment.type="INSTALLMENT" & payment.acquirer="BNI"`, "payment.tenor is mandatory"},
	{`payment.type="INSTALLMENT" & payment.acquirer="BNI" & payment.tenor=3 & ` + over + `allow_tenor=[0,3,6]`, ""},
	{`payment.type="INSTALLMENT" & payment.acquirer="BNI" & payment.tenor=12 & ` + over + `allow_tenor=[0,3,6]`,
		"allow_tenor"},
	{`payment.tenor="3"`, "payment.tenor must be a number"},
	{`payment.tenor=-1`, "payment.tenor must be at least 0"},

	{themes + `language="ID"`, ""},
	{themes + `language=""`, ""},
	{themes + `language="FR"`, "language must be one of EN, ID"},
	{themes + `background_color="F5f8Fb"`, ""},
	{themes + `background_color=""`, ""},
	{themes + `background_color="#F5F8FB"`, "background_color must be a HEX colour"},
	{themes + `font_color="1A1A1A"`, ""},
	{themes + `font_color="black"`, "font_color must be a HEX colour"},
	{themes + `button_background_color="E1251B"`, ""},
	{themes + `button_background_color="E12"`, "button_background_color must be a HEX colour"},
	{themes + `button_font_color="FFFFFF"`, ""},
	{themes + `button_font_color="GGGGGG"`, "button_font_color must be a HEX colour"},
	{over + `promo=[{"bin":"142498","discount_amount":20000},{"bin":"142498","discount_amount":20000}]`, ""},
	{over + `promo=[{"bin":14249812,"discount_amount":89999}]`, ""},
	{over + `promo=[{"bin":"142498","discount_amount":90000}]`, "promo[0].discount_amount must be below"},
	{over + `promo=[{"bin":"142498","discount_amount":0}]`, "promo[0].discount_amount must be at least 1"},
	{over + `promo=[{"bin":"14249","discount_amount":1}]`, "promo[0].bin must be a BIN"},
	{over + `promo=[{"bin":"142498"}]`, "promo[0].discount_amount is mandatory"},
	{over + `promo=[{"discount_amount":1}]`, "promo[0].bin is mandatory"},
	{over + `promo={}`, "promo must be an array"},
	{over + `allow_bin=["461700","410505"]`, ""},
	{over + `allow_bin=[461700]`, ""},
	{over + `allow_bin=["46170x"]`, "allow_bin[0] must be a BIN"},
	{over + `allow_bin="461700"`, "allow_bin must be an array"},
	{over + `allow_tenor=[0,3,6]`, ""},
	{over + `allow_tenor=["3"]`, "allow_tenor[0] must be a number"},
	{over + `allow_tenor=[-3]`, "allow_tenor[0] must be at least 0"},

	{info + `override_notification_url="https://another.example.com/payments/notifications"`, ""},
	{info + `override_notification_url="https://another.example.com/elsewhere"`, "must have the path"},
	{info + `override_notification_url="another.example.com"`, "must be an absolute"},
	{info + `disclaimer={"id":"Setuju","en":"I agree"}`, ""},
	{info + `disclaimer={"en":"I agree"}`, ""},
	{info + `disclaimer={"id":"Setuju"}`, "disclaimer.en is mandatory"},
	{info + `disclaimer="I agree"`, "disclaimer must be an object"},
	{info + `settlement=[{"bank_account_settlement_id":"SBS-1","value":12.5,"type":"PERCENTAGE"}]`, ""},
	{info + `settlement=[{"bank_account_settlement_id":"SBS-1","value":90000,"type":"FIX"}]`, ""},
	{info + `settlement=[{"bank_account_settlement_id":"SBS-1","value":101,"type":"PERCENTAGE"}]`,
		"at most 100 percent"},
	{info + `settlement=[{"bank_account_settlement_id":"SBS-1","value":90001,"type":"FIX"}]`, "at most order.amount"},
	{info + `settlement=[{"bank_account_settlement_id":"SBS-1","value":0,"type":"FIX"}]`, "above zero"},
	{info + `settlement=[{"bank_account_settlement_id":"SBS-1","value":5,"type":"HALF"}]`, "type must be one of"},
	{info + `settlement=[{"value":5,"type":"FIX"}]`, "bank_account_settlement_id is mandatory"},
	{info + `account={"id":"SAC-1"}`, ""},
	{info + `account={"id":""}`, "account.id is mandatory"},
	{info + `account="SAC-1"`, "account must be an object"},
	{info + `report=[{"key":"branch","value":"Jakarta"}]`, ""},
	{info + `report=[{"key":"branch"}]`, "value is mandatory"},
	{info + `hold_settlement=true`, ""},
	{info + `hold_settlement="later"`, "hold_settlement must be true or false"},
	{`additional_info=[]`, "additional_info must be an object"},
	{`unheard_of={"x":[1]}`, ""},
	{`ORDER={"amount":-1}`, ""}, // not a field of DOKU's: names are lower case
}

func TestCreatePage(t *testing.T) {
	accepted, refused := 0, 0
	for _, c := range ruleCases {
		changes := map[string]string{}
		for one := range strings.SplitSeq(c.changes, " & ") {
			path, value, _ := strings.Cut(one, "=")
			changes[path] = value
		}
		_, err := CreatePage([]byte(changed(t, changes)), "/payments/notifications")
		switch {
		case c.refusal == "":
			accepted++
			if err != nil {
				t.Errorf("%s: refused with %v", c.changes, err)
			}
		case err == nil || !strings.Contains(err.Error(), c.refusal):
			t.Errorf("%s: %v, want %q", c.changes, err, c.refusal)
		default:
			refused++
		}
	}
	t.Logf("%d bodies accepted, %d refused as the guide says", accepted, refused)
}

// Each row must have a case that is refused for it and one that sets it and is accepted.
func TestEveryRowHasItsCases(t *testing.T) {
	for _, r := range createPage {
		if r.path == "order" || r.path == "additional_info" {
			continue
		}
		name := r.path[strings.LastIndex(r.path, ".")+1:]
		name = strings.TrimSuffix(name, "[]")
		var accepted, refused bool
		for _, c := range ruleCases {
			if strings.Contains(c.changes, name) {
				accepted = accepted || c.refusal == ""
				refused = refused || c.refusal != ""
			}
		}
		if !accepted || !refused {
			t.Errorf("%s: a case that is accepted: %v, one that is refused: %v", r.path, accepted, refused)
		}
	}
}
