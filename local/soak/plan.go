package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"kasir/local/customer"
)

// plan is one order and what its customer and merchant do with it.
type plan struct {
	invoice   string
	authorize bool
	capture   int64    // of an authorised order; 0: all of it
	refunds   [2]int64 // one after the other; 0: none
	void      bool     // the first refund comes before settlement, and is of everything
}

const amount = 90000

// draw makes the plans from the seed.
func (s *soak) draw() {
	r := rand.New(rand.NewPCG(s.Seed, 1))
	for i := range s.Payments {
		p := &plan{invoice: fmt.Sprintf("SOAK-%05d", i+1), authorize: r.IntN(10) < 4}
		taken := int64(amount)
		if p.authorize && r.IntN(2) == 0 {
			p.capture, taken = 60000, 60000
		}
		switch r.IntN(4) {
		case 0:
			p.refunds[0], p.void = taken, true
		case 1:
			p.refunds[0] = 20000
		case 2:
			p.refunds = [2]int64{30000, taken - 30000}
		}
		s.plans = append(s.plans, p)
	}
}

// pay asks for the page, as often as it takes, and pays on it.
func (s *soak) pay(ctx context.Context, p *plan) error {
	kind := "SALE"
	if p.authorize {
		kind = "AUTHORIZE"
	}
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"customer":{"email":"budi@example.com"},"payment":{"type":%q}}`, p.invoice, amount, kind)
	answer, err := s.insist(ctx, "createpage", "/payments", "", body)
	if err != nil {
		return err
	}
	page, _ := answer["credit_card_payment_page"].(map[string]any)
	if err := customer.Pay(ctx, s.api.Client, fmt.Sprint(page["url"]), customer.Visa); err != nil {
		return fmt.Errorf("paying: %w", err)
	}
	return nil
}

// wait waits until the order knows of its money, by a notification or by reconciliation.
func (s *soak) wait(ctx context.Context, p *plan) error {
	want := "PAID"
	if p.authorize {
		want = "AUTHORIZED"
	}
	limit := time.Now().Add(5 * time.Minute)
	for {
		answer, err := s.api.Do(ctx, http.MethodGet, "/payments/"+p.invoice, nil, nil)
		var shown struct{ Status string }
		if err == nil && answer.Status == http.StatusOK && json.Unmarshal(answer.Body, &shown) == nil && shown.Status == want {
			return nil
		}
		if time.Now().After(limit) {
			return fmt.Errorf("the order is %s, not %s", shown.Status, want)
		}
		pause(ctx, time.Second)
	}
}

func (s *soak) capture(ctx context.Context, p *plan) error {
	if !p.authorize {
		return nil
	}
	body := `{}`
	if p.capture > 0 {
		body = fmt.Sprintf(`{"payment":{"capture_amount":%d}}`, p.capture)
	}
	_, err := s.insist(ctx, "capture", "/payments/"+p.invoice+"/capture", "", body)
	return err
}

func (s *soak) refund(ctx context.Context, p *plan) error { return s.refundOne(ctx, p, 0) }

func (s *soak) refundAgain(ctx context.Context, p *plan) error { return s.refundOne(ctx, p, 1) }

func (s *soak) refundOne(ctx context.Context, p *plan, i int) error {
	if p.refunds[i] == 0 {
		return nil
	}
	if !p.void {
		response, err := http.Post(s.stack.DOKU+"/control/settle", "application/json", jsonBody(`{"invoice_number":%q}`, p.invoice))
		if err != nil {
			return err
		}
		response.Body.Close()
	}
	key := fmt.Sprintf("soak-refund-%s-%d", p.invoice, i)
	_, err := s.insist(ctx, "refund", "/payments/"+p.invoice+"/refunds", key, fmt.Sprintf(`{"refund":{"amount":%d}}`, p.refunds[i]))
	return err
}
