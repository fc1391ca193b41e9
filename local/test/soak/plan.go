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

// plan is one order and the actions of its customer and merchant. Its refunds have different amounts, so that DOKU's
// ledger shows how often each was done.
type plan struct {
	invoice   string
	authorize bool
	capture   int64    // amount for an authorised order; 0 for the whole
	refunds   [2]int64 // amounts, in order; 0 for none
	elsewhere string   // the act that people or a bank do without kasir; "" for none
	void      bool     // the first refund comes before settlement and is of the whole amount
}

const amount = 90000

// drawPlans makes the plans from the seed.
func (s *soak) drawPlans() {
	r := rand.New(rand.NewPCG(s.Seed, 1))
	for i := range s.Payments {
		p := &plan{invoice: fmt.Sprintf("SOAK-%05d", i+1), authorize: r.IntN(10) < 4}
		taken := int64(amount)
		if p.authorize && r.IntN(2) == 0 {
			p.capture, taken = 60000, 60000
		}
		switch r.IntN(5) {
		case 0:
			p.refunds[0], p.void = taken, true
		case 1, 2:
			p.refunds[0] = 20000
		case 3:
			p.refunds = [2]int64{25000, taken - 25000}
		}
		if r.IntN(3) == 0 {
			p.elsewhere = []string{"refund", "refund", "dispute", "dispute-won"}[r.IntN(4)]
		}
		s.plans = append(s.plans, p)
	}
}

// pay requests the page until it has one, and pays on it.
func (s *soak) pay(ctx context.Context, p *plan) bool {
	kind := "SALE"
	if p.authorize {
		kind = "AUTHORIZE"
	}
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"customer":{"email":"budi@example.com"},`+
		`"payment":{"type":%q}}`, p.invoice, amount, kind)
	answer := s.insist(ctx, "createpage", "/payments", "", body)
	page, _ := answer["credit_card_payment_page"].(map[string]any)
	address, _ := page["url"].(string)
	if answer == nil {
		return false
	}
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	if err := customer.Pay(ctx, s.api.Client, address, customer.Visa); err != nil {
		s.broken("%s: the customer was sent to %q: %v", p.invoice, address, err)
		return false
	}
	return true
}

// wait waits until the order has the payment, from a notification or from reconciliation.
func (s *soak) wait(ctx context.Context, p *plan) bool {
	want := "PAID"
	if p.authorize {
		want = "AUTHORIZED"
	}
	for ; s.goOn(ctx); pause(ctx, 2*time.Second) {
		answer, err := s.ask(ctx, http.MethodGet, "/payments/"+p.invoice, nil, "")
		var shown struct{ Status string }
		if err != nil || answer.Status != http.StatusOK || json.Unmarshal(answer.Body, &shown) != nil {
			continue
		}
		switch shown.Status {
		case want:
			return true
		case "CREATING", "PENDING", "FAILED", "EXPIRED":
		default:
			s.count("payments after which the order was " + shown.Status + ", not " + want)
			return false
		}
	}
	s.count("payments that the order did not learn of in time")
	return false
}

func (s *soak) capture(ctx context.Context, p *plan) bool {
	if !p.authorize {
		return true
	}
	body := `{}`
	if p.capture > 0 {
		body = fmt.Sprintf(`{"payment":{"capture_amount":%d}}`, p.capture)
	}
	return s.insist(ctx, "capture", "/payments/"+p.invoice+"/capture", "", body) != nil
}

func (s *soak) refund(ctx context.Context, p *plan) bool { return s.refundOne(ctx, p, 0) }

func (s *soak) refundAgain(ctx context.Context, p *plan) bool { return s.refundOne(ctx, p, 1) }

func (s *soak) refundOne(ctx context.Context, p *plan, i int) bool {
	if p.refunds[i] == 0 {
		return true
	}
	if !p.void {
		settled := fmt.Sprintf(`{"invoice_number":%q}`, p.invoice)
		if err := s.control(ctx, http.MethodPost, "/control/settle", settled, nil); err != nil {
			s.broken("%s: settling: %v", p.invoice, err)
		}
	}
	body := fmt.Sprintf(`{"refund":{"amount":%d}}`, p.refunds[i])
	s.insist(ctx, "refund", "/payments/"+p.invoice+"/refunds", p.key(i), body)
	return true
}

// movedElsewhere is the amount that people or a bank move. It is the amount of no refund of a plan.
const movedElsewhere = 7000

// moveElsewhere lets people in DOKU's Back Office, or a bank, move money of the payment.
func (s *soak) moveElsewhere(ctx context.Context, p *plan) bool {
	acts := map[string][]string{"refund": {"refund"}, "dispute": {"dispute"}, "dispute-won": {"dispute", "dispute-won"}}
	for _, act := range acts[p.elsewhere] {
		body := fmt.Sprintf(`{"invoice_number":%q,"act":%q,"amount":%d,"anyway":true}`, p.invoice, act, movedElsewhere)
		if err := s.control(ctx, http.MethodPost, "/control/backoffice", body, nil); err != nil {
			s.broken("%s: Back Office: %v", p.invoice, err)
		}
		s.count("acts in the Back Office: " + act)
	}
	return true
}

// key returns the Idempotency-Key of a refund.
func (p *plan) key(i int) string { return fmt.Sprintf("soak-refund-%s-%d", p.invoice, i) }
