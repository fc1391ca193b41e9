package doku

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Text is a string that DOKU sometimes writes as a number; both decode to the same text.
type Text string

// UnmarshalJSON accepts a string, a number, true, false or null.
func (t *Text) UnmarshalJSON(b []byte) error {
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return err
	}
	s, ok := scalar(v)
	if !ok {
		return errors.New("an object or array is not a text")
	}
	*t = Text(s)
	return nil
}

// Amount is a sum in whole rupiah as DOKU notifies it: a number, or a text such as "39000.00".
type Amount struct {
	Rupiah int64
	Valid  bool // false: absent, or not a whole, non-negative number of rupiah
}

// UnmarshalJSON accepts a number or a text; what is no whole amount is not Valid, but never an error.
func (a *Amount) UnmarshalJSON(b []byte) error {
	*a = parseAmount(strings.Trim(string(b), `"`))
	return nil
}

// MarshalJSON writes a number, or null when the amount is not Valid.
func (a Amount) MarshalJSON() ([]byte, error) {
	if !a.Valid {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, a.Rupiah, 10), nil
}

var wholeRupiah = regexp.MustCompile(`^([0-9]{1,15})(\.0{1,4})?$`)

func parseAmount(s string) Amount {
	m := wholeRupiah.FindStringSubmatch(s)
	if m == nil {
		return Amount{}
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	return Amount{Rupiah: n, Valid: err == nil}
}

// document is a decoded JSON object that is read leniently: a missing key, a null or a value of another type
// reads as an empty text, because DOKU adds and reshapes fields without notice.
type document map[string]any

func parseDocument(body []byte) (document, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var doc document
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	if doc == nil {
		return nil, fmt.Errorf("the body is null")
	}
	for _, path := range moneyPaths {
		if cameTwice(body, path) {
			doc.spoil(path)
		}
	}
	return doc, nil
}

// text reads the scalar at a path of keys.
func (doc document) text(path ...string) string {
	var value any = map[string]any(doc)
	for _, key := range path {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	s, _ := scalar(value)
	return strings.TrimSpace(s)
}

func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	case nil:
		return "", true
	}
	return "", false
}
