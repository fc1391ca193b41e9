package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kasir/cmd/kasir/probe"
	"kasir/local/stack"
	"kasir/shared/doku"
)

// probing holds the flags of kasir doctor --probe.
type probing struct {
	on, production, pay, authorize bool
	amount                         int64
	wait, payWithin                time.Duration
	listen, notificationURL        string
	report                         string
	skip                           []string
}

// flags adds the probe's flags to kasir doctor.
func (p *probing) flags(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(
		&p.on,
		"probe",
		false,
		"ask DOKU's sandbox about each assumption of docs/doku.md, and print the settings that follow",
	)
	f.BoolVar(&p.production, "production", false, "with --probe: ask DOKU's production, with requests that only read")
	f.BoolVar(&p.pay, "pay", false, "with --probe: print a page to pay, wait until it is paid, and refund it")
	f.BoolVar(
		&p.authorize,
		"authorize",
		false,
		"with --probe: print a page to authorise, wait until a person does, then capture and refund",
	)
	f.Int64Var(&p.amount, "amount", 20000, "with --probe: amount of each page, whole rupiah")
	f.DurationVar(
		&p.payWithin,
		"pay-within",
		30*time.Minute,
		"with --pay and --authorize: how long to wait for a payment",
	)
	f.DurationVar(
		&p.wait,
		"wait",
		0,
		"with --probe: repeat requests after this time, such as 1h, to see whether DOKU remembers them",
	)
	f.StringVar(&p.listen, "listen", "", "with --probe: address on which notifications arrive, such as :8090")
	f.StringVar(
		&p.notificationURL,
		"notification-url",
		"",
		"with --listen: the URL under which DOKU reaches it; its path must be the Back Office's",
	)
	f.StringVar(&p.report, "report", "", "with --probe: file for the report (default kasir-probe-<date>.json)")
	f.StringSliceVar(&p.skip, "skip", nil, "with --probe: names of steps to leave out; the output names each")
}

// checkFlags returns an error that names a flag of the probe if it is given without --probe.
func (p *probing) checkFlags(c *cobra.Command) error {
	var given error
	c.Flags().Visit(func(f *pflag.Flag) {
		if !p.on && strings.HasPrefix(f.Usage, "with --") {
			given = usagef("--%s needs --probe", f.Name)
		}
	})
	return given
}

// run runs the probe, prints the findings and writes the report.
func (p probing) run(ctx context.Context, d deployment, s *screen) error {
	steps := s.text
	if s.json {
		steps = s.notes // a person must see the URLs of the pages to pay
	}
	cfg, err := p.config(ctx, d, steps)
	if err != nil {
		return err
	}
	if p.listen != "" {
		closeInbox, err := p.serve(ctx, cfg.Inbox)
		if err != nil {
			return err
		}
		defer closeInbox()
	}
	name := cmp.Or(p.report, "kasir-probe-"+time.Now().Format("2006-01-02-150405")+".json")
	// The file is opened before the probe, which may take an hour.
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	defer file.Close()
	end := s.begin("asking DOKU")
	defer end()
	report, err := probe.Run(ctx, cfg)
	if err != nil {
		return err
	}
	end()
	report.Print(s.text)
	if err := errors.Join(report.Write(file), file.Close()); err != nil {
		return err
	}
	fmt.Fprintf(s.text, "\nThe report is in %s: keep it. It holds no key and no signature of a request.\n", name)
	if err := s.document(probeDocument{name, report}); err != nil {
		return err
	}
	if n := report.Differs(); n > 0 {
		return fmt.Errorf("%d assumptions do not hold with the current settings", n)
	}
	return nil
}

// probeDocument is the output of kasir doctor --probe --json: the report, and the name of its file.
type probeDocument struct {
	File string `json:"report"`
	*probe.Report
}

func (p probing) config(ctx context.Context, d deployment, out io.Writer) (probe.Config, error) {
	base, keys, err := d.probeKeys(ctx)
	if err != nil {
		return probe.Config{}, err
	}
	if base == doku.Production && !p.production {
		return probe.Config{}, errors.New(
			"these credentials are for DOKU's production: set the sandbox's, or give --production, " +
				"which sends only requests that read",
		)
	}
	if p.amount < 2 || p.wait < 0 || p.payWithin <= 0 {
		return probe.Config{}, usagef("--amount must be 2 or more, --wait not negative, and --pay-within above 0")
	}
	if p.notificationURL != "" && p.listen == "" {
		return probe.Config{}, usagef("--notification-url needs --listen")
	}
	cfg := probe.Config{
		BaseURL: base, Keys: keys, Production: p.production, Getenv: os.Getenv, Amount: p.amount,
		Pay: p.pay, Authorize: p.authorize, PayWithin: p.payWithin, WaitFor: p.wait,
		NotificationURL: p.notificationURL, Skip: p.skip,
		HTTP: probe.HTTP(), Now: time.Now, NewID: doctorID, Wait: sleep, Out: out,
	}
	if err := cfg.Check(); err != nil {
		return probe.Config{}, usageError{err}
	}
	if p.listen != "" {
		cfg.Inbox = probe.NewInbox(keys, cmp.Or(os.Getenv("NOTIFICATION_TARGET"), stack.NotificationTarget), time.Now)
	}
	return cfg, nil
}

// withEnvironmentHint adds to an error how to run the probe without a deployment.
func withEnvironmentHint(err error) error {
	return fmt.Errorf("%w; without a deployment, set DOKU_ENVIRONMENT, DOKU_CLIENT_ID and DOKU_SECRET_KEY", err)
}

// serve receives notifications until the returned function is called.
func (p probing) serve(ctx context.Context, inbox http.Handler) (func(), error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", p.listen, err)
	}
	server := &http.Server{Handler: inbox, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	go server.Serve(listener)
	return func() { server.Close() }, nil
}

// probeKeys returns DOKU's base URL and the keys that the probe uses. They come from the environment variables that the
// functions read, or else from the deployment.
func (d deployment) probeKeys(ctx context.Context) (base string, keys doku.Keyring, err error) {
	if key := os.Getenv("DOKU_SECRET_KEY"); key != "" && d.secretFile == "" {
		d.DOKU = cmp.Or(os.Getenv("DOKU_ENVIRONMENT"), "sandbox")
		keys = doku.Keyring{
			ClientID: os.Getenv("DOKU_CLIENT_ID"), Current: doku.Secret(key),
			Previous: doku.Secret(os.Getenv("DOKU_PREVIOUS_SECRET_KEY")),
		}
		base, err = d.dokuURL()
		return strings.TrimSuffix(base, "/"), keys, errors.Join(err, keys.Check())
	}
	if keys, _, err = d.checkSecret(ctx); err != nil {
		return "", keys, withEnvironmentHint(err)
	}
	base, err = d.dokuURL()
	if err != nil {
		return "", keys, err
	}
	u, err := url.Parse(base)
	if err != nil || u.Path != "" && u.Path != "/" {
		return "", keys, fmt.Errorf("%s has a path: the signature covers the path", base)
	}
	return strings.TrimSuffix(base, "/"), keys, nil
}

// sleep waits for d or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
