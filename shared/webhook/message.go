package webhook

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Message is an event in an endpoint's queue, as the queue delivers it.
type Message struct {
	Queue    string // name of the queue
	Receipt  string // names this delivery of the message
	Body     string // EventBridge's event, as JSON
	SentAt   time.Time
	Receives int // how often the queue has delivered it
}

// event is an event in the form in which an endpoint receives it.
type event struct {
	id, kind, invoice string
	body              []byte
}

// payload is the body of a request, as Standard Webhooks recommends it.
type payload struct {
	Type      string          `json:"type"`
	Timestamp string          `json:"timestamp"` // of the change
	Data      json.RawMessage `json:"data"`
}

// parse reads EventBridge's event. The endpoint gets its detail as data.
func parse(body string) (event, error) {
	var in struct {
		Type   string          `json:"detail-type"`
		Detail json.RawMessage `json:"detail"`
	}
	var detail struct {
		ID    string `json:"id"`
		At    string `json:"at"`
		Order struct {
			Invoice string `json:"invoice_number"`
		} `json:"order"`
	}
	if json.Unmarshal([]byte(body), &in) != nil || json.Unmarshal(in.Detail, &detail) != nil ||
		!isName(in.Type) || !isName(detail.ID) || detail.At == "" {
		return event{}, errors.New("the message is not an event of kasir")
	}
	return newEvent(in.Type, detail.ID, detail.At, detail.Order.Invoice, in.Detail)
}

// isName reports whether a text has the form of an event's type or id, which are sent and logged.
func isName(text string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
	return text != "" && len(text) <= 100 && strings.Trim(text, letters) == ""
}

func newEvent(kind, id, at, invoice string, data json.RawMessage) (event, error) {
	content, err := json.Marshal(payload{kind, at, data})
	return event{id: id, kind: kind, invoice: invoice, body: content}, err
}
