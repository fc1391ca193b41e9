package quote

import (
	"strings"

	"kasir/shared/jsonbody"
)

// claims are what a quote's token holds. What else it holds is the back end's own.
type claims struct {
	Terms
	Subject   string `json:"sub" empty:"refused"`
	Expires   int64  `json:"exp"`
	NotBefore int64  `json:"nbf"`
	IssuedAt  int64  `json:"iat"`
}

// decode reads the claims strictly: a claim this package knows has its type and comes once, spelt exactly so.
// encoding/json would take "Amount" for amount and the last of two.
func decode(payload []byte) (t Terms, expires int64, err error) {
	var c claims
	wrong, err := jsonbody.DecodeOpen(payload, &c)
	if err != nil { // its text may repeat a character of the quote
		return Terms{}, 0, bad("its claims are no JSON object in UTF-8, or hold text that is not Unicode")
	}
	if len(wrong) > 0 {
		return Terms{}, 0, badClaim(wrong[0])
	}
	t = c.Terms
	t.Subject = c.Subject
	return t, c.Expires, nil
}

// badClaim says what is wrong with a claim. The names of members that may be the back end's own are left out.
func badClaim(v jsonbody.Violation) error {
	at := strings.Split(v.Pointer, "/")[1:]
	detail := v.Detail
	switch detail {
	case jsonbody.Repeated:
		at, detail = at[:len(at)-1], "must not name anything twice"
	case jsonbody.NotAField:
		at, detail = at[:len(at)-1], "must have no other members than docs/quotes.md names"
	}
	if len(at) == 0 {
		return bad("its claims %s", detail)
	}
	return bad("its claim %s %s", strings.Join(at, "/"), detail)
}
