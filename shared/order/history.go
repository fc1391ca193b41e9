package order

import (
	"slices"
	"strings"
	"time"
)

// Event is one thing that happened to an order: an intent, an attempt, an outcome, a notification, an operator's act.
type HistoryEntry struct {
	At     time.Time
	What   string
	Of     string // the operation, or the notification's Request-Id
	Detail string
}

const (
	maxHistory = 40  // the latest are kept; DynamoDB charges every write by its size
	maxDetail  = 120 // bytes
)

// note adds an event to the history.
func (o Order) note(at time.Time, what, of, detail string) Order {
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "")
	}
	history := append(slices.Clone(o.History), HistoryEntry{At: Stamp(at), What: what, Of: of, Detail: detail})
	o.History = history[max(0, len(history)-maxHistory):]
	return o
}

// noteLatest adds an event in place of the latest, when that was the same: a repeat says nothing new.
func (o Order) noteLatest(at time.Time, what, of, detail string) Order {
	n := len(o.History)
	if n > 1 && o.History[n-1].What == "retry" && o.History[n-2].What == what && o.History[n-2].Of == of {
		o.History = o.History[: n-2 : n-2]
	}
	return o.note(at, what, of, detail)
}

// Notified adds what a notification told; it is the same when it told nothing new.
func (o Order) ApplyNotification(news Facts, requestID string, now time.Time) (next Order, unchanged bool) {
	next, unchanged = o.Learn(news)
	if unchanged {
		return o, true
	}
	return next.settleReportedCapture(now).note(now, "notified", requestID, string(next.Status())), false
}
