package trigger

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"kasir/local/customer"
)

// paid makes a paid order.
func (p *play) paid(ctx context.Context) error {
	if err := p.create(ctx, "SALE"); err != nil {
		return err
	}
	return p.pay(ctx, customer.Visa, "PAID")
}

// authorized makes an authorised order.
func (p *play) authorized(ctx context.Context) error {
	if err := p.create(ctx, "AUTHORIZE"); err != nil {
		return err
	}
	return p.pay(ctx, customer.Visa, "AUTHORIZED")
}

// refund refunds the whole order. It returns the id of the refund.
func (p *play) refund(ctx context.Context, statuses ...int) (id string, err error) {
	key := http.Header{"Idempotency-Key": {"refund-of-" + p.invoice}}
	answer, err := p.post(ctx, "/refunds", fmt.Sprintf(`{"refund":{"amount":%d}}`, p.amount), key, statuses...)
	if err != nil {
		return "", err
	}
	var shown struct{ Refund struct{ ID string } }
	err = json.Unmarshal(answer.Body, &shown)
	return shown.Refund.ID, err
}

// refundByHand makes a paid order with a refund that DOKU's people carry out.
func (p *play) refundByHand(ctx context.Context) (id string, err error) {
	if err := p.paid(ctx); err != nil {
		return "", err
	}
	order := fmt.Sprintf(`"invoice_number":%q`, p.invoice)
	if err := p.control(ctx, "/settle", "{"+order+"}"); err != nil {
		return "", err
	}
	if err := p.control(ctx, "/manual-refunds", `{"on":true,`+order+`}`); err != nil {
		return "", err
	}
	p.Print("DOKU", "settled the money, and its people carry out refunds of this order")
	return p.refund(ctx, http.StatusCreated)
}

// advance moves the clock of everything.
func (p *play) advance(ctx context.Context, by time.Duration, why string) error {
	p.Print("clock", fmt.Sprintf("moving the clock of everything %s forward: %s", by.Round(time.Second), why))
	if err := p.Advance(ctx, by); err != nil {
		return err
	}
	return p.authorize(ctx)
}

// passPageEnd moves the clock to a while after the end of the page.
func (p *play) passPageEnd(ctx context.Context, by time.Duration, why string) error {
	answer, err := p.API.Do(ctx, http.MethodGet, "/payments/"+p.invoice, nil, nil)
	if err != nil {
		return err
	}
	var shown struct {
		Page struct {
			ExpiresAt time.Time `json:"expires_at"`
		}
	}
	if err := json.Unmarshal(answer.Body, &shown); err != nil || shown.Page.ExpiresAt.IsZero() {
		return fmt.Errorf("GET /payments/%s answered %d without the end of the page: %s", p.invoice, answer.Status,
			answer.Body)
	}
	now, err := p.Now(ctx)
	if err != nil {
		return err
	}
	return p.advance(ctx, shown.Page.ExpiresAt.Sub(now)+by, why)
}

// faults gives the order, and no other, faults of the sandbox instead of its earlier ones. Ctrl-C does not cut the
// request off: the sandbox could carry it out after the one that ends the faults.
func (p *play) faults(ctx context.Context, body, what string) error {
	p.faulty = true
	p.Print("DOKU", what)
	if err := p.orderFaults(context.WithoutCancel(ctx), body); err != nil {
		return err
	}
	return ctx.Err()
}

// endFaults ends the faults of the order, also after Ctrl-C.
func (p *play) endFaults(ctx context.Context) error {
	if !p.faulty {
		return nil
	}
	if err := p.orderFaults(context.WithoutCancel(ctx), `{}`); err != nil {
		return fmt.Errorf("ending the order's faults: %w", err)
	}
	p.Print("DOKU", "the faults of the order have ended")
	return nil
}

func (p *play) orderFaults(ctx context.Context, faults string) error {
	return p.control(ctx, "/faults/order", fmt.Sprintf(`{"invoice_number":%q,"faults":%s}`, p.invoice, faults))
}

// control sends a request to the sandbox's control API.
func (p *play) control(ctx context.Context, path, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.DOKU+"/control"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("asking the sandbox: %w", err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("asking the sandbox: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the sandbox answered %d to /control%s: %s", response.StatusCode, path, content)
	}
	return nil
}
