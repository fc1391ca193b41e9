package path

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"kasir/bench/event"
	"kasir/shared/payment"
)

// Merchant asks the use cases for what event files ask for.
type Merchant struct {
	Service *payment.Service
	Events  event.Source
}

// CreatePage asks for a page as an event file does, about an invoice.
func (m *Merchant) CreatePage(name, invoice string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, body, err := m.request(name, invoice)
		if err != nil {
			return err
		}
		p := payment.PageRequest{Caller: payment.Caller{Subject: "bench", Prices: true}}
		if err := json.Unmarshal(body, &p.CreatePageRequest); err != nil {
			return err
		}
		return done(m.Service.CreatePage(ctx, p))
	}
}

// Notify posts the notification of an event file, about an invoice.
func (m *Merchant) Notify(name, invoice string, want payment.Effect) func(context.Context) error {
	return func(ctx context.Context) error {
		header, body, err := m.request(name, invoice)
		if err != nil {
			return err
		}
		told, err := m.Service.Notify(ctx, header, body)
		if err == nil && told.Effect != want {
			err = fmt.Errorf("the notification was %s, not %s", told.Effect, want)
		}
		return err
	}
}

// request is what an event file carries.
func (m *Merchant) request(name, invoice string) (http.Header, []byte, error) {
	raw, err := m.Events.Make(name, invoice, 0)
	if err != nil {
		return nil, nil, err
	}
	var e struct {
		Headers map[string]string
		Body    string
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, nil, err
	}
	header := http.Header{}
	for name, value := range e.Headers {
		header.Set(name, value)
	}
	return header, []byte(e.Body), nil
}

// done is an error unless DOKU did what it was asked.
func done(a payment.Answer, err error) error {
	if err == nil {
		err = a.Unknown
	}
	return err
}
