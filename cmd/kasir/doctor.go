package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
)

func doctorCommand() *cobra.Command {
	var stage, outputs, secretFile string
	var p probing
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look whether a deployment at AWS can take payments",
		Long: "Looks at what make deploy made, from outside: whether the secret is filled with the right kind of key, the clock agrees with\n" +
			"DOKU's, DOKU accepts the signature, the printed notification URL is the one whose signature is checked, and the API lets nobody\n" +
			"in without a token. It changes nothing: DOKU is asked for an invoice that cannot exist, and the notification is an empty one.\n\n" +
			"With --probe it asks the DOKU of these credentials about each assumption of docs/doku.md: first what is harmless, with --pay and\n" +
			"--authorize what needs a person at a page, with --wait what needs time. It ends with 0 when nothing differs from the settings\n" +
			"of the environment, and with 1 when settings should change or nothing could be found out.\n" +
			"docs/operations.md says more.\n\n" +
			"The secret is read with the credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or from --secret-file;\n" +
			"with --probe also DOKU_ENVIRONMENT, DOKU_CLIENT_ID and DOKU_SECRET_KEY, without any deployment.",
		Example: "  eval \"$(aws configure export-credentials --format env)\" && kasir doctor --stage sandbox\n" +
			"  kasir doctor --stage sandbox --secret-file secret.json\n" +
			"  kasir doctor --probe\n" +
			"  kasir doctor --probe --pay --authorize --wait 1h --listen :8090 --notification-url https://….example/notifications",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.checkFlags(c); err != nil {
				return err
			}
			if p.on && (os.Getenv("DOKU_SECRET_KEY") != "" || secretFile != "" && os.Getenv("DOKU_ENVIRONMENT") != "") {
				d := deployment{DOKU: os.Getenv("DOKU_ENVIRONMENT"), secretFile: secretFile, now: time.Now}
				return p.run(c.Context(), d, screenOf(c))
			}
			d, err := readDeployment((&place{stage: stage, outputs: outputs}).outputsFile(), stage)
			if err != nil && p.on {
				return withEnvironmentHint(err)
			}
			if err != nil {
				return err
			}
			d.secretFile, d.now = secretFile, time.Now
			if p.on {
				return p.run(c.Context(), d, screenOf(c))
			}
			return d.examine(c.Context(), screenOf(c), stage)
		},
	}
	c.Flags().StringVar(&stage, "stage", "sandbox", "which stage")
	c.Flags().StringVar(&outputs, "outputs", "", "file that make deploy wrote (default cdk-outputs.<stage>.json)")
	c.Flags().StringVar(&secretFile, "secret-file", "", "file of the secret's JSON, in place of reading it at AWS")
	c.RegisterFlagCompletionFunc("stage", completeStages)
	p.flags(c)
	return c
}

// doctorDocument is what kasir doctor --json prints.
type doctorDocument struct {
	Stage           string      `json:"stage"`
	Checks          []checkView `json:"checks"`
	NotificationURL string      `json:"notification_url"` // for DOKU's Back Office
}

type checkView struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // of a failed check: what to do
}

// examination collects the results of the checks, and prints each on one line.
type examination struct {
	screen *screen
	doctorDocument
	failed int
}

func (e *examination) record(what, good string, err error) {
	check := checkView{what, err == nil, good}
	mark := e.screen.paint(green, "ok ")
	if err != nil {
		e.failed++
		check.Detail, mark = err.Error(), e.screen.paint(red, "no ")
	}
	e.Checks = append(e.Checks, check)
	fmt.Fprintf(e.screen.text, "%s %-12s %s\n", mark, what, check.Detail)
}

// examine runs each check and prints its result. The line of a failed check says what to do.
func (d deployment) examine(ctx context.Context, s *screen, stage string) error {
	e := &examination{screen: s, doctorDocument: doctorDocument{Stage: stage, NotificationURL: d.Notification}}
	defer s.begin("reading the secret")()
	keys, good, err := d.checkSecret(ctx)
	e.record("secret", good, err)
	s.update("asking DOKU for the time")
	base, err := d.dokuURL()
	if err == nil {
		good, err = d.checkClock(ctx, base)
	}
	e.record("clock", good, err)
	withoutKey := errors.New("not looked at, since there is no key")
	dokuGood, dokuErr, postGood, postErr := "", withoutKey, "", withoutKey
	if keys.Current != "" {
		s.update("asking DOKU for an order")
		dokuGood, dokuErr = d.checkDOKU(ctx, base, keys)
		s.update("posting a notification")
		postGood, postErr = d.checkNotification(ctx, keys)
	}
	e.record("doku", dokuGood, dokuErr)
	e.record("notification", postGood, postErr)
	s.update("asking the API without a token")
	good, err = d.checkClosed(ctx)
	e.record("api", good, err)
	if err := s.document(e.doctorDocument); err != nil {
		return err
	}
	if e.failed > 0 {
		return fmt.Errorf("%d of %d checks failed", e.failed, len(e.Checks))
	}
	fmt.Fprintln(s.text, "All is well. The notification URL for DOKU's Back Office is "+d.Notification)
	return nil
}
