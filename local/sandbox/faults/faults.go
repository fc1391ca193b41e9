// Package faults says what goes wrong at the sandbox on purpose: the settings, the draw of each call's fate, and the
// answers that others give in DOKU's place. It knows nothing of payments.
package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Faults is everything that goes wrong on purpose, and how often. The zero value is a DOKU that never fails.
//
// Its own CallFaults are for all calls. An endpoint named in Calls has only the faults written there.
type Faults struct {
	Seed uint64 `json:"seed"` // the same seed gives the same call the same fate
	CallFaults
	Calls         map[string]CallFaults `json:"calls,omitempty"` // by endpoint: see Endpoints
	Notifications NotificationFaults    `json:"notifications,omitzero"`
	Behaviour
}

// CallFaults are the probabilities, 0 to 1, that a call to DOKU's API suffers something. A call suffers one of them
// at most, so their sum is at most 1. A fault that an endpoint cannot have, or that needs a repeat, leaves other
// calls alone.
type CallFaults struct {
	// From between DOKU and the merchant.
	LoseBefore      float64 `json:"lose_before,omitempty"`      // nothing is done; the connection ends without an answer
	LoseAfter       float64 `json:"lose_after,omitempty"`       // all is done; the connection ends without an answer
	ErrorBefore     float64 `json:"error_before,omitempty"`     // nothing is done; 500, 502 or 503
	ErrorAfter      float64 `json:"error_after,omitempty"`      // all is done; 500, 502 or 503
	ForeignBefore   float64 `json:"foreign_before,omitempty"`   // nothing is done; somebody else answers
	ForeignAfter    float64 `json:"foreign_after,omitempty"`    // all is done; somebody else answers, or spoils the answer
	Garble          float64 `json:"garble,omitempty"`           // all is done; the answer's body cannot be read
	BadSignature    float64 `json:"bad_signature,omitempty"`    // all is done; the answer is wrongly signed
	Unsigned        float64 `json:"unsigned,omitempty"`         // all is done; the answer has no Signature
	BareSignature   float64 `json:"bare_signature,omitempty"`   // all is done; the Signature lacks "HMACSHA256="
	SignedElsewhere float64 `json:"signed_elsewhere,omitempty"` // all is done; the Signature is that of another body
	DelayBefore     float64 `json:"delay_before,omitempty"`     // the call arrives late, also when its caller has left
	Delay           float64 `json:"delay,omitempty"`            // all is done; the answer is late
	DeliverTwice    float64 `json:"deliver_twice,omitempty"`    // the call arrives twice; the second answer is given

	// From DOKU.
	Refuse            float64 `json:"refuse,omitempty"`             // a bank refuses; remembered like any answer
	FailedUnder200    float64 `json:"failed_under_200,omitempty"`   // nothing is done; a fresh FAILED, not remembered
	PendingFirst      float64 `json:"pending_first,omitempty"`      // PENDING, and SUCCESS or FAILED later
	IdempotentRequest float64 `json:"idempotent_request,omitempty"` // a repeat gets that code instead of the first answer
	RefuseRepeat      float64 `json:"refuse_repeat,omitempty"`      // a repeat of what was done is refused
	ListMessages      float64 `json:"list_messages,omitempty"`      // messages are lists
	WrongAmount       float64 `json:"wrong_amount,omitempty"`       // all is done; the answer names another amount
	WrongInvoice      float64 `json:"wrong_invoice,omitempty"`      // all is done; the answer names another order
	BadPageURL        float64 `json:"bad_page_url,omitempty"`       // a page is opened; its address is not https
	StatusLag         float64 `json:"status_lag,omitempty"`         // check status tells the state of a while ago
	StatusNotFound    float64 `json:"status_not_found,omitempty"`   // check status answers 404
	StatusOtherOrder  float64 `json:"status_other_order,omitempty"` // check status tells of another order
	RetryAfter        float64 `json:"retry_after,omitempty"`        // nothing is done; 429 or 503 with Retry-After: 120
	RateLimited       float64 `json:"rate_limited,omitempty"`       // nothing is done; DOKU's own 429
	Slow              float64 `json:"slow,omitempty"`               // all is done; the answer takes 15 to 20 seconds

	DelayRange
	Lag        Duration `json:"lag,omitzero"`         // of status_lag, by the sandbox's clock; default 3 minutes
	PendingFor Duration `json:"pending_for,omitzero"` // of pending_first, by the sandbox's clock; default 10 s
}

// NotificationFaults are the probabilities that notifications suffer something. A notification is dropped or not, and
// late or not; otherwise each attempt to deliver it suffers one of the others at most. Attempts made by hand suffer
// nothing.
type NotificationFaults struct {
	Drop      float64  `json:"drop,omitempty"`       // no attempt at it ever reaches the merchant
	DropFirst int      `json:"drop_first,omitempty"` // so many attempts at each notification do not reach the merchant
	Late      float64  `json:"late,omitempty"`       // its first attempt is made after LateBy
	LateBy    Duration `json:"late_by,omitzero"`     // by the sandbox's clock; default 48 h

	Lose         float64 `json:"lose,omitempty"`          // the attempt does not reach the merchant
	LoseAnswer   float64 `json:"lose_answer,omitempty"`   // it does, but the merchant's answer is lost: it is sent again
	Duplicate    float64 `json:"duplicate,omitempty"`     // it is sent twice at once
	Delay        float64 `json:"delay,omitempty"`         // it is late
	Reorder      float64 `json:"reorder,omitempty"`       // a later one, if it comes within DelayMax, overtakes it
	Forge        float64 `json:"forge,omitempty"`         // before it comes a stranger's that says the opposite
	OddAmount    float64 `json:"odd_amount,omitempty"`    // its amount is spelled otherwise
	OddDate      float64 `json:"odd_date,omitempty"`      // its date is wrong or cannot be read
	OddCase      float64 `json:"odd_case,omitempty"`      // its words are in other cases
	OddWords     float64 `json:"odd_words,omitempty"`     // its type or status is a word that nobody knows
	OtherChannel float64 `json:"other_channel,omitempty"` // before it comes one of another channel for the same number
	OtherPage    float64 `json:"other_page,omitempty"`    // before it comes one of another page of the same number
	UnknownOrder float64 `json:"unknown_order,omitempty"` // before it comes one of an order that nobody made
	Older        float64 `json:"older,omitempty"`         // after it comes a FAILED of an older attempt

	DelayRange
}

// DelayRange is how long a delay is, in real time, 15 minutes at most. Both 0: 50 ms to 500 ms.
type DelayRange struct {
	DelayMin Duration `json:"delay_min,omitzero"`
	DelayMax Duration `json:"delay_max,omitzero"`
}

// longestDelay is above every trust window that a test would wait for in real time.
const longestDelay = 15 * time.Minute

func (d DelayRange) bounds() (least, most time.Duration) {
	if d == (DelayRange{}) {
		return 50 * time.Millisecond, 500 * time.Millisecond
	}
	return time.Duration(d.DelayMin), max(time.Duration(d.DelayMin), time.Duration(d.DelayMax))
}

// Every has each kind of fault except a bank's refusals, all alike: a call, and an attempt to notify, suffers something
// with probability p. One notification in ten of those is dropped for good. It changes no Behaviour.
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
		return f, fmt.Errorf("the faults are not the JSON this asks for: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return f, errors.New("something follows the faults' JSON")
	}
	return f, f.Check()
}

// Duration is a time.Duration that JSON writes as "1h30m".
type Duration time.Duration

// MarshalText writes a text that time.ParseDuration reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration does.
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
