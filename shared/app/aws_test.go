package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"kasir/shared/payment"
	"kasir/shared/store"
)

// A connection to DynamoDB that died unnoticed while the function was frozen does not make the invocation fail.
func TestASilentConnectionToTheTableIsGivenUp(t *testing.T) {
	var first atomic.Value
	silent := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !first.CompareAndSwap(nil, r.RemoteAddr) && first.Load() == r.RemoteAddr {
			<-silent
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		io.WriteString(w, "{}")
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(silent) })
	table := &store.DynamoDB{Client: dynamoDB(Settings{Region: "us-east-1", DynamoDBURL: server.URL,
		AccessKeyID: "local", AccessKey: "local"}), Table: "orders"}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // Lambda's time for the whole request is 28 s
	defer cancel()
	for range 2 {
		if _, err := table.Get(ctx, "INV-1"); !errors.Is(err, payment.ErrNotFound) {
			t.Errorf("%v, want an answer that there is no such order", err)
		}
	}
}
