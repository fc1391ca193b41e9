package edge

import (
	"time"

	"kasir/shared/order"
)

// Payment is the view of an order for callers. Absent parts are left out. Amounts are whole rupiah.
type Payment struct {
	Order         OrderView          `json:"order"`
	Status        order.Status       `json:"status"`
	Type          string             `json:"type,omitempty"` // of the payment, if the request for the page named one
	CreatedAt     time.Time          `json:"created_at"`
	Page          *PageView          `json:"page,omitempty"`
	Authorization *AuthorizationView `json:"authorization,omitempty"`
	Paid          *PaidView          `json:"paid,omitempty"`
	Captured      int64              `json:"captured,omitempty"` // money taken, before refunds
	CapturedAt    *time.Time         `json:"captured_at,omitempty"`
	Refunded      int64              `json:"refunded,omitempty"`   // the part of it that DOKU agreed to give back
	Refundable    *int64             `json:"refundable,omitempty"` // the part of it that can be refunded
	// RefundedElsewhere and ChargedBack are the parts of it that went back outside kasir.
	RefundedElsewhere int64 `json:"refunded_elsewhere,omitempty"`
	ChargedBack       int64 `json:"charged_back,omitempty"`

	Refunds     []RefundView     `json:"refunds,omitempty"`
	Installment *InstallmentView `json:"installment,omitempty"`
	Card        *CardView        `json:"card,omitempty"`
	Failures    []FailureView    `json:"failures,omitempty"`
	Late        bool             `json:"late,omitempty"`        // the money came after the page had expired
	Unconfirmed bool             `json:"unconfirmed,omitempty"` // EXPIRED although DOKU did not answer for a day
	Capture     *CaptureView     `json:"capture,omitempty"`
	Closed      *ClosedView      `json:"closed,omitempty"`
	Conflict    *ConflictView    `json:"conflict,omitempty"`
	// Conflicts also has the decided ones. Metadata, Conflicts, Remarks, Attention and History are shown only
	// with payments:read:all.
	Metadata  order.Metadata   `json:"metadata,omitempty"`
	Conflicts []ConflictDetail `json:"conflicts,omitempty"`
	Remarks   []RemarkView     `json:"remarks,omitempty"`
	Attention []AttentionView  `json:"attention,omitempty"`
	// Acknowledged are the cases that a person has dealt with; only with payments:read:all.
	Acknowledged []AcknowledgedView `json:"acknowledged,omitempty"`
	Review       *ReviewView        `json:"review,omitempty"`
	// Elsewhere has the reports of refunds and chargebacks, Unaccounted what DOKU states to have gone back beyond them,
	// and Settlement the rows of settlement reports; only with payments:read:all.
	Elsewhere   []MovementView     `json:"elsewhere,omitempty"`
	Unaccounted int64              `json:"unaccounted,omitempty"`
	Settlement  []SettlementView   `json:"settlement,omitempty"`
	ForgottenAt *time.Time         `json:"forgotten_at,omitempty"` // the customer's data was erased
	History     []HistoryEntryView `json:"history,omitempty"`
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

// PaidView is a payment that was taken at once. After a promo its amount is less than the order's.
type PaidView struct {
	Amount       int64     `json:"amount"`
	At           time.Time `json:"at"`
	ApprovalCode string    `json:"approval_code,omitempty"`
}

// RefundView is one refund. Its Status is SUCCESS, PROCESSING (the outcome is not known: send the same request again),
// IN_REVIEW (a person finds out the outcome), FAILED, or MANUAL (DOKU's people carry it out within several days).
type RefundView struct {
	ID      string     `json:"id"`
	Amount  int64      `json:"amount"`
	Type    string     `json:"type,omitempty"` // DOKU's: VOID, FULL_REFUND, PARTIAL_REFUND, MANUAL_…
	Status  string     `json:"status"`
	At      time.Time  `json:"at"` // time of the first request
	DoneAt  *time.Time `json:"done_at,omitempty"`
	Message string     `json:"message,omitempty"` // DOKU's reason for a refusal
	// LastAnswer is a refusal of DOKU that did not settle the refund, since an earlier attempt may have been carried
	// out.
	LastAnswer *AnswerView `json:"last_answer,omitempty"`
	// RequestedBy is the first caller, with the name and the reason. Resolved is the person who settled the refund by
	// hand. They are shown only with payments:read:all.
	RequestedBy         string   `json:"requested_by,omitempty"`
	RequestedByUsername string   `json:"requested_by_username,omitempty"`
	Note                string   `json:"note,omitempty"`
	Resolved            *ActView `json:"resolved,omitempty"`
}

// CaptureView is a capture that was asked for. Its Status is PROCESSING or IN_REVIEW while the outcome is not known, as
// in RefundView. A capture that is SUCCESS or FAILED is shown only with payments:read:all.
type CaptureView struct {
	Amount     int64       `json:"amount"`
	Status     string      `json:"status"`
	At         time.Time   `json:"at"`                // time of the first request
	Message    string      `json:"message,omitempty"` // DOKU's reason for a refusal
	LastAnswer *AnswerView `json:"last_answer,omitempty"`
	// RequestedBy to Resolved are as in RefundView.
	RequestedBy         string   `json:"requested_by,omitempty"`
	RequestedByUsername string   `json:"requested_by_username,omitempty"`
	Note                string   `json:"note,omitempty"`
	Resolved            *ActView `json:"resolved,omitempty"`
}

// AnswerView is an answer of DOKU in its own words.
type AnswerView struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// InstallmentView is the requested plan.
type InstallmentView struct {
	Acquirer string `json:"acquirer"`
	Tenor    int64  `json:"tenor"` // months
}

// CardView holds the details of a card that may be shown.
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

// ConflictView holds the reports of DOKU that do not match the order and are not decided yet. A person must look at
// them.
type ConflictView struct {
	Reason string `json:"reason"`
}

// ConflictDetail is one conflict and the decision about it. Amount is the amount that DOKU reported. A decision can
// make it count.
type ConflictDetail struct {
	ID       string             `json:"id"`
	Kind     order.ConflictKind `json:"kind"`
	Detail   string             `json:"detail"`
	Amount   int64              `json:"amount,omitempty"`
	At       *time.Time         `json:"at,omitempty"`
	Decision string             `json:"decision,omitempty"` // counts or none; absent before a decision
	Decided  *ActView           `json:"decided,omitempty"`
}

// ActView records the person, time and reason of an action.
type ActView struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Username string    `json:"username,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// ClosedView records when an order was closed. The person and the reason are shown only with payments:read:all.
type ClosedView struct {
	At       time.Time `json:"at"`
	By       string    `json:"by,omitempty"`
	Username string    `json:"username,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// RemarkView is a report that a person should look at. It does not block the order.
type RemarkView struct {
	Kind   order.AttentionKind `json:"kind"`
	Detail string              `json:"detail"`
	At     time.Time           `json:"at"`
}

// AttentionView is an open case: a matter for which the order waits for a person. docs/alarms.md has the kinds.
type AttentionView struct {
	Kind     order.AttentionKind `json:"kind"`
	Since    time.Time           `json:"since"`
	Subject  string              `json:"subject,omitempty"` // distinguishes cases of one kind
	Detail   string              `json:"detail"`
	WhatToDo string              `json:"what_to_do"`
	Where    string              `json:"where"` // where to look in DOKU's Back Office
}

// AcknowledgedView is a case that a person has dealt with.
type AcknowledgedView struct {
	Kind    order.AttentionKind `json:"kind"`
	Subject string              `json:"subject,omitempty"`
	ActView
}

// ReviewView lists operations whose outcome a person must find out.
type ReviewView struct {
	Operations []ParkedView `json:"operations"`
}

// ParkedView is one operation of a ReviewView.
type ParkedView struct {
	ID        string    `json:"id"`
	Amount    int64     `json:"amount"`
	RequestID string    `json:"request_id,omitempty"` // to look for in DOKU's Back Office
	Since     time.Time `json:"since"`
}

// HistoryEntryView is one entry of an order's history.
type HistoryEntryView struct {
	At     time.Time `json:"at"`
	What   string    `json:"what"`
	Of     string    `json:"of,omitempty"`
	Detail string    `json:"detail,omitempty"`
}
