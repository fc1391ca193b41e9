package faults

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// Signed is an answer of DOKU itself, which is to be signed.
type Signed struct {
	Status int
	Body   string
}

// refusal returns an error with DOKU's body.
func refusal(status int, code, message, kind string) Signed {
	return Signed{status, fmt.Sprintf(`{"error":{"code":%q,"message":%q,"type":%q}}`, code, message, kind)}
}

// failedAnswer returns the answer to a capture or refund with FAILED under 200, without the fields that it has in
// common with the first answer.
func failedAnswer(object, fields string) Signed {
	return Signed{200, `{"` + object + `":{` + fields + `,"status":"FAILED"}}`}
}

// repeatAnswers are refusals of a repeat whose first call was done, by endpoint and form.
var repeatAnswers = map[string][]struct {
	form string
	Signed
}{
	CreatePage: {
		{"duplicate", refusal(409, "DUPLICATE_TRANSACTION", "Duplicate transaction", "Duplicate Transaction")},
		{"used", refusal(400, "INVALID_PARAMETER", "Invoice number has been used", "Invalid Parameter")},
	},
	Capture: {
		{"94", failedAnswer("payment", `"type":"CAPTURE","response_code":"94","response_message":"DUPLICATE CAPTURE"`)},
		{"duplicate", refusal(409, "DUPLICATE_TRANSACTION", "Duplicate transaction", "Duplicate Transaction")},
		{"captured", refusal(400, "INVALID_PARAMETER", "Transaction already captured", "Invalid Parameter")},
	},
	Refund: {
		{"exceeds", failedAnswer("refund", `"type":"PARTIAL_REFUND","message":"Refund exceeds the captured amount"`)},
		{"refunded", failedAnswer("refund", `"type":"FULL_REFUND","message":"Transaction already refunded"`)},
		{"duplicate", refusal(409, "DUPLICATE_TRANSACTION", "Duplicate transaction", "Duplicate Transaction")},
		{"exceeds-error", refusal(400, "INVALID_PARAMETER", "Refund exceeds the captured amount", "Invalid Parameter")},
	},
}

func repeatRefusals(endpoint string) (forms []string) {
	for _, r := range repeatAnswers[endpoint] {
		forms = append(forms, r.form)
	}
	return forms
}

// AnswerWithoutEffect returns the answer of a fault in which DOKU does nothing and answers. It returns false for other
// faults. first is the body of the first answer to a repeat.
func AnswerWithoutEffect(endpoint string, f PlannedFault, first []byte) (Signed, bool) {
	switch f.Fault {
	case IdempotentRequest:
		status, _ := strconv.Atoi(f.Form)
		return refusal(status, "idempotent_request", "Request-Id has been used", "invalid_request_error"), true
	case RefuseRepeat:
		return RepeatRefusal(endpoint, f.Form, first), true
	case ListMessages:
		if f.Form == ErrorMessageList {
			return Signed{400, `{"error_messages":["PAYMENT CHANNEL IS INACTIVE","PLEASE CONTACT DOKU"]}`}, true
		}
		return Signed{400, `{"message":["PAYMENT CHANNEL IS INACTIVE"]}`}, f.Form == MessageList
	case RateLimited:
		return refusal(429, "too_many_requests", "Too many requests", "api_error"), true
	case StatusNotFound:
		if f.Form == NoResource {
			return Signed{404, `{"message":"No static resource orders/v1/status."}`}, true
		}
		return refusal(404, "TRANSACTION_NOT_FOUND", "Transaction not found", "Not Found"), true
	}
	return Signed{}, false
}

// RepeatRefusal returns the refusal of a repeat in a form. An empty form means the first one. FAILED under 200 names
// the order and the amount, as each answer to a capture or refund does. It takes them from the first answer.
func RepeatRefusal(endpoint, form string, first []byte) Signed {
	for _, r := range repeatAnswers[endpoint] {
		if r.form == form || form == "" {
			if r.Status == 200 {
				r.Body = string(failedAfter(first, r.Body))
			}
			return r.Signed
		}
	}
	return refusal(409, "DUPLICATE_TRANSACTION", "Duplicate transaction", "Duplicate Transaction")
}

// failedAfter returns the first answer with the fields of a refusal.
func failedAfter(first []byte, refusal string) []byte {
	return Edit(first, func(doc map[string]any) {
		var fields map[string]map[string]any
		if err := json.Unmarshal([]byte(refusal), &fields); err != nil {
			panic(err) // only texts of this package
		}
		for name, changed := range fields {
			object := Object(doc, name)
			delete(object, "approval_code")
			maps.Copy(object, changed)
		}
	})
}

// serverErrors are answers of DOKU when it fails. Their shapes were seen or are documented: an object under "error" or
// under "errors", a plain string, a list of messages. The page of a load balancer is not even JSON.
var serverErrors = []Signed{
	{500, `{"error":{"code":"internal_server_error","message":"Internal Server Error","type":"api_error"}}`},
	{500, `{"error":"Internal Server Error"}`},
	{503, `{"errors":{"code":"service_unavailable","message":"Service Unavailable","type":"api_error"}}`},
	{500, `{"message":["Internal Server Error"]}`},
	{502, loadBalancerPage("502 Bad Gateway")},
	{503, ""},
}

// ServerError returns one of DOKU's answers when it fails, and whether it is signed.
func ServerError(shape int) (answer Signed, signed bool) {
	answer = serverErrors[shape%len(serverErrors)]
	return answer, strings.HasPrefix(answer.Body, "{")
}
