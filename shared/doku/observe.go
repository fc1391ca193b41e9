package doku

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Call describes one call of DOKU and its outcome.
type Call struct {
	Path       string // of the endpoint, without the invoice number or Request-Id
	HTTPStatus int    // 0 means no answer
	Took       time.Duration
	Outcome    Outcome
	// Unprocessed reports whether DOKU refused by the headers alone, such as for the key, client id, clock or rate.
	Unprocessed bool
}

// Outcome is the outcome of a call. Every call has exactly one of the three.
type Outcome string

const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
	Unknown Outcome = "unknown"
)

// attempt sends one request, masks the text of a refusal, and reports the call to Config.Observe.
func (c *Client) attempt(
	ctx context.Context, keys Keyring, method, path, requestID string, body []byte, check checkBody,
) error {
	call := Call{Path: c.endpoint(path), Outcome: Done}
	start := c.cfg.Now()
	err := c.send(ctx, keys, method, path, requestID, body, check, &call.HTTPStatus)
	var refused *Error
	switch {
	case errors.As(err, &refused):
		refused.Code, refused.Message = safeCode(refused.Code), Scrub(unescape(refused.Message))
		call.Outcome, call.Unprocessed = Refused, refused.Unprocessed
	case err != nil:
		call.Outcome = Unknown
	}
	if c.cfg.Observe != nil {
		call.Took = c.cfg.Now().Sub(start)
		c.cfg.Observe(ctx, call)
	}
	return err
}

// endpoint returns the path without the invoice number or Request-Id of check status.
func (c *Client) endpoint(path string) string {
	if strings.HasPrefix(path, c.cfg.Paths.Status+"/") {
		return c.cfg.Paths.Status
	}
	return path
}
