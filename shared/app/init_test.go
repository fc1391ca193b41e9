package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"kasir/shared/function"
)

// INIT opens the connection to DOKU for the functions that call it, and for no other.
func TestInitConnectsOnlyWhoCallsDOKU(t *testing.T) {
	for _, f := range function.All {
		requests := 0
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests++ }))
		s, err := Load(environment(map[string]string{"DOKU_ENVIRONMENT": server.URL,
			"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"}), f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(t.Context(), s, f, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		server.Close()
		if want := map[bool]int{true: 1}[f.DOKU]; requests != want {
			t.Errorf("%s: %d requests to DOKU in INIT, want %d", f.Name, requests, want)
		}
	}
}
