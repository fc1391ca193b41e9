// Package faults holds the sandbox's failures on purpose: their settings, the plan of each call's fault, and the
// answers of others in DOKU's place. It knows no payments.
package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Faults holds the probabilities of all failures on purpose. The zero value is a DOKU that never fails.
//
// Its own CallFaults apply to all calls, except those to endpoints in Calls. Such an endpoint has only its own faults.
type Faults struct {
	Seed uint64 `json:"seed"` // with the same seed the same call has the same fault
	CallFaults
	Calls         map[string]CallFaults `json:"calls,omitempty"` // by endpoint: see Endpoints
	Notifications NotificationFaults    `json:"notifications,omitzero"`
	Behaviour
}

// CallFaults are the probabilities, 0 to 1, of faults of a call to DOKU's API. A call has at most one fault, therefore
// their sum is at most 1. A fault is not applied at endpoints that cannot have it. One that needs a repeat is not
// applied to other calls.
type CallFaults struct {
	// Faults between DOKU and the merchant.
	LoseBefore      float64 `json:"lose_before,omitempty"`      // nothing is done; the connection ends, unanswered
	LoseAfter       float64 `json:"lose_after,omitempty"`       // all is done; the connection ends, unanswered
	ErrorBefore     float64 `json:"error_before,omitempty"`     // nothing is done; 500, 502 or 503
	ErrorAfter      float64 `json:"error_after,omitempty"`      // all is done; 500, 502 or 503
	ForeignBefore   float64 `json:"foreign_before,omitempty"`   // nothing is done; another server answers
	ForeignAfter    float64 `json:"foreign_after,omitempty"`    // all is done; another answers, or spoils the answer
	Garble          float64 `json:"garble,omitempty"`           // all is done; the answer's body is unreadable
	BadSignature    float64 `json:"bad_signature,omitempty"`    // all is done; the answer is wrongly signed
	Unsigned        float64 `json:"unsigned,omitempty"`         // all is done; the answer has no Signature
	BareSignature   float64 `json:"bare_signature,omitempty"`   // all is done; the Signature lacks "HMACSHA256="
	SignedElsewhere float64 `json:"signed_elsewhere,omitempty"` // all is done; the Signature is that of another body
	DelayBefore     float64 `json:"delay_before,omitempty"`     // the call arrives late, even after its caller has left
	Delay           float64 `json:"delay,omitempty"`            // all is done; the answer is late
	DeliverTwice    float64 `json:"deliver_twice,omitempty"`    // the call arrives twice; the second answer is given

	// Faults of DOKU.
	Refuse            float64 `json:"refuse,omitempty"`             // a bank refuses; remembered like any answer
	FailedUnder200    float64 `json:"failed_under_200,omitempty"`   // nothing is done; a fresh FAILED, not remembered
	PendingFirst      float64 `json:"pending_first,omitempty"`      // PENDING, and SUCCESS or FAILED later
	IdempotentRequest float64 `json:"idempotent_request,omitempty"` // a repeat gets that code, not the first answer
	RefuseRepeat      float64 `json:"refuse_repeat,omitempty"`      // the repeat of an executed call is refused
	ListMessages      float64 `json:"list_messages,omitempty"`      // messages are lists
	WrongAmount       float64 `json:"wrong_amount,omitempty"`       // all is done; the answer names another amount
	WrongInvoice      float64 `json:"wrong_invoice,omitempty"`      // all is done; the answer names another order
	BadPageURL        float64 `json:"bad_page_url,omitempty"`       // a page is opened; its address is not https
	StatusLag         float64 `json:"status_lag,omitempty"`         // check status answers with an earlier state
	StatusNotFound    float64 `json:"status_not_found,omitempty"`   // check status answers 404
	StatusOtherOrder  float64 `json:"status_other_order,omitempty"` // check status answers with another order
	RetryAfter        float64 `json:"retry_after,omitempty"`        // nothing is done; 429 or 503 with Retry-After: 120
	RateLimited       float64 `json:"rate_limited,omitempty"`       // nothing is done; DOKU's own 429
	Slow              float64 `json:"slow,omitempty"`               // all is done; the answer takes 15 to 20 seconds

	DelayRange
	Lag        Duration `json:"lag,omitzero"`         // of status_lag, by the sandbox's clock; default 3 minutes
	PendingFor Duration `json:"pending_for,omitzero"` // of pending_first, by the sandbox's clock; default 10 s
}

// NotificationFaults are the probabilities of faults of notifications. Drop and Late are decided once for a
// notification. Each attempt to deliver it has at most one of the other faults. Attempts made by hand have none.
type NotificationFaults struct {
	Drop      float64  `json:"drop,omitempty"`       // no attempt ever reaches the merchant
	DropFirst int      `json:"drop_first,omitempty"` // the number of first attempts that do not reach the merchant
	Late      float64  `json:"late,omitempty"`       // its first attempt is made after LateBy
	LateBy    Duration `json:"late_by,omitzero"`     // by the sandbox's clock; default 48 h

	Lose         float64 `json:"lose,omitempty"`          // the attempt does not reach the merchant
	LoseAnswer   float64 `json:"lose_answer,omitempty"`   // the merchant's answer is lost, and it is sent again
	Duplicate    float64 `json:"duplicate,omitempty"`     // it is sent twice at the same time
	Delay        float64 `json:"delay,omitempty"`         // it is late
	Reorder      float64 `json:"reorder,omitempty"`       // a later one overtakes it, if it comes within DelayMax
	Forge        float64 `json:"forge,omitempty"`         // before it comes a forged one with the opposite status
	OddAmount    float64 `json:"odd_amount,omitempty"`    // its amount is in another spelling
	OddDate      float64 `json:"odd_date,omitempty"`      // its date is wrong or unreadable
	OddCase      float64 `json:"odd_case,omitempty"`      // its words are in other cases
	OddWords     float64 `json:"odd_words,omitempty"`     // its type or status is an unexpected word
	OtherChannel float64 `json:"other_channel,omitempty"` // before it comes one of another channel for the same number
	OtherPage    float64 `json:"other_page,omitempty"`    // before it comes one of another page of the same number
	UnknownOrder float64 `json:"unknown_order,omitempty"` // before it comes one of an unknown order
	Older        float64 `json:"older,omitempty"`         // after it comes a FAILED of an older attempt

	DelayRange
}

// DelayRange is the range of delays, in real time, at most 15 minutes. If both are 0, it is 50 ms to 500 ms.
type DelayRange struct {
	DelayMin Duration `json:"delay_min,omitzero"`
	DelayMax Duration `json:"delay_max,omitzero"`
}

// longestDelay is longer than every trust window for which a test waits in real time.
const longestDelay = 15 * time.Minute

// bounds returns the shortest and the longest delay.
func (d DelayRange) bounds() (least, most time.Duration) {
	if d == (DelayRange{}) {
		return 50 * time.Millisecond, 500 * time.Millisecond
	}
	return time.Duration(d.DelayMin), max(time.Duration(d.DelayMin), time.Duration(d.DelayMax))
}

// Every returns Faults with each kind of fault, except a bank's refusals, all alike. A call, and an attempt to deliver
// a notification, has a fault with probability p. A notification is dropped, or late, with p/10. It changes no
// Behaviour.
func Every(p float64, seed uint64) Faults {
	f := Faults{Seed: seed}
	spreadEvenly(callProbabilities, &f.CallFaults, p, Refuse)
	spreadEvenly(notificationProbabilities, &f.Notifications, p, Drop, Late)
	f.Notifications.Drop, f.Notifications.Late = p/10, p/10
	return f
}

// Parse reads Faults from JSON. A misspelt field is an error, not a fault that never happens.
func Parse(text string) (Faults, error) {
	var f Faults
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, fmt.Errorf("reading the JSON of the faults: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return f, errors.New("unexpected text after the JSON of the faults")
	}
	return f, f.Check()
}

// Duration is a time.Duration that JSON writes as "1h30m".
type Duration time.Duration

// MarshalText writes a text for time.ParseDuration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a text with time.ParseDuration.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// or returns d, or other when d is 0.
func (d Duration) or(other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return time.Duration(d)
}
