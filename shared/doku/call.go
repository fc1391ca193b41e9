package doku

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
)

const answerCap = 256 << 10 // bytes; DOKU's answers are a few kilobytes

// post sends one signed request and sorts the answer into done, refused or unknown. genuine reads a body and
// says whether it is the answer to this very request; DOKU answers a repeated Request-Id with the first answer
// and HTTP 409, so that body decides there, not the status.
func (c *Client) post(ctx context.Context, path, requestID string, in any, genuine func([]byte) error) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encoding the request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("building the request: %w", err)
	}
	c.sign(req, path, requestID, body)
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
	if err := c.checkAnswer(resp, path, requestID, answer); err != nil {
		return err
	}
	return sortAnswer(resp, path, requestID, answer, genuine)
}

func (c *Client) sign(req *http.Request, path, requestID string, body []byte) {
	stamp := c.cfg.Now().UTC().Format(TimestampLayout)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Client-Id", c.cfg.ClientID)
	req.Header.Set("Request-Id", requestID)
	req.Header.Set("Request-Timestamp", stamp)
	req.Header.Set("Signature", Sign(c.cfg.SecretKey, Component{
		ClientID: c.cfg.ClientID, RequestID: requestID, Timestamp: stamp, Target: path, Digest: Digest(body),
	}))
}

// checkAnswer verifies the answer's signature where there is one.
func (c *Client) checkAnswer(resp *http.Response, path, requestID string, body []byte) error {
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
	if component.ClientID != c.cfg.ClientID || component.RequestID != requestID ||
		!Verify(signature, component, c.cfg.SecretKey, c.cfg.PreviousSecretKey) {
		return unknown("the answer of "+path+" is wrongly signed", nil)
	}
	return nil
}

func sortAnswer(resp *http.Response, path, requestID string, body []byte, genuine func([]byte) error) error {
	status := resp.StatusCode
	what := fmt.Sprintf("the answer of %s, HTTP %d", path, status)
	switch {
	case status >= 200 && status < 300, status == http.StatusConflict:
		kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		if kind != "application/json" {
			return unknown(fmt.Sprintf("%s, is %q and not JSON", what, kind), nil)
		}
		if err := genuine(body); err != nil {
			return unknown(what, err)
		}
		return nil
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout:
		return refusal(status, requestID, body)
	default:
		return unknown(what, nil)
	}
}
