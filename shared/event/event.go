// Package event turns changes of orders and batches into the events that other systems receive. docs/events.md
// describes the events, and docs/events has their schemas.
package event

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"kasir/shared/order"
)

// Source is the source of every event.
const Source = "kasir"

// Event is one event for other systems.
type Event struct {
	Type   string // see Types
	At     time.Time
	Detail []byte // JSON, see docs/events
}

// Types lists the types of events, for example payment.paid.
var Types = []string{
	typeOf(order.ChangePaid), typeOf(order.ChangeAuthorized), typeOf(order.ChangeCaptured), typeOf(order.ChangeFailed),
	typeOf(order.ChangeRefunded), typeOf(order.ChangeRefundFailed), typeOf(order.ChangeExpired),
	typeOf(order.ChangeVoided), typeOf(order.ChangeChargedBack), typeOf(order.ChangeReversed),
	typeOf(order.ChangeAttention),
	SettlementReconciled,
}

func typeOf(kind order.ChangeKind) string { return "payment." + string(kind) }

type detail struct {
	ID       string      `json:"id"`       // the same for every delivery of one change
	Sequence int64       `json:"sequence"` // rises with every change of the order
	At       string      `json:"at"`
	Order    orderDetail `json:"order"`

	Amount    int64          `json:"amount,omitempty"`
	Payment   *paymentDetail `json:"payment,omitempty"`
	Failure   *failure       `json:"failure,omitempty"`
	Refund    *refund        `json:"refund,omitempty"`
	ExpiresAt string         `json:"authorization_expires_at,omitempty"`
	Attention *attention     `json:"attention,omitempty"`
}

type orderDetail struct {
	InvoiceNumber string `json:"invoice_number"`
	Status        string `json:"status"`
	Amount        int64  `json:"amount"`
	Captured      int64  `json:"captured"`
	Refunded      int64  `json:"refunded"`
	Refundable    int64  `json:"refundable"`
	Elsewhere     int64  `json:"refunded_elsewhere,omitempty"`
	ChargedBack   int64  `json:"charged_back,omitempty"`
}

type paymentDetail struct {
	ApprovalCode string `json:"approval_code,omitempty"`
	Acquirer     string `json:"acquirer,omitempty"`
	Masked       string `json:"masked_card,omitempty"` // six and four digits at most
	Brand        string `json:"brand,omitempty"`
	Issuer       string `json:"issuer,omitempty"`
}

type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type refund struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Manual bool   `json:"manual"` // people at DOKU carry it out, in several days
	// Elsewhere is set if kasir did not ask for the refund: it was made in DOKU's Back Office, or by DOKU.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

type attention struct {
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// FromChange returns the events of a change of an order. before is the zero Order if the order is new.
func FromChange(before, after order.Order) ([]Event, error) {
	var all []Event
	for _, c := range order.Changes(before, after) {
		content, err := json.Marshal(describe(c, after))
		if err != nil {
			return nil, err
		}
		all = append(all, Event{Type: typeOf(c.Kind), At: c.At, Detail: content})
	}
	return all, nil
}

// describe returns the content of an event.
func describe(c order.Change, o order.Order) detail {
	d := detail{
		ID: id(o.Invoice, c), Sequence: o.Version, At: c.At.UTC().Format(time.RFC3339Nano), Amount: c.Amount,
		Order: orderDetail{
			InvoiceNumber: o.Invoice, Status: string(o.Status()), Amount: o.Amount,
			Captured: o.Captured(), Refunded: o.Refunded(), Refundable: o.Refundable(),
			Elsewhere: o.ElsewhereRefunded(), ChargedBack: o.ChargedBack(),
		},
	}
	switch c.Kind {
	case order.ChangePaid:
		p := o.Facts.Paid
		d.Payment = &paymentDetail{p.ApprovalCode, p.Acquirer, p.Card.Masked, p.Card.Brand, p.Card.Issuer}
	case order.ChangeAuthorized:
		a := o.Facts.Authorized
		d.Payment = &paymentDetail{Masked: a.Card.Masked, Brand: a.Card.Brand, Issuer: a.Card.Issuer}
		d.ExpiresAt = o.AuthorizationEnd().UTC().Format(time.RFC3339Nano)
	case order.ChangeFailed:
		d.Failure = &failure{c.Failure.Code, c.Failure.Message}
	case order.ChangeRefunded, order.ChangeRefundFailed:
		d.Refund = &refund{c.Refund.ID, string(c.Refund.Type), c.Refund.Type.Manual(), false}
		if c.Moved != "" {
			d.Refund = &refund{"elsewhere-" + c.Key, strings.ToUpper(string(c.Moved)), false, true}
		}
	case order.ChangeAttention:
		d.Attention = &attention{string(c.Reason), c.Detail}
	}
	return d
}

// id depends only on the change, so that consumers can recognise redeliveries.
func id(invoice string, c order.Change) string {
	sum := sha256.Sum256([]byte(invoice + "|" + string(c.Kind) + "|" + c.Key))
	return "evt-" + hex.EncodeToString(sum[:12])
}
