package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"kasir/local/sandbox/faults"
)

// The settings of package faults, named here for users of the sandbox.
type (
	Faults             = faults.Faults
	CallFaults         = faults.CallFaults
	NotificationFaults = faults.NotificationFaults
	Behaviour          = faults.Behaviour
	UnsignedAnswers    = faults.UnsignedAnswers
	DelayRange         = faults.DelayRange
	Duration           = faults.Duration
)

// EveryFault has each kind of fault, except refusals of a bank, with the same share of probability p: see faults.Every.
func EveryFault(p float64, seed uint64) Faults { return faults.Every(p, seed) }

// ParseFaults reads Faults from JSON. A misspelt field is an error.
func ParseFaults(text string) (Faults, error) { return faults.Parse(text) }

// injectFaults applies Faults to calls to the API. It leaves pages and the control API alone.
func (s *Server) injectFaults(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		endpoint := faults.EndpointOf(r)
		if endpoint == "" {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body) // a call that was sent arrives, even after its caller has left
		if err != nil {
			refuseBody(w, err)
			return
		}
		c := &plannedCall{endpoint: endpoint, body: body, next: next}
		s.planFault(c, r)
		r = r.WithContext(context.WithValue(r.Context(), plannedCallKey{}, c))
		if c.fault.Fault == "" {
			c.forward(w, r)
			return
		}
		s.cfg.Log.Info("fault", "endpoint", endpoint, "fault", c.fault.Fault, "form", c.fault.Form,
			"path", r.URL.Path, "request_id", r.Header.Get("Request-Id"))
		s.applyFault(c, w, r)
	})
}

// plannedCall is a call with its planned fault.
type plannedCall struct {
	fault    faults.PlannedFault
	endpoint string
	invoice  string // of its order; "" if it has none
	body     []byte
	next     http.Handler
}

// forward lets the call reach the API once. The API can read the plan.
func (c *plannedCall) forward(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(r.Context()) // a copy, whose body can be replaced
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	c.next.ServeHTTP(w, r)
}

// recordAnswer lets the call reach the API, and returns the answer instead of sending it.
func (c *plannedCall) recordAnswer(r *http.Request) *faults.Answer {
	return faults.Record(http.HandlerFunc(c.forward), r)
}

// plannedCallKey is the key of a *plannedCall in the context of a call.
type plannedCallKey struct{}

// planOf returns the plan of a call to the API, an empty one for other requests.
func planOf(r *http.Request) *plannedCall {
	if c, is := r.Context().Value(plannedCallKey{}).(*plannedCall); is {
		return c
	}
	return &plannedCall{}
}

// planFault draws the fault of a call, and finds the call's order. The Request-Id identifies a POST, also when it is
// repeated. The path identifies a GET.
func (s *Server) planFault(c *plannedCall, r *http.Request) {
	id := r.Header.Get("Request-Id")
	ask := faults.Call{Endpoint: c.endpoint, Identity: r.URL.EscapedPath()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost {
		ask.Identity += "\n" + id
		ask.Repeat = s.book.wasDone(id)
		c.invoice = s.book.invoiceIn(c.body)
	} else {
		c.invoice = r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if p := s.book.find(c.invoice); p != nil {
			c.invoice, ask.Tried = p.body.Order.InvoiceNumber, p.lastAttempt() != nil
		}
	}
	ask.Invoice = c.invoice
	c.fault = s.injector.PlanCall(ask)
}

// invoiceIn returns the invoice number of the order that a POST is about. A capture names only the authorisation.
func (b *book) invoiceIn(body []byte) string {
	var names struct {
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		} `json:"order"`
		Payment struct {
			AuthorizeID string `json:"authorize_id"`
		} `json:"payment"`
	}
	_ = json.Unmarshal(body, &names) // the endpoint refuses a wrong body
	if p := b.authorized[names.Payment.AuthorizeID]; p != nil {
		return p.body.Order.InvoiceNumber
	}
	return names.Order.InvoiceNumber
}

// applyFault applies the faults in which the call does not arrive, arrives late, or is judged in another way. All
// others apply to the answer.
func (s *Server) applyFault(c *plannedCall, w http.ResponseWriter, r *http.Request) {
	if signed, ours := faults.AnswerWithoutEffect(c.endpoint, c.fault, s.firstAnswer(r)); ours {
		s.writeSigned(w, r, signed.Status, []byte(signed.Body))
		return
	}
	switch c.fault.Fault {
	case faults.LoseBefore:
		panic(http.ErrAbortHandler) // makes net/http end the connection without an answer
	case faults.ErrorBefore:
		s.writeServerError(c.fault.Shape, w, r)
	case faults.ForeignBefore:
		faults.Foreign(c.fault.Form, nil).Send(w)
	case faults.RetryAfter:
		faults.RetryLater(c.fault.Form).Send(w)
	case faults.DelayBefore:
		s.courier.pause(c.fault.Wait, nil)
		c.forward(w, r)
	case faults.Refuse, faults.FailedUnder200, faults.PendingFirst, faults.StatusLag, faults.StatusOtherOrder:
		c.forward(w, r) // the endpoint does the rest
	case faults.DeliverTwice:
		c.recordAnswer(r)
		c.forward(w, r)
	default:
		s.applyToAnswer(c, c.recordAnswer(r), w, r)
	}
}

// firstAnswer returns the body of the first answer to a call, nil if it was not answered before.
func (s *Server) firstAnswer(r *http.Request) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.replies[r.Header.Get("Request-Id")].body
}

// applyToAnswer applies the faults of an answer. The call was done.
func (s *Server) applyToAnswer(c *plannedCall, a *faults.Answer, w http.ResponseWriter, r *http.Request) {
	switch c.fault.Fault {
	case faults.LoseAfter:
		panic(http.ErrAbortHandler)
	case faults.ErrorAfter:
		s.writeServerError(c.fault.Shape, w, r)
		return
	case faults.Garble:
		s.writeGarbled(c.fault.Shape, a, w, r)
		return
	case faults.ForeignAfter:
		a = faults.Foreign(c.fault.Form, a)
	case faults.BadSignature:
		a.Headers.Set("Signature", s.signatureFor(a, r, a.Body, wrongKey))
	case faults.SignedElsewhere:
		a.Headers.Set("Signature", s.signatureFor(a, r, []byte(`{"another":"body"}`), s.secretKey()))
	case faults.BareSignature:
		a.Headers.Set("Signature", strings.TrimPrefix(a.Headers.Get("Signature"), "HMACSHA256="))
	case faults.Unsigned:
		a.Headers.Del("Signature")
	case faults.Delay, faults.Slow:
		s.courier.pause(c.fault.Wait, nil)
	default:
		body, altered := faults.AlterAnswer(c.endpoint, c.fault, c.body, a.Body)
		if altered && !faults.IsRefusal(a.Status, a.Body) {
			s.writeSigned(w, r, a.Status, body)
			return
		}
	}
	a.Send(w)
}

// signatureFor returns the signature of body in the place of a's.
func (s *Server) signatureFor(a *faults.Answer, r *http.Request, body []byte, key string) string {
	return signatureParts{s.cfg.ClientID, r.Header.Get("Request-Id"),
		"Response-Timestamp", a.Headers.Get("Response-Timestamp"), r.URL.EscapedPath(), digest(body)}.sign(key)
}

// wrongKey signs in the place of somebody who does not know the secret key.
const wrongKey = "SK-a-stranger"

// pause waits in real time, until it is interrupted or the server closes.
func (c *courier) pause(d time.Duration, interrupt <-chan struct{}) {
	select {
	case <-c.server.cfg.after(d):
	case <-interrupt:
	case <-c.ctx.Done():
	}
}
