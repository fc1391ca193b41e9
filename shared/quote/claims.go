package quote

import (
	"strings"

	"kasir/shared/jsonbody"
)

// claims are the claims of a quote's token that kasir reads. The back end may add others.
type claims struct {
	Terms
	Subject   string `json:"sub" empty:"refused"`
	Expires   int64  `json:"exp"`
	NotBefore int64  `json:"nbf"`
	IssuedAt  int64  `json:"iat"`
}

// decode reads the claims strictly. A claim that this package reads must have its type, its exact spelling, and occur
// once. encoding/json would accept "Amount" for amount, and the last of two.
func decode(payload []byte) (t Terms, expires int64, err error) {
	var c claims
	wrong, err := jsonbody.DecodeOpen(payload, &c)
	if err != nil { // the error's text may repeat a character of the quote
		return Terms{}, 0, bad("its claims are not a JSON object in UTF-8, or hold text that is not Unicode")
	}
	if len(wrong) > 0 {
		return Terms{}, 0, badClaim(wrong[0])
	}
	t = c.Terms
	t.Subject = c.Subject
	return t, c.Expires, nil
}

// badClaim returns the error for a wrong claim. It leaves out the names of members that the back end may have added.
func badClaim(v jsonbody.Violation) error {
	at := strings.Split(v.Pointer, "/")[1:]
	detail := v.Detail
	switch detail {
	case jsonbody.Repeated:
		at, detail = at[:len(at)-1], "must not name anything twice"
	case jsonbody.NotAField:
		at, detail = at[:len(at)-1], "must have only the members in docs/quotes.md"
	}
	if len(at) == 0 {
		return bad("its claims %s", detail)
	}
	return bad("its claim %s %s", strings.Join(at, "/"), detail)
}
