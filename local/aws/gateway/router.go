package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"kasir/shared/route"
)

// router holds the routes in the order in which they are tried.
type router []pattern

// pattern is a route with its path split into segments.
type pattern struct {
	route    route.Route
	segments []segment
}

// segment is the part between two slashes: literal text, or the name of a path parameter. A greedy parameter is the
// last segment and takes the rest of the path.
type segment struct {
	text          string
	param, greedy bool
}

// match is the route of a request and its path parameters.
type match struct {
	route  route.Route
	params map[string]string
}

// newRouter returns an error for routes that API Gateway would refuse, and for those that this gateway does not
// support: ANY and $default.
func newRouter(routes []route.Route) (router, error) {
	r := make(router, 0, len(routes))
	for _, rt := range routes {
		p, err := parseRoute(rt)
		if err != nil {
			return nil, fmt.Errorf("route %q: %w", rt.Key(), err)
		}
		for _, other := range r {
			if other.route.Method == rt.Method && p.precedence(other) == 0 {
				return nil, fmt.Errorf("routes %q and %q take the same requests", other.route.Key(), rt.Key())
			}
		}
		r = append(r, p)
	}
	slices.SortStableFunc(r, pattern.precedence)
	return r, nil
}

func parseRoute(rt route.Route) (pattern, error) {
	p := pattern{route: rt}
	if rt.Function == "" {
		return p, errors.New("it names no function")
	}
	if rt.Method == "" || rt.Method != strings.ToUpper(rt.Method) || rt.Method == "ANY" {
		return p, errors.New("its method must be one HTTP method in upper case")
	}
	rest, slash := strings.CutPrefix(rt.Path, "/")
	if !slash || rt.Path != "/" && strings.HasSuffix(rt.Path, "/") {
		return p, errors.New("its path must start with a slash and must not end with one")
	}
	seen := make(map[string]bool)
	for text := range strings.SplitSeq(rest, "/") {
		s := segment{text: text}
		if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
			s = segment{text: text[1 : len(text)-1], param: true}
			s.text, s.greedy = strings.CutSuffix(s.text, "+")
		}
		if n := len(p.segments); n > 0 && p.segments[n-1].greedy {
			return p, fmt.Errorf("segment %q follows a greedy parameter, which takes the rest of the path", text)
		}
		if strings.ContainsAny(s.text, "{}+") || s.text == "" && rt.Path != "/" || s.param && seen[s.text] {
			return p, fmt.Errorf("segment %q is neither plain text nor one new parameter in braces", text)
		}
		seen[s.text] = seen[s.text] || s.param
		p.segments = append(p.segments, s)
	}
	return p, nil
}

// precedence orders patterns: literal text comes before parameters, and these before greedy ones, compared from the
// left. 0 means that both match the same paths.
func (p pattern) precedence(q pattern) int {
	for n := range min(len(p.segments), len(q.segments)) {
		a, b := p.segments[n], q.segments[n]
		switch {
		case a.greedy != b.greedy:
			return map[bool]int{true: 1, false: -1}[a.greedy]
		case a.param && b.param:
		case a.param:
			return 1
		case b.param:
			return -1
		case a.text != b.text:
			return strings.Compare(a.text, b.text)
		}
	}
	return len(p.segments) - len(q.segments)
}

// match finds the route for a request. An unknown method is not found, and /payments/ is not /payments: HTTP APIs have
// no 405 and do not ignore a trailing slash.
func (r router) match(method, path string) (match, bool) {
	rest, slash := strings.CutPrefix(path, "/")
	if !slash {
		return match{}, false // OPTIONS * and CONNECT
	}
	segments := strings.Split(rest, "/")
	for _, p := range r {
		if p.route.Method != method {
			continue
		}
		if params, ok := p.fit(segments); ok {
			return match{p.route, params}, true
		}
	}
	return match{}, false
}

// fit returns the path parameters, or nil if there are none, and reports whether the segments match. A parameter is
// never empty, except a greedy one: others saw that /a/ takes the route /a/{rest+}. kasir does not depend on it.
func (p pattern) fit(segments []string) (map[string]string, bool) {
	if last := len(p.segments) - 1; p.segments[last].greedy && len(segments) > last {
		rest := strings.Join(segments[last:], "/")
		segments = append(slices.Clone(segments[:last]), rest)
	}
	if len(segments) != len(p.segments) {
		return nil, false
	}
	var params map[string]string
	for n, s := range p.segments {
		switch {
		case !s.param && s.text != segments[n], s.param && !s.greedy && segments[n] == "":
			return nil, false
		case s.param:
			if params == nil {
				params = make(map[string]string)
			}
			params[s.text] = segments[n]
		}
	}
	return params, true
}

// decodedPath returns the path that HTTP APIs route by and pass on. It is decoded first, so an encoded slash separates
// segments, and cut at an encoded question mark. Both were seen on the live service. Because of both, an invoice number
// with such characters cannot be read, here or on AWS.
func decodedPath(r *http.Request) string {
	path, _, _ := strings.Cut(r.URL.Path, "?")
	return path
}
