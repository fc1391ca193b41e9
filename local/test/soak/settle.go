package soak

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"kasir/shared/payment"
	"kasir/shared/settlement"
)

// settle lets DOKU send its settlement report of all payments, and applies it to the orders.
func (s *soak) settle(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.stack.DOKU+"/control/settlement", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("the settlement report: %s %.200s: %w", response.Status, text, err)
	}
	source := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	report, err := settlement.Open(source, settlement.Options{})
	if err != nil {
		return fmt.Errorf("reading the settlement report: %w", err)
	}
	desk := &payment.Service{Store: s.orders, Batches: s.orders, Now: time.Now}
	result, err := settlement.Settler{Service: desk}.Apply(ctx, report)
	if err != nil {
		return fmt.Errorf("applying the settlement report: %w", err)
	}
	for kind, n := range result.Counts {
		s.mu.Lock()
		s.tally["rows of the settlement report that differ: "+string(kind)] += n
		s.mu.Unlock()
	}
	return nil
}
