package jsonbody

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kasir/shared/doku"
)

func TestDecodeNamesEveryBadField(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       []string // "pointer: piece of the detail"
	}{
		{"fine", `{"order":{"invoice_number":"A","amount":1,"auto_redirect":true,"line_items":[{"name":"x","price":1,"quantity":1}]},"card":{}}`, nil},
		{"all at once", `{"order":{"amount":"90000","line_items":[{"price":1.5},{"price":1e3},{"quantity":true}],"auto_redirect":"true"},"customer":"me","colour":1}`,
			[]string{"/order/amount: whole number", "/order/line_items/0/price: whole number",
				"/order/line_items/1/price: whole number",
				"/order/line_items/2/quantity: whole number", "/order/auto_redirect: true or false",
				"/customer: not an object", "/colour: not a field"}},
		{"given twice", `{"order":{"amount":1,"amount":2}}`, []string{"/order/amount: twice"}},
		{"other case", `{"order":{"Amount":1}}`, []string{"/order/Amount: not a field"}},
		{"overflow", `{"order":{"amount":9223372036854775808,"line_items":[{"price":-9223372036854775809}]}}`,
			[]string{"/order/amount: too large", "/order/line_items/0/price: too small"}},
		{"a longer number with an exponent", `{"order":{"amount":1e30}}`, []string{"/order/amount: whole number"}},
		{"not an array", `{"order":{"line_items":{}}}`, []string{"/order/line_items: not an array"}},
		{"null in an array", `{"override_configuration":{"allow_bin":[null,"461700"]}}`,
			[]string{"/override_configuration/allow_bin/0: must not be null"}},
		{"not a string", `{"order":{"invoice_number":7}}`, []string{"/order/invoice_number: not a string"}},
		{"a name that is none", `{"4761349999000039":1,"a/b~":1,"budi@example.com":1}`,
			[]string{"/(unknown field): not a field", "/(unknown field): not a field",
				"/(unknown field): not a field"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var into doku.CreatePageRequest
			got, err := Decode([]byte(test.body), &into)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(test.want) {
				t.Fatalf("%v, want %q", got, test.want)
			}
			for i, want := range test.want {
				pointer, piece, _ := strings.Cut(want, ": ")
				if got[i].Pointer != pointer || !strings.Contains(got[i].Detail, piece) {
					t.Errorf("%+v, want %s", got[i], want)
				}
			}
		})
	}
}

func TestDecodeFillsTheRequest(t *testing.T) {
	var r doku.CreatePageRequest
	body := `{"order":{"invoice_number":"INV-1","amount":90000,"line_items":[{"name":"Kopi","price":45000,"quantity":2}]},` +
		`"override_configuration":{"promo":[{"bin":"142498","discount_amount":20000}],"allow_tenor":[0,3]},"card":{"save":true}}`
	if got, err := Decode([]byte(body), &r); err != nil || got != nil {
		t.Fatal(got, err)
	}
	if r.Order.InvoiceNumber != "INV-1" || r.Order.Amount != 90000 ||
		r.Order.LineItems[0] != (doku.LineItem{Name: "Kopi", Price: 45000, Quantity: 2}) ||
		r.OverrideConfiguration.Promo[0].DiscountAmount != 20000 ||
		!slices.Equal(r.OverrideConfiguration.AllowTenor, []int64{0, 3}) || !r.Card.Save {
		t.Errorf("%+v", r)
	}
}

// The caller chooses the names of a map's members. A name that may be a value in the wrong place is not repeated.
func TestDecodeFillsAMap(t *testing.T) {
	for body, want := range map[string]string{
		`{"texts":{"cart_id":"CART-77","po_2026_nr":"7"}}`: "",
		`{"texts":{}}`:                             "/texts must not be empty",
		`{"texts":null}`:                           "/texts must not be null",
		`{"texts":["a"]}`:                          "/texts is not an object",
		`{"texts":{"po_2026_nr":null}}`:            "/texts/po_2026_nr must not be null",
		`{"texts":{"a":7}}`:                        "/texts/a is not a string",
		`{"texts":{"a":{"b":"c"}}}`:                "/texts/a is not a string",
		`{"texts":{"a":"1","a":"2"}}`:              "/texts/a is given twice",
		`{"texts":{"4761349999000039":7}}`:         "/texts/(unknown field) is not a string",
		`{"texts":{"a_4761_3499_9900_0039":7}}`:    "/texts/(unknown field) is not a string",
		`{"texts":{"budi@example.com":7}}`:         "/texts/(unknown field) is not a string",
		`{"texts":{"sk_live_a1b2c3d4e5f6a7b8":7}}`: "/texts/sk_live_a1b2c3d4e5f6a7b8 is not a string",
	} {
		var into struct {
			Texts map[string]string `json:"texts" empty:"refused"`
		}
		got, err := Decode([]byte(body), &into)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case want == "" && (len(got) > 0 || len(into.Texts) != 2 || into.Texts["cart_id"] != "CART-77"):
			t.Errorf("%s: %v, %v", body, into, got)
		case want != "" && (len(got) != 1 || !strings.HasPrefix(got[0].Pointer+" "+got[0].Detail, want)):
			t.Errorf("%s: %v, want %s", body, got, want)
		}
	}
}

func TestDecodeRefusesWhatIsNoJSONObject(t *testing.T) {
	for body, want := range map[string]string{
		"{":                         "too early",
		`{"order":{"amount":1}`:     "too early",
		`{"a":1} x`:                 "not JSON",
		`{"a":1}{"a":2}`:            "follows",
		"[]":                        "not a JSON object",
		`"text"`:                    "not a JSON object",
		"null":                      "not a JSON object",
		"{\"a\":\"\xff\"}":          "UTF-8",
		`{"a":01}`:                  "not JSON",
		`{"a":"x\ud800"}`:           "not Unicode",
		`{"a":"\udc00\ud800"}`:      "not Unicode",
		`{"a":{"b":["\ud83d x"]}}`:  "not Unicode",
		`{"a\ud800":1}`:             "not Unicode",
		"{\"a\":\"Kop\ufffd\"}":     "not Unicode",
		"{\"a\":\"\xed\xa0\x80\"}":  "UTF-8",
		strings.Repeat(`{"a":`, 99): "nested",
		strings.Repeat("[", 9999):   "nested",
	} {
		var into doku.CreatePageRequest
		_, err := Decode([]byte(body), &into)
		var bad *Malformed
		if !errors.As(err, &bad) || !strings.Contains(bad.Detail, want) {
			t.Errorf("%.30q: %v, want %q", body, err, want)
		}
	}
}

func TestDecodeTakesEveryCharacterOfUnicode(t *testing.T) {
	var r doku.CreatePageRequest
	got, err := Decode([]byte(`{"customer":{"name":"\ud83d\ude00 😀 é \u0000 \uffff"}}`), &r)
	if want := doku.Private("😀 😀 é \x00 \uffff"); err != nil || got != nil || string(r.Customer.Name) != string(want) {
		t.Errorf("%q, %v, %v", string(r.Customer.Name), got, err)
	}
}

func TestDecodeTellsAnAbsentFieldFromAZero(t *testing.T) {
	type body struct {
		Amount *int64 `json:"amount"`
	}
	for text, want := range map[string]*int64{`{}`: nil, `{"amount":0}`: new(int64), `{"amount":"0"}`: new(int64)} {
		var b body
		_, err := Decode([]byte(text), &b)
		if err != nil || (b.Amount == nil) != (want == nil) {
			t.Errorf("%s: %v, %v", text, b.Amount, err)
		}
	}
}

// A null is refused at its own pointer in every field of a create-page body.
func TestDecodeRefusesNullInEveryField(t *testing.T) {
	tried := 0
	var walk func(of reflect.Type, pointer, before, after string)
	walk = func(of reflect.Type, pointer, before, after string) {
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			at, open := pointer+"/"+name, before+`{"`+name+`":`
			tried++
			got, err := Decode([]byte(open+"null}"+after), new(doku.CreatePageRequest))
			if err != nil || len(got) != 1 || got[0].Pointer != at ||
				!strings.HasPrefix(got[0].Detail, "must not be null") {
				t.Errorf("null at %s: %v, %v", at, got, err)
			}
			kind, end := of.Field(i).Type, "}"+after
			if kind.Kind() == reflect.Slice {
				kind, at, open, end = kind.Elem(), at+"/0", open+"[", "]"+end
			}
			if kind.Kind() == reflect.Struct {
				walk(kind, at, open, end)
			}
		}
	}
	walk(reflect.TypeFor[doku.CreatePageRequest](), "", "", "")
	if tried < 45 {
		t.Errorf("only %d fields were tried", tried)
	}
}

// A field that is left out if it is empty must not be sent empty if that would mean something else.
func TestDecodeRefusesEmptyWhereItWouldMeanSomethingElse(t *testing.T) {
	for body, want := range map[string]string{
		`{"order":{"invoice_number":""}}`:                       "/order/invoice_number",
		`{"payment":{}}`:                                        "/payment",
		`{"payment":{"type":""}}`:                               "/payment/type",
		`{"override_configuration":{"allow_bin":[]}}`:           "/override_configuration/allow_bin",
		`{"override_configuration":{"allow_tenor":[]}}`:         "/override_configuration/allow_tenor",
		`{"additional_info":{"account":{}}}`:                    "/additional_info/account",
		`{"additional_info":{"account":{"id":""}}}`:             "/additional_info/account/id",
		`{"additional_info":{"report":[]}}`:                     "/additional_info/report",
		`{"additional_info":{"settlement":[]}}`:                 "/additional_info/settlement",
		`{"additional_info":{"override_notification_url":""}}`:  "/additional_info/override_notification_url",
		`{"override_configuration":{"themes":{"language":""}}}`: "",
		`{"customer":{},"card":{},"order":{"line_items":[]}}`:   "",
		`{"override_configuration":{"promo":[],"themes":{}}}`:   "",
		`{"customer":{"phone":""},"order":{"callback_url":""}}`: "",
	} {
		got, err := Decode([]byte(body), new(doku.CreatePageRequest))
		if err != nil || (want == "") != (got == nil) || want != "" &&
			(len(got) != 1 || got[0].Pointer != want || !strings.HasPrefix(got[0].Detail, "must not be empty")) {
			t.Errorf("%s: %v, %v, want %q", body, got, err, want)
		}
	}
	for _, body := range []string{"", " \r\n\t"} {
		if got, err := Decode([]byte(body), new(doku.CreatePageRequest)); err != nil || len(got) != 1 ||
			got[0].Pointer != "" || got[0].Detail == "" {
			t.Errorf("%q: %v, %v", body, got, err)
		}
	}
}

func TestMergeKeepsOneComplaintAField(t *testing.T) {
	form := []Violation{{Pointer: "/a", Detail: "form"}, {Pointer: "/list/1", Detail: "form"}}
	content := func(pointer string) Violation { return Violation{Pointer: pointer, Detail: "content"} }
	got := Merge(form, []Violation{content("/a"), content("/a/deep/0/er"), content("/ab"), content("/list/1/x"),
		content("/list/10/x"), content("/list")})
	if !slices.Equal(got, append(form, content("/ab"), content("/list/10/x"), content("/list"))) {
		t.Errorf("%v", got)
	}
}

// DecodeOpen ignores unknown members of the outermost object only. Repeated members are still violations.
func TestDecodeOpenPassesOverWhatItDoesNotKnow(t *testing.T) {
	for body, want := range map[string]string{
		`{"order":{"amount":1},"iss":{"a":[1,null]}}`: "", `{"iss":1,"iss":2}`: "/iss",
		`{"order":{"colour":1}}`: "/order/colour",
	} {
		got, err := DecodeOpen([]byte(body), new(doku.CreatePageRequest))
		if err != nil || (want == "") != (got == nil) || want != "" && got[0].Pointer != want {
			t.Errorf("%s: %v, %v, want %q", body, got, err, want)
		}
	}
}

// FuzzDecode: any bytes are decoded, or refused with a reason, and nothing panics.
func FuzzDecode(f *testing.F) {
	f.Add(`{"order":{"invoice_number":"A","amount":1,"line_items":[{"price":1}]},"card":null}`)
	f.Add(`{"order":{"amount":1,"amount":1e9}}`)
	f.Add(`[[[{"a":"\ud800"}]]]`)
	f.Fuzz(func(t *testing.T, body string) {
		var into doku.CreatePageRequest
		violations, err := Decode([]byte(body), &into)
		if err != nil && err.Error() == "" {
			t.Fatal("refused without a reason")
		}
		for _, v := range violations {
			if !strings.HasPrefix(v.Pointer, "/") && strings.TrimSpace(body) != "" || v.Detail == "" {
				t.Fatalf("%+v", v)
			}
		}
	})
}
