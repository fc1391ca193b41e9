package payment

import "context"

// countAttention counts the orders with open cases, if the Store has the list. A failure is counted as a failed order,
// so that a gauge that is missing for long calls a person.
func (s *Service) countAttention(ctx context.Context, total *ReconcileResult) {
	if !s.has(ByAttention) { // the deployment that creates it is still to come
		return
	}
	n, err := s.Store.CountAttention(ctx)
	if err != nil {
		total.Failed++
		s.log("counting the open cases failed", "", Describe(err))
		return
	}
	total.Attention = &n
}
