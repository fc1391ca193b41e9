// Package merchant calls kasir's HTTP API as a merchant's frontend would. It shares no code with the API.
package merchant

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// API is a client of kasir's HTTP API at a base URL.
type API struct {
	URL    string
	Client *http.Client
	Token  string // sent as "Authorization: Bearer …" unless a request has its own; empty sends none
}

// Answer is an answer of the API.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Page is the part of an answer to POST /payments that a frontend needs.
type Page struct {
	CreditCardPaymentPage struct {
		URL string `json:"url"`
	} `json:"credit_card_payment_page"`
	Status string `json:"status"`
}

// Payment is the part of GET /payments/{invoice_number} that a frontend shows.
type Payment struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"`
	} `json:"order"`
	Status string `json:"status"`
	Card   struct {
		Masked string `json:"masked"`
	} `json:"card"`
	Failures []struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"failures"`
	Conflict struct {
		Reason string `json:"reason"`
	} `json:"conflict"`
	Captured   int64 `json:"captured"`
	Refunded   int64 `json:"refunded"`
	Refundable int64 `json:"refundable"`
	Refunds    []struct {
		Amount int64  `json:"amount"`
		Type   string `json:"type"`
		Status string `json:"status"`
	} `json:"refunds"`
	Installment struct {
		Acquirer string `json:"acquirer"`
		Tenor    int64  `json:"tenor"`
	} `json:"installment"`
}

// Do sends one request; body may be nil.
func (a API) Do(ctx context.Context, method, path string, header http.Header, body []byte) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, a.URL+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	if a.Token != "" {
		request.Header.Set("Authorization", "Bearer "+a.Token)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	if body != nil && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := a.Client.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return Answer{Status: response.StatusCode, Header: response.Header, Body: content}, err
}

// CreatePage requests a payment page until it has one. While the outcome is unknown, it repeats the same request.
func (a API) CreatePage(ctx context.Context, body []byte) (Page, error) {
	for {
		answer, err := a.Do(ctx, http.MethodPost, "/payments", nil, body)
		if err != nil {
			return Page{}, err
		}
		switch answer.Status {
		case http.StatusOK, http.StatusCreated:
			var page Page
			return page, json.Unmarshal(answer.Body, &page)
		case http.StatusAccepted, http.StatusConflict:
			if err := wait(ctx, time.Second); err != nil {
				return Page{}, err
			}
		default:
			return Page{}, fmt.Errorf("POST /payments answered %d: %s", answer.Status, answer.Body)
		}
	}
}

// Payment reads a payment.
func (a API) Payment(ctx context.Context, invoice string) (Payment, error) {
	answer, err := a.Do(ctx, http.MethodGet, "/payments/"+invoice, nil, nil)
	if err != nil {
		return Payment{}, err
	}
	if answer.Status != http.StatusOK {
		return Payment{}, fmt.Errorf("GET /payments/%s answered %d: %s", invoice, answer.Status, answer.Body)
	}
	var p Payment
	return p, json.Unmarshal(answer.Body, &p)
}

// Await reads a payment until it has the given status.
func (a API) Await(ctx context.Context, invoice, status string) (Payment, error) {
	for {
		p, err := a.Payment(ctx, invoice)
		if err != nil || p.Status == status {
			return p, err
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return p, fmt.Errorf("%s stayed %s: %w", invoice, p.Status, err)
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
