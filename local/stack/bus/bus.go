// Package bus shows the events that came to kasir local's bus, and sends them again.
package bus

import (
	"context"
	"encoding/json"

	"kasir/local/aws/eventbridge"
)

// Event is an event on the bus, in the JSON of /dev/events.
type Event struct {
	Place     int64           `json:"place"` // its number on the bus, from 1
	ID        string          `json:"id"`    // the detail's: evt-…
	Type      string          `json:"type"`
	Duplicate bool            `json:"duplicate,omitempty"` // whether the same id came before, among the kept events
	Detail    json.RawMessage `json:"detail"`              // as docs/events describes it
}

// Detail is the part of an event's detail that people are shown.
type Detail struct {
	ID     string `json:"id"`
	At     string `json:"at"`
	Amount int64  `json:"amount"`
	Order  struct {
		InvoiceNumber string `json:"invoice_number"`
		Status        string `json:"status"`
		Amount        int64  `json:"amount"`
	} `json:"order"`
	Failure   struct{ Code, Message string }  `json:"failure"`
	Attention struct{ Reason, Detail string } `json:"attention"`

	Settlement struct {
		Batch       string         `json:"batch_id"`
		PaidOut     string         `json:"paid_out"`
		Differences map[string]int `json:"differences"`
	} `json:"settlement"`
}

// Read returns the detail of an event. A detail of another shape gives empty fields.
func (e Event) Read() Detail {
	var d Detail
	_ = json.Unmarshal(e.Detail, &d) // the bus takes only JSON
	return d
}

// Query selects events.
type Query struct {
	After   int64 // with a place: the oldest after it; 0: the newest of all
	Limit   int
	Type    string // exact, or empty
	Invoice string // exact, or empty
}

func (q Query) matches(e Event) bool {
	return (q.Type == "" || q.Type == e.Type) && (q.Invoice == "" || q.Invoice == e.Read().Order.InvoiceNumber) &&
		e.Place > q.After
}

// List is the answer of GET /dev/events.
type List struct {
	Events []Event `json:"events"` // in the order in which they came
	Last   int64   `json:"last"`   // the place after which to go on
}

// list returns the events that a query selects.
func list(server *eventbridge.Server, q Query) List {
	kept, last := server.Kept()
	found := []Event{}
	known := map[string]bool{}
	for _, k := range kept {
		e := Event{Place: k.Place, Type: k.DetailType, Detail: json.RawMessage(k.Detail)}
		e.ID = e.Read().ID
		e.Duplicate, known[e.ID] = known[e.ID], true
		if q.matches(e) {
			found = append(found, e)
		}
	}
	switch {
	case len(found) <= q.Limit:
	case q.After == 0 || q.Limit == 0:
		found = found[len(found)-q.Limit:]
	default:
		found = found[:q.Limit]
		last = found[q.Limit-1].Place
	}
	return List{found, last}
}

// follow returns the events that a query selects, and waits until there is one or ctx ends.
func follow(ctx context.Context, server *eventbridge.Server, q Query) List {
	for {
		l := list(server, q)
		if len(l.Events) > 0 || ctx.Err() != nil {
			return l
		}
		q.After = l.Last
		server.Wait(ctx, q.After)
	}
}

// resend puts the newest event with an id on the bus again. ok is false if there is none.
func resend(server *eventbridge.Server, id string) (e Event, ok bool, err error) {
	kept, _ := server.Kept()
	for i := len(kept) - 1; i >= 0; i-- {
		e := Event{Type: kept[i].DetailType, Detail: json.RawMessage(kept[i].Detail), ID: id, Duplicate: true}
		if e.Read().ID != id {
			continue
		}
		again, err := server.Put(kept[i].Entry)
		e.Place = again.Place
		return e, true, err
	}
	return Event{}, false, nil
}
