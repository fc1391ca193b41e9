package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/loopback"
	"kasir/local/reference"
	"kasir/local/stack"
	"kasir/local/stack/clock"
	"kasir/local/stack/logfile"
)

// localFlags hold what kasir local starts.
type localFlags struct {
	where             place
	port, console     int
	doku              string
	origins, webhooks []string
}

func localCommand() *cobra.Command {
	var f localFlags
	c := &cobra.Command{
		Use:   "local",
		Short: "Run everything: HTTP API, functions, DynamoDB, DOKU's sandbox, shop, console",
		Long: "Runs the built functions behind a local HTTP API, with an embedded DynamoDB, a sandbox in DOKU's\n" +
			"place, a demo shop and the operator's console. Orders are kept in the data folder; the sandbox forgets\n" +
			"its pages when it ends.",
		Example: "  kasir local\n" +
			"  kasir local --port 9000 --memory\n" +
			"  kasir local --webhook http://localhost:3000/hooks     # your back end receives the events\n" +
			"  kasir local --origin http://127.0.0.1:3000     # the pages of a shop of your own may call the API\n" +
			"  DOKU_CLIENT_ID=MCH-… DOKU_SECRET_KEY=SK-… kasir local --doku sandbox     # DOKU's own sandbox",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := f.config()
			if err != nil {
				return err
			}
			s := screenOf(c)
			cfg.Log, cfg.Failures = s.notes, s.notes
			if cfg.Data != "" {
				kept := logfile.New(logPath(f.where.data))
				defer kept.Close()
				cfg.Log = io.MultiWriter(kept, s.notes)
			}
			cfg.Log = io.MultiWriter(cfg.Log, &deliveryLines{s, map[string]string{}})
			return runLocal(c.Context(), s, cfg, f.where)
		},
	}
	f.where.flags(c, true)
	c.Flags().IntVar(&f.port, "port", 8080,
		"port of the HTTP API; the shop, the sandbox and the console take the next three")
	c.Flags().IntVar(&f.console, "console-port", 0, "another port for the console (default the third after --port)")
	c.Flags().StringSliceVar(&f.origins, "origin", nil,
		"more origins whose pages may call the HTTP API (CORS), on this machine only")
	webhookFlag(c, &f.webhooks)
	c.Flags().StringVar(&f.doku, "doku", "",
		"DOKU instead of the built-in sandbox: sandbox, production, or a base URL on loopback;\n"+
			"its credentials come from DOKU_CLIENT_ID and DOKU_SECRET_KEY")
	c.RegisterFlagCompletionFunc("doku", completeWords("sandbox", "production"))
	return c
}

// config checks the flags and returns the configuration of the stack.
func (f *localFlags) config() (stack.Config, error) {
	cfg, err := f.where.config()
	if err != nil {
		return cfg, err
	}
	if f.port < 1 || f.port > 65532 {
		return cfg, usagef("--port %d is not a port: it takes 1 to 65532, and the three after it", f.port)
	}
	if f.console < 0 || f.console > 65535 {
		return cfg, usagef("--console-port %d is not a port: it takes 1 to 65535", f.console)
	}
	for _, origin := range f.origins {
		if err := loopback.CheckOrigin(origin); err != nil {
			return cfg, usagef("--origin %q: %v", origin, err)
		}
	}
	cfg.Port, cfg.ConsolePort, cfg.DOKU, cfg.Origins = f.port, f.console, f.doku, f.origins
	if f.doku != "" {
		cfg.ClientID, cfg.SecretKey = os.Getenv("DOKU_CLIENT_ID"), os.Getenv("DOKU_SECRET_KEY")
	}
	return cfg, setWebhooks(&cfg, f.webhooks)
}

// localDocument is the line that kasir local --json prints once every part answers.
type localDocument struct {
	API     string `json:"api"`
	Shop    string `json:"shop"`
	Console string `json:"console"`
	DOKU    string `json:"doku,omitempty"` // the built-in sandbox
	Issuer  string `json:"issuer"`
	Tokens  string `json:"tokens"`
	Reports string `json:"reports"`          // address to put settlement reports at
	Orders  string `json:"orders,omitempty"` // folder; absent if the orders are in memory

	Webhooks []stack.Webhook `json:"webhooks,omitempty"`
}

func runLocal(ctx context.Context, s *screen, cfg stack.Config, where place) error {
	end := s.begin("starting the functions, DynamoDB and the sandbox")
	defer end()
	running, err := stack.Start(ctx, cfg)
	if err != nil {
		var busy *stack.PortInUse
		if api, running := stack.RunningAPI(where.data); running && errors.As(err, &busy) {
			return fmt.Errorf("port %d, for the %s, is in use, and kasir local is running already, its HTTP API at "+
				"%s: use that one, end it with Ctrl-C, or start another beside it "+
				`(make run ARGS="--port 9000 --memory")`, busy.Port, busy.What, api)
		}
		return err
	}
	defer running.Close()
	withdraw, found, err := announce(running, cfg, where)
	if err != nil {
		return err
	}
	defer withdraw()
	end()
	welcome(s.text, running, cfg, found)
	facts := localDocument{running.API, running.Shop, running.Console, running.DOKU, running.Issuer,
		running.Issuer + "/token", running.ReportsFolder, cfg.Data, running.Webhooks}
	if err := s.line(facts); err != nil {
		return err
	}
	warnShortages(s)
	warnAbsent(s, running.Absent)
	select {
	case <-ctx.Done():
		fmt.Fprintln(s.text, "\nending")
		return nil
	case <-running.Exited:
		return running.ExitError()
	}
}

// warnShortages prints the limits of this machine that are too low for kasir.
func warnShortages(s *screen) {
	for _, shortage := range stack.Shortages() {
		s.warn(shortage)
	}
}

// announce lets kasir's other commands find the stack. found reports whether they do. A stack that keeps its orders is
// always found, because no other stack can use its data folder. A stack in memory gives way to one that is announced
// already.
func announce(running *stack.Stack, cfg stack.Config, where place) (withdraw func(), found bool, err error) {
	if _, taken := stack.Running(where.data); taken && cfg.Data == "" {
		return func() {}, false, nil
	}
	withdraw, err = running.Announce(where.data)
	if err != nil && cfg.Data == "" {
		return func() {}, false, nil
	}
	return withdraw, true, err
}

func welcome(out io.Writer, s *stack.Stack, cfg stack.Config, found bool) {
	kept := "in memory, gone at the end"
	switch {
	case cfg.Data != "" && s.DOKU != "":
		kept = cfg.Data + "   (kept; the sandbox forgets: an order of an earlier run can be read, not paid or refunded)"
	case cfg.Data != "":
		kept = cfg.Data + "   (kept)"
	}
	token := "as below"
	if found {
		token = programName() + " token, or as below"
	}
	fmt.Fprintf(out, "\nkasir is running; Ctrl-C ends it.\n\n")
	fmt.Fprintf(out, "  open the shop      %s\n", s.Shop)
	fmt.Fprintf(out, "  open the console   %s   (find, refund, settle: choose a role)\n", s.Console)
	fmt.Fprintf(out, "  HTTP API           %s\n", s.API)
	fmt.Fprintf(out, "  its reference      %s%s\n", s.API, reference.PagePath)
	for _, origin := range cfg.Origins {
		fmt.Fprintf(out, "  called by pages of %s\n", origin)
	}
	if s.DOKU != "" {
		fmt.Fprintf(out, "  DOKU's sandbox     %s   (payments, notifications, test cards)\n", s.DOKU)
	} else {
		fmt.Fprintf(out, "  DOKU               %s   (its notifications must reach POST %s%s from outside)\n",
			cfg.DOKU, s.API, stack.NotificationTarget)
	}
	fmt.Fprintf(out, "  orders             %s\n", kept)
	fmt.Fprintf(out, "  tokens             %s/token   (%s)\n", s.Issuer, token)
	fmt.Fprintf(out, "  settlements        %s   (curl -T report.csv and this address)\n", s.ReportsFolder)
	for _, w := range s.Webhooks {
		fmt.Fprintf(out, "  webhook %-10s %s   (secret %s)\n", w.Name, w.URL, w.Secret)
	}
	if found {
		name := programName()
		fmt.Fprintf(out, "  events             %s events tail   (%s trigger paid makes one)\n", name, name)
	}
	if ahead := s.Clock.Ahead(); ahead != 0 {
		now := clock.Line(s.Clock.Now(), ahead)
		fmt.Fprintf(out, "  clock              %s   (kept; %s clock)\n", now, programName())
	}
	invoice := "TRY-" + time.Now().Format("0102-150405")
	fmt.Fprintf(out, "\nOr pay without the shop. Paste this, open the url in the answer, then look at the order:\n\n")
	fmt.Fprintf(out, "  TOKEN=$(curl -s %s/token -H 'accept: text/plain')\n", s.Issuer)
	fmt.Fprintf(out, "  curl -s %s/payments -H \"authorization: Bearer $TOKEN\" -H 'content-type: application/json' "+
		"-d '{\"order\":{\"invoice_number\":\"%s\",\"amount\":90000},\"customer\":{\"email\":\"budi@example.com\"}}'\n",
		s.API, invoice)
	fmt.Fprintf(out, "  curl -s %s/payments/%s -H \"authorization: Bearer $TOKEN\"\n\n", s.API, invoice)
}
