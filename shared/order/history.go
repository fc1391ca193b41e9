package order

import (
	"slices"
	"strings"
	"time"
)

// HistoryEntry is one entry in an order's history: an intent, an attempt, an outcome, a notification or a person's
// act.
type HistoryEntry struct {
	At     time.Time
	What   string
	Of     string // the operation's ID, or the notification's Request-Id
	Detail string
}

const (
	maxHistory = 40  // only the latest are kept; DynamoDB charges every write by its size
	maxDetail  = 120 // bytes
)

// note adds an entry to the history.
func (o Order) note(at time.Time, what, of, detail string) Order {
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "")
	}
	history := append(slices.Clone(o.History), HistoryEntry{At: Stamp(at), What: what, Of: of, Detail: detail})
	o.History = history[max(0, len(history)-maxHistory):]
	return o
}

// noteLatest adds an entry. It replaces the latest outcome if that was the same, so that repeats do not fill the
// history.
func (o Order) noteLatest(at time.Time, what, of, detail string) Order {
	n := len(o.History)
	if n > 1 && o.History[n-1].What == "retry" && o.History[n-2].What == what && o.History[n-2].Of == of {
		o.History = o.History[: n-2 : n-2]
	}
	return o.note(at, what, of, detail)
}

// ApplyNotification adds the facts of a notification. unchanged is true if none of them is new.
func (o Order) ApplyNotification(news Facts, requestID string, now time.Time) (next Order, unchanged bool) {
	next, unchanged = o.Learn(news)
	if unchanged {
		return o, true
	}
	next = next.dateConflicts(o.Facts, now)
	if next.Unaccounted() < o.Unaccounted() { // the movement may have come after DOKU's statement
		next.Watch.CheckAt = Stamp(now.Add(askAfter))
	}
	return next.settleReported(now).note(now, "notified", requestID, string(next.Status())), false
}
