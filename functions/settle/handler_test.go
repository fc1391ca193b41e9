package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"kasir/shared/app"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// The AWS console makes an object without content for a folder. It is no report.
func TestAFolderIsNoReport(t *testing.T) {
	var put []string
	s3 := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.Method == http.MethodPut {
			put = append(put, r.URL.Path)
		}
	}))
	defer s3.Close()
	m := &store.Memory{}
	run := handler(&payment.Service{Store: m, Batches: m, Now: time.Now},
		app.Settings{Region: "us-east-1", Reports: "b", ReportsURL: s3.URL,
			AccessKeyID: "local", AccessKey: "local"})
	got, err := run(t.Context(),
		[]byte(`{"Records":[{"s3":{"bucket":{"name":"b"},"object":{"key":"reports/2026/","size":0}}}]}`))
	if err != nil || got.Refused || len(put) > 0 {
		t.Errorf("%+v, %v, written: %v", got, err, put)
	}
}
