package console

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"kasir/local/stack"
)

// wire is what went over the network for a tab.
type wire struct {
	mu        sync.Mutex
	addresses map[network.RequestID]string
	sizes     map[string]float64 // by address, head and compressed body of the largest answer
	encodings map[string]string
}

// recordRequests records every request of a tab. The test fails if one goes to another origin than the console's; only
// a settlement report goes to the bucket's.
func recordRequests(t *testing.T, ctx context.Context, running *stack.Stack) *wire {
	t.Helper()
	w := &wire{addresses: map[network.RequestID]string{}, sizes: map[string]float64{}, encodings: map[string]string{}}
	if err := chromedp.Listen(ctx, w.hear); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		own := []string{origin(running.Console), origin(running.ReportsFolder), "null"} // null: data and blob
		for _, address := range w.all() {
			if !slices.Contains(own, origin(address)) {
				t.Errorf("a request went to %s", address)
			}
		}
	})
	return w
}

func (w *wire) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.addresses[e.RequestID] = e.Request.URL
	case *network.EventResponseReceived:
		for name, value := range e.Response.Headers {
			if text, ok := value.(string); ok && strings.EqualFold(name, "content-encoding") {
				w.encodings[e.Response.URL] = text
			}
		}
	case *network.EventLoadingFinished:
		address := w.addresses[e.RequestID]
		w.sizes[address] = max(w.sizes[address], e.EncodedDataLength)
	}
}

func (w *wire) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, address := range w.addresses {
		all = append(all, address)
	}
	return all
}

func origin(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return "null"
	}
	return parsed.Scheme + "://" + parsed.Host
}

// The whole console is small, and compressed on its way.
func TestTheConsoleIsSmall(t *testing.T) {
	p := newPerson(t)
	w := recordRequests(t, p.ctx, p.stack)
	p.signsIn("admin", "")
	for _, place := range []string{"Orders", "Attention", "Settlements", "Today"} {
		p.opens(place)
	}
	p.asksFor("INV-1")
	p.signsIn("admin", "/orders/INV-1")
	if _, err := chromedp.Call(p.ctx, network.Disable, cdp.Empty{}); err != nil { // its events come before its answer
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	sum := 0.0
	files := map[string]float64{}
	for address, size := range w.sizes {
		path, own := strings.CutPrefix(address, p.stack.Console)
		if !own {
			continue // of the API or the sign-in
		}
		sum += size
		files[path] = size
		if (strings.HasSuffix(path, ".js") || strings.HasSuffix(path, ".css")) && w.encodings[address] != "br" {
			t.Errorf("%s has the encoding %q", path, w.encodings[address])
		}
	}
	if sum > 150<<10 || sum < 20<<10 || len(files) < 4 {
		t.Errorf("%.0f bytes: %v", sum, files)
	}
	t.Logf("%.1f KB over the wire: %v", sum/1024, files)
}
