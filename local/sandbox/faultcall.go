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

// Faults and what they hold are the settings of package faults, under names for those who only use the sandbox.
type (
	Faults             = faults.Faults
	CallFaults         = faults.CallFaults
	NotificationFaults = faults.NotificationFaults
	Behaviour          = faults.Behaviour
	UnsignedAnswers    = faults.UnsignedAnswers
	DelayRange         = faults.DelayRange
	Duration           = faults.Duration
)

// EveryFault has each kind of fault except a bank's refusals, all alike, with probability p: see faults.Every.
func EveryFault(p float64, seed uint64) Faults { return faults.Every(p, seed) }

// ParseFaults reads Faults from JSON. A misspelt field is an error.
func ParseFaults(text string) (Faults, error) { return faults.Parse(text) }

// faulty lets calls to the API suffer what Faults say. Pages and the control API never do.
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
		body, err := io.ReadAll(r.Body) // a call that was sent arrives, even if its caller leaves
		if err != nil {
			refuseBody(w, err)
			return
		}
		s.applyFault(&faultyCall{fault: f, endpoint: endpoint, body: body, next: next}, w, r)
	})
}

// sufferer is a call with its fate.
type faultyCall struct {
	fault    faults.PlannedFault
	endpoint string
	body     []byte
	next     http.Handler
}

// arrive lets the call reach the API once, which may look at its fate.
func (c *faultyCall) forward(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(context.WithValue(r.Context(), plannedFaultKey{}, c.fault))
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	c.next.ServeHTTP(w, r)
}

func (c *faultyCall) recordAnswer(r *http.Request) *faults.Answer {
	return faults.Record(http.HandlerFunc(c.forward), r)
}

// fateKey marks a call's fate in its context.
type plannedFaultKey struct{}

// fateIn is the fate of a call that reached the API.
func plannedFaultOf(r *http.Request) faults.PlannedFault {
	f, _ := r.Context().Value(plannedFaultKey{}).(faults.PlannedFault)
	return f
}

// fateOf decides. A POST is itself by its Request-Id, however often it comes; a GET by its path.
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

// suffer plays the faults in which the call does not arrive, arrives late, or is judged otherwise.
func (s *Server) applyFault(c *faultyCall, w http.ResponseWriter, r *http.Request) {
	if signed, ours := faults.AnswerWithoutEffect(c.endpoint, c.fault); ours {
		s.writeSigned(w, r, signed.Status, []byte(signed.Body))
		return
	}
	switch c.fault.Fault {
	case faults.LoseBefore:
		panic(http.ErrAbortHandler) // net/http's way to end a connection without an answer
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

// sufferAfter plays the faults of an answer: the call was done.
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
		if body, twisted := faults.AlterAnswer(c.endpoint, c.fault, c.body, a.Body); twisted && !faults.IsRefusal(a.Status, a.Body) {
			s.writeSigned(w, r, a.Status, body)
			return
		}
	}
	a.Send(w)
}

// signatureOf signs a body in the place of an answer's.
func (s *Server) signatureFor(a *faults.Answer, r *http.Request, body []byte, key string) string {
	return signatureParts{s.cfg.ClientID, r.Header.Get("Request-Id"), "Response-Timestamp", a.Headers.Get("Response-Timestamp"),
		r.URL.EscapedPath(), digest(body)}.sign(key)
}

// strangersKey signs what nobody who knows the secret key has signed.
const wrongKey = "SK-a-stranger"

// pause waits in real time, until it is interrupted or the server closes.
func (c *courier) pause(d time.Duration, interrupt <-chan struct{}) {
	select {
	case <-c.server.cfg.after(d):
	case <-interrupt:
	case <-c.ctx.Done():
	}
}
