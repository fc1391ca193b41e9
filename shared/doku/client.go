package doku

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Base URLs of DOKU's two environments (the guide, "API endpoint").
const (
	Sandbox    = "https://api-sandbox.doku.com"
	Production = "https://api.doku.com"
)

// Config describes one merchant's access to DOKU.
type Config struct {
	BaseURL   string // Sandbox, Production, or the URL of a stand-in
	ClientID  string // "MCH-…", from DOKU's Back Office
	SecretKey Secret // "SK-…", from DOKU's Back Office

	// PreviousSecretKey is set while a key is being rotated. It is accepted on answers. It signs only requests that
	// DOKU turned away under SecretKey.
	PreviousSecretKey Secret
	// Keys, if set, replaces the three fields above. It is for keys that change while the client is in use.
	Keys Keys
	// Signatures is the policy for the Signature header of each class of answer. DOKU does not document which answers
	// are signed. By default a header that is present must be right, and one that is absent is logged.
	Signatures Signatures
	// TurnedAway are the codes with which DOKU turns a request away by its headers alone; nil means HeaderCodes.
	TurnedAway []string
	// NotFound are the codes with which a 404 of check status means that the order does not exist; nil means
	// NotFoundCodes.
	NotFound []string

	Paths Paths            // endpoint paths; zero fields mean the guide's
	HTTP  *http.Client     // nil means a client that keeps connections alive; redirects are never followed
	Now   func() time.Time // required; dates the requests
	Log   *slog.Logger     // nil drops warnings

	Observe func(ctx context.Context, c Call) // if set, it is called once per call, after the call has ended
}

// SignaturePolicy is the requirement on the Signature header of an answer.
type SignaturePolicy string

const (
	WhenPresent SignaturePolicy = "when_present" // right if it is present; the empty policy means this one
	Require     SignaturePolicy = "require"      // present and right
	Ignore      SignaturePolicy = "ignore"       // anything
)

// Signatures holds the policy for each class of answer.
type Signatures struct {
	Success SignaturePolicy // answers to a POST that report success
	Error   SignaturePolicy // answers to a POST that refuse
	Get     SignaturePolicy // answers to a GET
}

// Paths are DOKU's endpoint paths. They differ between DOKU's documents, so each can be set.
type Paths struct {
	CreatePage  string // default /credit-card/v1/payment-page
	Capture     string // default /credit-card/capture
	Refund      string // default /cancellation/credit-card/refund
	DeleteToken string // default /credit-card/delete-tokenization; newer: /tokenization/v2/delete-token
	ListTokens  string // default /tokenization/v2/get-token; archived: /tokenization/v1/tokens
	Status      string // default /orders/v1/status; the invoice number or Request-Id follows
}

// withDefaults fills in the guide's paths.
func (p Paths) withDefaults() Paths {
	return Paths{
		CreatePage:  cmp.Or(p.CreatePage, "/credit-card/v1/payment-page"),
		Capture:     cmp.Or(p.Capture, "/credit-card/capture"),
		Refund:      cmp.Or(p.Refund, "/cancellation/credit-card/refund"),
		DeleteToken: cmp.Or(p.DeleteToken, "/credit-card/delete-tokenization"),
		ListTokens:  cmp.Or(p.ListTokens, "/tokenization/v2/get-token"),
		Status:      cmp.Or(p.Status, "/orders/v1/status"),
	}
}

// Client calls DOKU. It is safe for concurrent use.
type Client struct {
	cfg Config
}

// New checks cfg and fills in its defaults. The error names the field that is wrong.
func New(cfg Config) (*Client, error) {
	if cfg.Keys == nil {
		keys := Keyring{ClientID: cfg.ClientID, Current: cfg.SecretKey, Previous: cfg.PreviousSecretKey}
		if err := keys.Check(); err != nil {
			return nil, err
		}
		cfg.Keys = keys
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, fmt.Errorf("BaseURL %q is not an absolute http(s) URL", cfg.BaseURL)
	}
	if base.Path != "" && base.Path != "/" {
		return nil, fmt.Errorf("BaseURL %q has a path: the signature covers the path, which belongs in Paths",
			cfg.BaseURL)
	}
	cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, "/")
	cfg.Paths = cfg.Paths.withDefaults()
	if cfg.TurnedAway == nil {
		cfg.TurnedAway = HeaderCodes
	}
	if cfg.NotFound == nil {
		cfg.NotFound = NotFoundCodes
	}
	if cfg.HTTP == nil {
		cfg.HTTP = HTTP()
	}
	noRedirects := *cfg.HTTP // a redirected POST could be carried out twice
	noRedirects.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	cfg.HTTP = &noRedirects
	if cfg.Now == nil {
		return nil, errors.New("no Now: pass time.Now")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{cfg: cfg}, nil
}

// HTTP returns New's default client. Create it yourself to call Connect while the rest is being set up. It speaks
// HTTP/1.1, so that a connection that died unnoticed costs only one call. Connections may die so while a function is
// frozen.
func HTTP() *http.Client {
	// The time-out allows for one lost packet, which is sent again after a second.
	dialer := &net.Dialer{Timeout: 2500 * time.Millisecond, KeepAlive: 30 * time.Second}
	return &http.Client{Transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: 3 * time.Second,
		MaxIdleConnsPerHost: mostIdle,
		IdleConnTimeout:     50 * time.Second, // shorter than the usual minute of load balancers
	}}
}

// mostIdle is the number of connections that are kept. Reconciliation makes several hundred calls at the same time, and
// each that found no kept connection would make another TLS handshake.
const mostIdle = 400

// Connect opens a connection for the first call to use, by a HEAD request for baseURL. Its error may be ignored: the
// first call will meet and report it.
func Connect(ctx context.Context, client *http.Client, baseURL string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, baseURL, nil)
	if err != nil {
		return fmt.Errorf("connecting to DOKU: %w", err)
	}
	once := *client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := once.Do(request)
	if err != nil {
		return fmt.Errorf("connecting to DOKU: %w", err)
	}
	return answer.Body.Close()
}
