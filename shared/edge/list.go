package edge

import (
	"errors"
	"time"

	"kasir/shared/payment"
)

// List is the view of a part of a list of payments.
type List struct {
	Payments []Payment `json:"payments"`         // the newest first, without their histories
	Cursor   string    `json:"cursor,omitempty"` // of the next part; absent at the end
	// CompleteSince is the time since which every payment is listed. It is absent if all are.
	CompleteSince *time.Time       `json:"complete_since,omitempty"`
	Closest       []OrderNumber    `json:"closest,omitempty"`
	Unreadable    []UnreadableView `json:"unreadable,omitempty"`
}

// OrderNumber names an order whose invoice number is close to the one that the caller looked for.
type OrderNumber struct {
	InvoiceNumber string `json:"invoice_number"`
}

// UnreadableView names an order that could not be read.
type UnreadableView struct {
	InvoiceNumber string `json:"invoice_number"`
	Reason        string `json:"reason"` // newer or damaged
}

// ShowList returns the view of a page for a caller.
func ShowList(to payment.Caller, page payment.Page, now time.Time) List {
	v := List{Payments: []Payment{}, Cursor: page.Cursor}
	for _, o := range page.Orders {
		shown := ShowPayment(to, o, now)
		shown.History = nil
		v.Payments = append(v.Payments, shown)
	}
	if !page.CompleteSince.IsZero() {
		v.CompleteSince = &page.CompleteSince
	}
	for _, invoice := range page.Closest {
		v.Closest = append(v.Closest, OrderNumber{invoice})
	}
	for _, s := range page.Unreadable {
		reason := "damaged"
		if errors.Is(s.Err, payment.ErrNewerFormat) {
			reason = "newer"
		}
		v.Unreadable = append(v.Unreadable, UnreadableView{s.Invoice, reason})
	}
	return v
}
