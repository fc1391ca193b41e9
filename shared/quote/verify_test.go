package quote_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kasir/shared/quote"
)

const hs256 = `{"alg":"HS256","typ":"JWT"}`

// claims writes the claims of a good quote, with more (JSON members that begin with a comma) at the end.
func claims(more string) string {
	return fmt.Sprintf(`{"invoice_number":"INV-1","amount":90000,"line_items":[{"name":"Kopi Gayo","price":30000,"quantity":2},`+
		`{"name":"Teh Poci","price":30000,"quantity":1}],"exp":%d%s}`, now.Add(15*time.Minute).Unix(), more)
}

// swap changes one text of the good quote's claims.
func swap(old, new string) string { return strings.Replace(claims(""), old, new, 1) }

// token makes a token by hand, with nothing of the library's that the package uses.
func token(header, claims string, by quote.Key) string {
	return sealed(header, claims, by, sha256.New)
}

func sealed(header, claims string, by quote.Key, with func() hash.Hash) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(claims))
	mac := hmac.New(with, []byte(by))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// part replaces one of a good token's three parts without signing again.
func part(i int, with string) string {
	parts := strings.Split(token(hs256, claims(""), current), ".")
	parts[i] = with
	return strings.Join(parts, ".")
}

func coded(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func seconds(d time.Duration) string { return fmt.Sprint(now.Add(d).Unix()) }

var good = token(hs256, claims(""), current)

// forgeries are tokens that must be refused, each with the text of the refusal.
var forgeries = []struct{ name, token, says string }{
	{"empty", "", "three parts"},
	{"no token", "INV-1", "three parts"},
	{"the claims alone", coded(claims("")), "three parts"},
	{"alg none, without signature", coded(`{"alg":"none","typ":"JWT"}`) + "." + coded(claims("")) + ".", "not signed"},
	{"alg none, with a signature", token(`{"alg":"none","typ":"JWT"}`, claims(""), current), "not signed"},
	{"alg nOnE", token(`{"alg":"nOnE","typ":"JWT"}`, claims(""), current), "not signed"},
	{"alg left out", token(`{"typ":"JWT"}`, claims(""), current), "not signed"},
	{"alg a list", token(`{"alg":["HS256"]}`, claims(""), current), "not signed"},
	{"alg RS256, signed by HMAC", token(`{"alg":"RS256","typ":"JWT"}`, claims(""), current), "not signed"},
	{"alg HS512, rightly signed", sealed(`{"alg":"HS512","typ":"JWT"}`, claims(""), current, sha512.New), "not signed"},
	{"alg HS384, rightly signed", sealed(`{"alg":"HS384","typ":"JWT"}`, claims(""), current, sha512.New384),
		"not signed"},
	{"somebody else's key", token(hs256, claims(""), foreign), "not signed"},
	{"the empty key", token(hs256, claims(""), ""), "not signed"},
	{"the key's first bytes", token(hs256, claims(""), current[:8]), "not signed"},
	{"signature stripped", part(2, ""), "not signed"},
	{"signature cut", good[:len(good)-4], "not base64url"},
	{"signature with padding", good + "=", "three parts"},
	{"signature with a line break", good + "\n", "three parts"},
	{"signature with a line break inside", good[:len(good)-4] + "\r\n" + good[len(good)-4:], "three parts"},
	{"signature with a space", good + " ", "three parts"},
	{"signature with other trailing bits", good[:len(good)-1] + string(sibling(good[len(good)-1])), "not base64url"},
	{"a fourth part", good + ".", "three parts"},
	{"payload edited", part(1, coded(swap("90000", "1"))), "not signed"},
	{"header edited", part(0, coded(`{"alg":"HS256","typ":"JWT","kid":"x"}`)), "not signed"},
	{"typ of another kind", token(`{"alg":"HS256","typ":"at+jwt"}`, claims(""), current), "typ"},
	{"typ a number", token(`{"alg":"HS256","typ":1}`, claims(""), current), "typ"},
	{"a critical extension", token(`{"alg":"HS256","crit":["b64"],"b64":false}`, claims(""), current), "crit"},
	{"longer than 8 KB", token(hs256, claims(`,"x":"`+strings.Repeat("x", 8<<10)+`"`), current), "longer than 8192"},
	{"claims null", token(hs256, "null", current), "exp"},
	{"claims a list", token(hs256, "["+claims("")+"]", current), "not a JSON object"},
	{"claims not JSON", token(hs256, "amount=90000", current), "not a JSON object"},
	{"claims twice", token(hs256, claims("")+claims(""), current), "not a JSON object"},
	{"claims of another type of token",
		token(hs256, `{"sub":"customer-1","scope":"payments:create","exp":`+seconds(time.Minute)+`}`, current),
		"invoice_number"},
	{"exp missing", token(hs256, `{"invoice_number":"INV-1","amount":90000}`, current), "exp"},
	{"exp null", token(hs256, `{"invoice_number":"INV-1","amount":90000,"exp":null}`, current), "exp"},
	{"exp a string", token(hs256, swap(seconds(15*time.Minute), `"`+seconds(time.Minute)+`"`), current), "exp"},
	{"exp with a fraction", token(hs256, swap(seconds(15*time.Minute), seconds(time.Minute)+".5"), current), "exp"},
	{"exp in 16 minutes", token(hs256, swap(seconds(15*time.Minute), seconds(16*time.Minute)), current), "15 minutes"},
	{"exp in milliseconds", token(hs256, swap(seconds(15*time.Minute), seconds(15*time.Minute)+"000"), current),
		"15 minutes"},
	{"exp at the end of 64 bits", token(hs256, swap(seconds(15*time.Minute), "9223372036854775807"), current), ""},
	{"exp beyond every number", token(hs256, swap(seconds(15*time.Minute), "1e999"), current), "not a JSON object"},
	{"nbf in the future", token(hs256, claims(`,"nbf":`+seconds(time.Minute)), current), "nbf"},
	{"iat in the future", token(hs256, claims(`,"iat":`+seconds(time.Minute)), current), "iat"},
	{"iat a string", token(hs256, claims(`,"iat":"now"`), current), "iat"},
	{"amount missing", token(hs256, swap(`"amount":90000,`, ""), current), "amount"},
	{"amount null", token(hs256, swap("90000", "null"), current), "amount"},
	{"amount zero", token(hs256, swap("90000", "0"), current), "amount"},
	{"amount negative", token(hs256, swap("90000", "-90000"), current), "amount"},
	{"amount with a fraction", token(hs256, swap("90000", "0.9"), current), "amount is not a whole number"},
	{"amount with zero decimals", token(hs256, swap("90000", "90000.0"), current), "amount is not a whole number"},
	{"amount with an exponent", token(hs256, swap("90000", "9e4"), current), "amount is not a whole number"},
	{"amount a string", token(hs256, swap("90000", `"90000"`), current), "amount is not a whole number"},
	{"amount beyond 64 bits", token(hs256, swap("90000", "18446744073709641616"), current), "amount is too large"},
	{"amount twice", token(hs256, claims(`,"amount":1`), current), "twice"},
	{"Amount in capitals", token(hs256, swap(`"amount"`, `"Amount"`), current), "amount"},
	{"invoice missing", token(hs256, swap(`"invoice_number":"INV-1",`, ""), current), "invoice_number"},
	{"invoice a number", token(hs256, swap(`"INV-1"`, "1"), current), "invoice_number is not a string"},
	{"invoice with a slash", token(hs256, swap("INV-1", "INV/1"), current), "invoice_number"},
	{"items an object", token(hs256, `{"invoice_number":"INV-1","amount":1,"line_items":{},"exp":`+seconds(time.Minute)+
		`}`, current), "line_items is not an array"},
	{"an item null", token(hs256, swap(`{"name":"Teh Poci","price":30000,"quantity":1}`, "null"), current),
		"line_items/1 must not be null"},
	{"an item's price a fraction", token(hs256, swap(`"price":30000`, `"price":0.5`), current), "line_items/0/price"},
	{"an item's price twice", token(hs256, swap(`"price":30000`, `"price":1,"price":30000`), current),
		"line_items/0 must not name anything twice"},
	{"an item with more", token(hs256, swap(`"price":30000`, `"price":30000,"discount":1`), current),
		"line_items/0 must have only the members"},
	{"promo an object", token(hs256, claims(`,"promo":{}`), current), "promo is not an array"},
	{"a promo's discount a string", token(hs256, claims(`,"promo":[{"bin":"411111","discount_amount":"1"}]`), current),
		"promo/0/discount_amount"},
	{"payment_type a list", token(hs256, claims(`,"payment_type":["SALE"]`), current), "payment_type is not a string"},
	{"auto_capture a string", token(hs256, claims(`,"auto_capture":"true"`), current),
		"auto_capture is not true or false"},
	{"allow_bin of numbers", token(hs256, claims(`,"allow_bin":[411111]`), current), "allow_bin/0 is not a string"},
	{"sub null", token(hs256, claims(`,"sub":null`), current), "sub must not be null"},
	{"sub empty", token(hs256, claims(`,"sub":""`), current), "sub must not be empty"},
	{"sub twice", token(hs256, claims(`,"sub":"a","sub":"b"`), current), "twice"},
	{"customer_id a number", token(hs256, claims(`,"customer_id":1`), current), "customer_id is not a string"},
	{"customer_id empty", token(hs256, claims(`,"customer_id":""`), current), "customer_id must not be empty"},
	{"allow_bin empty", token(hs256, claims(`,"allow_bin":[]`), current), "allow_bin must not be empty"},
	{"allow_tenor empty", token(hs256, claims(`,"allow_tenor":[]`), current), "allow_tenor must not be empty"},
	{"allow_bin null", token(hs256, claims(`,"allow_bin":null`), current), "allow_bin must not be null"},
	{"payment_type empty", token(hs256, claims(`,"payment_type":""`), current), "payment_type must not be empty"},
	{"payment_type null", token(hs256, claims(`,"payment_type":null`), current), "payment_type must not be null"},
	{"auto_capture null", token(hs256, claims(`,"auto_capture":null`), current), "auto_capture must not be null"},
	{"allow_tenor of strings", token(hs256, claims(`,"allow_tenor":["3"]`), current),
		"allow_tenor/0 is not a whole number"},
	{"half of a surrogate pair", token(hs256, swap("Kopi", `Kopi \ud800`), current), "not Unicode"},
	{"not UTF-8", token(hs256, swap("Kopi", "Kop\xff"), current), "UTF-8"},
}

// sibling is a base64url character whose last two bits differ: a lax decoder drops them at the end of 32 bytes.
func sibling(c byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, c)^1]
}

func TestForgeriesAreRefused(t *testing.T) {
	if got, err := quote.Verify(good, now, current, previous); err != nil || cmp.Diff(terms(), got) != "" {
		t.Fatalf("the untouched quote: %+v, %v", got, err)
	}
	for _, f := range forgeries {
		got, err := quote.Verify(f.token, now, current, previous)
		if err == nil || cmp.Diff(quote.Terms{}, got) != "" {
			t.Errorf("%s: taken for a quote of %+v", f.name, got)
			continue
		}
		if !strings.Contains(err.Error(), f.says) || len(err.Error()) > 200 {
			t.Errorf("%s: refused with %q, which does not say %q", f.name, err, f.says)
		}
		for _, piece := range []string{string(current[:12]), "INV-1", "Kopi", "90000"} {
			if strings.Contains(err.Error(), piece) {
				t.Errorf("%s: %q repeats what is in the quote or the key", f.name, err)
			}
		}
	}
	t.Logf("%d forgeries, none accepted", len(forgeries))
}

// A quote holds from 15 minutes before exp until exp, and 5 seconds more on either side for clocks that differ.
func TestTimes(t *testing.T) {
	at := func(name string, exp time.Duration, more string, want error) {
		t.Helper()
		text := swap(seconds(15*time.Minute), seconds(exp)+more)
		if _, err := quote.Verify(token(hs256, text, current), now, current); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	at("exp now, within the leeway", 0, "", nil)
	at("exp 4 s ago, within the leeway", -4*time.Second, "", nil)
	at("exp 5 s ago", -5*time.Second, "", quote.ErrExpired)
	at("exp an hour ago", -time.Hour, "", quote.ErrExpired)
	at("exp in 15 minutes and 5 s", 15*time.Minute+5*time.Second, "", nil)
	at("exp in 15 minutes and 6 s", 15*time.Minute+6*time.Second, "", quote.ErrQuote)
	at("iat and nbf now", time.Minute, `,"iat":`+seconds(0)+`,"nbf":`+seconds(0), nil)
	at("iat in 5 s", time.Minute, `,"iat":`+seconds(5*time.Second), nil)
	at("iat in 6 s", time.Minute, `,"iat":`+seconds(6*time.Second), quote.ErrQuote)
	at("nbf in 6 s", time.Minute, `,"nbf":`+seconds(6*time.Second), quote.ErrQuote)
}

// Claims that a back end adds for itself are accepted.
func TestUnknownClaimsAreTolerated(t *testing.T) {
	text := claims(`,"iss":"shop","aud":["kasir"],"jti":"1","cart":{"id":[1,2.5,null]}`)
	for _, header := range []string{hs256, `{"alg":"HS256"}`, `{"alg":"HS256","typ":"jwt","kid":"2026"}`} {
		if got, err := quote.Verify(token(header, text, current), now, current); err != nil ||
			cmp.Diff(terms(), got) != "" {
			t.Errorf("%s: %+v, %v", header, got, err)
		}
	}
}

// Nothing that was not signed with a key of 32 bytes is ever taken for a quote, and nothing makes Verify panic.
func FuzzVerify(f *testing.F) {
	for _, forgery := range forgeries {
		f.Add(forgery.token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if terms, err := quote.Verify(token, now, "",
			"a key that no seed and no mutation was signed with"); err == nil {
			t.Errorf("taken for a quote of %+v: %q", terms, token)
		}
	})
}

// The claims of a hostile or broken back end, rightly signed, never panic and never mean less than one rupiah.
func FuzzClaims(f *testing.F) {
	for _, forgery := range forgeries {
		if parts := strings.Split(forgery.token, "."); len(parts) == 3 {
			if text, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil && len(text) < 1000 {
				f.Add(string(text))
			}
		}
	}
	f.Add(claims(""))
	f.Fuzz(func(t *testing.T, text string) {
		terms, err := quote.Verify(token(hs256, text, current), now, current)
		if err == nil && (terms.Amount < 1 || terms.InvoiceNumber == "") {
			t.Errorf("a quote of %+v out of %q", terms, text)
		}
	})
}
