package payment

import (
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// facts translates a notification about an order, a zero one when it is not there. tells is false when it says nothing that
// is kept: DOKU may notify refunds, but a refund is known from DOKU's answer to it.
func facts(n doku.Notification, o order.Order) (news order.Facts, tells bool) {
	n.Type, n.Status = strings.ToUpper(n.Type), strings.ToUpper(n.Status)
	at := n.Date
	if at.IsZero() {
		at = n.SentAt
	}
	at = order.Stamp(at)
	amount := n.Amount.Rupiah
	if !n.Amount.Valid {
		amount = -1 // matches no order: a conflict, never money
	}
	card := order.Card(n.Card)
	authorize := n.Type == string(doku.Authorize)
	switch {
	case n.Status == "FAILED" && (authorize || takesMoney[n.Type]):
		return order.Facts{Failures: []order.Failure{{At: at, Code: n.ResponseCode, Message: n.ResponseMessage}}}, true
	case n.Status == "SUCCESS" && (takesMoney[n.Type] || o.Plan.AutoCapture && (authorize || n.Type == "CAPTURE")):
		// The guide, payment.auto_capture: captured right away, as if it were a SALE. How that is notified is not said.
		return order.Facts{Paid: &order.Payment{At: at, Amount: amount, ApprovalCode: n.ApprovalCode, Acquirer: n.Acquirer, Card: card}}, true
	case authorize && n.AuthorizeID != "" && (n.Status == "PENDING" || n.Status == "SUCCESS"):
		// A successful authorisation comes as PENDING, though DOKU's text knows SUCCESS and FAILED only.
		return order.Facts{Authorized: &order.Authorization{ID: n.AuthorizeID, At: at, Amount: amount, Card: card}}, true
	case n.Type == "CAPTURE" && n.Status == "SUCCESS" && o.Invoice != "" && !askedToCapture(o) && amount >= o.Amount:
		return order.Facts{Conflicts: []string{"DOKU reported a capture that kasir did not ask for, and not of how much"}}, true
	case n.Type == "CAPTURE" && n.Status == "SUCCESS":
		return order.Facts{Captured: &order.Capture{At: at, Amount: capturedAmount(o, amount)}}, true
	}
	return order.Facts{}, false
}

// askedToCapture reports whether kasir asked for a capture that was not refused. DOKU may report the order's amount whatever
// was captured, so a report of that amount does not say how much another capture took.
func askedToCapture(o order.Order) bool {
	op, ok := o.Operation(string(order.CapturePart))
	return ok && op.State != order.Refused
}

// capturedAmount is what a report of a capture means: what we asked to be captured, when we did, since DOKU may report the
// order's amount even after a partial capture; else what it says.
func capturedAmount(o order.Order, reported int64) int64 {
	if op, ok := o.Operation(string(order.CapturePart)); ok && op.State != order.Refused {
		return op.Amount
	}
	return reported
}

// takesMoney are the transaction types whose success moves money to the merchant. An absent type is taken for
// a sale: losing a payment is worse than asking a person.
var takesMoney = map[string]bool{
	string(doku.Sale): true, string(doku.Installment): true, string(doku.MOTO): true, string(doku.Recurring): true, "": true,
}

// statusFacts translates an answer of check status about an order. It differs from a notification in what it says of
// money that was captured or went back.
func statusFacts(st doku.Status, o order.Order, now time.Time) order.Facts {
	if st.InvoiceNumber != o.Invoice {
		return order.Facts{Conflicts: []string{"DOKU answered for another invoice"}}
	}
	n := doku.Notification{
		InvoiceNumber: st.InvoiceNumber, Amount: st.Amount, Type: st.Type, Status: st.TransactionStatus, Date: st.Date,
		AuthorizeID: st.AuthorizeID, ApprovalCode: st.ApprovalCode, ResponseCode: st.ResponseCode, ResponseMessage: st.ResponseMessage,
		Acquirer: st.Acquirer, Card: st.Card, SentAt: now,
	}
	if n.Date.IsZero() && n.Type == string(doku.Authorize) {
		n.Date = o.CreatedAt // the earliest it can be: a deadline must not be taken for later than it is
	}
	st.Type, st.TransactionStatus = strings.ToUpper(st.Type), strings.ToUpper(st.TransactionStatus)
	wentBack := st.TransactionStatus == "REFUNDED" || st.TransactionStatus == "VOIDED"
	if wentBack && o.Captured() == 0 {
		return order.Facts{Conflicts: []string{"DOKU reported " + st.TransactionStatus + " of a payment that is not known here"}}
	}
	if wentBack && !o.AnyRefund() {
		return order.Facts{Conflicts: []string{"DOKU reported " + st.TransactionStatus + ", and no refund was asked for here"}}
	}
	news, _ := facts(n, o)
	return news
}

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
		captured := order.Capture{At: order.Stamp(now), Amount: op.Amount}
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
