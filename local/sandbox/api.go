package sandbox

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"time"

	"kasir/local/sandbox/faults"
)

// call is one request to the card API whose headers were found genuine.
type call struct {
	requestID string
	target    string // path as signed
	body      []byte
	base      string // of URLs given back: PublicURL, or the host the call was sent to
	segment   string // the last part of the path, for GET
	endpoint  string
	fault     faults.PlannedFault
}

// refused reports whether the bank refuses the call on purpose.
func (c call) bankRefuses() bool {
	return c.fault.Fault == faults.Refuse || c.fault.Fault == faults.FailedUnder200
}

// endpoint answers a call with a body, or refuses it. It runs with Server.mu held, so that its effect and the memory of
// its answer are one step.
type endpoint func(s *Server, c call) (any, *apiError)

// skew is how far Request-Timestamp may be from now, observed on DOKU's sandbox.
const maxSkew = time.Hour

// api wraps an endpoint in what all of DOKU's API shares: headers, signature, idempotency, signed answers.
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
		c.segment, c.endpoint, c.fault = r.PathValue("id"), faults.EndpointOf(r), plannedFaultOf(r)
		status, out := s.answerOnce(r.Method, c, answer)
		s.writeSigned(w, r, status, out)
	}
}

// refuseBody tells a body that is too large from one that broke off.
func refuseBody(w http.ResponseWriter, err error) {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		writeError(w, &apiError{http.StatusRequestEntityTooLarge, "INVALID_PARAMETER", "The body is too large",
			"Invalid Parameter"})
		return
	}
	writeError(w, invalidParameter("The body could not be read"))
}

// checkHeaders looks at the headers in the order DOKU's sandbox was seen to: all four present, the time's format, its
// distance from now, the client, and the signature last.
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
	if err != nil || stamp(at) != sent { // Parse takes fractions of a second that the format does not have
		return badHeader("Invalid format Header Request-Timestamp")
	}
	if s.wall().Sub(at).Abs() > maxSkew {
		return requestError("request_time_out_of_range",
			"Header Request-Timestamp is not in +- 3600 second of now")
	}
	if r.Header.Get("Client-Id") != s.cfg.ClientID {
		return requestError("invalid_client_id", "Invalid Client-Id")
	}
	covered := signatureParts{s.cfg.ClientID, r.Header.Get("Request-Id"), "Request-Timestamp", sent, r.URL.EscapedPath(), ""}
	if r.Method != http.MethodGet {
		covered.digest = digest(body)
	}
	// DOKU refuses a GET that brings a Digest, signed or not.
	if !covered.matches(s.secretKey(), r.Header.Get("Signature")) ||
		r.Method == http.MethodGet && r.Header.Get("Digest") != "" {
		return requestError("invalid_signature", "Invalid Header Signature")
	}
	return nil
}

// explain logs why a request was refused.
func (s *Server) explain(r *http.Request, body []byte, refused *apiError) {
	if s.cfg.Explain != nil {
		why := s.cfg.Explain(r, body, s.secretKey(), s.wall())
		s.cfg.Log.Warn("refused", "method", r.Method, "path", r.URL.EscapedPath(), "code", refused.Code, "why", why)
	}
}

// answerOnce gives a POST's Request-Id one effect. The same request again gets the first answer's body with 409, as
// DOKU documents; other bytes under the same Request-Id get an error. Refused requests had no effect and are not
// remembered: they are judged afresh. A forgotten request is done again.
func (s *Server) answerOnce(method string, c call, answer endpoint) (int, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.decidePending(s.now())
	fresh := func() (int, []byte) {
		status, out := encodeResult(answer(s, c))
		how := s.injector.Faults.Behaviour
		return status, faults.Respell(out, how.Amounts, how.Dates, how.Words)
	}
	if method == http.MethodGet || c.fault.Fault == faults.FailedUnder200 {
		return fresh()
	}
	request := sha256.Sum256([]byte(method + "\n" + c.target + "\n" + string(c.body)))
	if first, known := s.book.replies[c.requestID]; known && !s.isForgotten(first) {
		return s.answerRepeat(c, request, first)
	}
	status, out := fresh()
	if status == http.StatusOK {
		s.book.replies[c.requestID] = reply{request, out, s.now()}
	}
	return status, out
}

// repeated answers a call whose Request-Id is remembered. s.mu must be held.
func (s *Server) answerRepeat(c call, request [sha256.Size]byte, first reply) (int, []byte) {
	switch {
	case first.request != request:
		refused := duplicate("Request-Id was used before with another request")
		return refused.Status, encode(errorBody{refused})
	case s.injector.Faults.RefuseRepeats && s.book.wasDone(c.requestID):
		refusal := faults.RepeatRefusal(c.endpoint, "")
		return refusal.Status, []byte(refusal.Body)
	}
	return http.StatusConflict, first.body
}

// forgot reports whether a reply is no longer remembered. s.mu must be held.
func (s *Server) isForgotten(r reply) bool {
	memory := time.Duration(s.injector.Faults.ForgetAfter)
	return memory > 0 && !s.now().Before(r.at.Add(memory))
}

func encodeResult(v any, refused *apiError) (int, []byte) {
	if refused != nil {
		return refused.Status, encode(errorBody{refused})
	}
	return http.StatusOK, encode(v)
}

// writeSigned signs an answer, errors too, where the client is known: nothing is signed for a stranger, and nothing in
// a class of answers that Faults leave unsigned.
func (s *Server) writeSigned(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	requestID, identity := r.Header.Get("Request-Id"), r.Header.Get("Request-Id")
	if r.Method == http.MethodGet {
		identity = r.URL.EscapedPath() // its Request-Id is another each time
	}
	s.mu.Lock()
	doubled := s.injector.Faults.RequestTarget
	unsigned := s.injector.LeavesUnsigned(faults.ClassOf(r.Method, status, body), identity)
	s.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	if doubled {
		h["Request-Target"] = []string{r.URL.EscapedPath(), "/gateway" + r.URL.EscapedPath()}
	}
	if r.Header.Get("Client-Id") == s.cfg.ClientID && requestID != "" && len(requestID) <= 128 {
		covered := signatureParts{s.cfg.ClientID, requestID, "Response-Timestamp", stamp(s.wall()), r.URL.EscapedPath(),
			digest(body)}
		h.Set("Client-Id", covered.clientID)
		h.Set("Request-Id", covered.requestID)
		h.Set("Response-Timestamp", covered.time)
		if !unsigned {
			h.Set("Signature", covered.sign(s.secretKey()))
		}
	}
	w.WriteHeader(status)
	w.Write(body)
}

// base is what URLs given back start with.
func (s *Server) base(r *http.Request) string {
	if s.cfg.PublicURL != "" {
		return s.cfg.PublicURL
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
