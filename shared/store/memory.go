package store

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// Memory keeps orders in memory, for tests. The zero value is ready for use. It is safe for concurrent use.
type Memory struct {
	mu      sync.Mutex
	orders  map[string]order.Order
	orphans map[string]map[string]payment.Orphan
	formats map[string]int // of an invoice's orphans

	batches     map[string]payment.Batch
	differences map[string][]payment.Difference // by partKey
	claims      map[string]string
}

var _ payment.Store = (*Memory)(nil)

// Create stores a new order; see payment.Store.
func (m *Memory) Create(_ context.Context, o order.Order, joined []payment.Orphan) (order.Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if stored, taken := m.orders[o.Invoice]; taken {
		return stored, payment.ErrExists
	}
	if len(m.orphans[o.Invoice]) != len(joined) {
		return order.Order{}, payment.ErrOrphans
	}
	if m.orders == nil {
		m.orders = map[string]order.Order{}
	}
	delete(m.orphans, o.Invoice)
	o.Version = 1
	m.orders[o.Invoice] = o
	return o, nil
}

// Get reads an order; see payment.Store.
func (m *Memory) Get(_ context.Context, invoice string) (order.Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.orders[invoice]
	if !ok {
		return order.Order{}, payment.ErrNotFound
	}
	return o, nil
}

// Update replaces an order; see payment.Store.
func (m *Memory) Update(_ context.Context, o order.Order) error {
	if o.Newer() {
		return payment.ErrNewerFormat
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	stored, ok := m.orders[o.Invoice]
	if !ok || stored.Version != o.Version {
		return payment.ErrConflict
	}
	o.Version++
	m.orders[o.Invoice] = o
	return nil
}

// PutOrphan keeps a notification without order; see payment.Store.
func (m *Memory) PutOrphan(_ context.Context, orphan payment.Orphan) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.orders[orphan.Invoice]; there {
		return payment.ErrExists
	}
	if order.NewerFormat(m.formats[orphan.Invoice]) {
		return payment.ErrNewerFormat
	}
	if m.orphans == nil {
		m.orphans = map[string]map[string]payment.Orphan{}
	}
	if m.orphans[orphan.Invoice] == nil {
		m.orphans[orphan.Invoice] = map[string]payment.Orphan{}
	}
	if _, kept := m.orphans[orphan.Invoice][orphan.ID()]; !kept { // a repeat does not replace the first
		m.orphans[orphan.Invoice][orphan.ID()] = orphan
	}
	return nil
}

// Orphans returns the orphans of an invoice, by time.
func (m *Memory) Orphans(_ context.Context, invoice string) ([]payment.Orphan, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if order.NewerFormat(m.formats[invoice]) {
		return nil, payment.ErrNewerFormat
	}
	var orphans []payment.Orphan
	for _, orphan := range m.orphans[invoice] {
		orphans = append(orphans, orphan)
	}
	sortOrphans(orphans)
	return orphans, nil
}

// EarlierOrphans returns nothing, since no earlier version wrote here.
func (m *Memory) EarlierOrphans(context.Context, string) ([]payment.Orphan, error) { return nil, nil }

// Due lists orders of a shard that reconciliation must look at; see payment.Store.
func (m *Memory) Due(_ context.Context, of int, now time.Time, limit int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []order.Order
	for _, o := range m.orders {
		if !o.DueAt.IsZero() && !o.DueAt.After(now) && shard(o) == of {
			due = append(due, o)
		}
	}
	slices.SortFunc(due, func(a, b order.Order) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt),
			cmp.Compare(a.Invoice, b.Invoice))
	})
	var invoices []string
	for _, o := range due[:min(limit, len(due))] {
		invoices = append(invoices, o.Invoice)
	}
	return invoices, nil
}

// List lists places; see payment.Store. It looks through all orders.
func (m *Memory) List(_ context.Context, r payment.Range, limit int) ([]payment.Place, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var places []payment.Place
	for _, o := range m.orders {
		it := toList(o)
		listed := r.Index == payment.ByDay || r.Index == payment.ByCustomer && it.Customer == customerKey(r.Customer) ||
			r.Index == payment.ByAttention && it.Attention != ""
		if place := payment.PlaceOf(o.CreatedAt, o.Invoice); listed && place >= r.From && place < r.To {
			places = append(places, place)
		}
	}
	places, more := newest(places, limit)
	return places, more, nil
}

// Orders reads orders; see payment.Store. The lists are always complete.
func (m *Memory) Orders(_ context.Context, invoices []string) ([]payment.Stored, payment.Coverage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var stored []payment.Stored
	for _, invoice := range invoices {
		if o, there := m.orders[invoice]; there {
			stored = append(stored, payment.Stored{Invoice: invoice, Order: o})
		}
	}
	return stored, payment.Coverage{Complete: true}, nil
}

// CountAttention counts the orders with an open case; see payment.Store.
func (m *Memory) CountAttention(context.Context) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	count := 0
	for _, o := range m.orders {
		if len(o.Cases()) > 0 {
			count++
		}
	}
	return count, nil
}

// SetFormat marks the order and the orphans of an invoice as stored in a format, as another version would.
func (m *Memory) SetFormat(invoice string, format int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if o, ok := m.orders[invoice]; ok {
		o.Format = format
		m.orders[invoice] = o
	}
	if m.formats == nil {
		m.formats = map[string]int{}
	}
	m.formats[invoice] = format
}

func sortOrphans(orphans []payment.Orphan) {
	slices.SortFunc(orphans, func(a, b payment.Orphan) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.ID(), b.ID()))
	})
}

// Claim gives a name to an owner; see payment.Store.
func (m *Memory) Claim(_ context.Context, name, owner string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if holder, taken := m.claims[name]; taken {
		return holder, nil
	}
	if m.claims == nil {
		m.claims = map[string]string{}
	}
	m.claims[name] = owner
	return owner, nil
}
