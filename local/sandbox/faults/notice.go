package faults

import "bytes"

// oddWords are types and statuses of notifications about something else than payments, by form. "" keeps the right one.
var oddWords = map[string]struct{ kind, status string }{
	"unknown_type":   {"SUBSCRIPTION", ""},
	"unknown_status": {"", "SETTLING"},
	"chargeback":     {"CHARGEBACK", "SUCCESS"},
	"partial_refund": {"PARTIAL_REFUND", "REFUNDED"},
	"void":           {"VOID", "VOIDED"},
}

// AlterNotification returns the body of a notification with the fault f. It returns false if f does not change it.
func AlterNotification(f PlannedFault, body []byte) ([]byte, bool) {
	switch f.Fault {
	case OddAmount:
		return Respell(body, f.Form, "", ""), true
	case OddDate:
		return Respell(body, "", f.Form, ""), true
	case OddCase:
		return Respell(body, "", "", f.Form), true
	case OddWords:
		return Edit(body, func(doc map[string]any) {
			transaction, words := Object(doc, "transaction"), oddWords[f.Form]
			if words.kind != "" {
				transaction["type"] = words.kind
			}
			if words.status != "" {
				transaction["status"] = words.status
			}
		}), true
	}
	return body, false
}

// ExtraNotification returns the body of the rightly signed notification that an attempt with the fault f also sends. It
// returns false if there is none.
func ExtraNotification(f PlannedFault, body []byte) ([]byte, bool) {
	change := map[string]func(order, transaction, doc map[string]any){
		OtherChannel: func(_, transaction, doc map[string]any) {
			doc["channel"] = map[string]any{"id": "VIRTUAL_ACCOUNT_BCA"}
			doc["service"] = map[string]any{"id": "VIRTUAL_ACCOUNT"}
			delete(doc, "card_payment")
			transaction["type"], transaction["status"] = "SALE", "SUCCESS"
			transaction["original_request_id"] = "va-of-another-system"
		},
		OtherPage: func(_, transaction, _ map[string]any) {
			transaction["original_request_id"] = "page-of-another-system"
		},
		UnknownOrder: func(order, _, _ map[string]any) {
			order["invoice_number"] = "UNKNOWN-ORDER-1"
		},
		Older: func(_, transaction, doc map[string]any) {
			transaction["status"] = "FAILED"
			card := Object(doc, "card_payment")
			delete(card, "approval_code")
			delete(card, "authorize_id")
			card["response_code"], card["response_message"] = "51", "INSUFFICIENT FUNDS"
		},
	}[f.Fault]
	if change == nil {
		return nil, false
	}
	return Edit(body, func(doc map[string]any) { change(Object(doc, "order"), Object(doc, "transaction"), doc) }), true
}

// Opposite returns the body of a notification with the opposite status: the forgery of an attacker who has seen the
// notification and does not know the secret key.
func Opposite(body []byte) []byte {
	failed, succeeded := []byte(`"status":"FAILED"`), []byte(`"status":"SUCCESS"`)
	if bytes.Contains(body, failed) {
		return bytes.Replace(body, failed, succeeded, 1)
	}
	forged := bytes.Replace(body, succeeded, failed, 1)
	return bytes.Replace(forged, []byte(`"status":"PENDING"`), failed, 1)
}
