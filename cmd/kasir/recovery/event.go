// Package recovery compares a table of orders that was restored to an earlier time with the archive of events and with
// DOKU. It moves no money.
package recovery

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kasir/shared/event"
	"kasir/shared/order"
)

// Event is an event of the archive.
type Event struct {
	Type   string
	Detail []byte // JSON, see docs/events
}

// detail is the part of an event's detail that is compared.
type detail struct {
	ID       string    `json:"id"`
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`
	Amount   int64     `json:"amount"`
	Order    struct {
		Invoice    string `json:"invoice_number"`
		Status     string `json:"status"`
		Amount     int64  `json:"amount"`
		Captured   int64  `json:"captured"`
		Refundable int64  `json:"refundable"`
	} `json:"order"`
	Attention struct {
		Reason order.AttentionKind `json:"reason"`
	} `json:"attention"`

	kind       order.ChangeKind
	unreadable bool // only the invoice number was readable
}

// history holds the events of an order, each once.
type history []detail

// histories holds the events of the archive by invoice number.
type histories map[string]history

// maxSequence is more than the sequence of any event of kasir's. A stranger's may be higher.
const maxSequence = 1 << 40

// add adds an event. An event that is not about an order is left out. Of an event that cannot be read, its order is
// kept. add returns false if the order cannot be read either.
func (h histories) add(e Event) bool {
	kind, ofPayment := strings.CutPrefix(e.Type, "payment.")
	if !ofPayment {
		return true
	}
	d := detail{kind: order.ChangeKind(kind)}
	if err := json.Unmarshal(e.Detail, &d); err != nil || d.Order.Invoice == "" || d.ID == "" ||
		d.Sequence < 0 || d.Sequence > maxSequence {
		var only struct {
			Order struct {
				Invoice string `json:"invoice_number"`
			}
		}
		if err := json.Unmarshal(e.Detail, &only); err != nil || only.Order.Invoice == "" {
			return false
		}
		d = detail{kind: d.kind, unreadable: true}
		d.Order.Invoice = only.Order.Invoice
	}
	of := h[d.Order.Invoice]
	if !slices.ContainsFunc(of, d.same) {
		h[d.Order.Invoice] = append(of, d)
	}
	return true
}

// same reports whether two details are of one event.
func (d detail) same(other detail) bool {
	return other.ID == d.ID && other.Sequence == d.Sequence && other.kind == d.kind
}

// latest returns the event with the highest sequence.
func (h history) latest() detail {
	return slices.MaxFunc(h, func(a, b detail) int { return int(a.Sequence - b.Sequence) })
}

// unknown returns what the latest event says about an order that is not in the table.
func (h history) unknown(invoice string) Unknown {
	d := h.latest()
	return Unknown{Invoice: invoice, Source: "archive", Status: d.Order.Status, Amount: d.Order.Amount,
		Captured: d.Order.Captured, Back: d.back()}
}

// lost returns what the events say beyond the stored order. ok is false if the order has all of it. An event belongs to
// the order if the order's present state leads to an event with the same id. A state may have passed by, so an event
// that leads to no fact is lost only if its sequence is above the stored one, or if it is later than the restore.
func (h history) lost(o order.Order, to time.Time) (lost order.Restored, ok bool, err error) {
	own, err := event.FromChange(order.Order{}, o)
	if err != nil {
		return lost, false, err
	}
	has := map[string]bool{}
	for _, e := range own {
		var d detail
		if err := json.Unmarshal(e.Detail, &d); err != nil {
			return lost, false, err
		}
		has[d.ID] = true
	}
	lost.To = to
	stamped := to.Add(-time.Minute) // an event has the time of its fact, and was written a little later
	for _, d := range h {
		fact := slices.Contains(facts, d.kind)
		if has[d.ID] || !d.unreadable && !fact && d.Sequence <= o.Version && !d.At.After(stamped) {
			continue
		}
		ok = true
		lost = d.addTo(lost)
	}
	return lost, ok, nil
}

// facts are the kinds of changes by which an order has a fact for good.
var facts = []order.ChangeKind{order.ChangePaid, order.ChangeAuthorized, order.ChangeCaptured}

// back returns the money that had gone back or was reserved for refunds, in whole rupiah.
func (d detail) back() int64 { return max(0, d.Order.Captured-d.Order.Refundable) }

// addTo adds a lost event. One of an unknown kind, such as a newer version's, needs a person.
func (d detail) addTo(lost order.Restored) order.Restored {
	lost.Sequence = max(lost.Sequence, d.Sequence, 1)
	if d.unreadable {
		lost.Lost = append(lost.Lost, "unreadable payment."+string(d.kind))
		return lost
	}
	lost.Captured = max(lost.Captured, d.Order.Captured)
	lost.Back = max(lost.Back, d.back())
	switch d.kind {
	case order.ChangeAuthorized:
		lost.Authorized = max(lost.Authorized, d.Amount)
	case order.ChangePaid, order.ChangeCaptured, order.ChangeRefunded, order.ChangeChargedBack, order.ChangeFailed,
		order.ChangeExpired: // the amounts have it, or no money is concerned
	case order.ChangeAttention:
		if !slices.Contains(found, d.Attention.Reason) {
			lost.Lost = append(lost.Lost, "payment.attention "+string(d.Attention.Reason))
		}
	default:
		lost.Lost = append(lost.Lost, "payment."+string(d.kind))
	}
	return lost
}

// found are the kinds of attention that kasir finds again by itself: they follow from the time, from amounts, or from
// DOKU's silence.
var found = []order.AttentionKind{order.ReasonLate, order.ReasonAuthorizationExpiring, order.ReasonAutoCaptureFailed,
	order.ReasonUnconfirmed, order.ReasonNotSettled, order.ReasonManualRefund, order.ReasonRestored}
