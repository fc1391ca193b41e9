package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"kasir/shared/route"
)

// router holds the routes, those that are to be tried first in front.
type router []pattern

// pattern is a route with its path taken apart.
type pattern struct {
	route    route.Route
	segments []segment
}

// segment is what stands between two slashes: literal text, or the name of a path parameter.
type segment struct {
	text  string
	param bool
}

// match is the route a request goes to and its path parameters.
type match struct {
	route  route.Route
	params map[string]string
}

// newRouter refuses routes that API Gateway would refuse, and those this gateway does not know: greedy parameters, ANY
// and $default.
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
		return p, errors.New("its method is to be one HTTP method in upper case")
	}
	rest, slash := strings.CutPrefix(rt.Path, "/")
	if !slash || rt.Path != "/" && strings.HasSuffix(rt.Path, "/") {
		return p, errors.New("its path is to start with a slash and not to end with one")
	}
	seen := make(map[string]bool)
	for text := range strings.SplitSeq(rest, "/") {
		s := segment{text: text}
		if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
			s = segment{text: text[1 : len(text)-1], param: true}
		}
		if strings.ContainsAny(s.text, "{}+") || s.text == "" && rt.Path != "/" || s.param && seen[s.text] {
			return p, fmt.Errorf("segment %q is neither plain text nor one new parameter in braces", text)
		}
		seen[s.text] = seen[s.text] || s.param
		p.segments = append(p.segments, s)
	}
	return p, nil
}

// precedence sorts literal text before parameters, from the left; 0 means that both take the same paths.
func (p pattern) precedence(q pattern) int {
	for n := range min(len(p.segments), len(q.segments)) {
		a, b := p.segments[n], q.segments[n]
		switch {
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

// match finds the route for a request. A method that is not in the table is not found either, and /payments/ is not
// /payments: HTTP APIs have no 405 and do not forgive a slash.
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

// fit gives the path parameters, nil when there are none. A parameter is never empty.
func (p pattern) fit(segments []string) (map[string]string, bool) {
	if len(segments) != len(p.segments) {
		return nil, false
	}
	var params map[string]string
	for n, s := range p.segments {
		switch {
		case !s.param && s.text != segments[n], s.param && segments[n] == "":
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

// decodedPath is what HTTP APIs route by and pass on: the path after decoding, so that an encoded slash separates
// segments, and cut at an encoded question mark. Both were seen on the live service, and both mean that an invoice
// number with such characters cannot be asked for, here or there.
func decodedPath(r *http.Request) string {
	path, _, _ := strings.Cut(r.URL.Path, "?")
	return path
}
