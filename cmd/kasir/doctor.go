package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
			"of the environment, with 1 when settings should change, with 2 when nothing could be found out. docs/operations.md says more.\n\n" +
			"The secret is read with the credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or from --secret-file;\n" +
			"with --probe also DOKU_ENVIRONMENT, DOKU_CLIENT_ID and DOKU_SECRET_KEY, without any deployment.",
		Example: "  eval \"$(aws configure export-credentials --format env)\" && kasir doctor --stage sandbox\n" +
			"  kasir doctor --stage sandbox --secret-file secret.json\n" +
			"  kasir doctor --probe\n" +
			"  kasir doctor --probe --pay --authorize --wait 1h --listen :8090 --notification-url https://….example/notifications",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.alone(c); err != nil {
				return err
			}
			if p.on && (os.Getenv("DOKU_SECRET_KEY") != "" || secretFile != "" && os.Getenv("DOKU_ENVIRONMENT") != "") {
				d := deployment{DOKU: os.Getenv("DOKU_ENVIRONMENT"), secretFile: secretFile, now: time.Now}
				return p.run(c.Context(), d, c.OutOrStdout())
			}
			d, err := readDeployment(cmp.Or(outputs, "cdk-outputs."+stage+".json"), stage)
			if err != nil && p.on {
				return couldNotRun(orFromEnvironment(err))
			}
			if err != nil {
				return err
			}
			d.secretFile, d.now = secretFile, time.Now
			if p.on {
				return p.run(c.Context(), d, c.OutOrStdout())
			}
			return d.examine(c.Context(), c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&stage, "stage", "sandbox", "which stage")
	c.Flags().StringVar(&outputs, "outputs", "", "file that make deploy wrote (default cdk-outputs.<stage>.json)")
	c.Flags().StringVar(&secretFile, "secret-file", "", "file of the secret's JSON, in place of reading it at AWS")
	p.flags(c)
	return c
}

// deployment holds the outputs of a stage, as make deploy wrote them.
type deployment struct {
	API          string `json:"ApiUrl"`
	Notification string `json:"NotificationUrl"`
	Secret       string `json:"SecretArn"`
	DOKU         string `json:"DokuEnvironment"` // sandbox, production, or a base URL on loopback
	Table        string `json:"TableName"`
	Bus          string `json:"BusName"`
	Settings     string `json:"Settings"` // JSON: the stage's settings of a function that changes orders and does not call DOKU

	secretFile string
	now        func() time.Time
}

func readDeployment(file, stage string) (deployment, error) {
	var d deployment
	content, err := os.ReadFile(file)
	if err != nil {
		return d, fmt.Errorf("reading what was deployed: %w: run make deploy STAGE=%s first, or make outputs STAGE=%s if it was deployed from elsewhere, or name its file with --outputs", err, stage, stage)
	}
	var stacks map[string]json.RawMessage
	if err := json.Unmarshal(content, &stacks); err != nil {
		return d, fmt.Errorf("%s is not what make deploy writes: %w", file, err)
	}
	stack, ok := stacks["kasir-"+stage]
	if !ok {
		return d, fmt.Errorf("%s has no stack kasir-%s: run make deploy STAGE=%s", file, stage, stage)
	}
	if err := json.Unmarshal(stack, &d); err != nil {
		return d, fmt.Errorf("%s: the outputs of kasir-%s: %w", file, stage, err)
	}
	for name, value := range map[string]string{"ApiUrl": d.API, "NotificationUrl": d.Notification, "SecretArn": d.Secret, "DokuEnvironment": d.DOKU} {
		if value == "" {
			return d, fmt.Errorf("%s: kasir-%s has no output %s: deploy it again", file, stage, name)
		}
	}
	return d, nil
}

// examine runs each check and prints its result on one line. The line of a failed check says what to do.
func (d deployment) examine(ctx context.Context, out io.Writer) error {
	wrong := 0
	tell := func(what, good string, err error) {
		if err != nil {
			wrong++
			fmt.Fprintf(out, "no  %-12s %v\n", what, err)
			return
		}
		fmt.Fprintf(out, "ok  %-12s %s\n", what, good)
	}
	keys, good, err := d.checkSecret(ctx)
	tell("secret", good, err)
	base, err := d.dokuURL()
	if err == nil {
		good, err = d.checkClock(ctx, base)
	}
	tell("clock", good, err)
	withoutKey := errors.New("not looked at, since there is no key")
	dokuGood, dokuErr, postGood, postErr := "", withoutKey, "", withoutKey
	if keys.Current != "" {
		dokuGood, dokuErr = d.checkDOKU(ctx, base, keys)
		postGood, postErr = d.checkNotification(ctx, keys)
	}
	tell("doku", dokuGood, dokuErr)
	tell("notification", postGood, postErr)
	good, err = d.checkClosed(ctx)
	tell("api", good, err)
	if wrong > 0 {
		return fmt.Errorf("%d of 5 are wrong", wrong)
	}
	fmt.Fprintln(out, "All is well. The notification URL for DOKU's Back Office is "+d.Notification)
	return nil
}
