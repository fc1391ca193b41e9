package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kasir/local/aws/lambda"
)

// apiID replaces AWS's generated API id.
const apiID = "local"

// event is payload format 2.0. A field without a value is omitted, never null. stageVariables never occur, because the
// default stage has none.
type event struct {
	Version        string            `json:"version"`
	RouteKey       string            `json:"routeKey"`
	RawPath        string            `json:"rawPath"`
	RawQueryString string            `json:"rawQueryString"`
	Cookies        []string          `json:"cookies,omitempty"`
	Headers        map[string]string `json:"headers"`
	Query          map[string]string `json:"queryStringParameters,omitempty"`
	Context        eventContext      `json:"requestContext"`
	Params         map[string]string `json:"pathParameters,omitempty"`
	Body           string            `json:"body,omitempty"`
	IsBase64       bool              `json:"isBase64Encoded"`
}

type eventContext struct {
	AccountID    string           `json:"accountId"`
	APIID        string           `json:"apiId"`
	Authorizer   *eventAuthorizer `json:"authorizer,omitempty"`
	DomainName   string           `json:"domainName"`
	DomainPrefix string           `json:"domainPrefix"`
	HTTP         eventHTTP        `json:"http"`
	RequestID    string           `json:"requestId"`
	RouteKey     string           `json:"routeKey"`
	Stage        string           `json:"stage"`
	Time         string           `json:"time"`
	TimeEpoch    int64            `json:"timeEpoch"`
}

// eventAuthorizer is the part of the token that a function sees: every claim as text, and the scope of its route.
type eventAuthorizer struct {
	JWT eventJWT `json:"jwt"`
}

type eventJWT struct {
	Claims map[string]string `json:"claims"`
	Scopes []string          `json:"scopes"`
}

type eventHTTP struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// newEvent returns the event for a request.
func newEvent(r *http.Request, x *exchange, body []byte) ([]byte, error) {
	key, source := x.match.route.Key(), hostOf(r.RemoteAddr)
	domain := hostOf(r.Host)
	prefix, _, _ := strings.Cut(domain, ".")
	e := event{
		Version:        "2.0",
		RouteKey:       key,
		RawPath:        x.path,
		RawQueryString: r.URL.RawQuery,
		Cookies:        cookies(r),
		Headers:        headers(r, source, len(body), x.received),
		Query:          query(r.URL.RawQuery),
		Params:         x.match.params,
		Context: eventContext{
			AccountID: lambda.AccountID, APIID: apiID, Authorizer: x.authorizer,
			DomainName: domain, DomainPrefix: prefix,
			HTTP: eventHTTP{
				Method: r.Method, Path: x.path, Protocol: r.Proto,
				SourceIP: source, UserAgent: r.UserAgent(),
			},
			RequestID: x.id, RouteKey: key, Stage: "$default",
			Time:      x.received.UTC().Format("02/Jan/2006:15:04:05 +0000"),
			TimeEpoch: x.received.UnixMilli(),
		},
	}
	if len(body) > 0 {
		e.Body, e.IsBase64 = string(body), !isText(r.Header.Get("Content-Type"))
	}
	if e.IsBase64 {
		e.Body = base64.StdEncoding.EncodeToString(body)
	}
	encoded, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("build the event: %w", err)
	}
	return encoded, nil
}

// isText reports whether bodies of this type are passed on unchanged: text/* and three more. All others are sent as
// base64, including bodies without a content type, forms and application/problem+json. AWS documents only "binary";
// this list was measured on the live service. Text that is not UTF-8 loses its invalid bytes, because JSON cannot hold
// them.
func isText(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch media {
	case "application/json", "application/xml", "application/javascript":
		return true
	}
	return strings.HasPrefix(media, "text/")
}

// headers returns the headers of the event. Names are in lower case, and repeated headers are joined by a comma without
// a space. Cookies have their own field. Headers of the connection are dropped.
func headers(r *http.Request, source string, length int, now time.Time) map[string]string {
	all := make(map[string]string, len(r.Header)+6)
	for name, values := range r.Header {
		if name != "Cookie" && !hopByHop[name] {
			all[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	all["host"] = r.Host
	all["content-length"] = strconv.Itoa(length)
	if all["x-amzn-trace-id"] == "" {
		all["x-amzn-trace-id"] = fmt.Sprintf("Root=1-%08x-%s", uint32(now.Unix()), randomHex(12))
	}
	if before := all["x-forwarded-for"]; before != "" {
		source = before + ", " + source
	}
	all["x-forwarded-for"] = source
	// On AWS these are always https and 443. Here they are real, because a function may build a URL from them.
	all["x-forwarded-proto"], all["x-forwarded-port"] = "http", "80"
	if r.TLS != nil {
		all["x-forwarded-proto"], all["x-forwarded-port"] = "https", "443"
	}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		all["x-forwarded-port"] = port
	}
	return all
}

// hopByHop holds the headers that belong to one connection. They are dropped in both directions.
var hopByHop = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true, "Trailer": true,
	"Transfer-Encoding": true, "Upgrade": true,
}

// cookies returns the pairs of all Cookie headers, as sent.
func cookies(r *http.Request) []string {
	var pairs []string
	for _, header := range r.Header["Cookie"] {
		for pair := range strings.SplitSeq(header, ";") {
			if pair = strings.TrimSpace(pair); pair != "" {
				pairs = append(pairs, pair)
			}
		}
	}
	return pairs
}

// query returns the decoded query, with repeated names joined by a comma. A part that cannot be decoded is kept
// unchanged; a function must expect such a part anyway, because rawQueryString contains it too.
func query(raw string) map[string]string {
	var all map[string]string
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescape(name), unescape(value)
		if all == nil {
			all = make(map[string]string)
		}
		if before, repeated := all[name]; repeated {
			value = before + "," + value
		}
		all[name] = value
	}
	return all
}

func unescape(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

// hostOf returns an address without its port.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// randomHex returns n random bytes in hexadecimal. crypto/rand.Read never fails.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
