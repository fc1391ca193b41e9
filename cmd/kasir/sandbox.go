package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"kasir/local/sandbox"
)

func sandboxCommand() *cobra.Command {
	var port int
	var notify, clientID, secret, retries, public, faults string
	var unsigned []string
	var pages time.Duration
	var rate float64
	var seed uint64
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run DOKU's sandbox alone, for code in any language",
		Long: "Runs a simulator of DOKU's card payment page: it checks signatures and bodies as DOKU's guide says, shows the hosted page,\n" +
			"and posts signed notifications. It keeps everything in memory, and takes test cards only; its first page lists them.\n\n" +
			"What DOKU does and this does not: real banks and risk checks, settlement by itself, other channels than cards,\n" +
			"several acquirers, rate limits. docs/doku.md and local/sandbox/README.md list all of it.\n\n" +
			"It can fail on purpose: lose calls or their answers, let somebody else answer, refuse a repeat, forget Request-Ids, leave\n" +
			"answers unsigned, drop, repeat and reorder notifications. local/sandbox/README.md lists all of it; GET /control/ledger says\n" +
			"what was really done.",
		Example: "  kasir sandbox\n" +
			"  kasir sandbox --port 9082 --notify http://localhost:3000/notifications --retries 1s,5s,10s\n" +
			"  kasir sandbox --fault-rate 0.1 --fault-seed 7 --unsigned refusal,get\n" +
			"  kasir sandbox --faults '{\"seed\":7,\"calls\":{\"refund\":{\"lose_after\":0.3}},\"forget_after\":\"1h\"}'",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			delays, err := durations(retries)
			if err != nil {
				return err
			}
			wrong, err := faultsOf(faults, rate, seed)
			if err != nil {
				return err
			}
			if wrong.UnsignedAnswers, err = unsignedOf(unsigned, wrong.UnsignedAnswers); err != nil {
				return err
			}
			listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if errors.Is(err, syscall.EADDRINUSE) {
				return fmt.Errorf("port %d is in use: end what uses it, or choose another with --port", port)
			}
			if err != nil {
				return err
			}
			url := "http://localhost:" + strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
			if public == "" {
				public = url
			}
			doku, err := sandbox.New(sandbox.Config{
				ClientID: clientID, SecretKey: secret, NotificationURL: notify, PublicURL: public, RetryDelays: delays,
				PageLifetime: pages, Faults: wrong, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
			})
			if err != nil {
				return err
			}
			defer doku.Close()
			fmt.Fprintf(c.OutOrStdout(), "DOKU's sandbox is at %s; Ctrl-C ends it.\n\n  client id    %s\n  secret key   %s\n  notifies     %s\n",
				url, clientID, secret, notify)
			server := &http.Server{Handler: doku, ReadHeaderTimeout: 10 * time.Second}
			go func() { <-c.Context().Done(); server.Close() }()
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		},
	}
	c.Flags().IntVar(&port, "port", 8082, "port to listen on; 0 takes a free one")
	c.Flags().StringVar(&notify, "notify", "http://localhost:8080/notifications", "notification URL; empty keeps notifications for the control API")
	c.Flags().StringVar(&clientID, "client-id", sandbox.DefaultClientID, "client id that is accepted")
	c.Flags().StringVar(&secret, "secret-key", sandbox.DefaultSecretKey, "secret key that signs; an invented one")
	c.Flags().StringVar(&retries, "retries", "30m,6h,12h", "when a notification that got no 2xx is sent again, counted from the first time")
	c.Flags().StringVar(&public, "public-url", "", "base of the pages' URLs (default http://localhost and the port)")
	c.Flags().StringVar(&faults, "faults", "", "what goes wrong on purpose, as the JSON of POST /control/faults")
	c.Flags().Float64Var(&rate, "fault-rate", 0, "let every kind of fault happen: the probability that a call or an attempt to notify suffers one")
	c.Flags().Uint64Var(&seed, "fault-seed", 0, "the same seed gives the same call the same fate; with --fault-rate")
	c.Flags().StringSliceVar(&unsigned, "unsigned", nil, "answers without a signature: success, refusal, get, separated by commas")
	c.Flags().DurationVar(&pages, "page-lifetime", time.Hour, "how long a page can be paid")
	c.MarkFlagsMutuallyExclusive("faults", "fault-rate")
	return c
}

func faultsOf(text string, rate float64, seed uint64) (sandbox.Faults, error) {
	if text == "" {
		if !(rate >= 0 && rate <= 1) {
			return sandbox.Faults{}, fmt.Errorf("--fault-rate %v: it takes a probability from 0 to 1", rate)
		}
		return sandbox.EveryFault(rate, seed), nil
	}
	f, err := sandbox.ParseFaults(text)
	if err != nil {
		return f, fmt.Errorf("--faults: %w", err)
	}
	return f, nil
}

// unsignedOf adds the classes of answers named on the command line.
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
			return u, fmt.Errorf("--unsigned %s: it takes success, refusal and get", class)
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
			return nil, fmt.Errorf("--retries has %q: it takes durations such as 30m,6h,12h", text)
		}
		all = append(all, d)
	}
	return all, nil
}
