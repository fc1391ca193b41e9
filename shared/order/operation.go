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
	KindCreatePage Kind = "createpage" // once for an order; its id is its kind
	KindCapture    Kind = "capture"    // once for an order; its id is its kind
	KindRefund     Kind = "refund"     // any number; the id carries the caller's idempotency key
)

// State is how far an operation has come.
type State string

const (
	// Open: DOKU may or may not have done it. The next attempt is the same request, with the same Request-Id, by its
	// caller or by reconciliation.
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
	// Clean counts the attempts, from the first on, that ended without effect: not sent, or turned away by DOKU. Those
	// after them are in doubt. An item of a version that does not know it reads as 0, the cautious value.
	Clean int
	// HaltedAt is when a refusal came that could not be believed. From then on the operation is not sent again; check
	// status is asked, and Looks counts how often.
	HaltedAt time.Time
	Looks    int
	DoneAt   time.Time
	Type     RefundType // of a refund that is done
	// Refusal is why it was refused; of an open or parked operation, the last answer of DOKU, which was not believed.
	Refusal Refusal
	// By is who asked for a capture or refund first; Resolved is who settled it by hand. They are for callers that read every
	// payment.
	By       string
	Resolved Act
	// Target is what the request names, since a repeat must name the same whatever was reported meanwhile: of a capture the
	// authorisation, of a refund the page that was paid. Empty: a version that does not know it has written the item.
	Target string
}

// Refusal is DOKU's reason, ByOperator or NotCarriedOut.
type Refusal struct {
	Code, Message string
}

// Codes of refusals that did not come from DOKU.
const (
	// ByOperator is the code of a refusal that an operator found; it has no message, since the note is not for callers.
	ByOperator = "operator"
	// NotCarriedOut is the code of an operation that never reached DOKU within the trust window.
	NotCarriedOut = "not_carried_out"
)

// RequestedBy notes who asked for an operation first.
func (o Order) WithRequester(id, by string) Order {
	op, ok := o.Operation(id)
	if !ok || op.By != "" {
		return o
	}
	op.By = by
	return o.withOperation(op)
}

// InDoubt reports whether an attempt so far may have had an effect that is not known.
func (op Operation) InDoubt() bool { return op.Clean < op.Attempts }

// doubtBefore reports whether an attempt before the latest may have had an effect that is not known.
func (op Operation) doubtBefore() bool { return op.Clean < op.Attempts-1 }

// Merchant is whose orders these are; it keeps the Request-Ids of two set-ups apart.
type Merchant struct {
	Environment string // which DOKU
	ClientID    string
}

// Policy is what an installation decided about its operations.
type Policy struct {
	Merchant Merchant
	// TrustWindow is how long DOKU is trusted to remember a Request-Id; it does not say how long it does. An operation
	// that is in doubt at its end is parked, since DOKU might take the same request for a new one. 0 sends nothing twice.
	TrustWindow time.Duration
	// BelieveUnsigned lets an unsigned refusal of a first attempt refuse a capture or refund, once check status, asked
	// twice, shows that nothing was moved. Otherwise such a refusal is doubt.
	BelieveUnsigned bool
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

	resendEvery = 5 * time.Minute // after the first resend
)

func (p Policy) resendAfter() time.Duration {
	if p.ResendAfter > 0 {
		return p.ResendAfter
	}
	return DefaultResendAfter
}

// leaseEnd is until when the attempt that begins now holds the operation.
func (op Operation) leaseEnd(p Policy, now time.Time) time.Time {
	first := now.Add(p.resendAfter())
	switch {
	case op.Kind == KindCreatePage: // a second page is harmless: nobody has the first
		return now.Add(Lease)
	case !op.doubtBefore():
		return first
	}
	return latest(first, earliest(now.Add(resendEvery), op.windowEnd(p)))
}

// windowEnd is the end of the trust window.
func (op Operation) windowEnd(p Policy) time.Time { return op.FirstAt.Add(p.TrustWindow) }

// Verdict says what a request for an operation leads to.
type Verdict int

const (
	Call     Verdict = iota // store the returned order, then call DOKU under the operation's Request-Id
	Replay                  // it is done: answer with its result again
	Busy                    // another attempt holds the lease: ask again when it has ended
	Mismatch                // the same key was used to ask for something else
	InReview                // it is parked, or about to be: a person decides
	Halted                  // it is not sent again: check status decides, or a person
	AskFirst                // ask check status whether the order is unpaid, and decide again
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
	return o.withOperation(op.begin(p, now)).note(now, "intent", op.ID, op.RequestID)
}

// again begins one more attempt at an open operation: the same request, only signed again.
func (o Order) beginAgain(p Policy, op Operation, now time.Time) Order {
	return o.withOperation(op.begin(p, now)).note(now, "retry", op.ID, strconv.Itoa(op.Attempts+1))
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
	case !op.HaltedAt.IsZero():
		return Halted
	case now.Before(op.LeaseUntil):
		return Busy
	case op.untrusted(p, now) && op.InDoubt():
		return InReview
	default:
		return Call
	}
}

// untrusted reports whether sending the operation again could do it twice, if an attempt is in doubt. A page that nobody
// received cannot be paid, so asking for one is always safe.
func (op Operation) untrusted(p Policy, now time.Time) bool {
	return op.Kind != KindCreatePage && !now.Before(op.windowEnd(p))
}

// lapsed reports whether the trust window has passed although no attempt is in doubt: DOKU did nothing.
func (op Operation) lapsed(p Policy, now time.Time) bool {
	return op.State == Open && op.untrusted(p, now) && !op.InDoubt() && !now.Before(op.LeaseUntil)
}

// begin counts an attempt and takes the lease.
func (op Operation) begin(p Policy, now time.Time) Operation {
	op.Attempts++
	op.LastAt = Stamp(now)
	op.LeaseUntil = Stamp(op.leaseEnd(p, now))
	return op
}

// Outcome is what one attempt at an operation ended in.
type Outcome struct {
	State   State // Done, Refused, or Open when it could not be learned
	Attempt int   // which attempt, from 1; 0: none of ours, but a report or an operator
	At      time.Time
	News    Facts      // what a done operation brought about
	Type    RefundType // of a refund that is done
	Refusal Refusal

	NoEffect bool // the attempt did nothing: it was not sent, or DOKU turned it away by its headers
	Signed   bool // the answer carried DOKU's signature
	Replayed bool // the answer is the one that DOKU gave to the first request under this Request-Id
	Halt     bool // the answer makes it useless to send the request again
}
