package edge

import (
	"time"

	"kasir/shared/order"
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
