package promises

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"sync"
)

// answer is one HTTP answer. Status 0 closes the connection without an answer.
type answer struct {
	status int
	header http.Header
	body   string
}

// exchange is one call of the functions on its way to DOKU.
type exchange struct {
	*http.Request
	forward func() answer // passes the call on to DOKU, each time it is called
}

// step answers one call.
type step func(x exchange) answer

// call is one call that the proxy received.
type call struct{ endpoint, invoice, requestID string }

// proxy is a proxy between the functions and DOKU's sandbox. Each invoice and endpoint may have a plan with the steps
// of its next calls. A call without a step is passed on.
type proxy struct {
	url, doku, api string // base URLs: its own, the sandbox's, and kasir's, which receives notifications
	server         *http.Server

	mu    sync.Mutex
	plans map[string][]step
	fixed map[string]step   // of every call
	names map[string]string // authorize_id or Request-Id → invoice
	calls []call
}

func (b *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	target := b.doku
	if endpointOf(r.URL.Path) == "notification" {
		target = b.api
	}
	x := exchange{r, func() answer { return send(r, target, body) }}
	got := b.next(r, body)(x)
	if got.status == 0 {
		panic(http.ErrAbortHandler)
	}
	for name, values := range got.header {
		w.Header()[name] = values
	}
	w.WriteHeader(got.status)
	io.WriteString(w, got.body)
}

// next records the call and returns its step.
func (b *proxy) next(r *http.Request, body []byte) step {
	var sent struct {
		Order struct {
			Invoice string `json:"invoice_number"`
		}
		Payment struct {
			ID string `json:"authorize_id"`
		}
	}
	_ = json.Unmarshal(body, &sent)
	endpoint := endpointOf(r.URL.Path)
	b.mu.Lock()
	defer b.mu.Unlock()
	name := sent.Order.Invoice + sent.Payment.ID
	if endpoint == "status" {
		name = path.Base(r.URL.Path)
	}
	if known := b.names[name]; known != "" {
		name = known
	}
	if endpoint == "refund" || endpoint == "capture" { // check status may use it
		b.names[r.Header.Get("Request-Id")] = name
	}
	key := endpoint + " " + name
	b.calls = append(b.calls, call{endpoint, name, r.Header.Get("Request-Id")})
	if steps := b.plans[key]; len(steps) > 0 {
		b.plans[key] = steps[1:]
		return steps[0]
	}
	if fixed := b.fixed[key]; fixed != nil {
		return fixed
	}
	return exchange.pass
}

func (x exchange) pass() answer { return x.forward() }

func endpointOf(path string) string {
	for part, name := range map[string]string{
		"payment-page": "createpage", "/capture": "capture", "/refund": "refund",
		"/status/": "status", "/notifications": "notification",
	} {
		if strings.Contains(path, part) {
			return name
		}
	}
	return ""
}

func send(r *http.Request, base string, body []byte) answer {
	// The caller's context is not used: DOKU continues when the caller has left.
	request, err := http.NewRequest(r.Method, base+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return answer{}
	}
	request.Header = r.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}
	}
	defer response.Body.Close()
	content, _ := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(content)}
}

// plan sets the steps of the next calls of an endpoint for an invoice.
func (b *proxy) plan(endpoint, invoice string, steps ...step) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.plans[endpoint+" "+invoice] = steps
}

// always sets the step of every call without a plan; nil passes them on again.
func (b *proxy) always(endpoint, invoice string, s step) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fixed[endpoint+" "+invoice] = s
}

// name records the invoice of an authorize_id, because a capture names no invoice.
func (b *proxy) name(id, invoice string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.names[id] = invoice
}

// ids lists the Request-Ids of the calls of an endpoint for an invoice, in order.
func (b *proxy) ids(endpoint, invoice string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var ids []string
	for _, c := range b.calls {
		if c.endpoint == endpoint && c.invoice == invoice {
			ids = append(ids, c.requestID)
		}
	}
	return ids
}

// up listens, at the same address each time.
func (b *proxy) up() error {
	listener, err := net.Listen("tcp", strings.TrimPrefix(b.url, "http://"))
	if err != nil {
		return err
	}
	b.url, b.server = "http://"+listener.Addr().String(), &http.Server{Handler: b}
	go b.server.Serve(listener)
	return nil
}

// down refuses new connections and closes the open ones.
func (b *proxy) down() { b.server.Close() }
