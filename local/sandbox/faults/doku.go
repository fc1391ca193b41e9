package faults

import "strconv"

// Signed is an answer of DOKU's own, to be signed.
type Signed struct {
	Status int
	Body   string
}

// repeats are refusals of a repeat whose first was done, by endpoint and form.
var repeats = map[string][]struct {
	form string
	Signed
}{
	CreatePage: {
		{"duplicate", Signed{409, duplicated}},
		{"used", Signed{400, `{"error":{"code":"INVALID_PARAMETER","message":"Invoice number has been used","type":"Invalid Parameter"}}`}},
	},
	Capture: {
		{"94", Signed{200, `{"payment":{"type":"CAPTURE","response_code":"94","response_message":"DUPLICATE CAPTURE","status":"FAILED"}}`}},
		{"duplicate", Signed{409, duplicated}},
		{"captured", Signed{400, `{"error":{"code":"INVALID_PARAMETER","message":"Transaction already captured","type":"Invalid Parameter"}}`}},
	},
	Refund: {
		{"exceeds", Signed{200, `{"refund":{"type":"PARTIAL_REFUND","status":"FAILED","message":"Refund exceeds the captured amount"}}`}},
		{"refunded", Signed{200, `{"refund":{"type":"FULL_REFUND","status":"FAILED","message":"Transaction already refunded"}}`}},
		{"duplicate", Signed{409, duplicated}},
		{"exceeds-error", Signed{400, `{"error":{"code":"INVALID_PARAMETER","message":"Refund exceeds the captured amount","type":"Invalid Parameter"}}`}},
	},
}

const duplicated = `{"error":{"code":"DUPLICATE_TRANSACTION","message":"Duplicate transaction","type":"Duplicate Transaction"}}`

func repeatRefusals(endpoint string) (forms []string) {
	for _, r := range repeats[endpoint] {
		forms = append(forms, r.form)
	}
	return forms
}

// InDokusPlace returns the answer of a fault in which DOKU answers without having done anything, false for other faults.
func InDokusPlace(endpoint string, f Fate) (Signed, bool) {
	switch f.Fault {
	case IdempotentRequest:
		status, _ := strconv.Atoi(f.Form)
		return Signed{status, `{"error":{"code":"idempotent_request","message":"Request-Id has been used","type":"invalid_request_error"}}`}, true
	case RefuseRepeat:
		return RepeatRefusal(endpoint, f.Form), true
	case ListMessages:
		if f.Form == ErrorMessageList {
			return Signed{400, `{"error_messages":["PAYMENT CHANNEL IS INACTIVE","PLEASE CONTACT DOKU"]}`}, true
		}
		return Signed{400, `{"message":["PAYMENT CHANNEL IS INACTIVE"]}`}, f.Form == MessageList
	case RateLimited:
		return Signed{429, `{"error":{"code":"too_many_requests","message":"Too many requests","type":"api_error"}}`}, true
	case StatusNotFound:
		if f.Form == NoResource {
			return Signed{404, `{"message":"No static resource orders/v1/status."}`}, true
		}
		return Signed{404, `{"error":{"code":"TRANSACTION_NOT_FOUND","message":"Transaction not found","type":"Not Found"}}`}, true
	}
	return Signed{}, false
}

// RepeatRefusal returns the refusal in a form; the first one when the form is "".
func RepeatRefusal(endpoint, form string) Signed {
	for _, r := range repeats[endpoint] {
		if r.form == form || form == "" {
			return r.Signed
		}
	}
	return Signed{409, duplicated}
}
