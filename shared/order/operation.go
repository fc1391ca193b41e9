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

const (
	CreatePage    Kind = "createpage" // once for an order; its id is its kind
	CapturePart   Kind = "capture"    // once for an order; its id is its kind
	RefundPayment Kind = "refund"     // any number; the id carries the caller's idempotency key
)

// State is how far an operation has come.
type State string

const (
	// Open: DOKU may or may not have done it. Whoever retries the same request acts next, with the same Request-Id.
	Open State = "open"
	// Done: DOKU did it. Nobody acts.
	Done State = "done"
	// Parked: DOKU may have done it, and can no longer be asked without the risk of doing it twice. It keeps blocking its
	// order and keeps its amount reserved. An operator acts next, by looking into DOKU's Back Office.
	Parked State = "parked"
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
	Fingerprint string // of what was asked; a retry must ask the same
	FirstAt     time.Time
	LastAt      time.Time // of the last attempt
	LeaseUntil  time.Time // whoever set it is calling DOKU; a crash frees the operation when it ends
	Attempts    int
	DoneAt      time.Time
	Type        RefundType // of a refund that is done
	Refusal     Refusal    // of the last refused attempt
}

// Refusal is DOKU's reason, or ByOperator.
type Refusal struct {
	Code, Message string
}

// ByOperator is the code of a refusal that an operator found; it has no message, since the note is not for callers.
const ByOperator = "operator"

// Merchant is whose orders these are; it keeps the Request-Ids of two set-ups apart.
type Merchant struct {
	Environment string // which DOKU
	ClientID    string
}

// Policy is what an installation decided about its operations.
type Policy struct {
	Merchant Merchant
	// TrustWindow is how long DOKU is trusted to remember a Request-Id. An operation that is still open after it is parked: DOKU
	// might take the same request for a new one. It does not say how long it remembers.
	TrustWindow time.Duration
	// ResendAfter is how long after a capture or refund was sent, and not answered, it may be sent again; 0 is
	// DefaultResendAfter. DOKU does not say what it does with a repeat while it is still working on the first.
	ResendAfter time.Duration
	// AutoCaptureBefore captures an authorisation this long before it lapses; 0 never does.
	AutoCaptureBefore time.Duration
}

// Lease is how long one attempt may hold an operation: longer than a function can live, so that two attempts never run at
// once here. DOKU may go on working when nobody waits any more, so an attempt to move money holds its operation for
// longer, and holds it even when its outcome is not known.
const (
	Lease              = 35 * time.Second
	DefaultResendAfter = 90 * time.Second
)

// lease is how long an attempt at an operation holds it.
func (p Policy) lease(kind Kind) time.Duration {
	switch {
	case kind == CreatePage: // a second page is harmless: nobody has the first
		return Lease
	case p.ResendAfter > 0:
		return p.ResendAfter
	}
	return DefaultResendAfter
}

// Verdict says what a request for an operation leads to.
type Verdict int

const (
	Call     Verdict = iota // store the returned order, then call DOKU under the operation's Request-Id
	Replay                  // it is done: answer with its result again
	Busy                    // another attempt holds the lease: ask again when it has ended
	Mismatch                // the same key was used to ask for something else
	InReview                // it is parked, or about to be: a person decides
)

// requestID derives DOKU's Request-Id. A random one would turn a retry after a lost answer into a second
// charge or refund; this one is the same however often, and wherever, the operation is tried again. 32
// characters of [a-z2-7]: DOKU allows 128 but names 40 alphanumerics elsewhere.
func requestID(m Merchant, invoice string, kind Kind, operation string, generation int) string {
	text := strings.Join([]string{m.Environment, m.ClientID, invoice, string(kind), operation, strconv.Itoa(generation)}, "|")
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:20]))
}

// intend writes a new operation, or the next generation of a refused one, into the order: open and leased.
func (o Order) intend(p Policy, op Operation, generation int, now time.Time) Order {
	op.State, op.Generation, op.FirstAt = Open, generation, Stamp(now)
	op.RequestID = requestID(p.Merchant, o.Invoice, op.Kind, op.ID, generation)
	return o.with(op.begin(p, now)).note(now, "intent", op.ID, op.RequestID)
}

// again begins one more attempt at an open operation: the same request, only signed again.
func (o Order) again(p Policy, op Operation, now time.Time) Order {
	return o.with(op.begin(p, now)).note(now, "retry", op.ID, strconv.Itoa(op.Attempts+1))
}

// retry decides about a request for an operation that exists. After a refusal something else may be asked under
// the same id, since nothing came of the first; before, only the very same, or one Request-Id would stand for two
// requests.
func (op Operation) retry(p Policy, fingerprint string, now time.Time) Verdict {
	switch {
	case op.State == Refused:
		return Call
	case op.State == Parked:
		return InReview
	case op.Fingerprint != fingerprint:
		return Mismatch
	case op.State == Done:
		return Replay
	case now.Before(op.LeaseUntil):
		return Busy
	case op.untrusted(p, now):
		return InReview
	default:
		return Call
	}
}

// untrusted tells whether sending the operation again could do it twice. A page that nobody received cannot be paid, so
// asking for one is always safe.
func (op Operation) untrusted(p Policy, now time.Time) bool {
	return op.Kind != CreatePage && !now.Before(op.FirstAt.Add(p.TrustWindow))
}

// begin counts an attempt and takes the lease.
func (op Operation) begin(p Policy, now time.Time) Operation {
	op.Attempts++
	op.LastAt = Stamp(now)
	op.LeaseUntil = Stamp(now.Add(p.lease(op.Kind)))
	return op
}

// Outcome is what one attempt at an operation ended in.
type Outcome struct {
	State State // Done, Refused, or Open when it could not be learned
	At    time.Time
	News  Facts      // what a done operation brought about
	Type  RefundType // of a refund that is done

	Refusal Refusal
	// Unprocessed says that DOKU turned the attempt away unread (signature, clock, rate). Then an earlier attempt,
	// whose answer was lost, may still have succeeded, and the operation stays open.
	Unprocessed bool
}
