package order

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"time"
)

// Kind is what an operation asks of DOKU.
type Kind string

// CreatePage asks for the payment page; an order has one such operation, with its kind as id.
const CreatePage Kind = "createpage"

// State is how far an operation has come.
type State string

const (
	// Open: DOKU may or may not have done it. Whoever retries the same request acts next, with the same Request-Id.
	Open State = "open"
	// Done: DOKU did it. Nobody acts.
	Done State = "done"
	// Refused: DOKU did not do it. The caller may ask again, which opens the next generation.
	Refused State = "refused"
)

// Operation is one thing DOKU is asked to do, stored before the call so that a crash at any moment leaves
// behind what was tried and under which Request-Id.
type Operation struct {
	ID          string
	Kind        Kind
	Amount      int64 // whole rupiah
	RequestID   string
	Generation  int // rises only after a definitive refusal: until then every retry is the same request
	State       State
	Fingerprint string // of the body; a retry must bring the same
	FirstAt     time.Time
	LeaseUntil  time.Time // whoever set it is calling DOKU; a crash frees the operation when it ends
	Attempts    int
	Refusal     Refusal // of the last refused attempt
}

// Refusal is DOKU's reason.
type Refusal struct {
	Code, Message string
}

// Lease is how long one attempt may hold an operation: longer than a function can live, so that two attempts
// never run at once.
const Lease = 35 * time.Second

// requestID derives DOKU's Request-Id. A random one would turn a retry after a lost answer into a second
// charge or refund; this one is the same however often, and wherever, the operation is tried again. 32
// characters of [a-z2-7]: DOKU allows 128 but names 40 alphanumerics elsewhere.
func requestID(in Intent, kind Kind, operation string, generation int) string {
	text := strings.Join([]string{in.Environment, in.ClientID, in.Invoice, string(kind), operation, strconv.Itoa(generation)}, "|")
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:20]))
}

// begin counts an attempt and takes the lease.
func (op Operation) begin(now time.Time) Operation {
	op.Attempts++
	op.LeaseUntil = Stamp(now.Add(Lease))
	return op
}

// release ends an attempt whose outcome is not known: the next one need not wait for the lease.
func (op Operation) release() Operation {
	op.LeaseUntil = time.Time{}
	return op
}
