package dynamodb

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/payment"
	"kasir/shared/store"
)

// Due is an order's entry in the index of due orders. The zero value is no entry.
type Due struct {
	Key string // of the order's item
	At  time.Time
}

// NextDue returns the earliest entry of the index of due orders, over all its partitions. The embedded DynamoDB has no
// index that lags behind its table, so earlier writes are always seen.
func NextDue(ctx context.Context, client *dynamodb.Client, table string) (Due, error) {
	var next Due
	shards, err := (&store.DynamoDB{Client: client, Table: table}).Spread(ctx)
	if err != nil {
		return Due{}, fmt.Errorf("looking for the next due order: %w", err)
	}
	for i := range 2 * shards {
		part := payment.Money
		if i%2 == 1 {
			part = payment.Pages
		}
		d, err := firstDue(ctx, client, table, payment.Partition(part, i/2))
		if err != nil {
			return Due{}, fmt.Errorf("looking for the next due order: %w", err)
		}
		if d.Key != "" && (next.Key == "" || d.At.Before(next.At)) {
			next = d
		}
	}
	return next, nil
}

// firstDue returns the earliest entry of one partition.
func firstDue(ctx context.Context, client *dynamodb.Client, table string, shard int) (Due, error) {
	out, err := client.Query(ctx, &dynamodb.QueryInput{
		TableName: aws.String(table), IndexName: aws.String(store.DueIndex), Limit: aws.Int32(1),
		KeyConditionExpression:   aws.String("#shard = :shard"),
		ExpressionAttributeNames: map[string]string{"#shard": store.DueShardAttribute},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":shard": &types.AttributeValueMemberN{Value: strconv.Itoa(shard)},
		},
	})
	if err != nil || len(out.Items) == 0 {
		return Due{}, err
	}
	key, _ := out.Items[0][store.KeyAttribute].(*types.AttributeValueMemberS)
	at, _ := out.Items[0][store.DueAtAttribute].(*types.AttributeValueMemberN)
	if key == nil || at == nil {
		return Due{}, fmt.Errorf("an entry of partition %d has no key or no time", shard)
	}
	millis, err := strconv.ParseInt(at.Value, 10, 64)
	if err != nil {
		return Due{}, fmt.Errorf("the time of %s: %w", key.Value, err)
	}
	return Due{Key: key.Value, At: time.UnixMilli(millis)}, nil
}

// DeleteTable deletes a table with all its items.
func DeleteTable(ctx context.Context, client *dynamodb.Client, name string) error {
	if _, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(name)}); err != nil {
		return fmt.Errorf("deleting table %s: %w", name, err)
	}
	waiter := dynamodb.NewTableNotExistsWaiter(client, func(o *dynamodb.TableNotExistsWaiterOptions) {
		o.MinDelay = 10 * time.Millisecond
	})
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)}, 30*time.Second); err != nil {
		return fmt.Errorf("waiting for the end of table %s: %w", name, err)
	}
	return nil
}
