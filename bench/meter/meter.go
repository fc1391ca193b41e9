// Package meter stands between a function and DynamoDB and keeps a bill: every request passes unchanged and is charged by the
// accountant's rules; answers pass too, but for what complete adds.
package meter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"kasir/bench/accountant"
)

// Meter forwards to a DynamoDB. It is safe for concurrent use.
type Meter struct {
	URL string // where it listens

	target string
	server *httptest.Server
	table  *accountant.Table

	mu    sync.Mutex
	calls []accountant.Call
	other []string
}

// New starts a meter in front of the DynamoDB at target; table says how what passes is charged. The caller must Close it.
func New(target string, table *accountant.Table) *Meter {
	m := &Meter{target: target, table: table}
	m.server = httptest.NewServer(m)
	m.URL = m.server.URL
	return m
}

// Close ends the meter.
func (m *Meter) Close() {
	m.server.CloseClientConnections()
	m.server.Close()
}

// ServeHTTP forwards one request.
func (m *Meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	forward, err := http.NewRequestWithContext(r.Context(), r.Method, m.target+r.URL.Path, bytes.NewReader(sent))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	forward.Header, forward.Host = r.Header.Clone(), r.Host
	answer, err := http.DefaultTransport.RoundTrip(forward)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	received, err := io.ReadAll(answer.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	received = m.complete(r, sent, received, answer.StatusCode)
	m.charge(operation, sent, received, answer.StatusCode)
	for name, values := range answer.Header {
		if name != "Content-Length" && name != "X-Amz-Crc32" { // of the answer before it was completed
			w.Header()[name] = values
		}
	}
	w.WriteHeader(answer.StatusCode)
	w.Write(received)
}

// complete adds the stored item to a failed condition when the request asks for it, as DynamoDB does and the embedded one
// does not: without it, a read would be counted that AWS never sees.
func (m *Meter) complete(r *http.Request, sent, received []byte, status int) []byte {
	var in struct {
		TableName                           json.RawMessage
		Item                                map[string]json.RawMessage
		ReturnValuesOnConditionCheckFailure string
	}
	var out map[string]json.RawMessage
	if status != http.StatusBadRequest || json.Unmarshal(sent, &in) != nil || in.ReturnValuesOnConditionCheckFailure != "ALL_OLD" ||
		json.Unmarshal(received, &out) != nil || !bytes.Contains(out["__type"], []byte("ConditionalCheckFailed")) || out["Item"] != nil {
		return received
	}
	item, err := m.stored(r, in.TableName, in.Item[m.table.Key])
	if err != nil || item == nil {
		return received
	}
	out["Item"] = item
	completed, err := json.Marshal(out)
	if err != nil {
		return received
	}
	return completed
}

// stored reads an item for the meter itself; that is not on the bill.
func (m *Meter) stored(r *http.Request, table, key json.RawMessage) (json.RawMessage, error) {
	body := fmt.Sprintf(`{"TableName":%s,"Key":{%q:%s},"ConsistentRead":true}`, table, m.table.Key, key)
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodPost, m.target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	ask.Header = r.Header.Clone()
	ask.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
	answer, err := http.DefaultTransport.RoundTrip(ask)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var out struct{ Item json.RawMessage }
	err = json.NewDecoder(answer.Body).Decode(&out)
	return out.Item, err
}

func (m *Meter) charge(operation string, sent, received []byte, status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	call, err := m.table.Charge(operation, sent, received, status)
	if err != nil { // counted all the same: peers use more of DynamoDB than kasir
		m.other = append(m.other, err.Error())
		call = accountant.Call{Operation: operation}
	}
	m.calls = append(m.calls, call)
}

// Bill is what passed since the last bill.
type Bill struct {
	Calls []accountant.Call
	Units accountant.Units
	Size  int // bytes of the largest item that was written
}

// Text lists the operations in order.
func (b Bill) Text() string {
	var names []string
	for _, c := range b.Calls {
		names = append(names, c.Operation)
	}
	return strings.Join(names, ", ")
}

// Bill returns what passed since the last bill, and an error when some of it could not be charged; then the calls are counted
// and the units are too low.
func (m *Meter) Bill() (Bill, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	bill := Bill{Calls: m.calls}
	for _, c := range m.calls {
		bill.Units = bill.Units.Plus(c.Units)
		if c.Operation == "PutItem" {
			bill.Size = max(bill.Size, c.Size)
		}
	}
	var err error
	if len(m.other) > 0 {
		err = fmt.Errorf("not charged: %s", strings.Join(m.other, "; "))
	}
	m.calls, m.other = nil, nil
	return bill, err
}
