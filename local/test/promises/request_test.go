package promises

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kasir/local/customer"
)

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

func (h *fixture) request(t *testing.T, method, path, key, body string) reply {
	t.Helper()
	header := http.Header{}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	var raw []byte
	if body != "" || method == http.MethodPost {
		raw = []byte(body)
	}
	got, err := h.Do(t.Context(), method, path, header, raw)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{got.Status, got.Header, nil, string(got.Body)}
	_ = json.Unmarshal(got.Body, &r.body)
	return r
}

func (h *fixture) refund(t *testing.T, invoice, key string, amount int64) reply {
	t.Helper()
	return h.request(t, "POST", "/payments/"+invoice+"/refunds", key, fmt.Sprintf(`{"refund":{"amount":%d}}`, amount))
}

func (h *fixture) capture(t *testing.T, invoice, body string) reply {
	t.Helper()
	return h.request(t, "POST", "/payments/"+invoice+"/capture", "", body)
}

func (h *fixture) show(t *testing.T, invoice string) map[string]any {
	t.Helper()
	got := h.request(t, "GET", "/payments/"+invoice, "", "")
	if got.status != 200 {
		t.Fatalf("GET %s: %d %s", invoice, got.status, got.text)
	}
	return got.body
}

func number(shown map[string]any, name string) int64 { n, _ := shown[name].(float64); return int64(n) }

// books is DOKU's ledger of an invoice.
type books struct {
	Captured, Refunded int64
	Captures, Refunds  []struct {
		Status    string
		RequestID string `json:"request_id"`
	}
	DoublePages    int `json:"double_pages"`
	DoubleCaptures int `json:"double_captures"`
	DoubleRefunds  int `json:"double_refunds"`
}

func (h *fixture) ledger(t *testing.T, invoice string) books {
	t.Helper()
	response, err := http.Get(h.doku.doku + "/control/ledger?invoice_number=" + invoice)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var all struct{ Ledger []books }
	if err := json.NewDecoder(response.Body).Decode(&all); err != nil || len(all.Ledger) > 1 {
		t.Fatalf("the ledger of %s: %+v %v", invoice, all, err)
	}
	if len(all.Ledger) == 0 {
		return books{}
	}
	return all.Ledger[0]
}

func (h *fixture) control(t *testing.T, path, body string) {
	t.Helper()
	response, err := http.Post(h.doku.doku+"/control/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if content, _ := io.ReadAll(response.Body); response.StatusCode != 200 {
		t.Fatalf("control %s: %s %s", path, response.Status, content)
	}
}

func createBody(invoice, more string) string {
	return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},`+
		`"customer":{"id":"CUST-1","email":"budi@example.com"}%s}`, invoice, more)
}

// buy makes an order of 90000 and pays it by card. more are further fields of the request, as JSON.
func (h *fixture) buy(t *testing.T, invoice, more, status string) {
	t.Helper()
	page, err := h.CreatePage(t.Context(), []byte(createBody(invoice, more)))
	if err == nil {
		err = customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Mastercard)
	}
	if err != nil {
		t.Fatal(err)
	}
	if status == "" {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := h.Await(ctx, invoice, status); err != nil {
		t.Fatal(err)
	}
}

// makeSale makes a settled sale, which can be refunded in parts.
func (h *fixture) makeSale(t *testing.T, invoice string) {
	t.Helper()
	h.buy(t, invoice, "", "PAID")
	h.control(t, "settle", fmt.Sprintf(`{"invoice_number":%q}`, invoice))
}

// makeAuthorization makes an authorisation, which can be captured.
func (h *fixture) makeAuthorization(t *testing.T, invoice, more string) {
	t.Helper()
	h.buy(t, invoice, `,"payment":{"type":"AUTHORIZE"}`+more, "AUTHORIZED")
	o, err := h.orders.Get(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	h.doku.name(o.Facts.Authorized.ID, invoice)
}
