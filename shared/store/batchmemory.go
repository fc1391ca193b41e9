package store

import (
	"context"
	"slices"

	"kasir/shared/payment"
)

var (
	_ payment.BatchStore = (*Memory)(nil)
	_ payment.BatchStore = (*DynamoDB)(nil)
)

// Batch reads a batch; see payment.BatchStore.
func (m *Memory) Batch(_ context.Context, id string) (payment.Batch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, there := m.batches[id]
	if !there {
		return payment.Batch{}, payment.ErrNoBatch
	}
	return copyBatch(b), nil
}

// copyBatch returns a batch that shares no memory with b.
func copyBatch(b payment.Batch) payment.Batch {
	b.Sums, b.Counts = slices.Clone(b.Sums), slices.Clone(b.Counts)
	return b
}

// PutBatch writes a batch; see payment.BatchStore.
func (m *Memory) PutBatch(_ context.Context, b payment.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.batches[b.ID].Version != b.Version {
		return payment.ErrConflict
	}
	if m.batches == nil {
		m.batches = map[string]payment.Batch{}
	}
	b = copyBatch(b)
	b.Version++
	m.batches[b.ID] = b
	return nil
}

// Batches lists the batches of a year; see payment.BatchStore.
func (m *Memory) Batches(_ context.Context, year int) ([]payment.Batch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []payment.Batch
	for _, b := range m.batches {
		if b.StartedAt.In(jakarta).Year() == year {
			all = append(all, copyBatch(b))
		}
	}
	sortBatches(all)
	return all, nil
}

// PutDifferences keeps the differences of a part; see payment.BatchStore.
func (m *Memory) PutDifferences(_ context.Context, id string, part int, all []payment.Difference) (
	[]payment.Difference, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := partKey(id, part)
	if kept, there := m.differences[key]; there {
		return slices.Clone(kept), nil
	}
	if m.differences == nil {
		m.differences = map[string][]payment.Difference{}
	}
	m.differences[key] = slices.Clone(all)
	return all, nil
}

// Differences reads the differences of a batch; see payment.BatchStore.
func (m *Memory) Differences(_ context.Context, id string, parts int) ([]payment.Difference, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []payment.Difference
	for n := range parts {
		some, there := m.differences[partKey(id, n)]
		if !there {
			return nil, payment.ErrNotFound
		}
		all = append(all, some...)
	}
	return all, nil
}
