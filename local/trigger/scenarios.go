package trigger

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"kasir/local/customer"
)

// Scenario leads to one event.
type Scenario struct {
	Name   string
	Type   string // of the event
	Reason string // of payment.attention
	Short  string // one line of help

	play func(context.Context, *play) error
}

// prefix is the start of the invoice number.
func (s Scenario) prefix() string { return strings.ToUpper(strings.ReplaceAll(s.Name, "_", "-")) }

func money(name, short string, play func(context.Context, *play) error) Scenario {
	return Scenario{name, "payment." + name, "", short, play}
}

func attention(reason, short string, play func(context.Context, *play) error) Scenario {
	return Scenario{reason, "payment.attention", reason, short, play}
}

// Scenarios lists every scenario.
var Scenarios = []Scenario{
	money("paid", "a customer pays at once", func(ctx context.Context, p *play) error { return p.paid(ctx) }),
	money("failed", "the bank declines the customer's card", declined),
	money("authorized", "the amount is reserved on the customer's card",
		func(ctx context.Context, p *play) error { return p.authorized(ctx) }),
	money("captured", "the merchant takes a reserved amount", captured),
	money("refunded", "the merchant gives all the money back", refunded),
	money("refund_failed", "DOKU's people do not carry out a manual refund, and a person records it", refundFailed),
	money("charged_back", "the customer's bank takes the money back", chargedBack),
	money("chargeback_reversed", "the merchant wins the dispute about a chargeback", chargebackReversed),
	money("voided", "a reserved amount is voided in DOKU's Back Office", voided),
	{"settled", "settlement.reconciled", "", "a settlement report of DOKU is applied", settled},
	money("expired", "nobody pays before the page ends (moves the clock)", expired),
	attention("conflict", "DOKU reports a virtual account that paid the same order", conflict),
	attention("parked", "a refund gets no answer until kasir stops asking (moves the clock)", parked),
	attention("refused_in_doubt", "a refund gets no answer, and its repeat is refused (moves the clock)",
		refusedInDoubt),
	attention("late", "the customer pays after the page has ended (moves the clock)", late),
	attention("closed_paid", "the customer pays after the merchant has closed the order", closedPaid),
	attention("unmatched_request", "DOKU reports a payment on a page that kasir did not request", unmatchedRequest),
	attention("elsewhere", "DOKU reports that its people rejected a manual refund", elsewhere),
	attention("unaccounted", "DOKU states that more went back than was reported", unaccounted),
	attention("settlement", "a settlement report has a row that does not match the order", settledOtherwise),
	attention("overdrawn", "the customer's bank takes money back that was refunded", overdrawn),
	attention("authorization_expiring", "an authorisation ends in two days (moves the clock)", expiring),
	attention("unconfirmed", "DOKU does not answer for a day whether a page was paid (moves the clock)", unconfirmed),
	{"attention", "payment.attention", "conflict", "the same as conflict", conflict},
}

// Find looks a scenario up by its name, or by the type of its event, such as payment.paid.
func Find(name string) (Scenario, bool) {
	short := strings.TrimPrefix(name, "payment.")
	i := slices.IndexFunc(Scenarios, func(s Scenario) bool {
		return s.Name == short || s.Type == name && s.Reason == ""
	})
	if i < 0 {
		return Scenario{}, false
	}
	return Scenarios[i], true
}

func declined(ctx context.Context, p *play) error {
	if err := p.create(ctx, "SALE"); err != nil {
		return err
	}
	return p.pay(ctx, customer.Insufficient, "FAILED")
}

func captured(ctx context.Context, p *play) error {
	if err := p.authorized(ctx); err != nil {
		return err
	}
	_, err := p.post(ctx, "/capture", `{}`, nil, http.StatusOK)
	return err
}

func refunded(ctx context.Context, p *play) error {
	if err := p.paid(ctx); err != nil {
		return err
	}
	_, err := p.refund(ctx, http.StatusCreated)
	return err
}

func refundFailed(ctx context.Context, p *play) error {
	id, err := p.refundByHand(ctx)
	if err != nil {
		return err
	}
	if err := p.control(ctx, "/manual-refunds/reject", fmt.Sprintf(`{"invoice_number":%q}`, p.invoice)); err != nil {
		return err
	}
	p.Print("DOKU", "its people rejected the refund")
	body := fmt.Sprintf(`{"operation":%q,"outcome":"refused","note":"kasir trigger: DOKU's people rejected it"}`, id)
	_, err = p.post(ctx, "/resolve", body, nil, http.StatusOK)
	return err
}

func elsewhere(ctx context.Context, p *play) error {
	if _, err := p.refundByHand(ctx); err != nil {
		return err
	}
	p.Print("DOKU", "its people rejected the refund, and DOKU notifies kasir")
	return p.control(ctx, "/manual-refunds/reject", fmt.Sprintf(`{"invoice_number":%q,"notify":true}`, p.invoice))
}

func expired(ctx context.Context, p *play) error {
	if err := p.create(ctx, "SALE"); err != nil {
		return err
	}
	return p.passPageEnd(ctx, 5*time.Minute, "past the end of the page")
}

func late(ctx context.Context, p *play) error {
	if err := p.faults(ctx, `{"page_lifetime":"720h"}`, "opens a page that takes money after its end"); err != nil {
		return err
	}
	if err := p.create(ctx, "SALE"); err != nil {
		return err
	}
	if err := p.passPageEnd(ctx, 5*time.Minute, "past the end of the page"); err != nil {
		return err
	}
	return p.pay(ctx, customer.Visa, "PAID")
}

func closedPaid(ctx context.Context, p *play) error {
	if err := p.create(ctx, "SALE"); err != nil {
		return err
	}
	if _, err := p.post(ctx, "/close", `{"note":"kasir trigger: the customer changed their mind"}`, nil,
		http.StatusOK); err != nil {
		return err
	}
	return p.pay(ctx, customer.Visa, "PAID")
}

func conflict(ctx context.Context, p *play) error {
	if err := p.faults(ctx, `{"notifications":{"other_channel":1}}`,
		"will also notify kasir of a virtual account that paid the same invoice number"); err != nil {
		return err
	}
	if err := p.create(ctx, "SALE"); err != nil {
		return err
	}
	return p.pay(ctx, customer.Visa, "")
}

func unmatchedRequest(ctx context.Context, p *play) error {
	if err := p.faults(ctx, `{"notifications":{"other_page":1}}`,
		"will also notify kasir of another page of the same invoice number"); err != nil {
		return err
	}
	if err := p.create(ctx, "SALE"); err != nil {
		return err
	}
	return p.pay(ctx, customer.Visa, "")
}

func expiring(ctx context.Context, p *play) error {
	if err := p.authorized(ctx); err != nil {
		return err
	}
	return p.advance(ctx, 121*time.Hour, "to less than 48 hours before DOKU releases the authorisation")
}

func unconfirmed(ctx context.Context, p *play) error {
	if err := p.create(ctx, "SALE"); err != nil {
		return err
	}
	if err := p.faults(ctx, `{"calls":{"status":{"lose_before":1}}}`, "does not answer check status"); err != nil {
		return err
	}
	return p.passPageEnd(ctx, 25*time.Hour, "a day past the end of the page")
}

// inDoubt makes a paid order with a refund that DOKU carried out without an answer.
func inDoubt(ctx context.Context, p *play) error {
	if err := p.paid(ctx); err != nil {
		return err
	}
	if err := p.faults(ctx, `{"calls":{"refund":{"lose_after":1},"status":{"lose_before":1}}}`,
		"carries out refunds, and its answers are lost"); err != nil {
		return err
	}
	_, err := p.refund(ctx, http.StatusAccepted)
	return err
}

func parked(ctx context.Context, p *play) error {
	if err := inDoubt(ctx, p); err != nil {
		return err
	}
	window, err := time.ParseDuration(p.Setting("TRUST_WINDOW", "1h"))
	if err != nil {
		return fmt.Errorf("TRUST_WINDOW: %w", err)
	}
	return p.advance(ctx, window+10*time.Minute, "past TRUST_WINDOW")
}

func refusedInDoubt(ctx context.Context, p *play) error {
	if err := inDoubt(ctx, p); err != nil {
		return err
	}
	if err := p.faults(ctx, `{"refuse_repeats":true,"calls":{"status":{"lose_before":1}}}`,
		"will refuse the refund when kasir sends it again"); err != nil {
		return err
	}
	return p.advance(ctx, 30*time.Minute, "kasir sends the refund again, and then asks about it")
}
