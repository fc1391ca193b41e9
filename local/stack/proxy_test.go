package stack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"kasir/events"
	"kasir/local/stack"
	"kasir/local/test/harness"
)

// Docker passes its settings of a proxy on to containers. A function of this machine does not use it: orders, tokens
// and keys would leave the machine.
func TestAFunctionOfThisMachineUsesNoProxy(t *testing.T) {
	var seen atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
	defer proxy.Close()
	event, err := events.Files.ReadFile("getpayment.json")
	if err != nil {
		t.Fatal(err)
	}
	const nobody = "http://host.docker.internal:1"
	environment := map[string]string{
		"KASIR_LOCAL": "1", "TABLE_NAME": "kasir", "AWS_ENDPOINT_URL_DYNAMODB": nobody, "DOKU_ENVIRONMENT": nobody,
		"DOKU_CLIENT_ID": "BRN-1", "DOKU_SECRET_KEY": "SK-a-key-of-nobody-at-all",
		"HTTP_PROXY": proxy.URL, "http_proxy": proxy.URL,
	}
	answer, err := stack.Invoke(t.Context(), harness.Functions(), "getpayment", environment, event, io.Discard)
	var got struct{ StatusCode int }
	if err != nil || json.Unmarshal(answer, &got) != nil || got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%s %v", answer, err)
	}
	if n := seen.Load(); n > 0 {
		t.Errorf("the proxy got %d requests", n)
	}
}
