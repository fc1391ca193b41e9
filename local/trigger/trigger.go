// Package trigger makes an event happen: it plays what leads to the event, through the HTTP API of the running kasir
// local and on the sandbox's page. It acts as the merchant's back end, as the customer, and as DOKU.
package trigger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/stack/bus"
)

// Player plays scenarios. All fields are required.
type Player struct {
	API       merchant.API
	Token     func(context.Context) (string, error) // a token of the merchant's back end, valid by the present clock
	DOKU      string                                // base URL of the sandbox
	Events    bus.Client
	Advance   func(ctx context.Context, by time.Duration) error // moves the clock of everything
	Now       func(context.Context) (time.Time, error)          // the time of that clock
	Print     func(step, detail string)
	Seen      func(bus.Event)                     // called for each event of the order, as it comes
	Setting   func(name, otherwise string) string // of the functions
	Suffix    string                              // makes the invoice number a new one
	EventWait time.Duration                       // how long to wait for an event, in real time
}

// play is one scenario that is being played.
type play struct {
	Player
	Scenario
	invoice string
	amount  int64
	page    string // the URL of the hosted page
	batch   string // of the settlement report that was put in, or empty
	after   int64  // place of the last event that was seen
	events  []bus.Event
	faulty  bool // the order has its own faults
}

// Play plays a scenario and returns the invoice number of its order and the order's events. The error is that of a
// step, or reports that the scenario's event did not come.
func (p Player) Play(ctx context.Context, s Scenario) (invoice string, events []bus.Event, err error) {
	run := &play{Player: p, Scenario: s, invoice: s.prefix() + "-" + p.Suffix, amount: 90000}
	before, err := p.Events.List(ctx, bus.Query{}, 0)
	if err != nil {
		return "", nil, err
	}
	run.after = before.Last
	defer func() { err = errors.Join(err, run.endFaults(ctx)) }()
	if err := run.authorize(ctx); err != nil {
		return "", nil, err
	}
	if err := s.play(ctx, run); err != nil {
		return run.invoice, run.events, fmt.Errorf("%s: %w", run.invoice, err)
	}
	return run.invoice, run.events, run.await(ctx, s.Type, s.Reason)
}

// authorize gets a new token, because the clock may have been moved beyond the end of the last one.
func (p *play) authorize(ctx context.Context) (err error) {
	p.API.Token, err = p.Token(ctx)
	return err
}

// await waits until an event of the order has come. The reason is that of payment.attention, or empty.
func (p *play) await(ctx context.Context, kind, reason string) error {
	came := func(e bus.Event) bool { return e.Type == kind && e.Read().Attention.Reason == reason }
	limit, cancel := context.WithTimeout(ctx, p.EventWait)
	defer cancel()
	for !slices.ContainsFunc(p.events, came) {
		q := bus.Query{After: p.after, Invoice: p.invoice, Limit: 100}
		if p.batch != "" {
			q.Invoice = "" // the event of a batch has no order
		}
		l, err := p.Events.List(limit, q, min(p.EventWait, bus.LongestWait))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && limit.Err() == nil {
			return err
		}
		if limit.Err() != nil {
			return fmt.Errorf("%s: the event %s %s did not come within %s: kasir orders show %s and kasir logs "+
				"--invoice %s show what happened", p.invoice, kind, reason, p.EventWait, p.invoice, p.invoice)
		}
		p.after = l.Last
		for _, e := range l.Events {
			if !p.owns(e) {
				continue
			}
			p.events = append(p.events, e)
			p.Seen(e)
		}
	}
	return nil
}

// owns reports whether an event is of the order, or of the settlement report that was put in.
func (p *play) owns(e bus.Event) bool {
	d := e.Read()
	return d.Order.InvoiceNumber == p.invoice || p.batch != "" && d.Settlement.Batch == p.batch
}

// create asks for a page of a type.
func (p *play) create(ctx context.Context, kind string) error {
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":%d},"customer":{"email":"budi@example.com"},`+
		`"payment":{"type":%q}}`, p.invoice, p.amount, kind)
	page, err := p.API.CreatePage(ctx, []byte(body))
	if err != nil {
		return err
	}
	p.page = page.CreditCardPaymentPage.URL
	address, _, _ := strings.Cut(p.page, "?")
	p.Print("created", fmt.Sprintf("POST /payments: order %s of %d, type %s, page %s",
		p.invoice, p.amount, kind, address))
	return nil
}

// pay pays on the page and waits for the order's status. An empty status is not waited for.
func (p *play) pay(ctx context.Context, card customer.Card, status string) error {
	if err := customer.Pay(ctx, http.DefaultClient, p.page, card); err != nil {
		return err
	}
	p.Print("paid", fmt.Sprintf("on the page with card %s…%s", card.Number[:6], card.Number[12:]))
	if status == "" {
		return nil
	}
	limit, cancel := context.WithTimeout(ctx, p.EventWait)
	defer cancel()
	if _, err := p.API.Await(limit, p.invoice, status); err != nil {
		return err
	}
	p.Print("notified", "DOKU notified kasir: the order is "+status)
	return nil
}

// post sends a request of the merchant's back end about the order. It expects one of the statuses.
func (p *play) post(
	ctx context.Context, path, body string, header http.Header, statuses ...int,
) (merchant.Answer, error) {
	path = "/payments/" + p.invoice + path
	answer, err := p.API.Do(ctx, http.MethodPost, path, header, []byte(body))
	if err != nil {
		return answer, err
	}
	if !slices.Contains(statuses, answer.Status) {
		return answer, fmt.Errorf("POST %s answered %d: %s", path, answer.Status, answer.Body)
	}
	p.Print("sent", fmt.Sprintf("POST %s %s: %d", path, body, answer.Status))
	return answer, nil
}
