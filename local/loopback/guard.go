// Package loopback serves a part of kasir to the programs of this machine, and to no web page but those that are named.
// A page on the internet cannot read what is served here, but without this it could send requests to it: by its
// address, or under a name of its own that it lets point to 127.0.0.1.
package loopback

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Guard says who else may send requests than a program of this machine that names it by a name of this machine. The
// zero value lets in nobody else.
type Guard struct {
	Origins []string // pages of these may call, besides the server's own pages
	Hosts   []string // names under which it is reached too, such as a tunnel's
	Open    []string // paths that answer under every name, since they check a signature
	Near    bool     // only requests that Near lets in
}

// names are this machine's own. Docker lets containers reach it by the last.
var names = []string{"localhost", "host.docker.internal"}

// Wrap answers what the guard does not let in with 403, and passes on everything else.
func (g Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !slices.Contains(g.Open, r.URL.Path) && !g.known(r.Host):
			refuse(w, "This answers under the names of this machine only: ask at 127.0.0.1 or localhost.\n")
		case g.Near && !Near(r):
			refuse(w, "This is for this machine only: ask at localhost, without a proxy in between.\n")
		case !g.welcome(r):
			refuse(w, "This does not answer the pages of other sites.\n")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func refuse(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusForbidden)
	_, _ = io.WriteString(w, text) // the caller went away: nobody is left to tell
}

// known reports whether a Host header names this machine.
func (g Guard) known(host string) bool {
	name := host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		name = bare
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if ip := net.ParseIP(name); ip != nil {
		return ip.IsLoopback()
	}
	return slices.Contains(names, name) || strings.HasSuffix(name, ".localhost") || slices.Contains(g.Hosts, name)
}

// welcome reports whether a request comes from no page, from a page of this server, or from one of Origins.
func (g Guard) welcome(r *http.Request) bool {
	for _, origin := range r.Header.Values("Origin") {
		if !g.own(origin, r) && !slices.Contains(g.Origins, origin) {
			return false
		}
	}
	return true
}

// own reports whether an origin is the server's. The pages that send no referrer have the origin null; what site they
// are of, no page can forge.
func (g Guard) own(origin string, r *http.Request) bool {
	if origin == "null" {
		return r.Header.Get("Sec-Fetch-Site") == "same-origin"
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host == r.Host && g.known(r.Host)
}

// Near reports whether a request was made on this machine and to it. The port is open on loopback only, but a tunnel,
// which is opened for DOKU's notifications, forwards everything, also under a name of this machine. The name by which
// containers reach this machine is not near: a foreign network may give it another address.
func Near(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	name := r.Host
	if bare, _, err := net.SplitHostPort(name); err == nil {
		name = bare
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return name == names[0] || ip != nil && ip.IsLoopback()
}
