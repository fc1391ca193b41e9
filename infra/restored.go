package main

import (
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"kasir/shared/event"
)

// RestoredTable is a table that was restored from a backup of the stage's own, outside the stack. The functions use it
// instead. The stack's own table stays in the template as it is, so that a deployment neither deletes nor replaces it.
// docs/recovery.md has every step.
type RestoredTable struct {
	Name   string // of the restored table
	Stream string // ARN of its stream, which must have been turned on with new and old images
	// RestoredTo is the time to which it was restored, such as 2026-11-30T10:00:00Z. Captures and refunds are held from
	// the deployment on, until kasir recover has ended.
	RestoredTo string
}

var (
	tableName = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,255}$`)
	streamARN = regexp.MustCompile(
		`^arn:aws:dynamodb:([a-z0-9-]+):([0-9]{12}):table/([A-Za-z0-9_.-]+)/stream/[0-9T:.-]+$`)
)

func (c *checker) restored(s Stage) {
	r := s.Table
	if r == nil {
		return
	}
	begin := s.StackName() + "-" // the boundary and CI's role allow no other names
	c.require(tableName.MatchString(r.Name) && strings.HasPrefix(r.Name, begin), "Table.Name",
		"is %q; it must be the name of the restored table, and begin with %s", r.Name, begin)
	part := streamARN.FindStringSubmatch(r.Stream)
	right := part != nil && part[1] == s.Region && (s.Account == "" || part[2] == s.Account) && part[3] == r.Name
	c.require(right, "Table.Stream", "is %q; it must be the LatestStreamArn of the table %s in %s", r.Stream, r.Name,
		s.Region)
	at, err := time.Parse(time.RFC3339, r.RestoredTo)
	c.require(err == nil && at.Nanosecond() == 0 && !at.IsZero() && at.Before(time.Now()), "Table.RestoredTo",
		"is %q; it must be the time to which the table was restored, such as 2026-11-30T10:00:00Z", r.RestoredTo)
}

// adoptTable gives the functions the restored table in place of the stack's own.
func (d *deployment) adoptTable() {
	r := d.stage.Table
	if r == nil {
		return
	}
	arn := d.stack.FormatArn(&awscdk.ArnComponents{
		Service: new("dynamodb"), Resource: new("table"), ResourceName: &r.Name,
	})
	d.table = tableParts{name: &r.Name, arn: arn, stream: &r.Stream}
}

// recoveryStay is how long replayed events wait for kasir recover.
const recoveryStay = 14 * 24 * time.Hour

// makeRecovery makes the queue that kasir recover reads, and the rule that puts replayed events into it. A replay names
// this rule alone, so that neither the webhooks nor other systems get the events again.
func (d *deployment) makeRecovery() {
	if d.stage.Table == nil {
		return
	}
	queue := awssqs.NewQueue(d.stack, new("Recovery"), &awssqs.QueueProps{
		Encryption: awssqs.QueueEncryption_SQS_MANAGED, EnforceSSL: new(true),
		RetentionPeriod: awscdk.Duration_Seconds(new(recoveryStay.Seconds())), RemovalPolicy: d.retainAfterCreate(),
	})
	d.setLogicalID(queue, "Recovery")
	const reason = "an event that kasir recover did not read is in the archive, and the next run replays it"
	d.accept(queue, "AwsSolutions-SQS3", reason)
	d.accept(queue, "Serverless-SQSRedrivePolicy", reason)
	rule := awsevents.NewCfnRule(d.stack, new("RecoveryRule"), &awsevents.CfnRuleProps{
		Description: new("replayed events for kasir recover"), EventBusName: d.bus.name,
		EventPattern: map[string]any{
			"source": []string{event.Source}, "replay-name": []any{map[string]any{"exists": true}},
		},
		Targets: []any{&awsevents.CfnRule_TargetProperty{Id: new("queue"), Arn: queue.QueueArn()}},
	})
	d.accept(rule, "Serverless-EventBusDLQ", reason)
	queue.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new("Events"), Actions: list([]string{"sqs:SendMessage"}), Resources: &[]*string{queue.QueueArn()},
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(new("events.amazonaws.com"), nil)},
		Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": rule.AttrArn()}},
	}))
	d.output("RecoverySource", d.stack.ToJsonString(map[string]*string{
		"archive": d.archive.AttrArn(), "bus": d.bus.arn, "rule": rule.AttrArn(), "queue": queue.QueueUrl(),
		"restored_to": &d.stage.Table.RestoredTo,
	}, nil), "the archive and the queue that kasir recover reads")
}
