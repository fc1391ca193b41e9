package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/loopback"
	"kasir/local/sandbox"
	"kasir/local/stack"
)

// sandboxFlags holds the flags of kasir sandbox.
type sandboxFlags struct {
	port                                             int
	notify, clientID, secret, retries, public, wrong string
	rate                                             float64
	seed                                             uint64
	unsigned                                         []string
	pages                                            time.Duration
}

func sandboxCommand() *cobra.Command {
	var f sandboxFlags
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run DOKU's sandbox alone, for code in any language",
		Long: "Runs a simulator of DOKU's card payment page. It checks signatures and bodies by DOKU's guide, shows\n" +
			"the hosted page, and posts signed notifications. It keeps its data in memory and takes only test\n" +
			"cards, which its first page lists.\n\n" +
			"It does not simulate real banks and risk checks, settlement by itself, other channels than cards,\n" +
			"and several acquirers. docs/doku.md and local/sandbox/README.md list everything that it leaves out.\n\n" +
			"It can fail on purpose: lose calls or their answers, answer as somebody else, refuse a repeat,\n" +
			"forget Request-Ids, leave answers unsigned, and drop, repeat or reorder notifications.\n" +
			"local/sandbox/README.md lists all faults. GET /control/ledger shows what was really done.",
		Example: "  kasir sandbox\n" +
			"  kasir sandbox --port 9082 --notify http://127.0.0.1:3000/notifications --retries 1s,5s,10s\n" +
			"  kasir sandbox --fault-rate 0.1 --fault-seed 7 --unsigned refusal,get\n" +
			"  kasir sandbox --faults '{\"seed\":7,\"calls\":{\"refund\":{\"lose_after\":0.3}}," +
			"\"forget_after\":\"1h\"}'",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	f.define(c)
	return c
}

func (f *sandboxFlags) define(c *cobra.Command) {
	set := c.Flags()
	set.IntVar(&f.port, "port", 8082, "port to listen on; 0 takes a free one")
	set.StringVar(&f.notify, "notify", "http://127.0.0.1:8080/notifications",
		"notification URL; empty keeps notifications for the control API")
	set.StringVar(&f.clientID, "client-id", sandbox.DefaultClientID, "client id that is accepted")
	set.StringVar(&f.secret, "secret-key", sandbox.DefaultSecretKey, "secret key to sign with; use an invented one")
	set.StringVar(&f.retries, "retries", "30m,6h,12h",
		"when to resend a notification that got no 2xx, counted from the first attempt")
	set.StringVar(&f.public, "public-url", "", "base of the pages' URLs (default http://127.0.0.1 and the port)")
	set.StringVar(&f.wrong, "faults", "", "faults to inject, as the JSON of POST /control/faults")
	set.Float64Var(&f.rate, "fault-rate", 0,
		"probability that a call or a notification suffers a fault of any kind")
	set.Uint64Var(&f.seed, "fault-seed", 0, "with --fault-rate: the same seed gives the same call the same fault")
	set.StringSliceVar(&f.unsigned, "unsigned", nil, "answers without a signature: success, refusal, get")
	set.DurationVar(&f.pages, "page-lifetime", time.Hour, "how long a page can be paid")
	exclusive(c, "faults", "fault-rate")
}

// sandboxDocument is the line that kasir sandbox --json prints once the sandbox listens.
type sandboxDocument struct {
	URL             string `json:"url"`
	PublicURL       string `json:"public_url"`
	ClientID        string `json:"client_id"`
	SecretKey       string `json:"secret_key"` // an invented one
	NotificationURL string `json:"notification_url,omitempty"`
}

// run serves the sandbox until the command ends.
func (f *sandboxFlags) run(c *cobra.Command) error {
	s := screenOf(c)
	delays, err := durations(f.retries)
	if err != nil {
		return err
	}
	wrong, err := faultsOf(f.wrong, f.rate, f.seed)
	if err != nil {
		return err
	}
	if wrong.UnsignedAnswers, err = unsignedOf(f.unsigned, wrong.UnsignedAnswers); err != nil {
		return err
	}
	listener, err := loopback.Listen(f.port)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d is in use: end what uses it, or choose another with --port", f.port)
	}
	if err != nil {
		return err
	}
	public := cmp.Or(f.public, listener.URL())
	doku, err := sandbox.New(sandbox.Config{
		ClientID: f.clientID, SecretKey: f.secret, NotificationURL: f.notify, PublicURL: public,
		RetryDelays: delays, PageLifetime: f.pages, Faults: wrong,
		Log: slog.New(slog.NewTextHandler(s.notes, nil)), Explain: stack.Explain(f.clientID),
	})
	if err != nil {
		return err
	}
	defer doku.Close()
	if err := s.line(sandboxDocument{listener.URL(), public, f.clientID, f.secret, f.notify}); err != nil {
		return err
	}
	fmt.Fprintf(s.text, "DOKU's sandbox is at %s; Ctrl-C ends it.\n\n", listener.URL())
	fmt.Fprintf(s.text, "  client id    %s\n  secret key   %s\n  notifies     %s\n", f.clientID, f.secret,
		cmp.Or(f.notify, "nowhere; "+listener.URL()+"/control/notifications keeps them"))
	server := &http.Server{Handler: doku, ReadHeaderTimeout: 10 * time.Second}
	go func() { <-c.Context().Done(); server.Close() }()
	if err := listener.Serve(server, tunnel(public)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// tunnel accepts requests for the host of the pages' URLs, which may be the host of a tunnel.
func tunnel(public string) loopback.Guard {
	u, err := url.Parse(public)
	if err != nil {
		return loopback.Guard{}
	}
	return loopback.Guard{Hosts: []string{strings.ToLower(u.Hostname())}}
}

func faultsOf(text string, rate float64, seed uint64) (sandbox.Faults, error) {
	if text == "" {
		if !(rate >= 0 && rate <= 1) {
			return sandbox.Faults{}, usagef("--fault-rate %v: it takes a probability from 0 to 1", rate)
		}
		return sandbox.EveryFault(rate, seed), nil
	}
	f, err := sandbox.ParseFaults(text)
	if err != nil {
		return f, usagef("--faults: %w", err)
	}
	return f, nil
}

// unsignedOf adds the classes of answers in --unsigned to u.
func unsignedOf(classes []string, u sandbox.UnsignedAnswers) (sandbox.UnsignedAnswers, error) {
	for _, class := range classes {
		switch class {
		case "success":
			u.Success = true
		case "refusal":
			u.Refusal = true
		case "get":
			u.GET = true
		default:
			return u, usagef("--unsigned %s: it takes success, refusal and get", class)
		}
	}
	return u, nil
}

func durations(list string) ([]time.Duration, error) {
	all := []time.Duration{}
	for text := range strings.SplitSeq(list, ",") {
		if text == "" {
			continue
		}
		d, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || d < 0 {
			return nil, usagef("--retries has %q: it takes durations such as 30m,6h,12h", text)
		}
		all = append(all, d)
	}
	return all, nil
}
