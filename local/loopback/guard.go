// Package loopback serves a part of kasir to the programs of this machine, and to named web pages only. A page on the
// internet cannot read the answers, but without this package it could send requests: to the port's address, or to a
// name of its own that it points to 127.0.0.1.
package loopback

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Guard lists the callers that may send requests in addition to the programs of this machine, which use one of this
// machine's names. The zero value adds none.
type Guard struct {
	Origins []string // pages of these origins may call, as may the server's own pages
	Hosts   []string // further names of this server, such as a tunnel's
	Open    []string // paths that answer under every name, because they check a signature
	Near    bool     // refuses requests for which Near is false
}

// localNames are this machine's own names. Containers reach it by the last, which Docker provides.
var localNames = []string{"localhost", "host.docker.internal"}

// Wrap answers requests that the guard refuses with 403, and passes on all others.
func (g Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !slices.Contains(g.Open, r.URL.Path) && !g.knowsHost(r.Host):
			refuse(w, "This server answers only under the names of this machine: use 127.0.0.1 or localhost.\n")
		case g.Near && !Near(r):
			refuse(w, "This is for this machine only: use localhost, without a proxy in between.\n")
		case !g.allowsOrigin(r):
			refuse(w, "This server does not answer the pages of other sites.\n")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func refuse(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusForbidden)
	_, _ = io.WriteString(w, text) // an error means that the caller is gone
}

// knowsHost reports whether a Host header names this machine.
func (g Guard) knowsHost(host string) bool {
	name := host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		name = bare
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if ip := net.ParseIP(name); ip != nil {
		return ip.IsLoopback()
	}
	return slices.Contains(localNames, name) || strings.HasSuffix(name, ".localhost") || slices.Contains(g.Hosts, name)
}

// allowsOrigin reports whether a request comes from no page, from a page of this server, or from one of Origins.
func (g Guard) allowsOrigin(r *http.Request) bool {
	for _, origin := range r.Header.Values("Origin") {
		if !g.isOwn(origin, r) && !slices.Contains(g.Origins, origin) {
			return false
		}
	}
	return true
}

// isOwn reports whether an origin is the server's. Pages that send no referrer have the origin null; a page cannot
// forge its Sec-Fetch-Site header.
func (g Guard) isOwn(origin string, r *http.Request) bool {
	if origin == "null" {
		return r.Header.Get("Sec-Fetch-Site") == "same-origin"
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host == r.Host && g.knowsHost(r.Host)
}

// Near reports whether a request was sent from this machine to it. The port is open on loopback only. But a tunnel,
// opened for DOKU's notifications, forwards every request, also under a name of this machine. The name by which
// containers reach this machine is not near, because a foreign network may give it another address.
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
	return name == localNames[0] || ip != nil && ip.IsLoopback()
}
