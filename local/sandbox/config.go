package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"kasir/local/sandbox/validate"
)

// Credentials of the sandbox, which are valid nowhere else. The secret has the form of DOKU's Direct API keys
// ("SK-…"), which the card API uses.
const (
	DefaultClientID  = "MCH-0001-KASIR-SANDBOX"
	DefaultSecretKey = "SK-kasir-sandbox-not-a-secret"
)

// Config holds the settings of a Server. The zero value of every field is usable, except the credentials.
type Config struct {
	ClientID, SecretKey string // both mandatory

	// Merchant is the name on payment pages. Default: the word "Merchant".
	Merchant string
	// NotificationURL receives the notifications. If it is empty, they are only kept for the control API.
	NotificationURL string
	// NotificationTarget is the Request-Target in the signatures of notifications. Default: the URL's path.
	NotificationTarget string
	// PublicURL is the base of page URLs, "http://localhost:8082". Default: the host of the create call.
	PublicURL string

	// RetryDelays count from the first attempt. Default: DOKU's 30 min, 6 h, 12 h. An empty slice that is not nil means
	// no retries.
	RetryDelays []time.Duration
	// PageLifetime is how long a page can be paid. Default 60 min; DOKU documents none.
	PageLifetime time.Duration
	// AuthorizationLifetime is how long an authorisation can be captured. Default 7 days, the guide's.
	AuthorizationLifetime time.Duration

	Faults Faults // failures on purpose; none in the zero value. The control API changes them.

	Now   func() time.Time // default time.Now
	Clock Clock            // a clock that others share, in place of Now; if nil, the sandbox has its own
	Log   *slog.Logger     // nil discards
	HTTP  *http.Client     // delivers notifications; default: 10 s time-out, redirects not followed

	// Explain returns, for the log, why the headers of a request were refused. Default: no explanation. It comes from
	// the caller because the sandbox shares no code with kasir.
	Explain func(r *http.Request, body []byte, secretKey string, now time.Time) string

	after func(time.Duration) <-chan time.Time // waits for faults; default time.After
}

// withDefaults fills in the defaults and refuses settings that cannot work. The message names the field.
func (c Config) withDefaults() (Config, error) {
	if c.ClientID == "" {
		return c, errors.New("sandbox: ClientID is empty")
	}
	if c.SecretKey == "" {
		return c, errors.New("sandbox: SecretKey is empty")
	}
	for name, v := range map[string]string{"NotificationURL": c.NotificationURL, "PublicURL": c.PublicURL} {
		if v != "" && !validate.IsWebURL(v) {
			return c, fmt.Errorf("sandbox: %s %q is not an absolute http or https URL", name, v)
		}
	}
	if c.PageLifetime < 0 || c.AuthorizationLifetime < 0 {
		return c, errors.New("sandbox: PageLifetime and AuthorizationLifetime must not be negative")
	}
	for i, d := range c.RetryDelays {
		if d < 0 || i > 0 && d < c.RetryDelays[i-1] {
			return c, errors.New("sandbox: RetryDelays must not decrease: they count from the first attempt")
		}
	}
	if err := c.Faults.Check(); err != nil {
		return c, fmt.Errorf("sandbox: Faults: %w", err)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if c.RetryDelays == nil {
		c.RetryDelays = []time.Duration{30 * time.Minute, 6 * time.Hour, 12 * time.Hour}
	}
	if c.PageLifetime == 0 {
		c.PageLifetime = time.Hour
	}
	if c.AuthorizationLifetime == 0 {
		c.AuthorizationLifetime = 7 * 24 * time.Hour
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Clock != nil {
		c.Now = c.Clock.Now
	}
	if c.after == nil {
		c.after = time.After
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.HTTP == nil {
		c.HTTP = deliveryClient()
	}
	return c, nil
}

// deliveryClient returns a client that follows no redirects. For DOKU only a 2xx of the notification URL itself counts
// as received.
func deliveryClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 32
	return &http.Client{
		Timeout:       10 * time.Second,
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
