package shop_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

const quoteKey = "a key of the shop's tests, 32 bytes or more"

// readQuote verifies a quote and returns its claims. It does not use the library that signs them.
func readQuote(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("a quote of %d parts", len(parts))
	}
	mac := hmac.New(sha256.New, []byte(quoteKey))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if signature, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil ||
		!hmac.Equal(signature, mac.Sum(nil)) {
		return nil, fmt.Errorf("the quote's signature is wrong")
	}
	var header, said map[string]any
	for i, into := range []*map[string]any{&header, &said} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return nil, err
		}
	}
	if header["alg"] != "HS256" {
		return nil, fmt.Errorf("the quote's alg is %v", header["alg"])
	}
	known := []string{"amount", "exp", "iat", "invoice_number", "line_items", "payment_type"}
	for claim := range maps.Keys(said) {
		if !slices.Contains(known, claim) {
			return nil, fmt.Errorf("the quote claims %s", claim)
		}
	}
	issued, _ := said["iat"].(float64)
	ends, _ := said["exp"].(float64)
	if now := float64(time.Now().Unix()); issued > now || ends <= now || ends-issued > 15*60 {
		return nil, fmt.Errorf("the quote lives from %v to %v", issued, ends)
	}
	return said, nil
}

// quoteFits checks that the body of POST /payments matches its quote, as kasir does.
func quoteFits(body map[string]any) error {
	token, _ := body["quote"].(string)
	said, err := readQuote(token)
	if err != nil {
		return err
	}
	order, _ := body["order"].(map[string]any)
	for _, name := range []string{"invoice_number", "amount", "line_items"} {
		if order[name] == nil || !reflect.DeepEqual(said[name], order[name]) {
			return fmt.Errorf("%s is not what was quoted", name)
		}
	}
	payment, _ := body["payment"].(map[string]any)
	kind, _ := payment["type"].(string)
	if kind != "SALE" && kind != "INSTALLMENT" && said["payment_type"] != kind {
		return fmt.Errorf("the payment type %s is not what was quoted", kind)
	}
	return nil
}
