package events

import (
	"net/http"
	"strings"
)

// play sends a request example of docs/api.yaml, or another body, and expects the answer of a response example.
type play struct {
	operation string
	request   string // name of the request example; empty if the operation has no body
	status    int
	answer    string // name of the response example
	query     string
	id        string // in the path; the parameter's example if empty
	second    string // another id in the path
	key       string // Idempotency-Key
	body      string // instead of a request example
	scopes    string // of the token; all of a back end that reads its own payments if empty, and "none" sends no token
	header    http.Header
}

// The invoice numbers of the examples.
const (
	sale      = "INV-2026-0001"
	authorize = "INV-2026-0002"
	saved     = "INV-2026-0005"
	aKey      = "7f0c1f0a-5a6d-4e0e-9a52-3b1f4f6f1c2d"
)

// playsOfAnOpenPage are the examples of an order that nobody has paid.
var playsOfAnOpenPage = []play{
	{operation: "createpage", request: "sale", status: 201, answer: "sale"},
	{operation: "createpage", request: "sale", status: 200, answer: "again"},
	{operation: "createpage", request: "authorize", status: 201, answer: "authorize"},
	{operation: "createpage", request: "installment", status: 201, answer: "installment"},
	{operation: "createpage", request: "promo", status: 201, answer: "promo"},
	{operation: "createpage", request: "saved_card", status: 201, answer: "saved_card"},
	{operation: "createpage", request: "named_by_key", key: aKey, status: 201, answer: "named_by_key"},
	{operation: "createpage", request: "another_body", status: 409, answer: "another_body"},
	{operation: "createpage", request: "wrong_fields", status: 422, answer: "wrong_fields"},
	{operation: "createpage", body: `{"order":{"amount":1},"customer":{"email":"budi@example.com"}}`, key: "short",
		status: 400, answer: "bad_key"},
	{operation: "createpage", body: `{`, status: 400, answer: "not_json"},
	{operation: "createpage", request: "named_by_key", key: aKey, scopes: "payments:create", status: 422,
		answer: "no_quote"},
	{operation: "createpage", body: strings.Repeat(" ", 32<<10+1), status: 413, answer: "too_large"},
	{operation: "createpage", body: strings.Repeat(" ", 10<<20+1), status: 413, answer: "over_10_mb"},
	{operation: "getpayment", id: sale, status: 200, answer: "pending"},
	{operation: "listpayments", query: "invoice_number=INV-2026-0002", status: 200, answer: "one"},
	{operation: "listpayments", query: "limit=1", status: 200, answer: "more"},
	{operation: "listpayments", query: "invoice_number=INV-2026-OOO2", status: 200, answer: "typo"},
	{operation: "listpayments", query: "cursor=1.AAAA", status: 400, answer: "other_cursor"},
	{operation: "listpayments", query: "limit=101&last4=39", status: 422, answer: "wrong_parameters"},
	{operation: "getpayment", id: sale, scopes: "none", status: 401, answer: "no_token"},
	{operation: "getpayment", id: sale, scopes: "payments:create", status: 403, answer: "no_scope"},
	{operation: "getpayment", id: "INV-NONE", status: 404, answer: "no_payment"},
	{operation: "getpayment", id: "a%2Fb", status: 404, answer: "no_route"},
	{operation: "refresh", id: sale, status: 429, answer: "too_soon"},
	{operation: "refresh", id: sale, body: `{"force":true}`, status: 422, answer: "a_field"},
	{operation: "record", request: "refund", id: sale, status: 400, answer: "bad_key", key: "short"},
	{operation: "record", body: `{`, id: sale, key: aKey, status: 400, answer: "not_json"},
	{operation: "record", body: `{"kind":"payment","amount":0,"note":"Seen in the Back Office."}`, id: sale, key: aKey,
		status: 422, answer: "wrong_fields"},
	{operation: "capture", request: "part", id: sale, status: 409, answer: "not_authorized"},
	{operation: "refund", request: "whole", id: sale, key: aKey, status: 409, answer: "nothing_taken"},
	{operation: "close", request: "sold_out", id: "INV-2026-0003", status: 200, answer: "sold_out"},
	{operation: "createpage", request: "installment", status: 409, answer: "closed"},
	{operation: "close", body: `{"note":"` + strings.Repeat("x", 501) + `"}`, id: sale, status: 422,
		answer: "long_note"},
	{operation: "resolve", request: "unknown_operation", id: sale, status: 422, answer: "unknown_operation"},
	{operation: "listtokens", id: "CUST-2", status: 200, answer: "none"},
	{operation: "listtokens", id: "CUST-2", scopes: "tokens:read", status: 404, answer: "no_card"},
	{operation: "listtokens", id: strings.Repeat("x", 51), status: 422, answer: "long_id"},
	{operation: "listtokens", id: "a%2Fb", status: 404, answer: "no_route"},
	{operation: "notify", request: "sale", status: 401, answer: "forged"},
	{operation: "listsettlements", status: 200, answer: "none"},
	{operation: "listsettlements", query: "cursor=x", status: 400, answer: "other_cursor"},
	{operation: "listsettlements", query: "status=done", status: 422, answer: "wrong_parameters"},
	{operation: "getsettlement", status: 404, answer: "no_settlement"},
	{operation: "getsettlement", id: "a%2Fb", status: 404, answer: "no_route"},
	{operation: "uploadsettlement", request: "named", status: 201, answer: "named"},
	{operation: "uploadsettlement", body: `{`, status: 400, answer: "not_json"},
	{operation: "uploadsettlement", body: `{"name":"../x.csv"}`, status: 422, answer: "wrong_name"},
}

// playsOfMoney are the examples of orders that were paid and authorised.
var playsOfMoney = []play{
	{operation: "getpayment", id: sale, status: 200, answer: "paid"},
	{operation: "refresh", id: sale, status: 200, answer: "paid"},
	{operation: "getpayment", id: authorize, status: 200, answer: "authorized"},
	{operation: "createpage", request: "another_body", status: 409, answer: "paid"},
	{operation: "close", request: "sold_out", id: sale, status: 409, answer: "paid"},
	{operation: "capture", request: "too_much", id: authorize, status: 422, answer: "too_much"},
	{operation: "capture", request: "part", id: authorize, status: 200, answer: "part"},
	{operation: "capture", request: "whole", id: authorize, status: 422, answer: "captured_before"},
	{operation: "capture", request: "whole", id: "WHOLE", status: 200, answer: "whole"},
	{operation: "refund", request: "whole", id: sale, status: 400, answer: "no_key"},
	{operation: "refund", request: "whole", id: sale, key: "short", status: 400, answer: "bad_key"},
	{operation: "refund", body: `{`, id: sale, key: aKey, status: 400, answer: "not_json"},
	{operation: "refund", request: "too_much", id: sale, key: aKey, status: 422, answer: "too_much"},
	{operation: "refund", request: "unexpected", id: sale, key: aKey, status: 422, answer: "unexpected"},
	{operation: "refund", request: "whole", id: sale, key: aKey, status: 201, answer: "whole"},
	{operation: "refund", request: "whole", id: sale, key: aKey, status: 200, answer: "again"},
	{operation: "refund", request: "too_much", id: sale, key: aKey, status: 422, answer: "other_body"},
	{operation: "listtokens", status: 200, answer: "one_card"},
}
