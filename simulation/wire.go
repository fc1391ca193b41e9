package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"time"
)

// dokuTimeout is the longest time that the use cases wait for DOKU.
const dokuTimeout = 20 * time.Second

// dokuRequest is one request on its way to DOKU.
type dokuRequest struct {
	at        port
	call      string // createpage, capture, refund, status
	path      string
	invoice   string // of check status: the identifier in the path
	requestID string
	fields    requestBody
	body      []byte
	what      string // for the trace
	limit     time.Duration
	old       bool // its Request-Id was sent before
}

// requestBody holds the fields of a request's body that the simulation reads.
type requestBody struct {
	Order struct {
		InvoiceNumber string `json:"invoice_number"`
		Amount        int64  `json:"amount"`
	} `json:"order"`
	Payment struct {
		Type              string `json:"type"`
		AutoCapture       bool   `json:"auto_capture"`
		AuthorizeID       string `json:"authorize_id"`
		CaptureAmount     int64  `json:"capture_amount"`
		OriginalRequestID string `json:"original_request_id"`
	} `json:"payment"`
	Refund struct {
		Amount int64 `json:"amount"`
	} `json:"refund"`
}

// passage is the treatment of a request on its way, and of its answer on the way back.
type passage struct {
	fault  *fault
	fate   fate
	conns  int           // connections obtained; 0: nothing was sent
	lost   bool          // it never reaches DOKU
	late   time.Duration // delay after which it reaches DOKU, when its caller already has another answer
	copies int           // additional copies that reach DOKU
	slow   time.Duration // time that DOKU takes
	turn   string        // code with which DOKU rejects it without reading it
	refuse bool          // DOKU refuses
	err    error         // returned instead of the answer
	half   bool          // the answer is cut off
	alter  func(r *reply) *reply
	clean  bool // the client can be certain that nothing was done
}

// RoundTrip carries a request to DOKU and the answer back, as the schedule decides; see http.RoundTripper.
func (d *DOKU) RoundTrip(r *http.Request) (*http.Response, error) {
	w := d.w
	s := d.read(r)
	p := d.passage(s)
	by := &w.current.seen
	by.refused, by.spoilt = "", ""
	gotConn(r.Context(), p.conns)
	w.checkSent(s)
	answer, err := d.carry(s, p)
	switch {
	case err != nil:
		if p.clean {
			by.clean = s.requestID
		}
		d.noteUnanswered(s, err)
		return nil, err
	case p.clean:
		by.clean = s.requestID
	}
	if w.schedule.writesFail && s.at != dokuRead && w.chance(150) {
		w.writesFrom = w.now.Add(40 * time.Second)
	}
	if answer.isRefusal(p) {
		by.refused = s.requestID
	}
	if answer.spoilt {
		by.spoilt = s.requestID
	}
	return d.response(r, s, p, answer), nil
}

// gotConn reports one request for a connection and n connections, as net/http does.
func gotConn(ctx context.Context, n int) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil || trace.GotConn == nil {
		return
	}
	if trace.GetConn != nil {
		trace.GetConn("api.doku.example:443")
	}
	for range n {
		trace.GotConn(httptrace.GotConnInfo{Reused: true})
	}
}

// carry takes a request to DOKU and the answer back.
func (d *DOKU) carry(s *dokuRequest, p *passage) (*reply, error) {
	w := d.w
	travel := w.dokuTime()
	if p.slow > 0 {
		travel = p.slow
	}
	if travel > s.limit { // it arrives when nobody waits for it any longer
		if !p.lost {
			d.arriveLater(travel, s, p, true)
		}
		w.wait(s.limit)
		p.clean = p.conns == 0
		return nil, context.DeadlineExceeded
	}
	w.wait(travel)
	if p.fate == killBefore {
		w.kill("before doku." + s.what)
	}
	if p.lost || p.late > 0 {
		if p.late > 0 {
			d.arriveLater(p.late, s, p, p.fate == failLate)
		}
		return d.noReply(s, p)
	}
	answer := d.arrive(s, p, true, passageText(p))
	for range p.copies {
		again := d.arrive(s, p, false, "(a copy)")
		fresh := again.refused && !answer.refused && again.status != 409 // it has forgotten what it did a moment ago
		if w.chance(500) && !fresh {
			answer = again
		}
	}
	if p.fate == killAfter {
		w.kill("after doku." + s.what)
	}
	back := min(w.dokuTime(), max(s.limit-travel, 0))
	if d.racy && answer.firstTime {
		d.setWorking(s.requestID, w.now.Add(back))
	}
	w.wait(back)
	return d.alterAnswer(s, p, answer)
}

// noReply returns the outcome for the client when a request has not reached DOKU in time.
func (d *DOKU) noReply(s *dokuRequest, p *passage) (*reply, error) {
	if p.err != nil || p.alter == nil {
		if p.err == nil {
			p.err = errReset
		}
		return nil, p.err
	}
	d.w.wait(min(d.w.dokuTime(), max(s.limit-d.w.dokuTime(), 0)))
	return p.alter(nil), nil
}

func (d *DOKU) alterAnswer(s *dokuRequest, p *passage, answer *reply) (*reply, error) {
	if p.err != nil {
		return nil, p.err
	}
	if p.alter != nil {
		answer = p.alter(answer)
	}
	p.clean = answer.unread && answer.sign == signed && p.alter == nil
	if answer.aboutOrder && !p.half {
		d.w.current.answeredAbout = s.invoice
	}
	if answer.unpaid && !p.half {
		d.w.noteUnpaid(s)
	}
	return answer, nil
}

// arriveLater lets a request arrive when nobody waits for it any longer. bounded is set if it arrives before a repeat
// may be sent.
func (d *DOKU) arriveLater(in time.Duration, s *dokuRequest, p *passage, bounded bool) {
	if s.at == dokuRead {
		return
	}
	works := time.Duration(d.w.dice.IntN(10_000)) * time.Millisecond
	copied := *p
	d.w.queue.put(d.w.now.Add(in), func() {
		answer := d.arrive(s, &copied, bounded, "late")
		if d.racy && bounded && answer.firstTime {
			d.setWorking(s.requestID, d.w.now.Add(works))
		}
	})
}

func passageText(p *passage) string {
	if p.fault != nil {
		return "[" + p.fault.name + "]"
	}
	return fateNames[p.fate]
}

// read parses a request and checks it as DOKU would.
func (d *DOKU) read(r *http.Request) *dokuRequest {
	w := d.w
	s := &dokuRequest{path: r.URL.Path, requestID: r.Header.Get("Request-Id")}
	if r.Body != nil && r.ContentLength > 0 {
		s.body = make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, s.body); err != nil {
			panic(err)
		}
		r.Body.Close()
		if err := json.Unmarshal(s.body, &s.fields); err != nil {
			w.violate("I11", "the body of %s is not JSON", s.path)
		}
	}
	s.invoice = s.fields.Order.InvoiceNumber
	switch {
	case r.Method == http.MethodGet:
		s.at, s.call = dokuRead, "status"
		s.invoice = s.path[strings.LastIndexByte(s.path, '/')+1:]
	case strings.Contains(s.path, "payment-page"):
		s.at, s.call = dokuPage, "createpage"
	case strings.Contains(s.path, "refund"):
		s.at, s.call = dokuAsk, "refund"
	default:
		s.at, s.call = dokuAsk, "capture"
		_, s.invoice, _ = strings.Cut(s.fields.Payment.AuthorizeID, "-")
	}
	s.what = s.call + " " + s.invoice + " " + brief(s.requestID)
	s.limit = min(dokuTimeout, w.current.deadline.Sub(w.now)-3*time.Second)
	_, s.old = d.memories[s.requestID]
	d.checkSignature(r, s)
	return s
}

// checkSignature checks I11: each request has DOKU's signature, and all requests with one Request-Id are the same byte
// for byte.
func (d *DOKU) checkSignature(r *http.Request, s *dokuRequest) {
	h := r.Header
	want := d.mac.sign("Request", h.Get("Client-Id"), s.requestID, h.Get("Request-Timestamp"), s.path, s.body,
		s.at != dokuRead)
	if h.Get("Signature") != want {
		d.w.violate("I11", "%s is wrongly signed", s.what)
	}
	if s.at == dokuRead {
		return
	}
	p := d.w.planOf(s.invoice) // the previous version erases fields of operations
	if first, ok := d.bodies[s.requestID]; ok && !bytes.Equal(first, s.body) && !(p != nil && p.erased) {
		d.w.violate("I11", "%s has another body than an earlier request with the same Request-Id", s.what)
	}
	d.bodies[s.requestID] = s.body
}

// response returns an answer in the form of net/http.
func (d *DOKU) response(r *http.Request, s *dokuRequest, p *passage, a *reply) *http.Response {
	w := d.w
	h := make(http.Header, 6)
	kind := a.kind
	if kind == "" {
		kind = "application/json"
	}
	h["Content-Type"] = []string{kind}
	if a.retryAfter != "" {
		h["Retry-After"] = []string{a.retryAfter}
	}
	if a.location != "" {
		h["Location"] = []string{a.location}
	}
	if a.encoding != "" {
		h["Content-Encoding"] = []string{a.encoding}
	}
	d.signReply(h, s, a)
	var body io.Reader = bytes.NewReader(a.body)
	if p.half {
		body = io.MultiReader(bytes.NewReader(a.body[:len(a.body)/2]), brokenBody{})
	}
	w.note("doku.", s.what, "answers", strconv.Itoa(a.status), signatureWords[a.sign])
	if w.trace.keep {
		w.remark(string(a.body[:min(len(a.body), 200)]))
	}
	return &http.Response{
		StatusCode: a.status, Status: strconv.Itoa(a.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(body), ContentLength: int64(len(a.body)), Request: r,
	}
}

// brokenBody is the end of a connection that breaks too early.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
