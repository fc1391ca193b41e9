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
	BaseURL   string // Sandbox, Production, or where a stand-in listens
	ClientID  string // "MCH-…", from DOKU's Back Office
	SecretKey Secret // "SK-…", from DOKU's Back Office

	// PreviousSecretKey is for the time a key is being rotated: accepted on answers, it signs only what DOKU turned
	// away under SecretKey.
	PreviousSecretKey Secret
	// Keys, when set, takes the place of the three above: for keys that change while the client is in use.
	Keys Keys
	// Signatures says, for each class of answer, what its Signature header must be. DOKU does not say which answers
	// are signed, so by default a header that is there must be right, and one that is absent is logged.
	Signatures Signatures
	// TurnedAway are the codes under which DOKU turns a request away by its headers alone; nil: HeaderCodes.
	TurnedAway []string
	// NotFound are the codes under which a 404 of check status means that there is no such order; nil: NotFoundCodes.
	NotFound []string

	Paths Paths            // endpoint paths; zero fields mean the guide's
	HTTP  *http.Client     // nil: a client that keeps connections alive; redirects are never followed
	Now   func() time.Time // required; dates the requests
	Log   *slog.Logger     // nil: warnings are dropped

	Observe func(ctx context.Context, c Call) // nil: nobody measures; called once per call, when it has ended
}

// SignaturePolicy says what the Signature header of an answer must be.
type SignaturePolicy string

const (
	WhenPresent SignaturePolicy = "when_present" // right if it is there; the empty policy means this one
	Require     SignaturePolicy = "require"      // there, and right
	Ignore      SignaturePolicy = "ignore"       // anything
)

// Signatures holds the policy for each class of answer.
type Signatures struct {
	Success SignaturePolicy // answers to a POST that say that it was done
	Error   SignaturePolicy // answers to a POST that refuse
	Get     SignaturePolicy // answers to a GET
}

// Paths are DOKU's endpoint paths. They differ between DOKU's sources, so each can be set.
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
		return nil, fmt.Errorf("BaseURL %q has a path: the signature covers the path, which belongs in Paths", cfg.BaseURL)
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
// HTTP/1.1: a connection that died unnoticed, which may happen while a function is frozen, costs one call only.
func HTTP() *http.Client {
	dialer := &net.Dialer{Timeout: 2500 * time.Millisecond, KeepAlive: 30 * time.Second} // one packet may be lost: it comes again after a second
	return &http.Client{Transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		TLSHandshakeTimeout: 3 * time.Second,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     50 * time.Second, // before a load balancer's usual minute
	}}
}

// Connect opens a connection that the first call then finds, by a request that says nothing. That it fails is for the
// first call to find out; the error is for whoever wants to know.
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
