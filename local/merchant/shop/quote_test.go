package shop_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

type offer struct {
	Quote     string
	ExpiresIn int64 `json:"expires_in"`
	Order     map[string]any
}

const goodItems = `"items":[{"id":"cangkir","quantity":2},{"id":"kopi-toraja","quantity":1}]`

func TestAQuoteHasTheCataloguesPrices(t *testing.T) {
	for _, c := range []struct{ items, kind, order, quotedKind string }{
		{goodItems, "", `{"invoice_number":"KOPI-20261122-ab12cd34","amount":240000,"line_items":[
			{"name":"Cangkir Kasongan","price":75000,"quantity":2},{"name":"Kopi Toraja","price":90000,"quantity":1}]}`,
			""},
		{goodItems, "SALE", "", ""},
		{goodItems, "INSTALLMENT", "", ""},
		{`"items":[{"id":"madu","quantity":20},{"id":"tenun","quantity":1}]`, "AUTHORIZE",
			`{"invoice_number":"KOPI-20261122-ab12cd34","amount":2950000,
			"line_items":[{"name":"Madu Hutan","price":85000,"quantity":20},{"name":"Tenun Ikat Sumba","price":1250000,"quantity":1}]}`, "AUTHORIZE"},
		{`"items":[{"id":"tenun","quantity":1}]`, "", "", "AUTHORIZE"},
	} {
		response := post(t, "", "/quote",
			`{"invoice_number":"KOPI-20261122-ab12cd34",`+c.items+`,"payment_type":"`+c.kind+`"}`)
		if response.StatusCode != http.StatusOK || response.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%+v: %s", c, response.Status)
		}
		got := decoded[offer](t, response)
		said, err := readQuote(got.Quote)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"invoice_number", "amount", "line_items"} {
			if got.Order[name] == nil || !reflect.DeepEqual(said[name], got.Order[name]) {
				t.Errorf("%s: quoted %v, answered %v", name, said[name], got.Order[name])
			}
		}
		if kind, _ := said["payment_type"].(string); kind != c.quotedKind {
			t.Errorf("%+v: quoted %q", c, kind)
		}
		if life := said["exp"].(float64) - said["iat"].(float64); life != 600 || got.ExpiresIn != 600 {
			t.Errorf("a quote for %v s says %d", life, got.ExpiresIn)
		}
		if c.order == "" {
			continue
		}
		var want map[string]any
		if err := json.Unmarshal([]byte(c.order), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Order, want) {
			t.Errorf("%+v: %v", c, got.Order)
		}
	}
}

func TestWhatIsNotQuoted(t *testing.T) {
	const invoice = `"invoice_number":"KOPI-20261122-ab12cd34"`
	items := func(items string) string { return `{` + invoice + `,"items":[` + items + `]}` }
	for _, c := range []struct {
		body     string
		status   int
		pointers string // of the errors, in order
	}{
		{items(`{"id":"gold","quantity":1}`), 422, "/items/0/id"},
		{items(`{"id":"madu","quantity":1},{"id":"","quantity":1}`), 422, "/items/1/id"},
		{items(`{"id":"madu","quantity":0}`), 422, "/items/0/quantity"},
		{items(`{"id":"madu","quantity":-1}`), 422, "/items/0/quantity"},
		{items(`{"id":"madu","quantity":21}`), 422, "/items/0/quantity"},
		{items(`{"id":"madu","quantity":9223372036854775807}`), 422, "/items/0/quantity"},
		{items(`{"id":"madu"}`), 422, "/items/0/quantity"},
		{items(`{"id":"madu","quantity":20},{"id":"madu","quantity":20}`), 422, "/items/1/id"},
		{items(``), 422, "/items"},
		{items(`{"id":"gold","quantity":1},{"id":"madu","quantity":99}`), 422, "/items/0/id /items/1/quantity"},
		{`{}`, 422, "/invoice_number /items"},
		{`{"invoice_number":"INV-1",` + goodItems + `}`, 422, "/invoice_number"},
		{`{` + invoice + `,` + goodItems + `,"payment_type":"AUTHORIZE"}`, 422, "/payment_type"},
		{`{` + invoice + `,` + goodItems + `,"payment_type":"MOTO"}`, 422, "/payment_type"},
		{`{` + invoice + `,"items":[{"id":"tenun","quantity":1}],"payment_type":"SALE"}`, 422, "/payment_type"},
		{items(`{"id":"madu","quantity":1,"price":1}`), 400, ""},
		{`{` + invoice + `,` + goodItems + `,"amount":1}`, 400, ""},
		{items(`{"id":"madu","quantity":0.001}`), 400, ""},
		{items(`{"id":"madu","quantity":"1"}`), 400, ""},
		{items(`{"id":"madu","quantity":9223372036854775808}`), 400, ""},
		{items(`{"id":"madu","quantity":1}`) + `{}`, 400, ""},
		{``, 400, ""},
		{`[]`, 400, ""},
		{`{"invoice_number":"` + strings.Repeat("A", 20_000) + `"}`, 413, ""},
	} {
		response := post(t, "", "/quote", c.body)
		said := text(t, response)
		var problem struct {
			Detail string
			Errors []struct{ Pointer, Detail string }
		}
		if err := json.Unmarshal([]byte(said), &problem); err != nil {
			t.Fatalf("%s: %v", said, err)
		}
		var pointers []string
		for _, e := range problem.Errors {
			pointers = append(pointers, e.Pointer)
		}
		if response.StatusCode != c.status || strings.Join(pointers, " ") != c.pointers || problem.Detail == "" ||
			strings.Contains(said, `"quote"`) ||
			response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.200s: %d %s", c.body, response.StatusCode, said)
		}
	}
}
