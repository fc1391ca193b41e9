package main

import (
	"strings"
	"time"

	"kasir/shared/order"
)

// view is the answer: what a merchant or customer may know of an order. Absent parts are left out; amounts are
// whole rupiah.
type view struct {
	Order         orderView          `json:"order"`
	Status        order.Status       `json:"status"`
	Page          *pageView          `json:"page,omitempty"`
	Authorization *authorizationView `json:"authorization,omitempty"`
	Paid          *paidView          `json:"paid,omitempty"`
	Card          *cardView          `json:"card,omitempty"`
	Failures      []failureView      `json:"failures,omitempty"`
	Conflict      *conflictView      `json:"conflict,omitempty"`
}

type orderView struct {
	InvoiceNumber string `json:"invoice_number"`
	Amount        int64  `json:"amount"`
}

type pageView struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

type authorizationView struct {
	Amount int64     `json:"amount"`
	At     time.Time `json:"at"`
}

type paidView struct {
	Amount       int64     `json:"amount"` // less than the order's after a promo
	At           time.Time `json:"at"`
	ApprovalCode string    `json:"approval_code,omitempty"`
}

type cardView struct {
	Masked string `json:"masked"`
	Brand  string `json:"brand,omitempty"`
	Issuer string `json:"issuer,omitempty"`
	Type   string `json:"type,omitempty"`
}

type failureView struct {
	At      time.Time `json:"at"`
	Code    string    `json:"code,omitempty"`
	Message string    `json:"message,omitempty"`
}

type conflictView struct {
	Reason string `json:"reason"`
}

func show(o order.Order) view {
	v := view{Order: orderView{InvoiceNumber: o.Invoice, Amount: o.Amount}, Status: o.Status()}
	f := o.Facts
	if f.Page != nil {
		v.Page = &pageView{URL: f.Page.URL, ExpiresAt: f.Page.ExpiresAt}
	}
	if f.Authorized != nil {
		v.Authorization = &authorizationView{Amount: f.Authorized.Amount, At: f.Authorized.At}
		v.Card = showCard(f.Authorized.Card)
	}
	if f.Paid != nil {
		v.Paid = &paidView{Amount: f.Paid.Amount, At: f.Paid.At, ApprovalCode: f.Paid.ApprovalCode}
		v.Card = showCard(f.Paid.Card)
	}
	for _, failure := range f.Failures {
		v.Failures = append(v.Failures, failureView(failure))
	}
	if len(f.Conflicts) > 0 {
		v.Conflict = &conflictView{Reason: strings.Join(f.Conflicts, "; ")}
	}
	return v
}

func showCard(c order.Card) *cardView {
	if c.Masked == "" {
		return nil
	}
	view := cardView(c)
	return &view
}
