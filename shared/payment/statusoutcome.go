package payment

import (
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// statusOutcome returns the outcome of an operation in doubt, if an answer of check status decides it. The answer must
// be signed and name this order. A capture is done if DOKU reports a capture with an amount that matchesCapture
// allows, or without one. A refund is done if the answer names its Request-Id and amount as a success, or if DOKU
// reports that all money was given back, and this is the only refund and for all of it. Any other answer decides
// nothing: DOKU does not document its answer after a partial refund.
func statusOutcome(st doku.Status, o order.Order, op order.Operation, now time.Time) (order.Outcome, bool) {
	if !st.Signed || st.InvoiceNumber != o.Invoice {
		return order.Outcome{}, false
	}
	status := strings.ToUpper(st.TransactionStatus)
	switch {
	case op.Kind == order.KindCapture && strings.EqualFold(st.Type, "CAPTURE") && status == "SUCCESS" &&
		(!st.Amount.Valid || matchesCapture(o, st.Amount.Rupiah)):
		captured := order.Capture{At: order.Stamp(now), LearnedAt: order.Stamp(now), Amount: op.Amount}
		return order.Outcome{State: order.Done, At: now, News: order.Facts{Captured: &captured}}, true
	case op.Kind == order.KindRefund && namesRefund(st.Refund, op):
		kind := order.RefundType(strings.ToUpper(strings.TrimSpace(st.Refund.Type)))
		return order.Outcome{State: order.Done, At: now, Type: kind}, true
	case op.Kind == order.KindRefund && (status == "REFUNDED" || status == "VOIDED") && onlyRefund(o, op):
		kind := order.FullRefund
		if status == "VOIDED" {
			kind = order.Void
		}
		return order.Outcome{State: order.Done, At: now, Type: kind}, true
	}
	return order.Outcome{}, false
}

// namesRefund reports whether an answer reports the success of a refund by its Request-Id.
func namesRefund(r doku.RefundReport, op order.Operation) bool {
	return r.RequestID == op.RequestID && strings.EqualFold(r.Status, "SUCCESS") && r.Amount.Valid &&
		r.Amount.Rupiah == op.Amount
}

// onlyRefund reports whether an operation is the only refund that was not refused, and for all of the money. DOKU may
// say REFUNDED of a payment that was refunded outside kasir.
func onlyRefund(o order.Order, op order.Operation) bool {
	for _, other := range o.Refunds() {
		if other.ID != op.ID && other.State != order.Refused {
			return false
		}
	}
	return op.Amount == o.Captured() && len(o.Elsewhere()) == 0
}

// showsNoMove reports whether an answer of check status shows that a capture or refund did not happen.
func showsNoMove(st doku.Status, o order.Order, op order.Operation) bool {
	if st.InvoiceNumber != o.Invoice {
		return false
	}
	status := strings.ToUpper(st.TransactionStatus)
	if op.Kind == order.KindCapture {
		return strings.EqualFold(st.Type, string(doku.Authorize)) && (status == "PENDING" || status == "SUCCESS")
	}
	return status == "SUCCESS" && !st.Refund.Amount.Valid && st.Refund.Status == ""
}
