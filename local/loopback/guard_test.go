package loopback

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// A web page that finds the port must not get a request through, whether it uses the port's address or a name of its
// own.
func TestNoForeignPageGetsThrough(t *testing.T) {
	guard := Guard{Origins: []string{"http://localhost:8081", "http://127.0.0.1:8081"},
		Hosts: []string{"tunnel.example"}, Open: []string{"/notifications"}}
	for name, c := range map[string]struct {
		host, path string
		origins    []string
		site       string // Sec-Fetch-Site
		through    bool
	}{
		"a program":                            {host: "127.0.0.1:8080", through: true},
		"a program, by the other name":         {host: "localhost:8080", through: true},
		"a program, by IPv6":                   {host: "[::1]:8080", through: true},
		"a program, by a name below localhost": {host: "kasir.localhost:8080", through: true},
		"a program in a container":             {host: "host.docker.internal:8080", through: true},
		"a program, without port":              {host: "LOCALHOST", through: true},
		"a tunnel that is named":               {host: "tunnel.example", through: true},
		"its own page": {host: "localhost:8080", origins: []string{"http://localhost:8080"},
			through: true},
		"its own page without referrer": {host: "localhost:8080", origins: []string{"null"},
			site: "same-origin", through: true},
		"its own page through the tunnel": {host: "tunnel.example", origins: []string{"https://tunnel.example"},
			through: true},
		"the shop's page": {host: "127.0.0.1:8080", origins: []string{"http://localhost:8081"},
			site: "cross-site", through: true},
		"DOKU through a tunnel":            {host: "abc.trycloudflare.com", path: "/notifications", through: true},
		"another path through that tunnel": {host: "abc.trycloudflare.com", path: "/payments"},
		"a name that points here":          {host: "evil.example:8080"},
		"a name that points here, and its page": {host: "evil.example:8080",
			origins: []string{"http://evil.example:8080"}},
		"that page, at an open path": {host: "evil.example:8080", path: "/notifications",
			origins: []string{"http://evil.example:8080"}},
		"a name that looks like this machine": {host: "localhost.evil.example:8080"},
		"an address of the network":           {host: "192.168.1.7:8080"},
		"no name":                             {host: ""},
		"a foreign page": {host: "127.0.0.1:8080", origins: []string{"https://evil.example"},
			site: "cross-site"},
		"a page of another port": {host: "127.0.0.1:8080", origins: []string{"http://127.0.0.1:3000"},
			site: "same-site"},
		"a page that looks like the shop's": {host: "127.0.0.1:8080",
			origins: []string{"http://localhost:8081.evil.example"}},
		"a page without an origin": {host: "127.0.0.1:8080", origins: []string{"null"},
			site: "cross-site"},
		"a file": {host: "127.0.0.1:8080", origins: []string{"null"}},
		"two origins": {host: "127.0.0.1:8080",
			origins: []string{"http://localhost:8081", "https://evil.example"}},
	} {
		reached := false
		handler := guard.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
		r := httptest.NewRequest(http.MethodPost, "http://x"+c.path+"/", nil)
		r.URL.Path = c.path
		r.Host = c.host
		for _, origin := range c.origins {
			r.Header.Add("Origin", origin)
		}
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if reached != c.through || (w.Code == http.StatusForbidden) == c.through ||
			w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: reached %v, %d %v", name, reached, w.Code, w.Header())
		}
	}
}
