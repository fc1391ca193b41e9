package stack_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kasir/local/sandbox"
	"kasir/local/stack"
	"kasir/local/test/harness"
	"kasir/shared/doku"
)

// set changes a body: it maps a path of keys and indexes to the new value. remove deletes the key.
type set map[string]any

type remove struct{}

// verdict names the sides that accept a case: the HTTP API, the sandbox, both or neither.
type verdict int

const (
	accepted   verdict = iota // by both
	refused                   // by both
	onlyTheirs                // the sandbox accepts it, as DOKU's guide does; the API refuses it
	onlyOurs                  // the API accepts it and sends it in another form; the sandbox refuses it
)

// guideCase is one rule of a row of the guide's request table, kept or broken.
type guideCase struct {
	row     string // name in the guide
	what    string
	set     set
	want    verdict
	pointer string // pointer in the API's answer; the row's if empty
}

func long(n int) string { return strings.Repeat("a", n) }

// guideCases follows the guide's table "Request body Explanation" row by row, then split and hold settlement, and the
// fields that only DOKU's own plugins send.
var guideCases = []guideCase{
	{"order.amount", "a whole number", set{"order.amount": 90000}, accepted, ""},
	{"order.amount", "missing", set{"order.amount": remove{}}, refused, ""},
	{"order.amount", "zero", set{"order.amount": 0, "order.line_items": remove{}}, refused, ""},
	{"order.amount", "negative", set{"order.amount": -90000, "order.line_items": remove{}}, refused, ""},
	{"order.amount", "with decimals", set{"order.amount": json.Number("90000.50")}, refused, ""},
	{"order.amount", "with an exponent", set{"order.amount": json.Number("9e4")}, refused, ""},
	{"order.amount", "a text", set{"order.amount": "90000"}, refused, ""},
	{"order.amount", "not the sum of the line items", set{"order.amount": 89999}, refused, ""},
	{"order.amount", "line items that overflow",
		set{"order.line_items.0.quantity": int64(1) << 62, "order.line_items.0.price": 4}, refused, ""},
	{"order.invoice_number", "64 characters", set{"order.invoice_number": long(64)}, accepted, ""},
	{"order.invoice_number", "65 characters", set{"order.invoice_number": long(65)}, refused, ""},
	{"order.invoice_number", "missing", set{"order.invoice_number": remove{}}, refused, ""},
	{"order.invoice_number", "a space", set{"order.invoice_number": "INV 1"}, refused, ""},
	{"order.invoice_number", "special characters", set{"order.invoice_number": "INV/2021#1"}, onlyTheirs, ""},
	{"order.invoice_number", "27 for Mandiri",
		set{"order.invoice_number": long(27), "payment.acquirer": "BANK_MANDIRI"}, accepted, ""},
	{"order.invoice_number", "28 for Mandiri",
		set{"order.invoice_number": long(28), "payment.acquirer": "BANK_MANDIRI"}, refused, ""},
	{"order.callback_url", "a URL", set{"order.callback_url": "https://merchant.com/success-url?a=1"}, accepted, ""},
	{"order.callback_url", "no URL", set{"order.callback_url": "merchant.com"}, refused, ""},
	{"order.callback_url", "missing with auto_redirect",
		set{"order.auto_redirect": true, "order.callback_url": remove{}}, refused, ""},
	{"order.callback_url", "of a host that is not allowed", set{"order.callback_url": "https://evil.example/"},
		onlyTheirs, ""},
	{"order.callback_url", "http", set{"order.callback_url": "http://merchant.com/"}, onlyTheirs, ""},
	{"order.callback_url", "a blank", set{"order.callback_url": "https://merchant.com/a b"}, refused, ""},
	{"order.callback_url", "a letter beyond ASCII", set{"order.callback_url": "https://merchant.com/caf\u00e9"},
		refused, ""},
	{"order.callback_url", "a port that does not exist", set{"order.callback_url": "https://merchant.com:99999/"},
		refused, ""},
	{"order.failed_url", "a URL", set{"order.failed_url": "https://merchant.com/failed-url"}, accepted, ""},
	{"order.failed_url", "no URL", set{"order.failed_url": "javascript:alert(1)"}, refused, ""},
	{"order.auto_redirect", "true", set{"order.auto_redirect": true}, accepted, ""},
	{"order.auto_redirect", "left out: false", set{"order.auto_redirect": remove{}}, accepted, ""},
	{"order.auto_redirect", "a number", set{"order.auto_redirect": 1}, refused, ""},
	{"order.line_items.name", "255 characters", set{"order.line_items.0.name": long(255)}, accepted,
		"/order/line_items/0/name"},
	{"order.line_items.name", "256 characters", set{"order.line_items.0.name": long(256)}, refused,
		"/order/line_items/0/name"},
	{"order.line_items.price", "free of charge",
		set{"order.line_items.2": map[string]any{"name": "x", "price": 0, "quantity": 1}}, accepted, ""},
	{"order.line_items.price", "negative", set{"order.line_items.0.price": -1}, refused, "/order/line_items/0/price"},
	{"order.line_items.price", "with decimals", set{"order.line_items.0.price": json.Number("30000.5")}, refused,
		"/order/line_items/0/price"},
	{"order.line_items.quantity", "two of one", set{"order.line_items.0.quantity": 2}, accepted, ""},
	{"order.line_items.quantity", "zero", set{"order.line_items.0.quantity": 0}, refused,
		"/order/line_items/0/quantity"},
	{"order.line_items", "none", set{"order.line_items": remove{}}, accepted, ""},
	{"order.descriptor", "22 characters", set{"order.descriptor": long(22)}, accepted, ""},
	{"order.descriptor", "23 characters", set{"order.descriptor": long(23)}, refused, ""},
	{"order.session_id", "as in DOKU's samples", set{"order.session_id": "0000231223"}, accepted, ""},
	{"card.token", "with a customer", set{"card.token": "a55b8d8df709607d2a343778898f41d0", "customer.id": "CUST-1"},
		accepted, ""},
	{"card.token", "a number", set{"card.token": 5, "customer.id": "CUST-1"}, refused, ""},
	{"card.save", "with a customer", set{"card.save": true, "customer.id": "CUST-1"}, accepted, ""},
	{"card.save", "a text", set{"card.save": "yes", "customer.id": "CUST-1"}, refused, ""},
	{"customer.id", "50 characters", set{"customer.id": long(50)}, accepted, ""},
	{"customer.id", "51 characters", set{"customer.id": long(51)}, refused, ""},
	{"customer.id", "missing with card.save", set{"card.save": true, "customer.id": remove{}}, refused, ""},
	{"customer.id", "missing with card.token", set{"card.token": "t", "customer.id": remove{}}, refused, ""},
	{"customer.name", "255 characters", set{"customer.name": long(255)}, accepted, ""},
	{"customer.name", "256 characters", set{"customer.name": long(256)}, refused, ""},
	{"customer.name", "a line break", set{"customer.name": "a\nb"}, refused, ""},
	{"customer.email", "alone", set{"customer.phone": remove{}}, accepted, ""},
	{"customer.email", "neither e-mail nor phone", set{"customer.email": remove{}, "customer.phone": remove{}},
		refused, ""},
	{"customer.email", "no address", set{"customer.email": "budi"}, refused, ""},
	{"customer.email", "two points", set{"customer.email": "a..b@example.com"}, refused, ""},
	{"customer.email", "a point before the @", set{"customer.email": "a.@example.com"}, refused, ""},
	{"customer.email", "129 characters", set{"customer.email": long(117) + "@example.com"}, refused, ""},
	{"customer.phone", "alone", set{"customer.email": remove{}, "customer.phone": "6281122334455"}, accepted, ""},
	{"customer.phone", "leading plus", set{"customer.phone": "+6281122334455"}, accepted, ""},
	{"customer.phone", "letters", set{"customer.phone": "0811-CALL"}, refused, ""},
	{"customer.phone", "17 digits", set{"customer.phone": "62811223344556677"}, refused, ""},
	{"customer.address", "a text", set{"customer.address": "Menara Mulia Lantai 8"}, accepted, ""},
	{"customer.address", "1,025 characters", set{"customer.address": long(1025)}, refused, ""},
	{"customer.country", "ID", set{"customer.country": "ID"}, accepted, ""},
	{"customer.country", "three letters", set{"customer.country": "IDN"}, refused, ""},
	{"customer.country", "not assigned", set{"customer.country": "XX"}, refused, ""},
	{"override_configuration.themes.language", "ID", set{"override_configuration.themes.language": "ID"}, accepted, ""},
	{"override_configuration.themes.language", "FR", set{"override_configuration.themes.language": "FR"}, refused, ""},
	{"override_configuration.themes.background_color", "a colour",
		set{"override_configuration.themes.background_color": "f5F8FB"}, accepted, ""},
	{"override_configuration.themes.background_color", "with #",
		set{"override_configuration.themes.background_color": "#F5F8FB"}, refused, ""},
	{"override_configuration.themes.font_color", "empty, as in DOKU's samples",
		set{"override_configuration.themes.font_color": ""}, accepted, ""},
	{"override_configuration.themes.font_color", "three digits", set{"override_configuration.themes.font_color": "FFF"},
		refused, ""},
	{"override_configuration.themes.button_background_color", "a colour",
		set{"override_configuration.themes.button_background_color": "E1251B"}, accepted, ""},
	{"override_configuration.themes.button_background_color", "a name",
		set{"override_configuration.themes.button_background_color": "bright"}, refused, ""},
	{"override_configuration.themes.button_font_color", "a colour",
		set{"override_configuration.themes.button_font_color": "FFFFFF"}, accepted, ""},
	{"override_configuration.themes.button_font_color", "eight digits",
		set{"override_configuration.themes.button_font_color": "FFFFFFFF"}, refused, ""},
	{"override_configuration.promo[].bin", "6 digits",
		set{"override_configuration.promo": []any{map[string]any{"bin": "142498", "discount_amount": 20000}}},
		accepted, ""},
	{"override_configuration.promo[].bin", "5 digits",
		set{"override_configuration.promo": []any{map[string]any{"bin": "14249", "discount_amount": 20000}}}, refused,
		"/override_configuration/promo/0/bin"},
	{"override_configuration.promo[].discount_amount", "below the amount",
		set{"override_configuration.promo": []any{map[string]any{"bin": "142498", "discount_amount": 89999}}},
		accepted, ""},
	{"override_configuration.promo[].discount_amount", "the amount",
		set{"override_configuration.promo": []any{map[string]any{"bin": "142498", "discount_amount": 90000}}}, refused,
		"/override_configuration/promo/0/discount_amount"},
	{"override_configuration.promo[].discount_amount", "zero",
		set{"override_configuration.promo": []any{map[string]any{"bin": "142498", "discount_amount": 0}}}, refused,
		"/override_configuration/promo/0/discount_amount"},
	{"override_configuration.allow_bin", "BINs", set{"override_configuration.allow_bin": []any{"461700", "41050512"}},
		accepted, ""},
	{"override_configuration.allow_bin", "letters", set{"override_configuration.allow_bin": []any{"461700", "visa"}},
		refused, "/override_configuration/allow_bin/1"},
	{"override_configuration.allow_bin", "empty", set{"override_configuration.allow_bin": []any{}}, onlyTheirs, ""},
	{"override_configuration.allow_bin", "null", set{"override_configuration.allow_bin": nil}, onlyTheirs, ""},
	{"override_configuration.allow_tenor", "tenors", set{"override_configuration.allow_tenor": []any{0, 3, 6}},
		accepted, ""},
	{"override_configuration.allow_tenor", "negative", set{"override_configuration.allow_tenor": []any{-3}}, refused,
		"/override_configuration/allow_tenor/0"},
	{"override_configuration.allow_tenor", "empty", set{"override_configuration.allow_tenor": []any{}}, onlyTheirs, ""},
	{"additional_info.override_notification_url", "the configured path at an allowed host",
		set{"additional_info.override_notification_url": "https://another.example.com/payments/notifications"},
		accepted, ""},
	{"additional_info.override_notification_url", "another path",
		set{"additional_info.override_notification_url": "https://another.example.com/other"}, refused, ""},
	{"additional_info.override_notification_url", "of a host that is not allowed",
		set{"additional_info.override_notification_url": "https://evil.example/payments/notifications"},
		onlyTheirs, ""},
	{"additional_info.disclaimer", "both languages",
		set{"additional_info.disclaimer": map[string]any{"id": "Setuju", "en": "I agree"}}, accepted, ""},
	{"additional_info.disclaimer", "a text", set{"additional_info.disclaimer": "I agree"}, refused, ""},
	{"additional_info.disclaimer.id", "with English",
		set{"additional_info.disclaimer": map[string]any{"id": "Setuju", "en": "I agree"}}, accepted, ""},
	{"additional_info.disclaimer.id", "a number",
		set{"additional_info.disclaimer": map[string]any{"id": 1, "en": "I agree"}}, refused, ""},
	{"additional_info.disclaimer.en", "English only",
		set{"additional_info.disclaimer": map[string]any{"en": "I agree"}}, accepted, ""},
	{"additional_info.disclaimer.en", "missing", set{"additional_info.disclaimer": map[string]any{"id": "Setuju"}},
		refused, ""},
	{"additional_info.disclaimer.en", "a number", set{"additional_info.disclaimer": map[string]any{"en": 1}},
		refused, ""},
	{"payment.type", "SALE", set{"payment.type": "SALE"}, accepted, ""},
	{"payment.type", "AUTHORIZE", set{"payment.type": "AUTHORIZE"}, accepted, ""},
	{"payment.type", "MOTO", set{"payment.type": "MOTO"}, accepted, ""},
	{"payment.type", "RECURRING", set{"payment.type": "RECURRING"}, accepted, ""},
	{"payment.type", "the alias AUTHORIZATION", set{"payment.type": "AUTHORIZATION"}, onlyOurs, ""},
	{"payment.type", "lower case", set{"payment.type": "sale"}, refused, ""},
	{"payment.type", "empty", set{"payment.type": ""}, onlyTheirs, ""},
	{"payment.type", "null", set{"payment.type": nil}, onlyTheirs, ""},
	{"payment.auto_capture", "with AUTHORIZE", set{"payment.type": "AUTHORIZE", "payment.auto_capture": true},
		accepted, ""},
	{"payment.auto_capture", "with SALE", set{"payment.type": "SALE", "payment.auto_capture": true}, refused, ""},
	{"payment.acquirer", "an installment off us",
		set{"payment.type": "INSTALLMENT", "payment.acquirer": "HSBC", "payment.tenor": 3}, accepted, ""},
	{"payment.acquirer", "in the enumeration only (BRI)",
		set{"payment.type": "INSTALLMENT", "payment.acquirer": "BRI", "payment.tenor": 3}, accepted, ""},
	{"payment.acquirer", "in the enumeration only (BANK_CIMB)",
		set{"payment.type": "INSTALLMENT", "payment.acquirer": "BANK_CIMB", "payment.tenor": 3}, accepted, ""},
	{"payment.acquirer", "missing with INSTALLMENT", set{"payment.type": "INSTALLMENT", "payment.tenor": 3},
		refused, ""},
	{"payment.acquirer", "unknown", set{"payment.acquirer": "CIMB"}, refused, ""},
	{"payment.tenor", "in allow_tenor",
		set{"payment.type": "INSTALLMENT", "payment.acquirer": "BCA", "payment.tenor": 6,
			"override_configuration.allow_tenor": []any{3, 6}}, accepted, ""},
	{"payment.tenor", "missing with INSTALLMENT", set{"payment.type": "INSTALLMENT", "payment.acquirer": "BCA"},
		refused, ""},
	{"payment.tenor", "not in allow_tenor",
		set{"payment.type": "INSTALLMENT", "payment.acquirer": "BCA", "payment.tenor": 12,
			"override_configuration.allow_tenor": []any{3, 6}}, refused, ""},
	{"payment.tenor", "negative", set{"payment.tenor": -3}, refused, ""},
	{"additional_info.settlement", "two shares",
		set{"additional_info.settlement": []any{share("SBS-1", json.Number("12.5"), "PERCENTAGE"),
			share("SBS-2", 5000, "FIX")}}, accepted, ""},
	{"additional_info.settlement", "without account",
		set{"additional_info.settlement": []any{map[string]any{"value": 1, "type": "FIX"}}}, refused,
		"/additional_info/settlement/0/bank_account_settlement_id"},
	{"additional_info.settlement", "101 percent",
		set{"additional_info.settlement": []any{share("SBS-1", 101, "PERCENTAGE")}}, refused,
		"/additional_info/settlement/0/value"},
	{"additional_info.settlement", "a sum above the amount",
		set{"additional_info.settlement": []any{share("SBS-1", 90001, "FIX")}}, refused,
		"/additional_info/settlement/0/value"},
	{"additional_info.settlement", "an account of 65 characters",
		set{"additional_info.settlement": []any{share(long(65), 1, "FIX")}}, refused,
		"/additional_info/settlement/0/bank_account_settlement_id"},
	{"additional_info.settlement", "unknown type", set{"additional_info.settlement": []any{share("SBS-1", 1, "ALL")}},
		refused, "/additional_info/settlement/0/type"},
	{"additional_info.settlement", "empty", set{"additional_info.settlement": []any{}}, onlyTheirs, ""},
	{"additional_info.hold_settlement", "true", set{"additional_info.hold_settlement": true}, accepted, ""},
	{"additional_info.hold_settlement", "a number", set{"additional_info.hold_settlement": 1}, refused, ""},
	{"additional_info.account", "a sub-account",
		set{"additional_info.account": map[string]any{"id": "SAC-4141-1625110422"}}, accepted, ""},
	{"additional_info.account", "a text", set{"additional_info.account": "SAC-1"}, refused, ""},
	{"additional_info.account.id", "64 characters", set{"additional_info.account": map[string]any{"id": long(64)}},
		accepted, ""},
	{"additional_info.account.id", "65 characters", set{"additional_info.account": map[string]any{"id": long(65)}},
		refused, ""},
	{"additional_info.account.id", "empty", set{"additional_info.account": map[string]any{"id": ""}}, refused, ""},
	{"additional_info.report", "two columns",
		set{"additional_info.report": []any{column("branch", "Jakarta"), column("shift", "2")}}, accepted, ""},
	{"additional_info.report", "empty", set{"additional_info.report": []any{}}, onlyTheirs, ""},
	{"additional_info.report", "an object", set{"additional_info.report": column("branch", "Jakarta")}, refused, ""},
	{"additional_info.report[].key", "64 characters", set{"additional_info.report": []any{column(long(64), "1")}},
		accepted, ""},
	{"additional_info.report[].key", "65 characters", set{"additional_info.report": []any{column(long(65), "1")}},
		refused, "/additional_info/report/0/key"},
	{"additional_info.report[].key", "twice", set{"additional_info.report": []any{column("a", "1"), column("a", "2")}},
		onlyTheirs, "/additional_info/report/1/key"},
	{"additional_info.report[].value", "128 characters", set{"additional_info.report": []any{column("a", long(128))}},
		accepted, ""},
	{"additional_info.report[].value", "129 characters", set{"additional_info.report": []any{column("a", long(129))}},
		refused, "/additional_info/report/0/value"},
	{"additional_info.report[].value", "a number",
		set{"additional_info.report": []any{map[string]any{"key": "a", "value": 1}}}, refused,
		"/additional_info/report/0/value"},
}

func share(account string, value any, kind string) map[string]any {
	return map[string]any{"bank_account_settlement_id": account, "value": value, "type": kind}
}

func column(key, value string) map[string]any { return map[string]any{"key": key, "value": value} }

// TestTheGuidesTable sends each case to the HTTP API, and directly to the sandbox.
func TestTheGuidesTable(t *testing.T) {
	theirs := guideSandbox(t)
	s := open(t, func(c *stack.Config) { guideSettings(c, theirs) })
	for i, c := range guideCases {
		t.Run(c.row+": "+c.what, func(t *testing.T) {
			body := c.body(t, fmt.Sprintf("GUIDE-%d", i))
			c.askUs(t, s, body)
			c.askThem(t, theirs, bytes.Replace(body, []byte(`"GUIDE-`), []byte(`"THEIRS-`), 1))
		})
	}
	t.Logf("%d cases of %d rows, each at the HTTP API and at the sandbox", len(guideCases), len(guideRows()))
}

func guideRows() []string {
	var rows []string
	for _, c := range guideCases {
		if !slices.Contains(rows, c.row) {
			rows = append(rows, c.row)
		}
	}
	return rows
}

// body returns a valid request with the case's changes.
func (c guideCase) body(t *testing.T, invoice string) []byte {
	t.Helper()
	var doc any = map[string]any{
		"order": map[string]any{"invoice_number": invoice, "amount": 90000, "line_items": []any{
			map[string]any{"name": "T-Shirt Red", "price": 30000, "quantity": 2},
			map[string]any{"name": "Polo Navy", "price": 30000, "quantity": 1}},
			"callback_url": "https://merchant.com/success-url", "auto_redirect": false},
		"customer": map[string]any{"id": "CUST-0001", "name": "Jotaro Kujo", "email": "jotaro_kujo@example.com",
			"phone": "6285694566147"},
	}
	for path, value := range c.set {
		doc = change(doc, strings.Split(path, "."), value)
	}
	body, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func change(doc any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if list, ok := doc.([]any); ok {
		i, _ := strconv.Atoi(path[0])
		if i == len(list) {
			list = append(list, nil)
		}
		list[i] = change(list[i], path[1:], value)
		return list
	}
	object, _ := doc.(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	if _, gone := value.(remove); gone && len(path) == 1 {
		delete(object, path[0])
		return object
	}
	object[path[0]] = change(object[path[0]], path[1:], value)
	return object
}

func (c guideCase) askUs(t *testing.T, s shopfront, body []byte) {
	t.Helper()
	answer, err := s.Do(t.Context(), http.MethodPost, "/payments", nil, body)
	if err != nil {
		t.Fatal(err)
	}
	if c.want == accepted || c.want == onlyOurs {
		if answer.Status != 201 {
			t.Errorf("the API answered %d: %s", answer.Status, answer.Body)
		}
		return
	}
	pointer := c.pointer
	if pointer == "" {
		pointer = "/" + strings.ReplaceAll(c.row, ".", "/")
	}
	if answer.Status != 422 || !bytes.Contains(answer.Body, []byte(`{"pointer":"`+pointer+`","detail":"`)) {
		t.Errorf("the API answered %d: %s, want 422 with %s", answer.Status, answer.Body, pointer)
	}
}

func (c guideCase) askThem(t *testing.T, url string, body []byte) {
	t.Helper()
	status, answer := signedPost(t, url, "/credit-card/v1/payment-page", body)
	if c.want == accepted || c.want == onlyTheirs {
		if status != 200 {
			t.Errorf("the sandbox answered %d: %s", status, answer)
		}
		return
	}
	if status != 400 || !bytes.Contains(answer, []byte(`"error":{"code":"INVALID_PARAMETER","message":"`)) {
		t.Errorf("the sandbox answered %d: %s, want DOKU's INVALID_PARAMETER", status, answer)
	}
}

// Every field of the guide's table is in the request type, and every rule of it has an accepted and a refused case.
func TestEveryRowOfTheGuideHasAFieldAndCases(t *testing.T) {
	fields := map[string]bool{}
	collect(reflect.TypeFor[doku.CreatePageRequest](), "", fields)
	manual, err := os.ReadFile(filepath.Join(harness.Root(), "docs/doku.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range guideRows() {
		if !bytes.Contains(manual, []byte("| `"+row+"` |")) {
			t.Errorf("%s is not in the table of docs/doku.md", row)
		}
		if !fields[strings.ReplaceAll(row, "[]", "")] {
			t.Errorf("%s has no field in doku.CreatePageRequest", row)
		}
		delete(fields, strings.ReplaceAll(row, "[]", ""))
		verdicts := map[verdict]bool{}
		for _, c := range guideCases {
			if c.row == row {
				verdicts[c.want] = true
			}
		}
		if !verdicts[accepted] || !verdicts[refused] && row != "order.session_id" && row != "order.line_items" {
			t.Errorf("%s: no case that is accepted, or none that is refused", row)
		}
	}
	for field := range fields {
		if !strings.HasPrefix(field, "additional_info.settlement.") &&
			!slices.Contains([]string{"order", "card", "customer", "payment",
				"override_configuration", "override_configuration.themes", "override_configuration.promo",
				"additional_info"}, field) {
			t.Errorf("the field %s is in no case", field)
		}
	}
}

func collect(of reflect.Type, prefix string, into map[string]bool) {
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		into[prefix+name] = true
		kind := of.Field(i).Type
		if kind.Kind() == reflect.Slice {
			kind = kind.Elem()
		}
		if kind.Kind() == reflect.Struct {
			collect(kind, prefix+name+".", into)
		}
	}
}

// The guide's own create-page body, byte for byte, makes a page here and at the sandbox.
func TestTheGuidesSampleIsAccepted(t *testing.T) {
	theirs := guideSandbox(t)
	s := open(t, func(c *stack.Config) { guideSettings(c, theirs) })
	body, err := os.ReadFile(filepath.Join(harness.Root(), "shared/doku/testdata/guide/createpage-request.json"))
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := s.Do(t.Context(), http.MethodPost, "/payments", nil, body); err != nil || answer.Status != 201 {
		t.Errorf("the API: %d %s %v", answer.Status, answer.Body, err)
	}
	if status, answer := signedPost(t, guideSandbox(t), "/credit-card/v1/payment-page", body); status != 200 {
		t.Errorf("the sandbox: %d %s", status, answer)
	}
}

// guideSandbox returns a sandbox with the notification path of the guide's sample.
func guideSandbox(t *testing.T) string {
	t.Helper()
	s, err := sandbox.New(sandbox.Config{
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey,
		NotificationURL: "http://127.0.0.1:9/payments/notifications", RetryDelays: []time.Duration{},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.Close() })
	return server.URL
}

func guideSettings(c *stack.Config, doku string) {
	c.DOKU, c.ClientID, c.SecretKey = doku, sandbox.DefaultClientID, sandbox.DefaultSecretKey
	c.Settings = map[string]string{
		"CALLBACK_HOSTS": "merchant.com", "NOTIFICATION_HOSTS": "another.example.com",
		"NOTIFICATION_TARGET": "/payments/notifications",
	}
}

// signedPost calls the sandbox as a merchant without kasir would.
func signedPost(t *testing.T, base, target string, body []byte) (int, []byte) {
	t.Helper()
	id, at := rand.Text(), time.Now().UTC().Format("2006-01-02T15:04:05Z")
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(sandbox.DefaultSecretKey))
	fmt.Fprintf(mac, "Client-Id:%s\nRequest-Id:%s\nRequest-Timestamp:%s\nRequest-Target:%s\nDigest:%s",
		sandbox.DefaultClientID, id, at, target, base64.StdEncoding.EncodeToString(sum[:]))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Client-Id": {sandbox.DefaultClientID},
		"Request-Id":        {id},
		"Request-Timestamp": {at}, "Signature": {"HMACSHA256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}
