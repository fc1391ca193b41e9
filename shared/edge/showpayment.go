package edge

import (
	"strings"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// ShowPayment returns the view of an order for a caller. Only a caller that may read every payment sees the history and
// the values by which to find an operation at DOKU. Only a caller that may read this payment sees the page, since
// everybody can open it by its address.
func ShowPayment(to payment.Caller, o order.Order, now time.Time) Payment {
	v := Payment{
		Order: OrderView{InvoiceNumber: o.Invoice, Amount: o.Amount}, Status: o.Status(), Type: o.Plan.Type,
		CreatedAt: o.CreatedAt,
	}
	f := o.Facts
	if f.Page != nil && to.MayRead(o) && now.Before(f.Page.ExpiresAt) && f.Closed == nil {
		v.Page = &PageView{URL: f.Page.URL, ExpiresAt: f.Page.ExpiresAt}
	}
	if f.Authorized != nil {
		v.Authorization = &AuthorizationView{
			Amount: f.Authorized.Amount, At: o.AuthorizedAt(), ExpiresAt: o.AuthorizationEnd(),
		}
		v.Card = showCard(f.Authorized.Card)
	}
	if f.Paid != nil {
		v.Paid = &PaidView{
			Amount: f.Paid.Amount, At: o.FactTime(f.Paid.At, f.Paid.LearnedAt), ApprovalCode: f.Paid.ApprovalCode,
		}
		v.Card = showCard(f.Paid.Card)
	}
	if v.Captured = o.Captured(); v.Captured > 0 {
		v.CapturedAt = new(o.CapturedAt())
		v.Refunded, v.Refundable = o.Refunded(), new(o.Refundable())
		v.RefundedElsewhere, v.ChargedBack = o.ElsewhereRefunded(), o.ChargedBack()
	}
	for _, op := range o.Refunds() {
		v.Refunds = append(v.Refunds, ShowRefund(to, op))
	}
	v.Capture = showCapture(to, o)
	if o.Plan.Tenor > 0 {
		v.Installment = &InstallmentView{Acquirer: o.Plan.Acquirer, Tenor: o.Plan.Tenor}
	}
	for _, failure := range f.Failures {
		v.Failures = append(v.Failures,
			FailureView{o.FactTime(failure.At, failure.LearnedAt), failure.Code, failure.Message})
	}
	if open := o.OpenConflicts(); len(open) > 0 {
		var reasons []string
		for _, c := range open {
			reasons = append(reasons, c.Detail)
		}
		v.Conflict = &ConflictView{Reason: strings.Join(reasons, "; ")}
	}
	if f.Closed != nil {
		v.Closed = &ClosedView{At: f.Closed.At}
	}
	v.Late, v.Unconfirmed, v.Review = o.Late(), o.Watch.Unconfirmed, showReview(to, o)
	if to.ReadsAll {
		v.showStaff(o)
	}
	return v
}

// showCapture returns the view of the capture that was asked for, or nil if the caller may see none.
func showCapture(to payment.Caller, o order.Order) *CaptureView {
	op, ok := o.Operation(string(order.KindCapture))
	if !ok || !to.ReadsAll && op.State != order.Open && op.State != order.Parked {
		return nil
	}
	v := CaptureView{
		Amount: op.Amount, Status: statusText(op), At: op.FirstAt, Message: refusalText(op),
		LastAnswer: lastAnswer(to, op),
	}
	if to.ReadsAll {
		v.RequestedBy, v.RequestedByUsername, v.Note = op.By, op.Username, op.Note
		v.Resolved = showAct(op.Resolved)
	}
	return &v
}

// showReview returns the view of the parked operations of an order, or nil if there are none.
func showReview(to payment.Caller, o order.Order) *ReviewView {
	var v *ReviewView
	for _, op := range o.Review() {
		if v == nil {
			v = &ReviewView{}
		}
		parked := ParkedView{ID: op.ID, Amount: op.Amount, Since: op.FirstAt}
		if to.ReadsAll {
			parked.RequestID = op.RequestID
		}
		v.Operations = append(v.Operations, parked)
	}
	return v
}

// showStaff adds the parts for callers that may read every payment.
func (v *Payment) showStaff(o order.Order) {
	v.Metadata = o.Metadata
	for _, event := range o.History {
		v.History = append(v.History, HistoryEntryView(event))
	}
	if closed := o.Facts.Closed; closed != nil {
		v.Closed = &ClosedView{At: closed.At, By: closed.By, Username: closed.Username, Note: closed.Note}
	}
	for _, c := range o.Conflicts() {
		v.Conflicts = append(v.Conflicts, showConflict(o, c))
	}
	for _, r := range o.Facts.Remarks {
		v.Remarks = append(v.Remarks, RemarkView{r.Kind, r.Detail, r.At})
	}
	v.Elsewhere, v.Settlement = showMovements(o), showSettlement(o)
	if f := o.Facts.Forgotten; f != nil {
		v.ForgottenAt = &f.At
	}
	v.Unaccounted = o.Unaccounted()
	v.Attention = ShowCases(o)
	for _, a := range o.Acknowledgements() {
		v.Acknowledged = append(v.Acknowledged, AcknowledgedView{a.Kind, a.Subject, ActView(a.Act)})
	}
}

// ShowCases returns the views of an order's open cases.
func ShowCases(o order.Order) []AttentionView {
	var all []AttentionView
	for _, c := range o.Cases() {
		all = append(all, AttentionView{Kind: c.Kind, Since: c.Since, Subject: c.Subject, Detail: c.Detail,
			WhatToDo: c.Do, Where: c.Where()})
	}
	return all
}

func showConflict(o order.Order, c order.Conflict) ConflictDetail {
	v := ConflictDetail{ID: c.ID, Kind: c.Kind, Detail: c.Detail}
	if c.News != nil {
		v.Amount, v.At = max(c.News.Money(), 0), new(o.FactTime(c.At, c.LearnedAt))
	}
	if made, decided := o.Decision(c.ID); decided {
		v.Decision, v.Decided = "none", showAct(made.Act)
		if made.Counts {
			v.Decision = "counts"
		}
	}
	return v
}

// showAct returns the view of an act, or nil for the zero act.
func showAct(a order.Act) *ActView {
	if a == (order.Act{}) {
		return nil
	}
	return new(ActView(a))
}

// ShowRefund returns the view of a refund for a caller.
func ShowRefund(to payment.Caller, op order.Operation) RefundView {
	v := RefundView{
		ID: op.ID, Amount: op.Amount, Type: string(op.Type), Status: statusText(op), At: op.FirstAt,
		Message: refusalText(op), LastAnswer: lastAnswer(to, op),
	}
	if !op.DoneAt.IsZero() {
		v.DoneAt = &op.DoneAt
	}
	if to.ReadsAll {
		v.RequestedBy, v.RequestedByUsername, v.Note = op.By, op.Username, op.Note
		v.Resolved = showAct(op.Resolved)
	}
	return v
}

// statusText returns the status of an operation in the API's words.
func statusText(op order.Operation) string {
	switch {
	case op.State == order.Open:
		return "PROCESSING"
	case op.State == order.Parked:
		return "IN_REVIEW"
	case op.State == order.Refused:
		return "FAILED"
	case op.Type.Manual():
		return "MANUAL"
	}
	return "SUCCESS"
}

// refusalText returns DOKU's reason for the refusal of an operation, or "".
func refusalText(op order.Operation) string {
	if op.State != order.Refused || op.Refusal.Code == order.ByOperator { // older items keep an operator's note there
		return ""
	}
	return op.Refusal.Message
}

// lastAnswer returns the refusal that did not settle an operation, for callers that may read every payment, or nil.
func lastAnswer(to payment.Caller, op order.Operation) *AnswerView {
	if !to.ReadsAll || op.State != order.Open && op.State != order.Parked || op.Refusal == (order.Refusal{}) {
		return nil
	}
	return &AnswerView{Code: op.Refusal.Code, Message: op.Refusal.Message}
}

func showCard(c order.Card) *CardView {
	if c.Masked == "" {
		return nil
	}
	view := CardView(c)
	return &view
}
