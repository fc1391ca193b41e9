package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// orphanAge is how long a notification without order is kept: past DOKU's last retry and any dispute about it.
const orphanAge = 90 * 24 * time.Hour

type orphanItem struct {
	Key       string                     `dynamodbav:"pk"`
	ExpiresAt int64                      `dynamodbav:"expires_at"`
	Format    int                        `dynamodbav:"m,omitempty"`
	News      map[string]orphanNewsEntry `dynamodbav:"n"` // by the notification's Request-Id
}

type orphanNewsEntry struct {
	At    int64     `dynamodbav:"t"`
	Facts factsItem `dynamodbav:"f"`
}

func orphanKey(invoice string) string { return "orphan#" + invoice }

// PutOrphan keeps a notification without order; see payment.Store. One item holds all of an invoice: making it
// and adding to it are two writes, each of which may be repeated. An item of a newer format is left as it is.
func (d *DynamoDB) PutOrphan(ctx context.Context, orphan payment.Orphan) error {
	expires := orphan.ReceivedAt.Add(orphanAge).Unix()
	if err := d.makeOrphan(ctx, orphan.Invoice, expires); err != nil {
		return err
	}
	entry := expression.Name("n").AppendName(expression.NameNoDotSplit(orphan.RequestID))
	update := expression.Set(entry, expression.Value(orphanNewsEntry{At: millis(orphan.ReceivedAt), Facts: toFacts(orphan.News)})).
		Set(expression.Name(TTLAttribute), expression.Value(expires))
	format := expression.Name(FormatAttribute)
	known := expression.AttributeNotExists(format).
		Or(expression.Between(format, expression.Value(0), expression.Value(order.LastFormat)))
	err := d.update(ctx, orphanKey(orphan.Invoice), update, known)
	var newer *types.ConditionalCheckFailedException
	if errors.As(err, &newer) {
		return payment.ErrNewerFormat
	}
	return err
}

func (d *DynamoDB) makeOrphan(ctx context.Context, invoice string, expires int64) error {
	missing := expression.AttributeNotExists(expression.Name(KeyAttribute))
	update := expression.Set(expression.Name("n"), expression.Value(map[string]orphanNewsEntry{})).
		Set(expression.Name(TTLAttribute), expression.Value(expires))
	err := d.update(ctx, orphanKey(invoice), update, missing)
	var exists *types.ConditionalCheckFailedException
	if errors.As(err, &exists) {
		return nil
	}
	return err
}

func (d *DynamoDB) update(
	ctx context.Context, key string, update expression.UpdateBuilder, condition expression.ConditionBuilder,
) error {
	expr, err := expression.NewBuilder().WithUpdate(update).WithCondition(condition).Build()
	if err != nil {
		return fmt.Errorf("building an update: %w", err)
	}
	_, err = d.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(d.Table), Key: keyOf(key), UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Orphans lists what PutOrphan kept for an invoice, by time; see payment.Store.
func (d *DynamoDB) Orphans(ctx context.Context, invoice string) ([]payment.Orphan, error) {
	out, err := d.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.Table), Key: keyOf(orphanKey(invoice)), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	var it orphanItem
	if err := decode(orphanKey(invoice), out.Item, &it); err != nil {
		return nil, err
	}
	if order.NewerFormat(it.Format) {
		return nil, payment.ErrNewerFormat
	}
	var orphans []payment.Orphan
	for id, entry := range it.News {
		orphans = append(orphans, payment.Orphan{
			Invoice: invoice, RequestID: id, ReceivedAt: instant(entry.At), News: fromFacts(entry.Facts),
		})
	}
	sortOrphans(orphans)
	return orphans, nil
}
