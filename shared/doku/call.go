package doku

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"
)

const answerCap = 256 << 10 // bytes; DOKU's answers are a few kilobytes

// checkBody reads the body of the answer to one request. nil means done, and a *Error means refused, which DOKU may
// report as FAILED under HTTP 200. Any other error means that the answer is not to this request. signed reports whether
// the answer carries DOKU's signature.
type checkBody func(body []byte, signed bool) error

// post sends one signed request and classifies the answer as done, refused or unknown. DOKU answers a repeated
// Request-Id with the first answer and HTTP 409, so the body decides there, not the status.
func (c *Client) post(ctx context.Context, path, requestID string, in any, check checkBody) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encoding the request: %w", err)
	}
	return c.call(ctx, http.MethodPost, path, requestID, body, check)
}

// call makes one attempt at a request. If DOKU turns it away for its signature while a key is being rotated, call signs
// the same request with the other key and sends it again, since DOKU did not process the first one. If no send of the
// attempt obtained a connection, the error is ErrNotSent.
func (c *Client) call(ctx context.Context, method, path, requestID string, body []byte, check checkBody) error {
	var asked, connected atomic.Bool // both stay false with a transport that does not support httptrace
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	err := c.signedCall(ctx, method, path, requestID, body, check)
	if asked.Load() && !connected.Load() && errors.Is(err, ErrUnknown) {
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	return err
}

func (c *Client) signedCall(ctx context.Context, method, path, requestID string, body []byte, check checkBody) error {
	keys := c.cfg.Keys.Keyring(ctx)
	err := c.attempt(ctx, keys, method, path, requestID, body, check)
	var refused *Error
	if !errors.As(err, &refused) || !refused.WrongSignature() {
		return err
	}
	other, ok := c.cfg.Keys.Renewed(ctx, keys)
	if !ok && keys.Previous != "" { // kasir may know the new key before DOKU uses it
		other, ok = Keyring{ClientID: keys.ClientID, Current: keys.Previous, Previous: keys.Current}, true
	}
	if !ok {
		return err
	}
	turnedAway := refused.Signed
	err = c.attempt(ctx, other, method, path, requestID, body, check)
	if errors.As(err, &refused) && refused.WrongSignature() { // DOKU has changed keys in between
		turnedAway = turnedAway && refused.Signed
		err = c.attempt(ctx, keys, method, path, requestID, body, check)
	}
	if errors.As(err, &refused) && !turnedAway && !refused.Replayed {
		// The first refusal may have come from somebody else after DOKU had carried out the request. This refusal may
		// then be about a repeat.
		refused.Signed = false
	}
	return err
}

// send sends one request. It sets status as soon as an answer begins.
func (c *Client) send(
	ctx context.Context, keys Keyring, method, path, requestID string, body []byte, check checkBody, status *int,
) error {
	endpoint := c.endpoint(path)
	req, err := http.NewRequestWithContext(ctx, method, c.cfg.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("building the request: %w", err)
	}
	c.sign(req, keys, path, requestID, body)
	if c.mayRepeat(path) {
		// With this entry, which is not sent, net/http repeats the request when a kept connection was reset.
		req.Header["Idempotency-Key"] = nil
	} else {
		req.GetBody = nil // keeps net/http from repeating the request by itself
	}
	resp, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return unknown("calling "+endpoint, err)
	}
	*status = resp.StatusCode
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, answerCap+1))
	if err != nil {
		return unknown("reading the answer of "+endpoint, err)
	}
	if len(answer) > answerCap {
		return unknown(fmt.Sprintf("the answer of %s is over %d bytes", endpoint, answerCap), nil)
	}
	return c.classify(resp, keys, path, requestID, answer, check)
}

// mayRepeat reports whether a POST to path may be sent twice within a moment. Such a POST moves no money, and its
// answer is the same.
func (c *Client) mayRepeat(path string) bool {
	return path == c.cfg.Paths.CreatePage || path == c.cfg.Paths.ListTokens
}

func (c *Client) sign(req *http.Request, keys Keyring, path, requestID string, body []byte) {
	stamp := c.cfg.Now().UTC().Format(TimestampLayout)
	component := Component{ClientID: keys.ClientID, RequestID: requestID, Timestamp: stamp, Target: path}
	if req.Method != http.MethodGet { // DOKU refuses a GET that is signed with a digest
		component.Digest = Digest(body)
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Client-Id", keys.ClientID)
	req.Header.Set("Request-Id", requestID)
	req.Header.Set("Request-Timestamp", stamp)
	req.Header.Set("Signature", Sign(keys.Current, component))
}

// signature is the result of verifying the Signature header of an answer.
type signature int

const (
	noSignature signature = iota
	rightSignature
	wrongSignature
)

// signatureOf verifies the signature of an answer.
func (c *Client) signatureOf(resp *http.Response, keys Keyring, path, requestID string, body []byte) signature {
	text := withScheme(resp.Header.Get("Signature"))
	if text == "" {
		return noSignature
	}
	component := Component{
		ClientID: resp.Header.Get("Client-Id"), RequestID: resp.Header.Get("Request-Id"),
		Timestamp: resp.Header.Get("Response-Timestamp"), Target: path, Digest: Digest(body), Response: true,
	}
	isGet := resp.Request.Method == http.MethodGet
	match := verifyAnswer(keys, text, component, isGet)
	if !match {
		if newer, ok := c.cfg.Keys.Renewed(resp.Request.Context(), keys); ok {
			match = verifyAnswer(newer, text, component, isGet)
		}
	}
	if component.ClientID != keys.ClientID || component.RequestID != requestID || !match {
		return wrongSignature
	}
	return rightSignature
}

// policyOf returns the policy for the class of an answer: an answer to a GET, a success, or a refusal.
func (c *Client) policyOf(isGet bool, outcome error) SignaturePolicy {
	switch {
	case isGet:
		return c.cfg.Signatures.Get
	case outcome == nil:
		return c.cfg.Signatures.Success
	}
	return c.cfg.Signatures.Error
}

// applyPolicy returns the outcome of an answer if the answer's signature satisfies the policy for it, and otherwise
// ErrUnknown.
func (c *Client) applyPolicy(resp *http.Response, signed signature, endpoint, requestID string, outcome error) error {
	policy := c.policyOf(resp.Request.Method == http.MethodGet, outcome)
	switch {
	case policy == Ignore || signed == rightSignature:
		return outcome
	case signed == wrongSignature:
		return fmt.Errorf("the answer of %s is %w: %w", endpoint, ErrWrongSignature, ErrUnknown)
	case policy == Require:
		return unknown("the answer of "+endpoint+" carries no signature", nil)
	}
	c.cfg.Log.Warn("answer without signature",
		"path", endpoint, "doku_request_id", requestID, "status", resp.StatusCode)
	return outcome
}

// verifyAnswer reports whether a signature of an answer is DOKU's. DOKU does not document whether it signs the digest
// of an answer to a GET, so both forms are accepted.
func verifyAnswer(keys Keyring, signature string, c Component, isGet bool) bool {
	if keys.accepts(signature, c) {
		return true
	}
	c.Digest = ""
	return isGet && keys.accepts(signature, c)
}

// classify turns an answer into done (nil), refused (*Error) or unknown.
func (c *Client) classify(
	resp *http.Response, keys Keyring, path, requestID string, body []byte, check checkBody,
) error {
	endpoint, status := c.endpoint(path), resp.StatusCode
	what := fmt.Sprintf("the answer of %s, HTTP %d", endpoint, status)
	after := retryAfter(resp.Header, c.cfg.Now)
	signed := c.signatureOf(resp, keys, path, requestID, body)
	var outcome error
	switch {
	case status >= 200 && status < 300, status == http.StatusConflict:
		kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if kind != "application/json" {
			return withRetryAfter(unknown(what+", is not JSON", nil), after)
		}
		outcome = check(body, signed == rightSignature)
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout:
		refused, ok := c.refusal(status, requestID, body)
		if !ok {
			return withRetryAfter(unknown(what+", is not a refusal of DOKU's", tooMany(status)), after)
		}
		outcome = refused
	default:
		return withRetryAfter(unknown(what, nil), after)
	}
	var refused *Error
	switch {
	case errors.As(outcome, &refused):
		refused.HTTPStatus, refused.RequestID, refused.RetryAfter = status, requestID, after
		refused.Signed, refused.Replayed = signed == rightSignature, status == http.StatusConflict
	case outcome != nil:
		return withRetryAfter(unknown(what, outcome), after)
	}
	return withRetryAfter(c.applyPolicy(resp, signed, endpoint, requestID, outcome), after)
}

// withRetryAfter adds the wait that an answer asked for to an unknown outcome.
func withRetryAfter(err error, after time.Duration) error {
	if err == nil || after == 0 || !errors.Is(err, ErrUnknown) {
		return err
	}
	return retryAfterError{err, after}
}

// longestWait is the longest wait that is taken from an answer.
const longestWait = time.Hour

// retryAfter returns the wait in the header Retry-After, which holds seconds or a date.
func retryAfter(h http.Header, now func() time.Time) time.Duration {
	text := h.Get("Retry-After")
	if text == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(max(time.Duration(seconds)*time.Second, 0), longestWait)
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now()), 0), longestWait)
}

// decodeLeniently decodes body and ignores errors. A field of another type than documented stays empty and does not
// change the outcome, since encoding/json goes on after such a field.
func decodeLeniently(body []byte, into any) { _ = json.Unmarshal(body, into) }
