package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/order"
	"kasir/shared/payment"
)

// orphanAge is how long an orphan is kept. It is longer than DOKU's retries and any dispute about the notification.
const orphanAge = 90 * 24 * time.Hour

type orphanItem struct {
	Key       string                     `dynamodbav:"pk"`
	ExpiresAt int64                      `dynamodbav:"expires_at"`
	Format    int                        `dynamodbav:"m,omitempty"`
	News      map[string]orphanNewsEntry `dynamodbav:"n"` // by the orphan's ID
}

type orphanNewsEntry struct {
	At    int64     `dynamodbav:"t"`
	Body  string    `dynamodbav:"b,omitempty"`
	Facts factsItem `dynamodbav:"f"`
}

// Attributes of the item that holds orphans in the place of their order. An order also has a version.
const (
	versionAttribute = "v"
	newsAttribute    = "n"
)

// earlierKey returns the key under which an earlier version kept orphans apart from their order.
func earlierKey(invoice string) string { return "orphan#" + invoice }

// PutOrphan keeps a notification without order; see payment.Store. One item in the order's place holds all orphans of
// an invoice, so that the order cannot be created without them. Creating the item and adding to it are two writes, and
// each may be repeated.
func (d *DynamoDB) PutOrphan(ctx context.Context, orphan payment.Orphan) error {
	expires := orphan.ReceivedAt.Add(orphanAge).Unix()
	if err := d.makeOrphan(ctx, orphan.Invoice, expires); err != nil {
		return err
	}
	entry := expression.Name(newsAttribute).AppendName(expression.NameNoDotSplit(orphan.ID()))
	value := expression.Value(orphanNewsEntry{At: millis(orphan.ReceivedAt), Body: orphan.Body,
		Facts: toFacts(orphan.News)})
	update := expression.Set(entry, expression.IfNotExists(entry, value)). // a repeat does not replace the first
										Set(expression.Name(TTLAttribute), expression.Value(expires))
	format := expression.Name(FormatAttribute)
	known := expression.AttributeNotExists(format).
		Or(expression.Between(format, expression.Value(0), expression.Value(order.LastFormat)))
	noOrder := expression.AttributeNotExists(expression.Name(versionAttribute)).
		And(expression.AttributeExists(expression.Name(newsAttribute)))
	err := d.update(ctx, orderKey(orphan.Invoice), update, known.And(noOrder))
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return err
	}
	if _, err := d.Get(ctx, orphan.Invoice); !errors.Is(err, payment.ErrNotFound) {
		return cmp.Or(err, payment.ErrExists)
	}
	return payment.ErrNewerFormat
}

// makeOrphan creates an empty item for the orphans of an invoice, unless an item is there.
func (d *DynamoDB) makeOrphan(ctx context.Context, invoice string, expires int64) error {
	missing := expression.AttributeNotExists(expression.Name(KeyAttribute))
	update := expression.Set(expression.Name(newsAttribute), expression.Value(map[string]orphanNewsEntry{})).
		Set(expression.Name(TTLAttribute), expression.Value(expires))
	err := d.update(ctx, orderKey(invoice), update, missing)
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
		TableName: aws.String(d.Table), Key: keyOf(key), UpdateExpression: expr.Update(),
		ConditionExpression:      expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Orphans returns the orphans of an invoice, by time; see payment.Store.
func (d *DynamoDB) Orphans(ctx context.Context, invoice string) ([]payment.Orphan, error) {
	return d.orphans(ctx, invoice, orderKey(invoice))
}

// EarlierOrphans returns, by time, the orphans of an invoice that earlier versions kept apart from its order; see
// payment.Store.
func (d *DynamoDB) EarlierOrphans(ctx context.Context, invoice string) ([]payment.Orphan, error) {
	return d.orphans(ctx, invoice, earlierKey(invoice))
}

func (d *DynamoDB) orphans(ctx context.Context, invoice, key string) ([]payment.Orphan, error) {
	attributes, err := d.read(ctx, key)
	if errors.Is(err, payment.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if _, isOrder := attributes[versionAttribute]; isOrder {
		return nil, nil
	}
	var it orphanItem
	if err := decode(key, attributes, &it); err != nil {
		return nil, err
	}
	if order.NewerFormat(it.Format) {
		return nil, payment.ErrNewerFormat
	}
	var orphans []payment.Orphan
	for id, entry := range it.News {
		requestID := id // an earlier version wrote no digest of the body
		if entry.Body != "" {
			requestID = strings.TrimSuffix(id, "#"+entry.Body)
		}
		orphans = append(orphans, payment.Orphan{
			Invoice: invoice, RequestID: requestID, Body: entry.Body, ReceivedAt: instant(entry.At),
			News: fromFacts(entry.Facts),
		})
	}
	sortOrphans(orphans)
	return orphans, nil
}
