package main

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"kasir/shared/event"
	"kasir/shared/function"
	"kasir/shared/store"
)

type busParts struct{ name, arn *string }

// streamMaxAge, in seconds, and function.StreamAttempts end the attempts at a record. DynamoDB keeps a record for 24
// hours. After the last attempt, its place in the stream goes to the dead-letter queue, and the next record is read.
const streamMaxAge = 20 * 3600.0

// makeBus makes the bus that other systems listen to, and its archive, from which all events can be sent again.
func (d *deployment) makeBus() {
	bus := awsevents.NewCfnEventBus(d.stack, new("Bus"), &awsevents.CfnEventBusProps{
		Name: new(d.stage.StackName()), Description: new("outcomes of payments"),
	})
	d.bus = busParts{name: bus.Ref(), arn: bus.AttrArn()}
	d.archive = awsevents.NewCfnArchive(d.stack, new("Archive"), &awsevents.CfnArchiveProps{
		ArchiveName: new(d.stage.StackName()), SourceArn: bus.AttrArn(), Description: new("for a replay"),
		RetentionDays: new(float64(d.stage.ArchiveDays)),
		EventPattern:  map[string]any{"source": []string{event.Source}},
	})
	d.deadLetters["Events"] = d.makeDeadLetters("EventsLetters", lettersStay)
}

// Retention of dead letters. Two weeks is the maximum. A letter of a scheduled run has no value once another run has
// come after it, and while it stays, no other letter can raise the alarm.
const (
	lettersStay         = 14 * 24 * time.Hour
	scheduleLettersStay = time.Hour
)

// makeDeadLetters makes a dead-letter queue.
func (d *deployment) makeDeadLetters(id string, stay time.Duration) awssqs.Queue {
	queue := awssqs.NewQueue(d.stack, &id, &awssqs.QueueProps{
		Encryption: awssqs.QueueEncryption_SQS_MANAGED, EnforceSSL: new(true),
		RetentionPeriod: awscdk.Duration_Seconds(new(stay.Seconds())), RemovalPolicy: d.retainAfterCreate(),
	})
	d.setLogicalID(queue, id)
	d.accept(queue, "AwsSolutions-SQS3", "it is a dead-letter queue itself")
	d.accept(queue, "Serverless-SQSRedrivePolicy", "it is a dead-letter queue itself")
	return queue
}

// makeStream passes the stream's records of orders to the function that turns them into events. If records fail, they
// are read again from the first failed one; a batch is halved to find the one that fails.
func (d *deployment) makeStream() {
	for _, f := range d.functions {
		if !f.row.Stream {
			continue
		}
		awslambda.NewCfnEventSourceMapping(d.stack, new("Stream"), &awslambda.CfnEventSourceMappingProps{
			FunctionName: f.alias.Ref(), EventSourceArn: d.table.stream,
			StartingPosition: new("TRIM_HORIZON"),
			BatchSize:        new(float64(d.stage.streamBatch())), ParallelizationFactor: d.stage.streamParallel(),
			MaximumBatchingWindowInSeconds: new(float64(d.stage.streamWindow())),
			BisectBatchOnFunctionError:     true, FunctionResponseTypes: list([]string{"ReportBatchItemFailures"}),
			MaximumRetryAttempts: new(float64(function.StreamAttempts)), MaximumRecordAgeInSeconds: new(streamMaxAge),
			DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{
				OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{
					Destination: d.deadLetters["Events"].QueueArn(),
				},
			},
			FilterCriteria: &awslambda.CfnEventSourceMapping_FilterCriteriaProperty{Filters: streamFilters()},
		})
		streams := "Resource::<Orders.Arn>/stream/*"
		if d.stage.Table != nil {
			streams = "Resource::arn:aws:dynamodb:" + d.stage.Region + ":<AWS::AccountId>:table/" + *d.table.name +
				"/stream/*"
		}
		d.accept(f.role, "AwsSolutions-IAM5", "ListStreams knows a table's streams only together", streams)
	}
}

func streamFilters() []*awslambda.CfnEventSourceMapping_FilterProperty {
	var all []*awslambda.CfnEventSourceMapping_FilterProperty
	for _, pattern := range store.StreamFilters {
		all = append(all, &awslambda.CfnEventSourceMapping_FilterProperty{Pattern: &pattern})
	}
	return all
}

func (d *deployment) streamStatements() []awsiam.PolicyStatement {
	streams := awscdk.Fn_Join(new(""), &[]*string{d.table.arn, new("/stream/*")})
	return []awsiam.PolicyStatement{
		allow("Stream", []*string{d.table.stream},
			"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
		allow("Streams", []*string{streams}, "dynamodb:ListStreams"),
		allow("Events", []*string{d.bus.arn}, "events:PutEvents"),
		allow("DeadLetters", []*string{d.deadLetters["Events"].QueueArn()}, "sqs:SendMessage"),
	}
}
