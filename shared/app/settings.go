// Package app reads the settings, once, and builds the parts from them. It is the only package that knows all
// the others, the environment and the clock.
package app

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"kasir/shared/doku"
	"kasir/shared/function"
	"kasir/shared/order"
)

// Settings is everything that can be set. It comes from environment variables; docs/architecture.md lists them.
type Settings struct {
	Environment  string        // DOKU_ENVIRONMENT: sandbox, production, or a base URL on loopback
	DOKUBaseURL  string        // from Environment
	ClientID     string        // DOKU_CLIENT_ID
	SecretKey    doku.Secret   // DOKU_SECRET_KEY
	PreviousKey  doku.Secret   // DOKU_PREVIOUS_SECRET_KEY: accepted, never used to sign
	QuoteKey     doku.Secret   // QUOTE_KEY: signs quotes; empty: no quote is good
	Paths        doku.Paths    // DOKU_PATH_CREATE_PAGE, DOKU_PATH_CAPTURE, …; empty ones mean the guide's
	SignedOnly   bool          // DOKU_REQUIRE_SIGNATURE: answers without signature are unknown outcomes
	Region       string        // AWS_REGION, set by Lambda
	Table        string        // TABLE_NAME
	DynamoDBURL  string        // AWS_ENDPOINT_URL_DYNAMODB; empty means AWS
	AccessKeyID  string        // AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, set by Lambda
	AccessKey    doku.Secret   // (see AccessKeyID)
	SessionToken doku.Secret   // (see AccessKeyID)
	Target       string        // NOTIFICATION_TARGET: path of the notification URL as DOKU sees it
	MaxAge       time.Duration // NOTIFICATION_MAX_AGE; 0 accepts any age
	PageLifetime time.Duration // PAGE_LIFETIME
	TrustWindow  time.Duration // TRUST_WINDOW
	ResendAfter  time.Duration // RESEND_AFTER
	AutoCapture  time.Duration // AUTO_CAPTURE_BEFORE; 0 never captures by itself
	Callbacks    []string      // CALLBACK_HOSTS, separated by commas
	Notified     []string      // NOTIFICATION_HOSTS, separated by commas
}

// Load reads and checks the settings. The error names every variable that is wrong and what it should be.
func Load(getenv func(string) string, f function.Function) (Settings, error) {
	r := reader{getenv: getenv}
	s := Settings{
		Environment: r.required("DOKU_ENVIRONMENT", "sandbox, production, or a base URL on loopback"),
		ClientID:    r.required("DOKU_CLIENT_ID", "the Client ID in DOKU's Back Office"),
		SecretKey:   doku.Secret(r.required("DOKU_SECRET_KEY", "the Secret Key (SK-…) in DOKU's Back Office")),
		PreviousKey: doku.Secret(getenv("DOKU_PREVIOUS_SECRET_KEY")),
		QuoteKey:    doku.Secret(getenv("QUOTE_KEY")),
		Paths: doku.Paths{
			CreatePage: r.path("DOKU_PATH_CREATE_PAGE", ""), Capture: r.path("DOKU_PATH_CAPTURE", ""), Refund: r.path("DOKU_PATH_REFUND", ""),
			DeleteToken: r.path("DOKU_PATH_DELETE_TOKEN", ""), ListTokens: r.path("DOKU_PATH_LIST_TOKENS", ""), Status: r.path("DOKU_PATH_STATUS", ""),
		},
		SignedOnly:   r.flag("DOKU_REQUIRE_SIGNATURE"),
		Region:       r.required("AWS_REGION", "the region of the table; Lambda sets it"),
		Table:        r.required("TABLE_NAME", "the name of the DynamoDB table"),
		DynamoDBURL:  getenv("AWS_ENDPOINT_URL_DYNAMODB"),
		AccessKeyID:  getenv("AWS_ACCESS_KEY_ID"),
		AccessKey:    doku.Secret(getenv("AWS_SECRET_ACCESS_KEY")),
		SessionToken: doku.Secret(getenv("AWS_SESSION_TOKEN")),
		Target:       r.path("NOTIFICATION_TARGET", "/notifications"),
		MaxAge:       r.duration("NOTIFICATION_MAX_AGE", 0),
		PageLifetime: r.duration("PAGE_LIFETIME", time.Hour),
		TrustWindow:  r.duration("TRUST_WINDOW", time.Hour),
		ResendAfter:  r.duration("RESEND_AFTER", order.DefaultResendAfter),
		AutoCapture:  r.duration("AUTO_CAPTURE_BEFORE", 0),
		Callbacks:    r.list("CALLBACK_HOSTS"),
		Notified:     r.list("NOTIFICATION_HOSTS"),
	}
	s.DOKUBaseURL = r.baseURL(s.Environment)
	if s.PageLifetime == 0 {
		r.wrong("PAGE_LIFETIME", "must be above 0")
	}
	if s.AutoCapture != 0 && (s.AutoCapture < time.Hour || s.AutoCapture > 6*24*time.Hour) {
		r.wrong("AUTO_CAPTURE_BEFORE", "must be from 1h to 144h: an authorisation lives 7 days")
	}
	return s, errors.Join(r.problems...)
}

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

func (r *reader) list(name string) []string {
	var hosts []string
	for host := range strings.SplitSeq(r.getenv(name), ",") {
		host = strings.TrimSpace(host)
		if strings.ContainsAny(host, "/:*@ ") {
			r.wrong(name, fmt.Sprintf("has %q; it must be host names separated by commas, without scheme or port", host))
		}
		if host != "" {
			hosts = append(hosts, host)
		}
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
