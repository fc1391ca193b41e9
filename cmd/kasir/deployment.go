package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// deployment holds the outputs of a stage, as make deploy wrote them.
type deployment struct {
	API          string `json:"ApiUrl"`
	Notification string `json:"NotificationUrl"`
	Secret       string `json:"SecretArn"`
	DOKU         string `json:"DokuEnvironment"` // sandbox, production, or a base URL on loopback
	Table        string `json:"TableName"`
	Bus          string `json:"BusName"`
	LogGroups    string `json:"LogGroups"`         // function=group, separated by spaces
	Reconcile    string `json:"ReconcileFunction"` // the function's name at AWS with its alias, such as name:live
	Deliver      string `json:"DeliverFunction"`   // likewise
	Refresh      string `json:"RefreshFunction"`   // likewise
	// Webhooks is the endpoints as JSON, empty without any; WebhookSecret is the ARN of their secret.
	Webhooks      string `json:"Webhooks"`
	WebhookSecret string `json:"WebhookSecretArn"`
	Reports       string `json:"ReportsBucket"`  // empty without Settlement
	Recovery      string `json:"RecoverySource"` // JSON, see recovery.Source; empty unless the table was restored
	// Settings is JSON: the stage's settings of a function that changes orders and does not call DOKU.
	Settings  string `json:"Settings"`
	Retention string `json:"RetentionDays"` // JSON, see retention
	Pool      string `json:"PoolId"`        // empty where the issuer of tokens is not the stack's
	Staff     string `json:"StaffClientId"` // empty without Staff, and where the issuer of tokens is not the stack's

	secretFile string
	noSecret   bool // the checks do without DOKU's keys
	now        func() time.Time
}

func readDeployment(file, stage string) (deployment, error) {
	var d deployment
	content, err := os.ReadFile(file)
	if err != nil {
		return d, fmt.Errorf("reading the stage's outputs: %w: run make deploy STAGE=%s first, or "+
			"make outputs STAGE=%s if it was deployed from another machine, or name its file with --outputs",
			err, stage, stage)
	}
	var stacks map[string]json.RawMessage
	if err := json.Unmarshal(content, &stacks); err != nil {
		return d, fmt.Errorf("%s is not a file of make deploy: %w", file, err)
	}
	stack, ok := stacks["kasir-"+stage]
	if !ok {
		return d, fmt.Errorf("%s has no stack kasir-%s: run make deploy STAGE=%s", file, stage, stage)
	}
	if err := json.Unmarshal(stack, &d); err != nil {
		return d, fmt.Errorf("%s: the outputs of kasir-%s: %w", file, stage, err)
	}
	for name, value := range map[string]string{
		"ApiUrl": d.API, "NotificationUrl": d.Notification, "SecretArn": d.Secret, "DokuEnvironment": d.DOKU,
	} {
		if value == "" {
			return d, fmt.Errorf("%s: kasir-%s has no output %s: deploy it again", file, stage, name)
		}
	}
	return d, nil
}

var (
	errNoCredentials = errors.New("there are no AWS credentials: run " +
		`eval "$(aws configure export-credentials --format env)"`)
	errOutputsAlone = usagef("--outputs is the file of a stage: name it with --stage")
)

// outputsFile returns the file that make deploy wrote for the stage.
func (p *place) outputsFile() string { return cmp.Or(p.outputs, "cdk-outputs."+p.stage+".json") }

// aws returns the region of the stage, and the credentials in the environment.
func (d deployment) aws() (region string, provider aws.CredentialsProvider, err error) {
	id, key := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || key == "" {
		return "", nil, errNoCredentials
	}
	region, err = d.region()
	return region, credentials.NewStaticCredentialsProvider(id, key, os.Getenv("AWS_SESSION_TOKEN")), err
}

// region returns the region of the stage.
func (d deployment) region() (string, error) {
	part := strings.Split(d.Secret, ":") // arn:aws:secretsmanager:<region>:…
	if len(part) < 7 {
		return "", fmt.Errorf("SecretArn is %q, which is not an ARN", d.Secret)
	}
	return part[3], nil
}

// stageKeys returns DOKU's keys of a stage, and the path of its notification URL, under the names of the functions'
// settings.
func (p *place) stageKeys(ctx context.Context) (func(string) string, error) {
	d, err := readDeployment(p.outputsFile(), p.stage)
	if err != nil {
		return nil, err
	}
	keys, _, err := d.checkSecret(ctx)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(d.Notification)
	if err != nil {
		return nil, fmt.Errorf("NotificationUrl is %q, which is not a URL", d.Notification)
	}
	settings := map[string]string{
		"DOKU_CLIENT_ID": keys.ClientID, "NOTIFICATION_TARGET": u.EscapedPath(),
		"DOKU_SECRET_KEY": string(keys.Current), "DOKU_PREVIOUS_SECRET_KEY": string(keys.Previous),
	}
	return func(name string) string { return settings[name] }, nil
}
