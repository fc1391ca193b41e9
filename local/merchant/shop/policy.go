package shop

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// address is the URL of another service, and its origin for a Content-Security-Policy.
type address struct{ base, origin string }

func parseURL(whose, raw string) address {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(u.Host, "'\"*;, ") {
		panic(fmt.Sprintf("shop: %s URL %q: want http(s)://host, perhaps with a path", whose, raw))
	}
	return address{base: strings.TrimRight(raw, "/"), origin: u.Scheme + "://" + u.Host}
}

// policy returns the Content-Security-Policy: scripts, styles and pictures from the shop alone, and no text ever
// becomes markup.
func policy(apiOrigin string) string {
	return strings.Join([]string{
		"default-src 'self'",
		"connect-src 'self' " + apiOrigin,
		// The hosted page may be on any host: DOKU does not promise one, and the sandbox has its own port.
		"frame-src http: https:",
		// The hosted page, if shown in a frame, sends its visitor back to the shop's own order page inside that frame.
		"frame-ancestors 'self'",
		"object-src 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}, "; ")
}

func (s *site) protect(h http.Header) {
	h.Set("Content-Security-Policy", s.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cache-Control", "no-cache") // ask every time, which is cheap with the ETag
}
