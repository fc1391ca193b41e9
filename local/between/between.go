// Package between is a small reverse proxy for tests. It stands where load balancers, gateways and proxies stand,
// between kasir and DOKU, and misbehaves as the test says:
//
//	p, err := between.Start("http://localhost:8082") // the address of "kasir sandbox"
//	defer p.Close()
//	// kasir local --doku p.URL
//
//	p.Next(between.Refund, between.LoseAnswer)                          // done at DOKU; the connection ends
//	p.Next(between.Refund, between.Instead(between.JSON(404, noRoute))) // never reaches DOKU; another answers
//	p.Next(between.Refund, between.After(between.JSON(404, noRoute)))   // done at DOKU; another answers
//	p.Next(between.Refund, between.Twice)                               // reaches DOKU twice; the second answer counts
//	p.Always(between.Status, between.Slow(15*time.Second))              // until Clear
//
// Next queues acts for the requests to come, one each, and Always acts on the rest. What neither speaks of is forwarded
// byte for byte. Exchanges and Count report what happened. An act of one's own is a Func.
//
// The package imports nothing of kasir, so that a mistake in kasir's client cannot be cancelled out here. It never
// sends anything by itself: each connection to DOKU carries one request, because net/http repeats some requests when
// a connection that was used before breaks.
package between

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Matches for DOKU's default paths. A match is a method, a space and the beginning of a path; an empty one fits
// everything.
const (
	CreatePage = "POST /credit-card/v1/payment-page"
	Capture    = "POST /credit-card/capture"
	Refund     = "POST /cancellation/credit-card/refund"
	Status     = "GET /orders/v1/status/"
	Everything = ""
)

// Proxy is a running proxy. It is safe for concurrent use.
type Proxy struct {
	URL string // of the proxy, without a slash at the end

	upstream  *url.URL
	transport *http.Transport
	server    *http.Server
	closed    chan struct{}

	mu        sync.Mutex
	next      []scripted
	always    []scripted
	choose    func(Exchange) Act
	exchanges []*Exchange
}

type scripted struct {
	match string
	act   Act
}

// Exchange is one request that arrived at the proxy, and what became of it so far.
type Exchange struct {
	At        time.Time
	Method    string
	Path      string
	RequestID string
	Body      string
	Act       string // its name
	Upstream  []int  // the status of each answer of DOKU's; 0 where there was none
	Answered  int    // the status the caller was given; 0 when there was no answer, or is none yet
}

// Start listens on a free port of the loopback interface and forwards to upstream, a base URL.
func Start(upstream string) (*Proxy, error) {
	to, err := url.Parse(upstream)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		URL: "http://" + listener.Addr().String(), upstream: to, closed: make(chan struct{}),
		transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	}
	p.server = &http.Server{Handler: http.HandlerFunc(p.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

// Close ends the proxy and all connections. Acts that still wait give up.
func (p *Proxy) Close() {
	close(p.closed)
	p.server.Close()
}

// Next lets the following requests that fit match meet acts, one each.
func (p *Proxy) Next(match string, acts ...Act) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, act := range acts {
		p.next = append(p.next, scripted{match, act})
	}
}

// Always lets every request that fits match, and that no Next is for, meet act.
func (p *Proxy) Always(match string, act Act) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.always = append(p.always, scripted{match, act})
}

// Choose asks choose about every request that neither Next nor Always is for. It may be called for several at once.
func (p *Proxy) Choose(choose func(Exchange) Act) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.choose = choose
}

// Clear forgets all acts. What happened is still known.
func (p *Proxy) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next, p.always, p.choose = nil, nil, nil
}

// Exchanges returns what arrived so far and fits match, oldest first.
func (p *Proxy) Exchanges(match string) []Exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Exchange
	for _, e := range p.exchanges {
		if e.fits(match) {
			copied := *e
			copied.Upstream = slices.Clone(e.Upstream)
			all = append(all, copied)
		}
	}
	return all
}

// Count is how many requests that fit match arrived.
func (p *Proxy) Count(match string) int { return len(p.Exchanges(match)) }

// Forwarded is how often requests that fit match were sent on and answered by DOKU.
func (p *Proxy) Forwarded(match string) (n int) {
	for _, e := range p.Exchanges(match) {
		n += len(e.Upstream)
	}
	return n
}

func (e *Exchange) fits(match string) bool { return strings.HasPrefix(e.Method+" "+e.Path, match) }

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	e := &Exchange{
		At: time.Now(), Method: r.Method, Path: r.URL.Path, RequestID: r.Header.Get("Request-Id"), Body: string(body),
	}
	act := p.actFor(e)
	t := &Turn{Request: r, body: body, proxy: p, w: w, exchange: e}
	act.do(t)
}

// actFor records e and takes the act that is meant for it.
func (p *Proxy) actFor(e *Exchange) (act Act) {
	p.mu.Lock()
	p.exchanges = append(p.exchanges, e)
	choose := p.choose
	fits := func(s scripted) bool { return e.fits(s.match) }
	act = Forward
	if at := slices.IndexFunc(p.next, fits); at >= 0 {
		act = p.next[at].act
		p.next = slices.Delete(p.next, at, at+1)
		choose = nil
	} else if at := slices.IndexFunc(p.always, fits); at >= 0 {
		act = p.always[at].act
		choose = nil
	}
	asked := *e
	p.mu.Unlock()
	if choose != nil {
		if chosen := choose(asked); chosen.do != nil {
			act = chosen
		}
	}
	p.mu.Lock()
	e.Act = act.Name
	p.mu.Unlock()
	return act
}

// send forwards a request once, and returns nil when DOKU gave no answer that could be read.
func (p *Proxy) send(r *http.Request, body []byte, e *Exchange) *Answer {
	target := *p.upstream
	target.Path, target.RawPath, target.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
	// Not the caller's context: a request that was forwarded arrives, also when its caller has left.
	out, err := http.NewRequest(r.Method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil
	}
	out.Header = r.Header.Clone()
	if len(body) == 0 {
		out.Body, out.ContentLength = http.NoBody, 0
	}
	answer := p.read(out)
	p.mu.Lock()
	defer p.mu.Unlock()
	if answer == nil {
		e.Upstream = append(e.Upstream, 0)
		return nil
	}
	e.Upstream = append(e.Upstream, answer.Status)
	return answer
}

func (p *Proxy) read(out *http.Request) *Answer {
	response, err := p.transport.RoundTrip(out)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return nil
	}
	return &Answer{Status: response.StatusCode, Header: response.Header, Body: content}
}
