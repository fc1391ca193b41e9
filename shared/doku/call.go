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

// call sends a request and, when DOKU turns it away for its signature, sends the same once more under another key if there is
// one. That is safe: the headers were refused before anybody looked at what is asked.
func (c *Client) call(ctx context.Context, method, path, requestID string, body []byte, check genuine) error {
	keys := use(ctx, c.cfg.Keys)
	err := c.exchange(ctx, method, path, requestID, body, check, keys)
	var refused *Error
	if errors.As(err, &refused) && refused.BadSignature() && keys.another(ctx) {
		err = c.exchange(ctx, method, path, requestID, body, check, keys)
	}
	return err
}

func (c *Client) exchange(ctx context.Context, method, path, requestID string, body []byte, check genuine, keys *inUse) error {
	req, err := http.NewRequestWithContext(ctx, method, c.cfg.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("building the request: %w", err)
	}
	c.sign(req, path, requestID, body, keys)
	resp, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return unknown("calling "+path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, answerCap+1))
	if err != nil {
		return unknown("reading the answer of "+path, err)
	}
	if len(answer) > answerCap {
		return unknown(fmt.Sprintf("the answer of %s is over %d bytes", path, answerCap), nil)
	}
	if err := c.checkAnswer(ctx, resp, path, requestID, answer, keys); err != nil {
		return err
	}
	return sortAnswer(resp, path, requestID, answer, check)
}

func (c *Client) sign(req *http.Request, path, requestID string, body []byte, keys *inUse) {
	stamp := c.cfg.Now().UTC().Format(TimestampLayout)
	component := Component{ClientID: keys.ring.ClientID, RequestID: requestID, Timestamp: stamp, Target: path}
	if req.Method != http.MethodGet { // DOKU refuses a GET that is signed with a digest
		component.Digest = Digest(body)
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Client-Id", component.ClientID)
	req.Header.Set("Request-Id", requestID)
	req.Header.Set("Request-Timestamp", stamp)
	req.Header.Set("Signature", Sign(keys.signer, component))
}

// checkAnswer verifies the answer's signature where there is one.
func (c *Client) checkAnswer(ctx context.Context, resp *http.Response, path, requestID string, body []byte, keys *inUse) error {
	signature := resp.Header.Get("Signature")
	if signature == "" {
		if c.cfg.RequireSignature {
			return unknown("the answer of "+path+" carries no signature", nil)
		}
		c.cfg.Log.Warn("answer without signature", "path", path, "doku_request_id", requestID, "status", resp.StatusCode)
		return nil
	}
	component := Component{
		ClientID: resp.Header.Get("Client-Id"), RequestID: resp.Header.Get("Request-Id"),
		Timestamp: resp.Header.Get("Response-Timestamp"), Target: path, Digest: Digest(body), Response: true,
	}
	match := func(ring Keyring) bool {
		if Verify(signature, component, ring.Current, ring.Previous) {
			return true
		}
		bare := component // whether DOKU signs the digest of an answer to GET is not said
		bare.Digest = ""
		return resp.Request.Method == http.MethodGet && Verify(signature, bare, ring.Current, ring.Previous)
	}
	if component.ClientID != keys.ring.ClientID || component.RequestID != requestID || !keys.fits(ctx, match) {
		return unknown("the answer of "+path+" is wrongly signed", nil)
	}
	return nil
}

func sortAnswer(resp *http.Response, path, requestID string, body []byte, check genuine) error {
	status := resp.StatusCode
	what := fmt.Sprintf("the answer of %s, HTTP %d", path, status)
	switch {
	case status >= 200 && status < 300, status == http.StatusConflict:
		kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if kind != "application/json" {
			return unknown(fmt.Sprintf("%s, is %q and not JSON", what, kind), nil)
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
