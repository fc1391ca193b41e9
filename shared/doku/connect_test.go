package doku

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// The first call uses the connection that Connect opened. Connect's request holds nothing secret.
func TestTheFirstCallFindsTheConnection(t *testing.T) {
	var from []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from = append(from, r.RemoteAddr)
		if r.Method != http.MethodHead {
			answer{status: 200, body: pageAnswer}.send(w, r.URL.Path)
		} else if r.Header.Get("Signature") != "" || r.Header.Get("Client-Id") != "" {
			t.Errorf("Connect sent %v", r.Header)
		}
	}))
	defer server.Close()
	client := HTTP()
	client.Transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	if err := Connect(t.Context(), client, server.URL); err != nil {
		t.Fatal(err)
	}
	calls := newClient(t, server.URL, func(cfg *Config) { cfg.HTTP = client })
	if _, err := calls.CreatePage(t.Context(), testID, request()); err != nil {
		t.Fatal(err)
	}
	if len(from) != 2 || from[0] != from[1] {
		t.Errorf("connections from %v, want one for both requests", from)
	}
	server.Close()
	if err := Connect(t.Context(), HTTP(), server.URL); err == nil {
		t.Error("nobody listens, and Connect found nothing wrong")
	}
}
