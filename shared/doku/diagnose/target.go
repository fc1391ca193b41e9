package diagnose

import (
	"net/url"
	"strings"
)

// prefixes are usual prefixes that gateways, frameworks and mappings add to a path.
var prefixes = []string{
	"/prod", "/production", "/dev", "/stage", "/staging", "/test", "/sandbox", "/default", "/$default", "/api", "/v1",
	"/v2", "/api/v1", "/api/v2", "/payments", "/payment", "/doku", "/webhook", "/webhooks", "/callback", "/public",
	"/index.php", "/prod/api", "/dev/api", "/credit-card/v1",
}

// pathOf returns the path of a path or URL as it is written, without query and fragment.
func pathOf(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			address = rest[i:]
		} else {
			address = ""
		}
	}
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		address = address[:i]
	}
	return address
}

// targets returns explanations by other paths.
func (x *examination) targets() []explanation {
	var out []explanation
	seen := map[string]bool{x.base.target: true}
	add := func(name, target string) {
		if seen[target] {
			return
		}
		seen[target] = true
		out = append(out, explanation{targetPart, []Cause{{
			Name: name,
			Detail: "the signature was made over Request-Target " + printableOrEmpty(target) + ", and here it is " +
				printableOrEmpty(x.base.target),
			Remedy: "Both sides must sign the path that DOKU sees: that of the notification URL in its Back Office " +
				"(kasir's NOTIFICATION_TARGET), or the one called. No host, no query.",
		}}, func(d *draft) { d.target = target }})
	}
	received := pathOf(x.Path)
	if received != "" {
		add("path as received", received)
	}
	roots := []string{x.base.target}
	if received != "" && received != x.base.target {
		roots = append(roots, received)
	}
	for _, root := range roots {
		x.spellings(root, add)
	}
	for _, root := range roots {
		for i := 1; i < len(root); i++ { // the path without its leading segments
			if root[i] == '/' {
				slashes("path prefix", root[i:], add)
			}
		}
		for _, prefix := range append(x.forwardedPrefixes(), prefixes...) {
			slashes("path prefix", prefix+root, add)
		}
	}
	add("empty path", "")
	add("empty path", "/")
	return out
}

// spellings adds other ways to write one path, and the path with parts of a URL around it.
func (x *examination) spellings(root string, add func(name, target string)) {
	slashes("trailing slash", root, add)
	add("leading slash", strings.TrimPrefix(root, "/"))
	if _, query, ok := strings.Cut(x.Path, "?"); ok {
		query, _, _ = strings.Cut(query, "#")
		add("query in the path", root+"?"+query)
	}
	for _, host := range []string{authority(x.Path), x.header("Host"), x.header("X-Forwarded-Host")} {
		if host == "" {
			continue
		}
		for _, scheme := range []string{"https://", "http://", "//", ""} {
			add("whole URL", scheme+host+root)
			if strings.Contains(x.Path, "?") {
				add("whole URL", scheme+host+root+"?"+strings.SplitN(x.Path, "?", 2)[1])
			}
		}
	}
	add("case of the path", strings.ToLower(root))
	add("doubled slash", "/"+root)
	for strings.Contains(root, "//") {
		root = strings.ReplaceAll(root, "//", "/")
		add("doubled slash", root)
	}
	if raw, err := url.PathUnescape(root); err == nil {
		add("escapes in the path", raw)
	}
	add("escapes in the path", (&url.URL{Path: root}).EscapedPath())
	add("escapes in the path", url.QueryEscape(root))
	add("method in the path", x.Method+" "+root)
	add("spaces around the path", " "+root)
	add("spaces around the path", root+" ")
}

func slashes(name, target string, add func(name, target string)) {
	add(name, target)
	if cut, ok := strings.CutSuffix(target, "/"); ok {
		add(name, cut)
		return
	}
	add(name, target+"/")
}

// forwardedPrefixes returns the prefixes in the headers of a proxy that removed them.
func (x *examination) forwardedPrefixes() []string {
	var out []string
	for _, name := range []string{"X-Forwarded-Prefix", "X-Forwarded-Path", "X-Original-Uri"} {
		if prefix := strings.TrimSuffix(pathOf(x.header(name)), "/"); strings.HasPrefix(prefix, "/") {
			out = append(out, prefix)
		}
	}
	return out
}

func authority(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest[strings.LastIndex(rest, "@")+1:] // without a user and password, which must not be shown
}

func printableOrEmpty(value string) string {
	if value == "" {
		return "(empty)"
	}
	return printable(value)
}
