package trigger

import (
	"context"
	"fmt"
)

// backOffice does what a person or the customer's bank does at DOKU, about amount; 0 is everything.
func (p *play) backOffice(ctx context.Context, act string, amount int64, what string) error {
	p.Print("DOKU", what)
	return p.control(ctx, "/backoffice",
		fmt.Sprintf(`{"invoice_number":%q,"act":%q,"amount":%d,"anyway":true}`, p.invoice, act, amount))
}

func chargedBack(ctx context.Context, p *play) error {
	if err := p.paid(ctx); err != nil {
		return err
	}
	return p.backOffice(ctx, "dispute", 0, "the customer's bank took the money back")
}

func chargebackReversed(ctx context.Context, p *play) error {
	if err := chargedBack(ctx, p); err != nil {
		return err
	}
	return p.backOffice(ctx, "dispute-won", 0, "the dispute was won, and the money came back")
}

func voided(ctx context.Context, p *play) error {
	if err := p.authorized(ctx); err != nil {
		return err
	}
	return p.backOffice(ctx, "void", 0, "a person voided the authorisation in the Back Office")
}

func overdrawn(ctx context.Context, p *play) error {
	if err := refunded(ctx, p); err != nil {
		return err
	}
	return p.backOffice(ctx, "dispute", p.amount, "the customer's bank took the money back as well")
}
