package quote

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kasir/shared/doku"
)

// decode reads the claims strictly: a claim this package knows has its type and comes once, spelt exactly so. encoding/json would take
// "Amount" for amount and the last of two. Claims it does not know are the back end's own.
func decode(payload []byte) (Terms, int64, error) {
	var r reading
	if !utf8.Valid(payload) {
		r.refuse("", "are not UTF-8")
	}
	claims := r.object(payload, "")
	t := Terms{
		InvoiceNumber: r.text(claims["invoice_number"], "invoice_number"),
		Amount:        r.whole(claims["amount"], "amount"),
		LineItems:     each(&r, claims["line_items"], "line_items", r.lineItem),
		Promo:         each(&r, claims["promo"], "promo", r.promo),
		PaymentType:   doku.PaymentType(r.word(claims["payment_type"], "payment_type")),
		AutoCapture:   r.flag(claims["auto_capture"], "auto_capture"),
		AllowBIN:      some(&r, claims["allow_bin"], "allow_bin", r.text),
		AllowTenor:    some(&r, claims["allow_tenor"], "allow_tenor", r.whole),
		CustomerID:    r.word(claims["customer_id"], "customer_id"),
		Subject:       r.word(claims["sub"], "sub"),
	}
	expires := r.whole(claims["exp"], "exp")
	for _, name := range []string{"nbf", "iat"} {
		r.whole(claims[name], name)
	}
	return t, expires, r.err
}

// reading reads JSON values and keeps the first problem. A value that is absent reads as zero.
type reading struct {
	err error
}

func (r *reading) refuse(claim, problem string) {
	if r.err != nil {
		return
	}
	if claim == "" {
		r.err = bad("its claims %s", problem)
		return
	}
	r.err = bad("its claim %s %s", claim, problem)
}

func (r *reading) lineItem(raw json.RawMessage, at string) doku.LineItem {
	item := r.object(raw, at, "name", "price", "quantity")
	return doku.LineItem{Name: r.text(item["name"], at+"/name"), Price: r.whole(item["price"], at+"/price"), Quantity: r.whole(item["quantity"], at+"/quantity")}
}

func (r *reading) promo(raw json.RawMessage, at string) doku.Promo {
	promo := r.object(raw, at, "bin", "discount_amount")
	return doku.Promo{BIN: r.text(promo["bin"], at+"/bin"), DiscountAmount: r.whole(promo["discount_amount"], at+"/discount_amount")}
}

// object reads an object whose names come once; when known are given, no other name is taken.
func (r *reading) object(raw json.RawMessage, at string, known ...string) map[string]json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		r.refuse(at, "must be a JSON object")
		return nil
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		var value json.RawMessage
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok || d.Decode(&value) != nil {
			r.refuse(at, "must be a JSON object")
			return nil
		}
		if _, twice := members[name]; twice {
			r.refuse(at, "must not name anything twice")
		}
		if len(known) > 0 && !slices.Contains(known, name) {
			r.refuse(at, "must have no other members than "+strings.Join(known, ", "))
		}
		members[name] = value
	}
	return members
}

func (r *reading) text(raw json.RawMessage, at string) (s string) {
	if raw != nil && (raw[0] != '"' || json.Unmarshal(raw, &s) != nil) {
		r.refuse(at, "is not a string")
	}
	if strings.ContainsRune(s, utf8.RuneError) { // half of a surrogate pair decodes to it
		r.refuse(at, "has a character that is not Unicode")
	}
	return s
}

// word reads a text that is not empty when it is there.
func (r *reading) word(raw json.RawMessage, at string) string {
	s := r.text(raw, at)
	if raw != nil && s == "" {
		r.refuse(at, "is empty: leave it out, or give it a value")
	}
	return s
}

// whole reads a number written in digits alone: no point, no exponent, nothing beyond 64 bits.
func (r *reading) whole(raw json.RawMessage, at string) int64 {
	if raw == nil {
		return 0
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		r.refuse(at, "is not a whole number, written in digits without quotes, point or exponent")
		return 0
	}
	return n
}

func (r *reading) flag(raw json.RawMessage, at string) bool {
	if s := string(raw); raw != nil && s != "true" && s != "false" {
		r.refuse(at, "is not true or false")
	}
	return string(raw) == "true"
}

// some reads an array that is not empty: in an empty one nothing is allowed, and it would let everything pay.
func some[T any](r *reading, raw json.RawMessage, at string, read func(json.RawMessage, string) T) []T {
	all := each(r, raw, at, read)
	if all != nil && len(all) == 0 {
		r.refuse(at, "is empty: leave it out, or name what may pay")
	}
	return all
}

// each reads an array; one that is there but empty is not nil.
func each[T any](r *reading, raw json.RawMessage, at string, read func(json.RawMessage, string) T) []T {
	if raw == nil {
		return nil
	}
	var values []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &values) != nil {
		r.refuse(at, "is not an array")
		return nil
	}
	all := make([]T, len(values))
	for i, value := range values {
		all[i] = read(value, fmt.Sprintf("%s/%d", at, i))
	}
	return all
}
