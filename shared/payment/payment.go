// Package payment implements the use cases, one per file. Each step that must survive a crash is one conditional write
// of the order.
package payment

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Store keeps orders. Reads see every acknowledged write. A new order has version 1, and each update raises it by one.
type Store interface {
	// Create stores a new order and returns it as stored. joined are the orphans of its invoice whose facts it
	// contains; they are dropped. It returns ErrExists and the stored order, as Get would read it, if the invoice
	// number is taken. It returns ErrOrphans and stores nothing if there are other orphans than joined.
	Create(ctx context.Context, o order.Order, joined []Orphan) (order.Order, error)
	// Get reads an order. It returns ErrNotFound if there is none. An order in a newer format is returned if it can be
	// decoded, see order.Order.Newer; otherwise the error is ErrNewerFormat.
	Get(ctx context.Context, invoice string) (order.Order, error)
	// Update replaces the order if its stored version is still o.Version. It returns ErrConflict if it is not. It
	// returns ErrNewerFormat and writes nothing if the order is in a newer format than this version knows.
	Update(ctx context.Context, o order.Order) error
	// UpdateAbove is Update with a next version that is also above a version.
	UpdateAbove(ctx context.Context, o order.Order, version int64) error
	// PutOrphan keeps a genuine notification for an order that is not stored. Keeping it twice has no further effect.
	// It returns ErrNewerFormat if the invoice's orphans are in a newer format, and ErrExists if the order is stored.
	PutOrphan(ctx context.Context, orphan Orphan) error
	// Orphans returns the orphans of an invoice by time. It returns ErrNewerFormat if they are in a newer format.
	Orphans(ctx context.Context, invoice string) ([]Orphan, error)
	// EarlierOrphans returns, by time, the orphans of an invoice that earlier versions kept apart from its order.
	EarlierOrphans(ctx context.Context, invoice string) ([]Orphan, error)
	// Due returns, by time, at most limit orders of a partition whose DueAt is not after now. See Partition.
	Due(ctx context.Context, partition int, now time.Time, limit int) ([]string, error)
	// Spread returns the number of shards of each part that may hold orders. It is the greatest number over which a
	// Store on this table has spread them.
	Spread(ctx context.Context) (int, error)
	// List returns at most limit places of a range, the newest first, and whether there are more. A list may miss a
	// change of the last seconds.
	List(ctx context.Context, r Range, limit int) (places []Place, more bool, err error)
	// Orders reads at most MostOrders orders, in any sequence, and reports the state of the lists. An order that is
	// not there is left out.
	Orders(ctx context.Context, invoices []string) ([]Stored, Coverage, error)
	// CountAttention counts the orders of ByAttention.
	CountAttention(ctx context.Context) (int, error)
	// Claim gives a name to an owner for good, and returns the owner that has it: the first that claimed it.
	Claim(ctx context.Context, name, owner string) (string, error)
	// EndRecovery keeps that the recovery from a restore to a time has ended. Recovered reports whether it has.
	EndRecovery(ctx context.Context, to time.Time) error
	Recovered(ctx context.Context, to time.Time) (bool, error)
}

// MostOrders is the number of orders that Store.Orders reads at once. DynamoDB reads 100 items at once, and one of them
// is the state of the lists.
const MostOrders = 99

// Coverage is the state of the lists. Until old orders have been added to them, they hold the orders that were created
// since a time. A zero Since means that it is not known.
type Coverage struct {
	Complete bool
	Since    time.Time
}

// Errors of a Store.
var (
	ErrExists   = errors.New("order exists")
	ErrNotFound = errors.New("no such order")
	ErrConflict = errors.New("order was changed meanwhile")
	ErrOrphans  = errors.New("reports of the order came before it")
	// ErrNewerFormat means that a newer version of kasir wrote the item. This version must not write it.
	ErrNewerFormat = errors.New("stored in a newer format than this version of kasir knows")
)

// Orphan is a genuine notification whose order is not stored, or what a restored table has lost of such an order.
type Orphan struct {
	Invoice    string
	RequestID  string // of the notification, or "restored"
	Body       string // digest of the body: DOKU may send another body under the same Request-Id
	ReceivedAt time.Time
	News       order.Facts
}

// ID distinguishes the orphans of one invoice. An orphan of an earlier version has no digest of its body.
func (o Orphan) ID() string {
	if o.Body == "" {
		return o.RequestID
	}
	return o.RequestID + "#" + o.Body
}

// DOKU is the part of doku.Client that the use cases call.
type DOKU interface {
	CreatePage(ctx context.Context, requestID string, r doku.CreatePageRequest) (doku.CreatePageResponse, error)
	Capture(ctx context.Context, requestID string, r doku.CaptureRequest) (doku.CaptureResponse, error)
	Refund(ctx context.Context, requestID string, r doku.RefundRequest) (doku.RefundResponse, error)
	ListTokens(ctx context.Context, requestID, customerID string) ([]doku.Token, error)
	Status(ctx context.Context, requestID, invoiceOrRequestID string) (doku.Status, error)
	DeleteToken(ctx context.Context, requestID, customerID, tokenID string) error
}

// Service carries out the use cases. All fields are required except those whose comment gives the meaning of nil or 0,
// and the host lists.
type Service struct {
	Store    Store
	Batches  BatchStore // of settlement reports; nil where none is read
	DOKU     DOKU
	Receiver doku.Receiver
	Now      func() time.Time
	// NewID returns a fresh string of letters and digits: the Request-Id of a call that only reads, or (its first 8
	// characters) the name of an attempt that holds an operation.
	NewID    func() string
	Merchant order.Merchant // part of every derived Request-Id
	Log      *slog.Logger   // for reconciliation; nil drops its messages
	// Changed, if set, is called after every write with the order before it (zero if new) and after it.
	Changed func(ctx context.Context, before, after order.Order)
	// Looks lets Reconcile work on all shards and on several orders of each at the same time. The fields above must
	// then be safe for concurrent use. nil: on one order after the other.
	Looks *Looks

	Brake *Brake // refuses requests for pages while DOKU is slow; nil: never

	// Pause waits for a random time of at most most before a write is tried again. nil: no wait.
	Pause func(ctx context.Context, most time.Duration)

	DOKUTimeout       time.Duration   // of one call of DOKU; 0: LongestCall
	BelieveUnsigned   bool            // see order.Policy
	TrustWindow       time.Duration   // how long DOKU is trusted to remember a Request-Id
	ResendAfter       time.Duration   // see order.Policy; 0: order.DefaultResendAfter
	AutoCaptureBefore time.Duration   // how long before its end an authorisation is captured; 0: never
	CheckPaidAfter    []time.Duration // see order.Policy

	// RestoredTo is the time to which the table was restored. Captures and refunds are held until the recovery from
	// that restore has ended. Zero: the table was not restored.
	RestoredTo time.Time

	SettleWithin int         // see order.Policy
	Holidays     []order.Day // see order.Policy

	PageLifetime       time.Duration // how long the customer may pay; DOKU does not document it
	CallbackHosts      []string      // hosts that callback_url and failed_url may name
	NotificationHosts  []string      // hosts that override_notification_url may name
	NotificationTarget string        // the only path that override_notification_url may have (DOKU's rule)

	Lists []Index // the lists that the Store has; nil: all

	DeclineCodes     []string // response codes by which banks decline; nil: the variable DeclineCodes
	RequireRequestID bool     // whether a payment of an unknown page is a conflict, not a remark

	// QuoteKeys returns the current and the previous key of quotes. failed asks for a fresh read, because the last
	// keys did not verify a quote. nil rejects every quote.
	QuoteKeys func(ctx context.Context, failed bool) []doku.Secret
}

// policy returns this installation's settings for operations.
func (s *Service) policy() order.Policy {
	return order.Policy{
		Merchant: s.Merchant, TrustWindow: s.TrustWindow, ResendAfter: s.ResendAfter,
		AutoCaptureBefore: s.AutoCaptureBefore, BelieveUnsigned: s.BelieveUnsigned, CheckPaidAfter: s.CheckPaidAfter,
		SettleWithin: s.SettleWithin, Holidays: s.Holidays,
	}
}

// update writes an order together with the time of reconciliation's next look.
func (s *Service) update(ctx context.Context, o order.Order) error {
	return s.Store.Update(ctx, o.Schedule(s.policy()))
}

// announce calls Changed after a write.
func (s *Service) announce(ctx context.Context, before, after order.Order) {
	if s.Changed != nil {
		s.Changed(ctx, before, after)
	}
}
