package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Due lists orders of a shard that reconciliation must look at; see payment.Store. The index is eventually consistent:
// it may list an order shortly after it was looked at, or list an order a moment late.
func (d *DynamoDB) Due(ctx context.Context, shard int, now time.Time, limit int) ([]string, error) {
	key := expression.Key(DueShardAttribute).Equal(expression.Value(shard)).
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
