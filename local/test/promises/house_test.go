// Package promises shows through the built functions that money moves once, whoever answers. docs/promises.md lists the tests.
package promises

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"kasir/local"
	"kasir/local/customer"
	"kasir/local/dynamodb"
	"kasir/local/frontend"
	"kasir/local/localtest"
	"kasir/local/sandbox"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil { // the tests wait for answers, not for a processor
		panic(err)
	}
	localtest.Main(m, func() {
		for _, end := range closers {
			end()
		}
	})
}

// closers end the stacks, which tests share.
var closers []func()

// house is a stack with a proxy between it and DOKU's sandbox.
type house struct {
	*local.Stack
	frontend.API
	doku   *between
	orders store.DynamoDB
	table  *throttle // between the functions and DynamoDB, if there is one
	log    *tape

	running sync.Mutex // of reconcile
}

// opened returns a house that is opened when it is first asked for.
func opened(settings map[string]string, faults string) func(*testing.T) *house {
	open := sync.OnceValues(func() (*house, error) { return openHouse(settings, faults, false) })
	return func(t *testing.T) *house { return found(t, open) }
}

func found(t *testing.T, open func() (*house, error)) *house {
	t.Helper()
	h, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var opening sync.Mutex // one after the other, and closers

func openHouse(settings map[string]string, faults string, slowTable bool) (*house, error) {
	opening.Lock()
	defer opening.Unlock()
	h := &house{doku: &between{url: "http://127.0.0.1:0", plans: map[string][]step{}, fixed: map[string]step{}, names: map[string]string{}}, log: &tape{}}
	if err := h.doku.up(); err != nil {
		return nil, err
	}
	closers = append(closers, h.doku.down)
	server := httptest.NewUnstartedServer(nil)
	h.doku.doku = "http://" + server.Listener.Addr().String()
	wrong, err := sandbox.ParseFaults(faults)
	if err != nil {
		return nil, err
	}
	ledger, err := sandbox.New(sandbox.Config{
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey, NotificationURL: h.doku.url + local.NotificationTarget,
		PublicURL: h.doku.doku, RetryDelays: []time.Duration{}, Faults: wrong,
	})
	if err != nil {
		return nil, err
	}
	server.Config.Handler = ledger
	server.Start()
	closers = append(closers, server.Close, ledger.Close)
	cfg := local.Config{Root: localtest.Root(), Functions: localtest.Functions(), DOKU: h.doku.url,
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey, Settings: settings, Log: h.log}
	endpoint := ""
	if slowTable {
		if h.table, endpoint, err = startThrottle(); err != nil {
			return nil, err
		}
		cfg.Settings = map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": h.table.url}
	}
	if h.Stack, err = local.Start(context.Background(), cfg); err != nil {
		return nil, err
	}
	closers = append(closers, h.Stack.Close)
	h.doku.api = h.Stack.API
	if endpoint == "" {
		endpoint = h.Stack.DynamoDB
	}
	h.orders = store.DynamoDB{Client: dynamodb.Client(endpoint), Table: local.Table, NewID: rand.Text}
	token, err := h.BackEndToken()
	h.API = frontend.API{URL: h.Stack.API, Client: &http.Client{Timeout: time.Minute}, Token: token}
	return h, err
}

// tape keeps the log lines of the functions.
type tape struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

// lines returns the log lines that contain every text.
func (t *tape) lines(texts ...string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var found []string
next:
	for line := range strings.Lines(t.text.String()) {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				continue next
			}
		}
		found = append(found, line)
	}
	return found
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

func (h *house) say(t *testing.T, method, path, key, body string) reply {
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

func (h *house) show(t *testing.T, invoice string) map[string]any {
	t.Helper()
	got := h.say(t, "GET", "/payments/"+invoice, "", "")
	if got.status != 200 {
		t.Fatalf("GET %s: %d %s", invoice, got.status, got.text)
	}
	return got.body
}

func number(shown map[string]any, name string) int64 { n, _ := shown[name].(float64); return int64(n) }

// books is what DOKU's ledger has of an invoice.
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

func (h *house) ledger(t *testing.T, invoice string) books {
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

func (h *house) control(t *testing.T, path, body string) {
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
	return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"customer":{"id":"CUST-1","email":"budi@example.com"}%s}`, invoice, more)
}

// buy makes an order of 90000 and pays it by card; more are more fields of the page's request, as JSON.
func (h *house) buy(t *testing.T, invoice, more, status string) {
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

// sold is a settled sale, which can be refunded in parts.
func (h *house) sold(t *testing.T, invoice string) {
	t.Helper()
	h.buy(t, invoice, "", "PAID")
	h.control(t, "settle", fmt.Sprintf(`{"invoice_number":%q}`, invoice))
}

// reserved is an authorisation, which can be captured.
func (h *house) reserved(t *testing.T, invoice, more string) {
	t.Helper()
	h.buy(t, invoice, `,"payment":{"type":"AUTHORIZE"}`+more, "AUTHORIZED")
	o, err := h.orders.Get(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	h.doku.name(o.Facts.Authorized.ID, invoice)
}

// reconcile runs reconcile once, and never twice at a time.
func (h *house) reconcile(t *testing.T) {
	t.Helper()
	h.running.Lock()
	defer h.running.Unlock()
	if _, err := h.Reconcile(t.Context()); err != nil {
		t.Error(err)
	}
}

// age makes an order older: every time in it moves back by d, as if all that happened had happened earlier. An attempt that is
// under way, in a run of reconcile for another test, ends first.
func (h *house) age(t *testing.T, invoice string, d time.Duration) {
	t.Helper()
	until(t, 2*time.Second, func() bool {
		o, err := h.orders.Get(t.Context(), invoice)
		return err != nil || !underWay(o)
	})
	for {
		o, err := h.orders.Get(t.Context(), invoice)
		if err == nil {
			moveBack(reflect.ValueOf(&o), d)
			err = h.orders.Update(t.Context(), o)
		}
		if err == nil {
			return
		}
		if !errors.Is(err, payment.ErrConflict) {
			t.Fatal(err)
		}
	}
}

// underWay reports whether the last that is noted of an operation is the begin of an attempt.
func underWay(o order.Order) bool {
	last := map[string]string{}
	for _, event := range o.History {
		last[event.Of] = event.What
	}
	for _, op := range o.Operations {
		if last[op.ID] == "intent" || last[op.ID] == "retry" {
			return true
		}
	}
	return false
}

func moveBack(v reflect.Value, d time.Duration) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		if at := v.Interface().(time.Time); !at.IsZero() {
			v.Set(reflect.ValueOf(at.Add(-d)))
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		moveBack(v.Elem(), d)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			moveBack(v.Index(i), d)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				moveBack(v.Field(i), d)
			}
		}
	}
}

// attention reports whether a person is called to the order.
func (h *house) attention(t *testing.T, invoice string) bool {
	t.Helper()
	shown := h.show(t, invoice)
	for _, part := range []string{"review", "conflict", "conflicts", "attention"} {
		if shown[part] != nil {
			return true
		}
	}
	o, err := h.orders.Get(t.Context(), invoice)
	if err != nil {
		t.Fatal(err)
	}
	for _, happening := range order.Happened(order.Order{}, o) {
		if happening.What == order.NeedsAttention && happening.Reason != order.CameLate && happening.Reason != order.AboutToLapse {
			return true
		}
	}
	return false
}

// until polls a condition for as long as a test may wait.
func until(t *testing.T, limit time.Duration, condition func() bool) bool {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return condition()
}
