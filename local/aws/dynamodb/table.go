package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kasir/shared/store"
)

// Client returns a DynamoDB client for a server on this machine, which accepts any credentials.
func Client(url string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: &url, DisableValidateResponseChecksum: true,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// CreateTable creates the table that package store describes, if it does not exist. It adds the indexes that the table
// of an earlier version does not have.
func CreateTable(ctx context.Context, client *dynamodb.Client, name string) error {
	attribute := func(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind}
	}
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: kind}
	}
	index := func(name, partition, sort string) types.GlobalSecondaryIndex {
		return types.GlobalSecondaryIndex{
			IndexName:  aws.String(name),
			KeySchema:  []types.KeySchemaElement{key(partition, types.KeyTypeHash), key(sort, types.KeyTypeRange)},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}
	}
	in := &dynamodb.CreateTableInput{
		TableName:   aws.String(name),
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			attribute(store.KeyAttribute, types.ScalarAttributeTypeS),
			attribute(store.DueShardAttribute, types.ScalarAttributeTypeN),
			attribute(store.DueAtAttribute, types.ScalarAttributeTypeN),
			attribute(store.CreatedAttribute, types.ScalarAttributeTypeN),
		},
		KeySchema: []types.KeySchemaElement{key(store.KeyAttribute, types.KeyTypeHash)},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			index(store.DueIndex, store.DueShardAttribute, store.DueAtAttribute),
		},
	}
	for _, x := range store.ListIndexes {
		kind := types.ScalarAttributeTypeS
		if x.Number {
			kind = types.ScalarAttributeTypeN
		}
		in.AttributeDefinitions = append(in.AttributeDefinitions, attribute(x.Partition, kind))
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes,
			index(x.Name, x.Partition, store.CreatedAttribute))
	}
	_, err := client.CreateTable(ctx, in)
	var exists *types.ResourceInUseException
	if errors.As(err, &exists) {
		err = addIndexes(ctx, client, in)
	}
	if err != nil {
		return fmt.Errorf("creating table %s: %w", name, err)
	}
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay = 10 * time.Millisecond
	})
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)}, 30*time.Second); err != nil {
		return fmt.Errorf("waiting for table %s: %w", name, err)
	}
	return nil
}

// addIndexes adds the indexes of in that its table does not have. DynamoDB adds one at a time.
func addIndexes(ctx context.Context, client *dynamodb.Client, in *dynamodb.CreateTableInput) error {
	out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: in.TableName})
	if err != nil {
		return err
	}
	for _, index := range in.GlobalSecondaryIndexes {
		there := func(x types.GlobalSecondaryIndexDescription) bool { return *x.IndexName == *index.IndexName }
		if slices.ContainsFunc(out.Table.GlobalSecondaryIndexes, there) {
			continue
		}
		_, err := client.UpdateTable(ctx, &dynamodb.UpdateTableInput{
			TableName: in.TableName, AttributeDefinitions: in.AttributeDefinitions,
			GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
				Create: &types.CreateGlobalSecondaryIndexAction{
					IndexName: index.IndexName, KeySchema: index.KeySchema, Projection: index.Projection,
				},
			}},
		})
		if err != nil {
			return fmt.Errorf("adding the index %s: %w", *index.IndexName, err)
		}
	}
	return nil
}
