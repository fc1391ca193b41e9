package main

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"kasir/shared/event"
	"kasir/shared/webhook"
)

// Parameters of the endpoints' queues. A message that a crashed function had comes again after webhookHidden, at least
// six times the function's time. Lambda reads at most webhookAtOnce events of a queue at the same time, so that an
// endpoint that does not answer takes no executions from the others.
const (
	webhookHidden   = 6 * deliverSeconds
	webhookReceives = 50
	webhookBatch    = 10
	webhookAtOnce   = 5
	webhookStay     = 14 * 24 * time.Hour
)

// webhookParts are the queues of one endpoint.
type webhookParts struct {
	Webhook
	queue, letters awssqs.Queue
	rule           awsevents.CfnRule
}

// id returns a name in the template.
func (w Webhook) id() string { return "Webhook" + strings.ToUpper(w.Name[:1]) + w.Name[1:] }

// makeWebhooks makes the queues of the stage's endpoints, and the secret that holds the endpoints' secrets.
func (d *deployment) makeWebhooks() {
	if len(d.stage.Webhooks) == 0 {
		return
	}
	d.makeWebhookSecret()
	for _, w := range d.stage.Webhooks {
		letters := d.makeDeadLetters(w.id()+"Letters", lettersStay)
		d.deadLetters[w.id()] = letters
		queue := awssqs.NewQueue(d.stack, new(w.id()), &awssqs.QueueProps{
			Encryption: awssqs.QueueEncryption_SQS_MANAGED, EnforceSSL: new(true),
			RetentionPeriod:   awscdk.Duration_Seconds(new(webhookStay.Seconds())),
			VisibilityTimeout: awscdk.Duration_Seconds(new(float64(webhookHidden))),
			DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: letters, MaxReceiveCount: new(float64(webhookReceives))},
			RemovalPolicy:     d.retainAfterCreate(),
		})
		d.setLogicalID(queue, w.id())
		d.webhooks = append(d.webhooks, webhookParts{w, queue, letters, d.makeWebhookRule(w, queue, letters)})
	}
}

// makeWebhookSecret makes the secret without a value, because secrets belong in no template. kasir webhooks rotate
// writes one for each endpoint. Until then, the endpoint's events wait.
func (d *deployment) makeWebhookSecret() {
	props := &awssecretsmanager.CfnSecretProps{
		Name:        d.uniqueName(d.stage.StackName() + "/webhooks-"),
		Description: new("the webhooks' secrets; kasir webhooks rotate writes them"),
	}
	if d.key != nil {
		props.KmsKeyId = d.key.KeyArn()
	}
	d.webhookSecret = awssecretsmanager.NewCfnSecret(d.stack, new("WebhookSecret"), props)
	d.webhookSecret.ApplyRemovalPolicy(d.retainAfterCreate(), nil)
	d.accept(d.webhookSecret, "AwsSolutions-SMG4",
		"the merchant's back end holds the same secrets: kasir webhooks rotate changes them, and two sign meanwhile")
}

// makeWebhookRule passes the events of an endpoint's types to its queue. An event that the queue refuses becomes a dead
// letter.
func (d *deployment) makeWebhookRule(w Webhook, queue, letters awssqs.Queue) awsevents.CfnRule {
	pattern := map[string]any{"source": []string{event.Source}}
	if len(w.Types) > 0 {
		pattern["detail-type"] = w.Types
	}
	rule := awsevents.NewCfnRule(d.stack, new(w.id()+"Rule"), &awsevents.CfnRuleProps{
		Description: new("events for the webhook " + w.Name), EventBusName: d.bus.name, EventPattern: pattern,
		Targets: []any{&awsevents.CfnRule_TargetProperty{
			Id: new("queue"), Arn: queue.QueueArn(),
			DeadLetterConfig: &awsevents.CfnRule_DeadLetterConfigProperty{Arn: letters.QueueArn()},
		}},
	})
	for _, to := range []awssqs.Queue{queue, letters} {
		to.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid: new("Events"), Actions: list([]string{"sqs:SendMessage"}), Resources: &[]*string{to.QueueArn()},
			Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(new("events.amazonaws.com"), nil)},
			Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": rule.AttrArn()}},
		}))
	}
	return rule
}

// makeDeliveries invokes the function deliver with the events of each queue.
func (d *deployment) makeDeliveries() {
	for _, w := range d.webhooks {
		id := new(w.id() + "Delivery")
		mapping := awslambda.NewCfnEventSourceMapping(d.stack, id, &awslambda.CfnEventSourceMappingProps{
			FunctionName: d.functions["deliver"].alias.Ref(), EventSourceArn: w.queue.QueueArn(),
			BatchSize: new(float64(webhookBatch)), FunctionResponseTypes: list([]string{"ReportBatchItemFailures"}),
			ScalingConfig: &awslambda.CfnEventSourceMapping_ScalingConfigProperty{
				MaximumConcurrency: new(float64(d.stage.webhookConcurrency())),
			},
		})
		d.accept(mapping, "Serverless-LambdaEventSourceMappingDestination",
			"a mapping of a queue has no destination: the queue keeps failed events, and has a dead-letter queue")
	}
}

// webhookConcurrency returns how many events Lambda reads from the queue of one endpoint at the same time.
func (s Stage) webhookConcurrency() int {
	if s.Concurrency.Webhooks > 0 {
		return s.Concurrency.Webhooks
	}
	return webhookAtOnce
}

// webhookStatements are the permissions of the function deliver. It has none without endpoints.
func (d *deployment) webhookStatements() []awsiam.PolicyStatement {
	if len(d.webhooks) == 0 {
		return nil
	}
	var queues, letters []*string
	for _, w := range d.webhooks {
		queues, letters = append(queues, w.queue.QueueArn()), append(letters, w.letters.QueueArn())
	}
	return []awsiam.PolicyStatement{
		allow("Queues", queues, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
			"sqs:ChangeMessageVisibility"),
		allow("DeadLetters", letters, "sqs:SendMessage"),
		allow("Secret", []*string{d.webhookSecret.Ref()}, "secretsmanager:GetSecretValue"),
	}
}

// endpoints returns the endpoints for the setting WEBHOOKS. queues returns the URLs of an endpoint's two queues.
func (s Stage) endpoints(queues func(i int) (queue, letters string)) []webhook.Endpoint {
	var all []webhook.Endpoint
	for i, w := range s.Webhooks {
		queue, letters := queues(i)
		all = append(all, webhook.Endpoint{Name: w.Name, URL: w.URL, Types: w.Types, Queue: queue, Letters: letters})
	}
	return all
}

// webhookSetting returns the setting WEBHOOKS with the queues of the stack. It is nil without endpoints.
func (d *deployment) webhookSetting() *string {
	if len(d.webhooks) == 0 {
		return nil
	}
	var all []any // in the form that the CDK can resolve
	for _, e := range d.stage.endpoints(func(i int) (string, string) {
		return *d.webhooks[i].queue.QueueUrl(), *d.webhooks[i].letters.QueueUrl()
	}) {
		one := map[string]any{"name": e.Name, "url": e.URL, "queue": e.Queue, "letters": e.Letters}
		if len(e.Types) > 0 {
			one["types"] = e.Types
		}
		all = append(all, one)
	}
	return d.stack.ToJsonString(all, nil)
}
