package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"kasir/bench/event"
	"kasir/bench/standin"
	"kasir/local/customer"
	"kasir/local/sandbox"
)

// market is the sandbox in DOKU's place, customers who pay there, and what it has told of them.
type market struct {
	doku   *httptest.Server
	inbox  *httptest.Server
	server *sandbox.Server
	source event.Source

	came chan notice
	told map[string]notice // by invoice number
}

// notice is a notification of the sandbox's.
type notice struct {
	invoice string
	header  http.Header
	body    []byte
}

// openMarket starts it. The caller must close it.
func openMarket(source event.Source) (*market, error) {
	m := &market{source: source, came: make(chan notice, 16), told: map[string]notice{}}
	m.inbox = httptest.NewServer(http.HandlerFunc(m.receive))
	server, err := sandbox.New(sandbox.Config{
		ClientID: standin.ClientID, SecretKey: standin.SecretKey, NotificationURL: m.inbox.URL + "/notifications", RetryDelays: []time.Duration{},
	})
	if err != nil {
		m.inbox.Close()
		return nil, err
	}
	m.server, m.doku = server, httptest.NewServer(server)
	return m, nil
}

func (m *market) close() {
	m.doku.Close()
	m.server.Close()
	m.inbox.Close()
}

func (m *market) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var in struct {
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		} `json:"order"`
	}
	if err != nil || json.Unmarshal(body, &in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	m.came <- notice{in.Order.InvoiceNumber, r.Header, body}
}

// event is the sandbox's notification where it has sent one, and else what event.Source makes.
func (m *market) event(name, invoice string, n int) ([]byte, error) {
	if told, ok := m.told[invoice]; ok && event.Function(name) == "notify" {
		return m.source.Notification(told.header, told.body)
	}
	return m.source.Make(name, invoice, n)
}

// rehearse makes the n-th round's orders, has all of them paid, and tells kasir of those that are to be known as paid.
func (m *market) rehearse(ctx context.Context, c *crew, n int) error {
	for _, s := range rehearsal {
		s = numbered(s, n)
		if event.Function(s.name) != "createpage" {
			if _, err := c.do(ctx, s.name, s.invoice, s.n); err != nil {
				return err
			}
			continue
		}
		if err := m.buy(ctx, c, s); err != nil {
			return fmt.Errorf("buying %s: %w", s.invoice, err)
		}
	}
	// Money that has reached the merchant can be given back in parts.
	return m.control(ctx, "/control/settle", fmt.Sprintf(`{"invoice_number":"BENCH-PAID-%d"}`, n))
}

// buy asks for a page, pays on it, and waits for the notification.
func (m *market) buy(ctx context.Context, c *crew, s step) error {
	reply, _, err := c.ask(ctx, s.name, s.invoice, s.n)
	if err != nil {
		return err
	}
	var answer struct{ Body string }
	var page struct {
		Page struct {
			URL string `json:"url"`
		} `json:"credit_card_payment_page"`
	}
	if err := json.Unmarshal(reply, &answer); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(answer.Body), &page); err != nil {
		return err
	}
	if err := customer.Pay(ctx, http.DefaultClient, page.Page.URL, customer.Visa); err != nil {
		return err
	}
	select {
	case told := <-m.came:
		m.told[told.invoice] = told
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("the sandbox sent no notification")
	}
}

func (m *market) control(ctx context.Context, path, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.doku.URL+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s answered %s %s", path, response.Status, said)
	}
	return nil
}
