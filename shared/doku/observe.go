package doku

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Call is what a call of DOKU came to, for whoever measures.
type Call struct {
	Path       string // of the endpoint, without what was asked about
	HTTPStatus int    // 0: no answer
	Took       time.Duration
	Outcome    Outcome
	// Unprocessed says of a refusal that the call was turned away unread: key, client id, clock, rate.
	Unprocessed bool
}

// Outcome is one of three, never two.
type Outcome string

const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
	Unknown Outcome = "unknown"
)

// measured sends one request, cleans what DOKU says of a refusal, and tells whoever measures what it came to.
func (c *Client) measured(ctx context.Context, keys Keyring, method, path, requestID string, body []byte, check genuine) error {
	call := Call{Path: c.endpoint(path), Outcome: Done}
	start := c.cfg.Now()
	err := c.send(ctx, keys, method, path, requestID, body, check, &call.HTTPStatus)
	var refused *Error
	switch {
	case errors.As(err, &refused):
		refused.Code, refused.Message = safeCode(refused.Code), Scrub(unescaped(refused.Message))
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

// endpoint is the path without what is asked about.
func (c *Client) endpoint(path string) string {
	if strings.HasPrefix(path, c.cfg.Paths.Status+"/") {
		return c.cfg.Paths.Status
	}
	return path
}
