package trigger

import (
	"context"
	"fmt"
	"net/http"
)

// backOffice does what a person or the customer's bank does at DOKU, about the whole amount.
func (p *play) backOffice(ctx context.Context, act, what string) error {
	p.Print("DOKU", what)
	return p.control(ctx, "/backoffice",
		fmt.Sprintf(`{"invoice_number":%q,"act":%q,"amount":%d,"anyway":true}`, p.invoice, act, p.amount))
}

func chargedBack(ctx context.Context, p *play) error {
	if err := p.paid(ctx); err != nil {
		return err
	}
	return p.backOffice(ctx, "dispute", "the customer's bank took the money back")
}

func chargebackReversed(ctx context.Context, p *play) error {
	if err := chargedBack(ctx, p); err != nil {
		return err
	}
	return p.backOffice(ctx, "dispute-won", "the dispute was won, and the money came back")
}

func voided(ctx context.Context, p *play) error {
	if err := p.authorized(ctx); err != nil {
		return err
	}
	return p.backOffice(ctx, "void", "a person voided the authorisation in the Back Office")
}

func overdrawn(ctx context.Context, p *play) error {
	if err := p.paid(ctx); err != nil {
		return err
	}
	if err := p.control(ctx, "/settle", fmt.Sprintf(`{"invoice_number":%q}`, p.invoice)); err != nil {
		return err
	}
	if _, err := p.refund(ctx, http.StatusCreated); err != nil {
		return err
	}
	return p.backOffice(ctx, "dispute", "the customer's bank took the money back as well")
}

// unaccounted lets the notification of a refund of a part get lost, after which check status states that all went back.
func unaccounted(ctx context.Context, p *play) error {
	if err := p.paid(ctx); err != nil {
		return err
	}
	order := fmt.Sprintf(`"invoice_number":%q`, p.invoice)
	if err := p.control(ctx, "/settle", "{"+order+"}"); err != nil {
		return err
	}
	if err := p.faults(ctx, `{"partial_refunds":"whole","notifications":{"drop":1}}`,
		"loses its notifications, and states after a refund of a part that all went back"); err != nil {
		return err
	}
	p.Print("DOKU", "a person refunded a part in the Back Office")
	if err := p.control(ctx, "/backoffice", "{"+order+`,"act":"refund","amount":40000}`); err != nil {
		return err
	}
	_, err := p.post(ctx, "/refresh", "", nil, http.StatusOK)
	return err
}
