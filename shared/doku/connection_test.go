package doku

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// ofOneAnswer is a server that answers the first request of its first connection and then calls end with the
// connection. It serves other connections normally.
func ofOneAnswer(t *testing.T, end func(net.Conn)) (client *http.Client, url string, arrived *atomic.Int64) {
	t.Helper()
	arrived = new(atomic.Int64)
	var first atomic.Value
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived.Add(1)
		if !first.CompareAndSwap(nil, r.RemoteAddr) && first.Load() == r.RemoteAddr {
			connection, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Errorf("%s: %v", r.Proto, err)
				return
			}
			end(connection)
			return
		}
		answer{status: 200, body: pageAnswer}.send(w, r.URL.Path)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	client = HTTP()
	client.Transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	return client, server.URL, arrived
}

// A kept connection may be gone after Lambda froze the function. A page is then requested again on another connection.
// A request that moves money is not, since DOKU may have read it.
func TestAResetConnectionCostsNoPageAndMovesNoMoneyTwice(t *testing.T) {
	client, url, arrived := ofOneAnswer(t, func(c net.Conn) { c.Close() })
	calls := newClient(t, url, func(cfg *Config) { cfg.HTTP = client })
	for range 2 {
		if _, err := calls.CreatePage(t.Context(), testID, request()); err != nil {
			t.Error(err)
		}
	}
	if arrived.Load() != 3 {
		t.Errorf("%d requests arrived, want the second twice", arrived.Load())
	}
	client, url, arrived = ofOneAnswer(t, func(c net.Conn) { c.Close() })
	calls = newClient(t, url, func(cfg *Config) { cfg.HTTP = client })
	if _, err := calls.CreatePage(t.Context(), testID, request()); err != nil {
		t.Fatal(err)
	}
	refund := RefundRequest{InvoiceNumber: "INV-1", OriginalRequestID: testID, Amount: 90000}
	if _, err := calls.Refund(t.Context(), testID, refund); !errors.Is(err, ErrUnknown) || arrived.Load() != 2 {
		t.Errorf("%v, %d requests arrived: want one refund, its outcome unknown", err, arrived.Load())
	}
}

// A connection that died without a word costs one call.
func TestASilentConnectionCostsOneCall(t *testing.T) {
	silent := make(chan struct{})
	t.Cleanup(func() { close(silent) })
	client, url, _ := ofOneAnswer(t, func(c net.Conn) { go func() { <-silent; c.Close() }() })
	calls := newClient(t, url, func(cfg *Config) { cfg.HTTP = client })
	var outcomes []bool
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := calls.CreatePage(ctx, testID, request())
		cancel()
		outcomes = append(outcomes, err == nil)
	}
	if !outcomes[0] || outcomes[1] || !outcomes[2] {
		t.Errorf("calls that had an answer: %v, want the first and the third", outcomes)
	}
}
