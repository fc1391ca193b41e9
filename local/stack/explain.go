package stack

import (
	"net/http"
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/doku/diagnose"
)

// Explain returns a function that explains, in the words of kasir verify, why the sandbox refuses the headers of a
// request. The sandbox takes it as a setting, because it shares no code with kasir. The explanation contains no key and
// no signature.
func Explain(clientID string) func(r *http.Request, body []byte, secret string, now time.Time) string {
	return func(r *http.Request, body []byte, secret string, now time.Time) string {
		d := diagnose.Signature(diagnose.Sample{
			Method: r.Method, Path: r.RequestURI, Header: r.Header, Body: body, ClientID: clientID,
			Secrets: []doku.Secret{doku.Secret(secret)}, Now: now,
		})
		var parts []string
		for _, c := range d.Causes {
			parts = append(parts, c.Name+": "+c.Detail+". "+c.Remedy)
		}
		if !d.Matches && !d.Proven {
			parts = append(parts, "No usual mistake explains the signature: the key or the body may be different. "+
				"Sign with the sandbox's secret key, over exactly the bytes that are sent.")
		}
		for _, h := range d.Hints {
			parts = append(parts, "Also seen: "+h.Name+": "+h.Detail+". "+h.Remedy)
		}
		return strings.Join(parts, " ")
	}
}
