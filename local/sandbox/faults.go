package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Faults is what goes wrong on purpose, and how often. The zero value is a DOKU that never fails.
//
// Its own CallFaults are for all calls. An endpoint named in Calls has only what is written there.
type Faults struct {
	Seed uint64 `json:"seed"` // the same seed gives the same call the same fate
	CallFaults
	Calls         map[string]CallFaults `json:"calls,omitempty"` // by endpoint: see Endpoints
	Notifications NotificationFaults    `json:"notifications,omitzero"`

	// ForgetAfter is how long a Request-Id is remembered, on the sandbox's clock; afterwards the same request is
	// executed again. 0 is for ever.
	ForgetAfter Duration `json:"forget_after,omitzero"`
	// DoubleCaptures lets an authorisation be captured again under another Request-Id. Without it that is refused.
	DoubleCaptures bool `json:"double_captures,omitempty"`
}

// CallFaults are the probabilities, 0 to 1, that a call to DOKU's API suffers something. A call suffers one of them at
// most, so their sum is at most 1.
type CallFaults struct {
	LoseBefore   float64 `json:"lose_before,omitempty"`   // nothing is done; the connection ends without an answer
	LoseAfter    float64 `json:"lose_after,omitempty"`    // all is done; the connection ends without an answer
	ErrorBefore  float64 `json:"error_before,omitempty"`  // nothing is done; 500, 502 or 503
	ErrorAfter   float64 `json:"error_after,omitempty"`   // all is done; 500, 502 or 503
	Garble       float64 `json:"garble,omitempty"`        // all is done; the answer's body cannot be read
	BadSignature float64 `json:"bad_signature,omitempty"` // all is done; the answer is wrongly signed
	DelayBefore  float64 `json:"delay_before,omitempty"`  // the call arrives late, also when its caller has left
	Delay        float64 `json:"delay,omitempty"`         // all is done; the answer is late
	Refuse       float64 `json:"refuse,omitempty"`        // a capture or refund is refused, as a bank would; other calls never
	DelayRange
}

// NotificationFaults are the probabilities that notifications suffer something. A notification is dropped or not;
// otherwise each attempt to deliver it suffers one of the others at most. Attempts made by hand suffer nothing.
type NotificationFaults struct {
	Drop      float64 `json:"drop,omitempty"`       // no attempt at it ever reaches the merchant
	DropFirst int     `json:"drop_first,omitempty"` // so many attempts at each notification do not reach the merchant

	Lose       float64 `json:"lose,omitempty"`        // the attempt does not reach the merchant
	LoseAnswer float64 `json:"lose_answer,omitempty"` // it does, but the merchant's answer is lost: it is sent again
	Duplicate  float64 `json:"duplicate,omitempty"`   // it is sent twice at once
	Delay      float64 `json:"delay,omitempty"`       // it is late
	Reorder    float64 `json:"reorder,omitempty"`     // a later notification, if one comes within DelayMax, overtakes it
	Forge      float64 `json:"forge,omitempty"`       // before it comes one that says the opposite, signed by a stranger
	DelayRange
}

// DelayRange is how long a delay is, in real time, 30 s at most. Both 0: 50 ms to 500 ms.
type DelayRange struct {
	DelayMin Duration `json:"delay_min,omitzero"`
	DelayMax Duration `json:"delay_max,omitzero"`
}

// longestDelay is above every time-out that a Lambda behind API Gateway can have.
const longestDelay = 30 * time.Second

func (d DelayRange) bounds() (least, most time.Duration) {
	if d == (DelayRange{}) {
		return 50 * time.Millisecond, 500 * time.Millisecond
	}
	return time.Duration(d.DelayMin), max(time.Duration(d.DelayMin), time.Duration(d.DelayMax))
}

// chance is one fault by its name, the JSON field's, and how likely it is.
type chance struct {
	fault string
	p     float64
}

// chances are in the order in which one draw is held against them; another order would give seeds another meaning.
func (f CallFaults) chances() []chance {
	return []chance{
		{loseBefore, f.LoseBefore}, {loseAfter, f.LoseAfter}, {errorBefore, f.ErrorBefore}, {errorAfter, f.ErrorAfter},
		{garble, f.Garble}, {badSignature, f.BadSignature}, {delayBefore, f.DelayBefore}, {delayAnswer, f.Delay},
		{refuse, f.Refuse},
	}
}

func (f NotificationFaults) chances() []chance {
	return []chance{
		{lose, f.Lose}, {loseAnswer, f.LoseAnswer}, {duplicateIt, f.Duplicate}, {delayAnswer, f.Delay},
		{reorder, f.Reorder}, {forge, f.Forge},
	}
}

// Names of faults, in JSON and in the control API.
const (
	loseBefore   = "lose_before"
	loseAfter    = "lose_after"
	errorBefore  = "error_before"
	errorAfter   = "error_after"
	garble       = "garble"
	badSignature = "bad_signature"
	delayBefore  = "delay_before"
	delayAnswer  = "delay"
	refuse       = "refuse"

	drop        = "drop"
	lose        = "lose"
	loseAnswer  = "lose_answer"
	duplicateIt = "duplicate"
	reorder     = "reorder"
	forge       = "forge"
)

// EveryFault has each kind of fault but refusals and forgetting, all alike: a call, and an attempt to notify, suffers
// something with probability p; besides, one notification in ten of those is dropped for good.
func EveryFault(p float64, seed uint64) Faults {
	c, n := p/8, p/6
	return Faults{
		Seed: seed,
		CallFaults: CallFaults{
			LoseBefore: c, LoseAfter: c, ErrorBefore: c, ErrorAfter: c, Garble: c, BadSignature: c, DelayBefore: c, Delay: c,
		},
		Notifications: NotificationFaults{
			Drop: p / 10, Lose: n, LoseAnswer: n, Duplicate: n, Delay: n, Reorder: n, Forge: n,
		},
	}
}

// ParseFaults reads Faults from JSON. A misspelt field is an error, not a fault that never happens.
func ParseFaults(text string) (Faults, error) {
	var f Faults
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, fmt.Errorf("the faults are not the JSON this asks for: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return f, errors.New("something follows the faults' JSON")
	}
	return f, f.check()
}

// Duration is a time.Duration that JSON writes as "1h30m".
type Duration time.Duration

// MarshalText writes what time.ParseDuration reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration does.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}
