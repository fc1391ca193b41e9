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
	var noSecret bool
	var p probing
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check whether a deployment at AWS can take payments",
		Long: "Checks the deployment of a stage from outside: whether the secret holds the right kind of key, the\n" +
			"clock agrees with DOKU's, DOKU accepts the signature, the notification URL is the one whose\n" +
			"signature is checked, and the API refuses requests without a token. It changes nothing: it asks DOKU\n" +
			"about an invoice that cannot exist, and posts an empty notification.\n\n" +
			"With --probe it asks the DOKU of these credentials about each assumption of docs/doku.md. The\n" +
			"harmless questions come first. --pay and --authorize add those that need a person at a page, --wait\n" +
			"those that need time. It ends with 0 if no answer differs from the settings of the environment, and\n" +
			"with 1 if settings should change or nothing could be found out. docs/operations.md has the details.\n\n" +
			"The secret is read with the credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and\n" +
			"AWS_SESSION_TOKEN, or from --secret-file. Their role must be in SecretReaders of infra/stages.go,\n" +
			"or the alarm SecretRead sends a page. With --probe, DOKU_ENVIRONMENT, DOKU_CLIENT_ID and\n" +
			"DOKU_SECRET_KEY do without any deployment.",
		Example: "  eval \"$(aws configure export-credentials --format env)\" && kasir doctor --stage sandbox\n" +
			"  kasir doctor --stage sandbox --secret-file secret.json\n" +
			"  kasir doctor --probe\n" +
			"  kasir doctor --probe --pay --authorize --wait 1h --listen :8090 \\\n" +
			"    --notification-url https://….example/notifications",
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
			d.secretFile, d.noSecret, d.now = secretFile, noSecret, time.Now
			if p.on {
				return p.run(c.Context(), d, screenOf(c))
			}
			return d.examine(c.Context(), screenOf(c), stage)
		},
	}
	c.Flags().StringVar(&stage, "stage", "sandbox", "name of the stage")
	c.Flags().StringVar(&outputs, "outputs", "", "file that make deploy wrote (default cdk-outputs.<stage>.json)")
	c.Flags().StringVar(&secretFile, "secret-file", "", "file with the secret's JSON (default: the secret at AWS)")
	c.Flags().BoolVar(&noSecret, "without-secret", false,
		"make only the checks that need no key of DOKU's, such as after a deployment by CI")
	c.RegisterFlagCompletionFunc("stage", completeStages)
	p.flags(c)
	c.MarkFlagsMutuallyExclusive("without-secret", "secret-file")
	c.MarkFlagsMutuallyExclusive("without-secret", "probe")
	return c
}

// doctorDocument is the output of kasir doctor --json.
type doctorDocument struct {
	Stage           string      `json:"stage"`
	Checks          []checkView `json:"checks"`
	NotificationURL string      `json:"notification_url"` // for DOKU's Back Office
}

type checkView struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"` // of a failed check: the remedy
}

// examination collects the results of the checks and prints each on one line.
type examination struct {
	screen *screen
	doctorDocument
	failed int
}

func (e *examination) record(name, good string, err error) {
	check := checkView{name, err == nil, good}
	mark := e.screen.paint(green, "ok ")
	if err != nil {
		e.failed++
		check.Detail, mark = err.Error(), e.screen.paint(red, "no ")
	}
	e.Checks = append(e.Checks, check)
	fmt.Fprintf(e.screen.text, "%s %-12s %s\n", mark, name, check.Detail)
}

// examine runs each check and prints its result. The line of a failed check contains the remedy.
func (d deployment) examine(ctx context.Context, s *screen, stage string) error {
	e := &examination{screen: s, doctorDocument: doctorDocument{Stage: stage, NotificationURL: d.Notification}}
	if d.noSecret {
		return d.examineWithoutSecret(ctx, e)
	}
	defer s.begin("reading the secret")()
	keys, good, err := d.checkSecret(ctx)
	e.record("secret", good, err)
	s.update("asking DOKU for the time")
	base, err := d.dokuURL()
	if err == nil {
		good, err = d.checkClock(ctx, base)
	}
	e.record("clock", good, err)
	withoutKey := errors.New("not checked, because there is no key")
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
	return e.end()
}

// examineWithoutSecret makes the checks that need no key. The notification is signed with another key than DOKU's, and
// only a function that has read its secret can refuse it.
func (d deployment) examineWithoutSecret(ctx context.Context, e *examination) error {
	defer e.screen.begin("posting a notification")()
	good, err := d.checkForged(ctx)
	e.record("notification", good, err)
	e.screen.update("asking the API without a token")
	good, err = d.checkClosed(ctx)
	e.record("api", good, err)
	return e.end()
}

// end prints the result of all checks.
func (e *examination) end() error {
	if err := e.screen.document(e.doctorDocument); err != nil {
		return err
	}
	if e.failed > 0 {
		return fmt.Errorf("%d of %d checks failed", e.failed, len(e.Checks))
	}
	fmt.Fprintln(e.screen.text, "All checks passed. The notification URL for DOKU's Back Office is "+e.NotificationURL)
	return nil
}
