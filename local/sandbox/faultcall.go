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
func (s *Server) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		endpoint := faults.EndpointOf(r)
		if endpoint == "" {
			next.ServeHTTP(w, r)
			return
		}
		f := s.fateOf(endpoint, r)
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
		s.suffer(&sufferer{fate: f, endpoint: endpoint, body: body, next: next}, w, r)
	})
}

// sufferer is a call with its fate.
type sufferer struct {
	fate     faults.Fate
	endpoint string
	body     []byte
	next     http.Handler
}

// arrive lets the call reach the API once, which may look at its fate.
func (c *sufferer) arrive(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(context.WithValue(r.Context(), fateKey{}, c.fate))
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	c.next.ServeHTTP(w, r)
}

func (c *sufferer) answer(r *http.Request) *faults.Answer {
	return faults.Take(http.HandlerFunc(c.arrive), r)
}

// fateKey marks a call's fate in its context.
type fateKey struct{}

// fateIn is the fate of a call that reached the API.
func fateIn(r *http.Request) faults.Fate {
	f, _ := r.Context().Value(fateKey{}).(faults.Fate)
	return f
}

// fateOf decides. A POST is itself by its Request-Id, however often it comes; a GET by its path.
func (s *Server) fateOf(endpoint string, r *http.Request) faults.Fate {
	id := r.Header.Get("Request-Id")
	c := faults.Call{Endpoint: endpoint, Identity: r.URL.EscapedPath()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost {
		c.Identity += "\n" + id
		c.Repeat = s.book.wasDone(id)
	} else if p := s.book.lookUp(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]); p != nil {
		c.Tried = p.last() != nil
	}
	return s.injector.ForCall(c)
}

// suffer plays the faults in which the call does not arrive, arrives late, or is judged otherwise.
func (s *Server) suffer(c *sufferer, w http.ResponseWriter, r *http.Request) {
	if signed, ours := faults.InDokusPlace(c.endpoint, c.fate); ours {
		s.writeSigned(w, r, signed.Status, []byte(signed.Body))
		return
	}
	switch c.fate.Fault {
	case faults.LoseBefore:
		panic(http.ErrAbortHandler) // net/http's way to end a connection without an answer
	case faults.ErrorBefore:
		s.writeTrouble(c.fate.Shape, w, r)
	case faults.ForeignBefore:
		faults.Foreign(c.fate.Form, nil).Give(w)
	case faults.RetryAfter:
		faults.Limited(c.fate.Form).Give(w)
	case faults.DelayBefore:
		s.courier.pause(c.fate.Wait, nil)
		c.arrive(w, r)
	case faults.Refuse, faults.FailedUnder200, faults.PendingFirst, faults.StatusLag, faults.StatusOtherOrder:
		c.arrive(w, r) // the endpoint does the rest
	case faults.DeliverTwice:
		c.answer(r)
		c.arrive(w, r)
	default:
		s.sufferAfter(c, c.answer(r), w, r)
	}
}

// sufferAfter plays the faults of an answer: the call was done.
func (s *Server) sufferAfter(c *sufferer, a *faults.Answer, w http.ResponseWriter, r *http.Request) {
	switch c.fate.Fault {
	case faults.LoseAfter:
		panic(http.ErrAbortHandler)
	case faults.ErrorAfter:
		s.writeTrouble(c.fate.Shape, w, r)
		return
	case faults.Garble:
		s.writeGarbled(c.fate.Shape, a, w, r)
		return
	case faults.ForeignAfter:
		a = faults.Foreign(c.fate.Form, a)
	case faults.BadSignature:
		a.Head.Set("Signature", s.signatureOf(a, r, a.Body, strangersKey))
	case faults.SignedElsewhere:
		a.Head.Set("Signature", s.signatureOf(a, r, []byte(`{"another":"body"}`), s.secretKey()))
	case faults.BareSignature:
		a.Head.Set("Signature", strings.TrimPrefix(a.Head.Get("Signature"), "HMACSHA256="))
	case faults.Unsigned:
		a.Head.Del("Signature")
	case faults.Delay, faults.Slow:
		s.courier.pause(c.fate.Wait, nil)
	default:
		if body, twisted := faults.Twist(c.endpoint, c.fate, c.body, a.Body); twisted && !faults.IsRefusal(a.Status, a.Body) {
			s.writeSigned(w, r, a.Status, body)
			return
		}
	}
	a.Give(w)
}

// signatureOf signs a body in the place of an answer's.
func (s *Server) signatureOf(a *faults.Answer, r *http.Request, body []byte, key string) string {
	return signed{s.cfg.ClientID, r.Header.Get("Request-Id"), "Response-Timestamp", a.Head.Get("Response-Timestamp"),
		r.URL.EscapedPath(), digest(body)}.sign(key)
}

// strangersKey signs what nobody who knows the secret key has signed.
const strangersKey = "SK-a-stranger"

// pause waits in real time, until it is interrupted or the server closes.
func (c *courier) pause(d time.Duration, interrupt <-chan struct{}) {
	select {
	case <-c.server.cfg.after(d):
	case <-interrupt:
	case <-c.ctx.Done():
	}
}
