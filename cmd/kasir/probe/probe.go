package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"kasir/shared/doku"
)

// Config holds the DOKU to ask and the limits of a probe.
type Config struct {
	BaseURL    string
	Keys       doku.Keyring
	Production bool                // only requests that change nothing are sent
	Getenv     func(string) string // kasir's settings; an empty one means its default
	Amount     int64               // of each page, whole rupiah

	Pay             bool          // a person pays a page
	Authorize       bool          // a person pays another page, with an authorisation
	PayWithin       time.Duration // how long to wait for a payment
	WaitFor         time.Duration // after which requests are repeated; 0: never
	Inbox           *Inbox        // receives notifications; nil: there is none
	NotificationURL string        // sent as override_notification_url; empty: DOKU's Back Office decides
	Skip            []string      // names of steps

	HTTP  *http.Client
	Now   func() time.Time
	NewID func() string // 26 characters or more of [a-z2-7]
	Wait  func(context.Context, time.Duration) error
	Out   io.Writer // progress, written for a person
}

// Errors that end a probe before it has found anything.
var (
	errUnreachable = errors.New("DOKU cannot be reached")
	errTurnedAway  = errors.New("DOKU does not take the credentials")
)

const unreachableAfter = 3 // calls without any answer

// run is one probe under way.
type run struct {
	cfg      Config
	http     *http.Client
	settings settings
	key      doku.Secret // signs the requests
	paths    map[endpoint]string
	mu       sync.Mutex // guards the fields below, which two calls at once fill
	all      []*Exchange
	seen     map[string]*Exchange // the last exchange of each step
	withheld map[string]string    // the reasons why steps were not taken
	fatal    error

	page, paid, authorized probePage
	memory                 []memoryResult
	openings               []pageOpening
	waited                 time.Duration // of --wait
}

// probePage is a page that the probe made, and its state.
type probePage struct {
	invoice, requestID string
	body               []byte
	amount             string // as in check status
	done               bool   // paid or authorised
	returned           int64  // refunded in part
	authorizeID        string
	foundIn            string // the places of authorizeID
}

// Run takes every step that cfg allows, in order. A cancelled ctx ends it, and the report then lists the steps that
// were not taken. An error means that nothing could be found out.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	r, err := start(cfg)
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		if r.withheld[s.name] = r.reason(ctx, s); r.withheld[s.name] != "" {
			continue
		}
		fmt.Fprintf(cfg.Out, "asking    %-20s %s\n", s.name, s.does)
		s.take(ctx, r)
		if r.fatal != nil {
			return nil, r.fatal
		}
	}
	return r.report(), nil
}

// Check returns an error if the choices in cfg contradict each other, or name a step that does not exist.
func (cfg Config) Check() error {
	if cfg.Production && (cfg.Pay || cfg.Authorize) {
		return errors.New("in production the probe moves no money: leave out --pay and --authorize")
	}
	for _, name := range cfg.Skip {
		if stepNamed(name) == nil {
			return fmt.Errorf("there is no step %q: the steps are %s", name, strings.Join(stepNames(), ", "))
		}
	}
	return nil
}

// start checks cfg and returns a probe that has asked nothing yet.
func start(cfg Config) (*run, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	r := &run{
		cfg: cfg, http: cfg.HTTP, settings: settings{cfg.Getenv}, key: cfg.Keys.Current,
		seen: map[string]*Exchange{}, withheld: map[string]string{},
	}
	r.paths = r.settings.paths()
	return r, r.settings.check()
}

// reason returns the reason why a step is not taken. It is empty if the step is taken.
func (r *run) reason(ctx context.Context, s step) string {
	for _, name := range r.cfg.Skip {
		if name == s.name {
			return "skipped with --skip"
		}
	}
	switch {
	case ctx.Err() != nil:
		return "the probe was ended before it"
	case r.cfg.Production && s.needs != needsNothing:
		return "it is not asked in production"
	case s.needs == needsPayment && !r.cfg.Pay:
		return "it needs --pay: a person pays a page"
	case s.needs == needsPayment && s.name != "pay" && !r.paid.done:
		return "nobody paid"
	case s.needs == needsAuthorization && !r.cfg.Authorize:
		return "it needs --authorize: a person pays a second page"
	case s.needs == needsAuthorization && s.name != "authorize" && !r.authorized.done:
		return "nobody authorised a payment"
	case s.needs == needsWait && r.cfg.WaitFor == 0:
		return "it needs --wait, such as --wait 1h"
	case s.after != "" && r.seen[s.after] == nil:
		return "there is no answer to " + s.after
	}
	return ""
}

// keep adds an exchange to the report and to the exchanges that are judged. An answer that refuses the credentials ends
// the probe.
func (r *run) keep(x *Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, x)
	if x.Answer == nil {
		if len(r.seen) == 0 && len(r.all) >= unreachableAfter {
			r.fatal = fmt.Errorf("%w at %s: %s", errUnreachable, r.cfg.BaseURL, x.Error)
		}
		if r.withheld[x.Step] == "" {
			r.withheld[x.Step] = "no answer came: " + x.Error
		}
		return
	}
	if (x.Step == "status-unknown" || x.Step == "page") && credentialCodes[strings.ToLower(x.answer.code())] {
		r.fatal = fmt.Errorf(
			"%w: HTTP %d %s from %s; client id and secret key must be of this environment, "+
				"and this machine's clock right",
			errTurnedAway,
			x.answer.status,
			x.answer.code(),
			r.cfg.BaseURL,
		)
	}
	r.seen[x.Step] = x
}

// credentialCodes are the codes with which DOKU reports a wrong key, client id or clock of the merchant's.
var credentialCodes = map[string]bool{
	"invalid_signature": true, "invalid_client_id": true, "invalid_header_request": true,
	"request_time_out_of_range": true,
}

// answerOf returns the answer of a step. It returns false if there is none.
func (r *run) answerOf(step string) (answer, bool) {
	x := r.seen[step]
	if x == nil {
		return answer{}, false
	}
	return x.answer, true
}

// id returns a Request-Id in kasir's form: 32 characters of [a-z2-7].
func (r *run) id() string { return (r.cfg.NewID() + r.cfg.NewID())[:32] }

// print prints a line for the person.
func (r *run) print(format string, values ...any) { fmt.Fprintf(r.cfg.Out, format+"\n", values...) }
