package payment

import "context"

// countAttention counts the orders with open cases. A failure is counted as a failed order, so that a gauge that is
// missing for long calls a person.
func (s *Service) countAttention(ctx context.Context, total *ReconcileResult) {
	counter, ok := s.Store.(interface {
		CountAttention(ctx context.Context) (int, error)
	})
	if !ok {
		return
	}
	n, err := counter.CountAttention(ctx)
	if err != nil {
		total.Failed++
		s.log("counting the open cases failed", "", Describe(err))
		return
	}
	total.Attention = &n
}
