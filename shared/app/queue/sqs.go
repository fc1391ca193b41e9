package queue

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"kasir/shared/app"
)

// queues is SQS as a webhook.Queue.
type queues struct{ client *sqs.Client }

func newSQS(s app.Settings) queues {
	options := sqs.Options{
		Region: s.Region, Credentials: app.Credentials(s), HTTPClient: app.ShortTimeout(3 * time.Second),
	}
	if s.QueuesURL != "" {
		options.BaseEndpoint = &s.QueuesURL
	}
	return queues{sqs.New(options)}
}

func (q queues) Hide(ctx context.Context, queue, receipt string, pause time.Duration) error {
	_, err := q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &queue, ReceiptHandle: &receipt,
		VisibilityTimeout: int32((pause + time.Second - 1) / time.Second), // never earlier than asked for
	})
	return err
}

func (q queues) Put(ctx context.Context, queue, body string) error {
	_, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: &body})
	return err
}
