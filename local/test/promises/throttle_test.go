package promises

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"kasir/local/aws/dynamodb"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// throttle is a proxy between the functions and DynamoDB that refuses writes of one order for a while.
type throttle struct {
	url, target string

	mu      sync.Mutex
	invoice string // order whose writes are refused; empty for none
}

// startThrottle starts a table of its own behind a throttle and returns the table's endpoint too.
func startThrottle() (*throttle, string, error) {
	db, err := dynamodb.Start(context.Background(), dynamodb.Config{Root: harness.Root()})
	if err != nil {
		return nil, "", err
	}
	h := &throttle{target: db.URL}
	server := httptest.NewServer(h)
	h.url = server.URL
	closers = append(closers, server.Close, db.Close)
	return h, db.URL, dynamodb.CreateTable(context.Background(), dynamodb.Client(db.URL), stack.Table)
}

func (h *throttle) refuse(invoice string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.invoice = invoice
}

func (h *throttle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	invoice := h.invoice
	h.mu.Unlock()
	target := r.Header.Get("X-Amz-Target")
	write := strings.HasSuffix(target, "PutItem") || strings.HasSuffix(target, "UpdateItem")
	if invoice != "" && write && bytes.Contains(body, []byte(invoice)) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}`)
		return
	}
	request, err := http.NewRequestWithContext(r.Context(), r.Method, h.target+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	request.Header = r.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer response.Body.Close()
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(response.StatusCode)
	io.Copy(w, response.Body)
}
