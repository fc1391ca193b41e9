package doku

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
)

// decoded reads a path the way encoding/json decodes into maps.
func decoded(body []byte, path ...string) string {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return ""
	}
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	text := ""
	switch v := value.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		text = strconv.FormatBool(v)
	}
	return strings.TrimSpace(text)
}

// FuzzDocument checks that a document reads the same values as encoding/json, and that no body causes a panic.
func FuzzDocument(f *testing.F) {
	for _, body := range []string{
		saleBody, `{}`, ` { "a" : { "b" : "c" } } `, `{"a":{"b":1.50},"a":{"b":2}}`,
		`{"a":[{"b":"]"},"}"],"b":"\\","x":{"a":"\""}}`,
		`{"\u0061":{"b":"\u00e9\n"}}`, "{\"a\":{\"b\":\"\xff\"}}", `{"a":null,"b":true,"x":false}`,
		`{"a":{"b":"x"}} trailing`, `{"a":"{\"b\":1}"}`,
		`[]`, `null`, `"a"`, `{"a":{"b":[1,2,{"a":{}}]},"b":-1e5}`, "{\"a\":\t\"\u2028\"\r\n,\"b\":\"\"}",
		`{"":1e700}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		doc, err := parseDocument([]byte(body))
		var any map[string]any
		d := json.NewDecoder(strings.NewReader(body))
		d.UseNumber() // a number that no float64 holds is a number
		oracle := d.Decode(&any)
		if _, after := d.Token(); after != io.EOF {
			oracle = errors.New("something follows")
		}
		if (err == nil) != (oracle == nil && any != nil) {
			t.Fatalf("%q: %v, encoding/json says %v", body, err, oracle)
		}
		if err != nil {
			return
		}
		for _, path := range [][]string{{"a"}, {"b"}, {"a", "b"}, {"x", "a"}, {"order", "invoice_number"},
			{"transaction", "type"}, {"a", "b", "a"}} {
			if got, want := doc.text(path...), decoded([]byte(body), path...); got != want {
				t.Errorf("%q at %v: %q, encoding/json says %q", body, path, got, want)
			}
		}
	})
}

func TestAnAmountThatComesTwiceIsNone(t *testing.T) {
	for body, want := range map[string]string{
		`{"order":{"amount":5}}`:                                           "5",
		`{"order":{"amount":5,"amount":5}}`:                                "",
		`{"order":{"amount":1},"order":{"amount":5}}`:                      "",
		`{"order":{"amount":1},"\u006frder":{"amount":5}}`:                 "",
		`{"order":{"amount":5,"x":{"amount":1}},"refund":{"amount":1}}`:    "5",
		`{"order":{"amount":5},"x":[{"order":{"amount":1}}],"amount":"1"}`: "5",
	} {
		doc, err := parseDocument([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		_, repeated := doc.at("order", "amount")
		if got := doc.text("order", "amount"); got != want || repeated != (want == "") {
			t.Errorf("%s: %q, repeated %t, want %q", body, got, repeated, want)
		}
	}
}
