package doku

import (
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

	// PreviousSecretKey is for the time a key is being rotated: accepted on answers, and tried on a call that DOKU turns
	// away under SecretKey.
	PreviousSecretKey Secret
	// Keys replaces ClientID, SecretKey and PreviousSecretKey when they may change while the client runs.
	Keys Keys
	// RequireSignature makes an answer without a Signature header an unknown outcome. DOKU does not say which
	// answers are signed, so by default such an answer is believed and a warning logged.
	RequireSignature bool

	Paths Paths            // endpoint paths; zero fields mean the guide's
	HTTP  *http.Client     // nil: a client that keeps connections alive; redirects are never followed
	Now   func() time.Time // required; dates the requests
	Log   *slog.Logger     // nil: warnings are dropped
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
		CreatePage:  first(p.CreatePage, "/credit-card/v1/payment-page"),
		Capture:     first(p.Capture, "/credit-card/capture"),
		Refund:      first(p.Refund, "/cancellation/credit-card/refund"),
		DeleteToken: first(p.DeleteToken, "/credit-card/delete-tokenization"),
		ListTokens:  first(p.ListTokens, "/tokenization/v2/get-token"),
		Status:      first(p.Status, "/orders/v1/status"),
	}
}

// Client calls DOKU. It is safe for concurrent use.
type Client struct {
	cfg Config
}

// New checks cfg and fills in its defaults. The error names the field that is wrong.
func New(cfg Config) (*Client, error) {
	if cfg.Keys == nil {
		cfg.Keys = Keyring{ClientID: cfg.ClientID, Current: cfg.SecretKey, Previous: cfg.PreviousSecretKey}
	}
	if err := cfg.Keys.Keyring(context.Background()).Check(); err != nil {
		return nil, fmt.Errorf("DOKU's keyring: %w", err)
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
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Transport: Transport()}
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

// Transport is how a client of New calls DOKU when Config.HTTP is nil: connections are kept alive and made within a second.
func Transport() *http.Transport {
	dialer := &net.Dialer{Timeout: time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 3 * time.Second,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	}
}
