package simulation

import "slices"

// spoil returns DOKU's answer with the fault of a wrong answer, if the passage has one.
func (d *DOKU) spoil(s *dokuRequest, p *passage, a *reply) *reply {
	if p.fault == nil || p.fault.class != WrongAnswer || a.pending {
		return a
	}
	again := *a
	again.spoilt = true
	other := *s
	status := "SUCCESS"
	if a.refused {
		status = "FAILED"
	}
	switch p.fault.name {
	case "wrong_amount":
		amount := s.amount() + pick(d.w, int64(777), 100_000)
		if again.body = s.result(status, "", "", amount, "PARTIAL_REFUND"); s.at == dokuPage {
			again.body = s.page(s.invoice, amount, pageURL(s.requestID))
		}
	case "wrong_invoice":
		other.invoice = "INV-OTHER"
		if again.body = other.result(status, "", "", s.amount(), "PARTIAL_REFUND"); s.at == dokuPage {
			again.body = s.page(other.invoice, s.amount(), pageURL(s.requestID))
		}
	case "bad_page_url":
		bad := pick(d.w, "javascript:alert(1)", "http://pay.example/x", "http://pay.example/x", "", "//pay.example/x",
			"https://", "pay.example/x")
		again.body = s.page(s.invoice, s.amount(), bad)
	case "void_of_part":
		again.body = s.result(status, "", "", s.amount(), "VOID")
	case "list_messages":
		again.body, again.spoilt = listedMessages(s, a), false
	default:
		return a
	}
	if a.refused && p.fault.name != "list_messages" {
		return a
	}
	if known := d.memories[s.requestID]; known != nil && d.w.chance(500) { // DOKU keeps the wrong answer too
		kept := again
		kept.firstTime = false
		known.answer = &kept
	}
	return &again
}

// listedMessages returns a body with messages as lists, as some of DOKU's answers have them.
func listedMessages(s *dokuRequest, a *reply) []byte {
	if a.refused && a.status >= 400 {
		return []byte(`{"message":["PAYMENT CHANNEL IS INACTIVE"],"error_messages":["PAYMENT CHANNEL IS INACTIVE"]}`)
	}
	status := "SUCCESS"
	if a.refused {
		status = "FAILED"
	}
	body := s.result(status, "00", "?", s.amount(), "PARTIAL_REFUND")
	return slices.Concat(body[:len(body)-len(`"?"}}`)], []byte(`["accepted","by the bank"]}}`))
}
