package payment

import (
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// statusFacts translates an answer of check status about an order. It differs from a notification in what it says of
// money that was captured or went back.
func (s *Service) statusFacts(st doku.Status, o order.Order) order.Facts {
	contradicts := func(kind order.ConflictKind, detail string) order.Facts {
		return order.Facts{Conflicts: []order.Conflict{order.NewConflict(kind, detail, detail, order.Facts{})}}
	}
	if st.InvoiceNumber != o.Invoice {
		return contradicts(order.ConflictInvoice, "DOKU answered for another invoice")
	}
	n := doku.Notification{
		InvoiceNumber: st.InvoiceNumber, Amount: st.Amount, Type: st.Type, Status: st.TransactionStatus, Date: st.Date,
		AuthorizeID: st.AuthorizeID, ApprovalCode: st.ApprovalCode, ResponseCode: st.ResponseCode, ResponseMessage: st.ResponseMessage,
		Acquirer: st.Acquirer, Card: st.Card, OriginalRequestID: st.OriginalRequestID, Channel: st.Channel,
	}
	if n.Date.IsZero() && strings.EqualFold(n.Type, string(doku.Authorize)) {
		n.Date = o.CreatedAt // the earliest it can be: a deadline must not be taken for later than it is
	}
	status := strings.ToUpper(st.TransactionStatus)
	wentBack := status == "REFUNDED" || status == "VOIDED"
	if wentBack && o.Captured() == 0 {
		return contradicts(order.ConflictWentBack, "DOKU reported "+status+" of a payment that is not known here")
	}
	if wentBack && !o.AnyRefund() {
		return contradicts(order.ConflictWentBack, "DOKU reported "+status+", and no refund was asked for here")
	}
	news, _ := s.facts(n, o)
	return news
}

// early brings a report that came before its order into it. One that is dated long before the order cannot be of it: it is a
// settledBy is the outcome of an operation in doubt that an answer of check status decides. The answer must be signed, and
// name this order. A capture is done when DOKU reports one: there is no other. A refund is done when DOKU reports that all
// the money went back, and this is the only refund and asks for all of it. Anything else decides nothing: DOKU does not
// say what it reports after a partial refund.
func settledBy(st doku.Status, o order.Order, op order.Operation, now time.Time) (order.Outcome, bool) {
	if !st.Signed || st.InvoiceNumber != o.Invoice {
		return order.Outcome{}, false
	}
	status := strings.ToUpper(st.TransactionStatus)
	switch {
	case op.Kind == order.CapturePart && strings.EqualFold(st.Type, "CAPTURE") && status == "SUCCESS":
		captured := order.Capture{At: order.Stamp(now), LearnedAt: order.Stamp(now), Amount: op.Amount}
		return order.Outcome{State: order.Done, At: now, News: order.Facts{Captured: &captured}}, true
	case op.Kind == order.RefundPayment && (status == "REFUNDED" || status == "VOIDED") && onlyRefund(o, op):
		kind := order.FullRefund
		if status == "VOIDED" {
			kind = order.Void
		}
		return order.Outcome{State: order.Done, At: now, Type: kind}, true
	}
	return order.Outcome{}, false
}

// onlyRefund reports whether an operation is the only refund that was not refused, and asks for all of the money.
func onlyRefund(o order.Order, op order.Operation) bool {
	for _, other := range o.Refunds() {
		if other.ID != op.ID && other.State != order.Refused {
			return false
		}
	}
	return op.Amount == o.Captured()
}

// nothingMoved reports whether an answer of check status shows that a capture or refund did not happen.
func nothingMoved(st doku.Status, o order.Order, op order.Operation) bool {
	if st.InvoiceNumber != o.Invoice {
		return false
	}
	status := strings.ToUpper(st.TransactionStatus)
	if op.Kind == order.CapturePart {
		return strings.EqualFold(st.Type, string(doku.Authorize)) && (status == "PENDING" || status == "SUCCESS")
	}
	return status == "SUCCESS" && !st.RefundAmount.Valid && st.RefundStatus == ""
}
