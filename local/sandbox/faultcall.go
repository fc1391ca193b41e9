package sandbox

import (
	"bytes"
	"context"
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
		f := s.planFault(endpoint, r)
		if f.Fault == "" {
			next.ServeHTTP(w, r)
			return
		}
		s.cfg.Log.Info("fault", "endpoint", endpoint, "fault", f.Fault, "form", f.Form,
			"path", r.URL.Path, "request_id", r.Header.Get("Request-Id"))
		body, err := io.ReadAll(r.Body) // a call that was sent arrives, even after its caller has left
		if err != nil {
			refuseBody(w, err)
			return
		}
		s.applyFault(&faultyCall{fault: f, endpoint: endpoint, body: body, next: next}, w, r)
	})
}

// faultyCall is a call with its planned fault.
type faultyCall struct {
	fault    faults.PlannedFault
	endpoint string
	body     []byte
	next     http.Handler
}

// forward lets the call reach the API once. The API can read the planned fault.
func (c *faultyCall) forward(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(context.WithValue(r.Context(), plannedFaultKey{}, c.fault))
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	c.next.ServeHTTP(w, r)
}

// recordAnswer lets the call reach the API, and returns the answer instead of sending it.
func (c *faultyCall) recordAnswer(r *http.Request) *faults.Answer {
	return faults.Record(http.HandlerFunc(c.forward), r)
}

// plannedFaultKey is the key of a planned fault in the context of a call.
type plannedFaultKey struct{}

// plannedFaultOf returns the planned fault of a call that reached the API.
func plannedFaultOf(r *http.Request) faults.PlannedFault {
	f, _ := r.Context().Value(plannedFaultKey{}).(faults.PlannedFault)
	return f
}

// planFault draws the fault of a call. The Request-Id identifies a POST, also when it is repeated. The path identifies
// a GET.
func (s *Server) planFault(endpoint string, r *http.Request) faults.PlannedFault {
	id := r.Header.Get("Request-Id")
	c := faults.Call{Endpoint: endpoint, Identity: r.URL.EscapedPath()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost {
		c.Identity += "\n" + id
		c.Repeat = s.book.wasDone(id)
	} else if p := s.book.find(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]); p != nil {
		c.Tried = p.lastAttempt() != nil
	}
	return s.injector.PlanCall(c)
}

// applyFault applies the faults in which the call does not arrive, arrives late, or is judged in another way. All
// others apply to the answer.
func (s *Server) applyFault(c *faultyCall, w http.ResponseWriter, r *http.Request) {
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
func (s *Server) applyToAnswer(c *faultyCall, a *faults.Answer, w http.ResponseWriter, r *http.Request) {
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
