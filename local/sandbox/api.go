package sandbox

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"time"

	"kasir/local/sandbox/faults"
)

// call is one request to the card API with genuine headers.
type call struct {
	requestID string
	target    string // the path, as signed
	body      []byte
	base      string // of URLs in answers: PublicURL, or the host of the request
	segment   string // the last part of the path, for GET
	endpoint  string
	invoice   string // of its order; "" if it has none
	fault     faults.PlannedFault
}

// bankRefuses reports whether the bank refuses the call because of a fault.
func (c call) bankRefuses() bool {
	return c.fault.Fault == faults.Refuse || c.fault.Fault == faults.FailedUnder200
}

// endpoint answers a call with a body, or refuses it. It runs with Server.mu held, to make its effect and the recorded
// answer one step.
type endpoint func(s *Server, c call) (any, *apiError)

// maxSkew is the furthest that Request-Timestamp may be from now, as seen on DOKU's sandbox.
const maxSkew = time.Hour

// api wraps an endpoint in the parts that all of DOKU's API shares: headers, signature, idempotency, signed answers.
func (s *Server) api(answer endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			refuseBody(w, err)
			return
		}
		if refused := s.checkHeaders(r, body); refused != nil {
			s.explain(r, body, refused)
			s.writeSigned(w, r, refused.Status, encode(errorBody{refused}))
			return
		}
		c := call{requestID: r.Header.Get("Request-Id"), target: r.URL.EscapedPath(), body: body, base: s.base(r)}
		plan := planOf(r)
		c.segment, c.endpoint, c.invoice, c.fault = r.PathValue("id"), plan.endpoint, plan.invoice, plan.fault
		status, out := s.answerOnce(r.Method, c, answer)
		s.writeSigned(w, r, status, out)
	}
}

// refuseBody answers a request whose body is too large or cannot be read.
func refuseBody(w http.ResponseWriter, err error) {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		writeError(w, &apiError{http.StatusRequestEntityTooLarge, "INVALID_PARAMETER", "The body is too large",
			"Invalid Parameter"})
		return
	}
	writeError(w, invalidParameter("The body could not be read"))
}

// checkHeaders checks the headers in the order seen on DOKU's sandbox. All four must be present. Then come the time's
// format, its distance from now and the client. The signature is last.
func (s *Server) checkHeaders(r *http.Request, body []byte) *apiError {
	for _, name := range []string{"Client-Id", "Request-Id", "Request-Timestamp", "Signature"} {
		if r.Header.Get(name) == "" {
			return badHeader("Header " + name + " is required")
		}
	}
	if len(r.Header.Get("Request-Id")) > 128 {
		return badHeader("Header Request-Id must be at most 128 characters")
	}
	sent := r.Header.Get("Request-Timestamp")
	at, err := time.Parse(timeFormat, sent)
	if err != nil || stamp(at) != sent { // Parse accepts fractions of a second, which the format does not have
		return badHeader("Invalid format Header Request-Timestamp")
	}
	if s.wall().Sub(at).Abs() > maxSkew {
		return requestError("request_time_out_of_range",
			"Header Request-Timestamp is not in +- 3600 second of now")
	}
	if r.Header.Get("Client-Id") != s.cfg.ClientID {
		return requestError("invalid_client_id", "Invalid Client-Id")
	}
	parts := signatureParts{s.cfg.ClientID, r.Header.Get("Request-Id"), "Request-Timestamp", sent,
		r.URL.EscapedPath(), ""}
	if r.Method != http.MethodGet {
		parts.digest = digest(body)
	}
	// DOKU refuses a GET with a Digest, whether the signature covers it or not.
	if !parts.matches(s.secretKey(), r.Header.Get("Signature")) ||
		r.Method == http.MethodGet && r.Header.Get("Digest") != "" {
		return requestError("invalid_signature", "Invalid Header Signature")
	}
	return nil
}

// explain logs the reason of a refusal.
func (s *Server) explain(r *http.Request, body []byte, refused *apiError) {
	if s.cfg.Explain != nil {
		why := s.cfg.Explain(r, body, s.secretKey(), s.wall())
		s.cfg.Log.Warn("refused", "method", r.Method, "path", r.URL.EscapedPath(), "code", refused.Code, "why", why)
	}
}

// answerOnce gives a POST's Request-Id one effect. The same request again gets the first answer's body with 409, as
// DOKU documents. Other bytes under the same Request-Id get an error. Refused requests had no effect. They are not
// remembered, and a repeat is judged again. A request that was forgotten is executed again.
func (s *Server) answerOnce(method string, c call, answer endpoint) (int, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.decidePending(s.now())
	execute := func() (int, []byte) {
		status, out := encodeResult(answer(s, c))
		how := s.injector.For(c.invoice).Behaviour
		return status, faults.Respell(out, how.Amounts, how.Dates, how.Words)
	}
	if method == http.MethodGet || c.fault.Fault == faults.FailedUnder200 {
		return execute()
	}
	request := sha256.Sum256([]byte(method + "\n" + c.target + "\n" + string(c.body)))
	if first, known := s.book.replies[c.requestID]; known && !s.isForgotten(first, c.invoice) {
		return s.answerRepeat(c, request, first)
	}
	status, out := execute()
	if status == http.StatusOK {
		s.book.replies[c.requestID] = reply{request, out, s.now()}
	}
	return status, out
}

// answerRepeat answers a call whose Request-Id is remembered. s.mu must be held.
func (s *Server) answerRepeat(c call, request [sha256.Size]byte, first reply) (int, []byte) {
	switch {
	case first.request != request:
		refused := duplicate("Request-Id was used before with another request")
		return refused.Status, encode(errorBody{refused})
	case s.injector.For(c.invoice).RefuseRepeats && s.book.wasDone(c.requestID):
		refusal := faults.RepeatRefusal(c.endpoint, "", first.body)
		return refusal.Status, []byte(refusal.Body)
	}
	return http.StatusConflict, first.body
}

// isForgotten reports whether a reply about an order is no longer remembered. s.mu must be held.
func (s *Server) isForgotten(r reply, invoice string) bool {
	memory := time.Duration(s.injector.For(invoice).ForgetAfter)
	return memory > 0 && !s.now().Before(r.at.Add(memory))
}

// encodeResult returns the status and the body of an answer or a refusal.
func encodeResult(v any, refused *apiError) (int, []byte) {
	if refused != nil {
		return refused.Status, encode(errorBody{refused})
	}
	return http.StatusOK, encode(v)
}

// writeSigned writes an answer or an error, and signs it if the client is known. A class of answers that Faults leave
// unsigned gets no signature.
func (s *Server) writeSigned(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	requestID, identity := r.Header.Get("Request-Id"), r.Header.Get("Request-Id")
	if r.Method == http.MethodGet {
		identity = r.URL.EscapedPath() // a GET has a new Request-Id each time
	}
	s.mu.Lock()
	invoice := planOf(r).invoice
	twoTargets := s.injector.For(invoice).RequestTarget
	unsigned := s.injector.LeavesUnsigned(faults.ClassOf(r.Method, status, body), identity, invoice)
	s.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	if twoTargets {
		h["Request-Target"] = []string{r.URL.EscapedPath(), "/gateway" + r.URL.EscapedPath()}
	}
	if r.Header.Get("Client-Id") == s.cfg.ClientID && requestID != "" && len(requestID) <= 128 {
		parts := signatureParts{s.cfg.ClientID, requestID, "Response-Timestamp", stamp(s.wall()), r.URL.EscapedPath(),
			digest(body)}
		h.Set("Client-Id", parts.clientID)
		h.Set("Request-Id", parts.requestID)
		h.Set("Response-Timestamp", parts.time)
		if !unsigned {
			h.Set("Signature", parts.sign(s.secretKey()))
		}
	}
	w.WriteHeader(status)
	w.Write(body)
}

// base returns the beginning of the URLs in answers.
func (s *Server) base(r *http.Request) string {
	if s.cfg.PublicURL != "" {
		return s.cfg.PublicURL
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
