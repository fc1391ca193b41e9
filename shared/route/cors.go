package route

import (
	"slices"
	"time"
)

// Headers that a browser may send to the API and read from its answers. The deployment and the local gateway both use
// these lists, so that a page that works with one also works with the other.
var (
	AllowHeaders  = []string{"authorization", "content-type", "idempotency-key"}
	ExposeHeaders = []string{"idempotent-replayed", "retry-after", "www-authenticate"}
)

// PreflightAge is how long a browser may keep the answer to a preflight.
const PreflightAge = 10 * time.Minute

// BrowserMethods returns the methods of the routes that need a token, sorted.
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
