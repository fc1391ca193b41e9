package app

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"kasir/shared/doku"
)

// reader collects everything that is wrong, so that one start shows it all.
type reader struct {
	getenv   func(string) string
	problems []error
}

func (r *reader) wrong(name, what string) {
	r.problems = append(r.problems, fmt.Errorf("setting %s %s", name, what))
}

func (r *reader) required(name, meaning string) string {
	value := strings.TrimSpace(r.getenv(name))
	if value == "" {
		r.wrong(name, "is empty; it is "+meaning)
	}
	return value
}

func (r *reader) path(name, otherwise string) string {
	value := r.getenv(name)
	if value == "" {
		return otherwise
	}
	if u, err := url.Parse(value); err != nil || !strings.HasPrefix(value, "/") || u.Host != "" || u.RawQuery != "" || u.Fragment != "" {
		r.wrong(name, fmt.Sprintf("is %q; it must be a path such as /notifications, without host or query", value))
	}
	return value
}

func (r *reader) flag(name string) bool {
	switch value := r.getenv(name); value {
	case "", "false":
		return false
	case "true":
		return true
	default:
		r.wrong(name, fmt.Sprintf("is %q; it must be true or false", value))
		return false
	}
}

func (r *reader) duration(name string, otherwise time.Duration) time.Duration {
	value := r.getenv(name)
	if value == "" {
		return otherwise
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		r.wrong(name, fmt.Sprintf("is %q; it must be a duration such as 60m or 24h", value))
	}
	return d
}

// lookup writes a host name as browsers look it up.
var lookup = idna.New(idna.MapForLookup(), idna.StrictDomainName(true), idna.CheckHyphens(false))

// hosts reads host names as they stand in the addresses that are compared with them: in lower case, and names of other
// letters than a to z in punycode.
func (r *reader) hosts(name string) []string {
	var hosts []string
	for host := range strings.SplitSeq(r.getenv(name), ",") {
		if host = strings.TrimSpace(host); host == "" {
			continue
		}
		ascii, err := lookup.ToASCII(host)
		if err != nil || strings.ContainsAny(host, "/:*@ ") || strings.HasSuffix(ascii, ".") {
			r.wrong(name, fmt.Sprintf("has %q; it must be host names separated by commas, without scheme or port", host))
			continue
		}
		hosts = append(hosts, ascii)
	}
	return hosts
}

// baseURL is where DOKU answers. Another address than DOKU's own is accepted on loopback only: anywhere else a
// mistyped setting would send customers' data to a stranger.
func (r *reader) baseURL(environment string) string {
	switch environment {
	case "":
		return ""
	case "sandbox":
		return doku.Sandbox
	case "production":
		return doku.Production
	}
	u, err := url.Parse(environment)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !loopback(u.Hostname()) {
		r.wrong("DOKU_ENVIRONMENT", fmt.Sprintf("is %q; it must be sandbox, production, or a base URL on loopback", environment))
	}
	return environment
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || host == "host.docker.internal"
}

func (r *reader) text(name, otherwise string) string {
	if value := strings.TrimSpace(r.getenv(name)); value != "" {
		return value
	}
	return otherwise
}

// endpoint is another address than AWS's. It is accepted on loopback only, as DOKU's is: what is sent there are orders and
// credentials.
func (r *reader) endpoint(name string) string {
	value := r.getenv(name)
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !loopback(u.Hostname()) {
		r.wrong(name, fmt.Sprintf("is %q; it must be empty, for AWS, or a base URL on loopback", value))
	}
	return value
}
