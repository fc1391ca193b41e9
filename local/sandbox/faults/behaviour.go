package faults

import (
	"fmt"
	"slices"
	"strings"
)

// Behaviour holds switches for DOKU's undocumented behaviour. They apply to every call. The zero value is the sandbox's
// usual behaviour.
type Behaviour struct {
	// ForgetAfter is how long a Request-Id is remembered, by the sandbox's clock. The same request is then executed
	// again. 0 means for ever.
	ForgetAfter Duration `json:"forget_after,omitzero"`
	// RefuseRepeats refuses the repeat of an executed request, instead of the first answer with 409.
	RefuseRepeats bool `json:"refuse_repeats,omitempty"`
	// DoubleCaptures lets an authorisation be captured again under another Request-Id, which is refused otherwise.
	DoubleCaptures bool `json:"double_captures,omitempty"`

	UnsignedAnswers UnsignedAnswers `json:"unsigned_answers,omitzero"`
	// RequestTarget adds a Request-Target header to each answer twice, as behind proxies.
	RequestTarget bool `json:"request_target,omitempty"`

	// PageLifetime is how long pages opened from now on can be paid. 0 means Config.PageLifetime.
	PageLifetime Duration `json:"page_lifetime,omitzero"`
	// NotFoundUnpaid answers 404 to check status of an order that nobody tried to pay.
	NotFoundUnpaid bool `json:"not_found_unpaid,omitempty"`

	Amounts string `json:"amounts,omitempty"` // how answers and notifications spell amounts: see AmountSpellings
	Dates   string `json:"dates,omitempty"`   // how they write dates: see DateSpellings
	Words   string `json:"words,omitempty"`   // the case of their words: see WordSpellings

	// CaptureAmount is the order.amount in a capture's answer: "capture" (default), "order", or "promo", which is the
	// order's amount less the promo.
	CaptureAmount string `json:"capture_amount,omitempty"`
	// PartialAsVoid answers a partial refund with the type VOID.
	PartialAsVoid bool `json:"partial_as_void,omitempty"`

	// PartialRefunds is how check status shows a payment that was refunded in part: see PartialRefundForms.
	PartialRefunds string `json:"partial_refunds,omitempty"`
	// HideChargebacks keeps chargebacks out of check status. They have the status CHARGEBACK there otherwise.
	HideChargebacks bool `json:"hide_chargebacks,omitempty"`
}

// UnsignedAnswers are the classes of answers that are never signed.
type UnsignedAnswers struct {
	Success bool `json:"success,omitempty"` // success of a POST, also of a repeat with 409
	Refusal bool `json:"refusal,omitempty"` // refusal of a POST: an error, or FAILED under 200
	GET     bool `json:"get,omitempty"`     // any answer to a GET
	// Share limits each class to a share of all operations (Request-Ids of POSTs, paths of GETs). 0 means all of
	// them.
	Share float64 `json:"share,omitempty"`
}

// CaptureAmounts are the values of Behaviour.CaptureAmount.
var CaptureAmounts = []string{"capture", "order", "promo"}

// The values of Behaviour.PartialRefunds. The status is SUCCESS, except with PartialWhole. A refund that is asked for
// by its own Request-Id is always answered.
const (
	PartialBlock   = "block"   // the amount is the payment's; the last refund is beside it (default)
	PartialReduced = "reduced" // the amount is what is left; there is no refund beside it
	PartialWhole   = "whole"   // the status is REFUNDED, and the amount the payment's
	PartialHidden  = "hidden"  // there is no trace of refunds
)

// PartialRefundForms are the values of Behaviour.PartialRefunds.
var PartialRefundForms = []string{PartialBlock, PartialReduced, PartialWhole, PartialHidden}

func (b Behaviour) check() error {
	if b.ForgetAfter < 0 || b.PageLifetime < 0 {
		return fmt.Errorf("forget_after and page_lifetime must not be negative")
	}
	if share := b.UnsignedAnswers.Share; !(share >= 0 && share <= 1) {
		return fmt.Errorf("unsigned_answers.share must be between 0 and 1")
	}
	for _, c := range []struct {
		name, value string
		known       []string
	}{
		{"amounts", b.Amounts, AmountSpellings}, {"dates", b.Dates, DateSpellings}, {"words", b.Words, WordSpellings},
		{"capture_amount", b.CaptureAmount, CaptureAmounts}, {"partial_refunds", b.PartialRefunds, PartialRefundForms},
	} {
		if c.value != "" && !slices.Contains(c.known, c.value) {
			return fmt.Errorf("%s must be one of %s", c.name, strings.Join(c.known, ", "))
		}
	}
	return nil
}
