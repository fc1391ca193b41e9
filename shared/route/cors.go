package route

import (
	"slices"
	"time"
)

// What a browser may send to the API and read of its answers. The deployment and the local gateway both take it from
// here, so that a page that works on one works on the other.
var (
	AllowHeaders  = []string{"authorization", "content-type", "idempotency-key"}
	ExposeHeaders = []string{"idempotent-replayed", "retry-after", "www-authenticate"}
)

// PreflightAge is how long a browser may keep the answer to a preflight.
const PreflightAge = 10 * time.Minute

// BrowserMethods are the methods of the routes that take a token, sorted.
func BrowserMethods() []string {
	var methods []string
	for _, r := range All {
		if r.Scope != "" && !slices.Contains(methods, r.Method) {
			methods = append(methods, r.Method)
		}
	}
	slices.Sort(methods)
	return methods
}
