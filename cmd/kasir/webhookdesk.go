package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"kasir/local/stack"
	"kasir/shared/webhook"
)

// webhookDesk is what kasir webhooks works on: the endpoints of the running kasir local, or of a deployment.
type webhookDesk struct {
	endpoints []webhook.Endpoint
	secretARN string
	region    string
	queues    *sqs.Client
	secrets   *secretsmanager.Client
	deliver   func(ctx context.Context, event []byte) ([]byte, error) // invokes the function deliver
}

func openWebhookDesk(where place) (*webhookDesk, error) {
	if where.stage != "" {
		return openDeployedWebhooks(where)
	}
	if where.outputs != "" {
		return nil, errOutputsAlone
	}
	cfg, err := where.config()
	if err != nil {
		return nil, err
	}
	environment, running := stack.Running(where.data)
	if !running || environment["WEBHOOKS"] == "" {
		return nil, fmt.Errorf("no kasir local with an endpoint is running with the data folder %s: "+
			"start kasir local --webhook http://localhost:3000/hooks, name its folder with --data, or name a "+
			"deployment with --stage", where.data)
	}
	d := &webhookDesk{secretARN: environment["WEBHOOKS_SECRET_ARN"], region: "us-east-1"}
	if d.endpoints, err = webhook.ParseEndpoints(environment["WEBHOOKS"], true); err != nil {
		return nil, fmt.Errorf("the endpoints of the running kasir local: WEBHOOKS %w", err)
	}
	d.clients(credentials.NewStaticCredentialsProvider("local", "local", ""),
		environment["AWS_ENDPOINT_URL_SQS"], environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"])
	d.deliver = func(ctx context.Context, event []byte) ([]byte, error) {
		return stack.Invoke(ctx, cfg.Functions, "deliver", environment, event, io.Discard)
	}
	return d, nil
}

func openDeployedWebhooks(where place) (*webhookDesk, error) {
	outputs, err := readDeployment(where.outputsFile(), where.stage)
	if err != nil {
		return nil, err
	}
	if outputs.Webhooks == "" {
		return nil, fmt.Errorf("kasir-%s has no endpoint: write Webhooks into infra/stages.go and deploy it",
			where.stage)
	}
	region, provider, err := outputs.aws()
	if err != nil {
		return nil, err
	}
	d := &webhookDesk{secretARN: outputs.WebhookSecret, region: region}
	if d.endpoints, err = webhook.ParseEndpoints(outputs.Webhooks, false); err != nil {
		return nil, fmt.Errorf("the output Webhooks of kasir-%s %w", where.stage, err)
	}
	d.clients(provider, os.Getenv("AWS_ENDPOINT_URL_SQS"), os.Getenv("AWS_ENDPOINT_URL_SECRETS_MANAGER"))
	options := lambda.Options{Region: region, Credentials: provider, Retryer: aws.NopRetryer{}}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL_LAMBDA"); endpoint != "" {
		options.BaseEndpoint = &endpoint
	}
	d.deliver = func(ctx context.Context, event []byte) ([]byte, error) {
		answer, err := lambda.New(options).Invoke(ctx,
			&lambda.InvokeInput{FunctionName: &outputs.Deliver, Payload: event})
		if err != nil {
			return nil, fmt.Errorf("invoking %s: %w", outputs.Deliver, err)
		}
		if answer.FunctionError != nil {
			return nil, fmt.Errorf("%s failed; kasir logs --stage %s shows why", outputs.Deliver, where.stage)
		}
		return answer.Payload, nil
	}
	return d, nil
}

// clients makes the clients. An empty address means AWS.
func (d *webhookDesk) clients(provider aws.CredentialsProvider, queues, secrets string) {
	forQueues := sqs.Options{Region: d.region, Credentials: provider}
	if queues != "" {
		forQueues.BaseEndpoint = &queues
	}
	forSecrets := secretsmanager.Options{Region: d.region, Credentials: provider}
	if secrets != "" {
		forSecrets.BaseEndpoint = &secrets
	}
	d.queues, d.secrets = sqs.New(forQueues), secretsmanager.New(forSecrets)
}

// openEndpoint opens the endpoints and finds the one that the arguments name.
func openEndpoint(where place, args []string) (*webhookDesk, webhook.Endpoint, error) {
	d, err := openWebhookDesk(where)
	if err != nil {
		return nil, webhook.Endpoint{}, err
	}
	endpoint, err := d.find(args)
	return d, endpoint, err
}

// find returns the endpoint that the arguments of a command name. Without a name it returns the only one.
func (d *webhookDesk) find(args []string) (webhook.Endpoint, error) {
	var names []string
	for _, e := range d.endpoints {
		if len(args) == 1 && e.Name == args[0] || len(args) == 0 && len(d.endpoints) == 1 {
			return e, nil
		}
		names = append(names, e.Name)
	}
	if len(args) == 0 {
		return webhook.Endpoint{}, usagef("there are %d endpoints: name one of %s", len(names),
			strings.Join(names, ", "))
	}
	return webhook.Endpoint{}, usagef("there is no endpoint %q: the endpoints are %s", args[0],
		strings.Join(names, ", "))
}

func (d *webhookDesk) list(ctx context.Context) (list webhooksDocument, err error) {
	secrets, _, err := d.readSecrets(ctx)
	if err != nil {
		return list, err
	}
	for _, e := range d.endpoints {
		row := listedWebhook{Name: e.Name, URL: e.URL, Types: e.Types, Secret: secretSet}
		if row.Types == nil {
			row.Types = []string{}
		}
		switch pair := secrets[e.Name]; {
		case pair.Current == "":
			row.Secret = secretMissing
		case pair.Previous != "":
			row.Secret = secretRotating
		}
		if row.Waiting, err = d.count(ctx, e.Queue); err != nil {
			return list, err
		}
		if row.Letters, err = d.count(ctx, e.Letters); err != nil {
			return list, err
		}
		list.Webhooks = append(list.Webhooks, row)
	}
	return list, nil
}

// count returns about how many messages a queue has, including those that are held back.
func (d *webhookDesk) count(ctx context.Context, queue string) (total int, err error) {
	names := []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameApproximateNumberOfMessages,
		sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible}
	out, err := d.queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &queue, AttributeNames: names})
	if err != nil {
		return 0, fmt.Errorf("reading the queue %s: %w", path.Base(queue), err)
	}
	for name, value := range out.Attributes {
		if slices.Contains(names, sqstypes.QueueAttributeName(name)) {
			n, _ := strconv.Atoi(value)
			total += n
		}
	}
	return total, nil
}

// redrive moves the dead letters of an endpoint into its queue, and returns about how many there were.
func (d *webhookDesk) redrive(ctx context.Context, e webhook.Endpoint) (moved int, err error) {
	if moved, err = d.count(ctx, e.Letters); err != nil || moved == 0 {
		return 0, err
	}
	// A letter that deliver put there has no source queue, so the destination must be named.
	_, err = d.queues.StartMessageMoveTask(ctx, &sqs.StartMessageMoveTaskInput{
		SourceArn: aws.String(d.queueARN(e.Letters)), DestinationArn: aws.String(d.queueARN(e.Queue)),
	})
	if err != nil {
		return 0, fmt.Errorf("moving the dead letters of %s: %w", e.Name, err)
	}
	return moved, nil
}

// queueARN returns the ARN of a queue, whose URL ends with its account and its name.
func (d *webhookDesk) queueARN(queue string) string {
	u, err := url.Parse(queue)
	if err != nil {
		return queue
	}
	return "arn:aws:sqs:" + d.region + ":" + strings.ReplaceAll(strings.Trim(u.Path, "/"), "/", ":")
}
