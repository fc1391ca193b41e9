package faults

import (
	"encoding/json"
	"strconv"
)

// pageURLs are addresses that must not reach a customer, by form. The form "missing" has none.
var pageURLs = map[string]any{
	"javascript": "javascript:alert(document.domain)",
	"http":       "http://pay.example/pay/1",
	"data":       "data:text/html,<h1>Pay</h1>",
	"relative":   "/pay/1",
	"empty":      "",
	"missing":    nil,
}

// AlterAnswer returns the body of a right answer with one mistake in it. It returns false if f is no such fault. asked
// is the body of the call.
func AlterAnswer(endpoint string, f PlannedFault, asked, answer []byte) ([]byte, bool) {
	switch f.Fault {
	case WrongAmount:
		return Edit(answer, func(doc map[string]any) { wrongAmount(endpoint, f.Form, asked, doc) }), true
	case WrongInvoice:
		return Edit(answer, func(doc map[string]any) { Object(doc, "order")["invoice_number"] = "OTHER-1" }), true
	case BadPageURL:
		return Edit(answer, func(doc map[string]any) { badPageURL(doc, f.Form) }), true
	case ListMessages:
		return Edit(answer, func(doc map[string]any) {
			refund := Object(doc, "refund")
			refund["message"] = []any{refund["message"]}
		}), f.Form == RefundMessage
	}
	return answer, false
}

// wrongAmount puts an amount into the answer that was not asked for. The answer to create page has none otherwise.
func wrongAmount(endpoint, form string, asked []byte, doc map[string]any) {
	place := Object(doc, "order")
	if endpoint == Refund {
		place = Object(doc, "refund")
	}
	amount := amountOf(place["amount"])
	if endpoint == CreatePage {
		Edit(asked, func(body map[string]any) { amount = amountOf(Object(body, "order")["amount"]) })
	}
	if form == "less" {
		amount /= 2
	} else {
		amount += 1000
	}
	place["amount"] = json.Number(strconv.FormatInt(amount, 10))
}

func badPageURL(doc map[string]any, form string) {
	page := Object(doc, "credit_card_payment_page")
	if page["url"] = pageURLs[form]; form == "missing" {
		delete(page, "url")
	}
}
