package gateway

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CORS is the API's CORS configuration. It is in force if AllowOrigins has an entry. Then the gateway answers
// preflights itself and drops the CORS headers of functions, as API Gateway does.
type CORS struct {
	AllowOrigins     []string // exact origins, or "*", or "http://*" and "https://*" for any host
	AllowMethods     []string
	AllowHeaders     []string
	ExposeHeaders    []string
	MaxAge           time.Duration
	AllowCredentials bool
}

func (c CORS) enabled() bool { return len(c.AllowOrigins) > 0 }

// check returns an error for a configuration that API Gateway refuses: credentials for every origin.
func (c CORS) check() error {
	if c.AllowCredentials && slices.Contains(c.AllowOrigins, "*") {
		return errors.New("CORS cannot allow credentials to every origin")
	}
	return nil
}

// preflight returns the headers for an OPTIONS request. Without an allowed Origin and Access-Control-Request-Method
// there are none, so the answer is an empty 204 and the browser refuses.
func (c CORS) preflight(r *http.Request) http.Header {
	h := make(http.Header)
	if r.Header.Get("Access-Control-Request-Method") == "" || !c.allow(h, r) {
		return h
	}
	setList(h, "Access-Control-Allow-Methods", c.AllowMethods)
	setList(h, "Access-Control-Allow-Headers", c.AllowHeaders)
	if c.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(c.MaxAge.Seconds())))
	}
	return h
}

// decorate replaces the CORS headers of a response by the API's own.
func (c CORS) decorate(h http.Header, r *http.Request) {
	if !c.enabled() {
		return
	}
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			h.Del(name)
		}
	}
	if c.allow(h, r) {
		setList(h, "Access-Control-Expose-Headers", c.ExposeHeaders)
	}
}

// allow sets the headers that let a browser read the response, and reports whether the origin is allowed.
func (c CORS) allow(h http.Header, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	switch {
	case slices.Contains(c.AllowOrigins, "*"):
		h.Set("Access-Control-Allow-Origin", "*")
	case slices.ContainsFunc(c.AllowOrigins, func(allowed string) bool { return covers(allowed, origin) }):
		h.Set("Access-Control-Allow-Origin", origin)
		h.Add("Vary", "Origin") // without it a cache could give one origin's response to another
	default:
		return false
	}
	if c.AllowCredentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	return true
}

// covers reports whether an entry of AllowOrigins covers the origin.
func covers(allowed, origin string) bool {
	if scheme, any := strings.CutSuffix(allowed, "://*"); any {
		return strings.HasPrefix(origin, scheme+"://")
	}
	return allowed == origin
}

func setList(h http.Header, name string, values []string) {
	if len(values) > 0 {
		h.Set(name, strings.Join(values, ","))
	}
}
