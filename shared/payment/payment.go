// Package payment holds the use cases, one per file: what happens, in which order. Each step that must survive
// a crash is one conditional write of the order.
package payment

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// Store keeps orders. Reads see every write that has been acknowledged. A new order has version 1, and each
// update raises it by one.
type Store interface {
	// Create stores a new order and returns it as it is stored. joined are the orphans of its invoice that it contains; they
	// are dropped. ErrExists when its invoice number is taken; then the order that has it is returned, as Get would read it.
	// ErrOrphans when there are other orphans than joined; then nothing is stored.
	Create(ctx context.Context, o order.Order, joined []Orphan) (order.Order, error)
	// Get reads an order. ErrNotFound when there is none. An order in a newer format is returned if it can be decoded, see
	// order.Order.Newer, and is ErrNewerFormat if not.
	Get(ctx context.Context, invoice string) (order.Order, error)
	// Update replaces the order if its stored version is still o.Version. ErrConflict when it is not. ErrNewerFormat when
	// the order is in a newer format than this version knows; then nothing is written.
	Update(ctx context.Context, o order.Order) error
	// PutOrphan keeps a genuine notification for an order that is not there. Keeping it twice is keeping it once.
	// ErrNewerFormat when what is kept for the invoice is in a newer format. ErrExists when the order is there.
	PutOrphan(ctx context.Context, orphan Orphan) error
	// Orphans lists what PutOrphan kept for an invoice, by time. ErrNewerFormat when it is in a newer format.
	Orphans(ctx context.Context, invoice string) ([]Orphan, error)
	// EarlierOrphans lists what a version before orphans were joined at the creation kept for an invoice, by time.
	EarlierOrphans(ctx context.Context, invoice string) ([]Orphan, error)
	// Due lists, by time, at most limit orders of a shard (0 to Shards-1) whose DueAt is not after now. The shards below
	// MoneyShards hold the orders for which money waits, the others those of pages.
	Due(ctx context.Context, shard int, now time.Time, limit int) ([]string, error)
}

// Partitions over which a Store spreads the orders that are due. Money has its own, and comes first.
const (
	MoneyShards = 8
	Shards      = 2 * MoneyShards
)

// Errors of a Store.
var (
	ErrExists   = errors.New("order exists")
	ErrNotFound = errors.New("no such order")
	ErrConflict = errors.New("order was changed meanwhile")
	ErrOrphans  = errors.New("reports of the order came before it")
	// ErrNewerFormat means that a newer version of kasir wrote the item. This version must not write it.
	ErrNewerFormat = errors.New("stored in a newer format than this version of kasir knows")
)

// Orphan is a genuine notification whose order is not stored.
type Orphan struct {
	Invoice    string
	RequestID  string // of the notification
	Body       string // digest of what it said: DOKU may say something else under the same Request-Id
	ReceivedAt time.Time
	News       order.Facts
}

// ID tells an orphan from the others of its invoice.
func (o Orphan) ID() string { return strings.TrimSuffix(o.RequestID+"#"+o.Body, "#") }

// DOKU is the part of doku.Client that the use cases call.
type DOKU interface {
	CreatePage(ctx context.Context, requestID string, r doku.CreatePageRequest) (doku.CreatePageResponse, error)
	Capture(ctx context.Context, requestID string, r doku.CaptureRequest) (doku.CaptureResponse, error)
	Refund(ctx context.Context, requestID string, r doku.RefundRequest) (doku.RefundResponse, error)
	ListTokens(ctx context.Context, requestID, customerID string) ([]doku.Token, error)
	Status(ctx context.Context, requestID, invoiceOrRequestID string) (doku.Status, error)
	DeleteToken(ctx context.Context, requestID, customerID, tokenID string) error
}

// Service carries out the use cases. All fields are required except the host lists.
type Service struct {
	Store    Store
	DOKU     DOKU
	Receiver doku.Receiver
	Now      func() time.Time
	NewID    func() string  // a fresh text of letters and digits, for Request-Ids of calls that only read
	Merchant order.Merchant // goes into every derived Request-Id
	Log      *slog.Logger   // what reconciliation found; nil drops it
	// Changed is told of every write of an order, after it: what the order was (zero for a new one) and what it is. nil: nobody is.
	Changed func(ctx context.Context, before, after order.Order)
	// AtOnce has Reconcile work on all shards at once; everything above must bear that. Else it goes through them in turn.
	AtOnce bool

	// Pause waits before a write is tried again, for a time up to most that is drawn by chance. nil: it does not wait.
	Pause func(ctx context.Context, most time.Duration)

	DOKUTimeout       time.Duration // of one call of DOKU; 0: LongestCall
	BelieveUnsigned   bool          // see order.Policy
	TrustWindow       time.Duration // how long DOKU is trusted to remember a Request-Id
	ResendAfter       time.Duration // how long a capture or refund without answer is left alone; 0: order.DefaultResendAfter
	AutoCaptureBefore time.Duration // captures an authorisation this long before it lapses; 0 never does

	PageLifetime       time.Duration // how long the customer may pay; DOKU does not document it
	CallbackHosts      []string      // hosts that callback_url and failed_url may name
	NotificationHosts  []string      // hosts that override_notification_url may name
	NotificationTarget string        // the only path it may have (DOKU's rule)

	DeclineCodes     []string // response codes by which banks decline; nil: DeclineCodes
	RequireRequestID bool     // a payment of a page that kasir did not ask for is a conflict; else a remark

	// QuoteKeys are the current and the previous key of quotes; failed says that the last ones did not match. nil: no quote
	// is good.
	QuoteKeys func(ctx context.Context, failed bool) []doku.Secret
}

// policy is what this installation decided about its operations.
func (s *Service) policy() order.Policy {
	return order.Policy{
		Merchant: s.Merchant, TrustWindow: s.TrustWindow, ResendAfter: s.ResendAfter,
		AutoCaptureBefore: s.AutoCaptureBefore, BelieveUnsigned: s.BelieveUnsigned,
	}
}

// update writes an order with the time at which it must be looked at next.
func (s *Service) update(ctx context.Context, o order.Order) error {
	return s.Store.Update(ctx, o.Schedule(s.policy()))
}

// changed tells who wants to know that an order was written.
func (s *Service) announce(ctx context.Context, before, after order.Order) {
	if s.Changed != nil {
		s.Changed(ctx, before, after)
	}
}
