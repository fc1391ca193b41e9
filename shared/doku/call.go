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
)

const answerCap = 256 << 10 // bytes; DOKU's answers are a few kilobytes

// genuine reads the body of an answer and says whether it answers this very request: nil means done, a *Error means
// refused (DOKU may say FAILED under HTTP 200), any other error that it is some other answer.
type genuine func(body []byte) error

// post sends one signed request and sorts the answer into done, refused or unknown. DOKU answers a repeated
// Request-Id with the first answer and HTTP 409, so the body decides there, not the status.
func (c *Client) post(ctx context.Context, path, requestID string, in any, check genuine) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encoding the request: %w", err)
	}
	return c.call(ctx, http.MethodPost, path, requestID, body, check)
}

// call sends a request. When DOKU turns it away for its signature while a key is being rotated, the same request is signed with the
// other key and sent again: DOKU has not looked at the first.
func (c *Client) call(ctx context.Context, method, path, requestID string, body []byte, check genuine) error {
	keys := c.cfg.Keys.Keyring(ctx)
	err := c.measured(ctx, keys, method, path, requestID, body, check)
	var refused *Error
	if !errors.As(err, &refused) || !refused.WrongSignature() {
		return err
	}
	other, ok := c.cfg.Keys.Renewed(ctx, keys)
	if !ok && keys.Previous != "" { // the new key is known here before it is in use at DOKU
		other, ok = Keyring{ClientID: keys.ClientID, Current: keys.Previous, Previous: keys.Current}, true
	}
	if !ok {
		return err
	}
	err = c.measured(ctx, other, method, path, requestID, body, check)
	if errors.As(err, &refused) && refused.WrongSignature() { // DOKU has switched in between
		return c.measured(ctx, keys, method, path, requestID, body, check)
	}
	return err
}

// send sends one request; status is set as soon as an answer begins.
func (c *Client) send(ctx context.Context, keys Keyring, method, path, requestID string, body []byte, check genuine, status *int) error {
	endpoint := c.endpoint(path)
	req, err := http.NewRequestWithContext(ctx, method, c.cfg.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("building the request: %w", err)
	}
	c.sign(req, keys, path, requestID, body)
	if c.harmless(path) {
		req.Header["Idempotency-Key"] = nil // tells net/http to send it again when a kept connection was reset; not sent itself
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
	if err := c.checkAnswer(resp, keys, path, requestID, answer); err != nil {
		return err
	}
	return sortAnswer(resp, endpoint, requestID, answer, check)
}

// harmless tells whether a POST may be sent twice within a moment: it moves no money, and says the same both times.
func (c *Client) harmless(path string) bool {
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

// checkAnswer verifies the answer's signature where there is one.
func (c *Client) checkAnswer(resp *http.Response, keys Keyring, path, requestID string, body []byte) error {
	signature := resp.Header.Get("Signature")
	if signature == "" {
		if c.cfg.RequireSignature {
			return unknown("the answer of "+c.endpoint(path)+" carries no signature", nil)
		}
		c.cfg.Log.Warn("answer without signature", "path", c.endpoint(path), "doku_request_id", requestID, "status", resp.StatusCode)
		return nil
	}
	component := Component{
		ClientID: resp.Header.Get("Client-Id"), RequestID: resp.Header.Get("Request-Id"),
		Timestamp: resp.Header.Get("Response-Timestamp"), Target: path, Digest: Digest(body), Response: true,
	}
	isGet := resp.Request.Method == http.MethodGet
	match := answered(keys, signature, component, isGet)
	if !match {
		if newer, ok := c.cfg.Keys.Renewed(resp.Request.Context(), keys); ok {
			match = answered(newer, signature, component, isGet)
		}
	}
	if component.ClientID != keys.ClientID || component.RequestID != requestID || !match {
		return fmt.Errorf("the answer of %s is %w: %w", c.endpoint(path), ErrWrongSignature, ErrUnknown)
	}
	return nil
}

// answered verifies an answer's signature. Whether DOKU signs the digest of an answer to GET is not said: both will do.
func answered(keys Keyring, signature string, c Component, isGet bool) bool {
	if keys.accepts(signature, c) {
		return true
	}
	c.Digest = ""
	return isGet && keys.accepts(signature, c)
}

func sortAnswer(resp *http.Response, path, requestID string, body []byte, check genuine) error {
	status := resp.StatusCode
	what := fmt.Sprintf("the answer of %s, HTTP %d", path, status)
	switch {
	case status >= 200 && status < 300, status == http.StatusConflict:
		kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if kind != "application/json" {
			return unknown(what+", is not JSON", nil)
		}
		return verdict(what, requestID, status, check(body))
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout:
		return refusal(status, requestID, body)
	default:
		return unknown(what, nil)
	}
}

// verdict turns what a check said of a body into the outcome of the call.
func verdict(what, requestID string, status int, err error) error {
	var refused *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		refused.HTTPStatus, refused.RequestID = status, requestID
		return refused
	default:
		return unknown(what, err)
	}
}

// lenient fills in what fits: a field of another type than documented stays empty and costs no outcome. encoding/json
// goes on after such a field.
func lenient(body []byte, into any) { _ = json.Unmarshal(body, into) }
