package sandbox

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// Endpoints are the names that Faults.Calls and pointed faults know. Both paths of one job have one name.
var Endpoints = []string{"createpage", "capture", "refund", "status", "deletetoken", "listtokens"}

// notifications is the endpoint's name for what is sent to the merchant.
const notifications = "notifications"

// refusable says whether a bank may refuse what an endpoint asks for.
func refusable(endpoint string) bool { return endpoint == "capture" || endpoint == "refund" }

// endpointOf is the name of the API call that r is, "" when it is none.
func endpointOf(r *http.Request) string {
	if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/orders/v1/status/") {
		return "status"
	}
	if r.Method != http.MethodPost {
		return ""
	}
	switch r.URL.Path {
	case "/credit-card/v1/payment-page":
		return "createpage"
	case "/credit-card/capture":
		return "capture"
	case "/cancellation/credit-card/refund":
		return "refund"
	case "/credit-card/delete-tokenization", "/tokenization/v2/delete-token":
		return "deletetoken"
	case "/tokenization/v1/tokens", "/tokenization/v2/get-token":
		return "listtokens"
	}
	return ""
}

// faulty lets calls to the API suffer what Faults say. Pages and the control API never do.
func (s *Server) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		endpoint := endpointOf(r)
		if endpoint == "" {
			next.ServeHTTP(w, r)
			return
		}
		f := s.fateOf(endpoint, r)
		if f.fault == "" {
			next.ServeHTTP(w, r)
			return
		}
		s.cfg.Log.Info("fault", "endpoint", endpoint, "fault", f.fault, "request_id", r.Header.Get("Request-Id"))
		body, err := io.ReadAll(r.Body) // what its caller sent arrives, even if he leaves
		if err != nil {
			refuseBody(w, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.suffer(f, next, w, r)
	})
}

// fateOf decides. A POST is itself by its Request-Id, however often it comes; a GET by what it asks for.
func (s *Server) fateOf(endpoint string, r *http.Request) fate {
	identity := r.URL.EscapedPath()
	if r.Method == http.MethodPost {
		identity += "\n" + r.Header.Get("Request-Id")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.injector.forCall(endpoint, identity)
}

func (s *Server) suffer(f fate, next http.Handler, w http.ResponseWriter, r *http.Request) {
	switch f.fault {
	case loseBefore:
		panic(http.ErrAbortHandler) // net/http's way to end a connection without an answer
	case errorBefore:
		s.writeTrouble(f.shape, w, r)
	case delayBefore:
		s.courier.pause(f.wait, nil)
		next.ServeHTTP(w, r)
	case refuse:
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), refusedKey{}, true)))
	default:
		s.sufferAfter(f, take(next, r), w, r)
	}
}

// sufferAfter is for faults of an answer: what was asked is done.
func (s *Server) sufferAfter(f fate, a *taken, w http.ResponseWriter, r *http.Request) {
	switch f.fault {
	case loseAfter:
		panic(http.ErrAbortHandler)
	case errorAfter:
		s.writeTrouble(f.shape, w, r)
	case garble:
		s.writeGarbled(f.shape, a, w, r)
	case badSignature:
		stranger := signed{s.cfg.ClientID, r.Header.Get("Request-Id"), "Response-Timestamp", a.header.Get("Response-Timestamp"),
			r.URL.EscapedPath(), digest(a.body)}
		a.header.Set("Signature", stranger.sign(strangersKey))
		a.give(w)
	case delayAnswer:
		s.courier.pause(f.wait, nil)
		a.give(w)
	}
}

// strangersKey signs what nobody who knows the secret key has signed.
const strangersKey = "SK-a-stranger"

// refusedKey marks a call that the bank refuses.
type refusedKey struct{}

func isRefused(r *http.Request) bool { return r.Context().Value(refusedKey{}) != nil }

// taken is an answer that has not been given yet.
type taken struct {
	header http.Header
	status int
	body   []byte
}

// take lets next answer, and keeps the answer.
func take(next http.Handler, r *http.Request) *taken {
	a := &taken{header: http.Header{}, status: http.StatusOK}
	next.ServeHTTP(a, r)
	return a
}

func (a *taken) Header() http.Header    { return a.header }
func (a *taken) WriteHeader(status int) { a.status = status }
func (a *taken) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

func (a *taken) give(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	w.Write(a.body)
}

// pause waits in real time, until it is interrupted or the server closes.
func (c *courier) pause(d time.Duration, interrupt <-chan struct{}) {
	select {
	case <-c.server.cfg.after(d):
	case <-interrupt:
	case <-c.ctx.Done():
	}
}
