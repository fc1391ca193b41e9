package golden

import "time"

// DOKU's answers.
var (
	down      = answer{500, `{}`}
	unheardOf = answer{404, `{"error":{"code":"TRANSACTION_NOT_FOUND","message":"no such order"}}`}
	cards     = answer{200, `{"customer":{"id":"CUST-0001"},"tokens":[` +
		`{"id":"0d97e7860952b5b99c63aaed06ca9456","expiry":"12/30",` +
		`"card":{"masked":"557338******1101","brand":"MASTER","issuer":"BANK MANDIRI"}}]}`}
)

func pageOf(invoice string) []answer {
	return []answer{{200, `{"order":{"invoice_number":"` + invoice +
		`"},"credit_card_payment_page":{"url":"https://pay.example/` + invoice + `"}}`}}
}

func capturedOf(status string) answer {
	return answer{200, `{"order":{"invoice_number":"INV-EVENT-0003","amount":60000},` +
		`"payment":{"authorize_id":"AUTH-1",` +
		`"status":"` + status + `","response_code":"05","response_message":"DO NOT HONOR"}}`}
}

func refundOf(invoice, kind, status string) answer {
	return answer{200, `{"order":{"invoice_number":"` + invoice + `"},"payment":{"status":"` + status +
		`","response_code":"05","response_message":"DO NOT HONOR"},` +
		`"refund":{"amount":20000,"type":"` + kind + `","status":"` + status + `"}}`}
}

func statusOf(invoice, kind, status string) answer {
	return answer{200, `{"order":{"invoice_number":"` + invoice + `","amount":90000,"status":"ORDER_GENERATED"},` +
		`"transaction":{"type":"` + kind + `","status":"` + status + `","date":"2026-08-27T10:25:00Z"},` +
		`"channel":{"id":"CREDIT_CARD"},"card_payment":{"approval_code":"448998"}}`}
}

// expected is the part of refund.json that holds the caller's expectation.
const expected = `,\"expected_refundable\":60000`

// story lists the steps in order.
var story = []step{
	{name: "no-token", file: "createpage-no-token.json"},
	{name: "no-scope", file: "createpage-no-scope.json"},
	{name: "unknown", file: "getpayment-unknown.json"},
	{name: "not-json", file: "createpage-not-json.json"},
	{name: "invalid", file: "createpage-invalid.json"},
	{name: "quote", file: "createpage.json", change: []string{"INV-EVENT-0001", "INV-EVENT-0007"}, quote: true,
		doku: pageOf("INV-EVENT-0007")},
	{name: "quote-of-another-invoice", file: "createpage.json",
		change: []string{"INV-EVENT-0001", "INV-EVENT-0008", "CUST-0001", "CUST-0002"}, quote: true},
	{name: "refused", file: "createpage.json",
		doku: []answer{{400, `{"error":{"code":"INVALID_PARAMETER","message":"amount is invalid"}}`}}},
	{name: "page", file: "createpage.json", doku: pageOf("INV-EVENT-0001")},
	{name: "page-again", file: "createpage.json"},
	{name: "another-body", file: "createpage-mismatch.json"},
	{name: "base64-in-doubt", file: "createpage-base64.json", doku: []answer{down}},
	{name: "base64", file: "createpage-base64.json", later: time.Minute, doku: pageOf("INV-EVENT-0002")},
	{name: "forged", file: "notify-forged.json"},
	{name: "altered", file: "notify-altered.json"},
	{name: "comma-joined", file: "notify-comma-joined.json"},
	{name: "failed", file: "notify-failed.json"},
	{name: "get-failed", file: "getpayment.json"},
	{name: "paid", file: "notify.json"},
	{name: "paid-again", file: "notify-base64.json"},
	{name: "failed-after-paid", file: "notify-failed.json"},
	{name: "get-paid", file: "getpayment.json"},
	{name: "conflict", file: "notify-conflict.json"},
	{name: "resolve-invalid", file: "resolve-invalid.json"},
	{name: "resolve-unknown", file: "resolve-unknown.json"},
	{name: "decide", file: "resolve.json"},
	{name: "decide-again", file: "resolve.json"},
	{name: "decide-otherwise", file: "resolve-other-decision.json"},
	{name: "close-no-scope", file: "resolve-close-no-scope.json"},
	{name: "close", file: "resolve-close.json"},
	{name: "close-again", file: "resolve-close.json"},
	{name: "page-of-closed", file: "createpage-base64.json"},
	{name: "close-paid", file: "resolve-close-paid.json"},
	{name: "orphan", file: "notify-orphan.json"},
	{name: "capture-not-authorized", file: "capture-not-authorized.json"},
	{name: "authorize-page", file: "createpage-authorize.json", doku: pageOf("INV-EVENT-0003")},
	{name: "authorized", file: "notify.json", notify: `{"order":{"invoice_number":"INV-EVENT-0003","amount":90000},` +
		`"transaction":{"type":"AUTHORIZE","status":"SUCCESS","date":"2026-08-27T10:25:00Z"},` +
		`"channel":{"id":"CREDIT_CARD"},` +
		`"card_payment":{"masked_card_number":"557338******1101","approval_code":"448998",` +
		`"response_code":"00","brand":"MASTER","authorize_id":"AUTH-1"}}`},
	{name: "refund-without-key", file: "refund-without-key.json"},
	{name: "refund-before-capture", file: "refund.json"},
	{name: "capture-invalid", file: "capture-invalid.json"},
	{name: "capture-refused", file: "capture.json", doku: []answer{capturedOf("FAILED")}},
	{name: "capture-in-doubt", file: "capture.json", doku: []answer{down}},
	{name: "capture-busy", file: "capture.json"},
	{name: "capture", file: "capture.json", later: 2 * time.Minute,
		doku: []answer{statusOf("INV-EVENT-0003", "AUTHORIZE", "PENDING"), capturedOf("SUCCESS")}},
	{name: "capture-again", file: "capture.json"},
	{name: "capture-other-amount", file: "capture.json", change: []string{"60000", "50000"}},
	{name: "resolve-operation", file: "resolve-operation.json"},
	{name: "refund-too-much", file: "refund-too-much.json"},
	{name: "refund-refused", file: "refund.json",
		change: []string{"60000", "20000", expected, "", "0d9e1b6c", "refused0"},
		doku:   []answer{refundOf("INV-EVENT-0003", "", "FAILED")}},
	{name: "refund-refused-again", file: "refund.json",
		change: []string{"60000", "20000", expected, "", "0d9e1b6c", "refused0"},
		doku:   []answer{refundOf("INV-EVENT-0003", "PARTIAL_REFUND", "SUCCESS")}},
	{name: "refund-other-expectation", file: "refund.json"},
	{name: "refund-in-doubt", file: "refund.json",
		change: []string{"60000", "40000", expected, `,\"note\":\"broken on the way\"`},
		doku:   []answer{down}},
	{name: "get-in-doubt", file: "getpayment.json", change: []string{"INV-EVENT-0001", "INV-EVENT-0003"}},
	{name: "reconcile-refund", file: "reconcile.json", later: 2 * time.Minute, doku: []answer{
		statusOf("INV-EVENT-0003", "CAPTURE", "SUCCESS"),
		{200, `{"order":{"invoice_number":"INV-EVENT-0003"},"payment":{"status":"SUCCESS"},` +
			`"refund":{"amount":40000,"type":"FULL_REFUND","status":"SUCCESS"}}`}}},
	{name: "refund-again", file: "refund.json",
		change: []string{"60000", "40000", expected, `,\"note\":\"another reason\"`}},
	{name: "refund-other-amount", file: "refund-other-amount.json"},
	{name: "get-refunded", file: "getpayment.json", change: []string{"INV-EVENT-0001", "INV-EVENT-0003"}},
	{name: "refund-manual-in-doubt", file: "refund.json",
		change: []string{"INV-EVENT-0003", "INV-EVENT-0001", "60000", "20000", expected, ""},
		doku:   []answer{down}},
	{name: "reconcile-parks", file: "reconcile.json", later: 2 * time.Hour,
		doku: []answer{statusOf("INV-EVENT-0001", "SALE", "SUCCESS")}},
	{name: "resolve-parked", file: "resolve-operation.json",
		change: []string{"INV-EVENT-0003", "INV-EVENT-0001", `\"capture\"`, `\"refund-5e668330b0c94a4e\"`}},
	{name: "page-by-key", file: "createpage-key.json", doku: pageOf("K-ZE4LFY7LFZY4FMZXQ7ADGY6Z")},
	{name: "page-by-key-again", file: "createpage-key.json"},
	{name: "page-turned-away", file: "createpage.json", change: []string{"INV-EVENT-0001", "INV-EVENT-0008"},
		doku: []answer{{400,
			`{"error":{"code":"request_time_out_of_range","message":"Invalid Header Request-Timestamp"}}`}}},
	{name: "reconcile-expires", file: "reconcile.json", later: 3 * time.Hour,
		doku: []answer{unheardOf, unheardOf, unheardOf, unheardOf}},
	{name: "saved-cards", file: "tokens.json", doku: []answer{cards}},
	{name: "forget-a-card", file: "tokens-delete.json", doku: []answer{cards, {200, `{"status":"SUCCESS"}`}}},
	{name: "page-with-metadata", file: "createpage-metadata.json", doku: pageOf("INV-EVENT-0009")},
	{name: "page-with-other-metadata", file: "createpage-metadata.json", change: []string{"CART-77", "CART-78"}},
	{name: "page-with-bad-metadata", file: "createpage-metadata.json",
		change: []string{"CART-77", "4761 3499 9900 0039", `\"web\"`, `null`}},
	{name: "get-metadata", file: "getpayment.json", change: []string{"INV-EVENT-0001", "INV-EVENT-0009"}},
	{name: "late-for-a-closed-order", file: "notify.json",
		notify: `{"order":{"invoice_number":"INV-EVENT-0002","amount":90000},` +
			`"transaction":{"type":"SALE","status":"SUCCESS","date":"2026-08-27T15:25:00Z"},` +
			`"channel":{"id":"CREDIT_CARD"},` +
			`"card_payment":{"masked_card_number":"557338******1101","approval_code":"448998"}}`},
	{name: "get-late-for-a-closed-order", file: "getpayment.json",
		change: []string{"INV-EVENT-0001", "INV-EVENT-0002"}},
	{name: "acknowledge", file: "resolve-attention.json"},
	{name: "list", file: "getpayment-list.json"},
	{name: "list-page", file: "getpayment-list.json", change: []string{"invoice_number=INV-EVENT-0001&", ""}},
	{name: "list-attention", file: "getpayment-list.json",
		change: []string{"invoice_number=INV-EVENT-0001&limit=2", "attention=true"}},
	{name: "list-typo", file: "getpayment-list.json", change: []string{"0001&limit", "0O01&limit"}},
	{name: "list-invalid", file: "getpayment-list.json", change: []string{"limit=2", "limit=101&colour=red"}},
	{name: "list-other-cursor", file: "getpayment-list.json", change: []string{"limit=2", "cursor=1.AAAA"}},
	{name: "refresh-unknown", file: "refresh-unknown.json"},
	{name: "refresh-invalid", file: "refresh-invalid.json"},
	{name: "refresh-without-answer", file: "refresh.json", change: []string{"INV-EVENT-0003", "INV-EVENT-0009"},
		doku: []answer{down}},
	{name: "refresh-too-soon", file: "refresh.json",
		change: []string{"INV-EVENT-0003", "INV-EVENT-0009", "payments:read:all", "",
			"9c1f0f0e-5f0b-4d1e-8f57-4a8f1b1c2d3e", "CUST-0001"}},
	{name: "refresh", file: "refresh.json", change: []string{"INV-EVENT-0003", "INV-EVENT-0009"},
		doku: []answer{statusOf("INV-EVENT-0009", "SALE", "SUCCESS")}},
	{name: "record-invalid", file: "resolve-record-invalid.json"},
	{name: "record-too-much", file: "resolve-record.json", change: []string{`50000`, `90001`}},
	{name: "record", file: "resolve-record.json"},
	{name: "record-again", file: "resolve-record.json"},
	{name: "record-other", file: "resolve-record-other.json"},
	{name: "record-another-order", file: "resolve-record.json", change: []string{"INV-EVENT-0001", "INV-EVENT-0009"}},
	{name: "record-withdrawal", file: "resolve-record-withdrawal.json"},
	{name: "get-moved", file: "getpayment.json"},
	{name: "settlements", file: "settlements.json"},
	{name: "settlements-invalid", file: "settlements.json", change: []string{"limit=10", "limit=101&colour=red"}},
	{name: "settlements-other-cursor", file: "settlements.json", change: []string{"limit=10", "cursor=1"}},
	{name: "settlement-unknown", file: "settlements-detail.json"},
	{name: "refund-no-role", file: "refund-no-role.json", change: []string{"INV-EVENT-0003", "INV-EVENT-0002"}},
	{name: "refund-over-limit", file: "refund-no-role.json",
		change: []string{"INV-EVENT-0003", "INV-EVENT-0002", "viewer", "support", expected, ""}},
	{name: "refund-within-limit", file: "refund-no-role.json",
		change: []string{"INV-EVENT-0003", "INV-EVENT-0002", "viewer", "support", "60000", "20000", expected, ""},
		doku:   []answer{refundOf("INV-EVENT-0002", "PARTIAL_REFUND", "SUCCESS")}},
	{name: "refund-limit-reached", file: "refund-no-role.json",
		change: []string{"INV-EVENT-0003", "INV-EVENT-0002", "viewer", "support", "60000", "20000", expected, "",
			"6f0e8f2a", "another0"}},
	{name: "refund-higher-limit", file: "refund-no-role.json",
		change: []string{"INV-EVENT-0003", "INV-EVENT-0002", "viewer", "admin", "60000", "20000", expected, "",
			"6f0e8f2a", "another0"},
		doku: []answer{refundOf("INV-EVENT-0002", "PARTIAL_REFUND", "SUCCESS")}},
}
