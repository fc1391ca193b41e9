package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"kasir/local/sandbox"
	"kasir/local/stack"
)

// gate is a proxy that holds the requests to one path until it is opened.
type gate struct {
	*httptest.Server
	waiting chan struct{} // receives each request that is held

	path   string
	opened chan struct{}
	once   sync.Once
	mu     sync.Mutex
	target *url.URL
}

func newGate(t *testing.T, path string) *gate {
	return newGateBehind(t, path, func(pass http.Handler) http.Handler { return pass })
}

// newGateBehind is newGate with a handler in front of it.
func newGateBehind(t *testing.T, path string, before func(http.Handler) http.Handler) *gate {
	g := &gate{path: path, waiting: make(chan struct{}, 16), opened: make(chan struct{})}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		g.mu.Lock()
		defer g.mu.Unlock()
		r.SetURL(g.target)
		r.Out.Host = r.In.Host // DOKU's pages use the address of the request: the gate's
	}}
	g.Server = httptest.NewServer(before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == g.path {
			g.waiting <- struct{}{}
			<-g.opened
		}
		proxy.ServeHTTP(w, r)
	})))
	t.Cleanup(g.Close)
	t.Cleanup(g.open) // first, because closing waits for the held requests
	return g
}

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

func (g *gate) leadsTo(t *testing.T, base string) {
	t.Helper()
	target, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.target = target
}

// keeps waits until a request is held.
func (g *gate) keeps(t *testing.T) {
	t.Helper()
	select {
	case <-g.waiting:
	case <-t.Context().Done():
		t.Fatalf("nobody asked for %s", g.path)
	}
}

// newGuardedShopper has a gate before DOKU's page creation and one before the shop's notification URL.
func newGuardedShopper(t *testing.T, changes ...func(*stack.Config)) (s *shopper, creation, notification *gate) {
	t.Helper()
	creation, notification = newGate(t, "/credit-card/v1/payment-page"), newGate(t, stack.NotificationTarget)
	doku, err := sandbox.New(sandbox.Config{
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey,
		NotificationURL: notification.URL + stack.NotificationTarget,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(doku.Close)
	server := httptest.NewServer(doku)
	t.Cleanup(server.Close)
	creation.leadsTo(t, server.URL)
	s = newShopper(t, func(c *stack.Config) {
		c.DOKU, c.ClientID, c.SecretKey = creation.URL, sandbox.DefaultClientID, sandbox.DefaultSecretKey
		for _, change := range changes {
			change(c)
		}
	})
	s.doku = server.URL
	notification.leadsTo(t, s.stack.API)
	return s, creation, notification
}
