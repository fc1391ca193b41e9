package edge

import (
	"net/http"
	"strings"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Payment is what callers are shown of an order. Absent parts are left out; amounts are whole rupiah.
type Payment struct {
	Order         OrderView          `json:"order"`
	Status        order.Status       `json:"status"`
	Page          *PageView          `json:"page,omitempty"`
	Authorization *AuthorizationView `json:"authorization,omitempty"`
	Paid          *PaidView          `json:"paid,omitempty"`
	Captured      int64              `json:"captured,omitempty"`   // money taken, before refunds
	Refunded      int64              `json:"refunded,omitempty"`   // of it, what DOKU agreed to give back
	Refundable    *int64             `json:"refundable,omitempty"` // of it, what can still be asked back; once money was taken
	Refunds       []RefundView       `json:"refunds,omitempty"`
	Installment   *InstallmentView   `json:"installment,omitempty"`
	Card          *CardView          `json:"card,omitempty"`
	Failures      []FailureView      `json:"failures,omitempty"`
	Late          bool               `json:"late,omitempty"`        // the money came after the page had ended
	Unconfirmed   bool               `json:"unconfirmed,omitempty"` // EXPIRED although DOKU did not answer for a day
	Capture       *CaptureView       `json:"capture,omitempty"`     // of a capture whose outcome is not known
	Closed        *ClosedView        `json:"closed,omitempty"`
	Conflict      *ConflictView      `json:"conflict,omitempty"`
	Conflicts     []ConflictDetail   `json:"conflicts,omitempty"` // every one, also those that are decided; only with payments:read:all
	Remarks       []RemarkView       `json:"remarks,omitempty"`   // reports to look at that hold nothing back; only with payments:read:all
	Review        *ReviewView        `json:"review,omitempty"`
	History       []EventView        `json:"history,omitempty"`
}

// OrderView names the order.
type OrderView struct {
	InvoiceNumber string `json:"invoice_number"`
	Amount        int64  `json:"amount"`
}

// PageView is DOKU's payment page.
type PageView struct {
	URL       order.PageURL `json:"url"`
	ExpiresAt time.Time     `json:"expires_at"`
}

// AuthorizationView is money held on the card until ExpiresAt.
type AuthorizationView struct {
	Amount    int64     `json:"amount"`
	At        time.Time `json:"at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// PaidView is a payment taken at once; its amount is less than the order's after a promo.
type PaidView struct {
	Amount       int64     `json:"amount"`
	At           time.Time `json:"at"`
	ApprovalCode string    `json:"approval_code,omitempty"`
}

// RefundView is one refund. Status is SUCCESS, PROCESSING (the outcome is not known: send the same request again),
// IN_REVIEW (a person finds out), FAILED, or MANUAL (DOKU's people carry it out, in several days).
type RefundView struct {
	ID      string     `json:"id"`
	Amount  int64      `json:"amount"`
	Type    string     `json:"type,omitempty"` // DOKU's: VOID, FULL_REFUND, PARTIAL_REFUND, MANUAL_…
	Status  string     `json:"status"`
	At      time.Time  `json:"at"` // when it was asked for first
	DoneAt  *time.Time `json:"done_at,omitempty"`
	Message string     `json:"message,omitempty"` // DOKU's reason for a refusal
	// LastAnswer is a refusal of DOKU that was not believed, since an earlier attempt may have been carried out.
	LastAnswer *AnswerView `json:"last_answer,omitempty"`
	// RequestedBy is who asked first, and Resolved who settled it by hand; only with payments:read:all.
	RequestedBy string   `json:"requested_by,omitempty"`
	Resolved    *ActView `json:"resolved,omitempty"`
}

// CaptureView is a capture whose outcome is not known: PROCESSING or IN_REVIEW, as a refund's.
type CaptureView struct {
	Amount     int64       `json:"amount"`
	Status     string      `json:"status"`
	At         time.Time   `json:"at"`
	LastAnswer *AnswerView `json:"last_answer,omitempty"`
}

// AnswerView is an answer of DOKU in its own words.
type AnswerView struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// InstallmentView is the plan that was asked for.
type InstallmentView struct {
	Acquirer string `json:"acquirer"`
	Tenor    int64  `json:"tenor"` // months
}

// CardView is what may be shown of a card.
type CardView struct {
	Masked string `json:"masked"`
	Brand  string `json:"brand,omitempty"`
	Issuer string `json:"issuer,omitempty"`
	Type   string `json:"type,omitempty"`
}

// FailureView is one attempt that was declined, with DOKU's reason.
type FailureView struct {
	At      time.Time `json:"at"`
	Code    string    `json:"code,omitempty"`
	Message string    `json:"message,omitempty"`
}

// ConflictView says what DOKU reported that does not match, and nobody has decided about; a person must look.
type ConflictView struct {
	Reason string `json:"reason"`
}

// ConflictDetail is one conflict, and the decision about it. Amount is what DOKU reported, and can be made to count.
type ConflictDetail struct {
	ID       string             `json:"id"`
	Kind     order.ConflictKind `json:"kind"`
	Detail   string             `json:"detail"`
	Amount   int64              `json:"amount,omitempty"`
	At       *time.Time         `json:"at,omitempty"`
	Decision string             `json:"decision,omitempty"` // counts or none; absent: nobody has decided
	Decided  *ActView           `json:"decided,omitempty"`
}

// ActView is who did something, when and why.
type ActView struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Username string    `json:"username,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// ClosedView says when an order was closed; who did it, and why, only with payments:read:all.
type ClosedView struct {
	At       time.Time `json:"at"`
	By       string    `json:"by,omitempty"`
	Username string    `json:"username,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// RemarkView is a report to look at that holds nothing back.
type RemarkView struct {
	Kind   string    `json:"kind"`
	Detail string    `json:"detail"`
	At     time.Time `json:"at"`
}

// ReviewView lists operations whose outcome a person must find out.
type ReviewView struct {
	Operations []ParkedView `json:"operations"`
}

// ParkedView is one such operation.
type ParkedView struct {
	ID        string    `json:"id"`
	Amount    int64     `json:"amount"`
	RequestID string    `json:"request_id,omitempty"` // to look for in DOKU's Back Office
	Since     time.Time `json:"since"`
}

// EventView is one thing that happened.
type EventView struct {
	At     time.Time `json:"at"`
	What   string    `json:"what"`
	Of     string    `json:"of,omitempty"`
	Detail string    `json:"detail,omitempty"`
}

// ShowPayment makes the view of an order for a caller. Its history, and what a person needs to look an operation up at DOKU, is only for
// who may read every payment; its page, whose address opens it, only for who may read this one.
func ShowPayment(to payment.Caller, o order.Order, now time.Time) Payment {
	v := Payment{Order: OrderView{InvoiceNumber: o.Invoice, Amount: o.Amount}, Status: o.Status()}
	f := o.Facts
	if f.Page != nil && to.MayRead(o) && now.Before(f.Page.ExpiresAt) && f.Closed == nil {
		v.Page = &PageView{URL: f.Page.URL, ExpiresAt: f.Page.ExpiresAt}
	}
	if f.Authorized != nil {
		v.Authorization = &AuthorizationView{Amount: f.Authorized.Amount, At: o.AuthorizedAt(), ExpiresAt: o.AuthorizationEnd()}
		v.Card = showCard(f.Authorized.Card)
	}
	if f.Paid != nil {
		v.Paid = &PaidView{Amount: f.Paid.Amount, At: o.Shown(f.Paid.At, f.Paid.LearnedAt), ApprovalCode: f.Paid.ApprovalCode}
		v.Card = showCard(f.Paid.Card)
	}
	if v.Captured = o.Captured(); v.Captured > 0 {
		v.Refunded, v.Refundable = o.Refunded(), new(o.Refundable())
	}
	for _, op := range o.Refunds() {
		v.Refunds = append(v.Refunds, ShowRefund(to, op))
	}
	if op, ok := o.Operation(string(order.CapturePart)); ok && (op.State == order.Open || op.State == order.Parked) {
		v.Capture = &CaptureView{Amount: op.Amount, Status: standing(op), At: op.FirstAt, LastAnswer: lastAnswer(to, op)}
	}
	if o.Plan.Tenor > 0 {
		v.Installment = &InstallmentView{Acquirer: o.Plan.Acquirer, Tenor: o.Plan.Tenor}
	}
	for _, failure := range f.Failures {
		v.Failures = append(v.Failures, FailureView{o.Shown(failure.At, failure.LearnedAt), failure.Code, failure.Message})
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
	v.Late, v.Unconfirmed = o.Late(), o.Watch.Unconfirmed
	for _, op := range o.Review() {
		if v.Review == nil {
			v.Review = &ReviewView{}
		}
		parked := ParkedView{ID: op.ID, Amount: op.Amount, Since: op.FirstAt}
		if to.ReadsAll {
			parked.RequestID = op.RequestID
		}
		v.Review.Operations = append(v.Review.Operations, parked)
	}
	if to.ReadsAll {
		v.showStaff(o)
	}
	return v
}

// showStaff adds the parts that only callers see who may read every payment.
func (v *Payment) showStaff(o order.Order) {
	for _, event := range o.History {
		v.History = append(v.History, EventView(event))
	}
	if closed := o.Facts.Closed; closed != nil {
		v.Closed = &ClosedView{At: closed.At, By: closed.By, Username: closed.Username, Note: closed.Note}
	}
	for _, c := range o.Conflicts() {
		v.Conflicts = append(v.Conflicts, showConflict(o, c))
	}
	for _, r := range o.Facts.Remarks {
		v.Remarks = append(v.Remarks, RemarkView(r))
	}
}

func showConflict(o order.Order, c order.Conflict) ConflictDetail {
	v := ConflictDetail{ID: c.ID, Kind: c.Kind, Detail: c.Detail}
	if c.News != nil {
		v.Amount, v.At = max(c.News.Money(), 0), new(o.Shown(c.At, c.LearnedAt))
	}
	if made, decided := o.Decision(c.ID); decided {
		v.Decision, v.Decided = "none", showAct(made.Act)
		if made.Counts {
			v.Decision = "counts"
		}
	}
	return v
}

// showAct is nil for nobody.
func showAct(a order.Act) *ActView {
	if a == (order.Act{}) {
		return nil
	}
	return new(ActView(a))
}

// ShowRefund makes the view of a refund for a caller.
func ShowRefund(to payment.Caller, op order.Operation) RefundView {
	v := RefundView{ID: op.ID, Amount: op.Amount, Type: string(op.Type), Status: standing(op), At: op.FirstAt, LastAnswer: lastAnswer(to, op)}
	if op.State == order.Refused && op.Refusal.Code != order.ByOperator { // older items keep an operator's note there
		v.Message = op.Refusal.Message
	}
	if !op.DoneAt.IsZero() {
		v.DoneAt = &op.DoneAt
	}
	if to.ReadsAll {
		v.RequestedBy, v.Resolved = op.By, showAct(op.Resolved)
	}
	return v
}

// standing is the status of an operation in words of the API.
func standing(op order.Operation) string {
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

// lastAnswer is the refusal of an operation that was not believed, for callers that may read every payment.
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

// Processing is the answer while an outcome is not known: the same request may and should be sent again.
func (r Request) Processing(a payment.Answer) Response {
	r.Log.Unknown = a.Unknown
	r.Log.Status = string(a.Order.Status())
	return Response{
		Status: http.StatusAccepted, Header: map[string]string{"retry-after": Seconds(a.RetryAfter)},
		Body: processing{Status: "processing", LastAnswer: lastAnswer(r.Who.Caller(), a.Operation)},
	}
}

// processing is the body of such an answer.
type processing struct {
	Status     string      `json:"status"`
	LastAnswer *AnswerView `json:"last_answer,omitempty"`
}

// Replayed is the header of an answer that was given before.
func Replayed() map[string]string { return map[string]string{"idempotent-replayed": "true"} }
