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
	Conflict      *ConflictView      `json:"conflict,omitempty"`
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

// ConflictView says what DOKU reported that does not match; a person must look.
type ConflictView struct {
	Reason string `json:"reason"`
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
func ShowPayment(to payment.Caller, o order.Order) Payment {
	v := Payment{Order: OrderView{InvoiceNumber: o.Invoice, Amount: o.Amount}, Status: o.Status()}
	f := o.Facts
	if f.Page != nil && to.MayRead(o) {
		v.Page = &PageView{URL: f.Page.URL, ExpiresAt: f.Page.ExpiresAt}
	}
	if f.Authorized != nil {
		v.Authorization = &AuthorizationView{Amount: f.Authorized.Amount, At: f.Authorized.At, ExpiresAt: f.Authorized.ExpiresAt()}
		v.Card = showCard(f.Authorized.Card)
	}
	if f.Paid != nil {
		v.Paid = &PaidView{Amount: f.Paid.Amount, At: f.Paid.At, ApprovalCode: f.Paid.ApprovalCode}
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
		v.Failures = append(v.Failures, FailureView(failure))
	}
	if len(f.Conflicts) > 0 {
		v.Conflict = &ConflictView{Reason: strings.Join(f.Conflicts, "; ")}
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
		for _, event := range o.History {
			v.History = append(v.History, EventView(event))
		}
	}
	return v
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
