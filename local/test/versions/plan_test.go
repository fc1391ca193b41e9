package versions

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"kasir/local/customer"
)

const amount = 90000

// plan is one order and the actions of its customer and its merchant.
type plan struct {
	invoice   string
	authorize bool
	capture   int64 // amount for an authorised order; 0 for the whole
	refunds   []int64
	metadata  string // JSON; the previous version does not take it
}

// plans are orders of every kind.
func plans(prefix string, n int) []plan {
	var all []plan
	for i := range n {
		p := plan{invoice: fmt.Sprintf("%s-%03d", prefix, i), authorize: i%2 == 0}
		if p.authorize && i%4 == 0 {
			p.capture = 60000
		}
		switch i % 3 {
		case 0:
			p.refunds = []int64{p.taken()}
		case 1:
			p.refunds = []int64{20000, p.taken() - 20000}
		}
		all = append(all, p)
	}
	return all
}

func (p plan) taken() int64 {
	if p.capture > 0 {
		return p.capture
	}
	return amount
}

func (p plan) refunded() int64 {
	sum := int64(0)
	for _, r := range p.refunds {
		sum += r
	}
	return sum
}

func (p plan) pageRequest() request {
	kind := "SALE"
	if p.authorize {
		kind = "AUTHORIZE"
	}
	body := fmt.Sprintf(
		`{"order":{"invoice_number":%q,"amount":%d},"customer":{"email":"budi@example.com"},"payment":{"type":%q}}`,
		p.invoice, amount, kind)
	if p.metadata != "" {
		body = body[:len(body)-1] + `,"metadata":` + p.metadata + "}"
	}
	return request{"/payments", "", body}
}

func (p plan) captureRequests() []request {
	switch {
	case !p.authorize:
		return nil
	case p.capture == 0:
		return []request{{"/payments/" + p.invoice + "/capture", "", `{}`}}
	}
	body := fmt.Sprintf(`{"payment":{"capture_amount":%d}}`, p.capture)
	return []request{{"/payments/" + p.invoice + "/capture", "", body}}
}

// refundRequests returns refund i, if there is one.
func (p plan) refundRequests(i int) []request {
	if i >= len(p.refunds) {
		return nil
	}
	key := fmt.Sprintf("refund-%d-of-%s", i, p.invoice)
	return []request{{"/payments/" + p.invoice + "/refunds", key,
		fmt.Sprintf(`{"refund":{"amount":%d}}`, p.refunds[i])}}
}

// buy requests the page until it has one, and pays on it.
func (b *both) buy(ctx context.Context, p plan) error {
	answer, err := b.insist(ctx, p.pageRequest())
	if err != nil {
		return err
	}
	var page struct {
		CreditCardPaymentPage struct{ URL string } `json:"credit_card_payment_page"`
	}
	if err := json.Unmarshal(answer.Body, &page); err != nil {
		return err
	}
	if err := customer.Pay(ctx, http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Visa); err != nil {
		return fmt.Errorf("%s: %w", p.invoice, err)
	}
	return nil
}

// each calls do for every one, eight at a time, and returns the first error.
func each[T any](all []T, do func(int, T) error) error {
	var wg sync.WaitGroup
	var once sync.Once
	var failure error
	slots := make(chan struct{}, 8)
	for i, one := range all {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := do(i, one); err != nil {
				once.Do(func() { failure = err })
			}
		})
	}
	wg.Wait()
	return failure
}
