package store

import "context"

// CountAttention counts the orders with open cases; see payment.Store.
func (m *Memory) CountAttention(context.Context) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, o := range m.orders {
		if len(o.Cases()) > 0 {
			n++
		}
	}
	return n, nil
}
