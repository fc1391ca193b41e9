package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/payment"
)

// Due lists orders of a partition that reconciliation must look at; see payment.Store. The index is eventually
// consistent: it may list an order shortly after it was looked at, or list an order a moment late.
func (d *DynamoDB) Due(ctx context.Context, partition int, now time.Time, limit int) ([]string, error) {
	key := expression.Key(DueShardAttribute).Equal(expression.Value(partition)).
		And(expression.Key(DueAtAttribute).LessThanEqual(expression.Value(now.UnixMilli())))
	expr, err := expression.NewBuilder().WithKeyCondition(key).Build()
	if err != nil {
		return nil, fmt.Errorf("building the query: %w", err)
	}
	out, err := d.Client.Query(ctx, &dynamodb.QueryInput{
		TableName: aws.String(d.Table), IndexName: aws.String(DueIndex), Limit: aws.Int32(int32(limit)),
		KeyConditionExpression: expr.KeyCondition(), ExpressionAttributeNames: expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return nil, err
	}
	var invoices []string
	for _, item := range out.Items {
		key, _ := item[KeyAttribute].(*types.AttributeValueMemberS)
		if key != nil {
			invoices = append(invoices, strings.TrimPrefix(key.Value, orderKey("")))
		}
	}
	return invoices, nil
}

// shardsKey is the key of the item that holds the greatest number of shards.
const shardsKey = "shards"

// shardsItem is the greatest number of shards over which orders have ever been spread. There is none while it is
// payment.FewestShards.
type shardsItem struct {
	Key    string `dynamodbav:"pk"`
	Shards int    `dynamodbav:"n"`
}

// Spread returns the number of shards that may hold orders; see payment.Store. It records this store's own number if it
// is greater. Old orders stay in the shards in which they were written, and are found there.
func (d *DynamoDB) Spread(ctx context.Context) (int, error) {
	most, err := d.readShards(ctx)
	if err != nil || most >= d.Shards {
		return most, err
	}
	attributes, err := attributevalue.MarshalMap(shardsItem{shardsKey, d.Shards})
	if err != nil {
		return 0, fmt.Errorf("encoding the number of shards: %w", err)
	}
	expr, err := expression.NewBuilder().WithCondition(
		expression.AttributeNotExists(expression.Name(KeyAttribute)).
			Or(expression.Name("n").LessThan(expression.Value(d.Shards)))).Build()
	if err != nil {
		return 0, fmt.Errorf("building the condition: %w", err)
	}
	_, err = d.Client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(d.Table), Item: attributes, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	var raced *types.ConditionalCheckFailedException
	if errors.As(err, &raced) { // another function was faster
		return d.readShards(ctx)
	}
	return d.Shards, err
}

// tellShards has the table remember this store's number of shards before its first write. Otherwise nobody would look
// into them if the number is lowered, or its deployment rolled back, before reconcile has run with it.
func (d *DynamoDB) tellShards(ctx context.Context) error {
	if d.Shards <= payment.FewestShards || d.spread.Load() {
		return nil
	}
	if _, err := d.Spread(ctx); err != nil {
		return fmt.Errorf("recording the number of shards: %w", err)
	}
	d.spread.Store(true)
	return nil
}

func (d *DynamoDB) readShards(ctx context.Context) (int, error) {
	attributes, err := d.read(ctx, shardsKey)
	var stored shardsItem
	switch {
	case errors.Is(err, payment.ErrNotFound):
		return payment.FewestShards, nil
	case err != nil:
		return 0, err
	}
	if err := attributevalue.UnmarshalMap(attributes, &stored); err != nil {
		return 0, fmt.Errorf("decoding the number of shards: %w", err)
	}
	return max(stored.Shards, payment.FewestShards), nil
}
