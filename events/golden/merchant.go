package golden

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"kasir/shared/doku"
	"kasir/shared/edge"
	"kasir/shared/function"
	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/route"
	"kasir/shared/store"
)

// The merchant of the event files.
const (
	clientID  = "MCH-0001-KASIR-SANDBOX"
	secretKey = "SK-kasir-sandbox-not-a-secret"
	quoteKey  = "kasir-local-quote-key-that-everybody-knows"
)

// first is ten seconds before the first step. Each step comes ten seconds after the one before it, plus its own delay.
// The notifications are dated a minute after first.
var first = time.Date(2026, 8, 27, 10, 24, 0, 0, time.UTC)

// merchant holds one merchant's functions, with a table and a DOKU that gives the answers of each step.
type merchant struct {
	edge    edge.Edge
	service *payment.Service
	table   *table
	doku    *fakeDOKU
	log     bytes.Buffer

	now    time.Time
	step   string
	writes int
}

func newMerchant(t *testing.T, f function.Function) *merchant {
	t.Helper()
	m := &merchant{table: startTable(t), doku: startDOKU(t)}
	clock := func() time.Time { return m.now }
	log := edge.NewLog(&m.log)
	keys := doku.Keyring{ClientID: clientID, Current: secretKey}
	client, err := doku.New(doku.Config{BaseURL: m.doku.url, Keys: keys, Now: clock, Log: log, Observe: edge.Observe})
	if err != nil {
		t.Fatal(err)
	}
	table := &store.DynamoDB{Client: m.table.client, Table: tableName, NewID: m.newID}
	m.service = &payment.Service{
		Store: table, Batches: table, DOKU: client,
		Receiver: doku.Receiver{Keys: keys, Target: "/notifications", Now: clock}, Now: clock, NewID: m.newID,
		Merchant: order.Merchant{Environment: "sandbox", ClientID: clientID}, Log: log, Changed: edge.CountChange,
		TrustWindow: time.Hour, PageLifetime: time.Hour,
		CallbackHosts: []string{"localhost"}, NotificationTarget: "/notifications",
		QuoteKeys: func(context.Context, bool) []doku.Secret { return []doku.Secret{quoteKey} },
	}
	m.edge = edge.Edge{Log: log, Now: clock, Function: f, Staff: edge.Staff{
		Clients: []string{"kasir-staff"}, Claim: edge.DefaultClaim, Roles: []edge.Role{
			{Name: "viewer", Scopes: []route.Scope{route.PaymentsReadAll}},
			{Name: "support", Scopes: []route.Scope{route.PaymentsReadAll, route.PaymentsRefund}, MaxRefund: 30000},
			{Name: "admin", Scopes: []route.Scope{route.PaymentsReadAll, route.PaymentsRefund}},
		},
	}}
	return m
}

func (m *merchant) newID() string {
	m.writes++
	return fmt.Sprintf("%s-%d", m.step, m.writes)
}

// begin sets the clock and DOKU for a step.
func (m *merchant) begin(i int, s step) {
	m.now = first
	for _, before := range story[:i+1] {
		m.now = m.now.Add(10*time.Second + before.later)
	}
	m.step, m.writes = s.name, 0
	m.log.Reset()
	m.doku.begin(s.doku)
}

// answer is DOKU's answer to one request.
type answer struct {
	status int
	body   string
}

// sent is a request that DOKU received.
type sent struct {
	Request   string `json:"request"`
	RequestID string `json:"request_id"`
	Timestamp string `json:"timestamp"`
	Signature string `json:"signature"`
	Body      string `json:"body"`
}

// fakeDOKU gives the answers of a step in turn, signed, and keeps the requests.
type fakeDOKU struct {
	url string

	mu      sync.Mutex
	answers []answer
	got     []sent
}

func startDOKU(t *testing.T) *fakeDOKU {
	d := &fakeDOKU{}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

func (d *fakeDOKU) begin(answers []answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers, d.got = answers, []sent{}
}

// took returns the requests of a step. It fails the test if an answer is left over.
func (d *fakeDOKU) took(t *testing.T) []sent {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.answers) > 0 {
		t.Errorf("DOKU was not asked for %v", d.answers)
	}
	return d.got
}

func (d *fakeDOKU) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	d.mu.Lock()
	defer d.mu.Unlock()
	h := r.Header
	d.got = append(d.got, sent{
		Request: r.Method + " " + r.URL.Path, RequestID: h.Get("Request-Id"), Timestamp: h.Get("Request-Timestamp"),
		Signature: h.Get("Signature"), Body: string(body),
	})
	if err != nil || len(d.answers) == 0 {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	next := d.answers[0]
	d.answers = d.answers[1:]
	stamp := "2026-08-27T10:24:00Z"
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Client-Id", clientID)
	w.Header().Set("Request-Id", h.Get("Request-Id"))
	w.Header().Set("Response-Timestamp", stamp)
	w.Header().Set("Signature", doku.Sign(secretKey, doku.Component{
		ClientID: clientID, RequestID: h.Get("Request-Id"), Timestamp: stamp, Target: r.URL.Path,
		Digest: doku.Digest([]byte(next.body)), Response: true,
	}))
	w.WriteHeader(next.status)
	io.WriteString(w, next.body)
}
