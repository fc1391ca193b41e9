package order

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"time"
)

// Kind is the kind of request that an operation makes to DOKU.
type Kind string

const (
	KindCreatePage Kind = "createpage" // once per order; its ID equals its kind
	KindCapture    Kind = "capture"    // once per order; its ID equals its kind
	KindRefund     Kind = "refund"     // any number; the ID is derived from the caller's idempotency key
)

// State is the progress of an operation.
type State string

const (
	// Open: DOKU may or may not have carried it out. Its caller or reconciliation acts next, by sending the same
	// request under the same Request-Id.
	Open State = "open"
	// Done: DOKU carried it out. Nobody acts.
	Done State = "done"
	// Parked: DOKU may have carried it out, and sending it again could do it twice. It blocks its order and keeps its
	// amount reserved. An operator acts next, by looking into DOKU's Back Office.
	Parked State = "parked"
	// Refused: DOKU did not carry it out. The caller may ask again, which opens the next generation.
	Refused State = "refused"
)

// Operation is one request to DOKU. It is stored before the call, so that after a crash the store still holds the
// request and its Request-Id.
type Operation struct {
	ID          string
	Kind        Kind
	Amount      int64 // whole rupiah
	RequestID   string
	Generation  int // rises only after a definitive refusal; until then every retry is the same request
	State       State
	Fingerprint string // of the request's terms; a retry must have the same
	FirstAt     time.Time
	LastAt      time.Time // of the last attempt
	LeaseUntil  time.Time // while an attempt holds the operation; after a crash it ends by itself
	Attempts    int
	// Clean counts the attempts, from the first on, that ended without effect: not sent, or turned away by DOKU. The
	// attempts after them are in doubt. An item of a version without this field reads as 0, which is the cautious
	// value.
	Clean int
	// HaltedAt is when an untrustworthy refusal came. From then on the operation is not sent again. Check status is
	// asked instead, and Looks counts the questions.
	HaltedAt time.Time
	Looks    int
	DoneAt   time.Time
	Type     RefundType // of a refund that is done
	// Refusal is the reason of a refused operation. In an open or parked one it is DOKU's last answer, which settled
	// nothing.
	Refusal Refusal
	// By is the first caller who asked for a capture or refund. Resolved is the person who settled it by hand. Only
	// callers that read every payment see them.
	By       string
	Resolved Act
	// Username and Note are By's name and reason. They are kept for people, and are no terms of the request.
	Username, Note string
	// Target is the object that the request names: the authorisation of a capture, or the paid page of a refund. A
	// repeat must name the same one, even if DOKU has reported another since. It is empty if a version without this
	// field wrote the item.
	Target string
	// Owner names the attempt that holds the operation, until the attempt's outcome is written. It is empty if a
	// version without this field wrote the item.
	Owner string
}

// Refusal is DOKU's reason, or has the code ByOperator or NotCarriedOut.
type Refusal struct {
	Code, Message string
}

// Codes of refusals that did not come from DOKU.
const (
	// ByOperator is the code of a refusal that an operator found. Such a refusal has no message, since callers must
	// not see the note.
	ByOperator = "operator"
	// NotCarriedOut is the code of an operation that never reached DOKU within the trust window.
	NotCarriedOut = "not_carried_out"
)

// WithRequester records who asked for an operation, and why, unless an earlier caller did.
func (o Order) WithRequester(id string, act Act) Order {
	op, ok := o.Operation(id)
	if !ok || op.By != "" {
		return o
	}
	act = act.stamped()
	op.By, op.Username, op.Note = act.By, act.Username, act.Note
	return o.withOperation(op)
}

// WithOwner names the attempt that holds an operation.
func (o Order) WithOwner(id, owner string) Order {
	op, ok := o.Operation(id)
	if !ok {
		return o
	}
	op.Owner = owner
	return o.withOperation(op)
}

// HeldBy reports whether the attempt of an owner holds an operation.
func (o Order) HeldBy(id, owner string) bool {
	op, ok := o.Operation(id)
	return ok && op.State == Open && op.Owner == owner
}

// InDoubt reports whether any attempt may have had an effect that is not known.
func (op Operation) InDoubt() bool { return op.Clean < op.Attempts }

// doubtBefore reports whether an attempt before the latest may have had an effect that is not known.
func (op Operation) doubtBefore() bool { return op.Clean < op.Attempts-1 }

// Merchant identifies the owner of the orders. It keeps the Request-Ids of two installations apart.
type Merchant struct {
	Environment string // DOKU's environment, for example sandbox
	ClientID    string
}

// Policy holds an installation's settings for its operations.
type Policy struct {
	Merchant Merchant
	// TrustWindow is how long DOKU is trusted to remember a Request-Id; DOKU does not document it. An operation that
	// is in doubt at its end is parked, since DOKU might take the same request for a new one. With 0 nothing is sent
	// twice.
	TrustWindow time.Duration
	// BelieveUnsigned lets an unsigned refusal of a first attempt refuse a capture or refund, once check status, asked
	// twice, shows that nothing was moved. Without it such a refusal leaves the operation in doubt.
	BelieveUnsigned bool
	// ResendAfter is the wait before an unanswered capture or refund may be sent again; 0 means DefaultResendAfter.
	// DOKU does not document how it treats a repeat while it still works on the first request.
	ResendAfter time.Duration
	// AutoCaptureBefore is how long before its end an authorisation is captured automatically; 0 means never.
	AutoCaptureBefore time.Duration
	// CheckPaidAfter are the times after the capture at which DOKU is asked about a paid order, in rising order. Empty
	// means never.
	CheckPaidAfter []time.Duration
	// SettleWithin is the number of working days in which DOKU settles a payment. With 0 no payment is overdue.
	SettleWithin int
	Holidays     []Day // days from Monday to Friday that are no working days
	// MaxRefund is the limit that the caller's roles set to the refunds of one order, in whole rupiah. 0 means none.
	MaxRefund int64
}

// Lease is how long one attempt holds an operation. It is longer than a function can live, so two attempts never run at
// once. DOKU may still be working after the function has stopped waiting. Therefore an attempt to move money holds its
// operation for DefaultResendAfter or longer, even if its outcome is not known.
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

// leaseEnd returns the time until which an attempt that begins now holds the operation.
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

// windowEnd returns the end of the trust window.
func (op Operation) windowEnd(p Policy) time.Time { return op.FirstAt.Add(p.TrustWindow) }

// Verdict is the decision about a request for an operation.
type Verdict int

const (
	Call     Verdict = iota // store the returned order, then call DOKU under the operation's Request-Id
	Replay                  // it is done: answer with its result again
	Busy                    // another attempt holds the lease: ask again after its end
	Mismatch                // the same key was used for another request
	InReview                // it is parked, or about to be: a person decides
	Halted                  // it is not sent again: check status or a person decides
	AskFirst                // ask check status whether the order is unpaid, then decide again
)

// requestID derives DOKU's Request-Id. With a random one, a retry after a lost answer would be a second charge or
// refund. This one is the same for every attempt on every machine. It has 32 characters of [a-z2-7]. DOKU allows 128
// characters, but elsewhere names 40 alphanumerics.
func requestID(m Merchant, invoice string, kind Kind, operation string, generation int) string {
	text := strings.Join([]string{m.Environment, m.ClientID, invoice, string(kind), operation,
		strconv.Itoa(generation)}, "|")
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:20]))
}

// intend adds a new operation to the order, or the next generation of a refused one, as open and leased.
func (o Order) intend(p Policy, op Operation, generation int, now time.Time) Order {
	op.State, op.Generation, op.FirstAt = Open, generation, Stamp(now)
	op.RequestID = requestID(p.Merchant, o.Invoice, op.Kind, op.ID, generation)
	return o.withOperation(op.begin(p, now)).note(now, "intent", op.ID, op.RequestID)
}

// beginAgain begins another attempt at an open operation. The request is the same, signed anew.
func (o Order) beginAgain(p Policy, op Operation, now time.Time) Order {
	return o.withOperation(op.begin(p, now)).note(now, "retry", op.ID, strconv.Itoa(op.Attempts+1))
}

// retry decides about a request for an operation that exists. After a refusal the same ID may carry other terms, since
// the first request had no effect. Before that only the same terms are allowed, because one Request-Id must not stand
// for two requests.
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

// untrusted reports whether the trust window has passed, after which sending an operation in doubt could do it twice.
// It is false for a page: nobody can pay a page that nobody received, so asking for one is always safe.
func (op Operation) untrusted(p Policy, now time.Time) bool {
	return op.Kind != KindCreatePage && !now.Before(op.windowEnd(p))
}

// lapsed reports whether the trust window has passed while no attempt is in doubt. DOKU then did nothing.
func (op Operation) lapsed(p Policy, now time.Time) bool {
	return op.State == Open && op.untrusted(p, now) && !op.InDoubt() && !now.Before(op.LeaseUntil)
}

// repeat decides about a request for a capture or refund that may have been asked for before. It returns the
// generation to begin: 1 for a new operation, the next one if the last had no effect. Generation 0 means that none is
// begun, and verdict is the decision. Call is then another attempt at the open operation.
func (o Order) repeat(p Policy, id, fingerprint string, now time.Time) (next Order, generation int, verdict Verdict) {
	op, exists := o.Operation(id)
	if !exists {
		return o, 1, Call
	}
	if verdict := op.retry(p, fingerprint, now); verdict != Call {
		return o, 0, verdict
	}
	if op.State == Open && !op.lapsed(p, now) {
		return o.beginAgain(p, op, now), 0, Call
	}
	o, _ = o.Park(p, op.ID, now)
	return o, op.Generation + 1, Call
}

// begin counts an attempt and takes the lease.
func (op Operation) begin(p Policy, now time.Time) Operation {
	op.Attempts++
	op.LastAt = Stamp(now)
	op.LeaseUntil = Stamp(op.leaseEnd(p, now))
	return op
}

// Outcome is the result of one attempt at an operation.
type Outcome struct {
	State   State // Done, Refused, or Open if it is not known
	Attempt int   // number of the attempt, from 1; 0 for a report or an operator
	At      time.Time
	News    Facts      // facts that a done operation brought about
	Type    RefundType // of a refund that is done
	Refusal Refusal

	NoEffect bool // the attempt did nothing: it was not sent, or DOKU turned it away by its headers
	Signed   bool // the answer carried DOKU's signature
	Replayed bool // the answer repeats DOKU's answer to the first request under this Request-Id
	Halt     bool // after this answer, sending the request again is useless
}
